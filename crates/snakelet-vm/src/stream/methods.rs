//! The methods of streams, for any stream behind them.

use super::{Backend, encodes, ioctl, ioctl_or_raise, is_text, request};
use crate::native::NativeFn;
use crate::native::print::CHUNK;
use crate::vm::host::SeekFrom;

use crate::native::print::Out;
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, qstr};

/// Methods of files.
pub(super) static STREAM: &[NativeFn] = methods![
    method!("read", 1, 2, read),
    method!("readinto", 2, 3, readinto),
    method!("readline", 1, 2, readline),
    method!("readlines", 1, 1, readlines),
    method!("write", 2, 4, write),
    method!("seek", 2, 3, seek),
    method!("tell", 1, 1, tell),
    method!("flush", 1, 1, flush),
    method!("close", 1, 1, close),
    method!("fileno", 1, 1, fileno),
    method!("ioctl", 2, 3, ioctl_method),
    method!("__enter__", 1, 1, enter),
    method!("__exit__", 1, 4, close),
];

/// Methods of streams of other crates.
#[cfg(feature = "streams")]
pub static FILE: &[NativeFn] = methods![
    method!("read", 1, 2, read),
    method!("readinto", 2, 3, readinto),
    method!("readline", 1, 2, readline),
    method!("readlines", 1, 1, readlines),
    method!("write", 2, 4, write),
    method!("seek", 2, 3, seek),
    method!("tell", 1, 1, tell),
    method!("flush", 1, 1, flush),
    method!("close", 1, 1, close),
    method!("ioctl", 2, 3, ioctl_method),
    method!("__enter__", 1, 1, enter),
    method!("__exit__", 1, 4, close),
];

/// Calling a file type opens a file.
#[cfg(feature = "files")]
pub(super) fn make_file(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 2)?;
    let mode = match args.opt(1) {
        Some(mode) => mode,
        None => vm.push(Value::qstr(qstr!("r"))),
    };
    crate::vfs::open(vm, args.get(0), mode)
}

/// How many bytes or characters are asked for; `None` for all.
fn wanted(vm: &mut Vm, arg: Option<Local>) -> Result<Option<usize>, Raised> {
    match arg {
        Some(n) if !vm.get(n).is_none() => Ok(usize::try_from(vm.index_of(n)?).ok()),
        _ => Ok(None),
    }
}

fn finish(vm: &mut Vm, out: Out, text: bool) -> Res {
    if text { vm.finish_text(out) } else { vm.finish_bytes(out) }
}

/// Counts characters in UTF-8 text that comes in pieces.
#[derive(Default)]
struct Counter {
    characters: usize,
    /// Bytes that the last character lacks.
    lacking: usize,
}

impl Counter {
    fn count(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.lacking > 0 && byte & 0xc0 == 0x80 {
                self.lacking -= 1;
            } else {
                self.characters += 1;
                self.lacking = match byte {
                    0xf0.. => 3,
                    0xe0.. => 2,
                    0xc0.. => 1,
                    _ => 0,
                };
            }
        }
    }
}

pub(super) fn read(vm: &mut Vm, args: Args) -> Res {
    let stream = args.get(0);
    let limit = wanted(vm, args.opt(1))?;
    let text = is_text(vm, stream);
    let out = vm.new_text()?;
    let mut counter = Counter::default();
    let mut total = 0;
    loop {
        // each character has at least one byte, so this never reads too much
        let left = match limit {
            Some(limit) if text => limit - counter.characters.min(limit) + counter.lacking,
            Some(limit) => limit - total,
            None => usize::MAX,
        };
        if left == 0 {
            break;
        }
        let mut chunk = [0; CHUNK];
        let room = chunk.get_mut(..left.min(CHUNK)).unwrap_or(&mut []);
        match vm.stream_read(stream, room)? {
            None if total == 0 => return Ok(Local::NONE),
            None | Some(0) => break,
            Some(n) => {
                let bytes = chunk.get(..n).unwrap_or(&[]);
                counter.count(bytes);
                total += n;
                vm.emit(out, bytes)?;
            }
        }
        vm.charge(1 + (CHUNK / 32) as u32)?;
    }
    finish(vm, out, text)
}

/// Reads a stream to its end, into a `bytes` object.
pub(crate) fn read_all(vm: &mut Vm, stream: Local) -> Res {
    let room = reading_room(vm, stream)?;
    let (mut bytes, mut ended) = read_on(vm, stream, room, Local::NULL)?;
    while !ended {
        (bytes, ended) = read_on(vm, stream, room, bytes)?;
    }
    Ok(bytes)
}

