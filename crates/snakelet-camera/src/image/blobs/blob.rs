//! An area, by sums over its pixels.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::super::pix::Rect;

/// Directions in which the outermost pixels are known, a sixteenth of a turn apart, as steps to the right and
/// down; the first four are the corners, clockwise from the top left.
pub(super) static DIRECTIONS: [[i32; 2]; 16] = [
    [-5, -5],
    [5, -5],
    [5, 5],
    [-5, 5],
    [0, -7],
    [7, 0],
    [0, 7],
    [-7, 0],
    [-3, -6],
    [3, -6],
    [6, -3],
    [6, 3],
    [3, 6],
    [-3, 6],
    [-6, 3],
    [-6, -3],
];

/// An area. Coordinates are those of the image, and fit 15 bits.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Blob {
    /// Sums of coordinates, of their squares and of their products.
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) xx: u64,
    pub(super) yy: u64,
    pub(super) xy: u64,
    pub(super) pixels: u32,
    /// Sides of pixels that are on the outline.
    pub(super) outline: u32,
    /// Row and column of the first pixel.
    pub(super) first: u32,
    /// Thresholds, and how many areas were merged.
    pub(super) code: u32,
    pub(super) count: u32,
    /// Whether a pixel of it is one that is looked at when some are skipped.
    pub(super) is_seen: u32,
    /// Least and greatest coordinates.
    pub(super) left: u16,
    pub(super) top: u16,
    pub(super) right: u16,
    pub(super) bottom: u16,
    /// The outermost pixel in each direction.
    pub(super) far: [[u16; 2]; 16],
}

impl Blob {
    pub(super) const NONE: Blob = Blob {
        x: 0,
        y: 0,
        xx: 0,
        yy: 0,
        xy: 0,
        pixels: 0,
        outline: 0,
        first: u32::MAX,
        code: 0,
        count: 1,
        is_seen: 0,
        left: u16::MAX,
        top: u16::MAX,
        right: 0,
        bottom: 0,
        far: [[0; 2]; 16],
    };

    /// The rectangle around.
    pub(super) fn rect(&self) -> Rect {
        let (x, y) = (i32::from(self.left), i32::from(self.top));
        let (w, h) = (i32::from(self.right) + 1 - x, i32::from(self.bottom) + 1 - y);
        Rect { x, y, w, h }
    }

    /// Adds a stretch of pixels of a row, both ends included.
    pub(super) fn add_run(&mut self, y: u16, start: u16, end: u16) {
        let n = u64::from(end - start) + 1;
        let (a, b, row) = (u64::from(start), u64::from(end), u64::from(y));
        // sums of an arithmetic series and of its squares
        let sum = (a + b) * n / 2;
        let squares = |k: u64| k * (k + 1) * (2 * k + 1) / 6;
        let is_new = self.pixels == 0;
        self.x += sum;
        self.y += row * n;
        self.xx += squares(b) - if a > 0 { squares(a - 1) } else { 0 };
        self.yy += row * row * n;
        self.xy += row * sum;
        self.pixels += n as u32;
        self.outline += 2 * n as u32 + 2;
        self.first = self.first.min(u32::from(y) << 16 | u32::from(start));
        // below all of it and between its sides, it reaches further down at most
        let is_below = self.left <= start && end <= self.right && self.bottom <= y;
        (self.left, self.right) = (self.left.min(start), self.right.max(end));
        (self.top, self.bottom) = (self.top.min(y), self.bottom.max(y));
        for (far, direction) in self.far.iter_mut().zip(&DIRECTIONS) {
            if is_below && !is_new && direction[1] <= 0 {
                continue;
            }
            let x = if direction[0] < 0 { start } else { end };
            if is_new || reach(*direction, [x, y]) > reach(*direction, *far) {
                *far = [x, y];
            }
        }
    }

    /// Adds another area.
    pub(super) fn add(&mut self, other: &Blob) {
        let is_new = self.pixels == 0;
        self.x += other.x;
        self.y += other.y;
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
        self.pixels += other.pixels;
        self.outline += other.outline;
        self.first = self.first.min(other.first);
        self.is_seen |= other.is_seen;
        (self.left, self.right) = (self.left.min(other.left), self.right.max(other.right));
        (self.top, self.bottom) = (self.top.min(other.top), self.bottom.max(other.bottom));
        for ((far, more), direction) in self.far.iter_mut().zip(other.far).zip(&DIRECTIONS) {
            if is_new || reach(*direction, more) > reach(*direction, *far) {
                *far = more;
            }
        }
    }

    /// Whether rectangles meet that are larger by a margin on each side.
    pub(super) fn meets(&self, other: &Blob, margin: i32) -> bool {
        let (a, b) = (self.rect(), other.rect());
        let apart = |a: i32, a_len: i32, b: i32, b_len: i32| {
            a - margin >= b + b_len + margin || b - margin >= a + a_len + margin
        };
        !apart(a.x, a.w, b.x, b.w) && !apart(a.y, a.h, b.y, b.h)
    }
}

/// How far a pixel lies in a direction.
fn reach([dx, dy]: [i32; 2], [x, y]: [u16; 2]) -> i32 {
    dx * i32::from(x) + dy * i32::from(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_summed_as_their_pixels_would_be() {
        let mut blob = Blob::NONE;
        let mut sums = [0u64; 6];
        for (y, start, end) in [(0, 0, 0), (3, 2, 9), (4, 32_000, 32_700), (32_766, 0, 5)] {
            blob.add_run(y, start, end);
            for x in u64::from(start)..=u64::from(end) {
                let y = u64::from(y);
                for (sum, add) in sums.iter_mut().zip([1, x, y, x * x, y * y, x * y]) {
                    *sum += add;
                }
            }
        }
        let found = [u64::from(blob.pixels), blob.x, blob.y, blob.xx, blob.yy, blob.xy];
        assert_eq!(found, sums);
        assert_eq!(blob.rect(), Rect { x: 0, y: 0, w: 32_701, h: 32_767 });
    }
}
