//! The rows around a row, of one channel.

/// Rows of a ring, the uppermost first; each has the edge repeated on both sides.
pub(in crate::image) struct Window<'r> {
    ring: &'r [u8],
    w: usize,
    size: usize,
    y: i32,
}

impl<'r> Window<'r> {
    /// Bytes of a ring.
    pub(super) const fn bytes(w: usize, size: usize) -> usize {
        (w + 2 * size) * (2 * size + 1)
    }

    pub(super) const fn new(ring: &'r [u8], w: usize, size: usize, y: i32) -> Self {
        Window { ring, w, size, y }
    }

    /// Where row `y` lies in a ring.
    pub(super) fn place(ring: &mut [u8], w: usize, size: usize, y: i32) -> Option<&mut [u8]> {
        let stride = w + 2 * size;
        let at = y.rem_euclid(2 * size as i32 + 1) as usize * stride;
        ring.get_mut(at..at + stride)
    }

    /// How many rows and columns a pixel has around it, with its own.
    pub(super) const fn side(&self) -> usize {
        2 * self.size + 1
    }

    pub(super) const fn size(&self) -> usize {
        self.size
    }

    /// Row `i`, from 0 to the number of rows.
    #[inline]
    pub(super) fn row(&self, i: usize) -> &'r [u8] {
        let stride = self.w + 2 * self.size;
        let y = self.y + i as i32 - self.size as i32;
        let at = y.rem_euclid(2 * self.size as i32 + 1) as usize * stride;
        self.ring.get(at..at + stride).unwrap_or(&[])
    }

    /// The pixels themselves.
    pub(super) fn middle(&self) -> &'r [u8] {
        self.row(self.size).get(self.size..self.size + self.w).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_turn_round() {
        let mut ring = [0; Window::bytes(4, 1)];
        for y in -1..5 {
            if let Some(row) = Window::place(&mut ring, 4, 1, y) {
                row.fill((10 + y) as u8);
            }
        }
        let window = Window::new(&ring, 4, 1, 3);
        let firsts = [window.row(0)[0], window.row(1)[0], window.row(2)[5]];
        assert_eq!((firsts, window.middle()), ([12, 13, 14], &[13; 4][..]));
    }
}
