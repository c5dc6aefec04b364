//! Rendering values into buffers: quoted texts, and what `snakelet_num` formats.

use snakelet_gc::Heap;

use core::cell::Cell;

use snakelet_num::sink::{Full, Put};
use snakelet_num::spec::{RenderError, SpecError};
use snakelet_num::utf8;

use crate::exception::classes::VALUE_ERROR;
use crate::native::print::Out;
use crate::object::ArrayObj;
use crate::protocol::buffer::Bytes;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

use super::Family;

/// Bytes that are looked at in one go.
const CHUNK: usize = 48;

/// Prints a text in quotes, with escapes.
///
/// # Errors
/// As for `emit`.
pub(crate) fn quoted(vm: &mut Vm, text: Local, out: Out, family: Family) -> Result<(), Raised> {
    let bytes = vm.buffer_bytes(text);
    let len = bytes.len();
    let quote = if has(vm, bytes, b'\'') && !has(vm, bytes, b'"') { b'"' } else { b'\'' };
    if family == Family::Bytes {
        vm.emit(out, b"b")?;
    }
    vm.emit(out, &[quote])?;
    let mut at = 0;
    let mut chunk = [0; CHUNK];
    loop {
        let n = vm.read_buffer(text, at, &mut chunk);
        let chunk = chunk.get(..n).unwrap_or(&[]);
        if chunk.is_empty() {
            break;
        }
        let is_plain = |b: &u8| matches!(b, b' '..=b'~') && *b != quote && *b != b'\\';
        let run = chunk.iter().take_while(|b| is_plain(b)).count();
        vm.emit(out, chunk.get(..run).unwrap_or(&[]))?;
        vm.charge(1)?;
        at += run;
        let Some(rest @ [byte, ..]) = chunk.get(run..) else { continue };
        let cut = rest.len() < 4 && at + rest.len() < len;
        let (c, n) = match (family, byte) {
            (_, 0..=0x7f) | (Family::Bytes, _) => (u32::from(*byte), 1),
            _ if cut => continue,
            _ => utf8::decode(rest).unwrap_or((0xfffd, 1)),
        };
        let mut buf = [0; ESCAPED];
        let escaped = escape(c, quote, family, &mut buf);
        vm.emit(out, escaped)?;
        at += n;
    }
    vm.emit(out, &[quote])
}

fn has(vm: &Vm, bytes: Bytes<'_>, byte: u8) -> bool {
    vm.paced_to_end(bytes.iter()).any(|other| other == byte)
}

/// A character as it stands in quotes.
fn escape(c: u32, quote: u8, family: Family, buf: &mut [u8; ESCAPED]) -> &[u8] {
    let byte = u8::try_from(c).unwrap_or(0);
    let letter = match byte {
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        b'\\' => b'\\',
        _ if byte == quote => quote,
        _ if family == Family::Str && c >= 0x80 => {
            if utf8::is_surrogate(c) {
                return escape_code(c, buf);
            }
            #[cfg(feature = "cpython")]
            if !is_printable(c) {
                return escape_code(c, buf);
            }
            let mut bytes = [0; utf8::LONGEST];
            return write_to(buf, utf8::encode(c, &mut bytes));
        }
        _ => {
            let [high, low] = hex_digits(byte);
            return write_to(buf, &[b'\\', b'x', high, low]);
        }
    };
    write_to(buf, &[b'\\', letter])
}

/// Bytes of the longest escape.
const ESCAPED: usize = if cfg!(feature = "cpython") { 10 } else { 6 };

fn write_to<'b>(buf: &'b mut [u8; ESCAPED], bytes: &[u8]) -> &'b [u8] {
    match buf.get_mut(..bytes.len()) {
        Some(to) => {
            crate::object::copy(bytes, to);
            to
        }
        None => &[],
    }
}

/// Whether a character is shown as itself: it is no control, no separator, and has a meaning.
#[cfg(feature = "cpython")]
fn is_printable(c: u32) -> bool {
    let Some(c) = char::from_u32(c) else { return false };
    // the tables of the standard library; behind another character, marks are shown
    let mut utf8 = [b'a'; 5];
    let Some((_, rest)) = utf8.split_first_mut() else { return true };
    let len = c.encode_utf8(rest).len();
    let text = utf8.get(..=len).and_then(|text| core::str::from_utf8(text).ok());
    text.is_none_or(|text| text.escape_debug().nth(1) == Some(c))
}

/// `\\xhh`, `\\uhhhh` or `\\Uhhhhhhhh`.
fn escape_code(c: u32, buf: &mut [u8; ESCAPED]) -> &[u8] {
    let (letter, bytes) = match c {
        0..=0xff => (b'x', 1),
        0x100..=0xffff => (b'u', 2),
        _ => (b'U', 4),
    };
    let mut made = [b'\\', letter, 0, 0, 0, 0, 0, 0, 0, 0];
    let code = c.to_be_bytes();
    let digits = code.iter().skip(4 - bytes).flat_map(|byte| hex_digits(*byte));
    made.iter_mut().skip(2).zip(digits).for_each(|(to, digit)| *to = digit);
    write_to(buf, made.get(..2 + 2 * bytes).unwrap_or(&[]))
}

