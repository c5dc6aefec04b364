//! Bars that are true to scale, and larger ones for what is too narrow in them.

use std::fmt::{Result, Write};

use super::escape;
use crate::map::{Item, Kind, Part};
use crate::units::human;

/// The width of a drawing.
pub(super) const WIDTH: f64 = 1120.0;
/// The height of a bar alone.
const THICKNESS: f64 = 54.0;
/// The heights of what is written around it: names of pools, marks, addresses.
const POOLS: f64 = 22.0;
const MARKS: f64 = 20.0;
const ADDRESSES: f64 = 34.0;
/// Ranges that are narrower are drawn once more.
const NARROW: f64 = 40.0;
/// How often what is narrow is drawn larger.
const DEPTH: usize = 4;
/// What a letter takes at most, at the two sizes of text in bars.
const LETTER: f64 = 7.4;
const SMALL_LETTER: f64 = 6.6;
/// What no range is drawn narrower than.
const THINNEST: f64 = 2.0;

/// Classes in the order of the legend.
const CLASSES: [&str; 13] = [
    "heap", "stream", "f00", "f01", "f02", "f10", "f11", "f12", "scratch", "lines", "model",
    "free", "other",
];

/// The place of a class in the legend.
pub(super) fn rank(class: &str) -> usize {
    CLASSES.iter().position(|other| *other == class).unwrap_or(CLASSES.len())
}

/// How a kind is drawn: a class of the style sheet.
pub(super) fn class_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Heap => "heap",
        Kind::Stream => "stream",
        Kind::Frame { camera: 0, slot: 0 } => "f00",
        Kind::Frame { camera: 0, slot: 1 } => "f01",
        Kind::Frame { camera: 0, .. } => "f02",
        Kind::Frame { slot: 0, .. } => "f10",
        Kind::Frame { slot: 1, .. } => "f11",
        Kind::Frame { .. } => "f12",
        Kind::Scratch => "scratch",
        Kind::Lines => "lines",
        Kind::Model => "model",
        Kind::Free => "free",
        Kind::Other => "other",
    }
}

/// A range of addresses with what lies in it, in order and without gaps.
pub(super) struct Bar<'a> {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) items: Vec<&'a Item>,
}

/// What is written below a bar.
struct Mark {
    start: u64,
    end: u64,
    /// A letter, if the range is drawn once more, or else its name.
    text: String,
}

/// A bar among others of the same memory.
pub(super) struct Inset<'a> {
    bar: Bar<'a>,
    /// The letter by which the bar above refers to it; none for the whole memory.
    letter: Option<char>,
    marks: Vec<Mark>,
}

impl<'a> Bar<'a> {
    fn size(&self) -> f64 {
        (self.end - self.start).max(1) as f64
    }

