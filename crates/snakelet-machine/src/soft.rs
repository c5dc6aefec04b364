//! Buses that are made of pins.

use embedded_hal::i2c::Operation;

use crate::board::List;
use crate::device::{Chip, Done, Errno, I2c, Mode, Pin, PinSetup, Spi, SpiSetup};

/// The pins of a board, and its delay.
pub(crate) struct Wires<'a> {
    pub(crate) pins: &'a mut List<dyn Pin>,
    pub(crate) chip: Option<&'a mut dyn Chip>,
}

impl Wires<'_> {
    pub(crate) fn pin(&mut self, i: u16) -> Done<&mut (dyn Pin + 'static)> {
        self.pins.get(i.into()).map(|part| &mut part.device).ok_or(Errno::NO_DEVICE)
    }
    pub(crate) fn write(&mut self, i: u16, high: bool) -> Done {
        self.pin(i)?.write(high)
    }
    pub(crate) fn read(&mut self, i: u16) -> Done<bool> {
        self.pin(i)?.read()
    }
    pub(crate) fn wait_ns(&mut self, ns: u32) {
        if let Some(chip) = &mut self.chip {
            chip.delay_ns(ns);
        }
    }
    pub(crate) fn wait_us(&mut self, us: u32) {
        self.wait_ns(us.saturating_mul(1000));
    }
    pub(crate) fn setup(&mut self, i: u16, mode: Mode, value: Option<bool>) -> Done {
        self.pin(i)?.setup(PinSetup { mode: Some(mode), value, ..PinSetup::default() })
    }
}

/// An I2C bus of which a script has named the pins.
#[derive(Copy, Clone)]
pub(crate) struct SoftI2c {
    pub(crate) scl: u16,
    pub(crate) sda: u16,
    /// Half a bit.
    pub(crate) half_ns: u32,
    pub(crate) timeout_us: u32,
}

impl SoftI2c {
    pub(crate) fn set_frequency(&mut self, hertz: u32) {
        self.half_ns = 500_000_000 / hertz.max(1);
    }

    /// Both wires are let go.
    pub(crate) fn begin(&self, wires: &mut Wires<'_>) -> Done {
        wires.setup(self.scl, Mode::OpenDrain, Some(true))?;
        wires.setup(self.sda, Mode::OpenDrain, Some(true))
    }

    fn wait(&self, wires: &mut Wires<'_>) {
        wires.wait_ns(self.half_ns);
    }

    /// Lets the clock go, and waits as long as a device holds it.
    fn clock_high(&self, wires: &mut Wires<'_>) -> Done {
        wires.write(self.scl, true)?;
        self.wait(wires);
        let mut left = self.timeout_us;
        while !wires.read(self.scl)? {
            left = left.checked_sub(1).ok_or(Errno::TIMED_OUT)?;
            wires.wait_us(1);
        }
        Ok(())
    }

    fn clock_low(&self, wires: &mut Wires<'_>) -> Done {
        wires.write(self.scl, false)?;
        self.wait(wires);
        Ok(())
    }

    pub(crate) fn start(&self, wires: &mut Wires<'_>) -> Done {
        wires.write(self.sda, true)?;
        self.wait(wires);
        self.clock_high(wires)?;
        wires.write(self.sda, false)?;
        self.wait(wires);
        self.clock_low(wires)
    }

    pub(crate) fn stop(&self, wires: &mut Wires<'_>) -> Done {
        wires.write(self.sda, false)?;
        self.wait(wires);
        self.clock_high(wires)?;
        wires.write(self.sda, true)?;
        self.wait(wires);
        Ok(())
    }

    fn put_bit(&self, wires: &mut Wires<'_>, bit: bool) -> Done {
        wires.write(self.sda, bit)?;
        self.clock_high(wires)?;
        self.clock_low(wires)
    }

    fn take_bit(&self, wires: &mut Wires<'_>) -> Done<bool> {
        self.clock_high(wires)?;
        let bit = wires.read(self.sda)?;
        self.clock_low(wires)?;
        Ok(bit)
    }

    /// Whether the byte was acknowledged.
    fn put(&self, wires: &mut Wires<'_>, byte: u8) -> Done<bool> {
        for bit in (0..8).rev() {
            self.put_bit(wires, byte >> bit & 1 != 0)?;
        }
        wires.write(self.sda, true)?;
        Ok(!self.take_bit(wires)?)
    }

    /// Writes until a byte is not acknowledged; how many were.
    pub(crate) fn write(&self, wires: &mut Wires<'_>, bytes: &[u8]) -> Done<usize> {
        for (i, byte) in bytes.iter().enumerate() {
            if !self.put(wires, *byte)? {
                return Ok(i);
            }
        }
        Ok(bytes.len())
    }

