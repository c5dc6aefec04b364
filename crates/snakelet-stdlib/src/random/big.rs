//! Random numbers of any size, as CPython has them. Those that MicroPython has too are the same for a seed.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::name;
use snakelet_vm::native::BinaryOp;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::{Yasmarang, pick, state};

/// Words that are drawn in one go.
const PIECE: usize = 256;
/// Bits of a word.
const WORD: usize = 32;

/// `getrandbits(bits)`
pub(super) fn getrandbits<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let bits = cx.i64_of(args.or_none(0))?;
    match usize::try_from(bits) {
        Ok(bits) => draw(cx, bits),
        Err(_) => Err(cx.raise(&VALUE_ERROR, "number of bits must be non-negative")),
    }
}

/// A number of so many random bits.
fn draw<'s>(cx: &mut Full<'s>, bits: usize) -> Given<'s> {
    if bits <= WORD {
        return cx.make(|cx| {
            let mask = u32::MAX.checked_shr((WORD - bits) as u32).unwrap_or(0);
            // none is drawn for no bits
            if bits == 0 {
                return Ok(cx.count(0));
            }
            super::draw_for(*cx, |numbers| cx.uint((numbers.next() & mask).into()))
        });
    }
    let bytes = cx.make(|cx| cx.bytearray(0))?;
    let mut left = bits.div_ceil(WORD);
    while left > 0 {
        let words = left.min(PIECE);
        cx.scope(|cx, outer| {
            let piece = piece(cx, words)?;
            cx.call_method(outer.held(bytes), name!("extend"), &[piece])?;
            cx.charge(words as u32 / 2)
        })?;
        left -= words;
    }
    let order = cx.str("little")?;
    let zero = cx.int(0)?;
    let number = cx.call_method(zero, name!("from_bytes"), &[bytes, order])?;
    let unwanted = cx.count(bits.next_multiple_of(WORD) - bits)?;
    cx.binary(BinaryOp::Rshift, number, unwanted)
}

/// Random bytes of so many words.
fn piece<'s>(cx: &mut Full<'s>, words: usize) -> Given<'s> {
    let mut bytes = [0; 4 * PIECE];
    cx.look(|cx| {
        let cell = &state(*cx)?.0;
        let mut generator = Yasmarang::from_words(cell.get());
        for four in bytes.chunks_exact_mut(4).take(words) {
            four.copy_from_slice(&generator.next().to_le_bytes());
        }
        cell.set(generator.words());
        Ok(())
    })?;
    cx.bytes(bytes.get(..4 * words).unwrap_or(&[]))
}

/// The int that an object is or stands for, if it is one of 63 bits.
fn small_of<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<Option<i64>, Raised> {
    cx.look(|cx| Ok(cx.get(object).as_small_int().map(|small| small as i64)))
}

/// `randint(a, b)`
pub(super) fn randint<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (a, b) = (cx.int_of(args.or_none(0))?, cx.int_of(args.or_none(1))?);
    if let (Some(a), Some(b)) = (small_of(cx, a)?, small_of(cx, b)?) {
        let count = if a <= b { a.abs_diff(b).saturating_add(1) } else { 0 };
        return cx.make(|cx| pick(*cx, a, 1, count));
    }
    let one = cx.int(1)?;
    let behind = cx.binary(BinaryOp::Add, b, one)?;
    choose(cx, a, behind, one)
}

/// `randrange([start,] stop[, step])`
pub(super) fn randrange<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let first = cx.int_of(args.or_none(0))?;
    let zero = cx.int(0)?;
    let (start, stop) = match args.get(1) {
        Some(stop) => (first, cx.int_of(stop)?),
        None => (zero, first),
    };
    let step = match args.get(2) {
        Some(step) => cx.int_of(step)?,
        None => cx.int(1)?,
    };
    if let (Some(start), Some(stop), Some(step)) =
        (small_of(cx, start)?, small_of(cx, stop)?, small_of(cx, step)?)
    {
        let forward = step > 0 && start < stop || step < 0 && start > stop;
        let distance = if forward { start.abs_diff(stop) } else { 0 };
        let count = distance.div_ceil(step.unsigned_abs().max(1));
        return cx.make(|cx| pick(*cx, start, step, count));
    }
    choose(cx, start, stop, step)
}

/// Chooses among the numbers from `start` to before `stop`, `step` apart.
fn choose<'s>(cx: &mut Full<'s>, start: Held<'s>, stop: Held<'s>, step: Held<'s>) -> Given<'s> {
    let zero = cx.int(0)?;
    if cx.equal(step, zero)? {
        return Err(cx.raise_no_args(&VALUE_ERROR));
    }
    // (stop - start + step -+ 1) // step of them
    let backward = cx.less(step, zero)?;
    let one = cx.int(if backward { -1 } else { 1 })?;
    let distance = cx.binary(BinaryOp::Subtract, stop, start)?;
    let distance = cx.binary(BinaryOp::Add, distance, step)?;
    let distance = cx.binary(BinaryOp::Subtract, distance, one)?;
    let count = cx.binary(BinaryOp::FloorDivide, distance, step)?;
    if !cx.less(zero, count)? {
        return Err(cx.raise_no_args(&VALUE_ERROR));
    }
    let bits = cx.call_method(count, name!("bit_length"), &[])?;
    let Some(bits) = small_of(cx, bits)? else {
        return Err(cx.raise_no_args(&TYPE_ERROR));
    };
    loop {
        // half of all numbers at least are below the count
        let drawn = cx.scope_with(|cx, outer| {
            let drawn = draw(cx, bits as usize)?;
            if !cx.less(drawn, outer.held(count))? {
                return Ok(Held::NONE);
            }
            let places = cx.binary(BinaryOp::Multiply, drawn, outer.held(step))?;
            cx.binary(BinaryOp::Add, outer.held(start), places)
        })?;
        if !cx.is_none(drawn) {
            return Ok(drawn);
        }
        cx.charge(1)?;
    }
}
