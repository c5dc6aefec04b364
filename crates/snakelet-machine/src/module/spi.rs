//! `SPI` and `SoftSPI`.

use core::cell::Cell;

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held, Lent};
use snakelet_vm::native::{
    Constant, Contents, NativeData, NativeFn, NativeType, Param, TypeSlots, VARIADIC,
};
use snakelet_vm::{Raised, methods, name};

use super::args::{find, given, length, number, optional, truth};
use super::pin::pin_of;
use super::{done, try_board, with_board, with_wires};
use crate::device::{Errno, Spi, SpiSetup};
use crate::soft::{NO_PIN, SoftSpi, SpiAtWork};

/// A bus as scripts have it: one of the board's.
struct HardObject(u16);

impl NativeData for HardObject {
    const TYPE: &'static NativeType = &SPI;
}

/// A bus of pins.
struct SoftObject(Cell<SoftSpi>);

impl NativeData for SoftObject {
    const TYPE: &'static NativeType = &SOFT_SPI;
}

const LSB: i64 = 1;

/// What both have.
static SHARED: Contents = Contents {
    functions: methods![
        NativeFn::full_method(name!("deinit"), 1, 1, |_, _| Ok(Held::NONE)),
        NativeFn::full_method(name!("init"), 1, VARIADIC, init).keywords(),
        NativeFn::full_method(name!("read"), 2, 3, read),
        NativeFn::full_method(name!("readinto"), 2, 3, read_into),
        NativeFn::full_method(name!("write"), 2, 2, write),
        NativeFn::full_method(name!("write_readinto"), 3, 3, write_read_into),
    ],
    constants: &[(name!("LSB"), Constant::Int(LSB as i32)), (name!("MSB"), Constant::Int(0))],
};

pub(super) static SPI: NativeType =
    NativeType::of(name!("SPI"), const { &TypeSlots::of::<HardObject>().construct(&NEW) })
        .sealed()
        .contents(&SHARED)
        .methods(methods![NativeFn::full_method(name!("__repr__"), 1, 1, repr)]);

pub(super) static SOFT_SPI: NativeType =
    NativeType::of(name!("SoftSPI"), const { &TypeSlots::of::<SoftObject>().construct(&NEW_SOFT) })
        .sealed()
        .contents(&SHARED);

static NEW: NativeFn = NativeFn::full(name!("SPI"), 0, 2, construct).keywords();
static NEW_SOFT: NativeFn = NativeFn::full(name!("SoftSPI"), 0, 1, construct_soft).keywords();

static PARAMETERS: [Param; 8] = [
    Param::optional(name!("baudrate")),
    Param::keyword(name!("polarity")),
    Param::keyword(name!("phase")),
    Param::keyword(name!("bits")),
    Param::keyword(name!("firstbit")),
    Param::keyword(name!("sck")),
    Param::keyword(name!("mosi")),
    Param::keyword(name!("miso")),
];

/// The settings that arguments name, and the pins.
fn setup_of<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
) -> Result<(SpiSetup, [Option<Held<'s>>; 3]), Raised> {
    // the reference takes this first one by its position, too, and one of its ports the mode in its place
    let [baudrate, polarity, phase, bits, first_bit, sck, mosi, miso] =
        args.parse(cx, &PARAMETERS)?;
    let setup = SpiSetup {
        baudrate: optional(cx, baudrate)?,
        polarity: truth(cx, polarity)?,
        phase: truth(cx, phase)?,
        bits: match given(cx, bits) {
            Some(bits) => Some(number(cx, bits, 1, 32)? as u8),
            None => None,
        },
        lsb_first: match given(cx, first_bit) {
            Some(first) => Some(number(cx, first, 0, LSB)? == LSB),
            None => None,
        },
    };
    Ok((setup, [given(cx, sck), given(cx, mosi), given(cx, miso)]))
}

/// `SPI(id, baudrate=1000000, *, polarity=0, phase=0, bits=8, firstbit=MSB, sck=None, mosi=None, miso=None)`: the pins
/// are those that the host has given the bus.
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let first = match args.get(0) {
        Some(id) => id,
        None => cx.int(0)?,
    };
    let bus = find(cx, first, "invalid SPI bus", |board, wanted| {
        board.spi.position(|part| wanted.is(part.id))
    })?;
    let bus = cx.new_data(&[], HardObject(bus))?;
    change(cx, bus, args.skip(1))?;
    Ok(bus)
}

/// `SoftSPI(baudrate=500000, *, polarity=0, phase=0, bits=8, firstbit=MSB, sck, mosi, miso)`
fn construct_soft<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let bus = SoftSpi {
        sck: NO_PIN,
        mosi: NO_PIN,
        miso: NO_PIN,
        half_ns: 1000,
        polarity: false,
        phase: false,
        lsb_first: false,
    };
    let bus = cx.new_data(&[], SoftObject(Cell::new(bus)))?;
    change(cx, bus, args)?;
    Ok(bus)
}

