//! `UART`.

use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{Constant, Contents, NativeData, NativeFn, NativeType, Param, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::args::{find, given, number, optional};
use super::{done, try_board, with_board};
use crate::board::Timeouts;
use crate::device::{Done, Errno, Uart, UartSetup};

/// A line as scripts have it.
struct UartObject(u16);

impl NativeData for UartObject {
    const TYPE: &'static NativeType = &UART;
}

/// Requests of `ioctl`.
const FLUSH: i64 = 1;
const POLL: i64 = 3;
const CLOSE: i64 = 4;
/// Events.
const READABLE: i64 = 1;
const WRITABLE: i64 = 4;

pub(super) static UART: NativeType =
    NativeType::of(name!("UART"), const { &TypeSlots::of::<UartObject>().construct(&NEW) })
        .sealed()
        .contents(&Contents {
            functions: &[],
            constants: &[
                (name!("CTS"), Constant::Int(2)),
                (name!("INV_RX"), Constant::Int(2)),
                (name!("INV_TX"), Constant::Int(1)),
                (name!("RTS"), Constant::Int(1)),
            ],
        })
        .methods(methods![
            NativeFn::full_method(name!("__repr__"), 1, 1, repr),
            NativeFn::full_method(name!("any"), 1, 1, any),
            NativeFn::full_method(name!("close"), 1, 1, |_, _| Ok(Held::NONE)),
            NativeFn::full_method(name!("deinit"), 1, 1, |_, _| Ok(Held::NONE)),
            NativeFn::full_method(name!("flush"), 1, 1, flush),
            NativeFn::full_method(name!("init"), 1, 2, init).keywords(),
            NativeFn::full_method(name!("ioctl"), 2, 3, ioctl),
            NativeFn::full_method(name!("read"), 1, 2, read),
            NativeFn::full_method(name!("readinto"), 2, 3, read_into),
            NativeFn::full_method(name!("readline"), 1, 2, read_line),
            NativeFn::full_method(name!("sendbreak"), 1, 1, send_break),
            NativeFn::full_method(name!("txdone"), 1, 1, is_done),
            NativeFn::full_method(name!("write"), 2, 4, write),
        ]);

static NEW: NativeFn = NativeFn::full(name!("UART"), 1, 2, construct).keywords();

/// `UART(id, baudrate=9600, *, bits=8, parity=None, stop=1, ...)`
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = find(cx, args.or_none(0), "invalid UART", |board, wanted| {
        board.uart.position(|part| wanted.is(part.id))
    })?;
    setup(cx, line, args.skip(1))?;
    cx.new_data(&[], UartObject(line))
}

/// The pins are those that the host has given the line.
fn setup<'s>(cx: &mut Full<'s>, line: u16, args: FullArgs<'s>) -> Result<(), Raised> {
    static PARAMETERS: [Param; 14] = [
        Param::optional(name!("baudrate")),
        Param::keyword(name!("bits")),
        Param::keyword(name!("parity")),
        Param::keyword(name!("stop")),
        Param::keyword(name!("tx")),
        Param::keyword(name!("rx")),
        Param::keyword(name!("rts")),
        Param::keyword(name!("cts")),
        Param::keyword(name!("txbuf")),
        Param::keyword(name!("rxbuf")),
        Param::keyword(name!("timeout")),
        Param::keyword(name!("timeout_char")),
        Param::keyword(name!("invert")),
        Param::keyword(name!("flow")),
    ];
    let [baudrate, bits, parity, stop, _, _, _, _, _, receive, timeout, timeout_char, invert, flow] =
        args.parse(cx, &PARAMETERS)?;
    let small = |cx: &mut Full<'s>, value: Option<Held<'s>>| match given(cx, value) {
        Some(value) => number(cx, value, 0, 255).map(|value| Some(value as u8)),
        None => Ok(None),
    };
    let setup = UartSetup {
        baudrate: optional(cx, baudrate)?,
        bits: small(cx, bits)?,
        parity: match parity {
            Some(parity) if cx.is_none(parity) => Some(None),
            Some(parity) => Some(Some(cx.i64_of(parity)? & 1 != 0)),
            None => None,
        },
        stop: small(cx, stop)?,
        flow: small(cx, flow)?,
        invert: small(cx, invert)?,
        receive_buffer: optional(cx, receive)?.map(|n| n as usize),
    };
    let (first, next) = (optional(cx, timeout)?, optional(cx, timeout_char)?);
    try_board(cx, |board| {
        let part = board.uart.get(line.into()).ok_or(Errno::NO_DEVICE)?;
        let before = part.note;
        part.note =
            Timeouts { first: first.unwrap_or(before.first), next: next.unwrap_or(before.next) };
        if setup == UartSetup::default() { Ok(()) } else { part.device.setup(setup) }
    })
}

