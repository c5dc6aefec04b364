//! Areas as objects of Python, and what can be worked out from them.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Name;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::super::lines;
use super::super::make::pix;
use super::super::select::Selector;
use super::Wanted;
use super::blob::Blob;
use super::hull::Hull;
use crate::args::{int32, tuple};

/// Names of the figures, in their order.
static NAMES: [Name; 25] = [
    name!("x"),
    name!("y"),
    name!("w"),
    name!("h"),
    name!("cx"),
    name!("cy"),
    name!("pixels"),
    name!("rotation"),
    name!("code"),
    name!("count"),
    name!("perimeter"),
    name!("roundness"),
    name!("x_hist_bins"),
    name!("y_hist_bins"),
    name!("corners"),
    name!("min_corners"),
    name!("cxf"),
    name!("cyf"),
    name!("elongation"),
    name!("area"),
    name!("density"),
    name!("compactness"),
    name!("rect"),
    // ours: area and length of the outline without dents
    name!("hull_area"),
    name!("hull_perimeter"),
];

/// Places of figures that other functions read.
const PIXELS: usize = 6;
const ROTATION: usize = 7;
const PERIMETER: usize = 10;
const MIN_CORNERS: usize = 15;
const HULL_AREA: usize = 23;
const HULL_PERIMETER: usize = 24;

/// Makes an object of an area.
pub(super) fn object<'s>(cx: &mut Full<'s>, blob: &Blob, bars: [Held<'s>; 2]) -> Given<'s> {
    let n = f64::from(blob.pixels.max(1));
    let rect = blob.rect();
    let (mx, my) = (blob.x as f64 / n, blob.y as f64 / n);
    // second moments about the centre
    let a = blob.xx as f64 / n - mx * mx;
    let c = blob.yy as f64 / n - my * my;
    let b = blob.xy as f64 / n - mx * my;
    let spread = libm::hypot(a - c, 2.0 * b);
    let (major, minor) = ((a + c + spread).max(0.0), (a + c - spread).max(0.0));
    let roundness = if major > 0.0 { libm::sqrt(minor / major) } else { 1.0 };
    let half = 0.5 * libm::atan2(2.0 * b, a - c);
    let rotation = if half < 0.0 { half + core::f64::consts::PI } else { half };
    let area = f64::from(rect.w) * f64::from(rect.h);
    let perimeter = f64::from(blob.outline);
    let compactness = n * 4.0 * core::f64::consts::PI / (perimeter * perimeter).max(1.0);
    let hull = Hull::of(blob);
    let (hull_area, hull_perimeter) = hull.measures();
    let corners: [[i32; 2]; 4] = core::array::from_fn(|i| blob.far[i].map(i32::from));
    let rounded = |corner: [f32; 2]| corner.map(|place| libm::roundf(place) as i32);
    let round = |value: f64| libm::round(value) as i64;
    let items = [
        cx.int(rect.x.into())?,
        cx.int(rect.y.into())?,
        cx.int(rect.w.into())?,
        cx.int(rect.h.into())?,
        cx.int(round(mx))?,
        cx.int(round(my))?,
        cx.int(blob.pixels.into())?,
        cx.float(rotation)?,
        cx.uint(blob.code.into())?,
        cx.int(blob.count.into())?,
        cx.int(blob.outline.into())?,
        cx.float(roundness)?,
        bars[0],
        bars[1],
        places(cx, corners)?,
        places(cx, hull.rectangle().map(rounded))?,
        cx.float(mx)?,
        cx.float(my)?,
        cx.float(1.0 - roundness)?,
        cx.int(i64::from(rect.w) * i64::from(rect.h))?,
        cx.float(n / area.max(1.0))?,
        cx.float(compactness)?,
        {
            let sides = [rect.x, rect.y, rect.w, rect.h];
            let mut items = [Held::NONE; 4];
            for (item, side) in items.iter_mut().zip(sides) {
                *item = cx.int(side.into())?;
            }
            cx.tuple(&items)?
        },
        cx.float(hull_area.into())?,
        cx.float(hull_perimeter.into())?,
    ];
    cx.named_tuple(&NAMES, &items)
}

/// A tuple of places.
fn places<'s>(cx: &mut Full<'s>, places: [[i32; 2]; 4]) -> Given<'s> {
    let mut items = [Held::NONE; 4];
    for (item, [x, y]) in items.iter_mut().zip(places) {
        let pair = [cx.int(x.into())?, cx.int(y.into())?];
        *item = cx.tuple(&pair)?;
    }
    cx.tuple(&items)
}

/// Two lists without anything.
pub(super) fn no_histograms<'s>(cx: &mut Full<'s>) -> Result<[Held<'s>; 2], Raised> {
    Ok([cx.list(&[])?, cx.list(&[])?])
}

