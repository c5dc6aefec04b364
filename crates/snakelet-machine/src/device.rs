//! What a board's devices can do for scripts: object-safe traits that [`hal`](crate::hal) implements over those of
//! `embedded-hal`, and a host for what only its own chip has.
//!
//! A device never sees the interpreter, and the interpreter runs no script while a device works: no order of
//! calls can enter a device twice.

use embedded_hal::i2c::Operation;

/// An error of a device: a POSIX error number, which becomes the number of the script's `OSError`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

impl Errno {
    /// The device does not do it.
    pub const UNSUPPORTED: Self = Self(95);
    /// Something went wrong on the wire.
    pub const IO: Self = Self(5);
    /// Nobody answers.
    pub const NO_DEVICE: Self = Self(19);
    /// It took too long.
    pub const TIMED_OUT: Self = Self(110);
    /// An argument that the device cannot have.
    pub const INVALID: Self = Self(22);
}

/// What a device gives back.
pub type Done<T = ()> = Result<T, Errno>;

/// Which way a pin works.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Mode {
    /// It is read.
    In,
    /// It is driven.
    Out,
    /// It is driven low, and let go instead of driven high.
    OpenDrain,
}

/// A resistor at a pin.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Pull {
    /// None.
    Off,
    /// To the supply.
    Up,
    /// To ground.
    Down,
}

/// What a script asks of a pin; what is `None` stays as it is.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct PinSetup {
    /// The way it works.
    pub mode: Option<Mode>,
    /// The resistor.
    pub pull: Option<Pull>,
    /// The level that it is to have from the moment on in which it is driven.
    pub value: Option<bool>,
    /// How strongly it is driven, in the chip's own numbers.
    pub drive: Option<u8>,
}

/// A pin.
pub trait Pin: Send {
    /// Sets it up.
    ///
    /// # Errors
    /// [`Errno::INVALID`] for what this pin cannot be.
    fn setup(&mut self, setup: PinSetup) -> Done;
    /// The way it works now.
    fn mode(&self) -> Mode;
    /// The resistor that it has now.
    fn pull(&self) -> Pull {
        Pull::Off
    }
    /// The level at the pin.
    ///
    /// # Errors
    /// The chip's.
    fn read(&mut self) -> Done<bool>;
    /// Drives it to a level.
    ///
    /// # Errors
    /// The chip's.
    fn write(&mut self, high: bool) -> Done;
    /// Notes rising (bit 0) and falling edges (bit 1) from now on, or none of them; whether it can. Of a pin that
    /// cannot, the level is looked at between instructions of the script, so that short pulses are lost.
    ///
    /// # Errors
    /// The chip's.
    fn watch(&mut self, edges: u8) -> Done<bool> {
        let _ = edges;
        Ok(false)
    }
    /// The edges that came since the last call, of those that are watched.
    fn take_edges(&mut self) -> u8 {
        0
    }
    /// Sends bits, the highest of a byte first: each is high and then low, for nanoseconds that `timing` tells, of a zero
    /// bit high and low, of a one bit high and low.
    ///
    /// # Errors
    /// [`Errno::UNSUPPORTED`] if the pin does not have that.
    fn send_bits(&mut self, timing: [u32; 4], bytes: &[u8]) -> Done {
        let _ = (timing, bytes);
        Err(Errno::UNSUPPORTED)
    }
}

