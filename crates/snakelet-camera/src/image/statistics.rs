//! Histograms and what they tell.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{Data, Name, NativeData, NativeFn, NativeType, Param, TypeSlots};
use snakelet_vm::{methods, name};

use super::make::pix;
use super::pix::get2;
use super::{arguments, color, select, words};
use crate::args::{bool_or, float_or};

/// Values that a channel may have.
const MOST_BINS: usize = 256;

/// How often each value occurs, of up to three channels: brightness, or L*a*b*.
struct Counts {
    channels: [[u32; MOST_BINS]; 3],
    /// How many channels there are.
    len: usize,
    total: u32,
}

/// Of which value the first bin of a channel is.
const fn first_value(channel: usize) -> i32 {
    if channel == 0 { 0 } else { -128 }
}

/// How many values a channel has.
const fn values(format: PixelFormat, channel: usize) -> usize {
    match format {
        PixelFormat::Binary => 2,
        PixelFormat::Rgb565 if channel == 0 => 101,
        _ => MOST_BINS,
    }
}

/// Counts the pixels of a part of an image that lie within the thresholds; all of them if there are none.
fn count<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    counts: &mut Counts,
) -> Result<PixelFormat, Raised> {
    static PARAMETERS: [Param; 6] = [
        Param::optional(name!("thresholds")),
        Param::optional(name!("invert")),
        Param::optional(name!("roi")),
        Param::keyword(name!("bins")),
        Param::keyword(name!("difference")),
        Param::keyword(name!("l_bins")),
    ];
    let this = args.or_none(0);
    let [thresholds, invert, roi, ..] = args.skip(1).parse(cx, &PARAMETERS)?;
    let thresholds = arguments::thresholds(cx, thresholds)?;
    let invert = bool_or(cx, invert, false)?;
    let part = arguments::roi(cx, this, roi)?;
    cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?;
        *counts = Counts { len: if pix.is_color() { 3 } else { 1 }, ..Counts::NONE };
        let mut colors = Colors([0; color::REMEMBERED]);
        let selected = |values: &[i16]| {
            let all = thresholds.all();
            all.is_empty() || select::is_within(all, values) != invert
        };
        for y in part.rows() {
            if pix.is_color() {
                let row = pix.span(y, part.x, part.w).as_chunks().0;
                row.iter().for_each(|two| colors.count(get2(two), counts, &selected));
            } else if pix.is_binary() {
                part.columns()
                    .for_each(|x| counts.channels[0][usize::from(pix.get(x, y) & 1)] += 1);
            } else {
                words::count(pix.span(y, part.x, part.w), &mut counts.channels[0]);
            }
            cx.spend(2 * part.w as usize)?;
        }
        if pix.is_color() {
            colors.0.iter().for_each(|entry| counts.add(*entry, &selected));
            return Ok(pix.format);
        }
        for (value, bin) in (0..).zip(&mut counts.channels[0]) {
            *bin = if selected(&[value]) { *bin } else { 0 };
            counts.total += *bin;
        }
        Ok(pix.format)
    })
}

/// How often a colour is counted at most.
const MOST: u32 = 0x8000;

/// How often each of some colours occurred since it was noted: colours in the upper halves, counts in the lower ones.
/// What is noted in the place of another one has that one's count added to the bins. So L*a*b* is worked out now and
/// then, and not for each pixel.
struct Colors([u32; color::REMEMBERED]);

impl Colors {
    /// Counts a colour.
    #[inline(always)]
    fn count(&mut self, pixel: u16, counts: &mut Counts, selected: &impl Fn(&[i16]) -> bool) {
        let entry = &mut self.0[color::place(pixel)];
        let fresh = u32::from(pixel) << 16;
        // it is the same colour, and the count has room
        if *entry ^ fresh < MOST {
            *entry += 1;
        } else {
            counts.add(*entry, selected);
            *entry = fresh | 1;
        }
    }
}

impl Counts {
    const NONE: Counts = Counts { channels: [[0; MOST_BINS]; 3], len: 0, total: 0 };

    /// Adds a colour that occurred so often.
    #[inline(never)]
    fn add(&mut self, entry: u32, selected: &impl Fn(&[i16]) -> bool) {
        let count = entry & 0xFFFF;
        if count == 0 {
            return;
        }
        let values = color::lab((entry >> 16) as u16).map(i16::from);
        if !selected(&values) {
            return;
        }
        self.total += count;
        let [l, a, b] = values;
        let [lightness, red, yellow] = &mut self.channels;
        let add = |bins: &mut [u32; MOST_BINS], value: i16| {
            bins[usize::from(value as u8)] += count;
        };
        add(lightness, l.max(0));
        add(red, a + 128);
        add(yellow, b + 128);
    }

