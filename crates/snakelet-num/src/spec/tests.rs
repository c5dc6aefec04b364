//! Checks against CPython's answers in `cases.txt`, and what MicroPython alone says.

use super::*;
use crate::sink::{Full, Slice};
use proptest::prelude::*;
use std::string::String;
use std::vec;

fn rendered(
    render: impl FnOnce(&mut Slice<'_>) -> Result<(), RenderError<Full>>,
) -> Result<String, SpecError> {
    let mut bytes = vec![0; 50_000];
    let mut sink = Slice::new(&mut bytes);
    match render(&mut sink) {
        Ok(()) => {
            let len = sink.len();
            Ok(String::from_utf8(bytes[..len].into()).expect("UTF-8"))
        }
        Err(RenderError::Spec(error)) => Err(error),
        Err(RenderError::Sink(Full)) => panic!("a width of four digits fits"),
    }
}

fn format_int(spec: &str, value: i64) -> Result<String, SpecError> {
    let spec = FormatSpec::parse(spec.as_bytes(), true, &mut |_| Ok(()))?;
    if spec.is_float() {
        return rendered(|sink| spec.put_float(sink, value as f64));
    }
    rendered(|sink| spec.put_i64(sink, value))
}

fn format_float(spec: &str, value: f64) -> Result<String, SpecError> {
    let spec = FormatSpec::parse(spec.as_bytes(), true, &mut |_| Ok(()))?;
    rendered(|sink| spec.put_float(sink, value))
}

fn format_str(spec: &str, value: &str) -> Result<String, SpecError> {
    let spec = FormatSpec::parse(spec.as_bytes(), false, &mut |_| Ok(()))?;
    rendered(|sink| spec.put_str(sink, value.as_bytes(), Unit::Char))
}

#[test]
fn renders_as_cpython() {
    let mut count = 0;
    for line in include_str!("cases.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.splitn(4, '|');
        let mut part = || parts.next().expect("four parts");
        let (kind, spec, value, want) = (part(), part(), part(), part());
        let got = match kind {
            "i" => format_int(spec, value.parse().expect("an int")),
            "f" => format_float(spec, value.parse().expect("a float")),
            _ => format_str(spec, value),
        };
        assert_eq!(got.ok().as_deref(), want.strip_prefix('='), "{line}");
        count += 1;
    }
    assert!(count > 700, "{count} cases");
}

#[test]
fn errors_have_their_messages() {
    let message = |result: Result<String, SpecError>| result.map_err(SpecError::message);
    assert_eq!(message(format_int("5dd", 1)), Err("invalid format specifier"));
    assert_eq!(message(format_int("+c", 1)), Err("unknown format code"));
    assert_eq!(format_int("s", 1), Err(SpecError::UnknownCode(b's')));
    assert_eq!(format_float("d", 1.0), Err(SpecError::UnknownCode(b'd')));
    assert_eq!(format_str("d", ""), Err(SpecError::UnknownCode(b'd')));
    assert_eq!(message(format_str("+", "")), Err("sign not allowed in string format specifier"));
    let want = Err("'=' alignment not allowed in string format specifier");
    assert_eq!(message(format_str("=5", "")), want);
    assert_eq!(format_int("99999999999", 1), Err(SpecError::Invalid));
    assert_eq!(format_float(".f", 1.0), Err(SpecError::Invalid));
}

#[test]
fn characters_are_padded_as_numbers() {
    let char = |spec: &str| {
        let spec = FormatSpec::parse(spec.as_bytes(), true, &mut |_| Ok(()))?;
        rendered(|sink| spec.put_char(sink, 0x20ac))
    };
    assert_eq!(char("c").as_deref(), Ok("\u{20ac}"));
    assert_eq!(char("4c").as_deref(), Ok("   \u{20ac}"));
    assert_eq!(char("<4c").as_deref(), Ok("\u{20ac}   "));
    assert_eq!(char("+c"), Err(SpecError::SignForChar));
}

#[test]
fn bytes_are_counted_as_bytes() {
    let spec = FormatSpec::parse(b"4.2", false, &mut |_| Ok(())).expect("a specification");
    let got = rendered(|sink| spec.put_str(sink, "a\u{e4}".as_bytes(), Unit::Char));
    assert_eq!(got.as_deref(), Ok("a\u{e4}  "));
    let got = rendered(|sink| spec.put_str(sink, b"abc", Unit::Byte));
    assert_eq!(got.as_deref(), Ok("ab  "));
}

#[test]
fn f32_prints_its_own_shortest_digits() {
    let spec = FormatSpec::parse(b"6", true, &mut |_| Ok(())).expect("a specification");
    assert_eq!(rendered(|sink| spec.put_float(sink, 0.1f32)).as_deref(), Ok("   0.1"));
}

#[test]
fn full_sink_is_an_error() {
    let mut bytes = [0; 3];
    let spec = FormatSpec::parse(b"4000000", true, &mut |_| Ok(())).expect("a specification");
    let got = spec.put_i64(&mut Slice::new(&mut bytes), 1);
    assert_eq!(got, Err(RenderError::Sink(Full)));
}

proptest! {
    #[test]
    fn any_specification_is_used_or_refused(spec in "\\PC{0,2}[<>=^]?[+ -]?#?0?[0-9]{0,2}[,_]?(\\.[0-9]{0,2})?[a-zA-Z%]?", value: i64) {
        let _ = format_int(&spec, value);
        let _ = format_float(&spec, f64::from_bits(value as u64));
        let _ = format_str(&spec, &spec);
    }
}
