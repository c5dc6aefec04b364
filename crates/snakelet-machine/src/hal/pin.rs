//! Pins.

use core::sync::atomic::{AtomicBool, Ordering};

use embedded_hal::digital::{Error, InputPin, OutputPin};

use crate::device::{Done, Errno, Mode, Pin, PinSetup, Pull};

fn failed(_: impl Error) -> Errno {
    Errno::IO
}

/// Checks that a pin which is always of one kind is not asked to be another.
fn only(mode: Mode, setup: &PinSetup) -> Done {
    if setup.mode.is_none_or(|wanted| wanted == mode) { Ok(()) } else { Err(Errno::INVALID) }
}

/// A pin that is driven. What a script reads of it is what was written last.
#[derive(Debug)]
pub struct Output<P> {
    pin: P,
    level: bool,
}

impl<P> Output<P> {
    /// A pin that has a level now.
    pub const fn new(pin: P, level: bool) -> Self {
        Self { pin, level }
    }
}

impl<P: OutputPin + Send> Pin for Output<P> {
    fn setup(&mut self, setup: PinSetup) -> Done {
        only(Mode::Out, &setup)?;
        setup.value.map_or(Ok(()), |value| self.write(value))
    }
    fn mode(&self) -> Mode {
        Mode::Out
    }
    fn read(&mut self) -> Done<bool> {
        Ok(self.level)
    }
    fn write(&mut self, high: bool) -> Done {
        self.pin.set_state(high.into()).map_err(failed)?;
        self.level = high;
        Ok(())
    }
}

/// A pin that is read, with the resistor that its HAL has given it.
#[derive(Debug)]
pub struct Input<P> {
    pin: P,
    pull: Pull,
}

impl<P> Input<P> {
    /// A pin that is read.
    pub const fn new(pin: P, pull: Pull) -> Self {
        Self { pin, pull }
    }
}

impl<P: InputPin + Send> Pin for Input<P> {
    fn setup(&mut self, setup: PinSetup) -> Done {
        only(Mode::In, &setup)?;
        if setup.pull.is_none_or(|pull| pull == self.pull) { Ok(()) } else { Err(Errno::INVALID) }
    }
    fn mode(&self) -> Mode {
        Mode::In
    }
    fn pull(&self) -> Pull {
        self.pull
    }
    fn read(&mut self) -> Done<bool> {
        self.pin.is_high().map_err(failed)
    }
    fn write(&mut self, _: bool) -> Done {
        // as a register does of a pin that is not driven
        Ok(())
    }
}

/// A pin that is driven low or let go, and can be read: for one-wire and for buses that are made of pins. As
/// `Pin.IN` it is let go, as `Pin.OUT` it is the same as `Pin.OPEN_DRAIN`.
#[derive(Debug)]
pub struct OpenDrain<P> {
    pin: P,
    mode: Mode,
    level: bool,
}

impl<P> OpenDrain<P> {
    /// A pin that is let go now.
    pub const fn new(pin: P) -> Self {
        Self { pin, mode: Mode::In, level: true }
    }
}

impl<P: InputPin + OutputPin + Send> Pin for OpenDrain<P> {
    fn setup(&mut self, setup: PinSetup) -> Done {
        self.level = setup.value.unwrap_or(self.level);
        self.mode = setup.mode.unwrap_or(self.mode);
        let high = self.level || self.mode == Mode::In;
        self.pin.set_state(high.into()).map_err(failed)
    }
    fn mode(&self) -> Mode {
        self.mode
    }
    fn pull(&self) -> Pull {
        Pull::Up
    }
    fn read(&mut self) -> Done<bool> {
        self.pin.is_high().map_err(failed)
    }
    fn write(&mut self, high: bool) -> Done {
        self.level = high;
        if self.mode == Mode::In { Ok(()) } else { self.pin.set_state(high.into()).map_err(failed) }
    }
}

/// What an interrupt handler tells of a pin: a `static`.
#[derive(Debug, Default)]
pub struct EdgeFlags {
    rising: AtomicBool,
    falling: AtomicBool,
}

impl EdgeFlags {
    /// No edge came.
    pub const fn new() -> Self {
        Self { rising: AtomicBool::new(false), falling: AtomicBool::new(false) }
    }
    /// Notes an edge: for an interrupt handler. Edges of one kind that come before the script is told are one.
    pub fn set(&self, rising: bool) {
        let flag = if rising { &self.rising } else { &self.falling };
        flag.store(true, Ordering::Release);
    }
    fn take(flag: &AtomicBool) -> bool {
        // no compare-and-swap, which small cores lack: an edge between the two is one with that before
        let is_set = flag.load(Ordering::Acquire);
        if is_set {
            flag.store(false, Ordering::Release);
        }
        is_set
    }
}

/// A pin that is read and has an interrupt, whose handler notes edges in `flags`.
#[derive(Debug)]
pub struct InterruptInput<P> {
    input: Input<P>,
    flags: &'static EdgeFlags,
    edges: u8,
}

impl<P> InterruptInput<P> {
    /// A pin that is read.
    pub const fn new(pin: P, pull: Pull, flags: &'static EdgeFlags) -> Self {
        Self { input: Input::new(pin, pull), flags, edges: 0 }
    }
}

impl<P: InputPin + Send> Pin for InterruptInput<P> {
    fn setup(&mut self, setup: PinSetup) -> Done {
        self.input.setup(setup)
    }
    fn mode(&self) -> Mode {
        Mode::In
    }
    fn pull(&self) -> Pull {
        self.input.pull
    }
    fn read(&mut self) -> Done<bool> {
        self.input.read()
    }
    fn write(&mut self, high: bool) -> Done {
        self.input.write(high)
    }
    fn watch(&mut self, edges: u8) -> Done<bool> {
        // what came before is not told
        let _ = self.take_edges();
        self.edges = edges;
        Ok(true)
    }
    fn take_edges(&mut self) -> u8 {
        let rising = u8::from(EdgeFlags::take(&self.flags.rising));
        let falling = u8::from(EdgeFlags::take(&self.flags.falling)) << 1;
        (rising | falling) & self.edges
    }
}
