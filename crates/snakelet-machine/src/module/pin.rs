//! `Pin`.

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{Constant, Contents, NativeData, NativeFn, NativeType, Param, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::args::{find, given, number, optional, truth};
use super::{serve, try_board, with_board};
use crate::device::{Done, Errno, Mode, Pin, PinSetup, Pull};

/// A pin as scripts have it: its number in the board's table.
pub(super) struct PinObject(pub(super) u16);

impl NativeData for PinObject {
    const TYPE: &'static NativeType = &PIN;
}

const IN: i64 = 0;
const OUT: i64 = 1;
const OPEN_DRAIN: i64 = 2;
const PULL_UP: i64 = 1;
const PULL_DOWN: i64 = 2;
/// Triggers.
pub(super) const RISING: u8 = 1;
pub(super) const FALLING: u8 = 2;
pub(super) const LOW_LEVEL: u8 = 4;
pub(super) const HIGH_LEVEL: u8 = 8;

pub(super) static PIN: NativeType =
    NativeType::of(name!("Pin"), const { &TypeSlots::of::<PinObject>().construct(&NEW) })
        .sealed()
        .contents(&Contents {
            functions: &[],
            constants: &[
                (name!("DRIVE_0"), Constant::Int(0)),
                (name!("DRIVE_1"), Constant::Int(1)),
                (name!("DRIVE_2"), Constant::Int(2)),
                (name!("DRIVE_3"), Constant::Int(3)),
                (name!("IN"), Constant::Int(IN as i32)),
                (name!("IRQ_FALLING"), Constant::Int(FALLING as i32)),
                (name!("IRQ_HIGH_LEVEL"), Constant::Int(HIGH_LEVEL as i32)),
                (name!("IRQ_LOW_LEVEL"), Constant::Int(LOW_LEVEL as i32)),
                (name!("IRQ_RISING"), Constant::Int(RISING as i32)),
                (name!("OPEN_DRAIN"), Constant::Int(OPEN_DRAIN as i32)),
                (name!("OUT"), Constant::Int(OUT as i32)),
                (name!("PULL_DOWN"), Constant::Int(PULL_DOWN as i32)),
                (name!("PULL_UP"), Constant::Int(PULL_UP as i32)),
            ],
        })
        .methods(methods![
            NativeFn::full_method(name!("__call__"), 1, 2, value),
            NativeFn::full_method(name!("__repr__"), 1, 1, repr),
            NativeFn::full_method(name!("drive"), 1, 2, drive),
            NativeFn::full_method(name!("high"), 1, 1, |cx, args| set(cx, args, true)),
            NativeFn::full_method(name!("init"), 1, 3, init).keywords(),
            NativeFn::full_method(name!("irq"), 1, 3, irq).keywords(),
            NativeFn::full_method(name!("low"), 1, 1, |cx, args| set(cx, args, false)),
            NativeFn::full_method(name!("mode"), 1, 2, mode),
            NativeFn::full_method(name!("off"), 1, 1, |cx, args| set(cx, args, false)),
            NativeFn::full_method(name!("on"), 1, 1, |cx, args| set(cx, args, true)),
            NativeFn::full_method(name!("pull"), 1, 2, pull),
            NativeFn::full_method(name!("toggle"), 1, 1, toggle),
            NativeFn::full_method(name!("value"), 1, 2, value),
        ]);

static NEW: NativeFn = NativeFn::full(name!("Pin"), 1, 3, construct).keywords();

const PARAMETERS: [Param; 5] = [
    Param::optional(name!("mode")),
    Param::optional(name!("pull")),
    Param::keyword(name!("value")),
    Param::keyword(name!("drive")),
    Param::keyword(name!("alt")),
];

/// The pin that an argument is or names.
pub(super) fn pin_of<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<u16, Raised> {
    if cx.is_instance(value, &PIN) {
        return cx.with_data(value, |pin: &PinObject| pin.0);
    }
    find(cx, value, "invalid pin", |board, wanted| board.pins.position(|pin| wanted.is(pin.id)))
}

/// Works on a pin.
pub(super) fn with_pin<R>(
    cx: &mut Full<'_>,
    pin: u16,
    work: impl FnOnce(&mut dyn Pin) -> Done<R>,
) -> Result<R, Raised> {
    try_board(cx, |board| match board.pins.get(pin.into()) {
        Some(part) => work(&mut part.device),
        None => Err(Errno::NO_DEVICE),
    })
}

fn this<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<u16, Raised> {
    cx.with_data(args.or_none(0), |pin: &PinObject| pin.0)
}

fn mode_of<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<Option<Mode>, Raised> {
    match cx.i64_of(value)? {
        -1 => Ok(None),
        IN => Ok(Some(Mode::In)),
        OUT => Ok(Some(Mode::Out)),
        OPEN_DRAIN => Ok(Some(Mode::OpenDrain)),
        _ => Err(cx.raise(&VALUE_ERROR, "invalid pin mode")),
    }
}

/// `None`, Python's, says that there is to be no resistor.
fn pull_of<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<Option<Pull>, Raised> {
    if cx.is_none(value) {
        return Ok(Some(Pull::Off));
    }
    match cx.i64_of(value)? {
        -1 => Ok(None),
        0 => Ok(Some(Pull::Off)),
        PULL_UP => Ok(Some(Pull::Up)),
        PULL_DOWN => Ok(Some(Pull::Down)),
        _ => Err(cx.raise(&VALUE_ERROR, "invalid pin pull")),
    }
}

/// Sets a pin up by the arguments behind those that `args` has lost.
fn setup<'s>(cx: &mut Full<'s>, pin: u16, args: FullArgs<'s>) -> Result<(), Raised> {
    let given = args.parse(cx, &PARAMETERS)?;
    apply(cx, pin, given)
}

