//! `image`: images and what can be done with them.

mod arguments;
mod basic;
mod blobs;
pub(crate) mod color;
mod convert;
mod draw;
mod edges;
mod file;
mod filter;
mod flood;
mod geometry;
mod inuse;
pub(crate) mod jpeg;
mod lanes;
mod letters;
mod lines;
pub(crate) mod make;
mod marks;
mod math;
pub(crate) mod paint;
mod palette;
pub(crate) mod pix;
mod png;
mod recolor;
mod sample;
mod scratch;
mod select;
mod similarity;
mod spaces;
mod statistics;
mod tone;
mod words;

use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{
    Constant, Contents, NativeFn, NativeModule, NativeType, TypeSlots, VARIADIC,
};
use snakelet_vm::{methods, name};

use crate::formats::FORMATS;
use crate::preview;
use spaces::Space::{Binary, Grayscale, Lab, Rgb, Yuv};

pub(crate) use make::{Image, Pixels};
pub(crate) use pix::Rect;

/// `image`.
pub static IMAGE_MODULE: NativeModule = NativeModule::new(
    name!("image"),
    &[FORMATS, Contents { functions: FUNCTIONS, constants: CONSTANTS }],
);

/// A function of one colour.
const fn color_function<F>(name: snakelet_vm::native::Name, code: F) -> NativeFn
where
    F: for<'s> Fn(&mut Full<'s>, FullArgs<'s>) -> Given<'s> + Copy + 'static,
{
    NativeFn::full(name, 1, 1, code)
}

static FUNCTIONS: &[NativeFn] = methods![
    color_function(name!("binary_to_grayscale"), |cx, args| spaces::convert(
        cx, args, Binary, Grayscale
    )),
    color_function(name!("binary_to_rgb"), |cx, args| spaces::convert(cx, args, Binary, Rgb)),
    color_function(name!("binary_to_lab"), |cx, args| spaces::convert(cx, args, Binary, Lab)),
    color_function(name!("binary_to_yuv"), |cx, args| spaces::convert(cx, args, Binary, Yuv)),
    color_function(name!("grayscale_to_binary"), |cx, args| spaces::convert(
        cx, args, Grayscale, Binary
    )),
    color_function(name!("grayscale_to_rgb"), |cx, args| spaces::convert(cx, args, Grayscale, Rgb)),
    color_function(name!("grayscale_to_lab"), |cx, args| spaces::convert(cx, args, Grayscale, Lab)),
    color_function(name!("grayscale_to_yuv"), |cx, args| spaces::convert(cx, args, Grayscale, Yuv)),
    color_function(name!("rgb_to_binary"), |cx, args| spaces::convert(cx, args, Rgb, Binary)),
    color_function(name!("rgb_to_grayscale"), |cx, args| spaces::convert(cx, args, Rgb, Grayscale)),
    color_function(name!("rgb_to_lab"), |cx, args| spaces::convert(cx, args, Rgb, Lab)),
    color_function(name!("rgb_to_yuv"), |cx, args| spaces::convert(cx, args, Rgb, Yuv)),
    color_function(name!("lab_to_binary"), |cx, args| spaces::convert(cx, args, Lab, Binary)),
    color_function(name!("lab_to_grayscale"), |cx, args| spaces::convert(cx, args, Lab, Grayscale)),
    color_function(name!("lab_to_rgb"), |cx, args| spaces::convert(cx, args, Lab, Rgb)),
    color_function(name!("lab_to_yuv"), |cx, args| spaces::convert(cx, args, Lab, Yuv)),
    color_function(name!("yuv_to_binary"), |cx, args| spaces::convert(cx, args, Yuv, Binary)),
    color_function(name!("yuv_to_grayscale"), |cx, args| spaces::convert(cx, args, Yuv, Grayscale)),
    color_function(name!("yuv_to_rgb"), |cx, args| spaces::convert(cx, args, Yuv, Rgb)),
    color_function(name!("yuv_to_lab"), |cx, args| spaces::convert(cx, args, Yuv, Lab)),
    NativeFn::full(name!("get_solidity"), 1, 1, blobs::solidity),
    NativeFn::full(name!("get_convexity"), 1, 1, blobs::convexity),
    NativeFn::full(name!("get_major_axis_line"), 1, 1, blobs::major_axis),
    NativeFn::full(name!("get_minor_axis_line"), 1, 1, blobs::minor_axis),
    NativeFn::full(name!("get_enclosing_circle"), 1, 1, blobs::enclosing_circle),
    NativeFn::full(name!("get_enclosed_ellipse"), 1, 1, blobs::enclosed_ellipse),
];

