//! An I2C bus with devices, byte by byte.

use embedded_hal::i2c::{Error, ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};

use super::{Shared, World};

/// A device.
pub(crate) trait Slave: Send {
    fn address(&self) -> u8;
    fn start(&mut self, read: bool);
    /// Whether it acknowledges the byte.
    fn write(&mut self, byte: u8) -> bool;
    fn read(&mut self) -> u8;
    fn stop(&mut self) {}
}

/// Memory of 4 KiB with addresses of 16 bits, in pages of 32 bytes.
pub(crate) struct Eeprom {
    bytes: Vec<u8>,
    at: usize,
    header: usize,
}

impl Slave for Eeprom {
    fn address(&self) -> u8 {
        0x50
    }
    fn start(&mut self, read: bool) {
        if !read {
            self.header = 0;
        }
    }
    fn write(&mut self, byte: u8) -> bool {
        if self.header < 2 {
            self.at = (self.at << 8 | usize::from(byte)) & 0xfff;
            self.header += 1;
        } else {
            let at = self.at;
            self.bytes[at] = byte;
            self.at = at & !31 | (at + 1) & 31;
        }
        true
    }
    fn read(&mut self) -> u8 {
        let byte = self.bytes[self.at];
        self.at = (self.at + 1) & 0xfff;
        byte
    }
}

/// A device with registers, whose number goes on with each byte.
pub(crate) struct Registers {
    address: u8,
    pub(crate) bytes: [u8; 256],
    at: u8,
    first: bool,
    /// Bits of a register's number that are its number.
    mask: u8,
}

impl Registers {
    pub(crate) fn new(address: u8, mask: u8, values: &[(u8, &[u8])]) -> Self {
        let mut bytes = [0; 256];
        for (at, values) in values {
            let at = usize::from(*at);
            bytes[at..at + values.len()].copy_from_slice(values);
        }
        Self { address, bytes, at: 0, first: false, mask }
    }
}

impl Slave for Registers {
    fn address(&self) -> u8 {
        self.address
    }
    fn start(&mut self, read: bool) {
        self.first = !read;
    }
    fn write(&mut self, byte: u8) -> bool {
        if self.first {
            (self.at, self.first) = (byte & self.mask, false);
        } else {
            // a reset is done at once (LSM6DSOX)
            let done = if self.address == 0x6a && self.at == 0x12 { 1 } else { 0 };
            self.bytes[usize::from(self.at)] = byte & !done;
            self.at = self.at.wrapping_add(1);
        }
        true
    }
    fn read(&mut self) -> u8 {
        let byte = self.bytes[usize::from(self.at)];
        self.at = self.at.wrapping_add(1);
        byte
    }
}

/// A display controller of 128 x 64 pixels (SSD1306): bytes behind 0x40 are pixels, one by one behind 0x80, 0x00 commands.
pub(crate) struct Display {
    address: u8,
    control: Option<u8>,
    pixels: Vec<u8>,
    sum: usize,
}

impl Slave for Display {
    fn address(&self) -> u8 {
        self.address
    }
    fn start(&mut self, _: bool) {
        self.control = None;
    }
    fn write(&mut self, byte: u8) -> bool {
        match self.control {
            None => {
                self.control = Some(byte);
                if byte == 0x40 {
                    self.pixels.clear();
                }
            }
            Some(0x40) => self.pixels.push(byte),
            Some(_) => {}
        }
        true
    }
    fn read(&mut self) -> u8 {
        // what was shown, for tests: the number of pixels, a byte at a time
        let n = self.pixels.iter().map(|byte| byte.count_ones() as usize).sum::<usize>();
        let byte = (n >> (8 * self.sum)) as u8;
        self.sum = (self.sum + 1) % 2;
        byte
    }
}

/// A device that measures when it is addressed for writing.
struct Hs3003;

impl Slave for Hs3003 {
    fn address(&self) -> u8 {
        0x44
    }
    fn start(&mut self, _: bool) {}
    fn write(&mut self, _: u8) -> bool {
        true
    }
    fn read(&mut self) -> u8 {
        // 50 % and 42.5 degrees
        0x20
    }
}

/// A device that acknowledges its address and the first byte, and no other.
struct Picky(usize);

impl Slave for Picky {
    fn address(&self) -> u8 {
        0x33
    }
    fn start(&mut self, _: bool) {
        self.0 = 0;
    }
    fn write(&mut self, _: u8) -> bool {
        self.0 += 1;
        self.0 <= 1
    }
    fn read(&mut self) -> u8 {
        0xff
    }
}

