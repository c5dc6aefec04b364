//! Colours from one space to another: the functions `rgb_to_lab` and their like. Colours go through the 16 bits
//! that pixels have.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::color::{grey, lab, rgb_of_lab, rgb565, rgb888};
use crate::args::{int32, tuple};

/// Spaces of colours.
#[derive(Clone, Copy)]
pub(super) enum Space {
    Binary,
    Grayscale,
    Rgb,
    Lab,
    Yuv,
}

/// The colour that an argument is in a space.
fn read<'s>(cx: &mut Full<'s>, value: Held<'s>, space: Space) -> Result<[u8; 3], Raised> {
    let quantised = |[r, g, b]: [u8; 3]| rgb888(rgb565(r, g, b));
    match space {
        Space::Binary => Ok(if int32(cx, value)? != 0 { [255; 3] } else { [0; 3] }),
        Space::Grayscale => Ok(quantised([int32(cx, value)?.clamp(0, 255) as u8; 3])),
        _ => {
            let Some(channels) = tuple::<3>(cx, value)? else {
                return Err(cx.raise(&VALUE_ERROR, "expected a color of 3 numbers"));
            };
            let bytes = |channels: [f32; 3]| channels.map(|c| (c + 0.5).clamp(0.0, 255.0) as u8);
            Ok(quantised(match space {
                Space::Lab => {
                    let [l, a, b] = channels.map(|c| c as f32);
                    rgb_of_lab([l, a, b])
                }
                Space::Yuv => {
                    let [y, u, v] = channels.map(|c| c as f32);
                    bytes([y + 1.402 * v, y - 0.344 * u - 0.714 * v, y + 1.772 * u])
                }
                _ => channels.map(|c| c.clamp(0, 255) as u8),
            }))
        }
    }
}

/// Converts the colour that a function was given.
pub(super) fn convert<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    from: Space,
    to: Space,
) -> Given<'s> {
    let rgb = read(cx, args.or_none(0), from)?;
    let [r, g, b] = rgb;
    let channels = match to {
        Space::Binary => return cx.int((grey(r, g, b) > 127).into()),
        Space::Grayscale => return cx.int(grey(r, g, b).into()),
        Space::Rgb => rgb.map(i64::from),
        Space::Lab => lab(rgb565(r, g, b)).map(i64::from),
        Space::Yuv => {
            let [r, g, b] = rgb.map(f32::from);
            let y = 0.299 * r + 0.587 * g + 0.114 * b;
            [y, 0.564 * (b - y), 0.713 * (r - y)].map(|c| libm::roundf(c) as i64)
        }
    };
    let mut items = [Held::NONE; 3];
    for (item, channel) in items.iter_mut().zip(channels) {
        *item = cx.int(channel)?;
    }
    cx.tuple(&items)
}
