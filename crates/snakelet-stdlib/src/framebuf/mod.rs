//! `framebuf`: pixels in a buffer of the script, and what can be drawn on them.
//!
//! A frame buffer refers to an object that lends its bytes, and knows how pixels lie in them. The bytes are looked for
//! at each call, since the object may have got other ones, or fewer: what lies beyond them is not drawn.

mod draw;
mod font;
mod layout;

use core::cell::Cell;

use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::native::leaf::{Answer, Items, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{
    Constant, Contents, Data, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{methods, name};

use draw::{Canvas, Poly};
use layout::{Format, Layout};

/// `framebuf`.
pub static FRAMEBUF: NativeModule = NativeModule::new(
    name!("framebuf"),
    &[Contents {
        functions: methods![NativeFn::leaf::<3>(name!("FrameBuffer1"), 1, new_mono)],
        constants: &[
            (name!("FrameBuffer"), Constant::Type(&TYPE)),
            (name!("MVLSB"), Constant::Int(Format::MonoVertical as i32)),
            (name!("MONO_VLSB"), Constant::Int(Format::MonoVertical as i32)),
            (name!("RGB565"), Constant::Int(Format::Rgb565 as i32)),
            (name!("GS2_HMSB"), Constant::Int(Format::Gray2 as i32)),
            (name!("GS4_HMSB"), Constant::Int(Format::Gray4 as i32)),
            (name!("GS8"), Constant::Int(Format::Gray8 as i32)),
            (name!("MONO_HLSB"), Constant::Int(Format::MonoHighFirst as i32)),
            (name!("MONO_HMSB"), Constant::Int(Format::MonoLowFirst as i32)),
        ],
    }],
);

/// A frame buffer; value 0 of the object has the bytes. Those of a derived class have none before its `__init__` has
/// called this type's.
struct FrameBuffer(Cell<Layout>);

impl NativeData for FrameBuffer {
    const TYPE: &'static NativeType = &TYPE;
}

static TYPE: NativeType = NativeType::of(
    name!("FrameBuffer"),
    const {
        &TypeSlots::of::<FrameBuffer>()
            .construct(&NEW)
            .view::<FrameBuffer, _>(|seen, frame| seen.writable(frame.value(0)))
    },
)
.methods(methods![
    NativeFn::on::<FrameBuffer, 4, _>(name!("__init__"), 1, |cx, frame, args| {
        let (layout, buffer) = described(cx, args.rest())?;
        frame.0.set(layout);
        frame.set_value(0, buffer);
        Ok(Obj::NONE)
    }),
    NativeFn::on::<FrameBuffer, 3, _>(name!("blit"), 2, blit),
    NativeFn::on::<FrameBuffer, 5, _>(name!("ellipse"), 2, ellipse),
    NativeFn::on::<FrameBuffer, 1, _>(name!("fill"), 0, fill),
    NativeFn::on::<FrameBuffer, 5, _>(name!("fill_rect"), 0, |cx, frame, args| {
        let canvas = canvas_of(cx, frame)?;
        canvas.fill_rect(cx, places(cx, args.rest())?, color(cx, args.get::<4>(), 4)?)?;
        Ok(Obj::NONE)
    }),
    NativeFn::on::<FrameBuffer, 4, _>(name!("hline"), 0, |cx, frame, args| {
        let [x, y, width] = places(cx, args.rest())?;
        canvas_of(cx, frame)?.fill_rect(cx, [x, y, width, 1], color(cx, args.get::<3>(), 3)?)?;
        Ok(Obj::NONE)
    }),
    NativeFn::on::<FrameBuffer, 5, _>(name!("line"), 0, |cx, frame, args| {
        let [x1, y1, x2, y2] = places(cx, args.rest())?;
        canvas_of(cx, frame)?.line(cx, [x1, y1], [x2, y2], color(cx, args.get::<4>(), 4)?)?;
        Ok(Obj::NONE)
    }),
    NativeFn::on::<FrameBuffer, 2, _>(name!("pixel"), 1, pixel),
    NativeFn::on::<FrameBuffer, 4, _>(name!("poly"), 1, poly),
    NativeFn::on::<FrameBuffer, 5, _>(name!("rect"), 1, rect),
    NativeFn::on::<FrameBuffer, 2, _>(name!("scroll"), 0, |cx, frame, args| {
        canvas_of(cx, frame)?.scroll(cx, places(cx, args.rest())?)?;
        Ok(Obj::NONE)
    }),
    NativeFn::on::<FrameBuffer, 3, _>(name!("text"), 1, text),
    NativeFn::on::<FrameBuffer, 4, _>(name!("vline"), 0, |cx, frame, args| {
        let [x, y, height] = places(cx, args.rest())?;
        canvas_of(cx, frame)?.fill_rect(cx, [x, y, 1, height], color(cx, args.get::<3>(), 3)?)?;
        Ok(Obj::NONE)
    }),
]);

/// `FrameBuffer(buffer, width, height, format[, stride])`
static NEW: NativeFn = NativeFn::leaf::<0>(name!("FrameBuffer"), 5, |cx, args| {
    let (layout, buffer) = match args.len() {
        // for a class that derives from it
        0 => (Layout::NONE, Obj::NONE),
        4.. => described(cx, args)?,
        _ => return Err(cx.raise(&TYPE_ERROR, "FrameBuffer takes 4 or 5 arguments")),
    };
    Ok(cx.new_data(&[buffer], FrameBuffer(Cell::new(layout)))?.obj())
});

/// What four or five arguments describe.
fn described<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 0>) -> Result<(Layout, Obj<'h>), Leave> {
    let mut numbers = [0; 4];
    for (i, number) in numbers.iter_mut().enumerate() {
        // without a stride it is the width
        let given = args.opt(i + 1).map_or(Ok(None), |given| cx.i64(given, i + 1).map(Some))?;
        *number = given.unwrap_or(0);
    }
    let [width, height, format, stride] = numbers;
    let stride = if args.len() > 4 { stride } else { width };
    let buffer = args.opt(0).unwrap_or(Obj::NONE);
    checked(cx, buffer, [width, height, format, stride])
}

/// `FrameBuffer1(buffer, width, height[, stride])`
fn new_mono<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 3>) -> Answer<'h> {
    let width = cx.i64(args.get::<1>(), 1)?;
    let height = cx.i64(args.get::<2>(), 2)?;
    let stride = args.opt(3).map_or(Ok(width), |stride| cx.i64(stride, 3))?;
    let numbers = [width, height, Format::MonoVertical as i64, stride];
    let (layout, buffer) = checked(cx, args.get::<0>(), numbers)?;
    Ok(cx.new_data(&[buffer], FrameBuffer(Cell::new(layout)))?.obj())
}

