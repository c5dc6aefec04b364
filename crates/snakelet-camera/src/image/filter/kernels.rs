//! Sums of neighbours with weights.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::super::scratch::{Scratch, carve};
use super::{After, filter, parameters, size};
use crate::args::{bool_or, float_or, items};

/// `mean(size, threshold=False, offset=0, invert=False, mask=None)`
pub(in crate::image) fn mean<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 5] = parameters([]);
    let this = args.or_none(0);
    let [size, threshold, offset, invert, mask] = args.skip(1).parse(cx, &PARAMETERS)?;
    let size = self::size(cx, size)?;
    let after = After::read(cx, threshold, offset, invert, mask)?;
    let (w, ..) = super::super::make::shape(cx, this)?;
    let columns = 4 * (usize::from(w) + 2 * size);
    filter(cx, this, size, after, columns, 4 + size, |window, _, out, own| {
        let (sums, _) = carve::<u32>(own, out.len() + 2 * window.size());
        sums.fill(0);
        for i in 0..window.side() {
            sums.iter_mut().zip(window.row(i)).for_each(|(sum, v)| *sum += u32::from(*v));
        }
        let side = window.side();
        let all = (side * side) as u32;
        let mut sum: u32 = sums.iter().take(side - 1).sum();
        for (x, out) in out.iter_mut().enumerate() {
            sum += sums.get(x + side - 1).copied().unwrap_or(0);
            *out = ((sum + all / 2) / all) as u8;
            sum -= sums.get(x).copied().unwrap_or(0);
        }
    })
}

/// What filters with a kernel have in common behind their own arguments.
struct Sum<'s> {
    size: usize,
    after: After<'s>,
    mul: f32,
    add: f32,
}

/// Weighs neighbours; weights stand row by row.
fn convolve<'s>(cx: &mut Full<'s>, this: Held<'s>, sum: &Sum<'s>, weights: &[f32]) -> Given<'s> {
    let (mul, add) = (sum.mul, sum.add);
    let work = 2 * weights.len();
    filter(cx, this, sum.size, sum.after, 0, work, |window, most, out, _| {
        let side = window.side();
        // brightness is added in parts of 255
        let (most, add) = (f32::from(most), add * f32::from(most) / 255.0);
        for (x, out) in out.iter_mut().enumerate() {
            let mut sum = 0.0;
            for (i, weights) in weights.chunks_exact(side).enumerate() {
                let row = window.row(i).get(x..x + side).unwrap_or(&[]);
                for (weight, value) in weights.iter().zip(row) {
                    sum += weight * f32::from(*value);
                }
            }
            *out = (sum * mul + add + 0.5).clamp(0.0, most) as u8;
        }
    })
}

/// Room for the weights of a kernel of this size.
fn room(cx: &mut Full<'_>, size: usize) -> Result<Scratch, Raised> {
    let side = 2 * size + 1;
    Scratch::new(cx, 4 * side * side)
}

/// `morph(size, kernel, mul=1, add=0, threshold=False, offset=0, invert=False, mask=None)`
pub(in crate::image) fn morph<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 8] = parameters([
        Param::required(name!("kernel")),
        Param::optional(name!("mul")),
        Param::optional(name!("add")),
    ]);
    let this = args.or_none(0);
    let parsed = args.skip(1).parse(cx, &PARAMETERS)?;
    let [size, kernel, mul, add, threshold, offset, invert, mask] = parsed;
    let size = self::size(cx, size)?;
    let after = After::read(cx, threshold, offset, invert, mask)?;
    let kernel = kernel.unwrap_or(Held::NONE);
    let side = 2 * size + 1;
    let mut room = room(cx, size)?;
    let len = items(cx, kernel)?;
    if len != Some(side * side) && len != Some(side) {
        return Err(cx.raise(&VALUE_ERROR, "the kernel must have (size*2+1)*(size*2+1) numbers"));
    }
    let mut total = 0.0;
    for i in 0..side * side {
        let weight = cx.scope(|cx, outer| {
            let kernel = outer.held(kernel);
            let item = if len == Some(side * side) && side > 1 {
                cx.item_at(kernel, i)?
            } else if side > 1 {
                let row = cx.item_at(kernel, i / side)?;
                cx.item_at(row, i % side)?
            } else {
                cx.item_at(kernel, 0)?
            };
            Ok(cx.float_of(item)? as f32)
        })?;
        total += weight;
        if let Some(place) = room.items::<f32>().get_mut(i) {
            *place = weight;
        }
    }
    // brightness stays by default
    let default = if total > 0.0 { 1.0 / total } else { 1.0 };
    let mul = float_or(cx, mul, default)?;
    let sum = Sum { size, after, mul, add: float_or(cx, add, 0.0)? };
    let weights = room.items::<f32>();
    convolve(cx, this, &sum, weights.get(..side * side).unwrap_or(&[]))
}

/// Arguments of `gaussian` and `laplacian`, which differ in the name of one.
static SMOOTH: [Param; 8] = sums(name!("unsharp"));
static EDGES: [Param; 8] = sums(name!("sharpen"));

const fn sums(own: snakelet_vm::native::Name) -> [Param; 8] {
    parameters([Param::optional(own), Param::optional(name!("mul")), Param::optional(name!("add"))])
}