fn apply<'s>(
    cx: &mut Full<'s>,
    pin: u16,
    [mode, pull, value, drive, alt]: [Option<Held<'s>>; 5],
) -> Result<(), Raised> {
    if optional(cx, alt)?.is_some() {
        return Err(cx.raise(&VALUE_ERROR, "pins have no alternate functions here"));
    }
    let setup = PinSetup {
        mode: match given(cx, mode) {
            Some(mode) => mode_of(cx, mode)?,
            None => None,
        },
        pull: match pull {
            Some(pull) => pull_of(cx, pull)?,
            None => None,
        },
        value: truth(cx, value)?,
        drive: match given(cx, drive) {
            Some(drive) => Some(number(cx, drive, 0, 255)? as u8),
            None => None,
        },
    };
    if setup == PinSetup::default() {
        return Ok(());
    }
    let done = with_board(cx, |board| match board.pins.get(pin.into()) {
        Some(part) => part.device.setup(setup),
        None => Err(Errno::NO_DEVICE),
    })?;
    match done {
        Err(Errno::INVALID) => Err(cx.raise(&VALUE_ERROR, "pin cannot be set up like this")),
        done => super::done(cx, done),
    }
}

/// Sets the pin up that the arguments of a signal name.
pub(super) fn construct_without<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<u16, Raised> {
    static WITH_INVERT: [Param; 6] = {
        let [mode, pull, value, drive, alt] = PARAMETERS;
        [mode, pull, value, drive, alt, Param::keyword(name!("invert"))]
    };
    let pin = pin_of(cx, args.or_none(0))?;
    let [mode, pull, value, drive, alt, _] = args.skip(1).parse(cx, &WITH_INVERT)?;
    apply(cx, pin, [mode, pull, value, drive, alt])?;
    Ok(pin)
}

/// `Pin(id, mode=-1, pull=-1, *, value=None, drive=0, alt=-1)`
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = pin_of(cx, args.or_none(0))?;
    setup(cx, pin, args.skip(1))?;
    cx.new_data(&[], PinObject(pin))
}

/// `init(mode=-1, pull=-1, *, value=None, drive=0, alt=-1)`
fn init<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = this(cx, args)?;
    setup(cx, pin, args.skip(1))?;
    Ok(Held::NONE)
}

/// `value([x])`
fn value<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = this(cx, args)?;
    match args.get(1) {
        Some(value) => {
            let high = cx.truth(value)?;
            with_pin(cx, pin, |pin| pin.write(high))?;
            Ok(Held::NONE)
        }
        None => {
            let high = with_pin(cx, pin, |pin| pin.read())?;
            cx.int(high.into())
        }
    }
}