/// How many pixels of an area's rectangle lie within the thresholds, by columns and by rows, in so many bins.
pub(super) fn histograms<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    wanted: &Wanted,
    blob: &Blob,
    bins: [i32; 2],
) -> Result<[Held<'s>; 2], Raised> {
    let lists = no_histograms(cx)?;
    let rect = blob.rect();
    for ((list, bins), is_rows) in lists.into_iter().zip(bins).zip([false, true]) {
        let side = if is_rows { rect.h } else { rect.w };
        let bins = bins.min(side);
        for bin in 0..bins {
            cx.scope(|cx, outer| {
                let (from, to) = (bin * side / bins, (bin + 1) * side / bins);
                let count = cx.look(|cx| {
                    let pix = pix(*cx, cx.get(outer.held(this)))?;
                    let thresholds = wanted.thresholds.all();
                    let mut selector = Selector::new(pix.format, thresholds, wanted.invert);
                    let mut count = 0;
                    for at in from..to {
                        let other = if is_rows { rect.w } else { rect.h };
                        for across in 0..other {
                            let (x, y) = if is_rows { (across, at) } else { (at, across) };
                            let pixel = pix.get(rect.x + x, rect.y + y);
                            count += i64::from(selector.selects(pixel));
                        }
                        cx.spend(4 * other as usize)?;
                    }
                    Ok(count)
                })?;
                let count = cx.int(count)?;
                cx.call_method(outer.held(list), name!("append"), &[count]).map(drop)
            })?;
        }
    }
    Ok(lists)
}

/// A number of an area that a script gives.
fn figure<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, place: usize) -> Result<f64, Raised> {
    let item = cx.item_at(args.or_none(0), place)?;
    cx.float_of(item)
}

/// `get_solidity(blob)`: which part of its outline without dents an area fills.
pub(in crate::image) fn solidity<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (pixels, hull) = (figure(cx, args, PIXELS)?, figure(cx, args, HULL_AREA)?);
    cx.float((pixels / hull.max(1.0)).min(1.0))
}

/// `get_convexity(blob)`: how long its outline is without dents.
pub(in crate::image) fn convexity<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (length, hull) = (figure(cx, args, PERIMETER)?, figure(cx, args, HULL_PERIMETER)?);
    cx.float((hull / length.max(1.0)).min(1.0))
}

/// The corners of the smallest rectangle around an area.
fn corners<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<[[i32; 2]; 4], Raised> {
    let all = cx.item_at(args.or_none(0), MIN_CORNERS)?;
    let mut corners = [[0; 2]; 4];
    for (i, corner) in corners.iter_mut().enumerate() {
        let item = cx.item_at(all, i)?;
        match tuple(cx, item)? {
            // sums of them fit
            Some(found) => *corner = found.map(|place: i32| place.clamp(-0x8000, 0x8000)),
            None => return Err(cx.raise(&VALUE_ERROR, "expected a blob")),
        }
    }
    Ok(corners)
}

/// The middle lines of the rectangle, the longer one first.
fn axes(corners: [[i32; 2]; 4]) -> [[i32; 4]; 2] {
    let middle = |i: usize, j: usize| [0, 1].map(|axis| (corners[i][axis] + corners[j][axis]) / 2);
    let line = |[x0, y0]: [i32; 2], [x1, y1]: [i32; 2]| [x0, y0, x1, y1];
    let lines = [line(middle(0, 1), middle(2, 3)), line(middle(1, 2), middle(3, 0))];
    let length = |[x0, y0, x1, y1]: [i32; 4]| (x1 - x0).pow(2) + (y1 - y0).pow(2);
    if length(lines[0]) >= length(lines[1]) { lines } else { [lines[1], lines[0]] }
}

/// `get_major_axis_line(blob)`
pub(in crate::image) fn major_axis<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let corners = corners(cx, args)?;
    lines::object(cx, axes(corners)[0], 0)
}

/// `get_minor_axis_line(blob)`
pub(in crate::image) fn minor_axis<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let corners = corners(cx, args)?;
    lines::object(cx, axes(corners)[1], 0)
}

/// `get_enclosing_circle(blob)`: x, y, radius and magnitude of a circle around the smallest rectangle.
pub(in crate::image) fn enclosing_circle<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let corners = corners(cx, args)?;
    let [x, y] = [0, 1].map(|axis| corners.iter().map(|corner| corner[axis]).sum::<i32>() / 4);
    let far = corners.iter().map(|[cx, cy]| libm::hypotf((cx - x) as f32, (cy - y) as f32));
    let radius = libm::ceilf(far.fold(0.0, f32::max)) as i32;
    let names = const { &[name!("x"), name!("y"), name!("r"), name!("magnitude")] };
    let mut items = [Held::NONE; 4];
    for (item, value) in items.iter_mut().zip([x, y, radius, 0]) {
        *item = cx.int(value.into())?;
    }
    cx.named_tuple(names, &items)
}

/// `get_enclosed_ellipse(blob)`: centre, both radii and rotation of an ellipse in the smallest rectangle.
pub(in crate::image) fn enclosed_ellipse<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let corners = corners(cx, args)?;
    let rotation = cx.item_at(args.or_none(0), ROTATION)?;
    let rotation = cx.float_of(rotation)?.to_degrees();
    let rotation = cx.float(rotation)?;
    let rotation = int32(cx, rotation)?;
    let [x, y] = [0, 1].map(|axis| corners.iter().map(|corner| corner[axis]).sum::<i32>() / 4);
    let half = |[x0, y0, x1, y1]: [i32; 4]| {
        libm::roundf(libm::hypotf((x1 - x0) as f32, (y1 - y0) as f32) / 2.0) as i32
    };
    let [major, minor] = axes(corners).map(half);
    let mut items = [Held::NONE; 5];
    for (item, value) in items.iter_mut().zip([x, y, major, minor, rotation]) {
        *item = cx.int(value.into())?;
    }
    cx.tuple(&items)
}
