//! Areas that grow and shrink.

use core::cell::Cell;

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::super::color::grey_of;
use super::super::make::{self, Place, pix};
use super::super::pix::get_in;
use super::super::recolor::Recolor;
use super::super::scratch::Scratch;
use super::super::{convert, math, words};
use super::size;
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

/// Sums of columns around a row: how many of the rows around it have a mark there.
struct Columns<'m> {
    /// Marks of the rows around, a byte of 0 or 1 for each pixel.
    ring: &'m mut [u8],
    /// The sums, with those at the edge repeated on both sides.
    sums: &'m mut [u8],
    w: usize,
    size: usize,
}

impl<'m> Columns<'m> {
    /// Bytes of a row of marks: whole words.
    const fn stride(w: usize) -> usize {
        w.next_multiple_of(4)
    }

    const fn bytes(w: usize, size: usize) -> usize {
        let stride = Self::stride(w);
        (2 * size + 1) * stride + stride + 2 * size
    }

    /// Has no marks in any row.
    fn new(memory: &'m mut [u8], w: usize, size: usize) -> Self {
        memory.fill(0);
        let at = (2 * size + 1) * Self::stride(w);
        let (ring, sums) = memory.split_at_mut_checked(at).unwrap_or_default();
        Columns { ring, sums, w, size }
    }

    fn place(&self, y: i32) -> core::ops::Range<usize> {
        let stride = Self::stride(self.w);
        let at = y.rem_euclid(2 * self.size as i32 + 1) as usize * stride;
        at..at + stride
    }

    /// Marks the bright pixels of row `y`, or the dark ones, in the place of the row that is done with.
    fn load(&mut self, y: i32, greys: &[Cell<u8>], dark: bool) {
        const ONES: u32 = 0x0101_0101;
        let (size, w, place) = (self.size, self.w, self.place(y));
        let Some(ring) = self.ring.get_mut(place) else { return };
        let flip = if dark { ONES } else { 0 };
        // sums are 65 at most, so that bytes of a word never carry
        let (words, end) = greys.as_chunks();
        let sums = self.sums.get_mut(size..).unwrap_or_default().as_chunks_mut().0;
        let mut places = ring.as_chunks_mut().0.iter_mut().zip(sums);
        let mark = |word: u32, (marks, sums): (&mut [u8; 4], &mut [u8; 4]), kept: u32| {
            // the highest bit tells bright from dark
            let new = (word >> 7 ^ flip) & kept;
            let old = u32::from_le_bytes(*marks);
            *marks = new.to_le_bytes();
            *sums = u32::from_le_bytes(*sums).wrapping_add(new).wrapping_sub(old).to_le_bytes();
        };
        for (word, place) in words.iter().zip(places.by_ref()) {
            mark(words::get(word), place, ONES);
        }
        if let Some(place) = places.next() {
            mark(words::get_some(end), place, ONES & ((1 << (8 * end.len())) - 1));
        }
        let (first, last) = (self.sums.get(size).copied(), self.sums.get(size + w - 1).copied());
        for (side, edge) in [(0..size, first), (size + w..size + w + size, last)] {
            if let (Some(side), Some(edge)) = (self.sums.get_mut(side), edge) {
                side.fill(edge);
            }
        }
    }

    /// Calls `each` with the columns of row `y` that have no mark and more than so many marks around them.
    #[inline]
    fn reached(&self, y: i32, threshold: u32, mut each: impl FnMut(usize)) {
        // the columns of the first pixel but the last one
        let before = 2 * self.size;
        let own = self.ring.get(self.place(y)).and_then(|row| row.get(..self.w));
        let (Some(own), Some(ends)) = (own, self.sums.get(before..before + self.w)) else { return };
        let mut sum: u32 = self.sums.iter().take(before).map(|sum| u32::from(*sum)).sum();
        for (x, ((own, enters), leaves)) in own.iter().zip(ends).zip(&*self.sums).enumerate() {
            sum += u32::from(*enters);
            if *own == 0 && sum > threshold {
                each(x);
            }
            sum -= u32::from(*leaves);
        }
    }
}

