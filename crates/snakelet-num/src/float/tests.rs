//! Checks against core's parser and printer, and against what CPython prints.

use super::power::power_of_ten;
use super::*;
use crate::bigint::{POLL_WORK, Stop};
use num_bigint::BigUint;
use proptest::prelude::*;
use std::borrow::ToOwned;
use std::string::String;
use std::{format, vec};

fn parse<F: Binary>(text: &[u8]) -> Option<F> {
    super::parse(text, &mut |_| Ok(())).ok()
}

fn parse_complex<F: Binary>(text: &[u8]) -> Option<(F, F)> {
    super::parse_complex(text, &mut |_| Ok(())).ok()
}

fn repr<F: Binary>(value: F) -> String {
    let mut text = [0; REPR_LEN];
    let len = Text::repr(value, true).write(&mut text).expect("REPR_LEN suffices");
    String::from_utf8_lossy(&text[..len]).into()
}

fn with_precision(value: f64, style: Style, precision: u32) -> String {
    let text = Text::with_precision(value, style, precision, false);
    let mut bytes = vec![0; text.unsigned_len() + usize::from(text.is_negative())];
    assert_eq!(text.write(&mut bytes), Ok(bytes.len()), "the length is exact");
    String::from_utf8(bytes).expect("ASCII")
}

/// Python's form of the shortest digits that core finds.
fn reference_repr(scientific: &str) -> String {
    let (digits, exponent) = scientific.split_once('e').expect("{:e} has an exponent");
    let exponent: i32 = exponent.parse().expect("a number");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let plain = digits.replace('.', "");
    if !(-4..16).contains(&exponent) {
        let sign_of_exponent = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{digits}e{sign_of_exponent}{:02}", exponent.abs());
    }
    if exponent < 0 {
        return format!("{sign}0.{}{plain}", "0".repeat(-exponent as usize - 1));
    }
    let whole = exponent as usize + 1;
    if plain.len() <= whole {
        return format!("{sign}{plain}{}.0", "0".repeat(whole - plain.len()));
    }
    format!("{sign}{}.{}", &plain[..whole], &plain[whole..])
}

/// The significant digits of a number's text.
fn digits(text: &str) -> String {
    let mantissa = text.split('e').next().unwrap_or(text);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').into()
}

