//! The characters of `FrameBuffer.text`: 8 columns of 8 pixels each.

/// The first character that has a shape of its own.
const FIRST: u8 = b' ';

/// The columns of a character from left to right, the topmost pixel in the lowest bit. What is beyond ASCII, or
/// controls something, is shown as the last shape of the table.
pub(super) fn columns(character: u8) -> [u8; 8] {
    let shape = character.checked_sub(FIRST).and_then(|i| SHAPES.get(usize::from(i)));
    shape.or(SHAPES.last()).copied().unwrap_or(0).to_le_bytes()
}

/// The shapes from `' '` to `'\x7f'`: the first column in the lowest byte. They are those of the font PET Me 128 that
/// MicroPython shows (`extmod/font_petme128_8x8.h`, MIT licence, copyright 2013, 2014 Damien P. George), so that
/// screens look the same.
#[rustfmt::skip]
static SHAPES: [u64; 96] = [
    0x0000_0000_0000_0000, 0x0000_004f_4f00_0000, 0x0007_0700_0007_0700, 0x147f_7f14_147f_7f14,
    0x0012_3a6b_6b2e_2400, 0x0063_660c_1833_6300, 0x5072_774d_4d7f_3200, 0x0001_0306_0400_0000,
    0x0000_4163_3e1c_0000, 0x0000_1c3e_6341_0000, 0x082a_3e1c_1c3e_2a08, 0x0008_083e_3e08_0800,
    0x0000_0060_e080_0000, 0x0008_0808_0808_0800, 0x0000_0060_6000_0000, 0x0206_0c18_3060_4000,
    0x003e_7f45_497f_3e00, 0x0040_407f_7f44_4000, 0x0046_4f49_5173_6200, 0x0036_7f49_4963_2200,
    0x107f_7f16_1418_1800, 0x0039_7d45_4567_2700, 0x0032_7b49_497f_3e00, 0x0003_077d_7903_0300,
    0x0036_7f49_497f_3600, 0x003e_7f49_496f_2600, 0x0000_0024_2400_0000, 0x0000_0064_e480_0000,
    0x0041_4163_361c_0800, 0x0014_1414_1414_1400, 0x0008_1c36_6341_4100, 0x0006_0f59_5103_0200,
    0x002e_4f4d_417f_3e00, 0x007c_7e0b_0b7e_7c00, 0x0036_7f49_497f_7f00, 0x0022_6341_417f_3e00,
    0x001c_3e63_417f_7f00, 0x0041_4149_497f_7f00, 0x0001_0109_097f_7f00, 0x003a_7b49_417f_3e00,
    0x007f_7f08_087f_7f00, 0x0000_417f_7f41_0000, 0x0001_3f7f_4160_2000, 0x0041_6336_1c7f_7f00,
    0x0040_4040_407f_7f00, 0x7f7f_060c_067f_7f00, 0x007f_7f1c_0e7f_7f00, 0x003e_7f41_417f_3e00,
    0x0006_0f09_097f_7f00, 0x005e_7f61_213f_1e00, 0x0046_6f39_197f_7f00, 0x0032_7b49_496f_2600,
    0x0001_017f_7f01_0100, 0x003f_7f40_407f_3f00, 0x001f_3f60_603f_1f00, 0x7f7f_3018_307f_7f00,
    0x0063_771c_1c77_6300, 0x0007_0f78_780f_0700, 0x0043_474d_5971_6100, 0x0000_4141_7f7f_0000,
    0x4060_3018_0c06_0200, 0x0000_7f7f_4141_0000, 0x0008_0c06_060c_0800, 0xc0c0_c0c0_c0c0_c0c0,
    0x0000_0406_0301_0000, 0x0078_7c54_5474_2000, 0x0038_7c44_447f_7f00, 0x0028_6c44_447c_3800,
    0x007f_7f44_447c_3800, 0x0058_5c54_547c_3800, 0x0002_0309_7f7e_0800, 0x007c_fca4_a4bc_9800,
    0x0078_7c04_047f_7f00, 0x0000_007d_7d00_0000, 0x007d_fd80_80c0_4000, 0x0044_6c38_307f_7f00,
    0x0000_407f_7f41_0000, 0x7c7c_1830_187c_7c00, 0x0078_7c04_047c_7c00, 0x0038_7c44_447c_3800,
    0x0018_3c24_24fc_fc00, 0x00fc_fc24_243c_1800, 0x0008_0c04_047c_7c00, 0x0020_7454_545c_4800,
    0x0020_6444_7f3f_0404, 0x003c_7c40_407c_3c00, 0x001c_3c60_603c_1c00, 0x1c7c_3018_307c_1c00,
    0x0044_6c38_386c_4400, 0x007c_fca0_a0bc_9c00, 0x0044_4c5c_7464_4400, 0x0041_4177_3e08_0800,
    0x0000_00ff_ff00_0000, 0x0008_083e_7741_4100, 0x0103_0203_0103_0200, 0x55aa_55aa_55aa_55aa,
];
