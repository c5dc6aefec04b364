//! `I2C` and `SoftI2C`.

use core::cell::Cell;

use embedded_hal::i2c::Operation;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held, MOST_LENT};
use snakelet_vm::native::{NativeData, NativeFn, NativeType, Param, TypeSlots, VARIADIC};
use snakelet_vm::{Raised, methods, name};

use super::args::{find, given, length, number, optional};
use super::pin::pin_of;
use super::{Taken, done, try_board, with_board, with_wires};
use crate::board::Unfinished;
use crate::device::{Done, Errno, I2c};
use crate::soft::{I2cAtWork, SoftI2c, Wires};

/// A bus as scripts have it: one of the board's.
struct HardObject {
    bus: u16,
    unfinished: Cell<Unfinished>,
}

impl NativeData for HardObject {
    const TYPE: &'static NativeType = &I2C;
}

/// A bus of pins.
struct SoftObject {
    bus: Cell<SoftI2c>,
    unfinished: Cell<Unfinished>,
}

impl NativeData for SoftObject {
    const TYPE: &'static NativeType = &SOFT_I2C;
}

/// Methods of both.
const METHODS: [NativeFn; 9] = [
    NativeFn::full_method(name!("deinit"), 1, 1, |_, _| Ok(Held::NONE)),
    NativeFn::full_method(name!("readfrom"), 3, 4, read_from),
    NativeFn::full_method(name!("readfrom_into"), 3, 4, read_from_into),
    NativeFn::full_method(name!("readfrom_mem"), 1, 4, read_from_mem).keywords(),
    NativeFn::full_method(name!("readfrom_mem_into"), 1, 4, read_from_mem_into).keywords(),
    NativeFn::full_method(name!("scan"), 1, 1, scan),
    NativeFn::full_method(name!("writeto"), 3, 4, write_to),
    NativeFn::full_method(name!("writeto_mem"), 1, 4, write_to_mem).keywords(),
    NativeFn::full_method(name!("writevto"), 3, 4, write_vector_to),
];

static SHARED: snakelet_vm::native::Contents = snakelet_vm::native::Contents {
    functions: {
        static F: [NativeFn; 9] = METHODS;
        &F
    },
    constants: &[],
};

pub(super) static I2C: NativeType =
    NativeType::of(name!("I2C"), const { &TypeSlots::of::<HardObject>().construct(&NEW) })
        .sealed()
        .contents(&SHARED)
        .methods(methods![
            NativeFn::full_method(name!("__repr__"), 1, 1, repr),
            NativeFn::full_method(name!("init"), 1, VARIADIC, init).keywords(),
        ]);

pub(super) static SOFT_I2C: NativeType =
    NativeType::of(name!("SoftI2C"), const { &TypeSlots::of::<SoftObject>().construct(&NEW_SOFT) })
        .sealed()
        .contents(&SHARED)
        .methods(methods![
            NativeFn::full_method(name!("init"), 1, 3, init_soft).keywords(),
            NativeFn::full_method(name!("readinto"), 2, 3, soft_read_into),
            NativeFn::full_method(name!("start"), 1, 1, |cx, args| soft(cx, args, SoftI2c::start)),
            NativeFn::full_method(name!("stop"), 1, 1, |cx, args| soft(cx, args, SoftI2c::stop)),
            NativeFn::full_method(name!("write"), 2, 2, soft_write),
        ]);

static NEW: NativeFn = NativeFn::full(name!("I2C"), 0, 1, construct).keywords();
static NEW_SOFT: NativeFn = NativeFn::full(name!("SoftI2C"), 0, 2, construct_soft).keywords();

static PARAMETERS: [Param; 4] = [
    Param::optional(name!("scl")),
    Param::optional(name!("sda")),
    Param::keyword(name!("freq")),
    Param::keyword(name!("timeout")),
];