    /// The figures of a channel: mean, median, mode, standard deviation, least, greatest and both quartiles.
    fn figures(&self, channel: usize) -> [i32; 8] {
        let Some(bins) = self.channels.get(channel).filter(|_| channel < self.len) else {
            return [0; 8];
        };
        let first = first_value(channel);
        let total = f64::from(self.total.max(1));
        let (mut sum, mut squares, mut mode) = (0.0, 0.0, (0, 0));
        let (mut least, mut greatest) = (None, 0);
        for (value, count) in (first..).zip(bins.iter().copied()) {
            if count == 0 {
                continue;
            }
            let (v, n) = (f64::from(value), f64::from(count));
            sum += v * n;
            squares += v * v * n;
            if count > mode.1 {
                mode = (value, count);
            }
            least = least.or(Some(value));
            greatest = value;
        }
        let mean = sum / total;
        let deviation = libm::sqrt((squares / total - mean * mean).max(0.0));
        [
            libm::floor(mean) as i32,
            self.percentile(channel, 0.5),
            mode.0,
            libm::floor(deviation) as i32,
            least.unwrap_or(0),
            greatest,
            self.percentile(channel, 0.25),
            self.percentile(channel, 0.75),
        ]
    }

    /// The value up to which this part of the pixels lies.
    fn percentile(&self, channel: usize, part: f64) -> i32 {
        let wanted = part * f64::from(self.total);
        let mut sum = 0.0;
        let bins = self.channels.get(channel).map_or(&[][..], |bins| &bins[..]);
        let mut last = 0;
        for (value, count) in (first_value(channel)..).zip(bins.iter().copied()) {
            if count > 0 {
                sum += f64::from(count);
                last = value;
                if sum >= wanted {
                    return value;
                }
            }
        }
        last
    }

    /// The value that parts a channel best into dark and bright, by Otsu's method.
    fn threshold(&self, channel: usize) -> i32 {
        let Some(bins) = self.channels.get(channel) else { return 0 };
        let total = f64::from(self.total);
        let all: f64 = (0i32..).zip(bins).map(|(i, n)| f64::from(i) * f64::from(*n)).sum();
        let (mut below, mut sum, mut best, mut found) = (0.0, 0.0, -1.0, 0);
        for (i, count) in (0i32..).zip(bins.iter().copied()) {
            below += f64::from(count);
            let above = total - below;
            if below == 0.0 {
                continue;
            }
            if above <= 0.0 {
                break;
            }
            sum += f64::from(i) * f64::from(count);
            let apart = sum / below - (all - sum) / above;
            let between = below * above * apart * apart;
            if between > best {
                (best, found) = (between, i);
            }
        }
        found + first_value(channel)
    }
}

/// Names of the figures, for brightness and for each channel.
static NAMES: [Name; 32] = [
    name!("mean"),
    name!("median"),
    name!("mode"),
    name!("stdev"),
    name!("min"),
    name!("max"),
    name!("lq"),
    name!("uq"),
    name!("l_mean"),
    name!("l_median"),
    name!("l_mode"),
    name!("l_stdev"),
    name!("l_min"),
    name!("l_max"),
    name!("l_lq"),
    name!("l_uq"),
    name!("a_mean"),
    name!("a_median"),
    name!("a_mode"),
    name!("a_stdev"),
    name!("a_min"),
    name!("a_max"),
    name!("a_lq"),
    name!("a_uq"),
    name!("b_mean"),
    name!("b_median"),
    name!("b_mode"),
    name!("b_stdev"),
    name!("b_min"),
    name!("b_max"),
    name!("b_lq"),
    name!("b_uq"),
];

fn figures<'s>(cx: &mut Full<'s>, counts: &Counts) -> Given<'s> {
    let mut items = [Held::NONE; 32];
    // brightness is the first channel
    for (items, channel) in items.chunks_mut(8).zip([0, 0, 1, 2]) {
        for (item, figure) in items.iter_mut().zip(counts.figures(channel)) {
            *item = cx.int(figure.into())?;
        }
    }
    cx.named_tuple(&NAMES, &items)
}

/// `get_statistics(thresholds=None, invert=False, roi=None)`
pub(super) fn get_statistics<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let mut counts = Counts::NONE;
    count(cx, args, &mut counts)?;
    figures(cx, &counts)
}

/// `get_histogram(thresholds=None, invert=False, roi=None)`
pub(super) fn get_histogram<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let mut counts = Counts::NONE;
    let format = count(cx, args, &mut counts)?;
    cx.new_data(&[], Histogram { counts, format })
}

