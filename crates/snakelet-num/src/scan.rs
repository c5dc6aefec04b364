//! Long texts are looked at piece by piece, with polls in between.

use crate::bigint::{Meter, Stop};

/// Bytes that are looked at between two charges.
const PIECE: usize = 512;
/// Bytes that take as long to look at as a step of other work.
const BYTES_A_STEP: usize = 8;

/// How many bytes at the front of a text are `wanted`; each is asked for once, up to the first that is not.
pub(crate) fn count_leading(
    text: &[u8],
    meter: &mut Meter<'_, '_>,
    mut wanted: impl FnMut(u8) -> bool,
) -> Result<usize, Stop> {
    let mut len = 0;
    loop {
        let rest = text.get(len..).unwrap_or_default();
        let piece = rest.get(..PIECE).unwrap_or(rest);
        let found = piece.iter().take_while(|&&byte| wanted(byte)).count();
        len += found;
        if found >= BYTES_A_STEP {
            meter.charge(found / BYTES_A_STEP)?;
        }
        if found < PIECE {
            return Ok(len);
        }
    }
}

/// The text without white space around it.
pub(crate) fn trim_space<'t>(text: &'t [u8], meter: &mut Meter<'_, '_>) -> Result<&'t [u8], Stop> {
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let mut text = text;
    if text.first().is_some_and(|&first| is_space(first)) {
        let front = count_leading(text, meter, is_space)?;
        text = text.get(front..).unwrap_or_default();
    }
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        if rest.len() % PIECE == 0 {
            meter.charge(PIECE / BYTES_A_STEP)?;
        }
        text = rest;
    }
    Ok(text)
}
