//! Checks against `num-bigint`, and what Python says where that has no like.

use super::*;
use num_bigint::{BigInt, BigUint, Sign};
use proptest::prelude::*;
use std::string::{String, ToString};
use std::{format, vec, vec::Vec};

/// An integer that owns its limbs.
#[derive(Clone, Debug)]
struct Owned(bool, Vec<Limb>);

impl Owned {
    fn int(&self) -> Int<'_> {
        Int::new(self.0, &self.1)
    }

    fn reference(&self) -> BigInt {
        reference(self.int())
    }
}

fn reference(int: Int<'_>) -> BigInt {
    let bytes: Vec<u8> = int.magnitude().iter().flat_map(|limb| limb.to_le_bytes()).collect();
    let sign = if int.is_negative() { Sign::Minus } else { Sign::Plus };
    BigInt::from_biguint(sign, BigUint::from_bytes_le(&bytes))
}

/// Operands of up to `limbs` limbs, with many limbs that make carries travel.
fn operand(limbs: usize) -> impl Strategy<Value = Owned> {
    let limb = prop_oneof![
        Just(0),
        Just(1),
        Just(Limb::MAX),
        Just(Limb::MAX - 1),
        Just(1 << (LIMB_BITS - 1)),
        any::<Limb>(),
        any::<Limb>(),
    ];
    (any::<bool>(), prop::collection::vec(limb, 0..=limbs))
        .prop_map(|(sign, limbs)| Owned(sign, limbs))
}

fn free(_: u32) -> Result<(), Stop> {
    Ok(())
}

/// Gives an operation a dirty output of just the length it asked for.
fn run(len: usize, operation: impl FnOnce(&mut [Limb]) -> Result<Written, Error>) -> BigInt {
    let mut output = vec![0xa5; len];
    let written = operation(&mut output).expect("the output has the stated length");
    let int = written.int(&output);
    assert_eq!(int.magnitude().len(), written.len, "not normalised");
    assert_eq!(int.is_negative(), written.negative, "a negative zero");
    reference(int)
}

fn floor_divmod(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let (mut quotient, mut rest) = (a / b, a % b);
    if rest != BigInt::ZERO && (rest.sign() != b.sign()) {
        quotient -= 1;
        rest += b;
    }
    (quotient, rest)
}

