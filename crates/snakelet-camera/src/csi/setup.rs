//! What frames are like: format, size, window and number.

use snakelet_pool::{Control, PixelFormat, SensorError, Window};
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{RUNTIME_ERROR, VALUE_ERROR};
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::constants::SIZES;
use super::{check_unused, control, not_configured, source_of, with_source};
use crate::Camera;
use crate::args::{bool_or, int32, items, tuple};
use crate::camera::{Settings, Source};

/// Changes settings and places memory for the frames anew. What was set stays set if there is no room or
/// the sensor does not do it, as far as snapshots then say so.
fn change<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    change: impl Fn(&mut Settings),
) -> Result<(), Raised> {
    check_unused(cx, this)?;
    let source = source_of(cx, this)?;
    for attempt in 0..2 {
        let done = cx.with_state_mut(|camera: &mut Camera| {
            let (source, pools) = camera.source_mut(source)?;
            let before = source.settings;
            change(&mut source.settings);
            let done = source.configure(pools);
            if let Err(
                snakelet_pool::ConfigureError::Shape(_)
                | snakelet_pool::ConfigureError::Count { .. },
            ) = done
            {
                // the frame buffer goes on as before
                source.settings = before;
            }
            Some(done)
        });
        match done.flatten() {
            Some(Ok(())) => return Ok(()),
            // dead images may be in the way
            Some(Err(snakelet_pool::ConfigureError::NoRoom(_))) if attempt == 0 => cx.collect()?,
            Some(Err(error)) => return Err(not_configured(cx, &error)),
            None => break,
        }
    }
    Err(cx.raise(&RUNTIME_ERROR, "Sensor is not detected."))
}

/// `reset(hard=True)`
pub(super) fn reset<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 1] = [Param::optional(name!("hard"))];
    let this = args.or_none(0);
    let [hard] = args.skip(1).parse(cx, &PARAMETERS)?;
    let hard = bool_or(cx, hard, true)?;
    check_unused(cx, this)?;
    let done = with_source(cx, this, |source| {
        source.reset()?;
        // a sensor without a command for it is as it was when it was made
        match source.sensor.control(Control::Reset { hard }) {
            Ok(_) | Err(SensorError::Unsupported) => Ok(()),
            Err(error) => Err(error.into()),
        }
    })?;
    match done {
        Ok(()) => Ok(Held::NONE),
        Err(error) => Err(not_configured(cx, &error)),
    }
}

/// `pixformat([format])`
pub(super) fn pixel_format<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let Some(given) = args.get(1) else {
        return match with_source(cx, this, |source| source.settings.format)? {
            Some(format) => cx.int(format.code().into()),
            None => Err(cx.raise(&RUNTIME_ERROR, "Pixel format is not supported or is not set.")),
        };
    };
    let code = cx.i64_of(given)?;
    let format = u32::try_from(code).ok().and_then(PixelFormat::from_code);
    let made = with_source(cx, this, |source| source.sensor.info().formats)?;
    let Some(format) = format.filter(|format| made.contains(*format)) else {
        return Err(cx.raise(&RUNTIME_ERROR, "Pixel format is not supported or is not set."));
    };
    change(cx, this, |settings| settings.format = Some(format))?;
    Ok(Held::NONE)
}

/// `framesize([size])`, one of the constants or width and height.
pub(super) fn frame_size<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    const UNSET: &str = "Frame size is not supported or is not set.";
    let this = args.or_none(0);
    let Some(given) = args.get(1) else {
        let Some(size) = with_source(cx, this, |source| source.settings.size)? else {
            return Err(cx.raise(&RUNTIME_ERROR, UNSET));
        };
        return match SIZES.iter().position(|known| *known == size) {
            Some(i) => cx.count(i + 1),
            None => pair(cx, size),
        };
    };
    let size = if items(cx, given)?.is_some() {
        let numbers = tuple::<2>(cx, given)?;
        numbers.and_then(|[w, h]| Some((u16::try_from(w).ok()?, u16::try_from(h).ok()?)))
    } else {
        let number = usize::try_from(int32(cx, given)?).ok();
        number.and_then(|number| SIZES.get(number.checked_sub(1)?).copied())
    };
    let info = with_source(cx, this, |source| source.sensor.info())?;
    let fits =
        |(w, h): &(u16, u16)| (1..=info.max_width).contains(w) && (1..=info.max_height).contains(h);
    let Some(size) = size.filter(fits) else { return Err(cx.raise(&RUNTIME_ERROR, UNSET)) };
    change(cx, this, |settings| {
        settings.size = Some(size);
        settings.window = None;
    })?;
    Ok(Held::NONE)
}

fn pair<'s>(cx: &mut Full<'s>, (first, second): (u16, u16)) -> Given<'s> {
    let pair = [cx.int(first.into())?, cx.int(second.into())?];
    cx.tuple(&pair)
}

