//! Numbers in source text: what they stand for, and what is none.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong and stops")]

use std::mem::MaybeUninit;

use snakelet::Interpreter;

fn with_python(test: impl FnOnce(&mut Interpreter<'_>)) {
    let mut memory = vec![MaybeUninit::uninit(); 64 << 10];
    test(&mut Interpreter::builder(&mut memory).build().unwrap());
}

#[test]
fn integers() {
    with_python(|python| {
        for (token, want) in [
            ("0", 0),
            ("00", 0),
            ("1_000", 1000),
            ("0xDE_ad", 0xdead),
            ("0b_1", 1),
            ("0O17", 0o17),
            ("0xe1", 0xe1),
            ("0xb", 11),
        ] {
            assert_eq!(python.eval::<i64>(token).unwrap(), want, "{token}");
        }
    });
}

#[test]
fn floats_and_imaginary_numbers() {
    with_python(|python| {
        for (token, want) in
            [("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("0_1.2_5E-1", 0.125), ("0.1", 0.1)]
        {
            assert_eq!(python.eval::<f64>(token).unwrap(), want, "{token}");
        }
        for (token, want) in [("1j", 1.0), ("007J", 7.0), ("1.5e1j", 15.0)] {
            assert_eq!(python.eval::<f64>(&format!("{token}.imag")).unwrap(), want, "{token}");
        }
    });
}

#[test]
fn malformed_numbers() {
    with_python(|python| {
        for token in [
            "0x", "0xg", "0b2", "0o8", "012", "1__0", "1_", "1a", "", ".", "1e", "1.e+", "1_.0",
            "1._0", "1.0jj", "1..0",
        ] {
            let error = python.eval::<f64>(token).unwrap_err();
            let class = error.exception().map(|exception| exception.class().to_owned());
            assert_eq!(class.as_deref(), Some("SyntaxError"), "{token}: {error}");
        }
        // these are names and expressions, not numbers
        assert!(python.eval::<f64>("inf").unwrap_err().to_string().starts_with("NameError"));
        assert_eq!(python.eval::<f64>("-1.0").unwrap(), -1.0);
        assert_eq!(python.eval::<f64>(" 1.0").unwrap(), 1.0);
    });
}