    /// Runs of ranges that are too narrow for their names.
    fn narrow_runs(&self) -> Vec<Bar<'a>> {
        let narrow = |item: &&Item| item.size as f64 * WIDTH / self.size() < NARROW;
        let runs = self.items.chunk_by(|one, next| narrow(one) == narrow(next));
        let runs = runs.filter(|run| run.first().is_some_and(narrow));
        let bars = runs.filter_map(|run| {
            let (first, last) = (run.first()?, run.last()?);
            let (start, end) = (first.start, last.start + last.size);
            Some(Bar { start, end, items: run.to_vec() })
        });
        // one that is hardly larger would show nothing new
        bars.filter(|bar| bar.size() < 0.6 * self.size()).collect()
    }

    /// The bar, and one for each run of several ranges that are too narrow, and so on.
    pub(super) fn with_insets(self) -> Vec<Inset<'a>> {
        let mut letters = 'a'..='z';
        let mut insets = vec![Inset { bar: self, letter: None, marks: Vec::new() }];
        let (mut next, mut depth) = (0, 0);
        while depth < DEPTH && next < insets.len() {
            let level = next..insets.len();
            next = level.end;
            depth += 1;
            for index in level {
                for bar in insets[index].bar.narrow_runs() {
                    let Bar { start, end, .. } = bar;
                    if let [item] = bar.items[..] {
                        let text = format!("{} {}", item.owner, human(item.size));
                        insets[index].marks.push(Mark { start, end, text });
                        continue;
                    }
                    let Some(letter) = letters.next() else { return insets };
                    insets[index].marks.push(Mark { start, end, text: letter.to_string() });
                    insets.push(Inset { bar, letter: Some(letter), marks: Vec::new() });
                }
            }
        }
        insets
    }

    /// Draws the ranges, with their names where there is room.
    pub(super) fn write_items(
        &self,
        (left, top): (f64, f64),
        (width, height): (f64, f64),
        named: bool,
        page: &mut String,
    ) -> Result {
        let place = |address: u64| left + (address - self.start) as f64 * width / self.size();
        let ends = |item: &Item| (place(item.start), place(item.start + item.size));
        // thin ones last, or else the borders of their neighbours cover them
        let thin = |item: &&&Item| ends(item).1 - ends(item).0 < 2.0 * THINNEST;
        let (thick, thin): (Vec<&Item>, Vec<&Item>) = self.items.iter().partition(|it| !thin(it));
        for item in thick.into_iter().chain(thin) {
            let ((from, to), class) = (ends(item), class_of(item.kind));
            let wide = (to - from).max(THINNEST);
            let (owner, size) = (escape(&item.owner), human(item.size));
            write!(
                page,
                "<g class=\"on-{class}\"><rect class=\"{class}\" x=\"{from:.2}\" y=\"{top}\" \
                 width=\"{wide:.2}\" height=\"{height}\"><title>{owner}: {:#010x} to {:#010x}, \
                 {size}</title></rect>",
                item.start,
                item.start + item.size
            )?;
            if named {
                let middle = (from + to) / 2.0;
                for (text, class, letter, down) in
                    [(label(item, wide), "label", LETTER, 24.0), (size, "size", SMALL_LETTER, 42.0)]
                {
                    if width_of(&text, letter) <= wide {
                        let (y, text) = (top + down, escape(&text));
                        write!(
                            page,
                            "<text class=\"{class}\" x=\"{middle:.2}\" y=\"{y}\">{text}</text>"
                        )?;
                    }
                }
            }
            writeln!(page, "</g>")?;
        }
        Ok(())
    }
}

/// The room that a text takes, with some around it.
fn width_of(text: &str, letter: f64) -> f64 {
    text.chars().count() as f64 * letter + 6.0
}

/// The longest name of a range that there may be room for.
fn label(item: &Item, wide: f64) -> String {
    let room = ((wide - 6.0) / LETTER).max(0.0) as usize;
    if item.owner.chars().count() <= room {
        return item.owner.clone();
    }
    match item.kind {
        Kind::Frame { slot, .. } if room >= 7 => format!("frame {slot}"),
        Kind::Frame { slot, .. } => slot.to_string(),
        Kind::Heap if room >= 4 => "heap".to_string(),
        Kind::Lines if room >= 5 => "lines".to_string(),
        _ => item.owner.clone(),
    }
}