/// `I2C(id=0, *, scl=None, sda=None, freq=None, timeout=None)`: the pins are those that the host has given the bus.
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let first = match args.get(0) {
        Some(id) => id,
        None => cx.int(0)?,
    };
    let bus = find(cx, first, "invalid I2C bus", |board, wanted| {
        board.i2c.position(|part| wanted.is(part.id))
    })?;
    setup(cx, bus, args.skip(1))?;
    cx.new_data(&[], HardObject { bus, unfinished: Cell::new(Unfinished::NONE) })
}

fn setup<'s>(cx: &mut Full<'s>, bus: u16, args: FullArgs<'s>) -> Result<(), Raised> {
    let [_, _, freq, timeout] = args.parse(cx, &PARAMETERS)?;
    let (freq, timeout) = (optional(cx, freq)?, optional(cx, timeout)?);
    try_board(cx, |board| match board.i2c.get(bus.into()) {
        Some(part) if freq.is_some() || timeout.is_some() => part.device.setup(freq, timeout),
        _ => Ok(()),
    })
}

fn init<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let bus = cx.with_data(args.or_none(0), |bus: &HardObject| bus.bus)?;
    setup(cx, bus, args.skip(1))?;
    Ok(Held::NONE)
}

fn repr<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let bus = cx.with_data(args.or_none(0), |bus: &HardObject| bus.bus)?;
    let id = with_board(cx, |board| board.i2c.get(bus.into()).map(|part| part.id))?;
    let id = id.unwrap_or_default();
    match (id.number, id.name) {
        (None, Some(name)) => super::args::text(cx, format_args!("I2C({name:?})")),
        (number, _) => super::args::text(cx, format_args!("I2C({})", number.unwrap_or(0))),
    }
}

/// `SoftI2C(scl, sda, *, freq=400000, timeout=50000)`
fn construct_soft<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let mut bus = SoftI2c { scl: 0, sda: 0, half_ns: 0, timeout_us: 50_000 };
    bus.set_frequency(400_000);
    change_soft(cx, &mut bus, args)?;
    cx.new_data(&[], SoftObject { bus: Cell::new(bus), unfinished: Cell::new(Unfinished::NONE) })
}

fn change_soft<'s>(cx: &mut Full<'s>, bus: &mut SoftI2c, args: FullArgs<'s>) -> Result<(), Raised> {
    let [scl, sda, freq, timeout] = args.parse(cx, &PARAMETERS)?;
    let (Some(scl), Some(sda)) = (given(cx, scl), given(cx, sda)) else {
        return Err(cx.raise(&VALUE_ERROR, "scl and sda are needed"));
    };
    (bus.scl, bus.sda) = (pin_of(cx, scl)?, pin_of(cx, sda)?);
    if let Some(freq) = optional(cx, freq)? {
        bus.set_frequency(freq);
    }
    bus.timeout_us = optional(cx, timeout)?.unwrap_or(bus.timeout_us);
    with_wires(cx, |cx, taken| {
        let begun = bus.begin(&mut taken.wires());
        done(cx, begun)
    })
}

fn init_soft<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let mut bus = cx.with_data(this, |bus: &SoftObject| bus.bus.get())?;
    change_soft(cx, &mut bus, args.skip(1))?;
    cx.with_data(this, |object: &SoftObject| object.bus.set(bus))?;
    Ok(Held::NONE)
}

/// Works on a bus beside memory of the interpreter.
fn with_bus<'s, R>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    work: impl FnOnce(&mut Full<'s>, &mut dyn I2c) -> Result<R, Raised>,
) -> Result<R, Raised> {
    if cx.is_instance(this, &SOFT_I2C) {
        let bus = cx.with_data(this, |bus: &SoftObject| bus.bus.get())?;
        return with_wires(cx, |cx, taken: &mut Taken| {
            work(cx, &mut I2cAtWork(taken.wires(), bus))
        });
    }
    let bus = cx.with_data(this, |bus: &HardObject| bus.bus)?;
    let mut list = with_board(cx, |board| board.i2c.take())?;
    let result = match list.get(bus.into()) {
        Some(part) => work(cx, &mut part.device),
        None => Err(cx.raise_os_error(Errno::NO_DEVICE.0)),
    };
    with_board(cx, |board| board.i2c = list)?;
    result
}

