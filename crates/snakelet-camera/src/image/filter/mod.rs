//! Filters: what a pixel becomes depends on those around it.
//!
//! The rows around the one that is worked on are copied to a ring, a channel at a time, with the edge repeated on
//! both sides. So an image is changed in place, and every filter sees plain slices of bytes.

mod kernels;
mod morphology;
mod ranks;
mod window;

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, Given, Held};

use super::color::grey_of;
use super::make::pix;
use super::pix::Pix;
use super::scratch::Scratch;
use crate::args::{bool_or, given, int32, int32_or};
pub(super) use kernels::{bilateral, gaussian, laplacian, mean, morph};
pub(super) use morphology::{black_hat, close, dilate, erode, open, top_hat};
pub(super) use ranks::{median, midpoint, mode};
pub(super) use window::Window;

/// Rows and columns on each side of a pixel, at most.
const WIDEST: i32 = 32;

/// The `size` of a filter.
fn size<'s>(cx: &mut Full<'s>, size: Option<Held<'s>>) -> Result<usize, Raised> {
    let size = int32(cx, size.unwrap_or(Held::NONE))?;
    if !(0..=WIDEST).contains(&size) {
        return Err(cx.raise(&VALUE_ERROR, "size must be 0 to 32"));
    }
    Ok(size as usize)
}

/// Parameters of a filter: its size, some of its own, and what [`After`] is read from.
const fn parameters<const OWN: usize, const ALL: usize>(own: [Param; OWN]) -> [Param; ALL] {
    const AFTER: [Param; 4] = [
        Param::optional(name!("threshold")),
        Param::optional(name!("offset")),
        Param::optional(name!("invert")),
        Param::optional(name!("mask")),
    ];
    const { assert!(ALL == 1 + OWN + AFTER.len()) };
    let mut all = [Param::required(name!("size")); ALL];
    let mut at = 0;
    while at < OWN + AFTER.len() {
        all[1 + at] = if at < OWN { own[at] } else { AFTER[at - OWN] };
        at += 1;
    }
    all
}

/// What becomes of filtered pixels.
#[derive(Clone, Copy)]
struct After<'s> {
    /// They are compared with those that were there: black or white, whether these are brighter by so much.
    threshold: Option<(i32, bool)>,
    /// Those that are changed.
    mask: Option<Held<'s>>,
}

impl<'s> After<'s> {
    fn read(
        cx: &mut Full<'s>,
        threshold: Option<Held<'s>>,
        offset: Option<Held<'s>>,
        invert: Option<Held<'s>>,
        mask: Option<Held<'s>>,
    ) -> Result<Self, Raised> {
        let offset = int32_or(cx, offset, 0)?.clamp(-1024, 1024);
        let invert = bool_or(cx, invert, false)?;
        let threshold = bool_or(cx, threshold, false)?.then_some((offset, invert));
        Ok(After { threshold, mask: given(cx, mask) })
    }
}

/// Bits that each channel of a format has, in the order that they are worked on in.
const fn channels(format: PixelFormat) -> &'static [(u16, u16)] {
    match format {
        PixelFormat::Rgb565 => &[(11, 31), (5, 63), (0, 31)],
        PixelFormat::Binary => &[(0, 1)],
        _ => &[(0, 255)],
    }
}