fn set<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, high: bool) -> Given<'s> {
    let pin = this(cx, args)?;
    with_pin(cx, pin, |pin| pin.write(high))?;
    Ok(Held::NONE)
}

fn toggle<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = this(cx, args)?;
    with_pin(cx, pin, |pin| {
        let high = pin.read()?;
        pin.write(!high)
    })?;
    Ok(Held::NONE)
}

/// `mode([mode])`
fn mode<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = this(cx, args)?;
    if let Some(mode) = args.get(1) {
        let mode = mode_of(cx, mode)?;
        with_pin(cx, pin, |pin| pin.setup(PinSetup { mode, ..PinSetup::default() }))?;
        return Ok(Held::NONE);
    }
    let mode = with_pin(cx, pin, |pin| Ok(pin.mode()))?;
    cx.int(match mode {
        Mode::In => IN,
        Mode::Out => OUT,
        Mode::OpenDrain => OPEN_DRAIN,
    })
}

/// `pull([pull])`
fn pull<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = this(cx, args)?;
    if let Some(pull) = args.get(1) {
        let pull = pull_of(cx, pull)?;
        with_pin(cx, pin, |pin| pin.setup(PinSetup { pull, ..PinSetup::default() }))?;
        return Ok(Held::NONE);
    }
    match with_pin(cx, pin, |pin| Ok(pin.pull()))? {
        Pull::Off => Ok(Held::NONE),
        Pull::Up => cx.int(PULL_UP),
        Pull::Down => cx.int(PULL_DOWN),
    }
}

/// `drive(strength)`; what it is cannot be asked.
fn drive<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = this(cx, args)?;
    let Some(drive) = args.get(1) else {
        return Err(cx.raise_os_error(Errno::UNSUPPORTED.0));
    };
    let drive = Some(number(cx, drive, 0, 255)? as u8);
    with_pin(cx, pin, |pin| pin.setup(PinSetup { drive, ..PinSetup::default() }))?;
    Ok(Held::NONE)
}

/// `irq(handler=None, trigger=IRQ_FALLING | IRQ_RISING, *, priority=1, wake=None, hard=False)`: the pin is the callback
/// object, too. Handlers never interrupt native code, so that all of them are soft ones.
fn irq<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 5] = [
        Param::optional(name!("handler")),
        Param::optional(name!("trigger")),
        Param::keyword(name!("priority")),
        Param::keyword(name!("wake")),
        Param::keyword(name!("hard")),
    ];
    let pin = this(cx, args)?;
    let [handler, trigger, ..] = args.skip(1).parse(cx, &PARAMETERS)?;
    let trigger = match given(cx, trigger) {
        Some(trigger) => number(cx, trigger, 0, 15)? as u8,
        None => RISING | FALLING,
    };
    let handler = given(cx, handler);
    serve::watch(cx, pin, args.or_none(0), handler, trigger)?;
    Ok(args.or_none(0))
}

fn repr<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = this(cx, args)?;
    let id = with_board(cx, |board| board.pins.get(pin.into()).map(|pin| pin.id))?;
    let id = id.unwrap_or_default();
    match (id.name, id.number) {
        (Some(name), _) => super::args::text(cx, format_args!("Pin({name:?})")),
        (None, number) => super::args::text(cx, format_args!("Pin({})", number.unwrap_or(0))),
    }
}

/// A device that has the id of a pin: an argument is the pin, or names it.
pub(super) fn by_pin<'s>(
    cx: &mut Full<'s>,
    value: Held<'s>,
    text: &'static str,
    search: impl FnOnce(&mut crate::Board, &dyn Fn(crate::Id) -> bool) -> Option<usize>,
) -> Result<u16, Raised> {
    if !cx.is_instance(value, &PIN) {
        return find(cx, value, text, |board, wanted| search(board, &|id| wanted.is(id)));
    }
    let pin = pin_of(cx, value)?;
    let found = with_board(cx, |board| {
        let pin = board.pins.get(pin.into())?.id;
        let is_it = |id: crate::Id| {
            (pin.number.is_some() && id.number == pin.number)
                || (pin.name.is_some() && id.name == pin.name)
        };
        search(board, &is_it)
    })?;
    match found.and_then(|found| u16::try_from(found).ok()) {
        Some(found) => Ok(found),
        None => Err(cx.raise(&VALUE_ERROR, text)),
    }
}