/// The controller of an I2C bus.
pub trait I2c: Send {
    /// Sets the frequency of the clock in hertz and the longest time that a device may hold it in microseconds, where
    /// a script names them.
    ///
    /// # Errors
    /// [`Errno::INVALID`].
    fn setup(&mut self, frequency: Option<u32>, timeout_us: Option<u32>) -> Done {
        let _ = (frequency, timeout_us);
        Ok(())
    }
    /// One transfer: a start, the operations with a repeated start between those of different directions, and a stop.
    /// Gives the number of written bytes that were acknowledged.
    ///
    /// # Errors
    /// [`Errno::NO_DEVICE`] if nobody acknowledges the address, [`Errno::TIMED_OUT`] if the clock was held for too
    /// long, [`Errno::IO`] for others.
    fn transfer(&mut self, address: u16, operations: &mut [Operation<'_>]) -> Done<usize>;
    /// Whether a device has that address.
    fn is_there(&mut self, address: u16) -> bool {
        self.transfer(address, &mut [Operation::Write(&[])]).is_ok()
    }
}

/// What a script asks of an SPI bus; what is `None` stays as it is.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct SpiSetup {
    /// Bits a second.
    pub baudrate: Option<u32>,
    /// The clock's level between transfers.
    pub polarity: Option<bool>,
    /// Whether bits are taken at the clock's second edge.
    pub phase: Option<bool>,
    /// Bits of a word.
    pub bits: Option<u8>,
    /// Whether the lowest bit is the first one.
    pub lsb_first: Option<bool>,
}

/// The controller of an SPI bus, without chip select, which scripts do by a pin.
pub trait Spi: Send {
    /// Sets it up.
    ///
    /// # Errors
    /// [`Errno::INVALID`] for what the bus cannot do.
    fn setup(&mut self, setup: SpiSetup) -> Done {
        let _ = setup;
        Ok(())
    }
    /// Writes; what comes is dropped.
    ///
    /// # Errors
    /// The chip's.
    fn write(&mut self, bytes: &[u8]) -> Done;
    /// Writes the bytes and replaces them by what comes.
    ///
    /// # Errors
    /// The chip's.
    fn exchange(&mut self, bytes: &mut [u8]) -> Done;
    /// Writes bytes and reads as many at the same time.
    ///
    /// # Errors
    /// The chip's.
    fn transfer(&mut self, written: &[u8], read: &mut [u8]) -> Done {
        for (to, from) in read.iter_mut().zip(written) {
            *to = *from;
        }
        self.exchange(read)
    }
}

/// What a script asks of a serial line; what is `None` stays as it is.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct UartSetup {
    /// Bits a second.
    pub baudrate: Option<u32>,
    /// Bits of a character.
    pub bits: Option<u8>,
    /// No parity bit, or whether it is odd.
    pub parity: Option<Option<bool>>,
    /// Stop bits.
    pub stop: Option<u8>,
    /// Bit 0: the line RTS, bit 1: the line CTS is used.
    pub flow: Option<u8>,
    /// Bit 0: the lines are inverted for sending, bit 1: for receiving.
    pub invert: Option<u8>,
    /// Bytes that are to be kept until the script reads them.
    pub receive_buffer: Option<usize>,
}

/// A serial line. Nothing in it waits, but for `flush`.
pub trait Uart: Send {
    /// Sets it up.
    ///
    /// # Errors
    /// [`Errno::INVALID`] for what the line cannot do.
    fn setup(&mut self, setup: UartSetup) -> Done {
        let _ = setup;
        Ok(())
    }
    /// How many bytes can be read at once; 1 where the line only knows that there are some.
    ///
    /// # Errors
    /// The chip's.
    fn available(&mut self) -> Done<usize>;
    /// Reads what is there; 0 if nothing is.
    ///
    /// # Errors
    /// The chip's.
    fn read(&mut self, bytes: &mut [u8]) -> Done<usize>;
    /// Writes as much as there is room for; 0 if there is none.
    ///
    /// # Errors
    /// The chip's.
    fn write(&mut self, bytes: &[u8]) -> Done<usize>;
    /// Whether a byte could be written.
    ///
    /// # Errors
    /// The chip's.
    fn has_room(&mut self) -> Done<bool> {
        Ok(true)
    }
    /// Whether all that was written has left the line.
    ///
    /// # Errors
    /// The chip's.
    fn is_done(&mut self) -> Done<bool> {
        self.flush().map(|()| true)
    }
    /// Waits until it has.
    ///
    /// # Errors
    /// The chip's.
    fn flush(&mut self) -> Done;
    /// Holds the line low for longer than a character.
    ///
    /// # Errors
    /// [`Errno::UNSUPPORTED`] if the line does not have that.
    fn send_break(&mut self) -> Done {
        Err(Errno::UNSUPPORTED)
    }
}

/// A channel of pulse width modulation.
pub trait Pwm: Send {
    /// Sets the frequency in hertz; gives the one that it has.
    ///
    /// # Errors
    /// [`Errno::INVALID`] if it is out of range.
    fn set_frequency(&mut self, hertz: u32) -> Done<u32>;
    /// The frequency in hertz.
    fn frequency(&self) -> u32;
    /// Sets the part of the time for which it is high, in parts of 65,535.
    ///
    /// # Errors
    /// The chip's.
    fn set_duty(&mut self, duty: u16) -> Done;
    /// Drives it low and stops it.
    ///
    /// # Errors
    /// The chip's.
    fn stop(&mut self) -> Done {
        self.set_duty(0)
    }
}

