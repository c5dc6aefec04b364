//! What is tried on which board.

use snakelet_pool::presets::Board;
use snakelet_pool::{PixelFormat, Shape};

/// What a board's memory is to hold.
pub(crate) struct Plan {
    /// Frames of the first camera, of which the first that there is room for are taken.
    pub(crate) frames: &'static [Shape],
    /// Frames a second that its sensor makes.
    pub(crate) fps: u16,
    /// Frames of a second camera.
    pub(crate) second: Option<Shape>,
    /// Bytes of scratch memory that should be fast.
    pub(crate) scratch: usize,
    /// Bytes of a model that stays, and of what an inference needs besides.
    pub(crate) model: Option<(usize, usize)>,
}

const fn grey(width: u16, height: u16) -> Shape {
    Shape::new(PixelFormat::Grayscale, width, height)
}

const fn colour(width: u16, height: u16) -> Shape {
    Shape::new(PixelFormat::Rgb565, width, height)
}

const ANY: Plan = Plan {
    frames: &[grey(640, 480), grey(320, 240), grey(160, 120)],
    fps: 60,
    second: None,
    scratch: 16 << 10,
    model: None,
};

/// Five megapixels, three times, and all the rest beside them. The model is longer than the fast
/// pool, and would fit the accelerator's memory.
const N6: Plan = Plan {
    frames: &[colour(2592, 1944)],
    fps: 15,
    second: Some(colour(320, 240)),
    scratch: 64 << 10,
    model: Some((1_200_000, 1 << 20)),
};

/// Colour does not fit; grey does, once.
const OPENMV4: Plan = Plan { frames: &[colour(640, 480), grey(640, 480)], ..ANY };

impl Plan {
    /// What is tried on a board.
    pub(crate) fn of(board: &Board) -> Plan {
        match board.name {
            "openmv-n6" => N6,
            "openmv4" => OPENMV4,
            _ => ANY,
        }
    }
}