fn unfinished<'s, R>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    work: impl FnOnce(&Cell<Unfinished>) -> R,
) -> Result<R, Raised> {
    if cx.is_instance(this, &SOFT_I2C) {
        cx.with_data(this, |bus: &SoftObject| work(&bus.unfinished))
    } else {
        cx.with_data(this, |bus: &HardObject| work(&bus.unfinished))
    }
}

/// What a transfer begins with: the address of the device, and bytes that were written to it without a stop.
struct Begun {
    address: u16,
    before: Unfinished,
}

impl Begun {
    fn of<'s>(cx: &mut Full<'s>, this: Held<'s>, address: Held<'s>) -> Result<Self, Raised> {
        let address = number(cx, address, 0, 0x3ff)? as u16;
        let before = unfinished(cx, this, |kept| kept.replace(Unfinished::NONE))?;
        Ok(Begun { address, before })
    }
    fn bytes(&self) -> &[u8] {
        self.before.of(self.address)
    }
}

fn charge(cx: &mut Full<'_>, bytes: usize) -> Result<(), Raised> {
    cx.charge(u32::try_from(bytes / 4).unwrap_or(u32::MAX).saturating_add(8))
}

/// Reads into a buffer, behind writing what was begun and the bytes of a register's number.
fn read<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    begun: &Begun,
    register: &[u8],
    buffer: Held<'s>,
) -> Result<(), Raised> {
    let n = with_bus(cx, this, |cx, bus| {
        let (result, n) = cx.lend_mut(buffer, |buffer| {
            (transfer_read(bus, begun, register, buffer), buffer.len())
        })?;
        done(cx, result)?;
        Ok(n)
    })?;
    charge(cx, n)
}

fn transfer_read(
    bus: &mut dyn I2c,
    begun: &Begun,
    register: &[u8],
    buffer: &mut [u8],
) -> Done<usize> {
    let mut operations =
        [Operation::Write(begun.bytes()), Operation::Write(register), Operation::Read(buffer)];
    // an empty write would be a start with the address for writing
    let skip = if !begun.bytes().is_empty() {
        0
    } else if !register.is_empty() {
        1
    } else {
        2
    };
    if skip == 0 && register.is_empty() {
        operations.swap(0, 1);
        return bus.transfer(begun.address, operations.get_mut(1..).unwrap_or_default());
    }
    bus.transfer(begun.address, operations.get_mut(skip..).unwrap_or_default())
}

/// The same into new `bytes`.
fn read_new<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    begun: &Begun,
    register: &[u8],
    n: usize,
) -> Given<'s> {
    let mut few = [0; 32];
    if let Some(few) = few.get_mut(..n) {
        with_bus(cx, this, |cx, bus| {
            let result = transfer_read(bus, begun, register, few);
            done(cx, result).map(drop)
        })?;
        charge(cx, n)?;
        return cx.bytes(few);
    }
    let buffer = cx.make(|cx| cx.bytearray(n))?;
    read(cx, this, begun, register, buffer)?;
    super::args::bytes_of(cx, buffer)
}

/// Whether there is to be a stop: argument 3.
fn stop<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<bool, Raised> {
    args.get(3).map_or(Ok(true), |stop| cx.truth(stop))
}

/// `readfrom(addr, nbytes, stop=True)`: there is a stop always, since nothing can follow a read that is not a start.
fn read_from<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let n = length(cx, args.or_none(2))?;
    let begun = Begun::of(cx, args.or_none(0), args.or_none(1))?;
    read_new(cx, args.or_none(0), &begun, &[], n)
}

/// `readfrom_into(addr, buf, stop=True)`
fn read_from_into<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let begun = Begun::of(cx, args.or_none(0), args.or_none(1))?;
    read(cx, args.or_none(0), &begun, &[], args.or_none(2))?;
    Ok(Held::NONE)
}

