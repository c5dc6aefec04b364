//! Lines and areas.

use core::cell::Cell;

use snakelet_vm::buffer::{Buffer, Bytes};
use snakelet_vm::native::leaf::{Leaf, Leave, Obj};
use snakelet_vm::native::pack::{Order, code_size};

use super::layout::{Layout, Row};
use super::{FAR, font};

/// Pixels of a line between two looks at whether the script is to end.
const PAUSE: i64 = 1024;

/// Where is drawn.
#[derive(Copy, Clone)]
pub(super) struct Canvas<'h> {
    pub(super) layout: Layout,
    pub(super) cells: &'h [Cell<u8>],
}

/// Pixels of a row that are copied.
struct Pixels<'a> {
    /// Where to, and from which one on.
    to: (Row, usize),
    /// Where from.
    from: (Row, usize, Bytes<'a>),
    n: usize,
    /// The colour that is left out.
    key: u32,
    /// What the others become.
    palette: Option<(Layout, Bytes<'a>)>,
}

/// What is known of an ellipse beside its radii.
pub(super) struct Ellipse {
    pub(super) center: [i64; 2],
    pub(super) color: u32,
    pub(super) is_filled: bool,
    /// A bit for each of the quadrants that are drawn, counted from the upper right one against the clock.
    pub(super) quadrants: u8,
}

impl Canvas<'_> {
    /// Changes a pixel to the bits of a colour, if it lies in the picture.
    #[inline(always)]
    fn set(&self, x: i64, y: i64, value: u32) {
        if let Some((x, y)) = self.layout.inside(x, y) {
            self.layout.set(self.cells, x, y, value);
        }
    }

    /// Fills what of a rectangle lies in the picture.
    pub(super) fn fill_rect(
        &self,
        cx: Leaf<'_>,
        [x, y, width, height]: [i64; 4],
        color: u32,
    ) -> Result<(), Leave> {
        let (right, lower) = self.layout.size();
        let (left, top) = (x.max(0), y.max(0));
        let (right, lower) = (right.min(x + width), lower.min(y + height));
        let (Ok(n), Ok(mut rows)) = (usize::try_from(right - left), usize::try_from(lower - top))
        else {
            return Ok(());
        };
        let (x, mut y) = (left as usize, top as usize);
        let color = self.layout.value(color);
        while n > 0 && rows > 0 {
            let at_once = self.layout.rows_at_once(y, rows);
            self.layout.fill(self.cells, (x, y), (n, at_once), color);
            cx.spend(1 + n / 32)?;
            y += at_once;
            rows -= at_once;
        }
        Ok(())
    }

    /// Draws a line with both of its ends, in the steps of Bresenham's algorithm.
    pub(super) fn line(
        &self,
        cx: Leaf<'_>,
        [x1, y1]: [i64; 2],
        [x2, y2]: [i64; 2],
        color: u32,
    ) -> Result<(), Leave> {
        let (dx, dy) = ((x2 - x1).abs(), (y2 - y1).abs());
        let (sx, sy) = (if x2 > x1 { 1 } else { -1 }, if y2 > y1 { 1 } else { -1 });
        let (width, height) = self.layout.size();
        let color = self.layout.value(color);
        let is_steep = dy > dx;
        // u goes on by one in each step, v in some
        let (long, short) = if is_steep { (dy, dx) } else { (dx, dy) };
        let ((u, su, end), (v, sv)) =
            if is_steep { ((y1, sy, height), (x1, sx)) } else { ((x1, sx, width), (y1, sy)) };
        // the steps in which u lies in the picture
        let (first, last) = if su > 0 { (-u, end - u) } else { (u - end + 1, u + 1) };
        let (first, last) = (first.max(0), last.min(long));
        if first < last {
            // what v has gone on by in the steps that are left out, and by how much it is wrong then
            let gone = (2 * short * first + long) / (2 * long);
            let (mut u, mut v) = (u + su * first, v + sv * gone);
            let mut error = 2 * short * (first + 1) - long - 2 * long * gone;
            let mut left = last - first;
            while left > 0 {
                let steps = left.min(PAUSE);
                left -= steps;
                cx.spend(steps as usize / 4)?;
                for _ in 0..steps {
                    if is_steep {
                        self.set(v, u, color);
                    } else {
                        self.set(u, v, color);
                    }
                    while error >= 0 {
                        v += sv;
                        error -= 2 * long;
                    }
                    u += su;
                    error += 2 * short;
                }
            }
        }
        self.set(x2, y2, color);
        Ok(())
    }

    /// Draws an ellipse.
    pub(super) fn ellipse(
        &self,
        cx: Leaf<'_>,
        ellipse: &Ellipse,
        x_radius: i64,
        y_radius: i64,
    ) -> Result<(), Leave> {
        if x_radius == 0 && y_radius == 0 {
            if ellipse.quadrants & 15 != 0 {
                let value = self.layout.value(ellipse.color);
                self.set(ellipse.center[0], ellipse.center[1], value);
            }
            return Ok(());
        }
        // the flat part is the steep one of an ellipse that lies on its side
        for is_turned in [false, true] {
            let (a, b) = if is_turned { (y_radius, x_radius) } else { (x_radius, y_radius) };
            let (aa, bb) = (a * a, b * b);
            let (mut u, mut v) = (a, 0);
            let (mut du, mut dv) = (bb * (1 - 2 * a), aa);
            let mut error = 0;
            while 2 * bb * u >= 2 * aa * v {
                let (x, y) = if is_turned { (v, u) } else { (u, v) };
                self.quadrants(cx, ellipse, x, y)?;
                v += 1;
                error += dv;
                dv += 2 * aa;
                if 2 * error + du > 0 {
                    u -= 1;
                    error += du;
                    du += 2 * bb;
                }
            }
        }
        Ok(())
    }

    /// Draws the points of an ellipse that are so far from its center, or fills what lies between.
    fn quadrants(&self, cx: Leaf<'_>, ellipse: &Ellipse, x: i64, y: i64) -> Result<(), Leave> {
        let [center_x, center_y] = ellipse.center;
        let value = self.layout.value(ellipse.color);
        cx.spend(2)?;
        for (i, (sx, sy)) in [(1, -1), (-1, -1), (-1, 1), (1, 1)].into_iter().enumerate() {
            if ellipse.quadrants >> i & 1 == 0 {
                continue;
            }
            if ellipse.is_filled {
                let left = if sx > 0 { center_x } else { center_x - x };
                self.fill_rect(cx, [left, center_y + sy * y, x + 1, 1], ellipse.color)?;
            } else {
                self.set(center_x + sx * x, center_y + sy * y, value);
            }
        }
        Ok(())
    }

    /// Draws the edges of a polygon.
    pub(super) fn outline(&self, cx: Leaf<'_>, poly: &Poly<'_>, color: u32) -> Result<(), Leave> {
        for i in 0..poly.len() {
            cx.spend(2)?;
            let (from, to) = poly.edge(i);
            self.line(cx, poly.place(from), poly.place(to), color)?;
        }
        Ok(())
    }

    /// Fills a polygon, row by row: between each two places where its edges cross the row. `nodes` has room for
    /// as many places as the polygon has points.
    pub(super) fn fill_poly(
        &self,
        cx: Leaf<'_>,
        poly: &Poly<'_>,
        nodes: &[Cell<u8>],
        color: u32,
    ) -> Result<(), Leave> {
        let (top, lower) = poly.rows(cx)?;
        let [origin_x, origin_y] = poly.origin;
        let (_, height) = self.layout.size();
        for row in top.max(-origin_y)..=lower.min(height - 1 - origin_y) {
            cx.spend(1)?;
            let mut n = 0;
            cx.spend(poly.len().min(FEW))?;
            let mut next = poly.point(0);
            for i in (0..poly.len()).rev() {
                let ([x1, y1], [x2, y2]) = (next, poly.point(i));
                next = [x2, y2];
                if i >= FEW {
                    cx.spend(1)?;
                }
                // an edge has its upper end, but not its lower one, so that the next one begins there
                if (y1 > row) != (y2 > row) {
                    let along = 32 * (x2 - x1) * (row - y1) / (y2 - y1);
                    insert(cx, nodes, n, ((32 * x1 + along + 16) / 32) as i32)?;
                    n += 1;
                } else if row == y1.max(y2) {
                    // the lowest points would be missing
                    let place = match y1.cmp(&y2) {
                        core::cmp::Ordering::Less => poly.place([x2, y2]),
                        core::cmp::Ordering::Greater => poly.place([x1, y1]),
                        core::cmp::Ordering::Equal => {
                            let (from, to) = (poly.place([x1, y1]), poly.place([x2, y2]));
                            self.line(cx, from, to, color)?;
                            continue;
                        }
                    };
                    self.set(place[0], place[1], self.layout.value(color));
                }
            }
            for pair in 0..n / 2 {
                let (left, right) = (node(nodes, 2 * pair), node(nodes, 2 * pair + 1));
                let width = i64::from(right) - i64::from(left) + 1;
                let place = [origin_x + i64::from(left), origin_y + row, width, 1];
                self.fill_rect(cx, place, color)?;
            }
        }
        Ok(())
    }

    /// Copies pixels of another picture, but for those of the colour `key`. A palette says which colours the
    /// others become.
    pub(super) fn blit(
        &self,
        cx: Leaf<'_>,
        (source, bytes): (Layout, Bytes<'_>),
        [x, y]: [i64; 2],
        key: u32,
        palette: Option<(Layout, Bytes<'_>)>,
    ) -> Result<(), Leave> {
        let ((width, height), (source_width, source_height)) = (self.layout.size(), source.size());
        let columns = x.max(0)..width.min(x + source_width);
        let n = usize::try_from(columns.end - columns.start).unwrap_or(0);
        let left = (columns.start.max(0) as usize, (columns.start - x).max(0) as usize);
        // no 16 bits, and so no pixel, are the key that stands for none
        let is_plain = key == u32::MAX && palette.is_none() && source.has_format_of(self.layout);
        let is_plain = is_plain && !overlap(self.cells, bytes);
        for to_y in y.max(0)..height.min(y + source_height) {
            if n == 0 {
                break;
            }
            let from_y = (to_y - y) as usize;
            if is_plain
                && let Some((to, len)) = self.layout.row_bytes(left.0, to_y as usize, n)
                && let Some((from, _)) = source.row_bytes(left.1, from_y, n)
            {
                let row = self.cells.get(to..).unwrap_or_default();
                bytes.part(from, from + len).copy_to_cells(row);
                cx.spend(1 + len / 32)?;
                continue;
            }
            cx.spend(1 + n / 4)?;
            let (to, from) = (self.layout.row(to_y as usize), source.row(from_y));
            let pixels = Pixels { to: (to, left.0), from: (from, left.1, bytes), n, key, palette };
            match (from.is_wide, to.is_wide) {
                (false, false) => self.copy::<false, false>(pixels),
                (false, true) => self.copy::<false, true>(pixels),
                (true, false) => self.copy::<true, false>(pixels),
                (true, true) => self.copy::<true, true>(pixels),
            }
        }
        Ok(())
    }

    /// Copies pixels of a row.
    fn copy<const FROM: bool, const TO: bool>(&self, pixels: Pixels<'_>) {
        let ((to, to_x), (from, from_x, bytes)) = (pixels.to, pixels.from);
        for i in 0..pixels.n {
            let mut color = from.get::<FROM>(bytes, from_x + i);
            if let Some((palette, colors)) = pixels.palette {
                let place = palette.inside(color.into(), 0);
                color = place.map_or(0, |(x, y)| palette.get(colors, x, y));
            }
            if color != pixels.key {
                to.set::<TO>(self.cells, to_x + i, self.layout.value(color));
            }
        }
    }

    /// Moves the picture; what nothing is moved to stays.
    pub(super) fn scroll(&self, cx: Leaf<'_>, [x, y]: [i64; 2]) -> Result<(), Leave> {
        let (width, height) = self.layout.size();
        let (columns, rows) = (width - x.abs(), height - y.abs());
        for row in 0..rows.max(0) {
            if columns <= 0 {
                break;
            }
            cx.spend(1 + columns as usize / 4)?;
            // what is moved must not lie where something has been moved to
            let from_y = if y > 0 { rows - 1 - row } else { row - y };
            for column in 0..columns {
                let from_x = if x > 0 { columns - 1 - column } else { column - x };
                let color = self.layout.get(self.cells.into(), from_x as usize, from_y as usize);
                self.layout.set(self.cells, (from_x + x) as usize, (from_y + y) as usize, color);
            }
        }
        Ok(())
    }

    /// Draws the characters of a text, up to one of number 0.
    pub(super) fn text(
        &self,
        cx: Leaf<'_>,
        text: &[u8],
        [x, y]: [i64; 2],
        color: u32,
    ) -> Result<(), Leave> {
        let (width, height) = self.layout.size();
        let color = self.layout.value(color);
        let mut x = x;
        for character in text.iter().take_while(|character| **character != 0) {
            if x >= width || y >= height || y <= -8 {
                break;
            }
            cx.spend(2)?;
            for column in font::columns(*character) {
                let mut bits = if (0..width).contains(&x) { column } else { 0 };
                let mut y = y;
                while bits != 0 {
                    if bits & 1 != 0 {
                        self.set(x, y, color);
                    }
                    bits >>= 1;
                    y += 1;
                }
                x += 1;
            }
        }
        Ok(())
    }
}

/// Whether some of the cells are among the bytes.
fn overlap(cells: &[Cell<u8>], bytes: Bytes<'_>) -> bool {
    let (a, b) = (cells.as_ptr().addr(), bytes.as_ptr().addr());
    a < b.saturating_add(bytes.len()) && b < a.saturating_add(cells.len())
}

/// Bytes of a place in a row.
pub(super) const NODE: usize = 4;

/// Place `i` of those where edges cross a row.
fn node(nodes: &[Cell<u8>], i: usize) -> i32 {
    let mut raw = [0; NODE];
    let cells = nodes.get(i * NODE..).unwrap_or(&[]);
    raw.iter_mut().zip(cells).for_each(|(byte, cell)| *byte = cell.get());
    i32::from_ne_bytes(raw)
}

fn set_node(nodes: &[Cell<u8>], i: usize, x: i32) {
    let cells = nodes.get(i * NODE..).unwrap_or(&[]);
    cells.iter().zip(x.to_ne_bytes()).for_each(|(cell, byte)| cell.set(byte));
}

/// Adds a place to `n` ones that are in order.
fn insert(cx: Leaf<'_>, nodes: &[Cell<u8>], n: usize, x: i32) -> Result<(), Leave> {
    let mut at = n;
    while let Some(before) = at.checked_sub(1) {
        let other = node(nodes, before);
        if other <= x {
            break;
        }
        set_node(nodes, at, other);
        at = before;
        if at.is_multiple_of(16) {
            cx.spend(4)?;
        }
    }
    set_node(nodes, at, x);
    Ok(())
}

/// The points of a polygon: numbers in a buffer, x and y by turns.
pub(super) struct Poly<'h> {
    bytes: Bytes<'h>,
    /// Type code and bytes of a number.
    code: u8,
    size: usize,
    /// What is added to all points.
    origin: [i64; 2],
    /// The points, if they are few.
    few: [[i32; 2]; FEW],
}

/// Points that are read once.
const FEW: usize = 24;

impl<'h> Poly<'h> {
    /// The points in a buffer; `None` if the object has none, or one of something else than ints.
    pub(super) fn of(
        cx: Leaf<'h>,
        object: Obj<'h>,
        origin: [i64; 2],
    ) -> Result<Option<Self>, Leave> {
        let Some(Buffer { bytes, typecode, .. }) = cx.buffer(object) else { return Ok(None) };
        let is_int = !matches!(typecode, b'f' | b'd' | b'e');
        let size = code_size(typecode, true).filter(|_| is_int);
        Ok(size.map(|size| {
            let mut poly = Self { bytes, code: typecode, size, origin, few: [[0; 2]; FEW] };
            for i in 0..poly.len().min(FEW) {
                let point = [poly.number(2 * i) as i32, poly.number(2 * i + 1) as i32];
                if let Some(place) = poly.few.get_mut(i) {
                    *place = point;
                }
            }
            poly
        }))
    }

    /// How many points there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() / (2 * self.size)
    }

    fn number(&self, i: usize) -> i64 {
        let raw = Order::NATIVE.join(self.bytes.part(i * self.size, (i + 1) * self.size));
        let unused = 64 - 8 * self.size.min(8) as u32;
        let number = if self.code.is_ascii_lowercase() {
            (raw << unused).cast_signed() >> unused
        } else {
            i64::try_from(raw).unwrap_or(i64::MAX)
        };
        number.clamp(-FAR, FAR)
    }

    fn point(&self, i: usize) -> [i64; 2] {
        match self.few.get(i) {
            Some(point) => point.map(i64::from),
            None => [self.number(2 * i), self.number(2 * i + 1)],
        }
    }

    /// Edge `i`, of those from the last to the first one: its end, and its beginning.
    fn edge(&self, i: usize) -> ([i64; 2], [i64; 2]) {
        let n = self.len();
        let next = if i == 0 { 0 } else { n - i };
        (self.point(next), self.point(n - 1 - i))
    }

    /// Where a point lies in the picture.
    fn place(&self, [x, y]: [i64; 2]) -> [i64; 2] {
        [self.origin[0] + x, self.origin[1] + y]
    }

    /// The first and the last row.
    fn rows(&self, cx: Leaf<'_>) -> Result<(i64, i64), Leave> {
        let (mut top, mut lower) = (FAR, -FAR);
        for i in 0..self.len() {
            let [_, y] = self.point(i);
            (top, lower) = (top.min(y), lower.max(y));
            cx.spend(1)?;
        }
        Ok((top, lower))
    }
}
