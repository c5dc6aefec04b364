//! `deflate`: streams that compress what is written to another stream, and decompress what is read of it.

mod checksum;
mod compress;
mod huffman;
mod inflate;

use core::cell::{Cell, RefCell};

use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::{EOF_ERROR, EXCEPTION, TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::exception::errno;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Leaf, Leave, Obj};
use snakelet_vm::native::{
    Constant, Contents, Data, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{Raised, methods, name};

use crate::gather::{Gather, To};
use crate::reading::{Target, wanted};
use checksum::Checksum;
use compress::{Compress, Output};
use inflate::{Inflate, Status, TABLES};

/// `deflate`.
pub static DEFLATE: NativeModule = NativeModule::new(
    name!("deflate"),
    &[Contents {
        functions: &[],
        constants: &[
            (name!("AUTO"), Constant::Int(Format::Auto as i32)),
            (name!("DeflateIO"), Constant::Type(&DEFLATE_IO)),
            (name!("GZIP"), Constant::Int(Format::Gzip as i32)),
            (name!("RAW"), Constant::Int(Format::Raw as i32)),
            (name!("ZLIB"), Constant::Int(Format::Zlib as i32)),
        ],
    }],
);

/// What stands around the compressed data, with MicroPython's numbers.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Format {
    /// Of what is read, zlib's or gzip's, as it says; nothing around what is written.
    Auto = 0,
    Raw = 1,
    Zlib = 2,
    Gzip = 3,
}

/// The size of a window that was not said, as a power of two.
const USUAL_BITS: u8 = 8;

/// A stream. The values of the object are the stream below, `None` when this one is closed, then what reads, and what writes.
struct DeflateIo {
    format: Format,
    /// The size of the window as a power of two, 0 if it was not said.
    window_bits: u8,
    /// Whether the stream below is closed with this one.
    closes: bool,
}

const STREAM: usize = 0;
const READER: usize = 1;
const WRITER: usize = 2;

impl NativeData for DeflateIo {
    const TYPE: &'static NativeType = &DEFLATE_IO;
}

static DEFLATE_IO: NativeType =
    NativeType::of(name!("DeflateIO"), const { &TypeSlots::of::<DeflateIo>().construct(&NEW) })
        .methods(methods![
            NativeFn::on::<DeflateIo, 0, _>(name!("__enter__"), 0, |_, this, _| Ok(this.obj())),
            NativeFn::full_method(name!("__exit__"), 1, 4, close),
            NativeFn::full_method(name!("close"), 1, 1, close),
            NativeFn::full_method(name!("read"), 1, 2, read),
            NativeFn::full_method(name!("readinto"), 2, 3, read_into),
            NativeFn::full_method(name!("readline"), 1, 2, read_line),
            NativeFn::full_method(name!("write"), 2, 4, write),
        ]);

/// `DeflateIO(stream[, format[, wbits[, close]]])`
static NEW: NativeFn = NativeFn::leaf::<1>(name!("DeflateIO"), 3, |cx, args| {
    let number = |i| args.opt(i).map_or(Ok(0), |given| cx.i64(given, i));
    let format = match number(1)? {
        0 => Format::Auto,
        1 => Format::Raw,
        2 => Format::Zlib,
        3 => Format::Gzip,
        _ => return Err(cx.raise(&VALUE_ERROR, "format")),
    };
    let window_bits = match number(2)? {
        bits @ (0 | 5..=15) => bits as u8,
        _ => return Err(cx.raise(&VALUE_ERROR, "wbits")),
    };
    let closes = args.opt(3).map_or(Ok(false), |close| cx.truth(3, close))?;
    let values = [args.get::<0>(), Obj::NONE, Obj::NONE];
    Ok(cx.new_data(&values, DeflateIo { format, window_bits, closes })?.obj())
});

/// What reads. The values of the object are the window and the tables.
struct Reader {
    inflate: RefCell<Inflate>,
    sum: Cell<Checksum>,
    /// Bytes that were made.
    len: Cell<u32>,
    /// Whether the data has ended.
    is_done: Cell<bool>,
    /// Whether more is read of the stream below at a time than is needed, and given back.
    gives_back: Cell<bool>,
}

impl NativeData for Reader {
    const TYPE: &'static NativeType = &READER_TYPE;
}

static READER_TYPE: NativeType =
    NativeType::of(name!("inflate"), const { &TypeSlots::of::<Reader>() }).sealed();

/// What writes. The values of the object are the window and the table of places.
struct Writer {
    compress: RefCell<Compress>,
    sum: Cell<Checksum>,
    /// Bytes that were written.
    len: Cell<u32>,
}

