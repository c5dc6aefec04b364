//! What lies between pixels: the nearest one, means of areas, and curves through neighbours.

use super::paint::{AREA, BICUBIC, BILINEAR};
use super::pix::Rect;

/// How pixels of a scaled image are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nearest,
    /// The mean of what a pixel covers; the nearest where an image gets larger.
    Area,
    /// Between the 4 pixels around.
    Linear,
    /// A curve through the 16 pixels around.
    Cubic,
}

impl Kind {
    /// What a hint asks for.
    pub(super) const fn of(hint: i32, is_scaled: bool) -> Self {
        match hint {
            _ if !is_scaled => Kind::Nearest,
            hint if hint & BICUBIC != 0 => Kind::Cubic,
            hint if hint & BILINEAR != 0 => Kind::Linear,
            hint if hint & AREA != 0 => Kind::Area,
            _ => Kind::Nearest,
        }
    }

    /// Steps of work for a pixel.
    pub(super) fn work(self, part: Rect, to: Rect) -> usize {
        match self {
            Kind::Nearest => 4,
            Kind::Linear => 8,
            Kind::Cubic => 32,
            Kind::Area => {
                // sides are below 2^15
                let (all, drawn) = (part.w * part.h / 4, (to.w * to.h).max(1));
                4 + (all / drawn) as usize * 4
            }
        }
    }
}

/// The colour at a place of an image that `part` is scaled to.
pub(super) fn at(
    kind: Kind,
    place: [i32; 2],
    size: [i32; 2],
    part: Rect,
    fetch: &impl Fn(i32, i32) -> [u8; 3],
) -> [u8; 3] {
    let nearest = |at: i32, size: i32, part: i32| at * part / size;
    let parts = [part.w, part.h];
    match kind {
        Kind::Nearest => {
            let [x, y] = [0, 1].map(|i| nearest(place[i], size[i], parts[i]));
            fetch(part.x + x, part.y + y)
        }
        Kind::Area => {
            let start = [0, 1].map(|i| nearest(place[i], size[i], parts[i]));
            let end = [0, 1].map(|i| {
                let end = nearest(place[i] + 1, size[i], parts[i]);
                end.max(start[i] + 1).min(parts[i].max(start[i] + 1))
            });
            let (mut sums, mut count) = ([0u32; 3], 0);
            for y in start[1]..end[1] {
                for x in start[0]..end[0] {
                    let rgb = fetch(part.x + x, part.y + y);
                    sums.iter_mut().zip(rgb).for_each(|(sum, c)| *sum += u32::from(c));
                    count += 1;
                }
            }
            sums.map(|sum| ((sum + count / 2) / count.max(1)) as u8)
        }
        Kind::Linear => curve(place, size, part, fetch, |f| [0, 256 - f, f, 0], 1),
        Kind::Cubic => curve(place, size, part, fetch, catmull_rom, 0),
    }
}

/// Weights, in 256ths, of the pixels before, at, behind and after a place so far between the middle two.
fn catmull_rom(f: i32) -> [i32; 4] {
    let (f2, f3) = (f * f / 256, f * f / 256 * f / 256);
    let (a, c, d) = (-f + 2 * f2 - f3, f + 4 * f2 - 3 * f3, -f2 + f3);
    // halves, which together make a whole
    let (a, c, d) = (a / 2, c / 2, d / 2);
    [a, 256 - a - c - d, c, d]
}

/// Mixes neighbours by weights for each direction; `skip` pixels at either end have none.
fn curve(
    place: [i32; 2],
    size: [i32; 2],
    part: Rect,
    fetch: &impl Fn(i32, i32) -> [u8; 3],
    weights: impl Fn(i32) -> [i32; 4],
    skip: i32,
) -> [u8; 3] {
    let parts = [part.w, part.h];
    // centres of pixels fall on centres
    let found = [0, 1].map(|i| {
        let at = (2 * i64::from(place[i]) + 1) * i64::from(parts[i]) * 128 / i64::from(size[i]);
        let at = (at as i32 - 128).max(0);
        (at >> 8, weights(at & 255))
    });
    let [(x0, x_weights), (y0, y_weights)] = found;
    let mut sums = [0; 3];
    for (dy, y_weight) in (-1..3).zip(y_weights) {
        if skip > 0 && !(0..2).contains(&dy) {
            continue;
        }
        let y = (y0 + dy).clamp(0, part.h - 1);
        for (dx, x_weight) in (-1..3).zip(x_weights) {
            if skip > 0 && !(0..2).contains(&dx) {
                continue;
            }
            let x = (x0 + dx).clamp(0, part.w - 1);
            let rgb = fetch(part.x + x, part.y + y);
            let weight = x_weight * y_weight;
            sums.iter_mut().zip(rgb).for_each(|(sum, c)| *sum += weight * i32::from(c));
        }
    }
    sums.map(|sum| ((sum + (1 << 15)) >> 16).clamp(0, 255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: Rect = Rect { x: 0, y: 0, w: 4, h: 4 };

    fn ramp(x: i32, _: i32) -> [u8; 3] {
        [(x * 64) as u8, 100, 255]
    }

    #[test]
    fn even_colours_stay() {
        for kind in [Kind::Nearest, Kind::Area, Kind::Linear, Kind::Cubic] {
            for size in [1, 2, 3, 7, 100] {
                for i in 0..size {
                    let [_, even, white] = at(kind, [i, i], [size; 2], PART, &ramp);
                    assert_eq!((even, white), (100, 255), "{kind:?} {size} {i}");
                }
            }
        }
    }

    #[test]
    fn ramps_rise_and_areas_are_means() {
        for kind in [Kind::Linear, Kind::Cubic] {
            let row: [u8; 16] =
                core::array::from_fn(|i| at(kind, [i as i32, 0], [16, 4], PART, &ramp)[0]);
            assert!(row.windows(2).all(|two| two[0] <= two[1]), "{kind:?} {row:?}");
        }
        assert_eq!(at(Kind::Area, [0, 0], [1, 1], PART, &ramp)[0], 96);
        assert_eq!(at(Kind::Area, [1, 0], [2, 1], PART, &ramp)[0], 160);
        assert_eq!(catmull_rom(0), [0, 256, 0, 0]);
        assert_eq!(catmull_rom(128).iter().sum::<i32>(), 256);
    }
}