/// A channel that measures a voltage.
pub trait Adc: Send {
    /// Measures: 0 is ground, 65,535 the reference.
    ///
    /// # Errors
    /// The chip's.
    fn read(&mut self) -> Done<u16>;
    /// The reference in microvolts; 0 if it is not known.
    fn reference_uv(&self) -> u32 {
        0
    }
}

impl<F: FnMut() -> Done<u16> + Send> Adc for F {
    fn read(&mut self) -> Done<u16> {
        self()
    }
}

/// A date and time.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct DateTime {
    /// The year.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 is Monday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999.
    pub microsecond: u32,
}

/// A clock that knows the date.
pub trait Rtc: Send {
    /// What it shows.
    ///
    /// # Errors
    /// The chip's.
    fn now(&mut self) -> Done<DateTime>;
    /// Sets it.
    ///
    /// # Errors
    /// [`Errno::INVALID`] if there is no such date.
    fn set(&mut self, to: DateTime) -> Done;
}

/// A watchdog, which resets the chip unless it is fed.
pub trait Watchdog: Send {
    /// Starts it.
    ///
    /// # Errors
    /// [`Errno::INVALID`] if the time is out of range.
    fn start(&mut self, timeout_ms: u32) -> Done;
    /// Starts its time anew.
    fn feed(&mut self);
}

/// Words at addresses: registers, as `machine.mem32` has them.
pub trait Memory: Send {
    /// Reads `width` bytes (1, 2 or 4) at an address that is a multiple of it.
    ///
    /// # Errors
    /// The chip's.
    fn read(&mut self, address: usize, width: usize) -> Done<u32>;
    /// Writes `width` bytes.
    ///
    /// # Errors
    /// The chip's.
    fn write(&mut self, address: usize, width: usize, value: u32) -> Done;
}

/// How deep the chip sleeps.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Sleep {
    /// Until anything happens, at once.
    Idle,
    /// With what lies in memory.
    Light,
    /// Without it: the chip starts anew afterwards.
    Deep,
}

/// The chip as a whole. Whatever a host leaves as it is, `OSError` tells the script that it is not there.
pub trait Chip: Send {
    /// Resets it. If this returns, the script ends by `SystemExit`.
    fn reset(&mut self) {}
    /// Stays in the boot loader after a reset. If this returns, the script ends by `SystemExit`.
    fn boot_loader(&mut self) {}
    /// Why it was reset: 1 power, 2 the button or `reset`, 3 the watchdog, 4 the end of deep sleep, 5 a soft reset.
    fn reset_cause(&mut self) -> u8 {
        1
    }
    /// What woke it up: 1 the network, 2 a pin, 3 the clock.
    fn wake_reason(&mut self) -> u8 {
        0
    }
    /// A number of its own.
    fn unique_id(&mut self) -> &[u8] {
        &[]
    }
    /// The core's clock in hertz; 0 if it is not known.
    fn frequency(&mut self) -> u32 {
        0
    }
    /// Changes it.
    ///
    /// # Errors
    /// [`Errno::INVALID`], [`Errno::UNSUPPORTED`].
    fn set_frequency(&mut self, hertz: u32) -> Done {
        let _ = hertz;
        Err(Errno::UNSUPPORTED)
    }
    /// Sleeps, at most so many milliseconds; whether it did. Where it does not, the script's clock waits.
    fn sleep(&mut self, depth: Sleep, ms: Option<u32>) -> bool {
        let _ = (depth, ms);
        false
    }
    /// Disables interrupts; gives what is to be given back to `enable_interrupts`.
    fn disable_interrupts(&mut self) -> u32 {
        0
    }
    /// Puts interrupts into the state that a number tells.
    fn enable_interrupts(&mut self, state: u32) {
        let _ = state;
    }
    /// Waits so many nanoseconds, for buses that are made of pins: [`Delay`](crate::hal::Delay) does it by a delay
    /// of `embedded-hal`. Without it such a bus is as fast as its pins are.
    fn delay_ns(&mut self, ns: u32) {
        let _ = ns;
    }
}
