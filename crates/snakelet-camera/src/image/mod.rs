//! `image`: images and what can be done with them.

mod arguments;
mod basic;
pub(crate) mod color;
mod convert;
mod draw;
pub(crate) mod make;
mod math;
pub(crate) mod paint;
pub(crate) mod pix;
mod select;
mod statistics;

use snakelet_vm::native::full::Held;
use snakelet_vm::native::{
    Constant, Contents, NativeFn, NativeModule, NativeType, TypeSlots, VARIADIC,
};
use snakelet_vm::{methods, name};

use crate::formats::FORMATS;
use crate::preview;

pub(crate) use make::{Image, Pixels};
pub(crate) use pix::Rect;

/// `image`.
pub static IMAGE_MODULE: NativeModule = NativeModule::new(
    name!("image"),
    &[FORMATS, Contents { functions: &[], constants: CONSTANTS }],
);

static CONSTANTS: &[(snakelet_vm::native::Name, Constant)] = &[
    (name!("Image"), Constant::Type(&IMAGE)),
    (name!("PNG"), Constant::Int(0x0607_0000)),
    // hints
    (name!("AREA"), Constant::Int(1)),
    (name!("BILINEAR"), Constant::Int(2)),
    (name!("BICUBIC"), Constant::Int(4)),
    (name!("CENTER"), Constant::Int(paint::CENTER)),
    (name!("HMIRROR"), Constant::Int(paint::HMIRROR)),
    (name!("VFLIP"), Constant::Int(paint::VFLIP)),
];

/// `image.Image`.
pub(crate) static IMAGE: NativeType = NativeType::of(
    name!("Image"),
    const { &TypeSlots::of::<Image>().view::<Image, _>(make::find).construct(&NEW) },
)
.sealed()
.methods(methods![
    NativeFn::full_method(name!("__enter__"), 1, 1, |_, args| Ok(args.or_none(0))),
    NativeFn::full_method(name!("__exit__"), 1, VARIADIC, |cx, args| {
        make::close(cx, args.or_none(0))?;
        Ok(Held::NONE)
    }),
    NativeFn::full_method(name!("__repr__"), 1, 1, basic::repr),
    NativeFn::full_method(name!("add"), 2, 3, math::add).keywords(),
    NativeFn::full_method(name!("sub"), 2, 3, math::sub).keywords(),
    NativeFn::full_method(name!("rsub"), 2, 3, math::rsub).keywords(),
    NativeFn::full_method(name!("min"), 2, 3, math::min).keywords(),
    NativeFn::full_method(name!("max"), 2, 3, math::max).keywords(),
    NativeFn::full_method(name!("difference"), 2, 3, math::difference).keywords(),
    NativeFn::full_method(name!("set"), 2, 3, math::set).keywords(),
    NativeFn::full_method(name!("b_and"), 2, 3, math::b_and).keywords(),
    NativeFn::full_method(name!("b_nand"), 2, 3, math::b_nand).keywords(),
    NativeFn::full_method(name!("b_or"), 2, 3, math::b_or).keywords(),
    NativeFn::full_method(name!("b_nor"), 2, 3, math::b_nor).keywords(),
    NativeFn::full_method(name!("b_xor"), 2, 3, math::b_xor).keywords(),
    NativeFn::full_method(name!("b_xnor"), 2, 3, math::b_xnor).keywords(),
    NativeFn::full_method(name!("replace"), 2, 3, math::set).keywords(),
    NativeFn::full_method(name!("assign"), 2, 3, math::set).keywords(),
    NativeFn::full_method(name!("blend"), 2, 4, math::blend).keywords(),
    NativeFn::full_method(name!("binary"), 2, 4, select::binary).keywords(),
    NativeFn::full_method(name!("invert"), 1, 1, select::invert),
    NativeFn::full_method(name!("negate"), 1, 1, select::invert),
    NativeFn::full_method(name!("to_bitmap"), 1, 4, convert::to_bitmap).keywords(),
    NativeFn::full_method(name!("to_grayscale"), 1, 4, convert::to_grayscale).keywords(),
    NativeFn::full_method(name!("to_rgb565"), 1, 4, convert::to_rgb565).keywords(),
    NativeFn::full_method(name!("get_statistics"), 1, 4, statistics::get_statistics).keywords(),
    NativeFn::full_method(name!("get_stats"), 1, 4, statistics::get_statistics).keywords(),
    NativeFn::full_method(name!("statistics"), 1, 4, statistics::get_statistics).keywords(),
    NativeFn::full_method(name!("get_histogram"), 1, 4, statistics::get_histogram).keywords(),
    NativeFn::full_method(name!("get_hist"), 1, 4, statistics::get_histogram).keywords(),
    NativeFn::full_method(name!("histogram"), 1, 4, statistics::get_histogram).keywords(),
    NativeFn::full_method(name!("bytearray"), 1, 1, basic::bytearray),
    NativeFn::full_method(name!("clear"), 1, 2, draw::clear).keywords(),
    NativeFn::full_method(name!("close"), 1, 1, |cx, args| {
        make::close(cx, args.or_none(0))?;
        Ok(Held::NONE)
    }),
    NativeFn::full_method(name!("copy"), 1, 7, basic::copy).keywords(),
    NativeFn::full_method(name!("crop"), 1, 7, basic::copy).keywords(),
    NativeFn::full_method(name!("draw_arrow"), 2, VARIADIC, draw::arrow).keywords(),
    NativeFn::full_method(name!("draw_circle"), 2, VARIADIC, draw::circle).keywords(),
    NativeFn::full_method(name!("draw_cross"), 2, VARIADIC, draw::cross).keywords(),
    NativeFn::full_method(name!("draw_edges"), 2, VARIADIC, draw::edges).keywords(),
    NativeFn::full_method(name!("draw_ellipse"), 2, VARIADIC, draw::ellipse).keywords(),
    NativeFn::full_method(name!("draw_image"), 2, 12, paint::draw_image).keywords(),
    NativeFn::full_method(name!("draw_line"), 2, VARIADIC, draw::line).keywords(),
    NativeFn::full_method(name!("draw_rectangle"), 2, VARIADIC, draw::rectangle).keywords(),
    NativeFn::full_method(name!("flush"), 1, 1, |cx, args| {
        preview::show_image(cx, args.or_none(0))?;
        Ok(args.or_none(0))
    }),
    NativeFn::full_method(name!("format"), 1, 1, basic::format),
    NativeFn::full_method(name!("get_pixel"), 2, VARIADIC, basic::get_pixel).keywords(),
    NativeFn::full_method(name!("height"), 1, 1, basic::height),
    NativeFn::full_method(name!("hold"), 1, 1, basic::hold),
    // a new image: a frame stays what its slot has room for
    NativeFn::full_method(name!("scale"), 1, 7, basic::copy).keywords(),
    NativeFn::full_method(name!("set_pixel"), 2, VARIADIC, basic::set_pixel).keywords(),
    NativeFn::full_method(name!("size"), 1, 1, basic::size),
    NativeFn::full_method(name!("valid"), 1, 1, basic::valid),
    NativeFn::full_method(name!("width"), 1, 1, basic::width),
]);

static NEW: NativeFn = NativeFn::full(name!("Image"), 1, 6, basic::construct).keywords();