fn this<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<u16, Raised> {
    cx.with_data(args.or_none(0), |line: &UartObject| line.0)
}

fn with_line<R>(
    cx: &mut Full<'_>,
    line: u16,
    work: impl FnOnce(&mut dyn Uart) -> Done<R>,
) -> Result<R, Raised> {
    try_board(cx, |board| match board.uart.get(line.into()) {
        Some(part) => work(&mut part.device),
        None => Err(Errno::NO_DEVICE),
    })
}

fn timeouts(cx: &mut Full<'_>, line: u16) -> Result<Timeouts, Raised> {
    try_board(cx, |board| board.uart.get(line.into()).map(|part| part.note).ok_or(Errno::NO_DEVICE))
}

fn repr<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = this(cx, args)?;
    let id = with_board(cx, |board| board.uart.get(line.into()).map(|part| part.id))?;
    let id = id.unwrap_or_default();
    match (id.number, id.name) {
        (None, Some(name)) => super::args::text(cx, format_args!("UART({name:?})")),
        (number, _) => super::args::text(cx, format_args!("UART({})", number.unwrap_or(0))),
    }
}

fn init<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = this(cx, args)?;
    setup(cx, line, args.skip(1))?;
    Ok(Held::NONE)
}

/// `any()`
fn any<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = this(cx, args)?;
    let n = with_line(cx, line, |line| line.available())?;
    cx.count(n)
}

/// Waits for bytes, for the first or for one that follows; 0 if the time is over.
fn receive(cx: &mut Full<'_>, line: u16, is_first: bool, room: &mut [u8]) -> Result<usize, Raised> {
    let mut until = None;
    loop {
        let n = with_line(cx, line, |line| line.read(room))?.min(room.len());
        if n > 0 || room.is_empty() {
            return Ok(n);
        }
        let now = cx.ticks_us();
        let until = match until {
            Some(until) => until,
            None => {
                let timeouts = timeouts(cx, line)?;
                let ms = if is_first { timeouts.first } else { timeouts.next };
                *until.insert(now.saturating_add(u64::from(ms) * 1000))
            }
        };
        if now >= until || !cx.pause(until)? {
            return Ok(0);
        }
    }
}

/// Bytes that are handed on at a time.
const PIECE: usize = 64;

/// Reads up to `most` bytes, up to the end of a line if that is wanted, in pieces.
fn receive_each<'s>(
    cx: &mut Full<'s>,
    line: u16,
    most: usize,
    by_lines: bool,
    mut each: impl FnMut(&mut Full<'s>, &[u8]) -> Result<(), Raised>,
) -> Result<usize, Raised> {
    let mut total = 0;
    while total < most {
        let mut piece = [0; PIECE];
        let room = if by_lines { 1 } else { PIECE.min(most - total) };
        let n = receive(cx, line, total == 0, piece.get_mut(..room).unwrap_or_default())?;
        if n == 0 {
            break;
        }
        total += n;
        let piece = piece.get(..n).unwrap_or_default();
        each(cx, piece)?;
        if by_lines && piece == b"\n" {
            break;
        }
        cx.charge(4)?;
    }
    Ok(total)
}

fn wanted<'s>(cx: &mut Full<'s>, size: Option<Held<'s>>) -> Result<usize, Raised> {
    match given(cx, size) {
        Some(size) => Ok(usize::try_from(cx.i64_of(size)?).unwrap_or(usize::MAX)),
        None => Ok(usize::MAX),
    }
}

