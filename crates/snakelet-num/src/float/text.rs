//! Floats as Python prints them.

use super::expansion::Expansion;
use super::power::power;
use super::shortest::{Short, shortest};
use super::{Binary, Float};
use crate::sink::{Batch, Full, Put, Slice};
use crate::spec::Groups;

/// Bytes that [`Text::repr`] never exceeds.
pub const REPR_LEN: usize = 26;

/// The first exponent at which [`Text::repr`] turns to the form with an exponent.
const REPR_LIMIT: i32 = 16;

/// The form of a number that is printed with a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `%e`: one digit, the point, and as many digits as the precision says, an exponent.
    Exponent,
    /// `%f`: as many digits after the point as the precision says.
    Fixed,
    /// `%g`: as many digits as the precision says without zeros at the end, in one or the other
    /// form, whichever is shorter.
    General,
    /// As `General`, but with a digit after the point: what an empty format type with a precision
    /// means.
    GeneralPoint,
}

/// A float's text, whose length is known before it is written.
pub struct Text {
    negative: bool,
    body: Body,
}

#[expect(clippy::large_enum_variant, reason = "there is no allocator to box it with")]
enum Body {
    Infinity,
    Nan,
    Number(Digits, Layout),
}

#[expect(clippy::large_enum_variant, reason = "there is no allocator to box it with")]
/// Where the digits come from.
enum Digits {
    Short(Short),
    Exact(Expansion),
}

impl Digits {
    fn digit(&self, place: i32) -> u8 {
        match self {
            Digits::Exact(expansion) => expansion.digit(place),
            Digits::Short(short) => {
                let place = usize::try_from(place - short.exponent).ok();
                place.map_or(0, |place| (short.digits / power(place) % 10) as u8)
            }
        }
    }
}

/// The places of the digits that are written: `high ..= units`, the point, `units - 1 ..= low`.
struct Layout {
    high: i32,
    units: i32,
    low: i32,
    /// Whether there is a point even if no digit follows it.
    point: bool,
    exponent: Option<i32>,
}

impl Text {
    /// The shortest text that reads back as this float, as Python's `repr()`; with `point_zero` a
    /// whole number ends in `.0` (the parts of a complex number do not).
    pub fn repr<F: Binary>(value: F, point_zero: bool) -> Self {
        Self::new(value, |float| {
            let short = if float.mantissa == 0 {
                Short { digits: 0, exponent: 0 }
            } else {
                shortest(float, &F::FORMAT)
            };
            let top = short.exponent + decimal_digits(short.digits) - 1;
            let layout = if !(-4..REPR_LIMIT).contains(&top) {
                Layout::exponent(top, short.exponent)
            } else {
                Layout::fixed(top, short.exponent.min(-i32::from(point_zero)))
            };
            (Digits::Short(short), layout)
        })
    }

    /// The float rounded to a precision, ties to even; `alternate` keeps the point, and the zeros
    /// of the general form.
    pub fn with_precision(value: f64, style: Style, precision: u32, alternate: bool) -> Self {
        let precision = i32::try_from(precision).unwrap_or(i32::MAX / 2).min(i32::MAX / 2);
        Self::new(value, |float| {
            let mut digits = Expansion::new(float.mantissa, float.exponent);
            let mut layout = match style {
                Style::Fixed => {
                    digits.round(-precision);
                    Layout::fixed(digits.top(), -precision)
                }
                Style::Exponent => {
                    let top = round_digits(&mut digits, precision.saturating_add(1));
                    Layout::exponent(top, top.saturating_sub(precision))
                }
                Style::General | Style::GeneralPoint => {
                    general(&mut digits, precision.max(1), style == Style::GeneralPoint, alternate)
                }
            };
            layout.point |= alternate;
            (Digits::Exact(digits), layout)
        })
    }

    fn new<F: Binary>(value: F, plan: impl FnOnce(&Float) -> (Digits, Layout)) -> Self {
        let bits = value.to_bits64();
        let float = F::FORMAT.decompose(bits);
        let magnitude = bits & !F::FORMAT.sign();
        if magnitude > F::FORMAT.infinity() {
            return Text { negative: false, body: Body::Nan };
        }
        let body = if magnitude == F::FORMAT.infinity() {
            Body::Infinity
        } else {
            let (digits, layout) = plan(&float);
            Body::Number(digits, layout)
        };
        Text { negative: float.negative, body }
    }

    /// Keeps the point even if no digit follows it.
    pub(crate) fn keep_point(mut self) -> Self {
        if let Body::Number(_, layout) = &mut self.body {
            layout.point = true;
        }
        self
    }

