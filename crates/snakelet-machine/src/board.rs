//! A board: the table of the devices that a script can have.

use core::fmt;
use core::ops::Range;

use snakelet_vm::name;
use snakelet_vm::native::{NativeData, NativeType, Serve, TypeSlots};

use crate::device::{Adc, Chip, I2c, Memory, Pin, Pwm, Rtc, Spi, Uart, Watchdog};
use crate::module::serve::{self, IRQ_VALUES, PinWatch, Timers};

/// By what a script names a device: a number, a name, or both.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Id {
    /// The number.
    pub number: Option<u16>,
    /// The name.
    pub name: Option<&'static str>,
}

impl From<u16> for Id {
    fn from(number: u16) -> Self {
        Self { number: Some(number), name: None }
    }
}

impl From<&'static str> for Id {
    fn from(name: &'static str) -> Self {
        Self { number: None, name: Some(name) }
    }
}

impl From<(u16, &'static str)> for Id {
    fn from((number, name): (u16, &'static str)) -> Self {
        Self { number: Some(number), name: Some(name) }
    }
}

/// A device, and the place in which a [`Board`] notes what it needs of it. It lies in a `static`, or wherever a
/// reference to it lives as long as the program; a board has room for any number of them.
///
/// `D` is the kind of device, a trait object, and follows from the method of the board that takes it.
pub struct Part<D: Device + ?Sized + 'static, T: ?Sized = D> {
    next: Option<&'static mut Part<D>>,
    pub(crate) id: Id,
    pub(crate) note: D::Note,
    pub(crate) device: T,
}

impl<D: Device + ?Sized, T> Part<D, T> {
    /// Makes a part of a device.
    pub const fn new(device: T) -> Self {
        Self { next: None, id: Id { number: None, name: None }, note: D::NOTE, device }
    }
}

impl<D: Device + ?Sized, T: ?Sized> fmt::Debug for Part<D, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A kind of devices. It is the crate's own matter: what devices do is in [`device`](crate::device).
pub trait Device: Send + sealed::Sealed {
    /// What a board notes of each.
    #[doc(hidden)]
    type Note: Send;
    /// What it notes at first.
    #[doc(hidden)]
    const NOTE: Self::Note;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! devices {
    ($($name:ident: $note:ty = $first:expr;)*) => {$(
        impl sealed::Sealed for dyn $name {}
        impl Device for dyn $name {
            type Note = $note;
            const NOTE: $note = $first;
        }
    )*};
}

devices! {
    Pin: PinWatch = PinWatch::NONE;
    I2c: () = ();
    Spi: () = ();
    Uart: Timeouts = Timeouts { first: 0, next: 0 };
    Pwm: u16 = 0;
    Adc: () = ();
    Memory: Range<usize> = 0..0;
}

/// Bytes of a write without a stop, which are sent with the next transfer.
#[derive(Copy, Clone)]
pub(crate) struct Unfinished {
    pub(crate) address: u16,
    pub(crate) len: u8,
    pub(crate) bytes: [u8; Self::MOST],
}

impl Unfinished {
    /// Most bytes of them.
    pub(crate) const MOST: usize = 16;
    pub(crate) const NONE: Self = Self { address: 0, len: 0, bytes: [0; Self::MOST] };

    /// The bytes for an address.
    pub(crate) fn of(&self, address: u16) -> &[u8] {
        if self.address != address {
            return &[];
        }
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Milliseconds that reading waits for the first byte, and for each that follows.
#[derive(Copy, Clone, Debug)]
pub struct Timeouts {
    pub(crate) first: u32,
    pub(crate) next: u32,
}

/// Devices of a kind.
pub(crate) struct List<D: Device + ?Sized + 'static>(Option<&'static mut Part<D>>);

impl<D: Device + ?Sized + 'static> List<D> {
    pub(crate) const EMPTY: Self = List(None);