impl Inset<'_> {
    /// The height of the bar with all that is written around it.
    pub(super) fn height(&self) -> f64 {
        let marks = if self.marks.is_empty() { 0.0 } else { MARKS };
        POOLS + THICKNESS + marks + ADDRESSES
    }

    /// Where an address lies, from left to right.
    fn place(&self, address: u64) -> f64 {
        let address = address.clamp(self.bar.start, self.bar.end);
        (address - self.bar.start) as f64 * WIDTH / self.bar.size()
    }

    /// Draws the bar with its addresses and its scale, `top` below the start of the drawing. The
    /// pools' names are written above it.
    pub(super) fn write(&self, top: f64, parts: &[Part], page: &mut String) -> Result {
        let bar = &self.bar;
        let upper = top + POOLS;
        for part in parts.iter().filter(|part| !part.detail.is_empty()) {
            let (from, to) = (self.place(part.start), self.place(part.start + part.size));
            let (edge, text, middle) = (upper - 4.0, upper - 8.0, (from + to) / 2.0);
            if to - from >= width_of(&part.name, LETTER) {
                writeln!(
                    page,
                    "<path class=\"mark\" d=\"M{:.2} {upper}V{edge}H{:.2}V{upper}\"/>\
                     <text class=\"pool\" x=\"{middle:.2}\" y=\"{text}\">{}</text>",
                    from + 0.5,
                    to - 0.5,
                    escape(&part.name)
                )?;
            }
        }
        bar.write_items((0.5, upper), (WIDTH - 1.0, THICKNESS), true, page)?;
        self.write_marks(upper + THICKNESS, page)?;
        let line = top + self.height() - 18.0;
        let scale = human((bar.size() / WIDTH).round() as u64);
        let what = match self.letter {
            Some(letter) => format!("{letter}, larger: {}", human(bar.end - bar.start)),
            None => format!("whole memory: {}", human(bar.end - bar.start)),
        };
        writeln!(
            page,
            "<text class=\"address\" x=\"0\" y=\"{line}\">{:#010x}</text>\
             <text class=\"scale\" x=\"{:.1}\" y=\"{line}\">{what}, one pixel is {scale}</text>\
             <text class=\"address end\" x=\"{WIDTH}\" y=\"{line}\">{:#010x}</text>",
            bar.start,
            WIDTH / 2.0,
            bar.end
        )
    }

    /// Writes letters and names below a bar. A name that would run into another mark is left to the
    /// table.
    fn write_marks(&self, below: f64, page: &mut String) -> Result {
        let span = |mark: &Mark| {
            let half = width_of(&mark.text, LETTER) / 2.0;
            let middle = (self.place(mark.start) + self.place(mark.end)) / 2.0;
            let middle = middle.clamp(half, WIDTH - half);
            (middle - half, middle, middle + half)
        };
        let mut written: Vec<(f64, f64)> = Vec::new();
        // letters first: the bars below refer to them
        let is_letter = |mark: &&Mark| mark.text.len() == 1;
        let letters = self.marks.iter().filter(is_letter);
        for mark in letters.chain(self.marks.iter().filter(|mark| !is_letter(mark))) {
            let (left, middle, right) = span(mark);
            let free = written.iter().all(|(from, to)| right <= *from || left >= *to);
            if !free && !is_letter(&mark) {
                continue;
            }
            written.push((left, right));
            let (from, to) = (self.place(mark.start), self.place(mark.end));
            let to = to.max(from + THINNEST);
            let (edge, y, text) = (below + 5.0, below + 18.0, escape(&mark.text));
            let class = if is_letter(&mark) { "letter" } else { "name-below" };
            writeln!(
                page,
                "<path class=\"mark\" d=\"M{from:.2} {below}V{edge}H{to:.2}V{below}\"/>\
                 <text class=\"{class}\" x=\"{middle:.2}\" y=\"{y}\">{text}</text>"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(sizes: &[u64]) -> Vec<Item> {
        let mut start = 0x1000;
        let item = |size: &u64| {
            let item = Item { kind: Kind::Free, owner: "free".to_string(), start, size: *size };
            start += size;
            item
        };
        sizes.iter().map(item).collect()
    }

    fn insets(sizes: &[u64]) -> Vec<(u64, u64, usize)> {
        let items = items(sizes);
        let end = 0x1000 + sizes.iter().sum::<u64>();
        let bar = Bar { start: 0x1000, end, items: items.iter().collect() };
        let insets = bar.with_insets();
        insets.iter().map(|inset| (inset.bar.start, inset.bar.end, inset.marks.len())).collect()
    }

    #[test]
    fn what_is_wide_is_drawn_once() {
        assert_eq!(insets(&[1000]), [(0x1000, 0x1000 + 1000, 0)]);
        // by its name below the bar
        assert_eq!(insets(&[500, 1, 500]), [(0x1000, 0x1000 + 1001, 1)]);
    }

    #[test]
    fn what_is_narrow_is_drawn_again_until_it_is_wide() {
        let drawn = insets(&[1_000_000, 5000, 40, 30, 1_000_000, 900, 800]);
        assert_eq!(drawn.len(), 4);
        assert_eq!(drawn.iter().map(|inset| inset.2).collect::<Vec<_>>(), [2, 1, 0, 0]);
        let (start, end, _) = drawn[3];
        assert_eq!((start, end), (0x1000 + 1_005_000, 0x1000 + 1_005_070));
    }

    #[test]
    fn each_class_has_a_place_in_the_legend() {
        let slots = (0..2).flat_map(|camera| (0..3).map(move |slot| Kind::Frame { camera, slot }));
        let others = [Kind::Heap, Kind::Stream, Kind::Scratch, Kind::Lines, Kind::Model];
        let kinds = slots.chain(others).chain([Kind::Free, Kind::Other]);
        let mut ranks: Vec<usize> = kinds.map(|kind| rank(class_of(kind))).collect();
        ranks.sort_unstable();
        assert_eq!(ranks, (0..CLASSES.len()).collect::<Vec<_>>());
    }
}
