//! `random`: the small generator Yasmarang by Ilya Levin (public domain), as MicroPython has it,
//! so that a seed gives the same numbers.

#[cfg(feature = "cpython")]
mod big;

use core::cell::Cell;

use snakelet_vm::exception::classes::{INDEX_ERROR, RUNTIME_ERROR, VALUE_ERROR};
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave};
use snakelet_vm::native::{Contents, NativeData, NativeFn, NativeModule, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

/// `random`.
pub static RANDOM: NativeModule = NativeModule::new(
    name!("random"),
    &[Contents {
        functions: methods![
            #[cfg(not(feature = "cpython"))]
            NativeFn::leaf::<1>(name!("getrandbits"), 0, getrandbits),
            #[cfg(feature = "cpython")]
            NativeFn::full(name!("getrandbits"), 1, 1, big::getrandbits),
            NativeFn::full(name!("seed"), 0, 1, seed),
            #[cfg(not(feature = "cpython"))]
            NativeFn::full(name!("randrange"), 1, 3, randrange),
            #[cfg(not(feature = "cpython"))]
            NativeFn::leaf::<2>(name!("randint"), 0, randint),
            #[cfg(feature = "cpython")]
            NativeFn::full(name!("randrange"), 1, 3, big::randrange),
            #[cfg(feature = "cpython")]
            NativeFn::full(name!("randint"), 2, 2, big::randint),
            NativeFn::full(name!("choice"), 1, 1, choice),
            NativeFn::leaf::<0>(name!("random"), 0, random),
            NativeFn::leaf::<2>(name!("uniform"), 0, uniform),
            NativeFn::full(name!("shuffle"), 1, 1, shuffle),
        ],
        constants: &[],
    }],
)
.init(seed_from_host);

/// What an interpreter keeps of the generator: four words.
struct Random(Cell<[u32; 4]>);

impl NativeData for Random {
    const TYPE: &'static NativeType = &STATE;
}

static STATE: NativeType =
    NativeType::of(name!("random"), const { &TypeSlots::of::<Random>() }).sealed();

/// The generator.
struct Yasmarang {
    pad: u32,
    n: u32,
    d: u32,
    dat: u8,
}

impl Yasmarang {
    const fn new(seed: u32) -> Self {
        Self { pad: seed, n: 69, d: 233, dat: 0 }
    }

    const fn from_words([pad, n, d, dat]: [u32; 4]) -> Self {
        Self { pad, n, d, dat: dat as u8 }
    }

    const fn words(&self) -> [u32; 4] {
        [self.pad, self.n, self.d, self.dat as u32]
    }

    /// The seed when the host has no randomness.
    const FIXED: u32 = 0xeda4_baba;

    fn next(&mut self) -> u32 {
        let sum = u32::from(self.dat).wrapping_add(self.d.wrapping_mul(self.n));
        self.pad = self.pad.wrapping_add(sum);
        self.pad = (self.pad << 3).wrapping_add(self.pad >> 29);
        self.n = self.pad | 2;
        self.d ^= (self.pad << 31).wrapping_add(self.pad >> 1);
        self.dat ^= (self.pad as u8) ^ (self.d >> 8) as u8 ^ 1;
        self.pad ^ (self.d << 5) ^ (self.pad >> 18) ^ (u32::from(self.dat) << 1)
    }

    /// A number below `n`, which is not zero.
    fn below(&mut self, n: u64) -> u64 {
        let mask = u64::MAX.checked_shr((n | 1).leading_zeros()).unwrap_or(u64::MAX);
        loop {
            let mut r = u64::from(self.next());
            if n > u64::from(u32::MAX) {
                r |= u64::from(self.next()) << 32;
            }
            if r & mask < n {
                return r & mask;
            }
        }
    }

    /// A number in `0.0..1.0` of 52 random bits.
    fn unit(&mut self) -> f64 {
        let high = u64::from(self.next());
        let bits = (high << 32 | u64::from(self.next())) & ((1 << 52) - 1);
        f64::from_bits(1.0f64.to_bits() | bits) - 1.0
    }
}

/// The interpreter's generator.
fn state<'h>(cx: Leaf<'h>) -> Result<&'h Random, Leave> {
    cx.state().ok_or_else(|| cx.raise(&RUNTIME_ERROR, "module is not initialised"))
}

/// Draws a number from the interpreter's generator.
fn draw<'s>(cx: &mut Full<'s>, below: u64) -> Result<u64, Raised> {
    cx.look(|cx| {
        let Random(words) = state(*cx)?;
        let mut generator = Yasmarang::from_words(words.get());
        let drawn = generator.below(below);
        words.set(generator.words());
        Ok(drawn)
    })
}