/// Writes bytes, behind what was begun and the bytes of a register's number; how many of them were acknowledged.
fn write<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    begun: &Begun,
    register: &[u8],
    buffers: &[Held<'s>],
) -> Result<usize, Raised> {
    let first = begun.bytes().len() + register.len();
    let (n, all) = with_bus(cx, this, |cx, bus| {
        let (result, all) = cx.lend_all(buffers, |buffers| {
            let mut operations: [Operation<'_>; MOST_LENT + 2] =
                core::array::from_fn(|_| Operation::Write(&[]));
            let parts = [begun.bytes(), register].into_iter().chain(buffers.iter().copied());
            let mut len = 0;
            let parts = parts.filter(|part| !part.is_empty());
            for (operation, part) in operations.iter_mut().zip(parts) {
                *operation = Operation::Write(part);
                len += 1;
            }
            // nothing at all is still the address, by which one finds out who is there
            let operations = operations.get_mut(..len.max(1)).unwrap_or_default();
            let all: usize = buffers.iter().map(|part| part.len()).sum();
            (bus.transfer(begun.address, operations), all)
        })?;
        let n = done(cx, result)?;
        Ok((n, all))
    })?;
    charge(cx, all)?;
    Ok(n.saturating_sub(first))
}

/// Keeps bytes for the next transfer, behind those that are kept.
fn keep<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    begun: &Begun,
    buffers: &[Held<'s>],
) -> Result<usize, Raised> {
    let (mut kept, mut total) = (Unfinished { address: begun.address, ..begun.before }, 0);
    if begun.before.address != begun.address {
        kept.len = 0;
    }
    let fits = cx.lend_all(buffers, |buffers| {
        for byte in buffers.iter().copied().flatten() {
            let Some(place) = kept.bytes.get_mut(usize::from(kept.len)) else { return false };
            *place = *byte;
            kept.len += 1;
            total += 1;
        }
        true
    })?;
    if !fits {
        return Err(cx.raise_os_error(Errno::UNSUPPORTED.0));
    }
    unfinished(cx, this, |place| place.set(kept))?;
    Ok(total)
}

/// `writeto(addr, buf, stop=True)`. Bytes without a stop, at most 16, are sent with the next transfer.
fn write_to<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let stop = stop(cx, args)?;
    let begun = Begun::of(cx, this, args.or_none(1))?;
    let buffers = [args.or_none(2)];
    let n = if stop {
        write(cx, this, &begun, &[], &buffers)?
    } else {
        keep(cx, this, &begun, &buffers)?
    };
    cx.count(n)
}

/// `writevto(addr, vector, stop=True)`
fn write_vector_to<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let stop = stop(cx, args)?;
    let vector = args.or_none(2);
    let count = cx.len(vector)?;
    let mut buffers = [Held::NONE; MOST_LENT];
    let mut len = 0;
    if count <= MOST_LENT {
        for (i, buffer) in buffers.iter_mut().take(count).enumerate() {
            *buffer = cx.item_at(vector, i)?;
            len += 1;
        }
    } else {
        // so many are put together
        if let Some(first) = buffers.first_mut() {
            *first = super::args::join(cx, vector)?;
            len = 1;
        }
    }
    let buffers = buffers.get(..len).unwrap_or_default();
    let begun = Begun::of(cx, this, args.or_none(1))?;
    let n = if stop {
        write(cx, this, &begun, &[], buffers)?
    } else {
        keep(cx, this, &begun, buffers)?
    };
    cx.count(n)
}

/// The number of a register, in bytes.
struct Register {
    bytes: [u8; 4],
    len: usize,
}

impl Register {
    fn of<'s>(cx: &mut Full<'s>, number: Held<'s>, size: Option<Held<'s>>) -> Result<Self, Raised> {
        let bits = match given(cx, size) {
            Some(size) => cx.i64_of(size)?,
            None => 8,
        };
        let len = match bits {
            0..=32 if bits % 8 == 0 => (bits / 8) as usize,
            _ => return Err(cx.raise(&VALUE_ERROR, "invalid addrsize")),
        };
        let number = cx.u64_wrapping_of(number)? as u32;
        Ok(Self { bytes: number.to_be_bytes(), len })
    }
    fn bytes(&self) -> &[u8] {
        self.bytes.get(4 - self.len..).unwrap_or_default()
    }
}

