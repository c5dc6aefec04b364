//! Floats of single precision, which 32-bit targets have with the feature `f32`.
#![cfg(all(feature = "f32", target_pointer_width = "32"))]

use std::mem::MaybeUninit;

use snakelet::Interpreter;

fn texts_of(expressions: &[(&str, &str)]) {
    let mut memory = vec![MaybeUninit::uninit(); 1 << 20];
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.exec("import math, struct").unwrap();
    for (expression, expected) in expressions {
        let text: String = python.eval(&format!("str({expression})")).unwrap();
        assert_eq!(text, *expected, "{expression}");
    }
}

#[test]
fn results_are_rounded_to_single_precision() {
    texts_of(&[
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.33333334"),
        ("2 ** 0.5", "1.4142135"),
        ("math.pi", "3.1415927"),
        ("float(16777217)", "16777216.0"),
        ("sum([0.1] * 10)", "1.0000001"),
        ("abs(3 + 4j)", "5.0"),
        ("1j / 3", "0.33333334j"),
        ("struct.unpack('<d', struct.pack('<d', 0.1))[0]", "0.1"),
    ]);
}

#[test]
fn the_range_is_that_of_single_precision() {
    texts_of(&[
        ("(1e38, 1e39, -1e39)", "(1e+38, inf, -inf)"),
        ("(1e-45, 1e-46, -0.0)", "(1e-45, 0.0, -0.0)"),
        ("1e20 * 1e20", "inf"),
        ("float('nan')", "nan"),
        ("[x * 1e-20 for x in (1, -2)]", "[1e-20, -2e-20]"),
    ]);
}

#[test]
fn text_has_the_digits_that_tell_floats_apart() {
    texts_of(&[
        ("'%.3f %g' % (0.1, 0.1)", "0.100 0.1"),
        ("'{:>12}|{}'.format(math.pi, 1e16)", "   3.1415927|1e+16"),
        ("f'{1 / 3}'", "0.33333334"),
        ("[float(repr(x / 7)) == x / 7 for x in range(50)].count(False)", "0"),
    ]);
}

#[test]
fn ints_have_30_bits_in_the_word_and_any_size_beyond() {
    texts_of(&[
        (
            "(2**29 - 1, 2**29, -2**29, -2**29 - 1)",
            "(536870911, 536870912, -536870912, -536870913)",
        ),
        ("0x3fffffff + 1 - 1", "1073741823"),
        ("(1 << 31 >> 30, ~0x3fffffff, 3 * 0x15555555)", "(2, -1073741824, 1073741823)"),
        ("123456789 * 987654321", "121932631112635269"),
        ("int(1e9) + int(-1e9)", "0"),
    ]);
}