    /// Reads; the last byte is not acknowledged if `nack` says so.
    pub(crate) fn read(&self, wires: &mut Wires<'_>, bytes: &mut [u8], nack: bool) -> Done {
        let last = bytes.len().wrapping_sub(1);
        for (i, byte) in bytes.iter_mut().enumerate() {
            wires.write(self.sda, true)?;
            for _ in 0..8 {
                *byte = *byte << 1 | u8::from(self.take_bit(wires)?);
            }
            self.put_bit(wires, i == last && nack)?;
        }
        wires.write(self.sda, true)
    }

    fn operate(
        &self,
        wires: &mut Wires<'_>,
        address: u16,
        operations: &mut [Operation<'_>],
    ) -> Done<usize> {
        let Ok(address @ ..=0x7f) = u8::try_from(address) else { return Err(Errno::INVALID) };
        let (mut total, mut reads) = (0, None);
        let mut rest = operations.iter_mut().peekable();
        while let Some(operation) = rest.next() {
            let is_read = matches!(operation, Operation::Read(_));
            if reads.replace(is_read) != Some(is_read) {
                self.start(wires)?;
                if !self.put(wires, address << 1 | u8::from(is_read))? {
                    return Err(Errno::NO_DEVICE);
                }
            }
            match operation {
                Operation::Read(bytes) => {
                    let goes_on = matches!(rest.peek(), Some(Operation::Read(_)));
                    self.read(wires, bytes, !goes_on)?;
                }
                Operation::Write(bytes) => {
                    let n = self.write(wires, bytes)?;
                    total += n;
                    // what follows is not sent
                    if n < bytes.len() {
                        return Ok(total);
                    }
                }
            }
        }
        Ok(total)
    }
}

/// The bus at work.
pub(crate) struct I2cAtWork<'a>(pub(crate) Wires<'a>, pub(crate) SoftI2c);

impl I2c for I2cAtWork<'_> {
    fn transfer(&mut self, address: u16, operations: &mut [Operation<'_>]) -> Done<usize> {
        let Self(wires, bus) = self;
        let done = bus.operate(wires, address, operations);
        // the wires are let go whatever happened
        let stopped = bus.stop(wires);
        let n = done?;
        stopped.map(|()| n)
    }
}

/// A pin that is not there.
pub(crate) const NO_PIN: u16 = u16::MAX;

/// An SPI bus of which a script has named the pins.
#[derive(Copy, Clone)]
pub(crate) struct SoftSpi {
    pub(crate) sck: u16,
    pub(crate) mosi: u16,
    pub(crate) miso: u16,
    pub(crate) half_ns: u32,
    pub(crate) polarity: bool,
    pub(crate) phase: bool,
    pub(crate) lsb_first: bool,
}

impl SoftSpi {
    pub(crate) fn change(&mut self, setup: SpiSetup) -> Done {
        if setup.bits.is_some_and(|bits| bits != 8) {
            return Err(Errno::INVALID);
        }
        if let Some(baudrate) = setup.baudrate {
            self.half_ns = 500_000_000 / baudrate.max(1);
        }
        self.polarity = setup.polarity.unwrap_or(self.polarity);
        self.phase = setup.phase.unwrap_or(self.phase);
        self.lsb_first = setup.lsb_first.unwrap_or(self.lsb_first);
        Ok(())
    }

    pub(crate) fn begin(&self, wires: &mut Wires<'_>) -> Done {
        wires.setup(self.sck, Mode::Out, Some(self.polarity))?;
        if self.mosi != NO_PIN {
            wires.setup(self.mosi, Mode::Out, Some(false))?;
        }
        if self.miso != NO_PIN {
            wires.setup(self.miso, Mode::In, None)?;
        }
        Ok(())
    }

    fn exchange(&self, wires: &mut Wires<'_>, byte: u8) -> Done<u8> {
        let mut read = 0;
        for i in 0..8 {
            let bit = if self.lsb_first { i } else { 7 - i };
            let high = byte >> bit & 1 != 0;
            if self.phase {
                wires.write(self.sck, !self.polarity)?;
            }
            if self.mosi != NO_PIN {
                wires.write(self.mosi, high)?;
            }
            wires.wait_ns(self.half_ns);
            wires.write(self.sck, self.polarity == self.phase)?;
            if self.miso != NO_PIN {
                read |= u8::from(wires.read(self.miso)?) << bit;
            }
            wires.wait_ns(self.half_ns);
            if !self.phase {
                wires.write(self.sck, self.polarity)?;
            }
        }
        Ok(read)
    }
}

/// The bus at work.
pub(crate) struct SpiAtWork<'a>(pub(crate) Wires<'a>, pub(crate) SoftSpi);

impl Spi for SpiAtWork<'_> {
    fn write(&mut self, bytes: &[u8]) -> Done {
        bytes.iter().try_for_each(|byte| self.1.exchange(&mut self.0, *byte).map(drop))
    }
    fn exchange(&mut self, bytes: &mut [u8]) -> Done {
        for byte in bytes {
            *byte = self.1.exchange(&mut self.0, *byte)?;
        }
        Ok(())
    }
}
