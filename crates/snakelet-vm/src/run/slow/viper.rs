//! What instructions of Viper's types do; see `snakelet_bytecode::viper`.

use snakelet_bytecode::viper::ViperOp;

use crate::native::address::{ADDRESS, LOAD_8, LOAD_16, LOAD_32, STORE_8, STORE_16, STORE_32};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// The machine word of an int or bool, whatever does not fit cut off.
fn word(vm: &mut Vm, object: Local) -> Result<usize, Raised> {
    let part = vm.native_part(object);
    if let Some(truth) = vm.get(part).as_bool() {
        return Ok(truth.into());
    }
    Ok(vm.u64_wrapping_of(part)? as usize)
}

/// Makes a number of Viper's, or the bytes that a pointer leads to.
///
/// # Errors
/// `TypeError` for objects that are none; `OSError` for an address at which nothing lies; `MemoryError`.
pub(in crate::run) fn make(vm: &mut Vm, op: ViperOp, first: Local) -> Res {
    let second = first.offset(1);
    let signed = |vm: &mut Vm, word: usize| vm.new_int(word as isize);
    let unsigned = |vm: &mut Vm, word: usize| vm.new_uint_64(word as u64);
    match op {
        ViperOp::Int => {
            let word = word(vm, first)?;
            signed(vm, word)
        }
        ViperOp::Uint => {
            let word = word(vm, first)?;
            unsigned(vm, word)
        }
        ViperOp::Pointer => {
            if vm.buffer(vm.get(first)).is_some() {
                return vm.call_native_with(&ADDRESS, &[first]);
            }
            let word = word(vm, first)?;
            unsigned(vm, word)
        }
        ViperOp::ShiftLeft | ViperOp::ShiftLeftUint => {
            let (value, by) = (word(vm, first)?, word(vm, second)?);
            let by = u32::try_from(by).unwrap_or(u32::MAX);
            let shifted = value.checked_shl(by).unwrap_or(0);
            if op == ViperOp::ShiftLeft { signed(vm, shifted) } else { unsigned(vm, shifted) }
        }
        ViperOp::ShiftRight => {
            let (value, by) = (word(vm, first)?, word(vm, second)?);
            let by = u32::try_from(by).unwrap_or(u32::MAX).min(usize::BITS - 1);
            signed(vm, (value as isize >> by) as usize)
        }
        ViperOp::ShiftRightUint => {
            let (value, by) = (word(vm, first)?, word(vm, second)?);
            let by = u32::try_from(by).unwrap_or(u32::MAX);
            unsigned(vm, value.checked_shr(by).unwrap_or(0))
        }
        ViperOp::Load8 => vm.call_native_with(&LOAD_8, &[first, second]),
        ViperOp::Load16 => vm.call_native_with(&LOAD_16, &[first, second]),
        ViperOp::Load32 => vm.call_native_with(&LOAD_32, &[first, second]),
        ViperOp::Store8 => vm.call_native_with(&STORE_8, &[first, second, first.offset(2)]),
        ViperOp::Store16 => vm.call_native_with(&STORE_16, &[first, second, first.offset(2)]),
        ViperOp::Store32 => vm.call_native_with(&STORE_32, &[first, second, first.offset(2)]),
    }
}