/// Reads them; whether the own one is set.
fn read<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    described: &[Param; 8],
) -> Result<(Sum<'s>, bool), Raised> {
    let parsed = args.skip(1).parse(cx, described)?;
    let [size, own, mul, add, threshold, offset, invert, mask] = parsed;
    let sum = Sum {
        size: self::size(cx, size)?,
        after: After::read(cx, threshold, offset, invert, mask)?,
        mul: float_or(cx, mul, 1.0)?,
        add: float_or(cx, add, 0.0)?,
    };
    let own = bool_or(cx, own, false)?;
    Ok((sum, own))
}

/// Binomial coefficients over their sum, as many as a side has.
fn binomial(side: usize) -> impl Fn(usize) -> f32 {
    move |i| {
        let n = side - 1;
        let mut value = 1.0;
        for k in 0..n {
            // multiplied and halved in turn, so that it stays in range
            value *= 0.5;
            if k < i {
                value *= (n - k) as f32 / (k + 1) as f32;
            }
        }
        value
    }
}

/// `gaussian(size, unsharp=False, mul=1, add=0, threshold=False, offset=0, invert=False, mask=None)`
pub(in crate::image) fn gaussian<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (sum, unsharp) = read(cx, args, &SMOOTH)?;
    let side = 2 * sum.size + 1;
    let mut room = room(cx, sum.size)?;
    let weights = room.items::<f32>().get_mut(..side * side).unwrap_or_default();
    let one = binomial(side);
    for (i, weight) in weights.iter_mut().enumerate() {
        *weight = one(i / side) * one(i % side);
        if unsharp {
            // twice the picture less its smooth one
            *weight = if i == side * side / 2 { 2.0 - *weight } else { -*weight };
        }
    }
    convolve(cx, args.or_none(0), &sum, weights)
}

/// `laplacian(size, sharpen=False, mul=1, add=0, threshold=False, offset=0, invert=False, mask=None)`
pub(in crate::image) fn laplacian<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (sum, sharpen) = read(cx, args, &EDGES)?;
    let side = 2 * sum.size + 1;
    let mut room = room(cx, sum.size)?;
    let weights = room.items::<f32>().get_mut(..side * side).unwrap_or_default();
    let one = binomial(side);
    let middle = one(sum.size) * one(sum.size);
    // the picture less its smooth one, as large as the middle weight makes whole
    for (i, weight) in weights.iter_mut().enumerate() {
        *weight = -one(i / side) * one(i % side) / middle;
        if i == side * side / 2 {
            *weight += 1.0 / middle + if sharpen { 1.0 } else { 0.0 };
        }
    }
    convolve(cx, args.or_none(0), &sum, weights)
}

/// `bilateral(size, color_sigma=0.1, space_sigma=1, threshold=False, offset=0, invert=False, mask=None)`: a mean in
/// which those count less that are far away or of another colour.
pub(in crate::image) fn bilateral<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 7] =
        parameters([Param::optional(name!("color_sigma")), Param::optional(name!("space_sigma"))]);
    let this = args.or_none(0);
    let parsed = args.skip(1).parse(cx, &PARAMETERS)?;
    let [size, color_sigma, space_sigma, threshold, offset, invert, mask] = parsed;
    let size = self::size(cx, size)?;
    let after = After::read(cx, threshold, offset, invert, mask)?;
    let least = |sigma: f32| if sigma > 0.001 { sigma } else { 0.001 };
    let color_sigma = least(float_or(cx, color_sigma, 0.1)?);
    let space_sigma = least(float_or(cx, space_sigma, 1.0)?);
    let side = 2 * size + 1;
    let mut room = Scratch::new(cx, 4 * (256 + side * side))?;
    let (colors, rest) = carve::<f32>(room.bytes(), 256);
    let (places, _) = carve::<f32>(rest, side * side);
    let bell = |distance: f32, sigma: f32| {
        let part = distance / sigma;
        libm::expf(-0.5 * part * part)
    };
    for (difference, weight) in colors.iter_mut().enumerate() {
        *weight = bell(difference as f32 / 255.0, color_sigma);
    }
    for (i, weight) in places.iter_mut().enumerate() {
        let off = |at: usize| at as f32 - size as f32;
        *weight = bell(libm::hypotf(off(i / side), off(i % side)), space_sigma);
    }
    let work = 4 * side * side;
    filter(cx, this, size, after, 0, work, |window, most, out, _| {
        // differences in 255ths of the greatest value
        let scale = 255 / usize::from(most.max(1));
        for (x, out) in out.iter_mut().enumerate() {
            let own = window.row(size).get(x + size).copied().unwrap_or(0);
            let (mut sum, mut all) = (0.0, 0.0);
            for (i, places) in places.chunks_exact(side).enumerate() {
                let row = window.row(i).get(x..x + side).unwrap_or(&[]);
                for (place, value) in places.iter().zip(row) {
                    let difference = usize::from(value.abs_diff(own)) * scale;
                    let color = colors.get(difference).copied().unwrap_or(0.0);
                    sum += place * color * f32::from(*value);
                    all += place * color;
                }
            }
            // its own weight is 1
            *out = (sum / all + 0.5) as u8;
        }
    })
}
