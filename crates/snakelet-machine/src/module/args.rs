//! Arguments.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, Held};

/// An argument that counts as given: `None`, Python's, does not.
pub(super) fn given<'s>(cx: &Full<'s>, value: Option<Held<'s>>) -> Option<Held<'s>> {
    value.filter(|value| !cx.is_none(*value))
}

/// A number in a range.
pub(super) fn number<'s>(
    cx: &mut Full<'s>,
    value: Held<'s>,
    least: i64,
    most: i64,
) -> Result<i64, Raised> {
    let number = cx.i64_of(value)?;
    if number < least || number > most {
        return Err(cx.raise(&VALUE_ERROR, "value out of range"));
    }
    Ok(number)
}

/// A number of up to 32 bits that may be missing; -1 counts as missing, as it does in the reference.
pub(super) fn optional<'s>(
    cx: &mut Full<'s>,
    value: Option<Held<'s>>,
) -> Result<Option<u32>, Raised> {
    let Some(value) = given(cx, value) else { return Ok(None) };
    let number = number(cx, value, -1, u32::MAX.into())?;
    Ok(u32::try_from(number).ok())
}

/// A truth value that may be missing.
pub(super) fn truth<'s>(
    cx: &mut Full<'s>,
    value: Option<Held<'s>>,
) -> Result<Option<bool>, Raised> {
    match given(cx, value) {
        Some(value) => cx.truth(value).map(Some),
        None => Ok(None),
    }
}

/// How many bytes to read.
pub(super) fn length<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<usize, Raised> {
    let most = i64::try_from(isize::MAX).unwrap_or(i64::MAX);
    Ok(number(cx, value, 0, most)? as usize)
}

/// By what a script names a device.
pub(super) enum Wanted<'a> {
    Number(i64),
    Name(&'a str),
}

impl Wanted<'_> {
    /// Whether a device has that number or name.
    pub(super) fn is(&self, id: crate::Id) -> bool {
        match self {
            Wanted::Number(number) => id.number.map(i64::from) == Some(*number),
            Wanted::Name(name) => id.name == Some(*name),
        }
    }
}

/// The number of the device that an argument names, found by `find`.
pub(super) fn find<'s>(
    cx: &mut Full<'s>,
    value: Held<'s>,
    text: &'static str,
    find: impl FnOnce(&mut crate::Board, Wanted<'_>) -> Option<usize>,
) -> Result<u16, Raised> {
    let mut name = [0; 32];
    let len = cx.look(|cx| {
        Ok(cx.as_str(cx.get(value)).and_then(|text| {
            let place = name.get_mut(..text.len())?;
            place.copy_from_slice(text.as_bytes());
            Some(text.len())
        }))
    })?;
    let is_str = cx.look(|cx| Ok(cx.as_str(cx.get(value)).is_some()))?;
    let found = if is_str {
        let name = len.and_then(|len| core::str::from_utf8(name.get(..len)?).ok());
        match name {
            Some(name) => super::with_board(cx, |board| find(board, Wanted::Name(name)))?,
            None => None,
        }
    } else {
        let number = cx.i64_of(value)?;
        super::with_board(cx, |board| find(board, Wanted::Number(number)))?
    };
    match found.and_then(|found| u16::try_from(found).ok()) {
        Some(found) => Ok(found),
        None => Err(cx.raise(&VALUE_ERROR, text)),
    }
}

/// Text of at most 160 bytes, for `repr()`; what is longer is cut.
struct Text {
    bytes: [u8; 160],
    len: usize,
}

impl core::fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        for letter in text.chars() {
            let place = self.bytes.get_mut(self.len..self.len + letter.len_utf8());
            self.len += letter.encode_utf8(place.ok_or(core::fmt::Error)?).len();
        }
        Ok(())
    }
}

/// Makes a `str` of a format.
pub(super) fn text<'s>(
    cx: &mut Full<'s>,
    format: core::fmt::Arguments<'_>,
) -> snakelet_vm::native::full::Given<'s> {
    let mut text = Text { bytes: [0; 160], len: 0 };
    // cut where it is full
    let _ = core::fmt::Write::write_fmt(&mut text, format);
    let bytes = text.bytes.get(..text.len).unwrap_or_default();
    cx.str(core::str::from_utf8(bytes).unwrap_or_default())
}

/// Makes a `bytes` of a buffer.
pub(super) fn bytes_of<'s>(
    cx: &mut Full<'s>,
    buffer: Held<'s>,
) -> snakelet_vm::native::full::Given<'s> {
    cx.make(|cx| {
        let bytes = cx.readable(cx.get(buffer))?;
        cx.charge_bytes(bytes.len());
        cx.bytes(bytes.len(), |out| {
            bytes.copy_to(out);
        })
    })
}

/// Makes a `bytearray` of the bytes of all buffers in a list or tuple.
pub(super) fn join<'s>(
    cx: &mut Full<'s>,
    vector: Held<'s>,
) -> snakelet_vm::native::full::Given<'s> {
    let mut total = 0_usize;
    cx.for_each(vector, |cx, _, item| {
        total = total.saturating_add(cx.with_bytes(item, |bytes| bytes.len())?);
        Ok(())
    })?;
    let joined = cx.make(|cx| cx.bytearray(total))?;
    let mut at = 0;
    cx.for_each(vector, |cx, outer, item| {
        cx.look(|cx| {
            let bytes = cx.readable(cx.get(item))?;
            let to = cx.writable(cx.get(outer.held(joined)))?.get(at..).unwrap_or_default();
            cx.copy(bytes, to)?;
            Ok(())
        })?;
        at += cx.with_bytes(item, |bytes| bytes.len())?;
        Ok(())
    })?;
    Ok(joined)
}