/// A histogram.
struct Histogram {
    counts: Counts,
    format: PixelFormat,
}

impl NativeData for Histogram {
    const TYPE: &'static NativeType = &HISTOGRAM;
}

static HISTOGRAM: NativeType = NativeType::of(
    name!("Histogram"),
    const { &TypeSlots::of::<Histogram>() },
)
.sealed()
.methods(methods![
    NativeFn::on::<Histogram, 0, _>(name!("__len__"), 0, |cx, histogram, _| {
        Ok(cx.count(histogram.counts.len))
    }),
    NativeFn::full_method(name!("__getitem__"), 2, 2, bins),
    NativeFn::full_method(name!("bins"), 1, 1, |cx, args| channel_bins(cx, args.or_none(0), 0)),
    NativeFn::full_method(name!("l_bins"), 1, 1, |cx, args| channel_bins(cx, args.or_none(0), 0)),
    NativeFn::full_method(name!("a_bins"), 1, 1, |cx, args| channel_bins(cx, args.or_none(0), 1)),
    NativeFn::full_method(name!("b_bins"), 1, 1, |cx, args| channel_bins(cx, args.or_none(0), 2)),
    NativeFn::full_method(name!("get_percentile"), 2, 2, |cx, args| {
        let part = float_or(cx, args.get(1), 0.5)?;
        channels(cx, args.or_none(0), |counts, i| counts.percentile(i, part.into()))
    }),
    NativeFn::full_method(name!("get_threshold"), 1, 1, |cx, args| {
        channels(cx, args.or_none(0), Counts::threshold)
    }),
    NativeFn::full_method(name!("get_statistics"), 1, 1, histogram_figures),
    NativeFn::full_method(name!("get_stats"), 1, 1, histogram_figures),
    NativeFn::full_method(name!("statistics"), 1, 1, histogram_figures),
]);

fn histogram_figures<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let mut all = [[0; 8]; 3];
    cx.with_data(args.or_none(0), |histogram: &Histogram| {
        all = [0, 1, 2].map(|channel| histogram.counts.figures(channel));
    })?;
    let mut items = [Held::NONE; 32];
    let [l, a, b] = all;
    for (items, figures) in items.chunks_mut(8).zip([l, l, a, b]) {
        for (item, figure) in items.iter_mut().zip(figures) {
            *item = cx.int(figure.into())?;
        }
    }
    cx.named_tuple(&NAMES, &items)
}

/// A value of each channel, with names.
fn channels<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    value: impl Fn(&Counts, usize) -> i32,
) -> Given<'s> {
    let values = cx.with_data(this, |histogram: &Histogram| {
        let of = |channel: usize| {
            if channel < histogram.counts.len { value(&histogram.counts, channel) } else { 0 }
        };
        [of(0), of(0), of(1), of(2)]
    })?;
    let mut items = [Held::NONE; 4];
    for (item, value) in items.iter_mut().zip(values) {
        *item = cx.int(value.into())?;
    }
    let names = const { &[name!("value"), name!("l_value"), name!("a_value"), name!("b_value")] };
    cx.named_tuple(names, &items)
}

/// `histogram[channel]`
fn bins<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let channel = cx.i64_of(args.or_none(1))?;
    match usize::try_from(channel) {
        Ok(channel) => channel_bins(cx, args.or_none(0), channel),
        Err(_) => Err(cx.raise(&VALUE_ERROR, "no such channel")),
    }
}

/// The parts of all pixels that have each value, as a list.
fn channel_bins<'s>(cx: &mut Full<'s>, this: Held<'s>, channel: usize) -> Given<'s> {
    let len = cx.with_data(this, |histogram: &Histogram| {
        (channel < histogram.counts.len).then(|| values(histogram.format, channel))
    })?;
    let Some(len) = len else {
        return Err(cx.raise(&snakelet_vm::exception::classes::INDEX_ERROR, "no such channel"));
    };
    let list = cx.list(&[])?;
    for i in 0..len {
        cx.scope(|cx, outer| {
            let list = outer.held(list);
            let part = cx.look(|cx| {
                let Some(histogram) = Data::<Histogram>::of(cx.get(outer.held(this))) else {
                    return Ok(0.0);
                };
                let counts = &histogram.data().counts;
                let bin = counts.channels.get(channel).and_then(|bins| bins.get(i));
                Ok(f64::from(bin.copied().unwrap_or(0)) / f64::from(counts.total.max(1)))
            })?;
            let part = cx.float(part)?;
            cx.call_method(list, name!("append"), &[part]).map(drop)
        })?;
    }
    Ok(list)
}