impl NativeData for Writer {
    const TYPE: &'static NativeType = &WRITER_TYPE;
}

static WRITER_TYPE: NativeType =
    NativeType::of(name!("deflate"), const { &TypeSlots::of::<Writer>() }).sealed();

/// A value of the stream that is the first argument.
fn part<'s>(cx: &mut Full<'s>, this: Held<'s>, i: usize) -> Given<'s> {
    cx.with_data(this, |_: &DeflateIo| ())?;
    cx.make(|cx| Ok(cx.data::<DeflateIo>(cx.get(this)).map_or(Obj::NONE, |data| data.value(i))))
}

fn set_part<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    i: usize,
    value: Held<'s>,
) -> Result<(), Raised> {
    cx.look(|cx| {
        if let Some(data) = cx.data::<DeflateIo>(cx.get(this)) {
            data.set_value(i, cx.get(value));
        }
        Ok(())
    })
}

/// The stream below.
///
/// # Errors
/// `OSError` if this one is closed.
fn stream_of<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Given<'s> {
    let stream = part(cx, this, STREAM)?;
    if cx.is_none(stream) { Err(cx.raise_os_error(errno::EINVAL)) } else { Ok(stream) }
}

fn settings<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Result<(Format, u8), Raised> {
    cx.with_data(this, |data: &DeflateIo| (data.format, data.window_bits))
}

/// Bytes that are read of the stream below at a time, if it takes back those that are not needed.
const PIECE: usize = 64;

/// Bytes of the stream below.
struct Source<'s> {
    stream: Held<'s>,
    piece: [u8; PIECE],
    len: usize,
    used: usize,
    gives_back: bool,
}

impl<'s> Source<'s> {
    fn new(stream: Held<'s>, gives_back: bool) -> Self {
        Self { stream, piece: [0; PIECE], len: 0, used: 0, gives_back }
    }

    /// What was read and not used.
    fn rest(&self) -> &[u8] {
        self.piece.get(self.used..self.len).unwrap_or_default()
    }

    /// Reads more.
    ///
    /// # Errors
    /// `EOFError` at the end.
    fn more(&mut self, cx: &mut Full<'s>) -> Result<(), Raised> {
        let most = if self.gives_back { PIECE } else { 1 };
        let room = self.piece.get_mut(..most).unwrap_or_default();
        let stream = self.stream;
        let read = cx.scope(|cx, outer| cx.read_stream(outer.held(stream), room))?;
        match read {
            Some(n @ 1..) => {
                (self.used, self.len) = (0, n.min(most));
                Ok(())
            }
            Some(0) => Err(cx.raise_no_args(&EOF_ERROR)),
            None => Err(cx.raise_os_error(errno::EAGAIN)),
        }
    }

    fn byte(&mut self, cx: &mut Full<'s>) -> Result<u8, Raised> {
        if self.rest().is_empty() {
            cx.charge(2)?;
            self.more(cx)?;
        }
        let byte = self.rest().first().copied().unwrap_or(0);
        self.used += 1;
        Ok(byte)
    }

    /// Gives back what was not used.
    fn finish(&mut self, cx: &mut Full<'s>) -> Result<(), Raised> {
        let left = self.rest().len() as i64;
        self.used = self.len;
        if left > 0 {
            let stream = self.stream;
            cx.scope(|cx, outer| seek(cx, outer.held(stream), -left).map(drop))?;
        }
        Ok(())
    }
}

/// Moves the place in a stream from where it is.
fn seek<'s>(cx: &mut Full<'s>, stream: Held<'s>, offset: i64) -> Given<'s> {
    let (offset, from_here) = (cx.int(offset)?, cx.count(1)?);
    cx.call_method(stream, name!("seek"), &[offset, from_here])
}