proptest! {
    #[test]
    fn adds_and_subtracts(a in operand(6), b in operand(6)) {
        let len = add_len(a.int(), b.int());
        prop_assert_eq!(run(len, |out| add(out, a.int(), b.int())), a.reference() + b.reference());
        prop_assert_eq!(run(len, |out| sub(out, a.int(), b.int())), a.reference() - b.reference());
    }

    #[test]
    fn compares(a in operand(3), b in operand(3)) {
        prop_assert_eq!(a.int().cmp(&b.int()), a.reference().cmp(&b.reference()));
    }

    #[test]
    fn multiplies(a in operand(9), b in operand(9)) {
        let product = run(mul_len(a.int(), b.int()), |out| mul(out, a.int(), b.int(), &mut free));
        prop_assert_eq!(product, a.reference() * b.reference());
    }

    #[test]
    fn divides_with_floor(a in operand(9), b in operand(5)) {
        prop_assume!(!b.int().is_zero());
        let (quotient, rest) = floor_divmod(&a.reference(), &b.reference());
        let (quotient_len, rest_len) = divmod_len(a.int(), b.int());
        let mut rest_out = vec![0xa5; rest_len];
        let mut rest_written = None;
        let got = run(quotient_len, |out| {
            let (q, r) = divmod(out, &mut rest_out, a.int(), b.int(), &mut free)?;
            rest_written = Some(r);
            Ok(q)
        });
        prop_assert_eq!(got, quotient);
        let rest_written = rest_written.expect("divmod ran");
        prop_assert_eq!(reference(rest_written.int(&rest_out)), rest.clone());
        prop_assert_eq!(rest_written.int(&rest_out).magnitude().len(), rest_written.len);
        let only = run(modulo_len(a.int(), b.int()), |out| modulo(out, a.int(), b.int(), &mut free));
        prop_assert_eq!(only, rest);
    }

    #[test]
    fn divides_products_exactly(a in operand(6), b in operand(4)) {
        prop_assume!(!b.int().is_zero());
        let mut product = vec![0; mul_len(a.int(), b.int())];
        let product = mul(&mut product, a.int(), b.int(), &mut free).expect("room").int(&product);
        let (quotient_len, rest_len) = divmod_len(product, b.int());
        let (mut quotient, mut rest) = (vec![0; quotient_len], vec![0; rest_len]);
        let (q, r) = divmod(&mut quotient, &mut rest, product, b.int(), &mut free).expect("room");
        prop_assert_eq!(q.int(&quotient), a.int());
        prop_assert!(r.int(&rest).is_zero());
    }

    #[test]
    fn shifts(a in operand(5), bits in 0usize..400) {
        let left = run(shl_len(a.int(), bits), |out| shl(out, a.int(), bits));
        prop_assert_eq!(left, a.reference() << bits);
        let right = run(shr_len(a.int(), bits), |out| shr(out, a.int(), bits));
        prop_assert_eq!(right, a.reference() >> bits);
    }

    #[test]
    fn works_on_bits_in_twos_complement(a in operand(5), b in operand(5)) {
        let len = bitwise_len(a.int(), b.int());
        for (op, want) in [
            (BitOp::And, a.reference() & b.reference()),
            (BitOp::Or, a.reference() | b.reference()),
            (BitOp::Xor, a.reference() ^ b.reference()),
        ] {
            prop_assert_eq!(run(len, |out| bitwise(out, op, a.int(), b.int())), want);
        }
        prop_assert_eq!(run(not_len(a.int()), |out| not(out, a.int())), !a.reference());
    }

    #[test]
    fn raises_to_powers(a in operand(3), exponent in 0u32..40) {
        let len = pow_len(a.int(), exponent).expect("small");
        let mut scratch = vec![0x5a; len];
        let got = run(len, |out| pow(out, &mut scratch, a.int(), exponent, &mut free));
        prop_assert_eq!(got, a.reference().pow(exponent));
    }

    #[test]
    fn raises_to_powers_modulo(a in operand(4), e in operand(2), m in operand(4)) {
        prop_assume!(!m.int().is_zero());
        let e = Owned(false, e.1);
        let (len, scratch_len) = pow_mod_len(a.int(), m.int());
        let mut scratch = vec![0x5a; scratch_len];
        let got = run(len, |out| pow_mod(out, &mut scratch, a.int(), e.int(), m.int(), &mut free));
        let want = a.reference().modpow(&e.reference(), &m.reference());
        prop_assert_eq!(got, want);
    }

    #[test]
    fn prints_and_reads_back(a in operand(8)) {
        let want = a.reference();
        for base in [2u8, 8, 10, 16] {
            let text = text(&a, base);
            prop_assert_eq!(&text, &want.to_str_radix(u32::from(base)));
            prop_assert_eq!(read(&text, base), want.clone());
        }
    }

    #[test]
    fn reads_every_base(a in operand(5), base in 2u8..=36) {
        prop_assert_eq!(read(&a.reference().to_str_radix(u32::from(base)), base), a.reference());
    }

    #[test]
    fn converts_machine_integers(value: i64, unsigned: u64) {
        let small = Small::from(value);
        prop_assert_eq!(reference(small.int()), BigInt::from(value));
        prop_assert_eq!(to_i64(small.int()), Some(value));
        prop_assert_eq!(to_u64_wrapping(small.int()), value as u64);
        let small = Small::from(unsigned);
        prop_assert_eq!(reference(small.int()), BigInt::from(unsigned));
        prop_assert_eq!(to_i64(small.int()), i64::try_from(unsigned).ok());
    }

    #[test]
    fn rounds_to_floats(a in operand(6)) {
        // core parses decimal text with correct rounding.
        let digits = a.reference().to_string();
        prop_assert_eq!(to_f64(a.int()), digits.parse::<f64>().ok().filter(|f| f.is_finite()));
        prop_assert_eq!(to_f32(a.int()), digits.parse::<f32>().ok().filter(|f| f.is_finite()));
    }

    #[test]
    fn rounds_near_ties_to_floats(mantissa in 1u64..1 << 54, low in 0u64..3, shift in 1usize..200) {
        let value = (((BigInt::from(mantissa) << 3) + 4) << shift) + low - 1;
        let a = owned(&value);
        prop_assert_eq!(to_f64(a.int()), value.to_string().parse().ok());
    }

    #[test]
    fn takes_floats_apart(value in any::<f64>().prop_filter("finite", |f| f.is_finite())) {
        for (round, whole) in
            [(Round::Zero, value.trunc()), (Round::Floor, value.floor()), (Round::Ceil, value.ceil())]
        {
            let got = run(from_f64_len(value), |out| from_f64(out, value, round));
            prop_assert_eq!(got, BigInt::parse_bytes(format!("{whole:.0}").as_bytes(), 10).unwrap());
        }
    }

    #[test]
    fn compares_with_floats(value in -1e20f64..1e20, step in -1i64..=1) {
        let mut limbs = vec![0; from_f64_len(value)];
        let floor = from_f64(&mut limbs, value, Round::Floor).unwrap().int(&limbs);
        let near = owned(&(reference(floor) + step));
        let order = match step {
            -1 => Ordering::Less,
            0 if value == value.floor() => Ordering::Equal,
            0 => Ordering::Less,
            _ => Ordering::Greater,
        };
        prop_assert_eq!(cmp_f64(near.int(), value), Some(order));
    }

    #[test]
    fn equal_numbers_have_equal_hashes(value in -1e300f64..1e300) {
        let value = value.trunc();
        let mut limbs = vec![0; from_f64_len(value)];
        let int = from_f64(&mut limbs, value, Round::Zero).unwrap().int(&limbs);
        prop_assert_eq!(hash(int), hash_f64(value));
    }

    #[test]
    fn small_hashes_are_the_value(value in -1_000_000_000i64..1_000_000_000) {
        prop_assert_eq!(hash(Small::from(value).int()) as i64, if value == -1 { -2 } else { value });
    }

    #[test]
    fn hash_is_the_value_modulo_the_prime(a in operand(5)) {
        let prime = (BigInt::from(1) << if usize::BITS == 64 { 61 } else { 31 }) - 1;
        let mut want = a.reference() % prime;
        if want == BigInt::from(-1) {
            want -= 1;
        }
        prop_assert_eq!(BigInt::from(hash(a.int())), want);
    }

    #[test]
    fn bytes_round_trip(a in operand(4), extra in 0usize..3, big: bool) {
        let endian = if big { Endian::Big } else { Endian::Little };
        let value = a.reference();
        let mut want = value.to_signed_bytes_le();
        if a.int().is_zero() {
            want.clear();
        }
        let mut short = vec![0; want.len().saturating_sub(1)];
        if !want.is_empty() {
            prop_assert_eq!(to_bytes(&mut short, a.int(), endian, true), Err(Error::Overflow));
        }
        want.resize(want.len() + extra, if a.int().is_negative() { 0xff } else { 0 });
        if big {
            want.reverse();
        }
        let mut bytes = vec![0x77; want.len()];
        prop_assert_eq!(to_bytes(&mut bytes, a.int(), endian, true), Ok(()));
        prop_assert_eq!(&bytes, &want);
        let back = run(from_bytes_len(&bytes), |out| from_bytes(out, &bytes, endian, true));
        prop_assert_eq!(back, value.clone());
        let unsigned = to_bytes(&mut bytes, a.int(), endian, false);
        prop_assert_eq!(unsigned.is_err(), a.int().is_negative());
        let back = run(from_bytes_len(&want), |out| from_bytes(out, &want, endian, false));
        let from_le: fn(&[u8]) -> BigUint =
            if big { BigUint::from_bytes_be } else { BigUint::from_bytes_le };
        prop_assert_eq!(back, BigInt::from(from_le(&want)));
    }

    #[test]
    fn short_outputs_are_errors_not_panics(a in operand(4), b in operand(4), len in 0usize..10) {
        let mut out = vec![0; len];
        let mut scratch = vec![0; len / 2];
        let space = |result: Result<Written, Error>| {
            matches!(result, Ok(_) | Err(Error::Space | Error::ZeroDivision | Error::Overflow))
        };
        prop_assert!(space(add(&mut out, a.int(), b.int())));
        prop_assert!(space(mul(&mut out, a.int(), b.int(), &mut free)));
        prop_assert!(space(modulo(&mut out, a.int(), b.int(), &mut free)));
        prop_assert!(space(divmod(&mut out, &mut scratch, a.int(), b.int(), &mut free).map(|r| r.0)));
        prop_assert!(space(shl(&mut out, a.int(), 65)));
        prop_assert!(space(shr(&mut out, a.int(), 65)));
        prop_assert!(space(bitwise(&mut out, BitOp::Xor, a.int(), b.int())));
        prop_assert!(space(not(&mut out, a.int())));
        prop_assert!(space(pow(&mut out, &mut scratch, a.int(), 5, &mut free)));
        prop_assert!(space(pow_mod(&mut out, &mut scratch, a.int(), b.int(), a.int(), &mut free)));
        let mut text = vec![0; len];
        let _ = to_text(&mut text, &mut scratch, a.int(), 10, &mut free);
        let _ = to_text(&mut text, &mut scratch, a.int(), 8, &mut free);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ +-]?(0[xob])?[0-9a-z_]{0,30} ?", base in 0u8..=40) {
        if let Ok(digits) = Digits::parse(text.as_bytes(), base, &mut free) {
            let value = run(digits.limbs(), |out| digits.write(out, &mut free));
            prop_assert_eq!(digits.to_i64(), i64::try_from(value).ok());
        }
    }
}

