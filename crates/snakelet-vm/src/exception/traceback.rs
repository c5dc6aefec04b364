//! Printing exceptions with the places they passed.

use snakelet_qstr::Qstr;

use crate::native::print::{Out, PrintKind};
use crate::object::ExceptionObj;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

impl Vm {
    /// Prints an exception as the interpreter shows it when nothing handles it: the places it
    /// passed, outermost first, then its class and message.
    ///
    /// # Errors
    /// What its `__str__` or writing to `out` raises.
    pub fn print_exception(&mut self, exception: Local, out: Out) -> Result<(), Raised> {
        let scope = self.scope();
        let part = self.native_part(exception);
        let places = match self.get(part).cast::<ExceptionObj>() {
            Some(e) => self.push(e.traceback.get()),
            None => Local::NULL,
        };
        let mut at = self.list_len(places);
        if at > 0 {
            self.emit(out, b"Traceback (most recent call last):\n")?;
        }
        while at >= 3 {
            at -= 3;
            self.print_place(places, at, out)?;
        }
        if self.is_exception_value(exception) {
            let class = self.type_name_of(exception);
            self.emit_name(out, class)?;
            self.emit(out, b": ")?;
        }
        self.print(exception, out, PrintKind::Str)?;
        self.emit(out, b"\n")?;
        self.end_scope(scope);
        Ok(())
    }

    /// Prints the place whose file, line and function begin at item `at` of a traceback.
    fn print_place(&mut self, places: Local, at: usize, out: Out) -> Result<(), Raised> {
        let item = |i: usize| self.list_item(places, at + i);
        let file = item(0).as_qstr().unwrap_or(Qstr::EMPTY);
        let line = item(1).as_small_int().unwrap_or(0);
        let function = item(2).as_qstr().unwrap_or(Qstr::NULL);
        self.emit(out, b"  File \"")?;
        self.emit_qstr(out, file)?;
        self.emit(out, b"\", line ")?;
        self.emit_int(out, line)?;
        if function != Qstr::NULL {
            self.emit(out, b", in ")?;
            self.emit_qstr(out, function)?;
        }
        self.emit(out, b"\n")
    }
}
