//! The directives of the `%` operator: `%[(key)][flags][width][.precision]conversion`.
//!
//! A [`Directive`] is read from the pattern; once the values for its `*` are set, its `spec`
//! renders the argument: `put_digits` for `d i u o x X`, `put_float` for `e E f F g G`, `put_str`
//! for `s r a c` (and `put_char` for a `c` from an integer).

use crate::bigint::{Meter, Poll, Stop};
use crate::scan::count_leading;
use crate::spec::{Align, FormatSpec, Sign, SpecError, split_number};

/// Why a pattern cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PercentError {
    /// The pattern ends within a directive.
    Incomplete,
    /// The pattern ends within a directive's key.
    IncompleteKey,
    /// Width or precision is too large.
    TooLarge,
    /// The poll ended the search.
    Stopped,
}

impl From<Stop> for PercentError {
    fn from(_: Stop) -> Self {
        PercentError::Stopped
    }
}

impl PercentError {
    /// The message of Python's `ValueError`.
    pub fn message(self) -> &'static str {
        match self {
            PercentError::Incomplete => "incomplete format",
            PercentError::IncompleteKey => "incomplete format key",
            PercentError::TooLarge | PercentError::Stopped => "bad format string",
        }
    }
}

/// One directive of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The length of the mapping key, if there is one. It stands in parentheses in front.
    pub key: Option<usize>,
    /// Whether the next argument is the width, for [`set_width`](Self::set_width).
    pub takes_width: bool,
    /// Whether the next argument is the precision, for [`set_precision`](Self::set_precision).
    pub takes_precision: bool,
    /// The conversion's letter; any byte.
    pub conversion: u8,
    /// Flags, width and precision, in the shape that the conversion needs.
    pub spec: FormatSpec,
}

impl Directive {
    /// Reads a directive from what follows its `%`; returns it with the bytes it takes, of which
    /// the conversion is the last.
    ///
    /// # Errors
    /// [`PercentError`]; [`PercentError::Stopped`] by `poll`.
    pub fn parse(text: &[u8], poll: &mut Poll<'_>) -> Result<(Self, usize), PercentError> {
        let meter = &mut Meter::new(poll);
        let mut rest = text;
        let mut key = None;
        if let [b'(', after @ ..] = text {
            let (name, after) = split_key(after, meter)?.ok_or(PercentError::IncompleteKey)?;
            key = Some(name.len());
            rest = after;
        }
        let mut spec = FormatSpec { align: Some(Align::Right), ..FormatSpec::default() };
        let mut zero = false;
        let flags = count_leading(rest, meter, |flag| {
            match flag {
                b'-' => spec.align = Some(Align::Left),
                b'+' => spec.sign = Sign::Plus,
                b' ' if spec.sign == Sign::Minus => spec.sign = Sign::Space,
                b' ' => {}
                b'#' => spec.alternate = true,
                b'0' => zero = true,
                _ => return false,
            }
            true
        })?;
        rest = rest.get(flags..).unwrap_or_default();
        let (width, takes_width, mut rest) = split_count(rest, meter)?;
        spec.width = width.unwrap_or(0) as usize;
        let mut takes_precision = false;
        if let [b'.', after @ ..] = rest {
            (spec.precision, takes_precision, rest) = split_count(after, meter)?;
            // A point alone means zero.
            spec.precision = spec.precision.or(Some(0));
        }
        let [conversion, rest @ ..] = rest else { return Err(PercentError::Incomplete) };
        let mut directive =
            Directive { key, takes_width, takes_precision, conversion: *conversion, spec };
        directive.fit_to_conversion(zero);
        Ok((directive, text.len() - rest.len()))
    }

    /// Sets the width that an argument gives; below zero it means to the left.
    pub fn set_width(&mut self, width: i64) {
        if width < 0 {
            self.spec.align = Some(Align::Left);
            self.spec.fill = b' '.into();
        }
        self.spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
    }

    /// Sets the precision that an argument gives; below zero it means zero.
    pub fn set_precision(&mut self, precision: i64) {
        let precision = precision.clamp(0, i64::from(i32::MAX)) as u32;
        if self.is_int() {
            self.spec.min_digits = precision as usize;
        } else {
            self.spec.precision = Some(precision);
        }
    }

    /// Whether the conversion renders an integer's digits.
    pub fn is_int(&self) -> bool {
        matches!(self.conversion, b'd' | b'i' | b'u' | b'o' | b'x' | b'X')
    }

    /// Whether the conversion renders a float.
    pub fn is_float(&self) -> bool {
        matches!(self.conversion, b'e' | b'E' | b'f' | b'F' | b'g' | b'G')
    }

    /// Gives the specification the type, and what flags and precision mean for it.
    fn fit_to_conversion(&mut self, zero: bool) {
        let (int, float) = (self.is_int(), self.is_float());
        let spec = &mut self.spec;
        if int {
            spec.kind = Some(match self.conversion {
                b'i' | b'u' => b'd',
                conversion => conversion,
            });
            spec.min_digits = spec.precision.take().unwrap_or(0) as usize;
        } else if float {
            spec.kind = Some(self.conversion);
        } else {
            spec.sign = Sign::Minus;
            spec.alternate = false;
        }
        if zero && (int || float) && spec.align == Some(Align::Right) {
            spec.fill = b'0'.into();
            spec.align = Some(Align::AfterSign);
        }
    }
}

