//! The chip as a whole.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::SYSTEM_EXIT;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::args::{given, number};
use super::{try_board, with_board};
use crate::device::{Chip, Done, Errno, Sleep};

/// Asks the chip, if the host has said anything about it.
fn with_chip<R>(
    cx: &mut Full<'_>,
    work: impl FnOnce(&mut dyn Chip) -> R,
) -> Result<Option<R>, Raised> {
    with_board(cx, |board| board.chip.as_mut().map(|chip| work(*chip)))
}

/// `freq([hz, ...])`
pub(super) fn frequency<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let Some(hertz) = args.get(0) else {
        let hertz = try_board(cx, |board| match board.chip.as_mut().map(|c| c.frequency()) {
            None | Some(0) => Err(Errno::UNSUPPORTED),
            Some(hertz) => Ok(hertz),
        })?;
        return cx.int(hertz.into());
    };
    let hertz = number(cx, hertz, 1, u32::MAX.into())? as u32;
    try_board(cx, |board| -> Done {
        board.chip.as_mut().ok_or(Errno::UNSUPPORTED)?.set_frequency(hertz)
    })?;
    Ok(Held::NONE)
}

/// `unique_id()`
pub(super) fn unique_id<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let mut bytes = [0; 32];
    let len = with_chip(cx, |chip| {
        let id = chip.unique_id();
        let n = id.len().min(bytes.len());
        for (to, from) in bytes.iter_mut().zip(id) {
            *to = *from;
        }
        n
    })?;
    cx.bytes(bytes.get(..len.unwrap_or(0)).unwrap_or_default())
}

/// Ends the script as `sys.exit()` does.
fn exit<'s>(cx: &mut Full<'s>) -> Given<'s> {
    Err(cx.raise_no_args(&SYSTEM_EXIT))
}

/// `reset()`
pub(super) fn reset<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    with_chip(cx, |chip| chip.reset())?;
    exit(cx)
}

/// `bootloader([value])`
pub(super) fn boot_loader<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    with_chip(cx, |chip| chip.boot_loader())?;
    exit(cx)
}

/// `soft_reset()`
pub(super) fn soft_reset<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    exit(cx)
}

/// `reset_cause()`
pub(super) fn reset_cause<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let cause = with_chip(cx, |chip| chip.reset_cause())?;
    cx.int(cause.unwrap_or(1).into())
}

/// `wake_reason()`
pub(super) fn wake_reason<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let reason = with_chip(cx, |chip| chip.wake_reason())?;
    cx.int(reason.unwrap_or(0).into())
}

/// `disable_irq()`: interrupts of the chip. Callbacks of scripts come between two instructions all the same.
pub(super) fn disable_irq<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let state = with_chip(cx, |chip| chip.disable_interrupts())?;
    cx.int(state.unwrap_or(0).into())
}

/// `enable_irq(state)`
pub(super) fn enable_irq<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let state = match args.get(0) {
        Some(state) => number(cx, state, 0, u32::MAX.into())? as u32,
        None => 1,
    };
    with_chip(cx, |chip| chip.enable_interrupts(state))?;
    Ok(Held::NONE)
}

/// `idle()`: until something happens, at most a millisecond.
pub(super) fn idle<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let slept = with_chip(cx, |chip| chip.sleep(Sleep::Idle, Some(1)))?;
    cx.charge(1)?;
    if slept != Some(true) {
        let until = cx.ticks_us().saturating_add(1000);
        cx.pause(until)?;
    }
    Ok(Held::NONE)
}

fn sleep<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, depth: Sleep) -> Result<(), Raised> {
    let ms = match given(cx, args.get(0)) {
        Some(ms) => Some(number(cx, ms, 0, u32::MAX.into())? as u32),
        None => None,
    };
    let slept = with_chip(cx, |chip| chip.sleep(depth, ms))?;
    cx.charge(1)?;
    match ms {
        _ if slept == Some(true) => Ok(()),
        Some(ms) => cx.block_us(u64::from(ms) * 1000),
        // for ever is what only a chip can do
        None => Err(cx.raise_os_error(Errno::UNSUPPORTED.0)),
    }
}

/// `lightsleep([ms])`
pub(super) fn light_sleep<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    sleep(cx, args, Sleep::Light)?;
    Ok(Held::NONE)
}

/// `deepsleep([ms])`: the script ends.
pub(super) fn deep_sleep<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    sleep(cx, args, Sleep::Deep)?;
    exit(cx)
}
