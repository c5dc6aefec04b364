//! Values in the shape that a specification gives them.

use super::{Align, FormatSpec, RenderError, Sign, SpecError};
use crate::bigint::{Small, to_text};
use crate::float::{Binary, Style, Text};
use crate::sink::{Batch, Put};

/// Digits of a float whose specification has a type but no precision.
const DEFAULT_PRECISION: u32 = 6;

/// What a string's width and precision count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes, for `bytes`.
    Byte,
    /// UTF-8 characters, for `str`.
    Char,
}

/// How digits are grouped, counted from the right.
#[derive(Clone, Copy)]
pub(crate) struct Groups {
    separator: Option<u8>,
    /// Digits in a group.
    size: usize,
    /// Digits of the whole row.
    total: usize,
}

impl Groups {
    pub(crate) const NONE: Self = Groups { separator: None, size: 1, total: 0 };

    /// Puts a separator if one belongs before the digit with which `left` digits are left.
    pub(crate) fn separate<P: Put>(
        self,
        batch: &mut Batch<'_, P>,
        left: usize,
    ) -> Result<(), P::Error> {
        match self.separator {
            Some(separator) if left != self.total && left.is_multiple_of(self.size) => {
                batch.push(separator)
            }
            _ => Ok(()),
        }
    }

    /// Characters of so many digits.
    fn len(self, digits: usize) -> usize {
        let separators = match self.separator {
            Some(_) => digits.saturating_sub(1).checked_div(self.size).unwrap_or(0),
            None => 0,
        };
        digits + separators
    }
}

/// The parts of a number around its digits.
struct Frame<'a> {
    negative: bool,
    /// `0x` and the like.
    prefix: &'a [u8],
    /// Digits before the point.
    digits: usize,
    /// Characters that follow those digits.
    tail: usize,
    group_size: usize,
}

impl FormatSpec {
    /// Renders an integer from its digits, which are in the base of
    /// [`int_base`](Self::int_base) and in lower case.
    ///
    /// # Errors
    /// [`RenderError`].
    pub fn put_digits<P: Put>(
        &self,
        sink: &mut P,
        negative: bool,
        digits: &[u8],
    ) -> Result<(), RenderError<P::Error>> {
        let base = self.int_base().ok_or_else(|| self.unknown_code())?;
        let comma = self.separator == Some(b',');
        if self.precision.is_some() || comma && base != 10 {
            return Err(SpecError::Invalid.into());
        }
        let upper = self.kind == Some(b'X');
        let prefix: &[u8] = match (self.alternate, base) {
            (true, 2) => b"0b",
            (true, 8) => b"0o",
            (true, 16) if upper => b"0X",
            (true, 16) => b"0x",
            _ => b"",
        };
        let frame = Frame {
            negative,
            prefix,
            digits: digits.len().max(self.min_digits),
            tail: 0,
            group_size: if base == 10 { 3 } else { 4 },
        };
        let leading = frame.digits - digits.len();
        self.put_number(sink, &frame, |sink, groups| {
            let batch = &mut Batch::new(sink);
            for left in (digits.len() + 1..=digits.len() + leading).rev() {
                groups.separate(batch, left)?;
                batch.push(b'0')?;
            }
            for (index, &digit) in digits.iter().enumerate() {
                groups.separate(batch, digits.len() - index)?;
                batch.push(if upper { digit.to_ascii_uppercase() } else { digit })?;
            }
            batch.flush()
        })
        .map_err(RenderError::Sink)
    }

    /// Renders a machine integer.
    ///
    /// # Errors
    /// [`RenderError`].
    pub fn put_i64<P: Put>(&self, sink: &mut P, value: i64) -> Result<(), RenderError<P::Error>> {
        let base = self.int_base().ok_or_else(|| self.unknown_code())?;
        let mut text = [0; 64];
        let small = Small::from(value.unsigned_abs());
        // Neither can the text be too long nor the work too much.
        let len = to_text(&mut text, &mut [0; 2], small.int(), base, &mut |_| Ok(())).unwrap_or(0);
        self.put_digits(sink, value < 0, text.get(..len).unwrap_or_default())
    }