    /// Whether the text begins with a minus sign; negative zero has one, NaN has none.
    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Digits before the point.
    pub(crate) fn integer_len(&self) -> usize {
        match &self.body {
            Body::Number(_, layout) => layout.integer_len(),
            _ => 0,
        }
    }

    /// Bytes without the sign.
    pub(crate) fn unsigned_len(&self) -> usize {
        match &self.body {
            Body::Number(_, layout) => {
                let fraction = layout.units.saturating_sub(layout.low) as usize;
                layout.integer_len()
                    + usize::from(layout.has_point())
                    + fraction
                    + layout.exponent.map_or(0, exponent_len)
            }
            _ => 3,
        }
    }

    /// Writes the text without the sign; letters are large if `upper`. The digits before the
    /// point are grouped, as the last ones of a longer row.
    ///
    /// # Errors
    /// Those of the sink.
    pub(crate) fn write_unsigned<P: Put>(
        &self,
        sink: &mut P,
        upper: bool,
        groups: Groups,
    ) -> Result<(), P::Error> {
        let (digits, layout) = match &self.body {
            Body::Infinity => return sink.put(if upper { b"INF" } else { b"inf" }),
            Body::Nan => return sink.put(if upper { b"NAN" } else { b"nan" }),
            Body::Number(digits, layout) => (digits, layout),
        };
        let batch = &mut Batch::new(sink);
        for place in (layout.units..=layout.high).rev() {
            groups.separate(batch, (place - layout.units) as usize + 1)?;
            batch.push(b'0' + digits.digit(place))?;
        }
        if layout.has_point() {
            batch.push(b'.')?;
        }
        for place in (layout.low..layout.units).rev() {
            batch.push(b'0' + digits.digit(place))?;
        }
        if let Some(exponent) = layout.exponent {
            batch.push(if upper { b'E' } else { b'e' })?;
            batch.push(if exponent < 0 { b'-' } else { b'+' })?;
            let exponent = exponent.unsigned_abs();
            if exponent >= 100 {
                batch.push(b'0' + (exponent / 100 % 10) as u8)?;
            }
            batch.push(b'0' + (exponent / 10 % 10) as u8)?;
            batch.push(b'0' + (exponent % 10) as u8)?;
        }
        batch.flush()
    }

    /// Writes sign and text to the front of a slice and returns the length.
    ///
    /// # Errors
    /// [`Full`] if the slice is too short; [`REPR_LEN`] bytes suffice for [`Text::repr`].
    pub fn write(&self, output: &mut [u8]) -> Result<usize, Full> {
        let mut slice = Slice::new(output);
        if self.negative {
            slice.put(b"-")?;
        }
        self.write_unsigned(&mut slice, false, Groups::NONE)?;
        Ok(slice.len())
    }
}

impl Layout {
    /// Digits down to the place `low`; the point stands after the units.
    fn fixed(top: i32, low: i32) -> Self {
        Layout { high: top.max(0), units: 0, low: low.min(0), point: false, exponent: None }
    }

    /// Digits down to the place `low`; the point stands after the first.
    fn exponent(top: i32, low: i32) -> Self {
        Layout { high: top, units: top, low, point: false, exponent: Some(top) }
    }

    fn integer_len(&self) -> usize {
        (self.high - self.units) as usize + 1
    }

    fn has_point(&self) -> bool {
        self.point || self.low < self.units
    }
}

fn exponent_len(exponent: i32) -> usize {
    if exponent.unsigned_abs() >= 100 { 5 } else { 4 }
}

/// Rounds to a number of digits and returns the place of the first one.
fn round_digits(digits: &mut Expansion, count: i32) -> i32 {
    let top = digits.top();
    digits.round(top.saturating_sub(count - 1));
    digits.top()
}

fn general(digits: &mut Expansion, precision: i32, point_zero: bool, alternate: bool) -> Layout {
    let top = round_digits(digits, precision);
    let mut low = top - (precision - 1);
    if !alternate {
        low = low.max(digits.bottom());
        while low < top && digits.digit(low) == 0 {
            low += 1;
        }
    }
    if top < -4 || top >= precision - i32::from(point_zero) {
        return Layout::exponent(top, low);
    }
    Layout::fixed(top, low.min(-i32::from(point_zero)))
}

fn decimal_digits(value: u64) -> i32 {
    (1..20).take_while(|&exponent| value >= power(exponent).get()).count() as i32 + 1
}
