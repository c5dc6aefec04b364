//! `cmath`.

use snakelet_num::float;
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Parts};
use snakelet_vm::native::{Constant, Contents, NativeFn, NativeModule};
use snakelet_vm::{methods, name};

/// `cmath`.
pub static CMATH: NativeModule = NativeModule::new(
    name!("cmath"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<1>(name!("phase"), 0, phase),
            NativeFn::leaf::<1>(name!("polar"), 0, polar),
            NativeFn::leaf::<2>(name!("rect"), 0, rect),
            NativeFn::leaf::<1>(name!("exp"), 0, exp),
            NativeFn::leaf::<1>(name!("log"), 0, log),
            NativeFn::leaf::<1>(name!("log10"), 0, log10),
            NativeFn::leaf::<1>(name!("sqrt"), 0, sqrt),
            NativeFn::leaf::<1>(name!("cos"), 0, cos),
            NativeFn::leaf::<1>(name!("sin"), 0, sin),
        ],
        constants: &[
            (name!("e"), Constant::Float(&core::f64::consts::E)),
            (name!("pi"), Constant::Float(&core::f64::consts::PI)),
        ],
    }],
);

fn phase<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let (re, im) = cx.complex_parts(args.get::<0>(), 0)?;
    cx.float(libm::atan2(im, re))
}

fn polar<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let (re, im) = cx.complex_parts(args.get::<0>(), 0)?;
    cx.pair(cx.float(float::hypot(re, im))?, cx.float(libm::atan2(im, re))?)
}

fn rect<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let radius = cx.real(args.get::<0>(), 0)?;
    let angle = cx.real(args.get::<1>(), 1)?;
    cx.complex((radius * libm::cos(angle), radius * libm::sin(angle)))
}

#[inline(never)]
fn function_1<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>, f: fn(Parts) -> Parts) -> Answer<'h> {
    cx.complex(f(cx.complex_parts(args.get::<0>(), 0)?))
}

fn exp<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    function_1(cx, args, |(re, im)| {
        let size = libm::exp(re);
        (size * libm::cos(im), size * libm::sin(im))
    })
}

fn log<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    function_1(cx, args, |(re, im)| (libm::log(float::hypot(re, im)), libm::atan2(im, re)))
}

fn log10<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    function_1(cx, args, |(re, im)| {
        let angle = core::f64::consts::LOG10_E * libm::atan2(im, re);
        (libm::log10(float::hypot(re, im)), angle)
    })
}

fn sqrt<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    function_1(cx, args, |(re, im)| {
        if re == 0.0 && im == 0.0 {
            return (0.0, im);
        }
        // The larger part is computed without cancellation, the other one from it.
        let large = float::sqrt((re.abs() + float::hypot(re, im)) / 2.0);
        let other = im / (2.0 * large);
        if re >= 0.0 { (large, other) } else { (other.abs(), large.copysign(im)) }
    })
}

fn cos<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    function_1(cx, args, |(re, im)| {
        (libm::cos(re) * libm::cosh(im), -libm::sin(re) * libm::sinh(im))
    })
}

fn sin<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    function_1(cx, args, |(re, im)| {
        (libm::sin(re) * libm::cosh(im), libm::cos(re) * libm::sinh(im))
    })
}