static CONSTANTS: &[(snakelet_vm::native::Name, Constant)] = &[
    (name!("Image"), Constant::Type(&IMAGE)),
    // hints
    (name!("AREA"), Constant::Int(paint::AREA)),
    (name!("BILINEAR"), Constant::Int(paint::BILINEAR)),
    (name!("BICUBIC"), Constant::Int(paint::BICUBIC)),
    (name!("TRANSPOSE"), Constant::Int(paint::TRANSPOSE)),
    (name!("CENTER"), Constant::Int(paint::CENTER)),
    (name!("HMIRROR"), Constant::Int(paint::HMIRROR)),
    (name!("VFLIP"), Constant::Int(paint::VFLIP)),
    (name!("ROTATE_90"), Constant::Int(paint::VFLIP | paint::TRANSPOSE)),
    (name!("ROTATE_180"), Constant::Int(paint::HMIRROR | paint::VFLIP)),
    (name!("ROTATE_270"), Constant::Int(paint::HMIRROR | paint::TRANSPOSE)),
    (name!("EXTRACT_RGB_CHANNEL_FIRST"), Constant::Int(paint::CHANNEL_FIRST)),
    (name!("APPLY_COLOR_PALETTE_FIRST"), Constant::Int(paint::PALETTE_FIRST)),
    (name!("SCALE_ASPECT_KEEP"), Constant::Int(paint::ASPECT_KEEP)),
    (name!("SCALE_ASPECT_EXPAND"), Constant::Int(paint::ASPECT_EXPAND)),
    (name!("SCALE_ASPECT_IGNORE"), Constant::Int(paint::ASPECT_IGNORE)),
    (name!("BLACK_BACKGROUND"), Constant::Int(paint::BLACK_BACKGROUND)),
    (name!("EDGE_CANNY"), Constant::Int(edges::CANNY)),
    (name!("EDGE_SIMPLE"), Constant::Int(edges::SIMPLE)),
    (name!("PALETTE_RAINBOW"), Constant::Int(palette::RAINBOW)),
    (name!("PALETTE_IRONBOW"), Constant::Int(palette::IRONBOW)),
    (name!("PALETTE_DEPTH"), Constant::Int(palette::DEPTH)),
    (name!("PALETTE_EVT_DARK"), Constant::Int(palette::EVENTS_DARK)),
    (name!("PALETTE_EVT_LIGHT"), Constant::Int(palette::EVENTS_LIGHT)),
    (name!("JPEG_SUBSAMPLING_AUTO"), Constant::Int(jpeg::SUBSAMPLING_AUTO)),
    (name!("JPEG_SUBSAMPLING_444"), Constant::Int(jpeg::SUBSAMPLING_444)),
    (name!("JPEG_SUBSAMPLING_422"), Constant::Int(jpeg::SUBSAMPLING_422)),
    (name!("JPEG_SUBSAMPLING_420"), Constant::Int(jpeg::SUBSAMPLING_420)),
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
    NativeFn::full_method(name!("set"), 1, 13, math::set).keywords(),
    NativeFn::full_method(name!("b_and"), 2, 3, math::b_and).keywords(),
    NativeFn::full_method(name!("b_nand"), 2, 3, math::b_nand).keywords(),
    NativeFn::full_method(name!("b_or"), 2, 3, math::b_or).keywords(),
    NativeFn::full_method(name!("b_nor"), 2, 3, math::b_nor).keywords(),
    NativeFn::full_method(name!("b_xor"), 2, 3, math::b_xor).keywords(),
    NativeFn::full_method(name!("b_xnor"), 2, 3, math::b_xnor).keywords(),
    NativeFn::full_method(name!("replace"), 1, 13, math::set).keywords(),
    NativeFn::full_method(name!("assign"), 1, 13, math::set).keywords(),
    NativeFn::full_method(name!("blend"), 1, 13, paint::blend).keywords(),
    NativeFn::full_method(name!("binary"), 2, 4, select::binary).keywords(),
    NativeFn::full_method(name!("invert"), 1, 1, select::invert),
    NativeFn::full_method(name!("negate"), 1, 1, select::invert),
    NativeFn::full_method(name!("get_statistics"), 1, 4, statistics::get_statistics).keywords(),
    NativeFn::full_method(name!("get_stats"), 1, 4, statistics::get_statistics).keywords(),
    NativeFn::full_method(name!("statistics"), 1, 4, statistics::get_statistics).keywords(),
    NativeFn::full_method(name!("get_histogram"), 1, 4, statistics::get_histogram).keywords(),
    NativeFn::full_method(name!("get_hist"), 1, 4, statistics::get_histogram).keywords(),
    NativeFn::full_method(name!("histogram"), 1, 4, statistics::get_histogram).keywords(),
    NativeFn::full_method(name!("bytearray"), 1, 1, basic::bytearray),
    NativeFn::full_method(name!("clear"), 1, 2, draw::clear).keywords(),
    // without arguments it gives the memory back, with a size it is the filter
    NativeFn::full_method(name!("close"), 1, 4, |cx, args| {
        if args.len() > 1 || args.keywords() > 0 {
            return filter::close(cx, args);
        }
        make::close(cx, args.or_none(0))?;
        Ok(Held::NONE)
    })
    .keywords(),
    NativeFn::full_method(name!("bilateral"), 1, 8, filter::bilateral).keywords(),
    NativeFn::full_method(name!("black_hat"), 1, 4, filter::black_hat).keywords(),
    NativeFn::full_method(name!("dilate"), 1, 4, filter::dilate).keywords(),
    NativeFn::full_method(name!("erode"), 1, 4, filter::erode).keywords(),
    NativeFn::full_method(name!("blur"), 1, 9, filter::gaussian).keywords(),
    NativeFn::full_method(name!("gaussian"), 1, 9, filter::gaussian).keywords(),
    NativeFn::full_method(name!("laplacian"), 1, 9, filter::laplacian).keywords(),
    NativeFn::full_method(name!("mean"), 1, 6, filter::mean).keywords(),
    NativeFn::full_method(name!("median"), 1, 7, filter::median).keywords(),
    NativeFn::full_method(name!("midpoint"), 1, 7, filter::midpoint).keywords(),
    NativeFn::full_method(name!("mode"), 1, 6, filter::mode).keywords(),
    NativeFn::full_method(name!("morph"), 1, 9, filter::morph).keywords(),
    NativeFn::full_method(name!("open"), 1, 4, filter::open).keywords(),
    NativeFn::full_method(name!("top_hat"), 1, 4, filter::top_hat).keywords(),
    NativeFn::full_method(name!("compress"), 1, 10, convert::to_jpeg).keywords(),
    NativeFn::full_method(name!("copy"), 1, 10, convert::copy).keywords(),
    NativeFn::full_method(name!("crop"), 1, 10, convert::crop).keywords(),
    NativeFn::full_method(name!("scale"), 1, 10, convert::crop).keywords(),
    NativeFn::full_method(name!("save"), 1, 4, file::save).keywords(),
    NativeFn::full_method(name!("to_bitmap"), 1, 10, convert::to_bitmap).keywords(),
    NativeFn::full_method(name!("to_grayscale"), 1, 10, convert::to_grayscale).keywords(),
    NativeFn::full_method(name!("to_ironbow"), 1, 10, convert::to_ironbow).keywords(),
    NativeFn::full_method(name!("to_jpeg"), 1, 10, convert::to_jpeg).keywords(),
    NativeFn::full_method(name!("to_png"), 1, 10, convert::to_png).keywords(),
    NativeFn::full_method(name!("to_rainbow"), 1, 10, convert::to_rainbow).keywords(),
    NativeFn::full_method(name!("to_rgb565"), 1, 10, convert::to_rgb565).keywords(),
    NativeFn::full_method(name!("draw_arrow"), 2, VARIADIC, draw::arrow).keywords(),
    NativeFn::full_method(name!("draw_circle"), 2, VARIADIC, draw::circle).keywords(),
    NativeFn::full_method(name!("draw_cross"), 2, VARIADIC, draw::cross).keywords(),
    NativeFn::full_method(name!("draw_detection"), 2, 9, marks::draw_detection).keywords(),
    NativeFn::full_method(name!("draw_keypoints"), 2, 6, marks::draw_keypoints).keywords(),
    NativeFn::full_method(name!("draw_string"), 2, VARIADIC, letters::draw_string).keywords(),
    NativeFn::full_method(name!("flood_fill"), 2, VARIADIC, flood::flood_fill).keywords(),
    NativeFn::full_method(name!("mask_circle"), 1, VARIADIC, marks::mask_circle),
    NativeFn::full_method(name!("mask_ellipse"), 1, VARIADIC, marks::mask_ellipse),
    NativeFn::full_method(name!("mask_rectangle"), 1, VARIADIC, marks::mask_rectangle),
    NativeFn::full_method(name!("draw_edges"), 2, VARIADIC, draw::edges).keywords(),
    NativeFn::full_method(name!("draw_ellipse"), 2, VARIADIC, draw::ellipse).keywords(),
    NativeFn::full_method(name!("draw_image"), 1, 13, paint::draw_image).keywords(),
    NativeFn::full_method(name!("draw_line"), 2, VARIADIC, draw::line).keywords(),
    NativeFn::full_method(name!("draw_rectangle"), 2, VARIADIC, draw::rectangle).keywords(),
    NativeFn::full_method(name!("awb"), 1, 2, tone::awb).keywords(),
    NativeFn::full_method(name!("ccm"), 2, 2, tone::ccm),
    NativeFn::full_method(name!("find_edges"), 2, 4, edges::find_edges).keywords(),
    NativeFn::full_method(name!("gamma"), 1, 4, tone::gamma_corr).keywords(),
    NativeFn::full_method(name!("gamma_corr"), 1, 4, tone::gamma_corr).keywords(),
    NativeFn::full_method(name!("get_similarity"), 2, 3, similarity::get_similarity).keywords(),
    NativeFn::full_method(name!("histeq"), 1, 4, tone::histeq).keywords(),
    NativeFn::full_method(name!("lens_corr"), 1, 5, geometry::lens_corr).keywords(),
    NativeFn::full_method(name!("linpolar"), 1, 4, geometry::linpolar).keywords(),
    NativeFn::full_method(name!("logpolar"), 1, 4, geometry::logpolar).keywords(),
    NativeFn::full_method(name!("rotation_corr"), 1, 9, geometry::rotation_corr).keywords(),
    NativeFn::full_method(name!("__len__"), 1, 1, basic::len),
    NativeFn::full_method(name!("__getitem__"), 2, 2, basic::item),
    NativeFn::full_method(name!("__setitem__"), 3, 3, basic::set_item),
    NativeFn::full_method(name!("find_blobs"), 2, 14, blobs::find_blobs).keywords(),
    NativeFn::full_method(name!("flush"), 1, 1, |cx, args| {
        preview::show_image(cx, args.or_none(0))?;
        Ok(args.or_none(0))
    }),
    NativeFn::full_method(name!("format"), 1, 1, basic::format),
    NativeFn::full_method(name!("get_pixel"), 2, VARIADIC, basic::get_pixel).keywords(),
    NativeFn::full_method(name!("height"), 1, 1, basic::height),
    NativeFn::full_method(name!("hold"), 1, 1, basic::hold),
    NativeFn::full_method(name!("set_pixel"), 2, VARIADIC, basic::set_pixel).keywords(),
    NativeFn::full_method(name!("size"), 1, 1, basic::size),
    NativeFn::full_method(name!("valid"), 1, 1, basic::valid),
    NativeFn::full_method(name!("width"), 1, 1, basic::width),
]);

static NEW: NativeFn = NativeFn::full(name!("Image"), 1, 6, basic::construct).keywords();