/// What reads, which is made, and the header read, before the first byte is.
fn reader_of<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Given<'s> {
    let known = part(cx, this, READER)?;
    if !cx.is_none(known) {
        return Ok(known);
    }
    let stream = stream_of(cx, this)?;
    // one that cannot be moved about gives its bytes one by one
    let gives_back = match cx.find_attribute(stream, name!("seek"))? {
        Some(_) => {
            let moved = seek(cx, stream, 0);
            cx.catch(moved, &EXCEPTION)?.is_some()
        }
        None => false,
    };
    let (format, mut bits) = settings(cx, this)?;
    let mut source = Source::new(stream, gives_back);
    let sum = if format == Format::Raw {
        bits = if bits == 0 { USUAL_BITS } else { bits };
        Checksum::None
    } else {
        let header = header(cx, &mut source, format);
        let finished = source.finish(cx);
        let (sum, least) = header?;
        finished?;
        bits = if bits == 0 { least } else { bits.min(least) };
        sum
    };
    let window = cx.make(|cx| cx.bytearray(1 << bits))?;
    let tables = cx.make(|cx| cx.bytearray(TABLES))?;
    let reader = Reader {
        inflate: RefCell::new(Inflate::new()),
        sum: Cell::new(sum),
        len: Cell::new(0),
        is_done: Cell::new(false),
        gives_back: Cell::new(gives_back),
    };
    let made = cx.new_data(&[window, tables], reader)?;
    set_part(cx, this, READER, made)?;
    Ok(made)
}

/// Reads what stands before the data: gives the checksum that stands behind it, and the size of its window.
fn header<'s>(
    cx: &mut Full<'s>,
    source: &mut Source<'s>,
    format: Format,
) -> Result<(Checksum, u8), Raised> {
    let (first, second) = (source.byte(cx)?, source.byte(cx)?);
    let is_gzip = (first, second) == (0x1f, 0x8b);
    let fits = match format {
        Format::Gzip => is_gzip,
        Format::Zlib => !is_gzip,
        _ => true,
    };
    if fits && is_gzip {
        return gzip_header(cx, source).map(|()| (Checksum::CRC, 15));
    }
    let is_zlib = u16::from_be_bytes([first, second]).is_multiple_of(31) && first & 15 == 8;
    // a dictionary is something that nobody has
    if !fits || !is_zlib || first >> 4 > 7 || second & 0x20 != 0 {
        return Err(cx.raise_os_error(errno::EINVAL));
    }
    Ok((Checksum::ADLER, (first >> 4) + 8))
}

/// Reads the rest of gzip's header.
fn gzip_header<'s>(cx: &mut Full<'s>, source: &mut Source<'s>) -> Result<(), Raised> {
    let (method, flags) = (source.byte(cx)?, source.byte(cx)?);
    if method != 8 || flags & 0xe0 != 0 {
        return Err(cx.raise_os_error(errno::EINVAL));
    }
    for _ in 0..6 {
        source.byte(cx)?;
    }
    if flags & 4 != 0 {
        let extra = [source.byte(cx)?, source.byte(cx)?];
        for _ in 0..u16::from_le_bytes(extra) {
            source.byte(cx)?;
        }
    }
    // a name, and a comment
    for flag in [8, 16] {
        while flags & flag != 0 && source.byte(cx)? != 0 {}
    }
    if flags & 2 != 0 {
        source.byte(cx)?;
        source.byte(cx)?;
    }
    Ok(())
}

/// Bytes that are made at a time.
const MADE: usize = 256;

/// Decompresses up to `out.len()` bytes; fewer at the end of the data alone.
fn inflate<'s>(
    cx: &mut Full<'s>,
    reader: Held<'s>,
    source: &mut Source<'s>,
    out: &mut [u8],
) -> Result<usize, Raised> {
    let mut made = 0;
    loop {
        let (rest, room) = (source.rest(), out.get_mut(made..).unwrap_or_default());
        if room.is_empty() {
            return Ok(made);
        }
        let step = cx.look(|cx| {
            let reader = reader_in(*cx, cx.get(reader))?;
            if reader.is_done.get() {
                return Ok((Status::Done, 0, 0));
            }
            let (window, tables) = (cx.writable(reader.value(0))?, cx.writable(reader.value(1))?);
            // what runs meanwhile is nothing of the script
            let Ok(mut inflate) = reader.inflate.try_borrow_mut() else {
                return Ok((Status::Wrong, 0, 0));
            };
            let (status, used, len) = inflate.run(rest, window, tables, room);
            let mut sum = reader.sum.get();
            sum.update(room.get(..len).unwrap_or_default());
            reader.sum.set(sum);
            reader.len.set(reader.len.get().wrapping_add(len as u32));
            Ok((status, used, len))
        });
        let (status, used, len) = step?;
        cx.charge(2 + (len / 8) as u32)?;
        source.used += used;
        made += len;
        match status {
            Status::NeedsInput => source.more(cx)?,
            Status::IsFull => {}
            Status::Done => return finish_reading(cx, reader, source).map(|()| made),
            Status::Wrong => return Err(cx.raise_os_error(errno::EINVAL)),
        }
    }
}

