//! What happens between two instructions of a script: callbacks of pins and timers.
//!
//! A callback that raises ends the round; its exception is printed, and the next round begins behind it, so that one
//! handler does not keep the others from their turn.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::native::full::{Full, Given, Held};

use super::pin::{FALLING, HIGH_LEVEL, LOW_LEVEL, RISING};
use super::{try_board, with_board};
use crate::Board;
use crate::board::Part;
use crate::device::{Errno, Pin};

// values that the state keeps
/// A dict: of a pin's number, the handler and the pin.
const PINS: usize = 0;
/// A dict: of a timer's place, the callback and the timer.
const TIMERS: usize = 1;
/// `mem8`, `mem16`, `mem32`.
pub(super) const WORDS: usize = 2;
/// How many there are.
pub(crate) const IRQ_VALUES: usize = 5;

/// What a board notes of a pin.
#[derive(Copy, Clone, Debug)]
pub struct PinWatch {
    /// Of what the script is told; nothing if it is 0.
    trigger: u8,
    /// Whether the pin notes edges itself.
    notes_edges: bool,
    /// The level that was seen last.
    level: bool,
}

impl PinWatch {
    pub(crate) const NONE: Self = Self { trigger: 0, notes_edges: false, level: false };
}

/// Whether there is something to tell of a pin.
fn has_news(part: &mut Part<dyn Pin>) -> bool {
    let trigger = part.note.trigger;
    if trigger == 0 {
        return false;
    }
    let mut news = 0;
    if part.note.notes_edges {
        news |= part.device.take_edges();
    }
    if !part.note.notes_edges || trigger & (LOW_LEVEL | HIGH_LEVEL) != 0 {
        // of a pin that cannot be read there is nothing to tell
        let Ok(level) = part.device.read() else { return false };
        news |= if level { HIGH_LEVEL } else { LOW_LEVEL };
        if !part.note.notes_edges && level != part.note.level {
            news |= if level { RISING } else { FALLING };
        }
        part.note.level = level;
    }
    news & trigger != 0
}

/// Sets what is called for a pin, or nothing.
pub(super) fn watch<'s>(
    cx: &mut Full<'s>,
    pin: u16,
    object: Held<'s>,
    handler: Option<Held<'s>>,
    trigger: u8,
) -> Result<(), Raised> {
    let trigger = if handler.is_some() { trigger } else { 0 };
    if let Some(handler) = handler {
        set(cx, PINS, pin.into(), handler, object)?;
    }
    try_board(cx, |board| {
        let part = board.pins.get(pin.into()).ok_or(Errno::NO_DEVICE)?;
        let notes_edges = part.device.watch(trigger & (RISING | FALLING))?;
        let level = part.device.read()?;
        let before = core::mem::replace(&mut part.note, PinWatch { trigger, notes_edges, level });
        board.watched = board.watched.saturating_add((trigger != 0).into());
        board.watched = board.watched.saturating_sub((before.trigger != 0).into());
        Ok(())
    })?;
    if handler.is_none() {
        forget(cx, PINS, pin.into())?;
    }
    plan(cx);
    Ok(())
}

/// Sets what is called: `callback(argument)`.
fn set<'s>(
    cx: &mut Full<'s>,
    table: usize,
    key: usize,
    callback: Held<'s>,
    argument: Held<'s>,
) -> Result<(), Raised> {
    let mut dict = cx.state_value::<Board>(table)?;
    if cx.is_none(dict) {
        dict = cx.dict(2)?;
        cx.set_state_value::<Board>(table, dict)?;
    }
    let pair = cx.tuple(&[callback, argument])?;
    let key = cx.count(key)?;
    cx.set_item(dict, key, pair)
}

/// What is called, if there is such a thing: the callback and its argument.
fn entry<'s>(cx: &mut Full<'s>, table: usize, key: usize) -> Result<Option<Held<'s>>, Raised> {
    let dict = cx.state_value::<Board>(table)?;
    let key = cx.count(key)?;
    if cx.is_none(dict) || !cx.contains(dict, key)? {
        return Ok(None);
    }
    cx.item(dict, key).map(Some)
}