fn change<'s>(cx: &mut Full<'s>, this: Held<'s>, args: FullArgs<'s>) -> Result<(), Raised> {
    let (setup, [sck, mosi, miso]) = setup_of(cx, args)?;
    if !cx.is_instance(this, &SOFT_SPI) {
        let bus = cx.with_data(this, |bus: &HardObject| bus.0)?;
        if setup == SpiSetup::default() {
            return Ok(());
        }
        return try_board(cx, |board| match board.spi.get(bus.into()) {
            Some(part) => part.device.setup(setup),
            None => Err(Errno::NO_DEVICE),
        });
    }
    let mut bus = cx.with_data(this, |bus: &SoftObject| bus.0.get())?;
    let changed = bus.change(setup);
    done(cx, changed)?;
    for (pin, given) in [(&mut bus.sck, sck), (&mut bus.mosi, mosi), (&mut bus.miso, miso)] {
        if let Some(given) = given {
            *pin = pin_of(cx, given)?;
        }
    }
    if bus.sck == NO_PIN {
        return Err(cx.raise(&VALUE_ERROR, "sck is needed"));
    }
    with_wires(cx, |cx, taken| {
        let begun = bus.begin(&mut taken.wires());
        done(cx, begun)
    })?;
    cx.with_data(this, |object: &SoftObject| object.0.set(bus))
}

fn init<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    change(cx, args.or_none(0), args.skip(1))?;
    Ok(Held::NONE)
}

fn repr<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let bus = cx.with_data(args.or_none(0), |bus: &HardObject| bus.0)?;
    let id = with_board(cx, |board| board.spi.get(bus.into()).map(|part| part.id))?;
    let id = id.unwrap_or_default();
    match (id.number, id.name) {
        (None, Some(name)) => super::args::text(cx, format_args!("SPI({name:?})")),
        (number, _) => super::args::text(cx, format_args!("SPI({})", number.unwrap_or(0))),
    }
}

/// Works on a bus beside memory of the interpreter.
fn with_bus<'s, R>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    work: impl FnOnce(&mut Full<'s>, &mut dyn Spi) -> Result<R, Raised>,
) -> Result<R, Raised> {
    if cx.is_instance(this, &SOFT_SPI) {
        let bus = cx.with_data(this, |bus: &SoftObject| bus.0.get())?;
        return with_wires(cx, |cx, taken| work(cx, &mut SpiAtWork(taken.wires(), bus)));
    }
    let bus = cx.with_data(this, |bus: &HardObject| bus.0)?;
    let mut list = with_board(cx, |board| board.spi.take())?;
    let result = match list.get(bus.into()) {
        Some(part) => work(cx, &mut part.device),
        None => Err(cx.raise_os_error(Errno::NO_DEVICE.0)),
    };
    with_board(cx, |board| board.spi = list)?;
    result
}

fn charge(cx: &mut Full<'_>, bytes: usize) -> Result<(), Raised> {
    cx.charge(u32::try_from(bytes / 16).unwrap_or(u32::MAX).saturating_add(8))
}

/// The byte that is written while bytes are read.
fn filler<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<u8, Raised> {
    match args.get(2) {
        Some(filler) => Ok(cx.i64_of(filler)? as u8),
        None => Ok(0),
    }
}

/// `read(nbytes, write=0)`
fn read<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let n = length(cx, args.or_none(1))?;
    let filler = filler(cx, args)?;
    let mut few = [0; 32];
    if let Some(few) = few.get_mut(..n) {
        few.fill(filler);
        with_bus(cx, args.or_none(0), |cx, bus| {
            let result = bus.exchange(few);
            done(cx, result)
        })?;
        charge(cx, n)?;
        return cx.bytes(few);
    }
    let buffer = cx.make(|cx| cx.bytearray(n))?;
    fill(cx, args.or_none(0), buffer, filler)?;
    super::args::bytes_of(cx, buffer)
}

fn fill<'s>(cx: &mut Full<'s>, this: Held<'s>, buffer: Held<'s>, filler: u8) -> Result<(), Raised> {
    let n = with_bus(cx, this, |cx, bus| {
        let (result, n) = cx.lend_mut(buffer, |bytes| {
            bytes.fill(filler);
            (bus.exchange(bytes), bytes.len())
        })?;
        done(cx, result)?;
        Ok(n)
    })?;
    charge(cx, n)
}

/// `readinto(buf, write=0)`
fn read_into<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let filler = filler(cx, args)?;
    fill(cx, args.or_none(0), args.or_none(1), filler)?;
    Ok(Held::NONE)
}

/// `write(buf)`
fn write<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let n = with_bus(cx, args.or_none(0), |cx, bus| {
        let (result, n) = cx.lend_all(&[args.or_none(1)], |bytes| {
            let bytes = bytes.first().copied().unwrap_or_default();
            (bus.write(bytes), bytes.len())
        })?;
        done(cx, result)?;
        Ok(n)
    })?;
    charge(cx, n)?;
    Ok(Held::NONE)
}

/// `write_readinto(write_buf, read_buf)`
fn write_read_into<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let n = with_bus(cx, args.or_none(0), |cx, bus| {
        let result = cx.lend(args.or_none(1), args.or_none(2), |lent| match lent {
            Lent::Same(bytes) => Some((bus.exchange(bytes), bytes.len())),
            Lent::Apart(from, to) if from.len() == to.len() => {
                Some((bus.transfer(from, to), to.len()))
            }
            Lent::Apart(..) => None,
        })?;
        let Some((result, n)) = result else {
            return Err(cx.raise(&VALUE_ERROR, "buffers must be the same length"));
        };
        done(cx, result)?;
        Ok(n)
    })?;
    charge(cx, n)?;
    Ok(Held::NONE)
}
