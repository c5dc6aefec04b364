//! What a script has called for each frame.
//!
//! Interrupts count frames and run no code of scripts. Between two instructions, and while a snapshot waits, the
//! interpreter lets [`serve`] look at the counts. Frames that come faster than that are told of once.

use snakelet_vm::Raised;
use snakelet_vm::name;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::{source_of, with_source};
use crate::camera::{Camera, MOST_SENSORS, Source};

/// What happens to a frame.
#[derive(Clone, Copy)]
enum Event {
    Begun,
    /// It was completed: first the signal of the frame ends, and then it can be taken.
    Ended,
    Ready,
}

impl Event {
    const ALL: [Event; 3] = [Event::Begun, Event::Ended, Event::Ready];
}

/// Which callback it is, in the order in which the camera's state keeps those of a sensor.
#[derive(Clone, Copy)]
enum Which {
    Vsync,
    Frame,
}

/// Callbacks of all sensors.
pub(crate) const CALLBACKS: usize = 2 * MOST_SENSORS;

/// Up to which frames a script was told, if it wishes to be.
#[derive(Default)]
pub(crate) struct Told {
    wished: bool,
    /// By event.
    counts: [u32; 3],
}

impl Source {
    /// The frames so far, by event.
    fn counts(&self) -> [u32; 3] {
        let frames = self.buffer.frames();
        let completed = frames.completed();
        [frames.begun(), completed, completed]
    }

    /// Whether the script is to be told of something.
    pub(super) fn has_news(&self) -> bool {
        self.told.wished && self.counts() != self.told.counts
    }

    /// Whether it is to be told of an event, which then counts as done.
    fn take_news(&mut self, event: Event) -> bool {
        let counts = self.counts();
        let (Some(told), Some(now)) =
            (self.told.counts.get_mut(event as usize), counts.get(event as usize))
        else {
            return false;
        };
        // counts wrap, and one that is read late may be behind
        let is_new = now.wrapping_sub(*told).cast_signed() > 0;
        if is_new {
            *told = *now;
        }
        is_new && self.told.wished
    }
}

/// Tells the script of what has happened to frames. An exception ends this round, and the callback that raised it is
/// not called again.
pub(crate) fn serve(cx: &mut Full<'_>) -> Result<(), Raised> {
    for source in 0..MOST_SENSORS {
        for event in Event::ALL {
            let take = |camera: &mut Camera| {
                camera.source_mut(source).is_some_and(|(source, _)| source.take_news(event))
            };
            if cx.with_state_mut(take) == Some(true) {
                cx.scope(|cx, _| tell(cx, source, event))?;
            }
        }
    }
    Ok(())
}

fn tell(cx: &mut Full<'_>, source: usize, event: Event) -> Result<(), Raised> {
    let which = if matches!(event, Event::Ready) { Which::Frame } else { Which::Vsync };
    let callback = get(cx, source, which)?;
    if cx.is_none(callback) {
        return Ok(());
    }
    let level = cx.int(matches!(event, Event::Begun).into())?;
    let args = [level];
    let args = if matches!(which, Which::Vsync) { &args[..] } else { &[] };
    let Err(raised) = cx.call(callback, args) else { return Ok(()) };
    // a stop by the host is passed on
    let exception = cx.take_exception(raised)?;
    set(cx, source, which, Held::NONE)?;
    Err(cx.raise_object(exception))
}

fn get<'s>(cx: &mut Full<'s>, source: usize, which: Which) -> Given<'s> {
    cx.state_value::<Camera>(2 * source + which as usize)
}

fn set<'s>(
    cx: &mut Full<'s>,
    source: usize,
    which: Which,
    callback: Held<'s>,
) -> Result<(), Raised> {
    cx.set_state_value::<Camera>(2 * source + which as usize, callback)
}

/// Gives a callback, or sets it; what cannot be called clears it.
fn callback<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, which: Which) -> Given<'s> {
    let this = args.or_none(0);
    let source = source_of(cx, this)?;
    let Some(new) = args.get(1) else { return get(cx, source, which) };
    let is_callable = match cx.builtin(name!("callable"))? {
        Some(callable) => {
            let answer = cx.call(callable, &[new])?;
            cx.truth(answer)?
        }
        None => true,
    };
    // frames before this are not told of
    with_source(cx, this, |source| {
        source.told.wished |= is_callable;
        source.told.counts = source.counts();
    })?;
    set(cx, source, which, if is_callable { new } else { Held::NONE })?;
    Ok(Held::NONE)
}

/// `vsync_callback([callback])`
pub(super) fn vsync<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    callback(cx, args, Which::Vsync)
}

/// `frame_callback([callback])`
pub(super) fn frame<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    callback(cx, args, Which::Frame)
}
