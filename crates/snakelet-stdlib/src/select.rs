//! `select`: waiting for streams to be ready.
//!
//! A poll object asks the streams themselves, one after the other, by what `ioctl` of a stream answers; so objects of
//! scripts are asked as files are. Between two rounds the host waits ([`Full::idle`]).

use core::cell::Cell;

use snakelet_vm::exception::classes::OS_ERROR;
use snakelet_vm::exception::errno;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Leaf, Leave, Obj};
use snakelet_vm::native::{
    Constant, Contents, Data, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{Raised, methods, name};

const IN: u16 = 1;
const OUT: u16 = 4;
const ERR: u16 = 8;
const HUP: u16 = 16;

/// `select`.
pub static SELECT: NativeModule = NativeModule::new(
    name!("select"),
    &[Contents {
        functions: methods![NativeFn::full(name!("poll"), 0, 0, new)],
        constants: &[
            (name!("POLLERR"), Constant::Int(ERR as i32)),
            (name!("POLLHUP"), Constant::Int(HUP as i32)),
            (name!("POLLIN"), Constant::Int(IN as i32)),
            (name!("POLLOUT"), Constant::Int(OUT as i32)),
        ],
    }],
);

// values of a poll object
/// A list: a stream, what is waited for, what has come, and so on.
const STREAMS: usize = 0;
/// Items of that list for a stream.
const PARTS: usize = 3;

/// Time between two rounds, in microseconds.
const ROUND_US: u64 = 1000;

/// A poll object, and as such what iterates over the streams that are ready.
struct Poll {
    /// Where the iteration goes on, in the list of streams.
    at: Cell<usize>,
    /// Whether a stream that was given is not waited for any more.
    once: Cell<bool>,
}

impl NativeData for Poll {
    const TYPE: &'static NativeType = &POLL;
}

static POLL: NativeType =
    NativeType::of(name!("poll"), const { &TypeSlots::of::<Poll>().next(next) }).sealed().methods(
        methods![
            NativeFn::full_method(name!("register"), 2, 3, register),
            NativeFn::full_method(name!("unregister"), 2, 2, unregister),
            NativeFn::full_method(name!("modify"), 3, 3, modify),
            NativeFn::full_method(name!("poll"), 1, 2, poll),
            NativeFn::full_method(name!("ipoll"), 1, 3, ipoll),
        ],
    );

fn new<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let streams = cx.list(&[])?;
    cx.new_data(&[streams], Poll { at: Cell::new(0), once: Cell::new(false) })
}

/// The list of a poll object.
fn streams_of<'s>(cx: &mut Full<'s>, poll: Held<'s>) -> Given<'s> {
    cx.make(|cx| match Data::<Poll>::of(cx.get(poll)) {
        Some(poll) => Ok(poll.value(STREAMS)),
        None => Ok(Obj::NONE),
    })
}

/// Where a stream lies in the list.
fn find<'h>(cx: Leaf<'h>, poll: Obj<'h>, stream: Obj<'h>) -> Result<Option<usize>, Leave> {
    let streams = Data::<Poll>::of(poll).and_then(|poll| poll.value(STREAMS).items());
    let Some(items) = streams else { return Ok(None) };
    for at in (0..items.len()).step_by(PARTS) {
        if items.get(at).is_some_and(|item| item.is(stream)) {
            return Ok(Some(at));
        }
        cx.spend(1)?;
    }
    Ok(None)
}

fn place<'s>(cx: &mut Full<'s>, poll: Held<'s>, stream: Held<'s>) -> Result<Option<usize>, Raised> {
    cx.look(|cx| find(*cx, cx.get(poll), cx.get(stream)))
}

fn events<'s>(cx: &mut Full<'s>, given: Option<Held<'s>>) -> Given<'s> {
    let events = match given {
        Some(given) => cx.i64_of(given)? as u16,
        None => IN | OUT,
    };
    cx.int(i64::from(events))
}

/// `register(stream, events=POLLIN | POLLOUT)`.
fn register<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (poll, stream) = (args.or_none(0), args.or_none(1));
    let events = events(cx, args.get(2))?;
    if cx.find_attribute(stream, name!("ioctl"))?.is_none() {
        return Err(cx.raise(&OS_ERROR, "stream operation not supported"));
    }
    let streams = streams_of(cx, poll)?;
    match place(cx, poll, stream)? {
        Some(at) => set_part(cx, streams, at + 1, events)?,
        None => {
            let nothing = cx.int(0)?;
            for part in [stream, events, nothing] {
                cx.append(streams, part)?;
            }
        }
    }
    Ok(Held::NONE)
}

fn set_part<'s>(
    cx: &mut Full<'s>,
    streams: Held<'s>,
    at: usize,
    events: Held<'s>,
) -> Result<(), Raised> {
    let at = cx.count(at)?;
    cx.set_item(streams, at, events)
}

/// `modify(stream, events)`.
fn modify<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let events = events(cx, args.get(2))?;
    let Some(at) = place(cx, args.or_none(0), args.or_none(1))? else {
        return Err(cx.raise_os_error(errno::ENOENT));
    };
    let streams = streams_of(cx, args.or_none(0))?;
    set_part(cx, streams, at + 1, events)?;
    Ok(Held::NONE)
}