fn finite() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        // Short decimals, whole numbers, powers of two and their neighbours.
        (any::<i32>(), -30i32..30).prop_map(|(m, e)| format!("{m}e{e}").parse().unwrap()),
        any::<i64>().prop_map(|whole| whole as f64),
        (0u64..2046, -2i64..=2)
            .prop_map(|(e, step)| f64::from_bits((e << 52).saturating_add_signed(step))),
        (0u64..1 << 20).prop_map(f64::from_bits),
    ]
    .prop_filter("finite", |value| value.is_finite())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn repr_is_the_shortest_that_reads_back(value in finite()) {
        let (got, want) = (repr(value), reference_repr(&format!("{value:e}")));
        // Where two are equally near, core takes the upper, Python the even one.
        let tie = digits(&format!("{value:.1100e}")).strip_suffix('5') == Some(&digits(&got));
        prop_assert!(got == want || tie, "{got} {want}");
    }

    #[test]
    fn repr_of_f32_is_the_shortest_that_reads_back(bits: u32) {
        let value = f32::from_bits(bits);
        prop_assume!(value.is_finite());
        let (got, want) = (repr(value), reference_repr(&format!("{value:e}")));
        // Where two are equally near, core takes the upper, Python the even one.
        let tie = digits(&format!("{value:.1100e}")).strip_suffix('5') == Some(&digits(&got));
        prop_assert!(got == want || tie, "{got} {want}");
    }

    #[test]
    fn doubtful_numbers_are_found_in_the_exact_expansion(value in finite()) {
        // The exact way is rarely taken: here it is for all.
        prop_assume!(value != 0.0);
        let float = f64::FORMAT.decompose(value.to_bits());
        let quick = shortest::shortest(&float, &f64::FORMAT);
        prop_assert_eq!(quick, shortest::exact(&float, &f64::FORMAT));
    }

    #[test]
    fn reads_back_what_it_printed(value in finite()) {
        prop_assert_eq!(parse::<f64>(repr(value).as_bytes()).map(f64::to_bits), Some(value.to_bits()));
    }

    #[test]
    fn fixed_form_is_exact(value in finite(), precision in 0u32..40) {
        let want = format!("{value:.*}", precision as usize);
        prop_assert_eq!(with_precision(value, Style::Fixed, precision), want);
    }

    #[test]
    fn exponent_form_is_exact(value in finite(), precision in 0u32..40) {
        let want = format!("{value:.*e}", precision as usize);
        let got = with_precision(value, Style::Exponent, precision);
        let (digits, exponent) = got.split_once('e').expect("an exponent");
        let exponent: i32 = exponent.parse().expect("a number");
        prop_assert_eq!(format!("{digits}e{exponent}"), want);
    }

    #[test]
    fn parses_as_core_does(digits in "[0-9]{1,25}(\\.[0-9]{0,25})?", exponent in -350i32..330) {
        let text = format!("{digits}e{exponent}");
        prop_assert_eq!(parse::<f64>(text.as_bytes()), text.parse::<f64>().ok());
        prop_assert_eq!(parse::<f32>(text.as_bytes()), text.parse::<f32>().ok());
    }

    #[test]
    fn parses_numbers_near_the_middle_of_floats(
        bits in 1u64 << 52..0x7fe0 << 48,
        nudge in prop_oneof!["", "0", "1", "000000001"],
    ) {
        // With 1100 digits after the point both neighbours are exact; the middle needs one more.
        let digits = |bits| format!("{:.1100}", f64::from_bits(bits)).replace('.', "");
        let whole = |bits| digits(bits).parse::<BigUint>().expect("digits");
        let middle = (whole(bits) + whole(bits + 1)) * 5u8;
        let above = format!("{middle}{nudge}e-{}", 1101 + nudge.len());
        for text in [above, format!("{}e-1101", middle - 1u8)] {
            prop_assert_eq!(parse::<f64>(text.as_bytes()), text.parse::<f64>().ok());
        }
    }

    #[test]
    fn f32_is_not_rounded_twice(bits in 0u32..0x7f7f_ffff, nudge in prop_oneof!["", "1", "0000001"]) {
        let (low, high) = (f32::from_bits(bits), f32::from_bits(bits + 1));
        let middle = (f64::from(low) + f64::from(high)) / 2.0;
        let text = format!("{middle:.180}{nudge}");
        prop_assert_eq!(parse::<f32>(text.as_bytes()), text.parse::<f32>().ok());
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "[ 0-9._eE+jinfanty()-]{0,12}") {
        let _ = parse_complex::<f64>(text.as_bytes());
        if let Some(value) = parse::<f64>(text.as_bytes()) {
            let plain = text.trim().replace('_', "");
            let want: f64 = plain.parse().expect("core reads it without underscores");
            prop_assert!(value == want || value.is_nan() && want.is_nan());
        }
    }
}

#[test]
fn table_of_powers_is_within_its_error() {
    for n in -361..=341i32 {
        let (significand, exponent) = power_of_ten(n);
        assert!(significand >> 63 == 1, "10**{n} is not normalised");
        // significand * 2**exponent against 10**n, both scaled to whole numbers.
        let (left, right) = if exponent < 0 { (0, -exponent) } else { (exponent, 0) };
        let ten = BigUint::from(10u8).pow(n.unsigned_abs());
        let (ours, unit, exact) = if n >= 0 {
            let unit = BigUint::from(1u8) << left;
            (BigUint::from(significand) << left, unit, ten << right)
        } else {
            let unit = ten << left;
            (&unit * significand, unit, BigUint::from(1u8) << right)
        };
        let error = if ours > exact { &ours - &exact } else { &exact - &ours };
        assert!(error < unit * 2u8, "10**{n} is off");
    }
}