fn owned(value: &BigInt) -> Owned {
    let (sign, bytes) = value.to_bytes_le();
    let mut limbs = vec![0; from_bytes_len(&bytes)];
    from_bytes(&mut limbs, &bytes, Endian::Little, false).expect("room");
    Owned(sign == Sign::Minus, limbs)
}

fn text(a: &Owned, base: u8) -> String {
    let mut text = vec![b'?'; text_len(a.int(), base)];
    let mut scratch = vec![0; text_scratch_len(a.int(), base)];
    let len = to_text(&mut text, &mut scratch, a.int(), base, &mut free).expect("room");
    text.truncate(len);
    String::from_utf8(text).expect("ASCII")
}

fn read(text: &str, base: u8) -> BigInt {
    let digits = Digits::parse(text.as_bytes(), base, &mut free).expect("digits");
    run(digits.limbs(), |out| digits.write(out, &mut free))
}

#[test]
fn quotient_guess_that_is_too_large_is_corrected() {
    // Knuth's step D6 is rare; these operands of Hacker's Delight (figure 9-1) reach it.
    let top = 1 << (LIMB_BITS - 1);
    let a = Owned(false, vec![3, 0, top]);
    let b = Owned(false, vec![1, 0, top >> 2]);
    let (quotient, rest) = floor_divmod(&a.reference(), &b.reference());
    let mut out = vec![0; divmod_len(a.int(), b.int()).1];
    assert_eq!(run(4, |q| Ok(divmod(q, &mut out, a.int(), b.int(), &mut free)?.0)), quotient);
    assert_eq!(run(4, |r| modulo(r, a.int(), b.int(), &mut free)), rest);
    let a = Owned(false, vec![0, Limb::MAX - 1, top]);
    let b = Owned(false, vec![Limb::MAX, top]);
    let (quotient, rest) = floor_divmod(&a.reference(), &b.reference());
    assert_eq!(run(4, |q| Ok(divmod(q, &mut out, a.int(), b.int(), &mut free)?.0)), quotient);
    assert_eq!(run(4, |r| modulo(r, a.int(), b.int(), &mut free)), rest);
}

