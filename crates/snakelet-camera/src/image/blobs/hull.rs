//! The outline of an area that has no dents, and the smallest rectangle around it.

use super::blob::Blob;

/// Corners of the outline of the outermost pixels, clockwise, with their centres as coordinates.
pub(super) struct Hull {
    points: [[f32; 2]; 16],
    len: usize,
}

impl Hull {
    pub(super) fn of(blob: &Blob) -> Self {
        // clockwise by the direction: from the upper left corner over the top
        const ORDER: [usize; 16] = [0, 8, 4, 9, 1, 10, 5, 11, 2, 12, 6, 13, 3, 14, 7, 15];
        let mut hull = Hull { points: [[0.0; 2]; 16], len: 0 };
        for i in ORDER {
            let point = blob.far[i].map(f32::from);
            if hull.points().last() == Some(&point) {
                continue;
            }
            if let Some(place) = hull.points.get_mut(hull.len) {
                *place = point;
                hull.len += 1;
            }
        }
        while hull.len > 1 && hull.points[0] == hull.points[hull.len - 1] {
            hull.len -= 1;
        }
        hull
    }

    pub(super) fn points(&self) -> &[[f32; 2]] {
        self.points.get(..self.len).unwrap_or(&[])
    }

    fn sides(&self) -> impl Iterator<Item = ([f32; 2], [f32; 2])> {
        let next = self.points().iter().cycle().skip(1);
        self.points().iter().copied().zip(next.copied())
    }

    /// The corners of the smallest rectangle around.
    pub(super) fn rectangle(&self) -> [[f32; 2]; 4] {
        let mut best = (f32::INFINITY, [[0.0; 2]; 4]);
        // one of its sides lies on a side of the outline, or, for what has no width, along the axes
        let axis = ([0.0, 0.0], [1.0, 0.0]);
        for ([x0, y0], [x1, y1]) in self.sides().chain([axis]) {
            let length = libm::hypotf(x1 - x0, y1 - y0);
            if length == 0.0 {
                continue;
            }
            let (ux, uy) = ((x1 - x0) / length, (y1 - y0) / length);
            let mut bounds = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
            for [x, y] in self.points() {
                let (along, across) = (x * ux + y * uy, y * ux - x * uy);
                bounds[0] = bounds[0].min(along);
                bounds[1] = bounds[1].max(along);
                bounds[2] = bounds[2].min(across);
                bounds[3] = bounds[3].max(across);
            }
            let [a, b, c, d] = bounds;
            let area = (b - a) * (d - c);
            if area < best.0 {
                let corner = |u: f32, v: f32| [u * ux - v * uy, u * uy + v * ux];
                best = (area, [corner(a, c), corner(b, c), corner(b, d), corner(a, d)]);
            }
        }
        best.1
    }

    /// Area and length of the outline, as those of pixels and not of their centres.
    pub(super) fn measures(&self) -> (f32, f32) {
        let (mut twice, mut length) = (0.0, 0.0);
        for ([x0, y0], [x1, y1]) in self.sides() {
            twice += x0 * y1 - x1 * y0;
            length += libm::hypotf(x1 - x0, y1 - y0);
        }
        // half a pixel more on each side
        ((twice.abs() + length) / 2.0 + 1.0, length + 4.0)
    }
}