/// The two hexadecimal digits of a byte.
pub(crate) const fn hex_digits(byte: u8) -> [u8; 2] {
    const fn digit(n: u8) -> u8 {
        if n < 10 { b'0' + n } else { b'a' + n - 10 }
    }
    [digit(byte >> 4), digit(byte & 15)]
}

/// Takes rendered text: first to measure it, then to put it where room was made.
pub(crate) struct Sink<'a> {
    vm: &'a Vm,
    to: Target<'a>,
}

/// Bytes of the pieces to which small ones are merged.
const BATCH: usize = 32;
/// Bytes of these pieces that are made in a step.
const BYTES_A_STEP: usize = 8;

enum Target<'a> {
    /// How many bytes came, and how many may.
    Count(usize, usize),
    /// What is left to fill.
    Cells(&'a [Cell<u8>]),
}

impl Sink<'_> {
    /// Charges for bytes that were made; whether more are wanted.
    #[inline]
    fn goes_on(&self, bytes: usize) -> bool {
        if bytes < BYTES_A_STEP {
            return true;
        }
        self.vm.charge_later(bytes / BYTES_A_STEP);
        !self.vm.is_ending()
    }
}

impl Put for Sink<'_> {
    type Error = Full;

    fn put(&mut self, bytes: &[u8]) -> Result<(), Full> {
        match &mut self.to {
            Target::Count(n, most) => {
                *n = n.saturating_add(bytes.len());
                let more = *n <= *most;
                if more && self.goes_on(bytes.len().min(BATCH)) { Ok(()) } else { Err(Full) }
            }
            Target::Cells(cells) => {
                let (to, rest) = cells.split_at_checked(bytes.len()).ok_or(Full)?;
                *cells = rest;
                if bytes.len() > BATCH {
                    return self.vm.copy_bytes(bytes.into(), to).map_err(|_| Full);
                }
                Bytes::from(bytes).copy_to_cells(to);
                if self.goes_on(bytes.len()) { Ok(()) } else { Err(Full) }
            }
        }
    }
}

/// What draws a value into a sink; it is called twice and must do the same both times.
pub(crate) type Draw<'d> = dyn Fn(&Vm, &mut Sink<'_>) -> Result<(), RenderError<Full>> + 'd;

/// Renders a value to a buffer.
///
/// # Errors
/// `ValueError` for a specification that does not suit `value`; `MemoryError`.
pub(crate) fn render(vm: &mut Vm, out: Out, value: Local, draw: &Draw<'_>) -> Result<(), Raised> {
    let Out::Buffer(buffer) = out else {
        let scope = vm.scope();
        let text = vm.new_text()?;
        render(vm, text, value, draw)?;
        let text = vm.finish_text(text)?;
        vm.emit_str(out, text)?;
        vm.end_scope(scope);
        return Ok(());
    };
    let most = vm.heap.ask(Heap::used_bytes) + vm.heap.ask(Heap::free_bytes);
    let mut count = Sink { vm, to: Target::Count(0, most) };
    let drawn = draw(vm, &mut count);
    let len = match count.to {
        Target::Count(len, _) => len,
        Target::Cells(_) => 0,
    };
    vm.end_calculation()?;
    match drawn {
        Ok(()) => {}
        Err(RenderError::Spec(error)) => return Err(spec_error(vm, error, value)),
        Err(_) => return Err(vm.memory_error()),
    }
    vm.reserve(buffer, len)?;
    if let Some(array) = vm.get(buffer).cast::<ArrayObj>()
        && let Some(data) = array.data.get()
    {
        let used = array.len.get();
        let cells = data.cells().get(used..used + len).unwrap_or(&[]);
        if draw(vm, &mut Sink { vm, to: Target::Cells(cells) }).is_ok() {
            array.len.set(used + len);
        }
    }
    vm.end_calculation()
}

/// Raises the `ValueError` of a specification.
#[cold]
#[inline(never)]
pub(crate) fn spec_error(vm: &mut Vm, error: SpecError, value: Local) -> Raised {
    if let SpecError::UnknownCode(code) = error {
        let code = if code.is_ascii() { code } else { b'?' };
        let text = "unknown format code '%s' for object of type '%t'";
        return value_error_about(vm, text, code.into(), &[value]);
    }
    vm.value_error(error.message())
}

/// Raises a `ValueError` about a character and other values; see [`Vm::raise_about`].
#[cold]
#[inline(never)]
pub(super) fn value_error_about(
    vm: &mut Vm,
    text: &'static str,
    c: u32,
    others: &[Local],
) -> Raised {
    let first = match vm.new_char(c) {
        Ok(c) => c,
        Err(raised) => return raised,
    };
    let mut values = [first; 3];
    for (place, other) in values.iter_mut().skip(1).zip(others) {
        *place = *other;
    }
    vm.raise_about(&VALUE_ERROR, text, &values)
}
