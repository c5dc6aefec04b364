//! Taking frames.

use snakelet_pool::{Clock, FrameRef, Frames, PixelFormat};
use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::{check_unused, source_of, with_source};
use crate::args::{bool_or, given};
use crate::camera::Source;
use crate::image::{Image, Pixels, paint};
use crate::preview;

/// A sensor that makes no frame for so long is started again.
const TIMEOUT_US: u64 = 3_000_000;
/// Microseconds between two looks at a sensor that makes its frames without being polled.
const PAUSE_US: u64 = 200;
/// Looks after which a clock that stands still is not believed any more.
const PATIENCE: u32 = 20_000;

/// `snapshot(*, time=None, frames=None, blocking=True, image=None)`
pub(super) fn snapshot<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 5] = [
        Param::keyword(name!("time")),
        Param::keyword(name!("frames")),
        Param::keyword(name!("update")),
        Param::keyword(name!("blocking")),
        Param::keyword(name!("image")),
    ];
    let this = args.or_none(0);
    let [time, frames, _, blocking, image] = args.skip(1).parse(cx, &PARAMETERS)?;
    let blocking = bool_or(cx, blocking, true)?;
    let (time, frames) = (given(cx, time), given(cx, frames));
    if time.is_none() && frames.is_none() {
        let frame = take(cx, this, blocking)?;
        return match given(cx, image) {
            Some(image) if !cx.is_none(frame) => {
                paint::fit(cx, image, frame)?;
                Ok(Held::NONE)
            }
            _ => Ok(frame),
        };
    }
    let most_us = match time {
        Some(time) => Some(u64::try_from(cx.i64_of(time)?).unwrap_or(0).saturating_mul(1000)),
        None => None,
    };
    let most_frames = match frames {
        Some(frames) => Some(u64::try_from(cx.i64_of(frames)?).unwrap_or(0)),
        None => None,
    };
    let began = cx.ticks_us();
    let (mut taken, mut last, mut still) = (0, began, 0);
    while most_frames.is_none_or(|most| taken < most) {
        let now = cx.ticks_us();
        still = if now == last { still + 1 } else { 0 };
        last = now;
        if most_us.is_some_and(|most| now.saturating_sub(began) >= most || still >= PATIENCE) {
            break;
        }
        cx.scope(|cx, outer| take(cx, outer.held(this), blocking).map(drop))?;
        taken += 1;
    }
    Ok(Held::NONE)
}

/// What a look for a frame comes to.
enum Look {
    Frame(Taken),
    /// None is there yet.
    Wait,
    /// All slots are held by scripts.
    AllHeld,
    Unset,
}

/// A frame that was taken, and what it is like.
struct Taken {
    frame: FrameRef,
    frames: &'static Frames<'static>,
    width: u16,
    height: u16,
    format: PixelFormat,
    bytes: u32,
    overflow: bool,
}

impl Source {
    /// Takes a frame, if there is one, and polls the sensor. The last one goes back first, which may be one that a
    /// callback has taken.
    fn look(&mut self) -> Look {
        self.release_current();
        if self.buffer.setup().is_none() {
            return Look::Unset;
        }
        if self.buffer.held() >= usize::from(self.buffer.count()) {
            return Look::AllHeld;
        }
        let found = self.buffer.acquire().or_else(|| {
            self.sensor.poll();
            self.buffer.acquire()
        });
        let Some(frame) = found else { return Look::Wait };
        self.current = Some(frame);
        let (Some(setup), Some(info)) = (self.buffer.setup(), self.buffer.info(frame)) else {
            return Look::Wait;
        };
        // raw frames have all their bytes, compressed ones those that came
        let bytes = match setup.format {
            PixelFormat::Jpeg => info.bytes,
            _ => setup.frame_bytes() as u32,
        };
        Look::Frame(Taken {
            frame,
            frames: self.buffer.frames(),
            width: setup.frame_width,
            height: setup.frame_height,
            format: setup.format,
            bytes,
            overflow: info.overflow,
        })
    }