fn reader_in<'h>(cx: Leaf<'h>, object: Obj<'h>) -> Result<Data<'h, Reader>, Leave> {
    Data::of(object).ok_or_else(|| cx.raise(&TYPE_ERROR, "wrong type of receiver"))
}

/// Compares the checksum behind the data, once.
fn finish_reading<'s>(
    cx: &mut Full<'s>,
    reader: Held<'s>,
    source: &mut Source<'s>,
) -> Result<(), Raised> {
    let state =
        |reader: &Reader| (reader.is_done.replace(true), reader.sum.get(), reader.len.get());
    let (was_done, sum, len) = cx.with_data(reader, state)?;
    if was_done {
        return Ok(());
    }
    let mut read = [0; 8];
    let (expected, n) = match sum {
        Checksum::None => return Ok(()),
        Checksum::Adler(sum) => (u64::from(sum.swap_bytes()), 4),
        Checksum::Crc(crc) => (u64::from(len) << 32 | u64::from(!crc), 8),
    };
    for place in read.iter_mut().take(n) {
        *place = loop {
            let rest = source.rest();
            let (byte, used) = cx.look(|cx| {
                let reader = reader_in(*cx, cx.get(reader))?;
                let taken = reader.inflate.try_borrow_mut().map(|mut i| i.trailing(rest));
                Ok(taken.unwrap_or((None, 0)))
            })?;
            source.used += used;
            match byte {
                Some(byte) => break byte,
                None => source.more(cx)?,
            }
        };
    }
    if u64::from_le_bytes(read) == expected {
        Ok(())
    } else {
        Err(cx.raise_os_error(errno::EINVAL))
    }
}

/// Decompresses up to `most` bytes, piece by piece.
fn inflate_each<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    most: usize,
    mut each: impl FnMut(&mut Full<'s>, &[u8]) -> Result<bool, Raised>,
) -> Result<usize, Raised> {
    let stream = stream_of(cx, this)?;
    let reader = reader_of(cx, this)?;
    let gives_back = cx.with_data(reader, |reader: &Reader| reader.gives_back.get())?;
    let mut source = Source::new(stream, gives_back);
    let mut total = 0;
    let mut out = [0; MADE];
    let ended = loop {
        let room = out.get_mut(..MADE.min(most - total)).unwrap_or_default();
        let wanted = room.len();
        let len = match inflate(cx, reader, &mut source, room) {
            Ok(len) => len,
            Err(raised) => break Err(raised),
        };
        total += len;
        match each(cx, out.get(..len).unwrap_or_default()) {
            Ok(true) if len == wanted && total < most => {}
            Ok(_) => break Ok(total),
            Err(raised) => break Err(raised),
        }
    };
    // what went wrong first is what is told
    let total = ended?;
    source.finish(cx)?;
    Ok(total)
}

/// `read([size])`
fn read<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let most = wanted(cx, args, 1)?;
    let store = cx.variable(Held::NONE);
    let mut gather = Gather::new(To::Store);
    inflate_each(cx, args.or_none(0), most, |cx, piece| {
        gather.put(cx, store, piece).map(|()| true)
    })?;
    gather.finish_bytes(cx, store)
}

/// `readinto(buffer[, size])`
fn read_into<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (mut target, most) = Target::of(cx, args)?;
    let total =
        inflate_each(cx, args.or_none(0), most, |cx, piece| target.put(cx, piece).map(|()| true))?;
    cx.count(total)
}

/// `readline([size])`
fn read_line<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let most = wanted(cx, args, 1)?;
    let store = cx.variable(Held::NONE);
    let mut gather = Gather::new(To::Store);
    let mut total = 0;
    while total < most {
        let mut is_last = true;
        let n = inflate_each(cx, args.or_none(0), 1, |cx, piece| {
            is_last = piece.first().is_none_or(|byte| *byte == b'\n');
            gather.put(cx, store, piece).map(|()| false)
        })?;
        total += n;
        if is_last {
            break;
        }
    }
    gather.finish_bytes(cx, store)
}

