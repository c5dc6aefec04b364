//! `WDT`.

use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{NativeData, NativeFn, NativeType, Param, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::args::{given, number};
use super::try_board;
use crate::device::{Done, Errno, Watchdog};

/// The watchdog as scripts have it.
struct WdtObject;

impl NativeData for WdtObject {
    const TYPE: &'static NativeType = &WDT;
}

pub(super) static WDT: NativeType =
    NativeType::of(name!("WDT"), const { &TypeSlots::of::<WdtObject>().construct(&NEW) })
        .sealed()
        .methods(methods![
            NativeFn::full_method(name!("feed"), 1, 1, feed),
            NativeFn::full_method(name!("timeout_ms"), 2, 2, |cx, args| {
                start(cx, Some(args.or_none(1)))?;
                Ok(Held::NONE)
            }),
        ]);

static NEW: NativeFn = NativeFn::full(name!("WDT"), 0, 2, construct).keywords();

fn with_watchdog<R>(
    cx: &mut Full<'_>,
    work: impl FnOnce(&mut dyn Watchdog) -> Done<R>,
) -> Result<R, Raised> {
    try_board(cx, |board| match &mut board.watchdog {
        Some(watchdog) => work(*watchdog),
        None => Err(Errno::NO_DEVICE),
    })
}

fn start<'s>(cx: &mut Full<'s>, timeout: Option<Held<'s>>) -> Result<(), Raised> {
    let timeout = match given(cx, timeout) {
        Some(timeout) => number(cx, timeout, 1, u32::MAX.into())? as u32,
        None => 5000,
    };
    with_watchdog(cx, |watchdog| watchdog.start(timeout))
}

/// `WDT(id=0, timeout=5000)`
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 2] =
        [Param::optional(name!("id")), Param::optional(name!("timeout"))];
    let [id, timeout] = args.parse(cx, &PARAMETERS)?;
    if let Some(id) = given(cx, id) {
        number(cx, id, 0, 0)?;
    }
    let watchdog = cx.new_data(&[], WdtObject)?;
    start(cx, timeout)?;
    Ok(watchdog)
}

fn feed<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    cx.with_data(args.or_none(0), |_: &WdtObject| ())?;
    with_watchdog(cx, |watchdog| {
        watchdog.feed();
        Ok(())
    })?;
    Ok(Held::NONE)
}