/// How pixels lie in a buffer, if they fit, and the object that lends its bytes.
fn checked<'h>(
    cx: Leaf<'h>,
    buffer: Obj<'h>,
    numbers: [i64; 4],
) -> Result<(Layout, Obj<'h>), Leave> {
    let layout = layout_of(cx, numbers)?;
    if layout.bytes() > cx.writable(buffer)?.len() {
        return Err(cx.raise_no_args(&VALUE_ERROR));
    }
    // that of another frame buffer has its bytes from somewhere else
    Ok((layout, cx.data::<FrameBuffer>(buffer).map_or(buffer, |other| other.value(0))))
}

fn layout_of(cx: Leaf<'_>, numbers: [i64; 4]) -> Result<Layout, Leave> {
    let [width, height, format, stride] = numbers;
    let is_size = |n| (1..=0xffff).contains(&n);
    if !is_size(width) || !is_size(height) || stride > 0xffff || stride < width {
        return Err(cx.raise_no_args(&VALUE_ERROR));
    }
    match Format::of(format) {
        Some(format) => Ok(Layout::new(width as usize, height as usize, stride as usize, format)),
        None => Err(cx.raise(&VALUE_ERROR, "invalid format")),
    }
}

fn canvas_of<'h>(cx: Leaf<'h>, frame: Data<'h, FrameBuffer>) -> Result<Canvas<'h>, Leave> {
    Ok(Canvas { layout: frame.0.get(), cells: cx.writable(frame.value(0))? })
}