pub(crate) fn slaves() -> Vec<Box<dyn Slave>> {
    let calibration: &[u8] = &[60, 120, 160, 80, 0, 0x04];
    vec![
        Box::new(Eeprom { bytes: vec![0xff; 4096], at: 0, header: 0 }),
        Box::new(Display { address: 0x3c, control: None, pixels: Vec::new(), sum: 0 }),
        Box::new(Hs3003),
        Box::new(Picky(0)),
        // LSM6DSOX: who it is, gyroscope, acceleration
        Box::new(Registers::new(
            0x6a,
            0xff,
            &[(0x0f, &[108]), (0x22, &[0, 1, 0, 2, 0, 3]), (0x28, &[0, 0x40, 0, 0, 0, 0xc0])],
        )),
        // LSM9DS1
        Box::new(Registers::new(0x6b, 0x7f, &[(0x0f, b"h"), (0x18, &[0, 1, 0, 2, 0, 3])])),
        Box::new(Registers::new(0x1e, 0x7f, &[(0x0f, b"="), (0x28, &[0, 0x10, 0, 0x20, 0, 0xf0])])),
        // HTS221
        Box::new(Registers::new(
            0x5f,
            0x7f,
            &[
                (0x28, &[0xe8, 0x03, 0xd0, 0x07]),
                (0x30, calibration),
                (0x36, &[0, 0]),
                (0x3a, &[0xd0, 0x07, 0, 0, 0xa0, 0x0f]),
            ],
        )),
        // LPS22H
        Box::new(Registers::new(0x5c, 0xff, &[(0x28, &[0, 0x50, 0x3f, 0xca, 0x08])])),
        // BMM150
        Box::new(Registers::new(
            0x10,
            0xff,
            &[
                (0x40, &[0x32]),
                (0x42, &[0x80, 0x01, 0x80, 0x02, 0x80, 0x03, 0x81, 0x60]),
                (0x5d, &[1, 1]),
                (0x62, &[0, 0, 26, 26]),
                (0x68, &[0x20, 0x03, 0xe8, 0x5d, 0x00, 0x1a, 0xff, 0xff, 0xfd, 0x1d]),
            ],
        )),
        // BME280: who it is, calibration as in the data sheet's example, and what is measured
        Box::new(Registers::new(
            0x76,
            0xff,
            &[
                (
                    0x88,
                    &[
                        0x70, 0x6b, 0x43, 0x67, 0x18, 0xfc, 0x7d, 0x8e, 0x43, 0xd6, 0xd0, 0x0b,
                        0x27, 0x0b, 0x8c, 0x00, 0xf9, 0xff, 0x8c, 0x3c, 0xf8, 0xc6, 0x70, 0x17,
                        0x00, 0x4b,
                    ],
                ),
                (0xd0, &[0x60]),
                (0xe1, &[0x6c, 0x01, 0x00, 0x13, 0x29, 0x03, 0x1e]),
                (0xf7, &[0x65, 0x5a, 0xc0, 0x7e, 0xed, 0x00, 0x80, 0x00]),
            ],
        )),
    ]
}

pub(crate) fn attach(world: &mut World) {
    world.slaves = slaves();
}

/// The bus as a HAL has it.
pub(crate) struct Bus(pub(crate) Shared);

#[derive(Debug)]
pub(crate) struct Nack(NoAcknowledgeSource);

impl Error for Nack {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NoAcknowledge(self.0)
    }
}

impl ErrorType for Bus {
    type Error = Nack;
}

impl I2c for Bus {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), Nack> {
        let mut world = self.0.lock().unwrap();
        let world = &mut *world;
        let slave = world.slaves.iter_mut().find(|slave| slave.address() == address);
        let slave = slave.ok_or(Nack(NoAcknowledgeSource::Address))?;
        let mut log = format!("{address:02x}");
        let mut direction = None;
        for operation in operations {
            let is_read = matches!(operation, Operation::Read(_));
            if direction.replace(is_read) != Some(is_read) {
                slave.start(is_read);
                log += if is_read { " r" } else { " w" };
            }
            match operation {
                Operation::Read(bytes) => {
                    bytes.iter_mut().for_each(|byte| *byte = slave.read());
                    log += &bytes.len().to_string();
                }
                Operation::Write(bytes) => {
                    for byte in bytes.iter() {
                        if !slave.write(*byte) {
                            slave.stop();
                            return Err(Nack(NoAcknowledgeSource::Data));
                        }
                    }
                    log += &bytes.len().to_string();
                }
            }
        }
        slave.stop();
        world.i2c_log.push(log);
        Ok(())
    }
}
