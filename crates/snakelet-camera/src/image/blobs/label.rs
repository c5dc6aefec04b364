//! Which pixels belong together, row by row: stretches of a row that touch stretches of the row above have their
//! labels. An area that has nothing in a row is complete, and its label is free again, so that there are never more
//! labels than a row has stretches.

use core::cell::Cell;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::super::words;
use super::Wanted;
use super::blob::Blob;

/// A stretch of pixels, both ends included, and its label.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Run {
    start: u16,
    end: u16,
    label: u16,
}

/// A label: an area, or another label that it has become.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Label {
    blob: Blob,
    /// The label that this one has become; itself if it is one.
    same: u16,
    /// The next one that is free, behind one that is.
    next: u16,
    /// The row that it was last seen in.
    row: u32,
}

/// None.
const END: u16 = u16::MAX;

/// What is known while an image is gone through.
pub(super) struct Labels<'m> {
    labels: &'m mut [Label],
    /// Stretches of the row above and of this one, and how many there are.
    runs: [&'m mut [Run]; 2],
    lens: [usize; 2],
    free: u16,
    /// Labels that were ever used.
    used: usize,
    found: &'m mut [Blob],
    count: usize,
    /// There was no room for a stretch or a label.
    is_full: bool,
}

/// What came of a search.
pub(super) enum Outcome {
    /// So many areas.
    Found(usize),
    /// There was no room for all areas.
    ManyBlobs,
    /// There was no room for all labels.
    ManyLabels,
}

impl<'m> Labels<'m> {
    /// Stretches, and labels, that a row of this width has at most.
    pub(super) const fn most(w: i32) -> usize {
        // as many of the row above may be there when a row begins
        w as usize / 2 * 2 + 4
    }