/// Farther away than this is nothing that can be seen; products of three such numbers fit 64 bits.
const FAR: i64 = 1 << 20;

/// The first arguments of a method, which say where.
fn places<'h, const N: usize>(cx: Leaf<'h>, args: LeafArgs<'h, 0>) -> Result<[i64; N], Leave> {
    let mut places = [0; N];
    for (i, place) in places.iter_mut().enumerate() {
        *place = cx.i64(args.opt(i).unwrap_or(Obj::NONE), i)?.clamp(-FAR, FAR);
    }
    Ok(places)
}

/// The colour that argument `i` is.
fn color<'h>(cx: Leaf<'h>, object: Obj<'h>, i: usize) -> Result<u32, Leave> {
    Ok(cx.i64(object, i)? as u32)
}

fn fill<'h>(cx: Leaf<'h>, frame: Data<'h, FrameBuffer>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let color = color(cx, args.get::<0>(), 0)?;
    let (width, height) = frame.0.get().size();
    canvas_of(cx, frame)?.fill_rect(cx, [0, 0, width, height], color)?;
    Ok(Obj::NONE)
}

/// `pixel(x, y[, color])`
fn pixel<'h>(cx: Leaf<'h>, frame: Data<'h, FrameBuffer>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let [x, y] = places(cx, args.rest())?;
    let canvas = canvas_of(cx, frame)?;
    let Some((x, y)) = canvas.layout.inside(x, y) else { return Ok(Obj::NONE) };
    match args.opt(2) {
        Some(given) => {
            let value = canvas.layout.value(color(cx, given, 2)?);
            canvas.layout.set(canvas.cells, x, y, value);
        }
        None => return cx.uint(canvas.layout.get(Bytes::from(canvas.cells), x, y).into()),
    }
    Ok(Obj::NONE)
}

/// `rect(x, y, width, height, color[, fill])`
fn rect<'h>(cx: Leaf<'h>, frame: Data<'h, FrameBuffer>, args: LeafArgs<'h, 5>) -> Answer<'h> {
    let [x, y, width, height] = places(cx, args.rest())?;
    let color = color(cx, args.get::<4>(), 4)?;
    let is_filled = args.opt(5).map_or(Ok(false), |fill| cx.truth(5, fill))?;
    let canvas = canvas_of(cx, frame)?;
    if is_filled {
        canvas.fill_rect(cx, [x, y, width, height], color)?;
        return Ok(Obj::NONE);
    }
    for side in [
        [x, y, width, 1],
        [x, y + height - 1, width, 1],
        [x, y, 1, height],
        [x + width - 1, y, 1, height],
    ] {
        canvas.fill_rect(cx, side, color)?;
    }
    Ok(Obj::NONE)
}

/// `ellipse(x, y, x_radius, y_radius, color[, fill[, quadrants]])`
fn ellipse<'h>(cx: Leaf<'h>, frame: Data<'h, FrameBuffer>, args: LeafArgs<'h, 5>) -> Answer<'h> {
    let [x, y, x_radius, y_radius] = places(cx, args.rest())?;
    let color = color(cx, args.get::<4>(), 4)?;
    let is_filled = args.opt(5).map_or(Ok(false), |fill| cx.truth(5, fill))?;
    let quadrants = args.opt(6).map_or(Ok(15), |quadrants| cx.i64(quadrants, 6))? as u8;
    let ellipse = draw::Ellipse { center: [x, y], color, is_filled, quadrants };
    canvas_of(cx, frame)?.ellipse(cx, &ellipse, x_radius, y_radius)?;
    Ok(Obj::NONE)
}

