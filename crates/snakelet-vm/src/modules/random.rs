//! `random`: the small generator Yasmarang by Ilya Levin (public domain), as MicroPython has it,
//! so that a seed gives the same numbers.

use crate::exception::classes::{INDEX_ERROR, VALUE_ERROR};
use crate::native::leaf::{Answer, Leaf, LeafArgs, Wide};
use crate::native::{Contents, NativeFn, NativeModule, Subscr};
use crate::object::value::SWord;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name};

/// `random`.
pub static RANDOM: NativeModule = NativeModule::new(
    name!("random"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<1>(name!("getrandbits"), 0, getrandbits),
            function!("seed", 0, 1, seed),
            function!("randrange", 1, 3, randrange),
            NativeFn::leaf::<2>(name!("randint"), 0, randint),
            function!("choice", 1, 1, choice),
            NativeFn::leaf::<0>(name!("random"), 0, random),
            NativeFn::leaf::<2>(name!("uniform"), 0, uniform),
            function!("shuffle", 1, 1, shuffle),
        ],
        constants: &[],
    }],
)
.init(seed_from_host);

/// The generator, whose state the interpreter keeps as four words.
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

/// Draws numbers from the interpreter's generator.
fn draw<R>(vm: &Vm, numbers: impl FnOnce(&mut Yasmarang) -> R) -> R {
    let mut generator = Yasmarang::from_words(vm.rt.random.get());
    let drawn = numbers(&mut generator);
    vm.rt.random.set(generator.words());
    drawn
}

/// Draws numbers for the result that is made of them: when that leaves for want of room, they are drawn
/// anew, and are the same.
fn draw_for<'h>(cx: Leaf<'h>, make: impl FnOnce(&mut Yasmarang) -> Answer<'h>) -> Answer<'h> {
    let random = &cx.vm().rt.random;
    let mut generator = Yasmarang::from_words(random.get());
    let made = make(&mut generator)?;
    random.set(generator.words());
    Ok(made)
}

fn seed_from_host(vm: &mut Vm) -> Result<(), Raised> {
    let mut bytes = Yasmarang::FIXED.to_le_bytes();
    if let Some(entropy) = &mut vm.rt.hosts.entropy {
        entropy.fill(&mut bytes);
    }
    vm.rt.random.set(Yasmarang::new(u32::from_le_bytes(bytes)).words());
    Ok(())
}

fn seed(vm: &mut Vm, args: Args) -> Res {
    match args.opt(0) {
        Some(seed) if !vm.get(seed).is_none() => {
            let seed = vm.u64_wrapping_of(seed)?;
            vm.rt.random.set(Yasmarang::new(seed as u32).words());
        }
        _ => seed_from_host(vm)?,
    }
    Ok(Local::NONE)
}

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

/// Chooses among `count` numbers from `start` on, `step` apart.
fn pick<'h>(cx: Leaf<'h>, start: SWord, step: SWord, count: u64) -> Answer<'h> {
    // The sum lies between the bounds that the script gave.
    draw_for(cx, |numbers| cx.int(start as Wide + step as Wide * numbers.below(count) as Wide))
}

fn randrange(vm: &mut Vm, args: Args) -> Res {
    let (start, stop, step) = crate::types::range::arguments(vm, args)?;
    let forward = step > 0 && start < stop || step < 0 && start > stop;
    let distance = if forward { start.abs_diff(stop) as u64 } else { 0 };
    let count = distance.div_ceil(step.unsigned_abs().max(1) as u64);
    if count == 0 {
        return Err(vm.raise_no_args(&VALUE_ERROR));
    }
    vm.leaf_local(|cx| pick(cx, start, step, count))
}

fn randint<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let a = cx.word(args.get::<0>(), 0)?;
    let b = cx.word(args.get::<1>(), 1)?;
    if a > b {
        return Err(cx.full(no_number));
    }
    pick(cx, a, 1, a.abs_diff(b) as u64 + 1)
}

fn no_number(vm: &mut Vm, _: Args) -> Res {
    Err(vm.raise_no_args(&VALUE_ERROR))
}

fn choice(vm: &mut Vm, args: Args) -> Res {
    let len = vm.len(args.get(0))?;
    if len == 0 {
        return Err(vm.raise_no_args(&INDEX_ERROR));
    }
    let n = draw(vm, |numbers| numbers.below(len as u64));
    let index = vm.new_uint_64(n)?;
    vm.subscr(args.get(0), index, Subscr::Load)
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
fn shuffle(vm: &mut Vm, args: Args) -> Res {
    let sequence = args.get(0);
    let len = vm.len(sequence)?;
    for i in (1..len).rev() {
        let scope = vm.scope();
        let n = draw(vm, |numbers| numbers.below(i as u64 + 1));
        let here = vm.new_uint_64(i as u64)?;
        let there = vm.new_uint_64(n)?;
        let a = vm.subscr(sequence, here, Subscr::Load)?;
        let b = vm.subscr(sequence, there, Subscr::Load)?;
        vm.subscr(sequence, here, Subscr::Store(b))?;
        vm.subscr(sequence, there, Subscr::Store(a))?;
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(Local::NONE)
}
