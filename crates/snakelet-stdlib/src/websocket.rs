//! `websocket`: the frames of RFC 6455 over another stream. The handshake is the script's.

use core::cell::Cell;

use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::exception::errno;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{
    Constant, Contents, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{Raised, methods, name};

use crate::gather::{Gather, To};
use crate::reading::{Target, wanted};

/// `websocket`.
pub static WEBSOCKET: NativeModule = NativeModule::new(
    name!("websocket"),
    &[Contents { functions: &[], constants: &[(name!("websocket"), Constant::Type(&TYPE))] }],
);

/// Kinds of frames, in the lower half of their first byte.
const CONTINUED: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const KIND: u8 = 15;
/// Says in the first byte that the message ends with the frame, and in the second one that it is masked.
const FLAG: u8 = 0x80;

/// Requests of `ioctl`.
const STREAM_CLOSE: i64 = 4;
const GET_DATA_OPTS: i64 = 8;
const SET_DATA_OPTS: i64 = 9;

/// Where the stream below stands.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Phase {
    /// Before the first two bytes of a frame.
    Header,
    /// Before what the second one has announced: a length of 16 bits, a mask, or both.
    More,
    Payload,
}

/// What is known of the frame that is read.
#[derive(Copy, Clone)]
struct Frame {
    phase: Phase,
    /// Bytes of the header that were read, and how many there are to be.
    bytes: [u8; 6],
    have: u8,
    wanted: u8,
    /// Bytes of the payload that are left.
    left: u16,
    mask: [u8; 4],
    /// Bytes that were unmasked, modulo 4.
    unmasked: u8,
    /// The kind of this frame, and of the message that it belongs to.
    kind: u8,
    message: u8,
}

impl Frame {
    const NEXT: Self = Self {
        phase: Phase::Header,
        bytes: [0; 6],
        have: 0,
        wanted: 2,
        left: 0,
        mask: [0; 4],
        unmasked: 0,
        kind: 0,
        message: 0,
    };

    /// Before the next frame.
    fn ended(self) -> Self {
        Self { message: self.message, ..Self::NEXT }
    }

    /// Takes a header of two bytes; false if the length is one of 64 bits.
    fn begin(&mut self) -> bool {
        let [first, second, ..] = self.bytes;
        self.kind = first & KIND;
        if self.kind != CONTINUED {
            self.message = self.kind;
        }
        self.left = (second & !FLAG).into();
        let len = match self.left {
            126 => 2,
            127 => return false,
            _ => 0,
        };
        self.wanted = len + if second & FLAG != 0 { 4 } else { 0 };
        self.have = 0;
        self.phase = if self.wanted == 0 { Phase::Payload } else { Phase::More };
        true
    }

    /// Takes what the header has announced.
    fn go_on(&mut self) {
        let [a, b, c, d, e, f] = self.bytes;
        if self.wanted & 2 != 0 {
            self.left = u16::from_be_bytes([a, b]);
        }
        self.mask = match self.wanted {
            4 => [a, b, c, d],
            6 => [c, d, e, f],
            _ => [0; 4],
        };
        self.phase = Phase::Payload;
    }
}

/// A socket. Value 0 of the object is the stream below.
struct Socket {
    frame: Cell<Frame>,
    /// The kind of frames that are written.
    kind: Cell<u8>,
    /// Whether the stream below is set to block while it is written to.
    blocks: bool,
}

impl NativeData for Socket {
    const TYPE: &'static NativeType = &TYPE;
}

static TYPE: NativeType =
    NativeType::of(name!("websocket"), const { &TypeSlots::of::<Socket>().construct(&NEW) })
        .sealed()
        .methods(methods![
            NativeFn::full_method(name!("close"), 1, 1, close),
            NativeFn::full_method(name!("ioctl"), 2, 3, ioctl),
            NativeFn::full_method(name!("read"), 1, 2, read),
            NativeFn::full_method(name!("readinto"), 2, 3, read_into),
            NativeFn::full_method(name!("readline"), 1, 2, read_line),
            NativeFn::full_method(name!("write"), 2, 4, write),
        ]);

/// `websocket(stream[, blocking])`
static NEW: NativeFn = NativeFn::leaf::<1>(name!("websocket"), 1, |cx, args| {
    let blocks = args.opt(1).is_some_and(|blocks| blocks.as_bool() == Some(true));
    let socket = Socket { frame: Cell::new(Frame::NEXT), kind: Cell::new(TEXT), blocks };
    Ok(cx.new_data(&[args.get::<0>()], socket)?.obj())
});

