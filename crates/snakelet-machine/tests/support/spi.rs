//! An SPI bus: bytes come back, unless a device is selected by its pin.

use std::convert::Infallible;

use embedded_hal::spi::{ErrorType, SpiBus};

use super::{Shared, World};

/// A device.
pub(crate) trait SpiDevice: Send {
    fn select(&mut self, selected: bool);
    fn exchange(&mut self, byte: u8) -> u8;
}

/// The bus as a HAL has it.
pub(crate) struct Bus(pub(crate) Shared);

impl Bus {
    fn exchange(&mut self, byte: u8) -> u8 {
        let mut world = self.0.lock().unwrap();
        let world = &mut *world;
        world.now_ns += 1000;
        world.spi_written.push(byte);
        let mut answer = byte;
        for (pin, device) in &mut world.chips {
            if world.lines[usize::from(*pin)].driven() == Some(false) {
                answer = device.exchange(byte);
            }
        }
        answer
    }
}

impl ErrorType for Bus {
    type Error = Infallible;
}

impl SpiBus for Bus {
    fn read(&mut self, words: &mut [u8]) -> Result<(), Infallible> {
        words.iter_mut().for_each(|word| *word = self.exchange(0));
        Ok(())
    }
    fn write(&mut self, words: &[u8]) -> Result<(), Infallible> {
        words.iter().for_each(|word| {
            self.exchange(*word);
        });
        Ok(())
    }
    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), Infallible> {
        for (to, from) in read.iter_mut().zip(write) {
            *to = self.exchange(*from);
        }
        Ok(())
    }
    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), Infallible> {
        words.iter_mut().for_each(|word| *word = self.exchange(*word));
        Ok(())
    }
    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A card of 1 MiB with addresses of blocks.
#[derive(Default)]
struct Card {
    blocks: Vec<u8>,
    command: Vec<u8>,
    answer: std::collections::VecDeque<u8>,
    /// The block that is written, and what came of it.
    writes: Option<(usize, Vec<u8>)>,
    many: bool,
    reads: Option<usize>,
    ready: bool,
}