/// Reads bytes into a new `bytes`; `None`, Python's, if there are none.
fn read_new<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, by_lines: bool) -> Given<'s> {
    let line = this(cx, args)?;
    let most = wanted(cx, args.get(1))?;
    let store = cx.make(|cx| cx.bytearray(0))?;
    let store = cx.variable(store);
    let mut len = 0;
    let total = receive_each(cx, line, most, by_lines, |cx, piece| {
        let end = len + piece.len();
        cx.update(store, |cx, old| {
            let old_bytes = cx.readable(old)?;
            let place = if end > old_bytes.len() {
                let new = cx.bytearray((end + end / 2).max(PIECE))?;
                cx.copy(old_bytes.part(0, len), cx.writable(new)?)?;
                new
            } else {
                old
            };
            cx.copy(piece.into(), cx.writable(place)?.get(len..).unwrap_or_default())?;
            Ok(place)
        })?;
        len = end;
        Ok(())
    })?;
    if total == 0 {
        // the end of nothing that was asked for is no reason to come again
        return if most == 0 { cx.bytes(&[]) } else { Ok(Held::NONE) };
    }
    cx.make(|cx| {
        let bytes = cx.readable(cx.get(store.held()))?.part(0, len);
        cx.bytes(len, |out| {
            bytes.copy_to(out);
        })
    })
}

/// `read([nbytes])`
fn read<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    read_new(cx, args, false)
}

/// `readline([nbytes])`
fn read_line<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    read_new(cx, args, true)
}

/// `readinto(buf[, nbytes])`: how many bytes; `None`, Python's, if there are none.
fn read_into<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = this(cx, args)?;
    let buffer = args.or_none(1);
    let room = cx.look(|cx| Ok(cx.writable(cx.get(buffer))?.len()))?;
    let most = wanted(cx, args.get(2))?.min(room);
    let mut at = 0;
    let total = receive_each(cx, line, most, false, |cx, piece| {
        cx.look(|cx| {
            // callbacks that ran meanwhile may have made it shorter
            let to = cx.writable(cx.get(buffer))?.get(at..).unwrap_or_default();
            cx.copy(piece.into(), to)
        })?;
        at += piece.len();
        Ok(())
    })?;
    if total == 0 && most > 0 { Ok(Held::NONE) } else { cx.count(total) }
}

/// For how long a line may have no room, beside the script's timeout.
const STUCK_US: u64 = 1_000_000;

/// `write(buf[, size])`, or `write(buf, offset, size)`: how many bytes; `None`, Python's, if the line took none.
fn write<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = this(cx, args)?;
    let buffer = args.or_none(1);
    let all = cx.with_bytes(buffer, |bytes| bytes.len())?;
    let (start, most) = match args.len() {
        4 => (wanted(cx, args.get(2))?.min(all), wanted(cx, args.get(3))?),
        _ => (0, wanted(cx, args.get(2))?),
    };
    let end = start.saturating_add(most).min(all);
    let (mut at, mut until) = (start, None);
    while at < end {
        let mut piece = [0; PIECE];
        let n =
            cx.with_bytes(buffer, |bytes| bytes.part(at, end.min(at + PIECE)).copy_to(&mut piece))?;
        if n == 0 {
            break;
        }
        let piece = piece.get(..n).unwrap_or_default();
        let n = with_line(cx, line, |line| line.write(piece))?.min(n);
        at += n;
        cx.charge(4)?;
        if n > 0 {
            until = None;
            continue;
        }
        let now = cx.ticks_us();
        let until = match until {
            Some(until) => until,
            None => {
                let timeout = u64::from(timeouts(cx, line)?.first) * 1000;
                *until.insert(now.saturating_add(timeout + STUCK_US))
            }
        };
        if now >= until || !cx.pause(until)? {
            break;
        }
    }
    if at == start && end > start { Ok(Held::NONE) } else { cx.count(at - start) }
}

fn flush<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = this(cx, args)?;
    with_line(cx, line, |line| line.flush())?;
    Ok(Held::NONE)
}

fn is_done<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = this(cx, args)?;
    Ok(Held::bool(with_line(cx, line, |line| line.is_done())?))
}

fn send_break<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = this(cx, args)?;
    with_line(cx, line, |line| line.send_break())?;
    Ok(Held::NONE)
}

/// `ioctl(request[, argument])`, by which `select` and `asyncio` ask.
fn ioctl<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let line = this(cx, args)?;
    let result = match cx.i64_of(args.or_none(1))? {
        POLL => {
            let wanted = args.get(2).map_or(Ok(0), |wanted| cx.i64_of(wanted))?;
            let ready = with_line(cx, line, |line| {
                let readable = if line.available()? > 0 { READABLE } else { 0 };
                Ok(readable | if line.has_room()? { WRITABLE } else { 0 })
            })?;
            Ok(ready & wanted)
        }
        FLUSH => with_line(cx, line, |line| line.flush()).map(|()| Ok(0))?,
        CLOSE => Ok(0),
        _ => Err(Errno::INVALID),
    };
    let result = done(cx, result)?;
    cx.int(result)
}