/// Makes pixels black that have more than so many dark ones around them, or white that have more than so many
/// bright ones.
fn step<'s>(cx: &mut Full<'s>, this: Held<'s>, wish: &Wish<'s>, grow: bool) -> Result<(), Raised> {
    let (w, h, ..) = make::shape(cx, this)?;
    let (w, h, size) = (usize::from(w), i32::from(h), wish.size);
    let mut room = Scratch::new(cx, w + Columns::bytes(w, size))?;
    cx.look(|cx| {
        let to = pix(*cx, cx.get(this))?;
        let mask = wish.mask.map(|mask| pix(*cx, cx.get(mask))).transpose()?;
        let white = super::super::color::pixel_of(to.format, [255; 3]);
        let recolor = Recolor::new(to.format, PixelFormat::Grayscale);
        let (greys, memory) = room.bytes().split_at_mut_checked(w).unwrap_or_default();
        let greys = Cell::from_mut(greys).as_slice_of_cells();
        let memory = memory.get_mut(..Columns::bytes(w, size)).unwrap_or_default();
        let mut columns = Columns::new(memory, w, size);
        let load = |columns: &mut Columns<'_>, y: i32| {
            let source = to.row(y.min(to.h - 1).max(0));
            match &recolor {
                Some(recolor) if recolor.is_same() => return columns.load(y, source, !grow),
                Some(recolor) => recolor.row(greys, source),
                None => {
                    for (x, grey) in (0..).zip(greys) {
                        grey.set(grey_of(to.format, get_in(to.format, source, x)));
                    }
                }
            }
            columns.load(y, greys, !grow);
        };
        (-(size as i32)..=size as i32).for_each(|y| load(&mut columns, y));
        let value = if grow { white } else { 0 };
        for y in 0..h {
            columns.reached(y, wish.threshold, |x| {
                if mask.is_none_or(|mask| mask.get(x as i32, y) != 0) {
                    to.set(x as i32, y, value);
                }
            });
            load(&mut columns, y + size as i32 + 1);
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

#[cfg(test)]
mod tests {
    extern crate std;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::vec::Vec;

    use super::*;

    proptest! {
        #[test]
        fn columns_are_those_that_counting_finds(
            w in 1usize..23,
            size in 0usize..5,
            bytes in vec(any::<u8>(), 1..200),
            threshold in 0u32..20,
            dark: bool,
        ) {
            let bytes: Vec<u8> = bytes.iter().copied().cycle().take(bytes.len().next_multiple_of(w)).collect();
            let rows: Vec<&[u8]> = bytes.chunks(w).collect();
            let last = rows.len() as i32 - 1;
            let row = |y: i32| rows[y.clamp(0, last) as usize];
            let is_marked = |x: i32, y: i32| (row(y)[x.clamp(0, w as i32 - 1) as usize] > 127) != dark;
            let mut memory = std::vec![7; Columns::bytes(w, size)];
            let mut columns = Columns::new(&mut memory, w, size);
            let load = |columns: &mut Columns<'_>, y: i32| {
                let cells: Vec<_> = row(y).iter().copied().map(Cell::new).collect();
                columns.load(y, &cells, dark);
            };
            let reach = size as i32;
            (-reach..=reach).for_each(|y| load(&mut columns, y));
            for y in 0..=last {
                let mut found = Vec::new();
                columns.reached(y, threshold, |x| found.push(x));
                let around = |x: i32| {
                    let marks = (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)));
                    marks.filter(|(dx, dy)| is_marked(x + dx, y + dy)).count() as u32
                };
                let is_reached = |x: &usize| !is_marked(*x as i32, y) && around(*x as i32) > threshold;
                prop_assert_eq!(found, (0..w).filter(is_reached).collect::<Vec<_>>());
                load(&mut columns, y + reach + 1);
            }
        }
    }
}
