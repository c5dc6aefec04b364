//! The names that `csi` and `image` have for pixel formats.

use snakelet_pool::PixelFormat;
use snakelet_vm::name;
use snakelet_vm::native::{Constant, Contents, Name};

const fn format(name: Name, format: PixelFormat) -> (Name, Constant) {
    (name, Constant::Int(format.code() as i32))
}

/// The constants, for both modules.
pub(crate) const FORMATS: Contents = Contents {
    functions: &[],
    constants: &[
        format(name!("BINARY"), PixelFormat::Binary),
        format(name!("GRAYSCALE"), PixelFormat::Grayscale),
        format(name!("RGB565"), PixelFormat::Rgb565),
        format(name!("BAYER"), PixelFormat::Bayer),
        format(name!("YUV422"), PixelFormat::Yuv422),
        format(name!("JPEG"), PixelFormat::Jpeg),
        format(name!("PNG"), PixelFormat::Png),
    ],
};
