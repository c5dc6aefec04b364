//! Devices at single wires, which go by time.

use super::World;
use super::i2c::{self, Slave};

/// What a device does with a wire.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Level {
    Low,
    High,
}

/// Devices at some wires.
pub(crate) trait Wire: Send {
    /// The chip has changed something: the levels that it makes.
    fn changed(&mut self, levels: &[bool], now_ns: u64);
    /// What is done to a wire at a moment.
    fn level(&mut self, pin: u16, now_ns: u64) -> Option<Level>;
}

/// An I2C bus of two wires.
struct Bus {
    scl: usize,
    sda: usize,
    last: (bool, bool),
    slaves: Vec<Box<dyn Slave>>,
    /// Which one is addressed, and whether for reading.
    addressed: Option<(usize, bool)>,
    active: bool,
    bits: u32,
    n: u8,
    /// The byte that is sent to the chip.
    out: u8,
    pulls: bool,
    first: bool,
}

impl Bus {
    /// A bit has been shifted; the clock is low again.
    fn fall(&mut self, sda: bool) {
        if !self.active {
            return;
        }
        if self.n == 9 {
            self.n = 0;
            self.bits = 0;
            self.pulls = false;
            if let Some((i, true)) = self.addressed {
                // not acknowledged: no byte is wanted any more
                if !self.first && sda {
                    self.addressed = None;
                    return;
                }
                self.first = false;
                self.out = self.slaves[i].read();
                self.pulls = self.out & 0x80 == 0;
            }
            return;
        }
        let reads = matches!(self.addressed, Some((_, true)));
        if reads {
            self.pulls = self.n < 8 && self.out >> (7 - self.n) & 1 == 0;
            return;
        }
        self.pulls = false;
        if self.n == 8 {
            let byte = self.bits as u8;
            self.pulls = match self.addressed {
                Some((i, false)) if !self.first => self.slaves[i].write(byte),
                _ => {
                    let read = byte & 1 != 0;
                    let found = self.slaves.iter().position(|s| s.address() == byte >> 1);
                    self.addressed = found.map(|i| (i, read));
                    if let Some(i) = found {
                        self.slaves[i].start(read);
                    }
                    self.first = read;
                    found.is_some()
                }
            };
        }
    }
}

impl Wire for Bus {
    fn changed(&mut self, levels: &[bool], _: u64) {
        let (scl, host_sda) = (levels[self.scl], levels[self.sda]);
        let sda = host_sda && !self.pulls;
        let (last_scl, last_sda) = self.last;
        self.last = (scl, sda);
        if scl && last_scl && sda != last_sda {
            // a start or a stop
            self.active = !sda;
            (self.addressed, self.n, self.bits, self.first) = (None, 0, 0, true);
            self.pulls = false;
        } else if scl && !last_scl && self.active {
            self.bits = self.bits << 1 | u32::from(sda);
            self.n += 1;
        } else if !scl && last_scl && self.n > 0 {
            self.fall(sda);
            self.last.1 = host_sda && !self.pulls;
        }
    }
    fn level(&mut self, pin: u16, _: u64) -> Option<Level> {
        (usize::from(pin) == self.sda && self.pulls).then_some(Level::Low)
    }
}

/// A thermometer (DS18B20) at one wire.
struct Thermometer {
    pin: usize,
    last: bool,
    fell: u64,
    low_until: u64,
    low_from: u64,
    bits: u32,
    n: u8,
    state: State,
    out: Vec<u8>,
    at: usize,
    search: usize,
}

#[derive(PartialEq)]
enum State {
    Rom,
    Match,
    Search,
    Function,
    Sends,
    Quiet,
}

const ROM: [u8; 7] = [0x28, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66];

fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| if crc & 1 != 0 { crc >> 1 ^ 0x8c } else { crc >> 1 })
    })
}

fn with_crc(bytes: &[u8]) -> Vec<u8> {
    let mut all = bytes.to_vec();
    all.push(crc8(bytes));
    all
}

fn bit(bytes: &[u8], i: usize) -> bool {
    bytes.get(i / 8).is_none_or(|byte| byte >> (i % 8) & 1 != 0)
}

impl Thermometer {
    /// The bit that it sends next, if it sends any.
    fn sends(&self) -> Option<bool> {
        match self.state {
            State::Sends => Some(bit(&self.out, self.at)),
            State::Search if self.search % 3 < 2 => {
                let own = bit(&with_crc(&ROM), self.search / 3);
                Some(own != (self.search % 3 == 1))
            }
            _ => None,
        }
    }
    fn take(&mut self, high: bool) {
        if self.state == State::Search {
            if bit(&with_crc(&ROM), self.search / 3) != high {
                self.state = State::Quiet;
            }
            self.search += 1;
            return;
        }
        self.bits |= u32::from(high) << self.n;
        self.n += 1;
        if self.n < 8 {
            return;
        }
        let byte = self.bits as u8;
        (self.bits, self.n) = (0, 0);
        match (&self.state, byte) {
            (State::Rom, 0xcc) => self.state = State::Function,
            (State::Rom, 0x55) => (self.state, self.at) = (State::Match, 0),
            (State::Rom, 0xf0) => (self.state, self.search) = (State::Search, 0),
            (State::Match, _) => {
                let rom = with_crc(&ROM);
                let fits = rom[self.at] == byte;
                self.at += 1;
                if !fits {
                    self.state = State::Quiet;
                } else if self.at == 8 {
                    self.state = State::Function;
                }
            }
            (State::Function, 0xbe) => {
                // 85.0625 degrees
                self.out = with_crc(&[0x51, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10]);
                (self.state, self.at) = (State::Sends, 0);
            }
            _ => self.state = State::Quiet,
        }
    }
}