impl Card {
    fn run(&mut self, command: u8, argument: u32) {
        let idle = u8::from(!self.ready);
        self.answer.clear();
        self.reads = None;
        match command {
            0 => {
                self.ready = false;
                self.answer.push_back(1);
            }
            8 => self.answer.extend([1, 0, 0, 1, 0xaa]),
            9 => {
                self.answer.extend([0, 0xff, 0xfe, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
                self.answer.extend([0; 8]);
            }
            // the byte behind the command is still to be dropped
            12 => self.answer.extend([0xff, 0]),
            41 => {
                self.ready = true;
                self.answer.push_back(0);
            }
            17 | 18 => {
                self.answer.extend([0xff, 0]);
                self.many = command == 18;
                self.reads = Some(argument as usize);
            }
            24 | 25 => {
                self.answer.push_back(0);
                self.many = command == 25;
                self.writes = Some((argument as usize, Vec::new()));
            }
            58 => self.answer.extend([idle, 0xc0, 0, 0, 0]),
            16 | 55 => self.answer.push_back(idle),
            _ => self.answer.push_back(4),
        }
    }
    fn push_block(&mut self) {
        if let Some(block) = self.reads {
            self.answer.extend([0xff, 0xfe]);
            self.answer.extend(&self.blocks[block * 512..block * 512 + 512]);
            self.answer.extend([0, 0]);
            self.reads = self.many.then_some(block + 1);
        }
    }
}

impl SpiDevice for Card {
    fn select(&mut self, selected: bool) {
        if !selected {
            self.command.clear();
        }
    }
    fn exchange(&mut self, byte: u8) -> u8 {
        if let Some(answer) = self.answer.pop_front() {
            return answer;
        }
        if let Some((block, bytes)) = &mut self.writes {
            match (bytes.len(), byte) {
                (0, 0xfe | 0xfc) => bytes.push(byte),
                (0, 0xfd) => self.writes = None,
                (0, _) => {}
                (514, _) => {
                    let at = *block * 512;
                    self.blocks[at..at + 512].copy_from_slice(&bytes[1..513]);
                    self.answer.extend([0xe5, 0, 0xff]);
                    self.writes = self.many.then(|| (at / 512 + 1, Vec::new()));
                }
                _ => bytes.push(byte),
            }
            return 0xff;
        }
        if self.command.is_empty() && byte & 0xc0 != 0x40 {
            self.push_block();
            return self.answer.pop_front().unwrap_or(0xff);
        }
        self.command.push(byte);
        if let [command, a, b, c, d, _] = self.command[..] {
            self.command.clear();
            self.run(command & 0x3f, u32::from_be_bytes([a, b, c, d]));
        }
        0xff
    }
}

/// A radio (nRF24L01) whose messages come back.
struct Radio {
    registers: [u8; 32],
    command: Option<u8>,
    n: usize,
    sent: Vec<u8>,
    received: std::collections::VecDeque<u8>,
}

impl SpiDevice for Radio {
    fn select(&mut self, selected: bool) {
        if !selected {
            if self.command == Some(0xa0) && !self.sent.is_empty() {
                self.received.extend(self.sent.drain(..));
                // sent, and one has come
                self.registers[7] |= 0x60;
            }
            (self.command, self.n) = (None, 0);
        }
    }
    fn exchange(&mut self, byte: u8) -> u8 {
        let Some(command) = self.command else {
            self.command = Some(byte);
            match byte {
                0xe1 => self.sent.clear(),
                0xe2 => self.received.clear(),
                _ => {}
            }
            return self.registers[7];
        };
        self.n += 1;
        match command {
            0x00..=0x1f => {
                self.registers[0x17] = u8::from(self.received.is_empty());
                self.registers[usize::from(command)]
            }
            0x20..=0x3f if self.n == 1 => {
                let register = &mut self.registers[usize::from(command & 0x1f)];
                // bits of the status are cleared by ones
                *register = if command == 0x27 { *register & !byte } else { byte };
                0
            }
            0x61 => self.received.pop_front().unwrap_or(0),
            0xa0 => {
                self.sent.push(byte);
                0
            }
            _ => 0,
        }
    }
}

/// A reader of cards (MFRC522) with registers, at which there is a card of type 0x10.
struct Reader {
    registers: [u8; 64],
    command: Option<u8>,
    fifo: std::collections::VecDeque<u8>,
}

impl SpiDevice for Reader {
    fn select(&mut self, selected: bool) {
        if !selected {
            self.command = None;
        }
    }
    fn exchange(&mut self, byte: u8) -> u8 {
        let Some(command) = self.command else {
            self.command = Some(byte);
            return 0;
        };
        let register = usize::from(command >> 1 & 0x3f);
        if command & 0x80 != 0 {
            return match register {
                9 => self.fifo.pop_front().unwrap_or(0),
                10 => self.fifo.len() as u8,
                _ => self.registers[register],
            };
        }
        self.registers[register] = byte;
        match register {
            9 => self.fifo.push_back(byte),
            10 if byte & 0x80 != 0 => self.fifo.clear(),
            // bits go out: a request gets the type, a question about collisions the number
            13 if byte & 0x80 != 0 => {
                let answer: &[u8] = match self.fifo.front() {
                    Some(0x26) => &[0x10, 0],
                    Some(0x93) => &[0xde, 0xad, 0xbe, 0xef, 0xde ^ 0xad ^ 0xbe ^ 0xef],
                    _ => &[],
                };
                self.fifo = answer.iter().copied().collect();
                self.registers[4] = 0x30;
                self.registers[6] = 0;
                self.registers[12] = 0;
            }
            _ => {}
        }
        0
    }
}

/// The pins that select devices.
pub(crate) fn attach(world: &mut World) {
    world.chips = vec![
        (10, Box::new(Card { blocks: vec![0; 1 << 20], ..Card::default() })),
        (
            11,
            Box::new(Radio {
                registers: [0; 32],
                command: None,
                n: 0,
                sent: Vec::new(),
                received: Default::default(),
            }),
        ),
        (12, Box::new(Reader { registers: [0; 64], command: None, fifo: Default::default() })),
    ];
}