#[test]
fn division_by_zero_is_an_error() {
    let one = Small::from(1i64);
    let (mut q, mut r) = ([0; 4], [0; 4]);
    let got = divmod(&mut q, &mut r, one.int(), Int::ZERO, &mut free);
    assert_eq!(got, Err(Error::ZeroDivision));
    let got = pow_mod(&mut q, &mut r, one.int(), one.int(), Int::ZERO, &mut free);
    assert_eq!(got, Err(Error::ZeroDivision));
}

#[test]
fn text_is_read_as_python_reads_it() {
    let value = |text: &str, base| {
        Digits::parse(text.as_bytes(), base, &mut free).map(|d| d.to_i64().unwrap())
    };
    assert_eq!(value(" \t-0x_ff\n", 16), Ok(-255));
    assert_eq!(value("ff", 16), Ok(255));
    assert_eq!(value("0b1", 16), Ok(0xb1));
    assert_eq!(value("0B101", 0), Ok(5));
    assert_eq!(value("0o17", 0), Ok(15));
    assert_eq!(value("1_000_000", 10), Ok(1_000_000));
    assert_eq!(value("+0", 0), Ok(0));
    assert_eq!(value("0_0", 0), Ok(0));
    assert_eq!(value("010", 10), Ok(10));
    assert_eq!(value("Zz", 36), Ok(35 * 36 + 35));
    for (text, base) in [
        ("", 10),
        ("-", 10),
        ("0x", 16),
        ("1__0", 10),
        ("_1", 10),
        ("1_", 10),
        ("010", 0),
        ("12", 2),
        ("1 2", 10),
        ("- 1", 10),
        ("0x1", 10),
        ("0b_", 2),
        ("--1", 10),
    ] {
        assert_eq!(value(text, base), Err(DigitsError::Syntax), "{text:?} in base {base}");
    }
    assert_eq!(value("1", 1), Err(DigitsError::Base));
    assert_eq!(value("1", 37), Err(DigitsError::Base));
}

