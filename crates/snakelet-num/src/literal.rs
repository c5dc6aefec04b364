//! Numbers in source code.

use crate::bigint::Digits;
use crate::float::{self, Binary};

/// A number token's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal<'t, F> {
    /// An integer: small ([`Digits::to_i64`]) or big ([`Digits::write`]).
    Int(Digits<'t>),
    /// A float.
    Float(F),
    /// The imaginary part of a complex number.
    Imaginary(F),
}

/// Why a token is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LiteralError {
    /// An integer of this base (0 if it has no prefix) with a digit or underscore out of place.
    Int {
        /// The base that the prefix says.
        base: u8,
    },
    /// A malformed float or imaginary number.
    Number,
}

/// Reads a number token, which begins with a digit or a point and has no sign.
///
/// # Errors
/// [`LiteralError`].
pub fn parse<F: Binary>(token: &[u8]) -> Result<Literal<'_, F>, LiteralError> {
    let base = match token {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        [b'0'..=b'9' | b'.', ..] => 0,
        _ => return Err(LiteralError::Number),
    };
    let is_float = |byte: &u8| matches!(byte, b'.' | b'e' | b'E' | b'j' | b'J');
    if base != 0 || !token.iter().any(is_float) {
        let digits = Digits::parse(token, 0).map_err(|_| LiteralError::Int { base })?;
        return Ok(Literal::Int(digits));
    }
    let (number, imaginary) = match token {
        [number @ .., b'j' | b'J'] => (number, true),
        _ => (token, false),
    };
    let value = float::parse(number).ok_or(LiteralError::Number)?;
    Ok(if imaginary { Literal::Imaginary(value) } else { Literal::Float(value) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(token: &str) -> Result<i64, LiteralError> {
        match parse::<f64>(token.as_bytes())? {
            Literal::Int(digits) => Ok(digits.to_i64().expect("small")),
            _ => Err(LiteralError::Number),
        }
    }

    #[test]
    fn integers() {
        assert_eq!(int("0"), Ok(0));
        assert_eq!(int("00"), Ok(0));
        assert_eq!(int("1_000"), Ok(1000));
        assert_eq!(int("0xDE_ad"), Ok(0xdead));
        assert_eq!(int("0b_1"), Ok(1));
        assert_eq!(int("0O17"), Ok(15));
        assert_eq!(int("0xe1"), Ok(0xe1));
        assert_eq!(int("0xb"), Ok(11));
    }

    #[test]
    fn floats_and_imaginary_numbers() {
        for (token, want) in [("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("0_1.2_5E-1", 0.125)] {
            assert_eq!(parse::<f64>(token.as_bytes()), Ok(Literal::Float(want)), "{token}");
        }
        for (token, want) in [("1j", 1.0), ("007J", 7.0), ("1.5e1j", 15.0)] {
            assert_eq!(parse::<f64>(token.as_bytes()), Ok(Literal::Imaginary(want)), "{token}");
        }
        assert_eq!(parse::<f32>(b"0.1"), Ok(Literal::Float(0.1f32)));
    }

    #[test]
    fn malformed_numbers() {
        for (token, base) in [
            ("0x", 16),
            ("0xg", 16),
            ("0b2", 2),
            ("0o8", 8),
            ("012", 0),
            ("1__0", 0),
            ("1_", 0),
            ("1a", 0),
        ] {
            assert_eq!(int(token), Err(LiteralError::Int { base }), "{token}");
        }
        for token in ["", ".", "1e", "1.e+", "1_.0", "1._0", "1.0jj", "inf", "-1.0", " 1.0", "1..0"]
        {
            assert!(parse::<f64>(token.as_bytes()).is_err(), "{token}");
        }
    }
}