    /// Renders a character that an integer (type `c`) stands for.
    ///
    /// # Errors
    /// [`RenderError`].
    pub fn put_char<P: Put>(&self, sink: &mut P, code: u32) -> Result<(), RenderError<P::Error>> {
        if self.sign != Sign::Minus {
            return Err(SpecError::SignForChar.into());
        }
        let mut bytes = [0; 4];
        let text = crate::utf8::encode(code, &mut bytes);
        let align = self.align.unwrap_or(Align::Right);
        self.put_padded(sink, text, 1, align).map_err(RenderError::Sink)
    }

    /// Renders a float.
    ///
    /// # Errors
    /// [`RenderError`].
    pub fn put_float<F: Binary, P: Put>(
        &self,
        sink: &mut P,
        value: F,
    ) -> Result<(), RenderError<P::Error>> {
        let wide: f64 = value.into();
        let precision = self.precision.unwrap_or(DEFAULT_PRECISION);
        let with = |value, style| Text::with_precision(value, style, precision, self.alternate);
        let mut text = match self.kind {
            None if self.precision.is_none() && self.alternate => {
                Text::repr(value, true).keep_point()
            }
            None if self.precision.is_none() => Text::repr(value, true),
            None => with(wide, Style::GeneralPoint),
            Some(b'e' | b'E') => with(wide, Style::Exponent),
            Some(b'f' | b'F') => with(wide, Style::Fixed),
            Some(b'g' | b'G' | b'n') => with(wide, Style::General),
            Some(b'%') => with(wide * 100.0, Style::Fixed),
            Some(_) => return Err(self.unknown_code().into()),
        };
        let percent = self.kind == Some(b'%');
        let signed = text.is_negative() || self.sign != Sign::Minus;
        let most = self.longest_fixed.saturating_sub(usize::from(signed));
        let most = most.saturating_sub(precision as usize);
        if matches!(self.kind, Some(b'f' | b'F')) && text.integer_len() > most.max(1) {
            let precision = precision.saturating_add(1);
            text = Text::with_precision(wide, Style::General, precision, self.alternate);
        }
        let digits = text.integer_len();
        let frame = Frame {
            negative: text.is_negative(),
            prefix: b"",
            digits,
            tail: text.unsigned_len() - digits + usize::from(percent),
            group_size: 3,
        };
        let upper = matches!(self.kind, Some(b'E' | b'F' | b'G'));
        self.put_number(sink, &frame, |sink, groups| {
            text.write_unsigned(sink, upper, groups)?;
            if percent { sink.put(b"%") } else { Ok(()) }
        })
        .map_err(RenderError::Sink)
    }

    /// Renders a string, cut to the precision.
    ///
    /// # Errors
    /// [`RenderError`].
    pub fn put_str<P: Put>(
        &self,
        sink: &mut P,
        text: &[u8],
        unit: Unit,
    ) -> Result<(), RenderError<P::Error>> {
        if !matches!(self.kind, None | Some(b's')) {
            return Err(self.unknown_code().into());
        }
        if self.sign != Sign::Minus {
            return Err(SpecError::SignForStr.into());
        }
        if self.align == Some(Align::AfterSign) {
            return Err(SpecError::AlignForStr.into());
        }
        if self.alternate || self.separator.is_some() {
            return Err(SpecError::Invalid.into());
        }
        let limit = self.precision.map_or(usize::MAX, |precision| precision as usize);
        let is_whole = self.precision.is_none() && self.width == 0;
        let (len, count) = if is_whole { (text.len(), 0) } else { measure(text, unit, limit) };
        let text = text.get(..len).unwrap_or(text);
        let align = self.align.unwrap_or(Align::Left);
        self.put_padded(sink, text, count, align).map_err(RenderError::Sink)
    }

