//! The digits of ints.

use snakelet_num::bigint;

use super::arith::operand;
use crate::native::print::Out;
use crate::object::copy;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Bytes of digits that are made on the native stack.
const STACK_DIGITS: usize = 160;
/// Limbs of scratch there; enough for as many decimal digits.
const STACK_SCRATCH: usize = 640 / snakelet_num::bigint::LIMB_BITS;

impl Vm {
    /// Emits an int in base 2, 8, 10 or 16, in lower case, with a minus if it is below zero and,
    /// if `prefix`, what tells the base.
    ///
    /// # Errors
    /// `MemoryError`, a stop while it runs.
    pub(crate) fn emit_number(
        &mut self,
        out: Out,
        int: Local,
        base: u8,
        prefix: bool,
    ) -> Result<(), Raised> {
        if operand(self, int).int().is_negative() {
            self.emit(out, b"-")?;
        }
        match base {
            2 if prefix => self.emit(out, b"0b")?,
            8 if prefix => self.emit(out, b"0o")?,
            16 if prefix => self.emit(out, b"0x")?,
            _ => {}
        }
        let mut digits = [0; STACK_DIGITS];
        if let Some(len) = self.short_digits(int, base, &mut digits) {
            return self.emit(out, digits.get(..len).unwrap_or(&[]));
        }
        let scope = self.scope();
        let text = self.int_digits(int, base)?;
        self.emit_str(out, text)?;
        self.end_scope(scope);
        Ok(())
    }

    /// Makes a `str` of an int's digits in base 2, 8, 10 or 16, in lower case and without a sign.
    ///
    /// # Errors
    /// `MemoryError`, a stop while it runs.
    pub(crate) fn int_digits(&mut self, int: Local, base: u8) -> Res {
        let mut digits = [0; STACK_DIGITS];
        if let Some(len) = self.short_digits(int, base, &mut digits) {
            return self.new_str(digits.get(..len).unwrap_or(&[]));
        }
        let (bytes, limbs) = {
            let int = operand(self, int);
            (bigint::text_len(int.int(), base), bigint::text_scratch_len(int.int(), base))
        };
        let mut len = 0;
        let text = self.new_str_with_scratch(bytes, limbs, |vm, text, scratch| {
            let int = operand(vm, int);
            let poll = &mut |n| vm.spend(n);
            len = bigint::to_text(text, scratch, int.int().absolute(), base, poll).unwrap_or(0);
            // the bytes behind the digits must be text, too
            if let Some(rest) = text.get_mut(len..) {
                rest.fill(b' ');
            }
        })?;
        self.end_calculation()?;
        if self.str_of(self.get(text)).is_some_and(|text| text.len() == len) {
            return Ok(text);
        }
        self.new_str_with(len, |vm, out| {
            if let Some(digits) = vm.bytes_of(vm.get(text)).and_then(|text| text.get(..len)) {
                copy(digits, out);
            }
        })
    }

    /// Writes the digits of an int that is not too large for a buffer on the native stack.
    fn short_digits(&self, int: Local, base: u8, out: &mut [u8; STACK_DIGITS]) -> Option<usize> {
        let int = operand(self, int);
        let int = int.int().absolute();
        if bigint::text_len(int, base) > out.len() {
            return None;
        }
        let mut scratch = [0; STACK_SCRATCH];
        bigint::to_text(out, &mut scratch, int, base, &mut |_| Ok(())).ok()
    }
}