fn forget(cx: &mut Full<'_>, table: usize, key: usize) -> Result<(), Raised> {
    cx.scope(|cx, _| {
        if entry(cx, table, key)?.is_some() {
            let dict = cx.state_value::<Board>(table)?;
            let key = cx.count(key)?;
            cx.delete_item(dict, key)?;
        }
        Ok(())
    })
}

fn call<'s>(cx: &mut Full<'s>, pair: Option<Held<'s>>) -> Given<'s> {
    let Some(pair) = pair else { return Ok(Held::NONE) };
    let callback = cx.item_at(pair, 0)?;
    let argument = cx.item_at(pair, 1)?;
    cx.call(callback, &[argument])
}

/// Calls whatever is to be called now.
pub(crate) fn serve(cx: &mut Full<'_>) -> Result<(), Raised> {
    let busy = cx.with_state_mut(|board: &mut Board| (board.watched > 0, board.timers.active > 0));
    let Some((pins, timers)) = busy else { return Ok(()) };
    if !pins && !timers {
        return Ok(());
    }
    let served = serve_now(cx, pins, timers);
    plan(cx);
    served
}

/// How often pins are looked at while the script waits, in microseconds.
const LOOK_US: u64 = 1000;

/// Says when there is to be the next round.
fn plan(cx: &mut Full<'_>) {
    let now = cx.ticks_us();
    let by = cx.with_state_mut(|board: &mut Board| {
        let look = if board.watched > 0 { now.saturating_add(LOOK_US) } else { u64::MAX };
        board
            .timers
            .timers
            .iter()
            .filter(Timer::is_active)
            .map(|timer| timer.due)
            .fold(look, u64::min)
    });
    if let Some(by) = by {
        cx.serve_by(by);
    }
}

fn serve_now(cx: &mut Full<'_>, pins: bool, timers: bool) -> Result<(), Raised> {
    if pins {
        while let Some(pin) = with_board(cx, next_pin)? {
            cx.charge(4)?;
            cx.scope(|cx, _| {
                let pair = entry(cx, PINS, pin)?;
                call(cx, pair).map(drop)
            })?;
        }
    }
    if timers {
        let now = cx.ticks_us();
        while let Some((place, is_last)) = with_board(cx, |board| board.timers.next_due(now))? {
            cx.charge(4)?;
            cx.scope(|cx, _| {
                let pair = entry(cx, TIMERS, place)?;
                if is_last {
                    forget(cx, TIMERS, place)?;
                }
                call(cx, pair).map(drop)
            })?;
        }
    }
    Ok(())
}

/// The next pin of this round of which there is something to tell.
fn next_pin(board: &mut Board) -> Option<usize> {
    let found = board.pins.find_from(board.turn, |part| has_news(part).then_some(()));
    board.turn = found.map_or(0, |(pin, ())| pin + 1);
    found.map(|(pin, ())| pin)
}

/// Timers that run or are at least had by a script.
const MOST_TIMERS: usize = 8;

/// What a timer does.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Runs {
    /// It is nobody's.
    Free,
    Not,
    Once,
    Again,
}

/// A timer.
#[derive(Copy, Clone, Debug)]
struct Timer {
    runs: Runs,
    /// The script's number for it; -1 for one that is any.
    id: i16,
    /// How often the place was given away.
    generation: u16,
    period_us: u64,
    /// When it is due, by the interpreter's clock.
    due: u64,
}

impl Timer {
    fn is_active(this: &&Self) -> bool {
        matches!(this.runs, Runs::Once | Runs::Again)
    }
}

/// The timers of scripts, which go by the interpreter's clock.
#[derive(Debug)]
pub(crate) struct Timers {
    timers: [Timer; MOST_TIMERS],
    active: u8,
    /// The timer with which the next round begins.
    turn: usize,
}

/// A timer that a script has.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct TimerKey {
    place: u8,
    generation: u16,
}