/// What writes, which is made, and the header written, before the first byte is.
fn writer_of<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Given<'s> {
    let known = part(cx, this, WRITER)?;
    if !cx.is_none(known) {
        return Ok(known);
    }
    let stream = stream_of(cx, this)?;
    let (format, bits) = settings(cx, this)?;
    let bits = if bits == 0 { USUAL_BITS } else { bits };
    let window = cx.make(|cx| cx.bytearray(1 << bits))?;
    let table = cx.make(|cx| cx.bytearray(1 << bits))?;
    let sum = match format {
        Format::Zlib => Checksum::ADLER,
        Format::Gzip => Checksum::CRC,
        _ => Checksum::None,
    };
    let (compress, sum) = (RefCell::new(Compress::new()), Cell::new(sum));
    let made = cx.new_data(&[window, table], Writer { compress, sum, len: Cell::new(0) })?;
    match format {
        Format::Zlib => {
            // deflate with a window of that size, by usual means
            let mut header = [0x08 | (bits.max(9) - 8) << 4, 0x80];
            header[1] |= 31 - (u16::from_be_bytes(header) % 31) as u8;
            cx.write_stream(stream, &header)?;
        }
        // by the fastest means, on Unix
        Format::Gzip => cx.write_stream(stream, &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3])?,
        _ => {}
    }
    set_part(cx, this, WRITER, made)?;
    Ok(made)
}

/// Bytes that are compressed before the output goes further.
const TAKEN: usize = 1024;

/// `write(buffer[, size])`, or `write(buffer, offset, size)`
fn write<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let data = args.or_none(1);
    let len = cx.with_bytes(data, |bytes| bytes.len())?;
    let stream = stream_of(cx, this)?;
    let writer = writer_of(cx, this)?;
    let (start, most) = match args.len() {
        4 => (wanted(cx, args, 2)?.min(len), wanted(cx, args, 3)?),
        _ => (0, wanted(cx, args, 2)?),
    };
    let end = start.saturating_add(most).min(len);
    let mut at = start;
    let mut out = [0; PIECE];
    while at < end {
        // the stream's own code may have changed the bytes, and how many there are
        let (taken, made) = cx.look(|cx| {
            let Some(writer) = Data::<Writer>::of(cx.get(writer)) else { return Ok((0, 0)) };
            let input = cx.readable(cx.get(data))?.part(at, end.min(at + TAKEN));
            let (window, table) = (cx.writable(writer.value(0))?, cx.writable(writer.value(1))?);
            let Ok(mut compress) = writer.compress.try_borrow_mut() else { return Ok((0, 0)) };
            let mut output = Output { bytes: &mut out, len: 0 };
            let taken = compress.run(input, window, table, &mut output);
            let mut sum = writer.sum.get();
            update(&mut sum, input.part(0, taken));
            writer.sum.set(sum);
            writer.len.set(writer.len.get().wrapping_add(taken as u32));
            Ok((taken, output.len))
        })?;
        cx.charge(2 + (taken / 4) as u32)?;
        let piece = out.get(..made).unwrap_or_default();
        cx.scope(|cx, outer| cx.write_stream(outer.held(stream), piece))?;
        if taken == 0 {
            break;
        }
        at += taken;
    }
    cx.count(at - start)
}

/// Takes bytes into account that may lie in an object.
fn update(sum: &mut Checksum, bytes: Bytes<'_>) {
    let mut piece = [0; PIECE];
    for at in (0..bytes.len()).step_by(PIECE) {
        let n = bytes.part(at, bytes.len()).copy_to(&mut piece);
        sum.update(piece.get(..n).unwrap_or_default());
    }
}

/// `close()`
fn close<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let stream = part(cx, this, STREAM)?;
    if cx.is_none(stream) {
        return Ok(Held::NONE);
    }
    let writer = part(cx, this, WRITER)?;
    let closes = cx.with_data(this, |data: &DeflateIo| data.closes)?;
    // whatever happens, it is closed
    set_part(cx, this, STREAM, Held::NONE)?;
    if !cx.is_none(writer) {
        let mut bytes = [0; 16];
        let len = cx.with_data(writer, |writer: &Writer| {
            let mut output = Output { bytes: &mut bytes, len: 0 };
            if let Ok(mut compress) = writer.compress.try_borrow_mut() {
                compress.finish(&mut output);
            }
            let len = output.len;
            let footer = match writer.sum.get() {
                Checksum::None => (0, 0),
                Checksum::Adler(sum) => (u64::from(sum.swap_bytes()), 4),
                Checksum::Crc(crc) => (u64::from(writer.len.get()) << 32 | u64::from(!crc), 8),
            };
            let places = bytes.iter_mut().skip(len).take(footer.1);
            places.zip(footer.0.to_le_bytes()).for_each(|(place, byte)| *place = byte);
            len + footer.1
        })?;
        cx.write_stream(stream, bytes.get(..len).unwrap_or_default())?;
    }
    if closes {
        cx.call_method(stream, name!("close"), &[])?;
    }
    Ok(Held::NONE)
}