/// The arguments of the methods for registers, by the name of the third.
fn register_args<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    parameters: &'static [Param; 4],
) -> Result<(Begun, Register, Held<'s>), Raised> {
    let [address, number, third, size] = args.skip(1).parse(cx, parameters)?;
    let (Some(address), Some(number), Some(third)) = (address, number, third) else {
        return Err(cx.wrong_receiver());
    };
    let register = Register::of(cx, number, size)?;
    let begun = Begun::of(cx, args.or_none(0), address)?;
    Ok((begun, register, third))
}

const fn register_parameters(third: snakelet_vm::native::Name) -> [Param; 4] {
    [
        Param::required(name!("addr")),
        Param::required(name!("memaddr")),
        Param::required(third),
        Param::keyword(name!("addrsize")),
    ]
}

static WITH_COUNT: [Param; 4] = register_parameters(name!("nbytes"));
static WITH_BUFFER: [Param; 4] = register_parameters(name!("buf"));

/// `readfrom_mem(addr, memaddr, nbytes, *, addrsize=8)`
fn read_from_mem<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (begun, register, n) = register_args(cx, args, &WITH_COUNT)?;
    let n = length(cx, n)?;
    read_new(cx, args.or_none(0), &begun, register.bytes(), n)
}

/// `readfrom_mem_into(addr, memaddr, buf, *, addrsize=8)`
fn read_from_mem_into<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (begun, register, buffer) = register_args(cx, args, &WITH_BUFFER)?;
    read(cx, args.or_none(0), &begun, register.bytes(), buffer)?;
    Ok(Held::NONE)
}

/// `writeto_mem(addr, memaddr, buf, *, addrsize=8)`
fn write_to_mem<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (begun, register, buffer) = register_args(cx, args, &WITH_BUFFER)?;
    write(cx, args.or_none(0), &begun, register.bytes(), &[buffer])?;
    Ok(Held::NONE)
}

/// `scan()`
fn scan<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let found = cx.list(&[])?;
    for address in 8..0x78 {
        let is_there = with_bus(cx, args.or_none(0), |_, bus| Ok(bus.is_there(address)))?;
        charge(cx, 1)?;
        if is_there {
            cx.scope(|cx, outer| {
                let address = cx.int(address.into())?;
                cx.append(outer.held(found), address)
            })?;
        }
    }
    Ok(found)
}

/// A part of a transfer, of a bus of pins.
fn soft<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    work: fn(&SoftI2c, &mut Wires<'_>) -> Done,
) -> Given<'s> {
    let bus = cx.with_data(args.or_none(0), |bus: &SoftObject| bus.bus.get())?;
    with_wires(cx, |cx, taken| {
        let result = work(&bus, &mut taken.wires());
        done(cx, result)
    })?;
    Ok(Held::NONE)
}

/// `readinto(buf, nack=True)`
fn soft_read_into<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let bus = cx.with_data(args.or_none(0), |bus: &SoftObject| bus.bus.get())?;
    let nack = args.get(2).map_or(Ok(true), |nack| cx.truth(nack))?;
    with_wires(cx, |cx, taken| {
        let result =
            cx.lend_mut(args.or_none(1), |buffer| bus.read(&mut taken.wires(), buffer, nack))?;
        done(cx, result)
    })?;
    charge(cx, 64)?;
    Ok(Held::NONE)
}

/// `write(buf)`: how many bytes were acknowledged.
fn soft_write<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let bus = cx.with_data(args.or_none(0), |bus: &SoftObject| bus.bus.get())?;
    let n = with_wires(cx, |cx, taken| {
        let result = cx.lend_all(&[args.or_none(1)], |bytes| {
            bus.write(&mut taken.wires(), bytes.first().copied().unwrap_or_default())
        })?;
        done(cx, result)
    })?;
    charge(cx, n)?;
    cx.count(n)
}