fn stream_of<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Given<'s> {
    cx.with_data(this, |_: &Socket| ())?;
    cx.make(|cx| Ok(cx.data::<Socket>(cx.get(this)).map_or(Obj::NONE, |data| data.value(0))))
}

fn frame_of<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Result<Frame, Raised> {
    cx.with_data(this, |socket: &Socket| socket.frame.get())
}

fn set_frame<'s>(cx: &mut Full<'s>, this: Held<'s>, frame: Frame) -> Result<(), Raised> {
    cx.with_data(this, |socket: &Socket| socket.frame.set(frame))
}

/// Reads at most `out.len()` bytes of messages: 0 at the end, `None` if there is nothing to read yet.
fn receive<'s>(cx: &mut Full<'s>, this: Held<'s>, out: &mut [u8]) -> Result<Option<usize>, Raised> {
    let stream = stream_of(cx, this)?;
    loop {
        cx.charge(4)?;
        let mut frame = frame_of(cx, this)?;
        if frame.phase != Phase::Payload {
            let (have, wanted) = (usize::from(frame.have), usize::from(frame.wanted));
            let room = frame.bytes.get_mut(have..wanted).unwrap_or_default();
            let n = match cx.scope(|cx, outer| cx.read_stream(outer.held(stream), room))? {
                Some(n @ 1..) => n.min(wanted - have),
                end => return Ok(end),
            };
            frame.have += n as u8;
            if frame.have == frame.wanted {
                if frame.phase == Phase::More {
                    frame.go_on();
                } else if !frame.begin() {
                    // what follows cannot be told from what is lost
                    close_below(cx, stream)?;
                    return Err(cx.raise_os_error(errno::EIO));
                }
            }
            set_frame(cx, this, frame)?;
            continue;
        }
        let mut n = 0;
        if frame.left > 0 {
            let most = out.len().min(frame.left.into());
            let room = out.get_mut(..most).unwrap_or_default();
            n = match cx.scope(|cx, outer| cx.read_stream(outer.held(stream), room))? {
                Some(n @ 1..) => n.min(most),
                end => return Ok(end),
            };
            for byte in out.iter_mut().take(n) {
                *byte ^= frame.mask.get(usize::from(frame.unmasked & 3)).copied().unwrap_or(0);
                frame.unmasked = frame.unmasked.wrapping_add(1);
            }
            frame.left -= n as u16;
        }
        let is_control = frame.kind >= CLOSE;
        let (is_end, kind) = (frame.left == 0, frame.kind);
        set_frame(cx, this, if is_end { frame.ended() } else { frame })?;
        if is_end && kind == CLOSE {
            send(cx, this, &[FLAG | CLOSE, 0], None)?;
            return Ok(Some(0));
        }
        // what control frames carry, and frames without anything, are no data
        if n > 0 && !is_control {
            return Ok(Some(n));
        }
    }
}

/// Bytes that are handed on at a time.
const PIECE: usize = 128;

/// Reads up to `most` bytes, as long as there are some; `None`, Rust's, if there is nothing to read yet.
fn receive_each<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    most: usize,
    mut each: impl FnMut(&mut Full<'s>, &[u8]) -> Result<bool, Raised>,
) -> Result<Option<usize>, Raised> {
    let mut total = 0;
    while total < most {
        let mut piece = [0; PIECE];
        let room = piece.get_mut(..PIECE.min(most - total)).unwrap_or_default();
        let n = match receive(cx, this, room)? {
            None if total == 0 => return Ok(None),
            None | Some(0) => break,
            Some(n) => n,
        };
        total += n;
        if !each(cx, piece.get(..n).unwrap_or_default())? {
            break;
        }
    }
    Ok(Some(total))
}

/// `read([size])`
fn read<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let most = wanted(cx, args, 1)?;
    let store = cx.variable(Held::NONE);
    let mut gather = Gather::new(To::Store);
    let read = receive_each(cx, args.or_none(0), most, |cx, piece| {
        gather.put(cx, store, piece).map(|()| true)
    })?;
    if read.is_none() { Ok(Held::NONE) } else { gather.finish_bytes(cx, store) }
}