    /// Stops a sensor that makes no frames, and starts it again.
    fn rearm(&mut self) {
        /// A clock that has moved on by more than anyone waits.
        struct Late;
        impl Clock for Late {
            fn now_us(&self) -> u64 {
                0
            }
        }
        if let Ok(frame) = self.buffer.wait(self.sensor, &Late, 0) {
            self.buffer.release(frame);
        }
    }
}

/// Takes a frame; `None` if there is none and nobody is to wait for it.
fn take<'s>(cx: &mut Full<'s>, this: Held<'s>, blocking: bool) -> Given<'s> {
    let source = source_of(cx, this)?;
    check_unused(cx, this)?;
    // the image comes first, so that no frame is taken for which there is no object
    let image = cx.new_data(
        &[Held::NONE],
        Image {
            width: 0,
            height: 0,
            format: PixelFormat::Grayscale,
            bytes: 0,
            pixels: Pixels::Closed,
        },
    )?;
    preview::show_frame(cx, source)?;
    let began = cx.ticks_us();
    let (mut last, mut still, mut collected) = (began, 0, false);
    let taken = loop {
        match with_source(cx, this, Source::look)? {
            Look::Frame(taken) => break taken,
            Look::Unset => {
                let text = "Frame size is not supported or is not set.";
                return Err(cx.raise(&RUNTIME_ERROR, text));
            }
            Look::AllHeld if !collected => {
                collected = true;
                cx.collect()?;
                with_source(cx, this, |source| source.buffer.reclaim())?;
                continue;
            }
            Look::AllHeld => {
                return Err(cx.raise(&RUNTIME_ERROR, "all frame buffers are held"));
            }
            Look::Wait if !blocking => return Ok(Held::NONE),
            Look::Wait => {}
        }
        cx.charge(16)?;
        cx.block_us(PAUSE_US)?;
        let now = cx.ticks_us();
        still = if now == last { still + 1 } else { 0 };
        last = now;
        if now.saturating_sub(began) >= TIMEOUT_US || still >= PATIENCE {
            with_source(cx, this, Source::rearm)?;
            return Err(cx.raise(&RUNTIME_ERROR, "Frame capture has timed out."));
        }
    };
    if taken.overflow {
        with_source(cx, this, Source::release_current)?;
        let text = "Frame buffer overflow, try reducing the frame size.";
        return Err(cx.raise(&RUNTIME_ERROR, text));
    }
    cx.with_data_mut(image, |image: &mut Image| {
        let Taken { frame, frames, width, height, format, bytes, .. } = taken;
        let source = source as u8;
        (image.width, image.height, image.format, image.bytes) = (width, height, format, bytes);
        image.pixels = Pixels::Frame { source, frame, frames };
    })?;
    if with_source(cx, this, |source| source.has_news())? {
        // callbacks need not wait for the next look of the interpreter
        cx.block_us(0)?;
    }
    Ok(image)
}

/// `flush()`: shows the frame of the last snapshot, and drops what was captured and not taken.
pub(super) fn flush<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let source = source_of(cx, args.or_none(0))?;
    preview::show_frame(cx, source)?;
    with_source(cx, args.or_none(0), |source| source.buffer.flush())?;
    Ok(Held::NONE)
}

/// `readable()`: whether a frame waits.
pub(super) fn readable<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let waits = with_source(cx, args.or_none(0), |source| {
        if source.buffer.setup().is_some() && source.buffer.frames().queued() == 0 {
            source.sensor.poll();
        }
        source.buffer.frames().queued() > 0
    })?;
    Ok(Held::bool(waits))
}

/// `counters()`: how many frames were captured, delivered, dropped, and lost in two ways.
pub(super) fn counters<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let counters = with_source(cx, args.or_none(0), |source| source.buffer.counters())?;
    let names = const {
        &[
            name!("captured"),
            name!("delivered"),
            name!("dropped"),
            name!("overrun"),
            name!("errors"),
        ]
    };
    let figures = [
        counters.captured,
        counters.delivered,
        counters.dropped,
        counters.overrun,
        counters.errors,
    ];
    let mut items = [Held::NONE; 5];
    for (item, figure) in items.iter_mut().zip(figures) {
        *item = cx.int(figure.into())?;
    }
    cx.named_tuple(names, &items)
}