#[test]
fn hashes_of_special_floats() {
    assert_eq!(hash_f64(f64::NAN), 0);
    assert_eq!(hash_f64(-0.0), 0);
    assert_eq!(hash_f64(f64::INFINITY), 314_159);
    if usize::BITS == 64 {
        // As CPython says.
        assert_eq!(hash_f64(0.5) as i64, 1_152_921_504_606_846_976);
        assert_eq!(hash_f64(-1e-5) as i64, -2_170_758_078_822_671_208);
        assert_eq!(hash_f64(5e-324) as i64, 16_777_216);
    }
}

#[test]
fn special_floats_compare_as_limits() {
    let one = Small::from(1i64);
    assert_eq!(cmp_f64(one.int(), f64::NAN), None);
    assert_eq!(cmp_f64(one.int(), f64::INFINITY), Some(Ordering::Less));
    assert_eq!(cmp_f64(one.int(), f64::NEG_INFINITY), Some(Ordering::Greater));
    assert_eq!(cmp_f64(Int::ZERO, -0.0), Some(Ordering::Equal));
    assert_eq!(cmp_f64(Int::ZERO, -5e-324), Some(Ordering::Greater));
    assert_eq!(cmp_f64(one.int(), f64::MAX), Some(Ordering::Less));
}

#[test]
fn integers_too_large_for_a_float_have_none() {
    let a = owned(&((BigInt::from(1) << 1024) - (BigInt::from(1) << 970) - 1));
    assert_eq!(to_f64(a.int()), Some(f64::MAX));
    let a = owned(&((BigInt::from(1) << 1024) - (BigInt::from(1) << 970)));
    assert_eq!(to_f64(a.int()), None);
    assert_eq!(to_f64(owned(&(BigInt::from(1) << 100_000)).int()), None);
}

#[test]
fn poll_sees_the_work_and_can_stop_it() {
    let a = Owned(true, vec![Limb::MAX; 100]);
    let mut out = vec![0; 200];
    let mut seen = 0;
    let mut count = |work| {
        seen += work;
        Ok(())
    };
    mul(&mut out, a.int(), a.int(), &mut count).expect("room");
    assert_eq!(seen, 10_000);

    let mut budget = 5;
    let mut stop = |_| {
        budget -= 1;
        if budget == 0 { Err(Stop) } else { Ok(()) }
    };
    assert_eq!(mul(&mut out, a.int(), a.int(), &mut stop), Err(Error::Stopped));
    let mut stop = |_| Err(Stop);
    let mut text = vec![0; text_len(a.int(), 10)];
    assert_eq!(to_text(&mut text, &mut out, a.int(), 10, &mut stop), Err(Error::Stopped));
    let digits = [b'9'; 5000];
    let digits = Digits::parse(&digits, 10, &mut free).expect("digits");
    let mut out = vec![0; digits.limbs()];
    assert_eq!(digits.write(&mut out, &mut stop), Err(Error::Stopped));
    assert_eq!(Digits::parse(&[b'1'; 5000], 10, &mut stop), Err(DigitsError::Stopped));
}

#[test]
fn long_texts_of_small_numbers_are_polled_in_pieces() {
    let n = 100_000;
    for text in ["0".repeat(n) + "1", "0_".repeat(n / 2) + "1", " ".repeat(n) + "1"] {
        let (mut work, mut most) = (0, 0);
        let count = &mut |steps: u32| {
            work += steps;
            most = most.max(steps);
            Ok(())
        };
        let digits = Digits::parse(text.as_bytes(), 10, count).expect("digits");
        assert_eq!((digits.to_i64(), digits.limbs()), (Some(1), 1));
        assert!((n as u32 / 9..n as u32 / 7).contains(&work), "{work}");
        assert!(most <= 2 * POLL_WORK, "{most}");
    }
}