/// `readline([size])`
fn read_line<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let most = wanted(cx, args, 1)?;
    let store = cx.variable(Held::NONE);
    let mut gather = Gather::new(To::Store);
    let (mut total, mut is_last) = (0, false);
    while total < most && !is_last {
        let read = receive_each(cx, args.or_none(0), 1, |cx, piece| {
            is_last = piece.first() == Some(&b'\n');
            gather.put(cx, store, piece).map(|()| false)
        })?;
        match read {
            None if total == 0 => return Ok(Held::NONE),
            None | Some(0) => break,
            Some(n) => total += n,
        }
    }
    gather.finish_bytes(cx, store)
}

/// `readinto(buffer[, size])`
fn read_into<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (mut target, most) = Target::of(cx, args)?;
    let total =
        receive_each(cx, args.or_none(0), most, |cx, piece| target.put(cx, piece).map(|()| true))?;
    match total {
        Some(total) => cx.count(total),
        None => Ok(Held::NONE),
    }
}

/// Writes a header, and bytes of an object behind it.
fn send<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    header: &[u8],
    data: Option<(Held<'s>, usize, usize)>,
) -> Result<(), Raised> {
    let stream = stream_of(cx, this)?;
    let blocks = cx.with_data(this, |socket: &Socket| socket.blocks)?;
    if blocks {
        cx.call_method(stream, name!("setblocking"), &[Held::bool(true)])?;
    }
    cx.scope(|cx, outer| cx.write_stream(outer.held(stream), header))?;
    if let Some((data, start, end)) = data {
        for at in (start..end).step_by(PIECE) {
            cx.charge(2)?;
            let mut piece = [0; PIECE];
            let n = PIECE.min(end - at);
            // bytes that are gone are zeros: the frame has its length
            cx.with_bytes(data, |bytes| bytes.part(at, at + n).copy_to(&mut piece))?;
            let piece = piece.get(..n).unwrap_or_default();
            cx.scope(|cx, outer| cx.write_stream(outer.held(stream), piece))?;
        }
    }
    if blocks {
        cx.call_method(stream, name!("setblocking"), &[Held::bool(false)])?;
    }
    Ok(())
}

/// `write(buffer[, size])`, or `write(buffer, offset, size)`: a message of one frame.
fn write<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (this, data) = (args.or_none(0), args.or_none(1));
    let all = cx.with_bytes(data, |bytes: Bytes<'_>| bytes.len())?;
    let (start, most) = match args.len() {
        4 => (wanted(cx, args, 2)?.min(all), wanted(cx, args, 3)?),
        _ => (0, wanted(cx, args, 2)?),
    };
    let end = start.saturating_add(most).min(all);
    let Ok(len) = u16::try_from(end - start) else {
        return Err(cx.raise_os_error(errno::ENOBUFS));
    };
    let first = FLAG | cx.with_data(this, |socket: &Socket| socket.kind.get())?;
    let [high, low] = len.to_be_bytes();
    let header = [first, if len < 126 { low } else { 126 }, high, low];
    let n = if len < 126 { 2 } else { 4 };
    send(cx, this, header.get(..n).unwrap_or_default(), Some((data, start, end)))?;
    cx.count(end - start)
}

fn close_below<'s>(cx: &mut Full<'s>, stream: Held<'s>) -> Result<(), Raised> {
    cx.call_method(stream, name!("close"), &[]).map(drop)
}

/// `close()`
fn close<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let stream = stream_of(cx, args.or_none(0))?;
    close_below(cx, stream)?;
    Ok(Held::NONE)
}

/// `ioctl(request[, argument])`
fn ioctl<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let argument = args.get(2).map_or(Ok(0), |argument| cx.i64_of(argument))?;
    match cx.i64_of(args.or_none(1))? {
        STREAM_CLOSE => {
            close(cx, args)?;
            cx.count(0)
        }
        GET_DATA_OPTS => {
            let frame = frame_of(cx, this)?;
            cx.count(frame.message.into())
        }
        SET_DATA_OPTS => {
            if argument < 0 {
                return Err(cx.raise(&VALUE_ERROR, "negative options"));
            }
            let kind = argument as u8 & KIND;
            let before = cx.with_data(this, |socket: &Socket| socket.kind.replace(kind))?;
            cx.count(before.into())
        }
        _ => Err(cx.raise_os_error(errno::EINVAL)),
    }
}