impl Wire for Thermometer {
    fn changed(&mut self, levels: &[bool], now: u64) {
        let level = levels[self.pin];
        if level == self.last {
            return;
        }
        self.last = level;
        if !level {
            self.fell = now;
            if let Some(high) = self.sends() {
                self.low_until = if high { now } else { now + 30_000 };
                self.low_from = now;
            }
            return;
        }
        let low = now - self.fell;
        if low >= 400_000 {
            (self.low_from, self.low_until) = (now + 20_000, now + 200_000);
            (self.state, self.bits, self.n) = (State::Rom, 0, 0);
        } else if self.sends().is_some() {
            if self.state == State::Search { self.search += 1 } else { self.at += 1 }
        } else {
            self.take(low < 15_000);
        }
    }
    fn level(&mut self, pin: u16, now: u64) -> Option<Level> {
        let low = (self.low_from..self.low_until).contains(&now);
        (usize::from(pin) == self.pin && low).then_some(Level::Low)
    }
}

/// A DHT22 at one wire, with 65.2 % and -10.1 degrees.
struct Dht {
    pin: usize,
    fell: u64,
    last: bool,
    begun: Option<u64>,
}

impl Wire for Dht {
    fn changed(&mut self, levels: &[bool], now: u64) {
        let level = levels[self.pin];
        if self.last && !level {
            self.fell = now;
        } else if !self.last && level && now - self.fell > 1_000_000 {
            self.begun = Some(now);
        }
        self.last = level;
    }
    fn level(&mut self, pin: u16, now: u64) -> Option<Level> {
        if usize::from(pin) != self.pin {
            return None;
        }
        let mut us = (now - self.begun?) / 1000;
        let bytes = [0x02, 0x8c, 0x80, 0x65, 0x73];
        let mut parts = vec![(30, true), (80, false), (80, true)];
        for byte in bytes {
            for bit in (0..8).rev() {
                parts.push((50, false));
                parts.push((if byte >> bit & 1 != 0 { 70 } else { 26 }, true));
            }
        }
        parts.push((50, false));
        for (length, high) in parts {
            if us < length {
                return (!high).then_some(Level::Low);
            }
            us -= length;
        }
        None
    }
}

/// A wire on which something is high for 252 ms of each 1004 ms (MH-Z19: 1250 of 5000).
struct Pulses(u16);

impl Wire for Pulses {
    fn changed(&mut self, _: &[bool], _: u64) {}
    fn level(&mut self, pin: u16, now: u64) -> Option<Level> {
        let high = now / 1_000_000 % 1004 < 252;
        (pin == self.0).then_some(if high { Level::High } else { Level::Low })
    }
}

/// Two wires that are one.
struct Joined(usize, u16, bool);

impl Wire for Joined {
    fn changed(&mut self, levels: &[bool], _: u64) {
        self.2 = levels[self.0];
    }
    fn level(&mut self, pin: u16, _: u64) -> Option<Level> {
        (pin == self.1).then_some(if self.2 { Level::High } else { Level::Low })
    }
}

/// A display of digits (TM1637) acknowledges each byte: it pulls its wire for the ninth clock.
struct Digits {
    clk: usize,
    dio: u16,
    last: bool,
    clocks: u32,
}

impl Wire for Digits {
    fn changed(&mut self, levels: &[bool], _: u64) {
        let clk = levels[self.clk];
        if self.last && !clk {
            self.clocks += 1;
        }
        self.last = clk;
    }
    fn level(&mut self, pin: u16, _: u64) -> Option<Level> {
        (pin == self.dio && self.clocks % 9 == 8).then_some(Level::Low)
    }
}

/// Pins: 2 and 3 an I2C bus, 6 a thermometer, 8 a DHT22, 14 a CO2 sensor, 16 to 17 and 18 to 19 are joined.
pub(crate) fn attach(world: &mut World) {
    world.wires = vec![
        Box::new(Bus {
            scl: 2,
            sda: 3,
            last: (true, true),
            slaves: i2c::slaves(),
            addressed: None,
            active: false,
            bits: 0,
            n: 0,
            out: 0,
            pulls: false,
            first: false,
        }),
        Box::new(Thermometer {
            pin: 6,
            last: true,
            fell: 0,
            low_until: 0,
            low_from: 0,
            bits: 0,
            n: 0,
            state: State::Quiet,
            out: Vec::new(),
            at: 0,
            search: 0,
        }),
        Box::new(Dht { pin: 8, fell: 0, last: true, begun: None }),
        Box::new(Pulses(14)),
        Box::new(Joined(16, 17, true)),
        Box::new(Joined(18, 19, true)),
        Box::new(Digits { clk: 20, dio: 21, last: true, clocks: 0 }),
    ];
}