/// `poly(x, y, coordinates, color[, fill])`
fn poly<'h>(cx: Leaf<'h>, frame: Data<'h, FrameBuffer>, args: LeafArgs<'h, 4>) -> Answer<'h> {
    let origin = places(cx, args.rest())?;
    let Some(points) = Poly::of(cx, args.get::<2>(), origin)? else {
        return Err(cx.raise(&TYPE_ERROR, "object with buffer protocol required"));
    };
    let color = color(cx, args.get::<3>(), 3)?;
    let is_filled = args.opt(4).map_or(Ok(false), |fill| cx.truth(4, fill))?;
    let canvas = canvas_of(cx, frame)?;
    if points.len() == 0 {
        return Ok(Obj::NONE);
    }
    if !is_filled {
        canvas.outline(cx, &points, color)?;
        return Ok(Obj::NONE);
    }
    // where edges cross a row: few of them, or as many as there are points
    let few = [const { Cell::new(0) }; 32 * draw::NODE];
    if points.len() * draw::NODE <= few.len() {
        canvas.fill_poly(cx, &points, &few, color)?;
    } else {
        let room = cx.bytearray(points.len().saturating_mul(draw::NODE))?;
        canvas.fill_poly(cx, &points, cx.writable(room)?, color)?;
    }
    Ok(Obj::NONE)
}

/// What pixels are taken of: a frame buffer, or `(buffer, width, height, format[, stride])`.
fn source_of<'h>(cx: Leaf<'h>, object: Obj<'h>) -> Result<(Layout, Bytes<'h>), Leave> {
    if let Some(frame) = cx.data::<FrameBuffer>(object) {
        return Ok((frame.0.get(), cx.readable(frame.value(0))?));
    }
    let Some(items) = object.items() else {
        return Err(cx.raise_about(
            &TYPE_ERROR,
            "can't convert %t to FrameBuffer",
            [object, Obj::NONE],
        ));
    };
    if !(4..=5).contains(&items.len()) {
        return Err(cx.raise_no_args(&VALUE_ERROR));
    }
    let number = |i| match Items::get(items, i).unwrap_or(Obj::NONE).as_i64() {
        Some(number) => Ok(number),
        None => Err(cx.raise(&TYPE_ERROR, "an integer is required")),
    };
    let stride = if items.len() > 4 { number(4)? } else { number(1)? };
    let layout = layout_of(cx, [number(1)?, number(2)?, number(3)?, stride])?;
    let bytes = cx.readable(items.get(0).unwrap_or(Obj::NONE))?;
    if layout.bytes() > bytes.len() {
        return Err(cx.raise_no_args(&VALUE_ERROR));
    }
    Ok((layout, bytes))
}

/// `blit(source, x, y[, key[, palette]])`
fn blit<'h>(cx: Leaf<'h>, frame: Data<'h, FrameBuffer>, args: LeafArgs<'h, 3>) -> Answer<'h> {
    let place = |object, i| Ok(cx.i64(object, i)?.clamp(-FAR, FAR));
    let at = [place(args.get::<1>(), 1)?, place(args.get::<2>(), 2)?];
    let key = args.opt(3).map_or(Ok(-1), |key| cx.i64(key, 3))? as u32;
    let source = source_of(cx, args.get::<0>())?;
    let palette = match args.opt(4) {
        Some(palette) if !palette.is_none() => Some(source_of(cx, palette)?),
        _ => None,
    };
    canvas_of(cx, frame)?.blit(cx, source, at, key, palette)?;
    Ok(Obj::NONE)
}

/// `text(text, x, y[, color])`
fn text<'h>(cx: Leaf<'h>, frame: Data<'h, FrameBuffer>, args: LeafArgs<'h, 3>) -> Answer<'h> {
    let Some(text) = cx.as_text(args.get::<0>()) else { return Err(cx.text(0)) };
    let x = cx.i64(args.get::<1>(), 1)?.clamp(-FAR, FAR);
    let y = cx.i64(args.get::<2>(), 2)?.clamp(-FAR, FAR);
    let color = args.opt(3).map_or(Ok(1), |given| color(cx, given, 3))?;
    canvas_of(cx, frame)?.text(cx, text, [x, y], color)?;
    Ok(Obj::NONE)
}
