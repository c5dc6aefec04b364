//! Areas that grow and shrink.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::super::color::grey_of;
use super::super::make::{self, Place, pix};
use super::super::scratch::{Scratch, carve};
use super::super::{convert, math};
use super::{Window, size};
use crate::args::{given, int32};

/// What a method is told.
struct Wish<'s> {
    size: usize,
    threshold: u32,
    mask: Option<Held<'s>>,
}

fn read<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<Wish<'s>, Raised> {
    static PARAMETERS: [Param; 3] = [
        Param::required(name!("size")),
        Param::optional(name!("threshold")),
        Param::optional(name!("mask")),
    ];
    let [size, threshold, mask] = args.skip(1).parse(cx, &PARAMETERS)?;
    let size = self::size(cx, size)?;
    let threshold = match given(cx, threshold) {
        Some(threshold) => u32::try_from(int32(cx, threshold)?).unwrap_or(0),
        None => 0,
    };
    Ok(Wish { size, threshold, mask: given(cx, mask) })
}

/// Makes pixels black that have more than so many dark ones around them, or white that have more than so many
/// bright ones.
fn step<'s>(cx: &mut Full<'s>, this: Held<'s>, wish: &Wish<'s>, grow: bool) -> Result<(), Raised> {
    let (w, h, ..) = make::shape(cx, this)?;
    let (w, h, size) = (usize::from(w), i32::from(h), wish.size);
    let (ring_len, sums_len) = (Window::bytes(w, size), 2 * (w + 2 * size));
    let mut room = Scratch::new(cx, sums_len.next_multiple_of(4) + ring_len)?;
    cx.look(|cx| {
        let to = pix(*cx, cx.get(this))?;
        let mask = wish.mask.map(|mask| pix(*cx, cx.get(mask))).transpose()?;
        let white = super::super::color::pixel_of(to.format, [255; 3]);
        let (sums, ring) = carve::<u16>(room.bytes(), w + 2 * size);
        let load = |ring: &mut [u8], y: i32| {
            let Some(row) = Window::place(ring, w, size, y) else { return };
            let Some(inner) = row.get_mut(size..size + w) else { return };
            let source = to.row(y.clamp(0, to.h - 1));
            if to.format == PixelFormat::Grayscale {
                // the highest bit tells bright from dark
                let cells = inner.iter_mut().zip(source);
                cells.for_each(|(to, cell)| *to = cell.get() >> 7);
            } else {
                for (x, place) in (0..).zip(inner) {
                    let pixel = super::super::pix::get_in(to.format, source, x);
                    *place = grey_of(to.format, pixel) >> 7;
                }
            }
            let (first, last) = (row.get(size).copied(), row.get(size + w - 1).copied());
            for (side, edge) in [(0..size, first), (size + w..size + w + size, last)] {
                if let (Some(side), Some(edge)) = (row.get_mut(side), edge) {
                    side.fill(edge);
                }
            }
        };
        (-(size as i32)..=size as i32).for_each(|y| load(ring, y));
        let side = 2 * size + 1;
        // how many are bright at least, or at most, where the pixel is changed
        let all = (side * side) as u32;
        let threshold = wish.threshold.min(all);
        for y in 0..h {
            sums.fill(0);
            let window = Window::new(ring, w, size, y);
            for i in 0..side {
                sums.iter_mut().zip(window.row(i)).for_each(|(sum, v)| *sum += u16::from(*v));
            }
            let own = window.middle();
            let mut sum: u32 = sums.iter().take(side - 1).map(|sum| u32::from(*sum)).sum();
            let change = |x: usize, value: u16| {
                if mask.is_none_or(|mask| mask.get(x as i32, y) != 0) {
                    to.set(x as i32, y, value);
                }
            };
            let ends = sums.iter().skip(side - 1).zip(sums.iter());
            for (x, (own, (enters, leaves))) in own.iter().zip(ends).enumerate() {
                sum += u32::from(*enters);
                if grow {
                    if *own == 0 && sum > threshold {
                        change(x, white);
                    }
                } else if *own != 0 && all - sum > threshold {
                    change(x, 0);
                }
                sum -= u32::from(*leaves);
            }
            load(ring, y + size as i32 + 1);
            cx.spend(w.saturating_mul(2 + size))?;
        }
        Ok(())
    })
}

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident: $($grow:literal)*;)*) => {$(
        $(#[$doc])*
        pub(in crate::image) fn $name<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
            let (this, wish) = (args.or_none(0), read(cx, args)?);
            $(step(cx, this, &wish, $grow)?;)*
            Ok(this)
        }
    )*};
}

steps! {
    /// `erode(size, threshold=None, mask=None)`
    erode: false;
    /// `dilate(size, threshold=None, mask=None)`
    dilate: true;
    /// `open(size, threshold=None, mask=None)`: what is small disappears.
    open: false true;
    /// `close(size, threshold=None, mask=None)`: small holes are filled.
    close: true false;
}

/// How far an image is from what steps make of it.
fn hat<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, first: bool) -> Given<'s> {
    let (this, wish) = (args.or_none(0), read(cx, args)?);
    let (w, h, format, _) = make::shape(cx, this)?;
    let before = make::new(cx, w.into(), h.into(), format, Place::Auto)?;
    convert::copy_bytes(cx, this, before)?;
    step(cx, this, &wish, first)?;
    step(cx, this, &wish, !first)?;
    math::difference_of(cx, this, before, wish.mask)?;
    make::close(cx, before)?;
    Ok(this)
}

/// `top_hat(size, threshold=None, mask=None)`: what `open` takes away.
pub(in crate::image) fn top_hat<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    hat(cx, args, false)
}

/// `black_hat(size, threshold=None, mask=None)`: what `close` adds.
pub(in crate::image) fn black_hat<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    hat(cx, args, true)
}
