//! `_onewire`, on which the library's `onewire` stands, and the wire of DHT sensors: both are pins that are driven low or
//! let go, for times that the board's delay makes.

use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{Contents, NativeFn, NativeModule};
use snakelet_vm::{Raised, methods, name};

use super::args::number;
use super::pin::pin_of;
use super::{done, with_wires};
use crate::device::{Done, Errno, Mode};
use crate::soft::Wires;

/// `_onewire`.
pub static ONEWIRE: NativeModule = NativeModule::new(
    name!("_onewire"),
    &[Contents {
        functions: methods![
            NativeFn::full(name!("crc8"), 1, 1, crc8),
            NativeFn::full(name!("readbit"), 1, 1, |cx, args| take(cx, args, 1)),
            NativeFn::full(name!("readbyte"), 1, 1, |cx, args| take(cx, args, 8)),
            NativeFn::full(name!("reset"), 1, 1, reset),
            NativeFn::full(name!("writebit"), 2, 2, |cx, args| put(cx, args, 1)),
            NativeFn::full(name!("writebyte"), 2, 2, |cx, args| put(cx, args, 8)),
        ],
        constants: &[],
    }],
);

/// Works on the wire.
fn with_wire<'s, R>(
    cx: &mut Full<'s>,
    pin: Held<'s>,
    work: impl FnOnce(&mut Wires<'_>, u16) -> Done<R>,
) -> Result<R, Raised> {
    let pin = pin_of(cx, pin)?;
    let result = with_wires(cx, |cx, taken| {
        let mut wires = taken.wires();
        let result =
            wires.setup(pin, Mode::OpenDrain, Some(true)).and_then(|()| work(&mut wires, pin));
        done(cx, result)
    })?;
    cx.charge(8)?;
    Ok(result)
}

// The times are those that the manufacturer of the first of these devices recommends (Maxim's application note 126).

/// `reset(pin)`: whether a device is there.
fn reset<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let is_there = with_wire(cx, args.or_none(0), |wires, pin| {
        wires.write(pin, false)?;
        wires.wait_us(480);
        wires.write(pin, true)?;
        wires.wait_us(70);
        let high = wires.read(pin)?;
        wires.wait_us(410);
        Ok(!high)
    })?;
    Ok(Held::bool(is_there))
}

fn take_bit(wires: &mut Wires<'_>, pin: u16) -> Done<bool> {
    wires.write(pin, false)?;
    wires.wait_us(6);
    wires.write(pin, true)?;
    wires.wait_us(9);
    let bit = wires.read(pin)?;
    wires.wait_us(55);
    Ok(bit)
}

fn put_bit(wires: &mut Wires<'_>, pin: u16, bit: bool) -> Done {
    let low = if bit { 6 } else { 60 };
    wires.write(pin, false)?;
    wires.wait_us(low);
    wires.write(pin, true)?;
    wires.wait_us(70 - low);
    Ok(())
}

fn take<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, bits: u8) -> Given<'s> {
    let value = with_wire(cx, args.or_none(0), |wires, pin| {
        let mut value = 0;
        for bit in 0..bits {
            value |= i64::from(take_bit(wires, pin)?) << bit;
        }
        Ok(value)
    })?;
    cx.int(value)
}

fn put<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, bits: u8) -> Given<'s> {
    let value = number(cx, args.or_none(1), i32::MIN.into(), u32::MAX.into())?;
    with_wire(cx, args.or_none(0), |wires, pin| {
        (0..bits).try_for_each(|bit| put_bit(wires, pin, value >> bit & 1 != 0))
    })?;
    Ok(Held::NONE)
}

/// `crc8(data)`: by the polynomial x^8 + x^5 + x^4 + 1, the lowest bit first.
fn crc8<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    /// Bytes between two charges.
    const PIECE: usize = 1024;
    let (mut crc, mut at) = (0_u8, 0);
    loop {
        let (next, n) = cx.with_bytes(args.or_none(0), |bytes| {
            let piece = bytes.part(at, bytes.len().min(at + PIECE));
            let next = piece.iter().fold(crc, |crc, byte| {
                let step = |crc: u8| if crc & 1 != 0 { crc >> 1 ^ 0x8c } else { crc >> 1 };
                (0..8).fold(crc ^ byte, |crc, _| step(crc))
            });
            (next, piece.len())
        })?;
        cx.charge(n as u32)?;
        crc = next;
        at += n;
        if n < PIECE {
            break;
        }
    }
    cx.int(crc.into())
}

/// Waits for a level; for how many microseconds.
fn wait_for(wires: &mut Wires<'_>, pin: u16, level: bool, most: u32) -> Done<u32> {
    let mut us = 0;
    while wires.read(pin)? != level {
        if us >= most {
            return Err(Errno::TIMED_OUT);
        }
        wires.wait_us(1);
        us += 1;
    }
    Ok(us)
}

/// `dht_readinto(pin, buf)`: 5 bytes of a DHT11 or DHT22. A bit is low for 50 microseconds, and then high for less than 30
/// or about 70.
pub(super) fn dht_read_into<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let buffer = args.or_none(1);
    let mut bytes = [0_u8; 5];
    with_wire(cx, args.or_none(0), |wires, pin| {
        wires.write(pin, false)?;
        wires.wait_us(18_000);
        wires.write(pin, true)?;
        wait_for(wires, pin, false, 100)?;
        wait_for(wires, pin, true, 150)?;
        wait_for(wires, pin, false, 150)?;
        for byte in &mut bytes {
            for _ in 0..8 {
                // looking takes time, too, the same for both
                let low = wait_for(wires, pin, true, 100)?;
                let high = wait_for(wires, pin, false, 150)?;
                *byte = *byte << 1 | u8::from(high > low);
            }
        }
        Ok(())
    })?;
    cx.charge(40)?;
    cx.look(|cx| cx.copy(bytes.as_slice().into(), cx.writable(cx.get(buffer))?))?;
    Ok(Held::NONE)
}
