//! Runs programs and reports how they failed.

#[cfg(feature = "compiler")]
use snakelet_vm::Input;
use snakelet_vm::exception::classes::SYSTEM_EXIT;
use snakelet_vm::print::Out;
use snakelet_vm::{Local, Raised, Vm};

use crate::uart;

/// Runs a program that lies in the heap, in `__main__`.
///
/// # Errors
/// What it raises.
#[cfg(all(feature = "compiler", not(feature = "camera")))]
pub fn program(vm: &mut Vm, text: Local, name: &[u8]) -> Result<(), Raised> {
    let function = vm.compile_local(text, name, Input::File)?;
    vm.set(text, vm.value(Local::NONE)); // the text is free again while the program runs
    let globals = vm.main_dict();
    vm.run_module(function, globals, Local::NULL)?;
    Ok(())
}

/// Runs a statement that was typed, and shows its value.
///
/// # Errors
/// What it raises.
#[cfg(all(feature = "prompt", not(feature = "camera")))]
pub fn statement(vm: &mut Vm, text: &[u8]) -> Result<(), Raised> {
    let function = vm.compile_text(text, b"<stdin>", Input::Single)?;
    let globals = vm.main_dict();
    vm.run_module(function, globals, Local::NULL)?;
    Ok(())
}

/// Runs a program that lies in flash, in `__main__`: text, or bytecode, which runs where it lies.
///
/// # Errors
/// What it raises.
pub fn embedded(vm: &mut Vm, program: &'static [u8], name: &str) -> Result<(), Raised> {
    let function = match name {
        #[cfg(feature = "compiler")]
        name if !name.ends_with(".mpy") => {
            vm.compile_text(program, name.as_bytes(), Input::File)?
        }
        _ => vm.load_mpy_static(program)?,
    };
    let globals = vm.main_dict();
    vm.run_module(function, globals, Local::NULL)?;
    Ok(())
}

/// Prints an uncaught exception, unless it asks for an end, which is the answer.
pub fn report(vm: &mut Vm, raised: Raised) -> bool {
    let scope = vm.scope();
    let mut ends = false;
    match vm.take_raised(raised) {
        Ok(exception) if vm.is_instance_of(vm.value(exception), &SYSTEM_EXIT) => ends = true,
        Ok(exception) => {
            if let Err(raised) = vm.print_exception(exception, Out::Error) {
                let _ = vm.take_raised(raised);
            }
        }
        Err(_) => {
            vm.clear_stop();
            uart::write(b"stopped\r\n");
        }
    }
    vm.end_scope(scope);
    ends
}