/// `unregister(stream)`; of one that is not there this is nothing.
fn unregister<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    if let Some(at) = place(cx, args.or_none(0), args.or_none(1))? {
        let streams = streams_of(cx, args.or_none(0))?;
        for _ in 0..PARTS {
            let at = cx.count(at)?;
            cx.delete_item(streams, at)?;
        }
    }
    Ok(Held::NONE)
}

/// Asks all streams once and notes what has come; how many are ready.
fn ask<'s>(cx: &mut Full<'s>, streams: Held<'s>) -> Result<usize, Raised> {
    let (mut at, mut n) = (0, 0);
    // a stream's code may change the list
    while at + PARTS <= cx.len(streams)? {
        n += cx.scope(|cx, outer| {
            let streams = outer.held(streams);
            let stream = cx.item_at(streams, at)?;
            let wanted = cx.item_at(streams, at + 1)?;
            let wanted = cx.i64_of(wanted)? as u16;
            // an error and the end are told whether they are wanted or not; nothing is where nothing is wanted any more
            let ready = if wanted == 0 { 0 } else { cx.poll_stream(stream, wanted | ERR | HUP)? };
            let noted = cx.int(i64::from(ready))?;
            if at + PARTS <= cx.len(streams)? {
                set_part(cx, streams, at + 2, noted)?;
            }
            Ok(usize::from(ready != 0))
        })?;
        at += PARTS;
        cx.charge(1)?;
    }
    Ok(n)
}

/// Waits until streams are ready or so many milliseconds have passed.
fn wait<'s>(cx: &mut Full<'s>, streams: Held<'s>, timeout: Option<Held<'s>>) -> Result<(), Raised> {
    let timeout = match timeout {
        Some(ms) if !cx.is_none(ms) => cx.i64_of(ms)?,
        _ => -1,
    };
    let end = match u64::try_from(timeout) {
        Ok(ms) => Some(cx.ticks_us().saturating_add(ms.saturating_mul(1000))),
        Err(_) => None,
    };
    loop {
        let ready = ask(cx, streams)?;
        let now = cx.ticks_us();
        if ready > 0 || end.is_some_and(|end| end <= now) {
            return Ok(());
        }
        let round = now.saturating_add(ROUND_US);
        let can_wait = cx.pause(end.map_or(round, |end| end.min(round)))?;
        if !can_wait && end.is_some() {
            // time stands still
            return Ok(());
        }
    }
}

/// The next stream of the list from place `at` on that was ready when it was asked, what has come, and the place behind
/// it; none behind the last.
fn ready_from<'s>(
    cx: &mut Full<'s>,
    streams: Held<'s>,
    mut at: usize,
) -> Result<Option<(Held<'s>, Held<'s>, usize)>, Raised> {
    while at + PARTS <= cx.len(streams)? {
        let is_ready = cx.scope(|cx, outer| {
            let ready = cx.item_at(outer.held(streams), at + 2)?;
            cx.truth(ready)
        })?;
        if is_ready {
            let stream = cx.item_at(streams, at)?;
            let ready = cx.item_at(streams, at + 2)?;
            return Ok(Some((stream, ready, at + PARTS)));
        }
        at += PARTS;
        cx.charge(1)?;
    }
    Ok(None)
}

/// `poll(timeout=-1)`: a list of streams that are ready and what has come.
fn poll<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let result = cx.list(&[])?;
    let streams = streams_of(cx, args.or_none(0))?;
    wait(cx, streams, args.get(1))?;
    let mut at = Some(0);
    while let Some(from) = at {
        at = cx.scope(|cx, outer| {
            let Some((stream, ready, behind)) = ready_from(cx, outer.held(streams), from)? else {
                return Ok(None);
            };
            let pair = cx.tuple(&[stream, ready])?;
            cx.append(outer.held(result), pair)?;
            Ok(Some(behind))
        })?;
    }
    Ok(result)
}

/// `ipoll(timeout=-1, flags=0)`: an iterator over the same: the poll object itself. With flag 1 a stream that was given is
/// not waited for any more.
fn ipoll<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let poll = args.or_none(0);
    let flags = match args.get(2) {
        Some(flags) => cx.i64_of(flags)?,
        None => 0,
    };
    let streams = streams_of(cx, poll)?;
    wait(cx, streams, args.get(1))?;
    cx.with_data::<Poll, _>(poll, |poll| {
        poll.at.set(0);
        poll.once.set(flags & 1 != 0);
    })?;
    Ok(poll)
}

fn next<'s>(cx: &mut Full<'s>, poll: Held<'s>) -> Result<Option<Held<'s>>, Raised> {
    let streams = streams_of(cx, poll)?;
    let (at, once) = cx.with_data::<Poll, _>(poll, |poll| (poll.at.get(), poll.once.get()))?;
    let Some((stream, ready, behind)) = ready_from(cx, streams, at)? else { return Ok(None) };
    cx.with_data::<Poll, _>(poll, |poll| poll.at.set(behind))?;
    if once {
        let nothing = cx.int(0)?;
        set_part(cx, streams, behind - PARTS + 1, nothing)?;
    }
    cx.tuple(&[stream, ready]).map(Some)
}