/// The buffer through which a stream written in Python is read, of the size that it likes; null for
/// other streams.
pub(crate) fn reading_room(vm: &mut Vm, stream: Local) -> Res {
    const SMALLEST: usize = 16;
    const LARGEST: usize = 512;
    if vm.backend(stream).0 != Backend::Python {
        return Ok(Local::NULL);
    }
    let size = ioctl(vm, stream, request::BUFFER_SIZE, 0)?;
    let size = usize::try_from(size).unwrap_or(LARGEST).clamp(SMALLEST, LARGEST);
    vm.new_byte_array(size)
}

/// Reads from a stream, through its [`reading_room`], for as long as it gives all that it is asked
/// for. Returns `bytes`, the `bytes` that were read before (or null), with what was read behind
/// them, and whether the stream has ended.
pub(crate) fn read_on(
    vm: &mut Vm,
    stream: Local,
    room: Local,
    bytes: Local,
) -> Result<(Local, bool), Raised> {
    if vm.get(room).is_null() {
        let out = vm.new_text()?;
        let mut chunk = [0; CHUNK];
        while let Some(n) = vm.stream_read(stream, &mut chunk)?.filter(|n| *n > 0) {
            vm.emit(out, chunk.get(..n).unwrap_or(&[]))?;
        }
        return Ok((vm.finish_bytes(out)?, true));
    }
    let mut out = None;
    loop {
        let scope = vm.scope();
        let size = vm.check_writable_buffer(room)?;
        let n = vm.python_readinto(stream, room, size)?.unwrap_or(0);
        // the stream's own code may have changed the size
        let n = vm.check_writable_buffer(room)?.min(n);
        vm.end_scope(scope);
        let is_last = n < size || n == 0;
        if is_last && out.is_none() && vm.get(bytes).is_null() {
            let all = vm.new_bytes_with(n, |vm, out| {
                vm.buffer_bytes(room).copy_to(out);
            })?;
            return Ok((all, n == 0));
        }
        let out = match out {
            Some(out) => out,
            None => {
                let new = vm.new_text()?;
                if !vm.get(bytes).is_null() {
                    vm.emit_bytes_of(new, bytes, 0, usize::MAX)?;
                }
                *out.insert(new)
            }
        };
        vm.emit_buffer(out, room, n)?;
        if is_last {
            return Ok((vm.finish_bytes(out)?, n == 0));
        }
    }
}

pub(super) fn readinto(vm: &mut Vm, args: Args) -> Res {
    let (stream, target) = (args.get(0), args.get(1));
    let Some(len) = vm.writable_buffer(vm.get(target)).map(<[_]>::len) else {
        return Err(vm.type_error("object with buffer protocol required"));
    };
    let limit = wanted(vm, args.opt(2))?.unwrap_or(len).min(len);
    let mut done = 0;
    while done < limit {
        let mut chunk = [0; CHUNK];
        let room = chunk.get_mut(..(limit - done).min(CHUNK)).unwrap_or(&mut []);
        let n = match vm.stream_read(stream, room)? {
            None if done == 0 => return Ok(Local::NONE),
            None | Some(0) => break,
            Some(n) => n,
        };
        vm.charge_bytes(n)?;
        let cells = vm.writable_buffer(vm.get(target)).unwrap_or(&[]);
        for (to, from) in cells.get(done..).unwrap_or(&[]).iter().zip(chunk.iter().take(n)) {
            to.set(*from);
        }
        done += n;
    }
    vm.new_int(done as isize)
}

pub(super) fn readline(vm: &mut Vm, args: Args) -> Res {
    let limit = wanted(vm, args.opt(1))?.unwrap_or(usize::MAX);
    line(vm, args.get(0), limit)
}

