//! Devices over the traits of `embedded-hal` and `embedded-io`.

mod bus;
mod memory;
mod pin;
mod serial;
mod simple;

pub use bus::{I2cBus, I2cSetup, SpiBus};
pub use memory::Registers;
pub use pin::{EdgeFlags, Input, InterruptInput, OpenDrain, Output};
pub use serial::Serial;
pub use simple::{Delay, PwmChannel};
