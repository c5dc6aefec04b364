//! Buses.

use embedded_hal::i2c::{self, I2c as HalI2c, NoAcknowledgeSource, Operation};
use embedded_hal::spi;

use crate::device::{Done, Errno, I2c, Spi, SpiSetup};

/// Changes the settings of a HAL's bus, of which `embedded-hal` knows nothing.
type Setup<T, S> = fn(&mut T, S) -> Done;

/// The frequency and the timeout that a script names.
pub type I2cSetup = (Option<u32>, Option<u32>);

/// An I2C bus.
#[derive(Debug)]
pub struct I2cBus<T> {
    bus: T,
    setup: Option<Setup<T, I2cSetup>>,
}

impl<T> I2cBus<T> {
    /// A bus whose frequency stays as it is, whatever scripts ask for.
    pub const fn new(bus: T) -> Self {
        Self { bus, setup: None }
    }
    /// A bus of which `setup` changes the frequency in hertz, and the timeout in microseconds.
    pub const fn with_setup(bus: T, setup: fn(&mut T, I2cSetup) -> Done) -> Self {
        Self { bus, setup: Some(setup) }
    }
}

impl<T: HalI2c + Send> I2c for I2cBus<T> {
    fn setup(&mut self, frequency: Option<u32>, timeout_us: Option<u32>) -> Done {
        self.setup.map_or(Ok(()), |setup| setup(&mut self.bus, (frequency, timeout_us)))
    }
    fn transfer(&mut self, address: u16, operations: &mut [Operation<'_>]) -> Done<usize> {
        let written = operations.iter().map(|operation| match operation {
            Operation::Write(bytes) => bytes.len(),
            Operation::Read(_) => 0,
        });
        let written = written.sum();
        let Ok(address) = u8::try_from(address) else { return Err(Errno::INVALID) };
        match self.bus.transaction(address, operations) {
            Ok(()) => Ok(written),
            Err(error) => Err(match i2c::Error::kind(&error) {
                i2c::ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data) => Errno::IO,
                i2c::ErrorKind::NoAcknowledge(_) => Errno::NO_DEVICE,
                _ => Errno::IO,
            }),
        }
    }
}

/// An SPI bus.
#[derive(Debug)]
pub struct SpiBus<T> {
    bus: T,
    setup: Option<Setup<T, SpiSetup>>,
}

impl<T> SpiBus<T> {
    /// A bus whose settings stay as they are, whatever scripts ask for.
    pub const fn new(bus: T) -> Self {
        Self { bus, setup: None }
    }
    /// A bus of which `setup` changes the settings.
    pub const fn with_setup(bus: T, setup: fn(&mut T, SpiSetup) -> Done) -> Self {
        Self { bus, setup: Some(setup) }
    }
}

impl<T: spi::SpiBus + Send> SpiBus<T> {
    /// Scripts change chip select behind each call, so that all bits have to be out by then.
    fn finish(&mut self, done: Result<(), T::Error>) -> Done {
        done.and_then(|()| self.bus.flush()).map_err(|_| Errno::IO)
    }
}

impl<T: spi::SpiBus + Send> Spi for SpiBus<T> {
    fn setup(&mut self, setup: SpiSetup) -> Done {
        self.setup.map_or(Ok(()), |change| change(&mut self.bus, setup))
    }
    fn write(&mut self, bytes: &[u8]) -> Done {
        let done = self.bus.write(bytes);
        self.finish(done)
    }
    fn exchange(&mut self, bytes: &mut [u8]) -> Done {
        let done = self.bus.transfer_in_place(bytes);
        self.finish(done)
    }
    fn transfer(&mut self, written: &[u8], read: &mut [u8]) -> Done {
        let done = self.bus.transfer(read, written);
        self.finish(done)
    }
}