/// `window([(w, h) or (x, y, w, h)])`
pub(super) fn window<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let Some(size) = with_source(cx, this, |source| source.settings.size)? else {
        return Err(cx.raise(&RUNTIME_ERROR, "Frame size is not supported or is not set."));
    };
    let (width, height) = (i32::from(size.0), i32::from(size.1));
    let Some(given) = args.get(1) else {
        let window = with_source(cx, this, |source| source.settings.window)?;
        let window = window.unwrap_or(Window { x: 0, y: 0, width: size.0, height: size.1 });
        let mut sides = [Held::NONE; 4];
        for (side, value) in sides.iter_mut().zip([window.x, window.y, window.width, window.height])
        {
            *side = cx.int(value.into())?;
        }
        return cx.tuple(&sides);
    };
    let [x, y, w, h] = match items(cx, given)? {
        Some(2) => match tuple(cx, given)? {
            // in the middle
            Some([w, h]) => {
                let (w, h): (i32, i32) = (w, h);
                [(width - w.clamp(0, width)) / 2, (height - h.clamp(0, height)) / 2, w, h]
            }
            None => [0; 4],
        },
        Some(4) => tuple(cx, given)?.unwrap_or([0; 4]),
        _ => {
            return Err(
                cx.raise(&VALUE_ERROR, "The tuple/list must either be (x, y, w, h) or (w, h).")
            );
        }
    };
    let all = crate::image::Rect { x: 0, y: 0, w: width, h: height };
    let Some(part) = (crate::image::Rect { x, y, w, h }).clipped(all) else {
        return Err(cx.raise(&VALUE_ERROR, "Invalid ROI dimensions!"));
    };
    let whole = part == all;
    let window =
        Window { x: part.x as u16, y: part.y as u16, width: part.w as u16, height: part.h as u16 };
    if !whole && !with_source(cx, this, |source| source.sensor.info().crops)? {
        return Err(cx.raise(&RUNTIME_ERROR, "Sensor control is not supported."));
    }
    change(cx, this, |settings| settings.window = (!whole).then_some(window))?;
    Ok(Held::NONE)
}

/// `framebuffers([count])`
pub(super) fn frame_buffers<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let Some(given) = args.get(1) else {
        let count = with_source(cx, this, |source| source.buffer.count())?;
        return cx.int(count.into());
    };
    let count = match int32(cx, given)? {
        // as many as there is room for
        ..0 => None,
        count => Some(u16::try_from(count).unwrap_or(u16::MAX)),
    };
    if count == Some(0) {
        return Err(cx.raise(&RUNTIME_ERROR, "Sensor control failed: there can be no 0 frames."));
    }
    change(cx, this, |settings| settings.count = count)?;
    Ok(Held::NONE)
}

/// Width or height of the frames.
fn side<'s>(cx: &mut Full<'s>, this: Held<'s>, side: fn((u16, u16)) -> u16) -> Given<'s> {
    let size = with_source(cx, this, |source| {
        let Settings { size, window, .. } = source.settings;
        window.map(|window| (window.width, window.height)).or(size)
    })?;
    match size {
        Some(size) => cx.int(side(size).into()),
        None => Err(cx.raise(&RUNTIME_ERROR, "Frame size is not supported or is not set.")),
    }
}

pub(super) fn width<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    side(cx, args.or_none(0), |size| size.0)
}

pub(super) fn height<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    side(cx, args.or_none(0), |size| size.1)
}

/// `framerate([rate])`
pub(super) fn frame_rate<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let Some(given) = args.get(1) else {
        let rate = with_source(cx, this, |source| source.settings.rate)?;
        return if rate == 0 {
            Err(cx.raise(&RUNTIME_ERROR, "Frame rate is not supported or is not set."))
        } else {
            cx.int(rate.into())
        };
    };
    let rate = int32(cx, given)?.clamp(0, u16::MAX.into()) as u16;
    // a sensor that has one rate keeps it
    let done = with_source(cx, this, |source| {
        source.settings.rate = rate;
        source.sensor.control(Control::FrameRate(rate))
    })?;
    match done {
        Ok(_) | Err(SensorError::Unsupported) => Ok(Held::NONE),
        Err(_) => Err(cx.raise(&RUNTIME_ERROR, "Sensor control failed.")),
    }
}

/// Something that is on or off: gives it, or sets it.
fn switch<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    place: fn(&mut Source) -> &mut bool,
    control: fn(bool) -> Option<Control<'static>>,
) -> Given<'s> {
    let this = args.or_none(0);
    let Some(given) = args.get(1) else {
        return Ok(Held::bool(with_source(cx, this, |source| *place(source))?));
    };
    let on = cx.truth(given)?;
    if let Some(control) = control(on) {
        // to leave off what a sensor does not have is no error
        let before = with_source(cx, this, |source| *place(source))?;
        if on != before {
            control::ask(cx, this, control)?;
        }
    }
    with_source(cx, this, |source| *place(source) = on)?;
    Ok(Held::NONE)
}

pub(super) fn mirror<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let control = |on| Some(Control::HorizontalMirror(on));
    switch(cx, args, |source| &mut source.settings.mirror, control)
}

pub(super) fn flip<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let control = |on| Some(Control::VerticalFlip(on));
    switch(cx, args, |source| &mut source.settings.flip, control)
}

pub(super) fn transpose<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let control = |on| Some(Control::Transpose(on));
    switch(cx, args, |source| &mut source.settings.transpose, control)
}

pub(super) fn auto_rotation<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    switch(cx, args, |source| &mut source.settings.rotation, |_| None)
}

pub(super) fn sleep<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let on = cx.truth(args.or_none(1))?;
    quiet(cx, args.or_none(0), Control::Sleep(on))
}

pub(super) fn shutdown<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let on = cx.truth(args.or_none(1))?;
    quiet(cx, args.or_none(0), Control::Shutdown(on))
}

/// Tells the sensor something about its power, which not every one has.
fn quiet<'s>(cx: &mut Full<'s>, this: Held<'s>, control: Control<'_>) -> Given<'s> {
    match with_source(cx, this, |source| source.sensor.control(control))? {
        Ok(_) | Err(SensorError::Unsupported) => Ok(Held::NONE),
        Err(_) => Err(cx.raise(&RUNTIME_ERROR, "Sensor control failed.")),
    }
}