    pub(super) fn new(
        labels: &'m mut [Label],
        runs: [&'m mut [Run]; 2],
        found: &'m mut [Blob],
    ) -> Self {
        Labels { labels, runs, lens: [0; 2], free: END, used: 0, found, count: 0, is_full: false }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.count {
            _ if self.is_full => Outcome::ManyLabels,
            count if count > self.found.len() => Outcome::ManyBlobs,
            count => Outcome::Found(count),
        }
    }

    fn push(&mut self, start: i32, end: i32) {
        if let Some(place) = self.runs[1].get_mut(self.lens[1]) {
            *place = Run { start: start as u16, end: end as u16, label: END };
            self.lens[1] += 1;
        } else {
            self.is_full = true;
        }
    }

    /// Takes the pixels of a row of `w` that are wanted, whose first is in column `x`. `find` tells the first place
    /// from another one on where a pixel is wanted, or is not.
    #[inline]
    pub(super) fn row(
        &mut self,
        x: i32,
        w: usize,
        mut find: impl FnMut(usize, bool) -> Option<usize>,
    ) {
        let (mut start, mut at, mut is_wanted) = (0, 0, true);
        loop {
            let found = find(at, is_wanted);
            if is_wanted {
                let Some(found) = found else { return };
                (start, at) = (found, found);
            } else {
                at = found.unwrap_or(w);
                self.push(x + start as i32, x + at as i32 - 1);
            }
            is_wanted = !is_wanted;
        }
    }

    /// The first byte from a place on for which a table has 255, or has not.
    pub(super) fn find_byte(
        cells: &[Cell<u8>],
        mut at: usize,
        is_wanted: bool,
        table: &[u8; 256],
    ) -> Option<usize> {
        let mut rest = cells.get(at..)?;
        if is_wanted {
            // most pixels are not wanted: four at a time
            let (words, _) = rest.as_chunks();
            let entry = |byte: u8| table[usize::from(byte)];
            let any = |word| {
                let [a, b, c, d] = words::get(word).to_le_bytes();
                entry(a) | entry(b) | entry(c) | entry(d) != 0
            };
            let skipped = 4 * words.iter().position(any).unwrap_or(words.len());
            rest = rest.get(skipped..)?;
            at += skipped;
        }
        let is = |cell: &Cell<u8>| (table[usize::from(cell.get())] != 0) == is_wanted;
        rest.iter().position(is).map(|further| at + further)
    }

    /// The label that a label has become.
    fn find(&self, mut label: u16) -> u16 {
        // each step leads to another label: there are no more of them
        for _ in 0..self.used {
            match self.labels.get(usize::from(label)) {
                Some(entry) if entry.same != label => label = entry.same,
                _ => break,
            }
        }
        label
    }

    fn fresh(&mut self, y: u32) -> u16 {
        let label = if self.free == END {
            let label = self.used;
            self.is_full |= label >= self.labels.len();
            self.used = (self.used + 1).min(self.labels.len());
            label.min(usize::from(END)) as u16
        } else {
            let label = self.free;
            self.free = self.labels.get(usize::from(label)).map_or(END, |entry| entry.next);
            label
        };
        if let Some(entry) = self.labels.get_mut(usize::from(label)) {
            *entry = Label { blob: Blob::NONE, same: label, next: END, row: y };
        }
        label
    }

    /// Joins the stretches of row `y` to those above.
    pub(super) fn end_row(&mut self, y: i32, wanted: &Wanted) {
        let row = y as u32;
        let [above_len, now_len] = self.lens;
        let mut first = 0;
        for i in 0..now_len {
            let Some(run) = self.runs[1].get(i).copied() else { break };
            let (mut label, mut overlap, mut j) = (END, 0, first);
            while let Some(above) = self.runs[0].get(j).copied().filter(|_| j < above_len) {
                if above.start > run.end {
                    break;
                }
                if above.end >= run.start {
                    overlap += u32::from(above.end.min(run.end) - above.start.max(run.start)) + 1;
                    let other = self.find(above.label);
                    label = if label == END { other } else { self.join(label, other) };
                } else {
                    // it ends before this one, and so before all that follow
                    first = j + 1;
                }
                j += 1;
            }
            if label == END {
                label = self.fresh(row);
            }
            if let Some(entry) = self.labels.get_mut(usize::from(label)) {
                entry.blob.add_run(y as u16, run.start, run.end);
                entry.blob.outline = entry.blob.outline.saturating_sub(2 * overlap);
                entry.row = row;
                if is_seen(wanted, y, run) {
                    entry.blob.is_seen = 1;
                }
            }
            if let Some(run) = self.runs[1].get_mut(i) {
                run.label = label;
            }
        }
        self.complete(row, wanted);
        // this row is the one above now
        self.runs.swap(0, 1);
        self.lens = [now_len, 0];
    }

    /// Makes two areas one; its label.
    fn join(&mut self, a: u16, b: u16) -> u16 {
        if a == b {
            return a;
        }
        let Some(other) = self.labels.get(usize::from(b)).map(|entry| entry.blob) else { return a };
        if let Some(entry) = self.labels.get_mut(usize::from(a)) {
            entry.blob.add(&other);
        }
        if let Some(entry) = self.labels.get_mut(usize::from(b)) {
            entry.same = a;
        }
        a
    }

    /// Takes away the areas of the row above that have nothing in this one.
    fn complete(&mut self, row: u32, wanted: &Wanted) {
        // this row names what goes on by labels that have become no other
        for i in 0..self.lens[1] {
            let Some(label) = self.runs[1].get(i).map(|run| self.find(run.label)) else { break };
            if let Some(run) = self.runs[1].get_mut(i) {
                run.label = label;
            }
            if let Some(entry) = self.labels.get_mut(usize::from(label)) {
                entry.row = row;
            }
        }
        for i in 0..self.lens[0] {
            let Some(label) = self.runs[0].get(i).map(|run| run.label) else { break };
            let Some(entry) = self.labels.get(usize::from(label)).copied() else { continue };
            // given back already, by another stretch
            if entry.same == END {
                continue;
            }
            if entry.same == label && entry.row == row {
                continue;
            }
            if entry.same == label {
                self.take(&entry.blob, wanted);
            }
            if let Some(entry) = self.labels.get_mut(usize::from(label)) {
                (entry.same, entry.next) = (END, self.free);
                self.free = label;
            }
        }
    }

    /// Keeps an area if it is large enough.
    fn take(&mut self, blob: &Blob, wanted: &Wanted) {
        let rect = blob.rect();
        let area = rect.w as u32 * rect.h as u32;
        if blob.pixels < wanted.pixels || area < wanted.area || blob.is_seen == 0 {
            return;
        }
        if let Some(place) = self.found.get_mut(self.count) {
            *place = *blob;
        }
        self.count += 1;
    }

    /// Takes what is left after the last row.
    pub(super) fn end(&mut self, wanted: &Wanted) {
        self.complete(u32::MAX, wanted);
    }
}

/// Whether one of the pixels is looked at when some are skipped.
fn is_seen(wanted: &Wanted, y: i32, run: Run) -> bool {
    let [x_stride, y_stride] = wanted.stride;
    let offset = i32::from(run.start) - wanted.part.x;
    let next = (offset + x_stride - 1) / x_stride * x_stride;
    (y - wanted.part.y) % y_stride == 0 && wanted.part.x + next <= i32::from(run.end)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::super::super::arguments::Thresholds;
    use super::super::super::pix::Rect;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// The areas of a picture of `#`, by labels.
    fn found(rows: &[Vec<bool>], w: usize) -> Vec<(u32, u16, u16, u16, u16, u64, u32)> {
        let part = Rect { x: 0, y: 0, w: w as i32, h: rows.len() as i32 };
        let wanted = Wanted {
            thresholds: Thresholds::default(),
            invert: false,
            part,
            stride: [1, 1],
            pixels: 0,
            area: 0,
        };
        let most = Labels::most(part.w);
        let label = Label { blob: Blob::NONE, same: 0, next: 0, row: 0 };
        let run = Run { start: 0, end: 0, label: 0 };
        let (mut labels, mut above, mut now) =
            (vec![label; most], vec![run; most], vec![run; most]);
        let mut blobs = vec![Blob::NONE; 4096];
        let mut all = Labels::new(&mut labels, [&mut above, &mut now], &mut blobs);
        for (y, row) in (0..).zip(rows) {
            all.row(0, w, |at, is| (at..w).find(|x| row[*x] == is));
            all.end_row(y, &wanted);
        }
        all.end(&wanted);
        let Outcome::Found(count) = all.outcome() else { return Vec::new() };
        let mut found: Vec<_> = blobs[..count]
            .iter()
            .map(|b| (b.first, b.left, b.top, b.right, b.bottom, b.x + b.y, b.pixels))
            .collect();
        found.sort_unstable();
        found
    }

    /// The same, by filling.
    fn filled(rows: &[Vec<bool>], w: usize) -> Vec<(u32, u16, u16, u16, u16, u64, u32)> {
        let mut left: Vec<Vec<bool>> = rows.to_vec();
        let mut found = Vec::new();
        for y in 0..rows.len() {
            for x in 0..w {
                if !left[y][x] {
                    continue;
                }
                let mut stack = vec![(x, y)];
                left[y][x] = false;
                let first = (y << 16 | x) as u32;
                let mut area = (first, u16::MAX, u16::MAX, 0, 0, 0, 0);
                while let Some((x, y)) = stack.pop() {
                    area.1 = area.1.min(x as u16);
                    area.2 = area.2.min(y as u16);
                    area.3 = area.3.max(x as u16);
                    area.4 = area.4.max(y as u16);
                    area.5 += (x + y) as u64;
                    area.6 += 1;
                    let next =
                        [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
                    for (x, y) in next {
                        if y < rows.len() && x < w && left[y][x] {
                            left[y][x] = false;
                            stack.push((x, y));
                        }
                    }
                }
                found.push(area);
            }
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn areas_are_those_that_filling_finds() {
        let mut seed = 7u32;
        for round in 0..400 {
            let (w, h) = (1 + round % 37, 1 + round % 23);
            let rows: Vec<Vec<bool>> = (0..h)
                .map(|_| {
                    (0..w)
                        .map(|_| {
                            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                            (seed >> 24) < 100 + round as u32 / 4
                        })
                        .collect()
                })
                .collect();
            assert_eq!(found(&rows, w), filled(&rows, w), "{round}");
        }
    }
}