#[test]
fn repr_as_python() {
    for (value, want) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (100.0, "100.0"),
        (0.1, "0.1"),
        (2f64.powi(50) + 0.25, "1125899906842624.2"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1.0 / 3.0, "0.3333333333333333"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (1e22, "1e+22"),
        (1.5e300, "1.5e+300"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (5e-324, "5e-324"),
        (2f64.powi(-44), "5.684341886080802e-14"),
        (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
        (-2.225_073_858_507_201_4e-308, "-2.2250738585072014e-308"),
        (9007199254740993.0, "9007199254740992.0"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
        (-f64::NAN, "nan"),
    ] {
        assert_eq!(repr(value), want);
    }
    // as near to ..313e-08, of which the last digit is odd
    assert_eq!(repr(f64::from_bits(0x3e60_0000_0000_0000)), "2.9802322387695312e-08");
    assert_eq!(repr(0.1f32), "0.1");
    assert_eq!(repr(16_777_216f32), "16777216.0");
    assert_eq!(repr(f32::MIN_POSITIVE / 8_388_608.0), "1e-45");
}

#[test]
fn parts_of_complex_numbers_have_no_point_zero() {
    let mut text = [0; REPR_LEN];
    let len = Text::repr(2.0, false).write(&mut text).unwrap();
    assert_eq!(&text[..len], b"2");
    let len = Text::repr(200.5, false).write(&mut text).unwrap();
    assert_eq!(&text[..len], b"200.5");
}

#[test]
fn general_form_as_python() {
    for (value, precision, want) in [
        (0.0, 6, "0"),
        (1.0, 6, "1"),
        (100_000.0, 6, "100000"),
        (1_000_000.0, 6, "1e+06"),
        (999_999.5, 6, "1e+06"),
        (0.0001, 6, "0.0001"),
        (0.00001, 6, "1e-05"),
        (123.456, 0, "1e+02"),
        (123.456, 4, "123.5"),
        (0.5, 0, "0.5"),
        (2.5, 1, "2"),
        (3.5, 1, "4"),
        (0.1, 20, "0.10000000000000000555"),
        (1e100, 17, "1e+100"),
        (-1.5, 3, "-1.5"),
        (99.99, 3, "100"),
        (9.999e-5, 2, "0.0001"),
    ] {
        assert_eq!(with_precision(value, Style::General, precision), want, "{value:e} {precision}");
    }
    for (value, precision, want) in [
        (123.0, 3, "1.23e+02"),
        (123.0, 4, "123.0"),
        (0.0, 1, "0e+00"),
        (0.0, 2, "0.0"),
        (12.5, 5, "12.5"),
    ] {
        assert_eq!(with_precision(value, Style::GeneralPoint, precision), want);
    }
}

#[test]
fn alternate_form_keeps_point_and_zeros() {
    for (style, precision, want) in
        [(Style::Fixed, 0, "3."), (Style::Exponent, 0, "3.e+00"), (Style::General, 4, "3.000")]
    {
        let text = Text::with_precision(3.0, style, precision, true);
        let mut bytes = [0; 20];
        let len = text.write(&mut bytes).unwrap();
        assert_eq!(&bytes[..len], want.as_bytes());
        assert_eq!(text.unsigned_len(), len);
    }
}

#[test]
fn smallest_number_has_all_its_digits() {
    let got = with_precision(5e-324, Style::Fixed, 1080);
    assert_eq!(got, format!("{:.1080}", 5e-324));
    assert_eq!(with_precision(f64::MAX, Style::Fixed, 2), format!("{:.2}", f64::MAX));
    assert_eq!(with_precision(5e-324, Style::Exponent, 800), format!("{:.800e}", 5e-324));
}

#[test]
fn special_numbers_have_no_precision() {
    assert_eq!(with_precision(f64::NEG_INFINITY, Style::Fixed, 2), "-inf");
    assert_eq!(with_precision(f64::NAN, Style::Exponent, 2), "nan");
}

#[test]
fn short_output_is_an_error() {
    for len in 0..6 {
        let mut bytes = vec![0; len];
        assert!(Text::repr(-12.25, true).write(&mut bytes).is_err(), "{len} bytes");
    }
}

#[test]
fn text_is_read_as_python_reads_it() {
    for (text, want) in [
        ("1", 1.0),
        (" 1.5\n", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1_0.2_5e1_0", -10.25e10),
        ("1e400", f64::INFINITY),
        ("-1e-400", -0.0),
        ("+inf", f64::INFINITY),
        ("-InFiNiTy", f64::NEG_INFINITY),
        ("0e99999999999999999999", 0.0),
        ("1e-99999999999999999999", 0.0),
        ("9007199254740993", 9007199254740992.0),
        ("9007199254740993.00000000000000000000001", 9007199254740994.0),
        ("2.4703282292062327e-324", 0.0),
        ("2.4703282292062328e-324", 5e-324),
        ("1.7976931348623158e308", f64::MAX),
        ("1.7976931348623159e308", f64::INFINITY),
        ("2.2250738585072011e-308", 2.225_073_858_507_201e-308),
    ] {
        assert_eq!(parse::<f64>(text.as_bytes()).map(f64::to_bits), Some(want.to_bits()), "{text}");
    }
    assert!(parse::<f64>(b"nan").is_some_and(f64::is_nan));
    for text in [
        "", ".", "e5", "1e", "1e+", "1__0", "_1", "1_", "1_.5", "1._5", "1 2", "0x10", "infi",
        "1j", "--1", "+",
    ] {
        assert_eq!(parse::<f64>(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn digits_beyond_any_expansion_still_count() {
    let zeros = "0".repeat(5000);
    assert_eq!(parse::<f64>(format!("0.{zeros}1e5001").as_bytes()), Some(1.0));
    assert_eq!(parse::<f64>(format!("1{zeros}e-5000").as_bytes()), Some(1.0));
    let middle = format!("9007199254740993.{zeros}");
    assert_eq!(parse::<f64>(middle.as_bytes()), Some(9007199254740992.0));
    assert_eq!(parse::<f64>((middle + "1").as_bytes()), Some(9007199254740994.0));
}

#[test]
fn underscores_stand_anywhere_between_digits() {
    // near the middle of two floats, where digits are compared one by one
    for text in [
        "0_0_9_0_0_7_1_9_9_2_5_4_7_4_0_9_9_3.0_0",
        "0_0_9_0_0_7_1_9_9_2_5_4_7_4_0_9_9_3.0_0_1e0_0",
        "0_0.0_00_9_007199254740993_000_1e1_9",
        "0_0.0_00_9_007199254740993_000_0e1_9",
    ] {
        assert_eq!(parse::<f64>(text.as_bytes()), text.replace('_', "").parse().ok(), "{text}");
    }
}

#[test]
fn long_texts_are_polled_in_pieces() {
    let n = 100_000;
    let texts = [
        "0".repeat(n) + "1",
        "0.".to_owned() + &"0".repeat(n) + "1",
        "9".repeat(n),
        "1.".to_owned() + &"0".repeat(n),
        "9007199254740993.".to_owned() + &"0".repeat(n) + "1",
        "1e".to_owned() + &"0".repeat(n) + "1",
        " ".repeat(n) + "1",
        "1".to_owned() + &" ".repeat(n),
        "1_".repeat(n / 2) + "1j",
        "1+".to_owned() + &"1".repeat(n) + "j",
    ];
    for text in texts {
        let (mut work, mut most) = (0, 0);
        let count = &mut |steps: u32| {
            work += steps;
            most = most.max(steps);
            Ok(())
        };
        super::parse_complex::<f64>(text.as_bytes(), count).expect("a number");
        assert!((n as u32 / 9..n as u32 / 7).contains(&work), "{work} for {:.20}", text);
        assert!(most <= 2 * POLL_WORK, "{most} for {:.20}", text);
        let stopped = super::parse_complex::<f64>(text.as_bytes(), &mut |_| Err(Stop));
        assert_eq!(stopped, Err(ParseError::Stopped), "{:.20}", text);
    }
}

#[test]
fn complex_text_is_read_as_python_reads_it() {
    for (text, want) in [
        ("1", (1.0, 0.0)),
        ("2j", (0.0, 2.0)),
        ("1+2j", (1.0, 2.0)),
        (" (1.5-2.5e1J) ", (1.5, -25.0)),
        ("j", (0.0, 1.0)),
        ("-j", (0.0, -1.0)),
        ("3+j", (3.0, 1.0)),
    ] {
        let got = parse_complex::<f64>(text.as_bytes());
        assert_eq!(got, Some(want), "{text}");
    }
    for text in ["", "1+2", "1j+2", "1 + 2j", "1e-3-inf", "(1", "1+2jj", "1+-2j"] {
        assert_eq!(parse_complex::<f64>(text.as_bytes()), None, "{text}");
    }
}