    fn unknown_code(&self) -> SpecError {
        self.kind.map_or(SpecError::Invalid, SpecError::UnknownCode)
    }

    /// Puts a text of so many characters and fills up to the width.
    fn put_padded<P: Put>(
        &self,
        sink: &mut P,
        text: &[u8],
        count: usize,
        align: Align,
    ) -> Result<(), P::Error> {
        let pad = self.width.saturating_sub(count);
        let before = match align {
            Align::Left => 0,
            Align::Center => pad / 2,
            Align::Right | Align::AfterSign => pad,
        };
        self.put_fill(sink, before)?;
        sink.put(text)?;
        self.put_fill(sink, pad - before)
    }

    /// Puts sign, prefix and padding around what `body` puts.
    fn put_number<P: Put>(
        &self,
        sink: &mut P,
        frame: &Frame<'_>,
        body: impl FnOnce(&mut P, Groups) -> Result<(), P::Error>,
    ) -> Result<(), P::Error> {
        let sign: &[u8] = match (frame.negative, self.sign) {
            (true, _) => b"-",
            (false, Sign::Plus) => b"+",
            (false, Sign::Space) => b" ",
            (false, Sign::Minus) => b"",
        };
        let align = self.align.unwrap_or(Align::Right);
        let mut groups = Groups {
            separator: self.separator.filter(|_| frame.digits != 0),
            size: frame.group_size,
            total: frame.digits,
        };
        let fixed = sign.len() + frame.prefix.len() + frame.tail;
        let room = self.width.saturating_sub(fixed);
        // Zeros between sign and digits are grouped like digits, and do not begin with a separator.
        let zeros =
            align == Align::AfterSign && self.fill == u32::from(b'0') && groups.separator.is_some();
        if zeros {
            let fitting = room - room.saturating_sub(1) / (groups.size + 1);
            groups.total = groups.total.max(fitting);
        }
        let pad = room.saturating_sub(groups.len(groups.total));
        let before = match align {
            Align::Left | Align::AfterSign => 0,
            Align::Right => pad,
            Align::Center => pad / 2,
        };
        self.put_fill(sink, before)?;
        sink.put(sign)?;
        sink.put(frame.prefix)?;
        let mut after = pad - before;
        if align == Align::AfterSign {
            self.put_fill(sink, core::mem::take(&mut after))?;
        }
        let batch = &mut Batch::new(sink);
        for left in (frame.digits + 1..=groups.total).rev() {
            groups.separate(batch, left)?;
            batch.push(b'0')?;
        }
        batch.flush()?;
        body(sink, groups)?;
        self.put_fill(sink, after)
    }

    fn put_fill<P: Put>(&self, sink: &mut P, count: usize) -> Result<(), P::Error> {
        let mut bytes = [0; 4];
        let fill = crate::utf8::encode(self.fill, &mut bytes);
        let batch = &mut Batch::new(sink);
        for _ in 0..count {
            for &byte in fill {
                batch.push(byte)?;
            }
        }
        batch.flush()
    }
}

/// Bytes that are counted at once.
const PIECE: usize = 128;

/// Bytes and units of as much of a text as the limit allows.
fn measure(text: &[u8], unit: Unit, limit: usize) -> (usize, usize) {
    if unit == Unit::Byte {
        let len = text.len().min(limit);
        return (len, len);
    }
    let begins = |byte: &u8| byte & 0xc0 != 0x80;
    let (mut count, mut before) = (0, 0);
    // whole pieces are counted without a look at the limit for each byte
    for piece in text.chunks(PIECE) {
        // a sum of bytes, which processors add sixteen at a time
        let more = usize::from(piece.iter().map(|byte| u8::from(begins(byte))).sum::<u8>());
        if more > limit - count {
            let mut ends = piece.iter().enumerate().filter(|(_, byte)| begins(byte));
            let end = ends.nth(limit - count).map_or(piece.len(), |(index, _)| index);
            return (before + end, limit);
        }
        count += more;
        before += piece.len();
    }
    (text.len(), count)
}
