//! `find_blobs`: areas of pixels within thresholds.

mod blob;
mod hull;
mod label;
mod result;

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::arguments::{self, Thresholds};
use super::inuse;
use super::make::pix;
use super::pix::{Rect, get2};
use super::scratch::{Scratch, carve};
use super::select::Selector;
use crate::args::{bool_or, given, int32_or};
use blob::Blob;
use label::{Label, Labels, Outcome, Run};
pub(super) use result::{
    convexity, enclosed_ellipse, enclosing_circle, major_axis, minor_axis, solidity,
};

/// Areas and labels that there is room for at first; where there are more, it is begun again with twice as much.
const FEW: usize = 64;
const FEW_LABELS: usize = 64;

/// Which areas are wanted.
struct Wanted {
    thresholds: Thresholds,
    invert: bool,
    part: Rect,
    stride: [i32; 2],
    /// Least numbers of pixels and least areas of the rectangle around.
    pixels: u32,
    area: u32,
}

/// `find_blobs(thresholds, invert=False, roi=None, x_stride=2, y_stride=1, area_threshold=10,
/// pixels_threshold=10, merge=False, margin=0, threshold_cb=None, merge_cb=None, x_hist_bins_max=0,
/// y_hist_bins_max=0)`
pub(super) fn find_blobs<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 13] = [
        Param::required(name!("thresholds")),
        Param::optional(name!("invert")),
        Param::optional(name!("roi")),
        Param::optional(name!("x_stride")),
        Param::optional(name!("y_stride")),
        Param::optional(name!("area_threshold")),
        Param::optional(name!("pixels_threshold")),
        Param::optional(name!("merge")),
        Param::optional(name!("margin")),
        Param::optional(name!("threshold_cb")),
        Param::optional(name!("merge_cb")),
        Param::optional(name!("x_hist_bins_max")),
        Param::optional(name!("y_hist_bins_max")),
    ];
    let this = args.or_none(0);
    let parsed = args.skip(1).parse(cx, &PARAMETERS)?;
    let [thresholds, invert, roi, x_stride, y_stride, area, pixels, merge, margin, rest @ ..] =
        parsed;
    let [keep, may_merge, x_bins, y_bins] = rest;
    let count = |number: i32| u32::try_from(number).unwrap_or(0);
    let wanted = Wanted {
        thresholds: arguments::thresholds(cx, thresholds)?,
        invert: bool_or(cx, invert, false)?,
        part: arguments::roi(cx, this, roi)?,
        stride: [int32_or(cx, x_stride, 2)?.max(1), int32_or(cx, y_stride, 1)?.max(1)],
        area: count(int32_or(cx, area, 10)?),
        pixels: count(int32_or(cx, pixels, 10)?),
    };
    let merge = bool_or(cx, merge, false)?;
    let margin = int32_or(cx, margin, 0)?.clamp(-0x8000, 0x8000);
    let bins = [int32_or(cx, x_bins, 0)?, int32_or(cx, y_bins, 0)?].map(|n| n.clamp(0, 0x8000));
    let mut found = search(cx, this, &wanted)?;
    // functions of the script run while the image is looked at: its frame stays what it is meanwhile
    inuse::with(cx, this, |cx| {
        if let Some(keep) = given(cx, keep) {
            found.keep(cx, keep)?;
        }
        if merge {
            found.merge(cx, margin, given(cx, may_merge))?;
        }
        found.results(cx, this, &wanted, bins)
    })
}

/// Areas that were found.
struct Found {
    room: Scratch,
    len: usize,
}

impl Found {
    fn blobs(&mut self) -> &mut [Blob] {
        let len = self.len;
        self.room.items().get_mut(..len).unwrap_or_default()
    }

    fn get(&mut self, i: usize) -> Blob {
        self.blobs().get(i).copied().unwrap_or(Blob::NONE)
    }