/// Draws numbers for the result that is made of them: when that leaves for want of room, they are drawn
/// anew, and are the same.
fn draw_for<'h>(cx: Leaf<'h>, make: impl FnOnce(&mut Yasmarang) -> Answer<'h>) -> Answer<'h> {
    let Random(words) = state(cx)?;
    let mut generator = Yasmarang::from_words(words.get());
    let made = make(&mut generator)?;
    words.set(generator.words());
    Ok(made)
}

fn set_seed(cx: &mut Full<'_>, seed: u32) -> Result<(), Raised> {
    cx.set_state(Random(Cell::new(Yasmarang::new(seed).words())))
}

fn seed_from_host(cx: &mut Full<'_>) -> Result<(), Raised> {
    let mut bytes = Yasmarang::FIXED.to_le_bytes();
    cx.entropy(&mut bytes);
    set_seed(cx, u32::from_le_bytes(bytes))
}

fn seed<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    match args.get(0) {
        Some(seed) if !cx.is_none(seed) => {
            let seed = cx.u64_wrapping_of(seed)?;
            set_seed(cx, seed as u32)?;
        }
        _ => seed_from_host(cx)?,
    }
    Ok(Held::NONE)
}

#[cfg(not(feature = "cpython"))]
fn getrandbits<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let Some(bits) = args.get::<0>().as_small_int() else { return Err(cx.index(0)) };
    match u32::try_from(bits) {
        Ok(0) => Ok(cx.count(0)),
        Ok(bits @ 1..=32) => {
            let mask = u32::MAX >> (32 - bits);
            draw_for(cx, |numbers| cx.uint((numbers.next() & mask).into()))
        }
        _ => Err(cx.raise(&VALUE_ERROR, "bits must be 32 or less")),
    }
}

/// Chooses among `count` numbers from `start` on, `step` apart: none, if the count is zero.
fn pick<'h>(cx: Leaf<'h>, start: i64, step: i64, count: u64) -> Answer<'h> {
    if count == 0 {
        return Err(cx.raise_no_args(&VALUE_ERROR));
    }
    // the sum lies between the bounds that the script gave
    draw_for(cx, |numbers| {
        cx.int(start.wrapping_add(step.wrapping_mul(numbers.below(count) as i64)))
    })
}

#[cfg(not(feature = "cpython"))]
fn randrange<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let first = cx.i64_of(args.or_none(0))?;
    let (start, stop) = match args.get(1) {
        Some(stop) => (first, cx.i64_of(stop)?),
        None => (0, first),
    };
    let step = match args.get(2) {
        Some(step) => cx.i64_of(step)?,
        None => 1,
    };
    let forward = step > 0 && start < stop || step < 0 && start > stop;
    let distance = if forward { start.abs_diff(stop) } else { 0 };
    let count = distance.div_ceil(step.unsigned_abs().max(1));
    cx.make(|cx| pick(*cx, start, step, count))
}

#[cfg(not(feature = "cpython"))]
fn randint<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let a = cx.i64(args.get::<0>(), 0)?;
    let b = cx.i64(args.get::<1>(), 1)?;
    // all the 64-bit numbers are one more than the greatest count: the last one is then left out
    let count = if a <= b { a.abs_diff(b).saturating_add(1) } else { 0 };
    pick(cx, a, 1, count)
}

fn choice<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let sequence = args.or_none(0);
    let len = cx.len(sequence)?;
    if len == 0 {
        return Err(cx.raise_no_args(&INDEX_ERROR));
    }
    let i = draw(cx, len as u64)?;
    cx.item_at(sequence, i as usize)
}

fn random<'h>(cx: Leaf<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    draw_for(cx, |numbers| cx.float(numbers.unit()))
}

fn uniform<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let a = cx.real(args.get::<0>(), 0)?;
    let b = cx.real(args.get::<1>(), 1)?;
    draw_for(cx, |numbers| cx.float(a + (b - a) * numbers.unit()))
}

/// Exchanges each item of a sequence with one at or before it.
fn shuffle<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let sequence = args.or_none(0);
    let len = cx.len(sequence)?;
    for i in (1..len).rev() {
        cx.scope(|cx, outer| {
            let sequence = outer.held(sequence);
            let n = draw(cx, i as u64 + 1)?;
            let here = cx.count(i)?;
            let there = cx.uint(n)?;
            let a = cx.item(sequence, here)?;
            let b = cx.item(sequence, there)?;
            cx.set_item(sequence, here, b)?;
            cx.set_item(sequence, there, a)?;
            cx.charge(4)
        })?;
    }
    Ok(Held::NONE)
}
