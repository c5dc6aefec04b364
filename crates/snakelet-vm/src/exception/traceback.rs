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

    /// Prints an exception that nothing handles, after those that led to it, with the words of CPython.
    ///
    /// # Errors
    /// As for [`Vm::print_exception`].
    pub fn print_uncaught(&mut self, exception: Local, out: Out) -> Result<(), Raised> {
        #[cfg(feature = "cpython")]
        {
            /// How many are printed; they may lead to one another in a circle.
            const MOST: usize = 16;
            let scope = self.scope();
            let mut chain = [(exception, false); MOST];
            let mut len = 1;
            let mut last = exception;
            while let Some(place) = chain.get_mut(len) {
                let parts = self.exception_parts(last);
                *place = match (parts.cause, parts.context) {
                    (Some(cause), _) => (cause, true),
                    (_, Some(context)) => (context, false),
                    _ => break,
                };
                last = place.0;
                len += 1;
            }
            for (exception, is_cause) in chain.iter().take(len).skip(1).rev() {
                self.print_exception(*exception, out)?;
                let led: &[u8] = if *is_cause {
                    b"\nThe above exception was the direct cause of the following exception:\n\n"
                } else {
                    b"\nDuring handling of the above exception, another exception occurred:\n\n"
                };
                self.emit(out, led)?;
            }
            self.end_scope(scope);
        }
        self.print_exception(exception, out)
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
