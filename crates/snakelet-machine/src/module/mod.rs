//! `machine` as scripts have it.

mod adc;
mod args;
mod i2c;
mod memory;
mod onewire;
mod pin;
mod pulse;
mod pwm;
mod rtc;
pub(crate) mod serve;
mod signal;
mod spi;
mod system;
mod timer;
mod uart;
mod watchdog;

use snakelet_vm::exception::errno;
use snakelet_vm::native::full::Full;
use snakelet_vm::native::{Constant, Contents, NativeFn, NativeModule, VARIADIC};
use snakelet_vm::{Raised, methods, name};

use crate::Board;
use crate::board::List;
use crate::device::{Chip, Done, Pin};
use crate::soft::Wires;

pub use onewire::ONEWIRE;

/// `machine`.
pub static MACHINE: NativeModule = NativeModule::new(
    name!("machine"),
    &[Contents {
        functions: methods![
            NativeFn::full(name!("bitstream"), 4, 4, pulse::bitstream),
            NativeFn::full(name!("bootloader"), 0, 1, system::boot_loader),
            NativeFn::full(name!("deepsleep"), 0, 1, system::deep_sleep),
            NativeFn::full(name!("dht_readinto"), 2, 2, onewire::dht_read_into),
            NativeFn::full(name!("disable_irq"), 0, 0, system::disable_irq),
            NativeFn::full(name!("enable_irq"), 0, 1, system::enable_irq),
            NativeFn::full(name!("freq"), 0, VARIADIC, system::frequency),
            NativeFn::full(name!("idle"), 0, 0, system::idle),
            NativeFn::full(name!("lightsleep"), 0, 1, system::light_sleep),
            NativeFn::full(name!("reset"), 0, 0, system::reset),
            NativeFn::full(name!("reset_cause"), 0, 0, system::reset_cause),
            NativeFn::full(name!("sleep"), 0, 1, system::light_sleep),
            NativeFn::full(name!("soft_reset"), 0, 0, system::soft_reset),
            NativeFn::full(name!("time_pulse_us"), 2, 3, pulse::time_pulse_us),
            NativeFn::full(name!("unique_id"), 0, 0, system::unique_id),
            NativeFn::full(name!("wake_reason"), 0, 0, system::wake_reason),
        ],
        constants: &[
            (name!("ADC"), Constant::Type(&adc::ADC)),
            (name!("DEEPSLEEP_RESET"), Constant::Int(4)),
            (name!("HARD_RESET"), Constant::Int(2)),
            (name!("I2C"), Constant::Type(&i2c::I2C)),
            (name!("PIN_WAKE"), Constant::Int(2)),
            (name!("PWM"), Constant::Type(&pwm::PWM)),
            (name!("PWRON_RESET"), Constant::Int(1)),
            (name!("Pin"), Constant::Type(&pin::PIN)),
            (name!("RTC"), Constant::Type(&rtc::RTC)),
            (name!("RTC_WAKE"), Constant::Int(3)),
            (name!("SOFT_RESET"), Constant::Int(5)),
            (name!("SPI"), Constant::Type(&spi::SPI)),
            (name!("Signal"), Constant::Type(&signal::SIGNAL)),
            (name!("SoftI2C"), Constant::Type(&i2c::SOFT_I2C)),
            (name!("SoftSPI"), Constant::Type(&spi::SOFT_SPI)),
            (name!("Timer"), Constant::Type(&timer::TIMER)),
            (name!("UART"), Constant::Type(&uart::UART)),
            (name!("WDT"), Constant::Type(&watchdog::WDT)),
            (name!("WDT_RESET"), Constant::Int(3)),
            (name!("WLAN_WAKE"), Constant::Int(1)),
            (name!("mem16"), Constant::found(memory::words::<2>)),
            (name!("mem32"), Constant::found(memory::words::<4>)),
            (name!("mem8"), Constant::found(memory::words::<1>)),
        ],
    }],
)
.init(init);

/// A host without a board has one without devices, in which timers and the rest still are.
fn init(cx: &mut Full<'_>) -> Result<(), Raised> {
    if cx.with_state_mut(|_: &mut Board| ()).is_none() {
        cx.set_state(Board::new())?;
    }
    memory::init(cx)
}

/// Works on the board.
fn with_board<R>(cx: &mut Full<'_>, work: impl FnOnce(&mut Board) -> R) -> Result<R, Raised> {
    match cx.with_state_mut(work) {
        Some(result) => Ok(result),
        None => Err(cx.raise_os_error(errno::ENODEV)),
    }
}

/// Raises the `OSError` of a device.
fn done<T>(cx: &mut Full<'_>, done: Done<T>) -> Result<T, Raised> {
    done.map_err(|error| cx.raise_os_error(error.0))
}

/// Works on the board, and raises the `OSError` of its device.
fn try_board<R>(cx: &mut Full<'_>, work: impl FnOnce(&mut Board) -> Done<R>) -> Result<R, Raised> {
    let result = with_board(cx, work)?;
    done(cx, result)
}

/// What a bus of pins consists of, which is out of the board meanwhile.
struct Taken {
    pins: List<dyn Pin>,
    chip: Option<&'static mut dyn Chip>,
}

impl Taken {
    fn wires(&mut self) -> Wires<'_> {
        let chip = self.chip.as_mut().map(|chip| &mut **chip as &mut dyn Chip);
        Wires { pins: &mut self.pins, chip }
    }
}

/// Works on pins beside memory of the interpreter.
fn with_wires<'s, R>(
    cx: &mut Full<'s>,
    work: impl FnOnce(&mut Full<'s>, &mut Taken) -> Result<R, Raised>,
) -> Result<R, Raised> {
    let mut taken =
        with_board(cx, |board| Taken { pins: board.pins.take(), chip: board.chip.take() })?;
    let result = work(cx, &mut taken);
    with_board(cx, |board| {
        board.pins = taken.pins;
        board.chip = taken.chip;
    })?;
    result
}