impl Timers {
    pub(crate) const NONE: Self = Self {
        timers: [Timer { runs: Runs::Free, id: -1, generation: 0, period_us: 0, due: 0 };
            MOST_TIMERS],
        active: 0,
        turn: 0,
    };

    fn get(&mut self, key: TimerKey) -> Option<&mut Timer> {
        let timer = self.timers.get_mut(usize::from(key.place))?;
        (timer.generation == key.generation && timer.runs != Runs::Free).then_some(timer)
    }

    /// The timer of a number, or a free one.
    fn take(&mut self, id: i16) -> Option<TimerKey> {
        let same = |timer: &Timer| id >= 0 && timer.id == id && timer.runs != Runs::Free;
        let place = self.timers.iter().position(same);
        let free = |timer: &Timer| timer.runs == Runs::Free;
        let place = place.or_else(|| self.timers.iter().position(free))?;
        let timer = self.timers.get_mut(place)?;
        if timer.runs == Runs::Free {
            timer.generation = timer.generation.wrapping_add(1);
            (timer.runs, timer.id) = (Runs::Not, id);
        }
        Some(TimerKey { place: u8::try_from(place).ok()?, generation: timer.generation })
    }

    fn count(&mut self) {
        self.active = self.timers.iter().filter(Timer::is_active).count() as u8;
    }

    /// The next timer of this round that is due, and whether it ends by that. What it has missed it does not make up
    /// for.
    fn next_due(&mut self, now: u64) -> Option<(usize, bool)> {
        while let Some(timer) = self.timers.get_mut(self.turn) {
            let place = self.turn;
            self.turn += 1;
            if !Timer::is_active(&&*timer) || now < timer.due {
                continue;
            }
            let is_last = timer.runs == Runs::Once;
            if is_last {
                timer.runs = Runs::Not;
                self.count();
            } else {
                timer.due = timer.due.saturating_add(timer.period_us);
                if timer.due <= now {
                    timer.due = now.saturating_add(timer.period_us);
                }
            }
            return Some((place, is_last));
        }
        self.turn = 0;
        None
    }
}

/// Takes a timer for a script.
pub(super) fn take_timer(cx: &mut Full<'_>, id: i16) -> Result<TimerKey, Raised> {
    match with_board(cx, |board| board.timers.take(id))? {
        Some(key) => Ok(key),
        None => Err(cx.raise(&RUNTIME_ERROR, "too many timers")),
    }
}

/// Starts a timer anew.
pub(super) fn start_timer<'s>(
    cx: &mut Full<'s>,
    timer: Held<'s>,
    key: TimerKey,
    period_us: u64,
    again: bool,
    callback: Option<Held<'s>>,
) -> Result<(), Raised> {
    match callback {
        Some(callback) => set(cx, TIMERS, key.place.into(), callback, timer)?,
        None => forget(cx, TIMERS, key.place.into())?,
    }
    let now = cx.ticks_us();
    with_board(cx, |board| {
        if let Some(timer) = board.timers.get(key) {
            timer.runs = if again { Runs::Again } else { Runs::Once };
            timer.period_us = period_us.max(1);
            timer.due = now.saturating_add(period_us);
        }
        board.timers.count();
    })?;
    plan(cx);
    Ok(())
}

/// Stops a timer and gives its place away.
pub(super) fn free_timer(cx: &mut Full<'_>, key: TimerKey) -> Result<(), Raised> {
    let was_had = with_board(cx, |board| {
        let timer = board.timers.get(key);
        let was_had = timer.is_some();
        if let Some(timer) = timer {
            timer.runs = Runs::Free;
        }
        board.timers.count();
        was_had
    })?;
    if was_had { forget(cx, TIMERS, key.place.into()) } else { Ok(()) }
}

/// Whether a timer is still the script's.
pub(super) fn has_timer(cx: &mut Full<'_>, key: TimerKey) -> Result<bool, Raised> {
    with_board(cx, |board| board.timers.get(key).is_some())
}