/// Filters an image in place. `row` makes a row of a channel, whose greatest value it is told, out of those around;
/// `more` is memory of its own, and `work` what it costs for each pixel.
fn filter<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    size: usize,
    after: After<'s>,
    more: usize,
    work: usize,
    mut row: impl FnMut(&Window<'_>, u16, &mut [u8], &mut [u8]),
) -> Given<'s> {
    let (w, h, format, _) = super::make::shape(cx, this)?;
    let (w, h) = (usize::from(w), i32::from(h));
    let channels = channels(format);
    let planes = Window::bytes(w, size);
    let bytes = more.next_multiple_of(16) + planes * channels.len() + w * channels.len();
    let mut room = Scratch::new(cx, bytes)?;
    cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?;
        let mask = after.mask.map(|mask| super::make::pix(*cx, cx.get(mask))).transpose()?;
        let (own, rest) =
            room.bytes().split_at_mut_checked(more.next_multiple_of(16)).unwrap_or_default();
        let (rings, outs) = rest.split_at_mut_checked(planes * channels.len()).unwrap_or_default();
        for y in -(size as i32)..=size as i32 {
            load(&pix, rings, planes, w, size, y, channels);
        }
        for y in 0..h {
            for (i, (_, most)) in channels.iter().enumerate() {
                let ring = rings.get(i * planes..(i + 1) * planes).unwrap_or(&[]);
                let out = outs.get_mut(i * w..(i + 1) * w).unwrap_or_default();
                row(&Window::new(ring, w, size, y), *most, out, own);
            }
            store(&pix, mask, outs, w, y, channels, after.threshold);
            // the row that comes next takes the place of the one that is done with
            load(&pix, rings, planes, w, size, y + size as i32 + 1, channels);
            cx.spend(w.saturating_mul(channels.len()).saturating_mul(work.max(1)))?;
        }
        Ok(())
    })?;
    Ok(this)
}

/// Copies row `y`, or the one nearest to it, to its place in the ring of each channel.
fn load(
    pix: &Pix<'_>,
    rings: &mut [u8],
    planes: usize,
    w: usize,
    size: usize,
    y: i32,
    channels: &[(u16, u16)],
) {
    let from = y.clamp(0, pix.h - 1);
    for (i, (shift, most)) in channels.iter().enumerate() {
        let Some(ring) = rings.get_mut(i * planes..(i + 1) * planes) else { return };
        let Some(row) = Window::place(ring, w, size, y) else { return };
        let Some(inner) = row.get_mut(size..size + w) else { return };
        if pix.format == PixelFormat::Grayscale {
            inner.iter_mut().zip(pix.row(from)).for_each(|(to, cell)| *to = cell.get());
        } else {
            let source = pix.row(from);
            for (x, to) in (0..).zip(inner) {
                let pixel = super::pix::get_in(pix.format, source, x);
                *to = (pixel >> shift & most) as u8;
            }
        }
        let (first, last) = (row.get(size).copied(), row.get(size + w - 1).copied());
        for (side, edge) in [(0..size, first), (size + w..size + w + size, last)] {
            if let (Some(side), Some(edge)) = (row.get_mut(side), edge) {
                side.fill(edge);
            }
        }
    }
}

/// Writes a row.
fn store(
    pix: &Pix<'_>,
    mask: Option<Pix<'_>>,
    outs: &[u8],
    w: usize,
    y: i32,
    channels: &[(u16, u16)],
    threshold: Option<(i32, bool)>,
) {
    if pix.format == PixelFormat::Grayscale && mask.is_none() && threshold.is_none() {
        pix.row(y).iter().zip(outs).for_each(|(cell, value)| cell.set(*value));
        return;
    }
    for x in 0..w {
        if mask.is_some_and(|mask| mask.get(x as i32, y) == 0) {
            continue;
        }
        let mut pixel = 0;
        for (i, (shift, most)) in channels.iter().enumerate() {
            let value = u16::from(outs.get(i * w + x).copied().unwrap_or(0));
            pixel |= value.min(*most) << shift;
        }
        if let Some((offset, invert)) = threshold {
            let before = grey_of(pix.format, pix.get(x as i32, y));
            let filtered = grey_of(pix.format, pixel);
            let is_brighter = i32::from(before) - offset > i32::from(filtered);
            pixel = if is_brighter != invert {
                super::color::pixel_of(pix.format, [255; 3])
            } else {
                0
            };
        }
        pix.set(x as i32, y, pixel);
    }
}
