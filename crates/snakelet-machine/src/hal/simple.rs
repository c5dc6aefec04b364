//! Delays and pulse width modulation.

use embedded_hal::delay::DelayNs;
use embedded_hal::pwm::SetDutyCycle;

use crate::device::{Chip, Done, Errno, Pwm};

/// A chip of which nothing but a delay is known.
#[derive(Debug)]
pub struct Delay<T>(pub T);

impl<T: DelayNs + Send> Chip for Delay<T> {
    fn delay_ns(&mut self, ns: u32) {
        self.0.delay_ns(ns);
    }
}

/// A channel of pulse width modulation.
#[derive(Debug)]
pub struct PwmChannel<T> {
    channel: T,
    hertz: u32,
    set: Option<fn(&mut T, u32) -> Done<u32>>,
}

impl<T> PwmChannel<T> {
    /// A channel that keeps its frequency, in hertz; another one is refused.
    pub const fn new(channel: T, hertz: u32) -> Self {
        Self { channel, hertz, set: None }
    }
    /// A channel of which `set` changes the frequency and gives the one that it has.
    pub const fn with_frequency(channel: T, hertz: u32, set: fn(&mut T, u32) -> Done<u32>) -> Self {
        Self { channel, hertz, set: Some(set) }
    }
}

impl<T: SetDutyCycle + Send> Pwm for PwmChannel<T> {
    fn set_frequency(&mut self, hertz: u32) -> Done<u32> {
        match self.set {
            Some(set) => self.hertz = set(&mut self.channel, hertz)?,
            None if hertz == self.hertz => {}
            None => return Err(Errno::INVALID),
        }
        Ok(self.hertz)
    }
    fn frequency(&self) -> u32 {
        self.hertz
    }
    fn set_duty(&mut self, duty: u16) -> Done {
        self.channel.set_duty_cycle_fraction(duty, u16::MAX).map_err(|_| Errno::IO)
    }
}