    /// Puts a part at the end: they are few, and the first ones are looked for most.
    fn add(&mut self, part: &'static mut Part<D>) {
        let mut place = &mut self.0;
        while let Some(part) = place {
            place = &mut part.next;
        }
        *place = Some(part);
    }
    /// Part number `i`.
    pub(crate) fn get(&mut self, i: usize) -> Option<&mut Part<D>> {
        let mut part = self.0.as_deref_mut()?;
        for _ in 0..i {
            part = part.next.as_deref_mut()?;
        }
        Some(part)
    }
    /// The number of the part that a test takes.
    pub(crate) fn position(&self, mut test: impl FnMut(&Part<D>) -> bool) -> Option<usize> {
        let (mut part, mut i) = (self.0.as_deref(), 0);
        while let Some(this) = part {
            if test(this) {
                return Some(i);
            }
            (part, i) = (this.next.as_deref(), i + 1);
        }
        None
    }
    /// What a test finds first, from part number `from` on, and the number of that part.
    pub(crate) fn find_from<R>(
        &mut self,
        from: usize,
        mut test: impl FnMut(&mut Part<D>) -> Option<R>,
    ) -> Option<(usize, R)> {
        let (mut part, mut i) = (self.0.as_deref_mut(), 0);
        while let Some(this) = part {
            if i >= from
                && let Some(found) = test(this)
            {
                return Some((i, found));
            }
            (part, i) = (this.next.as_deref_mut(), i + 1);
        }
        None
    }
    /// Takes all of them out, for as long as a device works on memory of the interpreter.
    pub(crate) fn take(&mut self) -> Self {
        List(self.0.take())
    }
}

/// Devices that scripts can have by the module `machine`.
///
/// ```
/// use snakelet_machine::{Board, Part, device::{Done, Errno}};
///
/// // in firmware: a `static` cell
/// let light = Box::leak(Box::new(Part::new(|| Ok(1234))));
/// let board = Board::new().adc(0, light);
/// # let _ = board;
/// ```
pub struct Board {
    pub(crate) pins: List<dyn Pin>,
    pub(crate) i2c: List<dyn I2c>,
    pub(crate) spi: List<dyn Spi>,
    pub(crate) uart: List<dyn Uart>,
    pub(crate) pwm: List<dyn Pwm>,
    pub(crate) adc: List<dyn Adc>,
    pub(crate) memory: List<dyn Memory>,
    pub(crate) rtc: Option<&'static mut dyn Rtc>,
    pub(crate) watchdog: Option<&'static mut dyn Watchdog>,
    pub(crate) chip: Option<&'static mut dyn Chip>,
    pub(crate) timers: Timers,
    /// Pins that call back.
    pub(crate) watched: u16,
    /// The pin with which the next round of callbacks begins.
    pub(crate) turn: usize,
    /// Microseconds by which the clock of scripts is ahead of the host's date, where there is no other one.
    pub(crate) ahead_us: i64,
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}

impl Default for Board {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! adds {
    ($($(#[$doc:meta])* $method:ident: $list:ident of $device:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $method<T: $device + 'static>(
            mut self,
            id: impl Into<Id>,
            part: &'static mut Part<dyn $device, T>,
        ) -> Self {
            part.id = id.into();
            self.$list.add(part);
            self
        }
    )*};
}

impl Board {
    /// A board without any device. Timers are there: they go by the interpreter's clock.
    pub const fn new() -> Self {
        Self {
            pins: List::EMPTY,
            i2c: List::EMPTY,
            spi: List::EMPTY,
            uart: List::EMPTY,
            pwm: List::EMPTY,
            adc: List::EMPTY,
            memory: List::EMPTY,
            rtc: None,
            watchdog: None,
            chip: None,
            timers: Timers::NONE,
            watched: 0,
            turn: 0,
            ahead_us: 0,
        }
    }

    adds! {
        /// Adds a pin.
        pin: pins of Pin;
        /// Adds an I2C bus.
        i2c: i2c of I2c;
        /// Adds an SPI bus.
        spi: spi of Spi;
        /// Adds a serial line.
        uart: uart of Uart;
        /// Adds a channel of pulse width modulation; its id is that of the pin on which it comes out.
        pwm: pwm of Pwm;
        /// Adds a channel that measures a voltage; its id is its number, that of its pin, or both.
        adc: adc of Adc;
    }

    /// Lets scripts read and write the words at these addresses by `machine.mem8`, `mem16` and `mem32`.
    #[must_use]
    pub fn memory<T: Memory + 'static>(
        mut self,
        addresses: Range<usize>,
        part: &'static mut Part<dyn Memory, T>,
    ) -> Self {
        part.note = addresses;
        self.memory.add(part);
        self
    }
    /// Sets the clock that knows the date. Without one, `machine.RTC` goes by the interpreter's clock.
    #[must_use]
    pub fn rtc(mut self, rtc: &'static mut dyn Rtc) -> Self {
        self.rtc = Some(rtc);
        self
    }
    /// Sets the watchdog.
    #[must_use]
    pub fn watchdog(mut self, watchdog: &'static mut dyn Watchdog) -> Self {
        self.watchdog = Some(watchdog);
        self
    }
    /// Sets what the chip as a whole can do.
    #[must_use]
    pub fn chip(mut self, chip: &'static mut dyn Chip) -> Self {
        self.chip = Some(chip);
        self
    }
}

impl NativeData for Board {
    const TYPE: &'static NativeType = &BOARD;
    const EXCLUSIVE: bool = true;
    const STATE_VALUES: usize = IRQ_VALUES;
    const SERVE: Option<Serve> = Some(serve::serve);
}

static BOARD: NativeType =
    NativeType::of(name!("board"), const { &TypeSlots::of::<Board>() }).sealed();