    /// Keeps those of which a function says so.
    fn keep<'s>(&mut self, cx: &mut Full<'s>, function: Held<'s>) -> Result<(), Raised> {
        let mut kept = 0;
        for i in 0..self.len {
            let blob = self.get(i);
            let keep = call(cx, function, &[blob])?;
            if keep && let Some(place) = self.blobs().get_mut(kept) {
                *place = blob;
                kept += 1;
            }
        }
        self.len = kept;
        Ok(())
    }

    /// Makes one of those whose rectangles meet, until there are none.
    fn merge<'s>(
        &mut self,
        cx: &mut Full<'s>,
        margin: i32,
        function: Option<Held<'s>>,
    ) -> Result<(), Raised> {
        let mut first = 0;
        while first < self.len {
            let mut second = first + 1;
            let mut merged = false;
            while second < self.len {
                let (a, b) = (self.get(first), self.get(second));
                let meet = a.meets(&b, margin);
                if meet && function.map_or(Ok(true), |function| call(cx, function, &[a, b]))? {
                    let last = self.len - 1;
                    let blobs = self.blobs();
                    if let Some(place) = blobs.get_mut(first) {
                        place.add(&b);
                        place.code |= b.code;
                        place.count = place.count.saturating_add(b.count);
                    }
                    // the order of the others stays
                    blobs.copy_within(second + 1..=last, second);
                    self.len = last;
                    merged = true;
                } else {
                    second += 1;
                }
                cx.charge(4)?;
            }
            // a larger one may meet others now
            if !merged {
                first += 1;
            }
        }
        Ok(())
    }

    /// All of them as objects.
    fn results<'s>(
        &mut self,
        cx: &mut Full<'s>,
        this: Held<'s>,
        wanted: &Wanted,
        bins: [i32; 2],
    ) -> Given<'s> {
        let list = cx.list(&[])?;
        for i in 0..self.len {
            let blob = self.get(i);
            cx.scope(|cx, outer| {
                let bars = result::histograms(cx, outer.held(this), wanted, &blob, bins)?;
                let blob = result::object(cx, &blob, bars)?;
                cx.call_method(outer.held(list), name!("append"), &[blob]).map(drop)
            })?;
        }
        Ok(list)
    }
}

/// Whether a function of the script says yes to areas.
fn call<'s>(cx: &mut Full<'s>, function: Held<'s>, blobs: &[Blob]) -> Result<bool, Raised> {
    cx.scope(|cx, outer| {
        let mut objects = [Held::NONE; 2];
        for (object, blob) in objects.iter_mut().zip(blobs) {
            let bars = result::no_histograms(cx)?;
            *object = result::object(cx, blob, bars)?;
        }
        let objects = objects.get(..blobs.len()).unwrap_or(&[]);
        let answer = cx.call(outer.held(function), objects)?;
        cx.truth(answer)
    })
}

/// Finds areas for one threshold after the other, in the order of their first pixels.
fn search<'s>(cx: &mut Full<'s>, this: Held<'s>, wanted: &Wanted) -> Result<Found, Raised> {
    let bound = Labels::most(wanted.part.w);
    let (mut few, mut most) = (FEW, bound.min(FEW_LABELS));
    loop {
        let mut work = Scratch::new(cx, most * (size_of::<Label>() + 2 * size_of::<Run>()))?;
        let mut found = Found { room: Scratch::new(cx, few * size_of::<Blob>())?, len: 0 };
        let outcome = cx.look(|cx| {
            let pix = pix(*cx, cx.get(this))?;
            found.len = 0;
            for i in 0..wanted.thresholds.all().len() {
                let (labels, rest) = carve::<Label>(work.bytes(), most);
                let (above, rest) = carve::<Run>(rest, most);
                let (now, _) = carve::<Run>(rest, most);
                let blobs = found.room.items().get_mut(found.len..).unwrap_or_default();
                let mut labels = Labels::new(labels, [above, now], blobs);
                let one = wanted.thresholds.one(i);
                let mut selector = Selector::new(pix.format, one.all(), wanted.invert);
                let table = (pix.format != PixelFormat::Rgb565).then(|| selector.table());
                let (x, w) = (wanted.part.x, wanted.part.w as usize);
                for y in wanted.part.rows() {
                    let cells = pix.span(y, x, wanted.part.w);
                    match &table {
                        Some(table) if !pix.is_binary() => labels.row(x, w, |at, is_wanted| {
                            Labels::find_byte(cells, at, is_wanted, table)
                        }),
                        Some(table) => labels.row(x, w, |at, is_wanted| {
                            let bit = |at: usize| usize::from(pix.get(x + at as i32, y) & 1);
                            (at..w).find(|at| (table[bit(*at)] != 0) == is_wanted)
                        }),
                        None => labels.row(x, w, |at, is_wanted| {
                            let rest = cells.as_chunks().0.get(at..)?;
                            let is = |two| selector.selects_color(get2(two)) == is_wanted;
                            rest.iter().position(is).map(|further| at + further)
                        }),
                    }
                    labels.end_row(y, wanted);
                    cx.spend(8 + wanted.part.w as usize)?;
                }
                labels.end(wanted);
                let Outcome::Found(len) = labels.outcome() else { return Ok(labels.outcome()) };
                let blobs = found.room.items::<Blob>();
                let new = blobs.get_mut(found.len..found.len + len).unwrap_or_default();
                new.iter_mut().for_each(|blob| blob.code = 1 << i);
                new.sort_unstable_by_key(|blob| blob.first);
                found.len += len;
                cx.spend(len.saturating_mul(16))?;
            }
            Ok(Outcome::Found(found.len))
        })?;
        match outcome {
            Outcome::Found(_) => return Ok(found),
            Outcome::ManyBlobs => few = few.saturating_mul(2),
            Outcome::ManyLabels => most = bound.min(2 * most),
        }
    }
}
