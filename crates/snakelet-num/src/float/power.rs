//! Powers of ten as 64-bit significands with a binary exponent.
//!
//! A table of every power that floats need would take 5 KB of flash. Here `10**n` is the product
//! of an exact power below `10**19` and one of 37 powers of `10**19`.

use core::num::NonZeroU64;

/// The powers of ten that fit into 64 bits.
pub(super) const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// `10**exponent`, or the nearest power that fits.
///
/// What is known not to be zero can be divided by without a check.
pub(super) fn power(exponent: usize) -> NonZeroU64 {
    let power = POWERS.get(exponent).or(POWERS.last());
    power.and_then(|&power| NonZeroU64::new(power)).unwrap_or(NonZeroU64::MIN)
}

/// Exponent step between the entries of [`COARSE`].
const STEP: i32 = 19;

/// `10**(19 * (index - 19))`, scaled to a top bit that is set and rounded to nearest.
const COARSE: [u64; 37] = [
    0xdc65_8373_99ea_659d,
    0xeef4_53d6_923b_d65a,
    0x8189_95ce_7aa0_e1b2,
    0x8c71_dcd9_ba0b_4926,
    0x9845_418c_3456_44d7,
    0xa517_8fff_668a_e0b6,
    0xb2fe_3f0b_8599_ef08,
    0xc210_9436_4dfb_5637,
    0xd267_caa8_62a1_2d67,
    0xe41f_3d6a_7377_eeca,
    0xf754_9530_e188_c129,
    0x8613_fd01_4587_7586,
    0x915e_2486_ef32_cd60,
    0x9d9b_a783_2936_edc1,
    0xaae1_03b5_fcd2_a882,
    0xb944_7093_8fa8_9bcf,
    0xc8de_0475_64d2_0a8c,
    0xd9c7_dced_53c7_2256,
    0xec1e_4a7d_b695_61a5,
    0x8000_0000_0000_0000,
    0x8ac7_2304_89e8_0000,
    0x9676_9950_b50d_88f4,
    0xa321_f2d7_2268_95c8,
    0xb0de_6538_8cc8_ada8,
    0xbfc2_ef45_6ae2_76e9,
    0xcfe8_7f7c_ef46_ff17,
    0xe16a_1dc9_d854_5e95,
    0xf465_18c2_ef5b_8cd1,
    0x847c_9b5d_7c2e_09b7,
    0x8fa4_7579_1a56_9d11,
    0x9bbc_c7a1_42b1_7ccc,
    0xa8d9_d153_5ce3_b396,
    0xb711_8682_dbb6_6a77,
    0xc67b_b459_7ce2_ce49,
    0xd732_290f_baca_f134,
    0xe950_df20_247c_83fd,
    0xfcf6_2c1d_ee38_2c42,
];

/// Returns `(significand, exponent)` with `10**n = significand * 2**exponent`, where the
/// significand's top bit is set and its error is below 2 units (0 for the powers in [`POWERS`]).
///
/// `n` is from -361 to 341; elsewhere the significand is 0.
pub(super) fn power_of_ten(n: i32) -> (u64, i32) {
    // floor(n * log2(10)) for all n of the range.
    let exponent = ((n * 217_706) >> 16) - 63;
    let fine = POWERS.get(n.rem_euclid(STEP) as usize).copied().unwrap_or(0);
    let fine = fine << fine.leading_zeros();
    let coarse = n.div_euclid(STEP);
    if coarse == 0 {
        return (fine, exponent);
    }
    let index = usize::try_from(coarse + 19).unwrap_or(usize::MAX);
    let coarse = COARSE.get(index).copied().unwrap_or(0);
    let (high, low) = product(fine, coarse);
    let doubled = if high >> 63 == 0 { (high << 1) | (low >> 63) } else { high };
    (doubled, exponent)
}

/// The high and low half of a product, without 128-bit arithmetic, which 32-bit machines lack.
pub(super) fn product(a: u64, b: u64) -> (u64, u64) {
    let (a1, a0) = (a >> 32, a & 0xffff_ffff);
    let (b1, b0) = (b >> 32, b & 0xffff_ffff);
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 32);
    let other = a0 * b1 + (middle & 0xffff_ffff);
    let high = a1 * b1 + (middle >> 32) + (other >> 32);
    (high, (other << 32) | (low & 0xffff_ffff))
}