/// Takes a key and its closing parenthesis from the front; parentheses within it nest.
fn split_key<'t>(text: &'t [u8], meter: &mut Meter<'_, '_>) -> Result<Option<Split<'t>>, Stop> {
    let mut depth = 1;
    let len = count_leading(text, meter, |byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        depth != 0
    })?;
    let (key, rest) = text.split_at_checked(len).unwrap_or_default();
    Ok(rest.get(1..).map(|rest| (key, rest)))
}

/// A text in two.
type Split<'t> = (&'t [u8], &'t [u8]);

/// Takes a number or a `*`, if there is one, from the front; says whether it was a `*`.
fn split_count<'t>(
    text: &'t [u8],
    meter: &mut Meter<'_, '_>,
) -> Result<(Option<u32>, bool, &'t [u8]), PercentError> {
    if let [b'*', rest @ ..] = text {
        return Ok((None, true, rest));
    }
    match split_number(text, meter) {
        Ok(Some((number, rest))) => Ok((Some(number), false, rest)),
        Ok(None) => Ok((None, false, text)),
        Err(SpecError::Stopped) => Err(PercentError::Stopped),
        Err(_) => Err(PercentError::TooLarge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Slice;
    use crate::spec::Unit;
    use std::string::String;

    enum Value {
        Int(i64),
        Float(f64),
        Str(&'static str),
    }
    use Value::{Float, Int, Str};

    fn render(pattern: &str, value: &Value) -> String {
        let (directive, len) =
            Directive::parse(&pattern.as_bytes()[1..], &mut |_| Ok(())).expect("a directive");
        assert_eq!(len, pattern.len() - 1);
        put(&directive, value)
    }

    fn put(directive: &Directive, value: &Value) -> String {
        let mut bytes = [0; 64];
        let mut sink = Slice::new(&mut bytes);
        match value {
            Int(value) => directive.spec.put_i64(&mut sink, *value),
            Float(value) => directive.spec.put_float(&mut sink, *value),
            Str(value) => directive.spec.put_str(&mut sink, value.as_bytes(), Unit::Char),
        }
        .expect("room");
        let len = sink.len();
        String::from_utf8_lossy(&bytes[..len]).into()
    }

    #[test]
    fn directives_render_as_in_python() {
        for (pattern, value, want) in [
            ("%d", Int(-5), "-5"),
            ("%5d", Int(-5), "   -5"),
            ("%-5i", Int(-5), "-5   "),
            ("%05u", Int(-5), "-0005"),
            ("%-05d", Int(-5), "-5   "),
            ("%+d", Int(5), "+5"),
            ("% d", Int(5), " 5"),
            ("% +d", Int(5), "+5"),
            ("%.3d", Int(-7), "-007"),
            ("%6.3d", Int(-7), "  -007"),
            ("%-6.3d", Int(7), "007   "),
            ("%06.3d", Int(7), "000007"),
            ("%x", Int(255), "ff"),
            ("%#X", Int(255), "0XFF"),
            ("%#08x", Int(255), "0x0000ff"),
            ("%#o", Int(8), "0o10"),
            ("%f", Float(1.5), "1.500000"),
            ("%.0f", Float(2.5), "2"),
            ("%#.0f", Float(2.5), "2."),
            ("%08.2f", Float(-1.5), "-0001.50"),
            ("%E", Float(12345.678), "1.234568E+04"),
            ("%g", Float(0.0001), "0.0001"),
            ("%+G", Float(1e-5), "+1E-05"),
            ("%F", Float(f64::INFINITY), "INF"),
            ("%5s", Str("ab"), "   ab"),
            ("%-5s", Str("ab"), "ab   "),
            ("%05s", Str("ab"), "   ab"),
            ("%+#s", Str("ab"), "ab"),
            ("%.1s", Str("\u{e4}b"), "\u{e4}"),
            ("%.s", Str("ab"), ""),
        ] {
            assert_eq!(render(pattern, &value), want, "{pattern}");
        }
    }

    #[test]
    fn arguments_give_width_and_precision() {
        let (mut directive, _) = Directive::parse(b"*.*f|", &mut |_| Ok(())).expect("a directive");
        assert!(directive.takes_width && directive.takes_precision);
        directive.set_width(-8);
        directive.set_precision(2);
        assert_eq!(put(&directive, &Float(1.0)), "1.00    ");
        let (mut directive, _) = Directive::parse(b"0*d", &mut |_| Ok(())).expect("a directive");
        directive.set_width(4);
        assert_eq!(put(&directive, &Int(1)), "0001");
        directive.set_width(-4);
        assert_eq!(put(&directive, &Int(1)), "1   ");
        let (mut directive, _) = Directive::parse(b".*d", &mut |_| Ok(())).expect("a directive");
        directive.set_precision(3);
        assert_eq!(put(&directive, &Int(1)), "001");
        directive.set_precision(-3);
        assert_eq!(put(&directive, &Int(1)), "1");
    }

    #[test]
    fn keys_may_hold_parentheses() {
        let (directive, len) =
            Directive::parse(b"(a(b)c)5s", &mut |_| Ok(())).expect("a directive");
        assert_eq!((directive.key, len), (Some("a(b)c".len()), 9));
    }

    #[test]
    fn ends_within_a_directive_are_errors() {
        for text in ["", "5", "-", ".", "5.3", "*", "(k)"] {
            assert_eq!(
                Directive::parse(text.as_bytes(), &mut |_| Ok(())),
                Err(PercentError::Incomplete),
                "{text}"
            );
        }
        assert_eq!(Directive::parse(b"(k", &mut |_| Ok(())), Err(PercentError::IncompleteKey));
        assert_eq!(Directive::parse(b"99999999999d", &mut |_| Ok(())), Err(PercentError::TooLarge));
    }
}
