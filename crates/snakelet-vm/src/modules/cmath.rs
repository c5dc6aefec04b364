//! `cmath`.

use crate::native::{Constant, Contents, NativeModule};
use crate::types::complex::Parts;
use crate::{Args, Res, Vm, function, methods, name};

/// `cmath`.
pub static CMATH: NativeModule = NativeModule::new(
    name!("cmath"),
    &[Contents {
        functions: methods![
            function!("phase", 1, 1, phase),
            function!("polar", 1, 1, polar),
            function!("rect", 2, 2, rect),
            function!("exp", 1, 1, exp),
            function!("log", 1, 1, log),
            function!("log10", 1, 1, log10),
            function!("sqrt", 1, 1, sqrt),
            function!("cos", 1, 1, cos),
            function!("sin", 1, 1, sin),
        ],
        constants: &[
            (name!("e"), Constant::Float(&core::f64::consts::E)),
            (name!("pi"), Constant::Float(&core::f64::consts::PI)),
        ],
    }],
);

fn phase(vm: &mut Vm, args: Args) -> Res {
    let (re, im) = vm.complex_of(args.get(0))?;
    vm.new_float(libm::atan2(im, re))
}

fn polar(vm: &mut Vm, args: Args) -> Res {
    let (re, im) = vm.complex_of(args.get(0))?;
    let radius = vm.new_float(libm::hypot(re, im))?;
    let angle = vm.new_float(libm::atan2(im, re))?;
    vm.new_tuple_of(&[radius, angle])
}

fn rect(vm: &mut Vm, args: Args) -> Res {
    let radius = vm.float_of(args.get(0))?;
    let angle = vm.float_of(args.get(1))?;
    vm.new_complex(radius * libm::cos(angle), radius * libm::sin(angle))
}

#[inline(never)]
fn function_1(vm: &mut Vm, args: Args, f: fn(Parts) -> Parts) -> Res {
    let (re, im) = f(vm.complex_of(args.get(0))?);
    vm.new_complex(re, im)
}

fn exp(vm: &mut Vm, args: Args) -> Res {
    function_1(vm, args, |(re, im)| {
        let size = libm::exp(re);
        (size * libm::cos(im), size * libm::sin(im))
    })
}

fn log(vm: &mut Vm, args: Args) -> Res {
    function_1(vm, args, |(re, im)| (libm::log(libm::hypot(re, im)), libm::atan2(im, re)))
}

fn log10(vm: &mut Vm, args: Args) -> Res {
    function_1(vm, args, |(re, im)| {
        let angle = core::f64::consts::LOG10_E * libm::atan2(im, re);
        (libm::log10(libm::hypot(re, im)), angle)
    })
}

fn sqrt(vm: &mut Vm, args: Args) -> Res {
    function_1(vm, args, |(re, im)| {
        if re == 0.0 && im == 0.0 {
            return (0.0, im);
        }
        // The larger part is computed without cancellation, the other one from it.
        let large = libm::sqrt((re.abs() + libm::hypot(re, im)) / 2.0);
        let other = im / (2.0 * large);
        if re >= 0.0 { (large, other) } else { (other.abs(), large.copysign(im)) }
    })
}

fn cos(vm: &mut Vm, args: Args) -> Res {
    function_1(vm, args, |(re, im)| {
        (libm::cos(re) * libm::cosh(im), -libm::sin(re) * libm::sinh(im))
    })
}

fn sin(vm: &mut Vm, args: Args) -> Res {
    function_1(vm, args, |(re, im)| {
        (libm::sin(re) * libm::cosh(im), libm::cos(re) * libm::sinh(im))
    })
}
