//! Lines as objects of Python.

use snakelet_vm::name;
use snakelet_vm::native::full::{Full, Given, Held};

/// Makes an object of a line from one place to another.
pub(super) fn object<'s>(cx: &mut Full<'s>, ends: [i32; 4], magnitude: i32) -> Given<'s> {
    let [x1, y1, x2, y2] = ends;
    let (dx, dy) = ((x2 - x1) as f32, (y2 - y1) as f32);
    let length = libm::roundf(libm::hypotf(dx, dy)) as i32;
    // the angle of the line's normal, in degrees of half a turn, and the line's distance from the corner
    let normal = libm::roundf(libm::atan2f(dx, -dy).to_degrees()) as i32;
    let theta = normal.rem_euclid(180);
    let angle = (theta as f32).to_radians();
    let rho = libm::roundf(x1 as f32 * libm::cosf(angle) + y1 as f32 * libm::sinf(angle)) as i32;
    let names = const {
        &[
            name!("x1"),
            name!("y1"),
            name!("x2"),
            name!("y2"),
            name!("length"),
            name!("magnitude"),
            name!("theta"),
            name!("rho"),
        ]
    };
    let figures = [x1, y1, x2, y2, length, magnitude, theta, rho];
    let mut items = [Held::NONE; 8];
    for (item, figure) in items.iter_mut().zip(figures) {
        *item = cx.int(figure.into())?;
    }
    cx.named_tuple(names, &items)
}