/// The next line, of at most `limit` bytes; empty at the end.
fn line(vm: &mut Vm, stream: Local, limit: usize) -> Res {
    let text = is_text(vm, stream);
    let out = vm.new_text()?;
    // what can be given back may be read in larger pieces
    let memory = vm.backend(stream).0 == Backend::Memory;
    let piece = if memory || super::file::can_seek(vm, stream) { CHUNK } else { 1 };
    let mut total = 0;
    while total < limit {
        let mut chunk = [0; CHUNK];
        let room = chunk.get_mut(..piece.min(limit - total)).unwrap_or(&mut []);
        let n = match vm.stream_read(stream, room)? {
            None if total == 0 => return Ok(Local::NONE),
            None | Some(0) => break,
            Some(n) => n,
        };
        let bytes = chunk.get(..n).unwrap_or(&[]);
        let end = bytes.iter().position(|b| *b == b'\n').map(|i| i + 1);
        let used = end.unwrap_or(n);
        vm.emit(out, bytes.get(..used).unwrap_or(&[]))?;
        total += used;
        if used < n {
            super::seek(vm, stream, -((n - used) as isize), SeekFrom::Current)?;
        }
        if end.is_some() {
            break;
        }
        vm.charge(1)?;
    }
    finish(vm, out, text)
}

pub(super) fn readlines(vm: &mut Vm, args: Args) -> Res {
    let list = vm.new_list_empty()?;
    vm.for_each(args.get(0), |vm, item| vm.list_append(list, item))?;
    Ok(list)
}

pub(super) fn iter(_vm: &mut Vm, stream: Local) -> Res {
    Ok(stream)
}

pub(crate) fn next(vm: &mut Vm, stream: Local) -> Result<Option<Local>, Raised> {
    let text = line(vm, stream, usize::MAX)?;
    let empty = vm.bytes_of(vm.get(text)).is_none_or(<[u8]>::is_empty);
    Ok((!empty).then_some(text))
}

/// `write(data)`, `write(data, length)` or `write(data, offset, length)`.
pub(super) fn write(vm: &mut Vm, args: Args) -> Res {
    let (stream, data) = (args.get(0), args.get(1));
    let Some(len) = vm.buffer(vm.get(data)).map(|b| b.bytes.len()) else {
        return Err(vm.type_error("object with buffer protocol required"));
    };
    if encodes(vm, stream) && vm.str_of(vm.get(data)).is_some() {
        vm.check_utf8(data)?;
    }
    let (offset, count) = match args.len() {
        2 => (0, None),
        3 => (0, wanted(vm, args.opt(2))?),
        _ => (wanted(vm, args.opt(2))?.unwrap_or(0), wanted(vm, args.opt(3))?),
    };
    let offset = offset.min(len);
    let count = count.unwrap_or(usize::MAX).min(len - offset);
    let mut done = 0;
    while done < count {
        let mut chunk = [0; CHUNK];
        let n = vm.read_buffer(data, offset + done, &mut chunk).min(count - done);
        if n == 0 {
            break;
        }
        match vm.stream_write(stream, chunk.get(..n).unwrap_or(&[]))? {
            None if done == 0 => return Ok(Local::NONE),
            None | Some(0) => break,
            Some(n) => done += n,
        }
    }
    vm.new_int(done as isize)
}

pub(super) fn seek(vm: &mut Vm, args: Args) -> Res {
    let offset = vm.index_of(args.get(1))?;
    let from = match args.opt(2) {
        Some(whence) => match vm.index_of(whence)? {
            1 => SeekFrom::Current,
            2 => SeekFrom::End,
            _ => SeekFrom::Start,
        },
        None => SeekFrom::Start,
    };
    let at = super::seek(vm, args.get(0), offset, from)?;
    vm.new_uint_64(at)
}

pub(super) fn tell(vm: &mut Vm, args: Args) -> Res {
    let at = super::seek(vm, args.get(0), 0, SeekFrom::Current)?;
    vm.new_uint_64(at)
}

pub(super) fn flush(vm: &mut Vm, args: Args) -> Res {
    ioctl_or_raise(vm, args.get(0), request::FLUSH, 0)?;
    Ok(Local::NONE)
}

pub(super) fn close(vm: &mut Vm, args: Args) -> Res {
    super::close(vm, args.get(0))
}

pub(super) fn enter(vm: &mut Vm, args: Args) -> Res {
    let _ = vm;
    Ok(args.get(0))
}

fn fileno(vm: &mut Vm, args: Args) -> Res {
    let n = super::file::descriptor(vm, args.get(0));
    vm.new_int(n)
}

pub(super) fn ioctl_method(vm: &mut Vm, args: Args) -> Res {
    let what = vm.index_of(args.get(1))?;
    let arg = match args.opt(2) {
        Some(arg) => vm.index_of(arg)?,
        None => 0,
    };
    let result = ioctl_or_raise(vm, args.get(0), what, arg)?;
    vm.new_int(result)
}
