//! `str()` and `repr()` of any object.

use snakelet_qstr::Qstr;

use crate::native::print::{Out, PrintKind};
use crate::object::Kind;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

impl Vm {
    /// Prints an object.
    ///
    /// # Errors
    /// What `__str__` or `__repr__` raises; `MemoryError`; too deep nesting.
    pub fn print(&mut self, object: Local, out: Out, kind: PrintKind) -> Result<(), Raised> {
        let scope = self.scope();
        if kind == PrintKind::Str && self.str_of(self.get(object)).is_some() {
            return self.emit_str(out, object);
        }
        if self.get(object).has_specials() {
            self.print_instance(object, out, kind)?;
        } else {
            self.nested(|vm| match vm.native_type_of(vm.get(object)).slots.print() {
                Some(print) => print(vm, object, out, kind),
                None => vm.print_plain(object, out),
            })?;
        }
        self.end_scope(scope);
        Ok(())
    }

    fn print_instance(&mut self, object: Local, out: Out, kind: PrintKind) -> Result<(), Raised> {
        let names: &[Qstr] = match kind {
            PrintKind::Str => &[qstr!("__str__"), qstr!("__repr__")],
            PrintKind::Repr => &[qstr!("__repr__")],
        };
        let part = self.native_part(object);
        for (i, name) in names.iter().enumerate() {
            if let Some(method) = self.special(object, *name) {
                let text = self.call_with(method, &[object])?;
                let text = self.text_returned(text)?;
                return self.emit_str(out, text);
            }
            // an exception's own message goes before `__repr__`
            if i == 0
                && part != object
                && kind == PrintKind::Str
                && self.get(part).is_kind(Kind::Exception)
            {
                return self.print(part, out, PrintKind::Str);
            }
        }
        if part == object || self.get(part).is_kind(Kind::Data) {
            return self.print_plain(object, out);
        }
        if self.get(part).is_kind(Kind::Exception) {
            let name = self.type_name_of(object);
            return crate::exception::classes::print_as(self, part, out, name);
        }
        self.print(part, out, kind)
    }

    /// The text of what `__str__` or `__repr__` has returned.
    fn text_returned(&mut self, returned: Local) -> Res {
        let text = self.native_part(returned);
        if self.str_of(self.get(text)).is_none() {
            return Err(self.type_error("__str__/__repr__ should return a str"));
        }
        Ok(text)
    }

    /// `str(object)`, which is what `__str__` returns, of a class derived from `str` as well.
    ///
    /// # Errors
    /// As for [`Vm::print`].
    #[cfg(feature = "cpython")]
    pub(crate) fn str_object(&mut self, object: Local) -> Res {
        if let Some(method) = self.special(object, qstr!("__str__")) {
            let text = self.call_with(method, &[object])?;
            self.text_returned(text)?;
            return Ok(text);
        }
        self.to_text(object, PrintKind::Str)
    }

    /// `<Name object at 0x..>`
    pub(crate) fn print_plain(&mut self, object: Local, out: Out) -> Result<(), Raised> {
        self.emit(out, b"<")?;
        let name = self.type_name_of(object);
        self.emit_name(out, name)?;
        self.emit(out, b" object at ")?;
        self.emit_address(object, out)?;
        self.emit(out, b">")
    }

    /// The address of an object in hexadecimal. It is no identity: the object may move.
    pub(crate) fn emit_address(&mut self, object: Local, out: Out) -> Result<(), Raised> {
        let mut buf = [0u8; 2 + 2 * size_of::<usize>()];
        let mut at = buf.len();
        let mut n = self.get(object).word();
        loop {
            at -= 1;
            let digit = (n & 15) as u8;
            if let Some(place) = buf.get_mut(at) {
                *place = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
            }
            n >>= 4;
            if n == 0 || at <= 2 {
                break;
            }
        }
        for c in [b'x', b'0'] {
            at -= 1;
            if let Some(place) = buf.get_mut(at) {
                *place = c;
            }
        }
        self.emit(out, buf.get(at..).unwrap_or(&[]))
    }

    /// `str(obj)` or `repr(obj)`.
    ///
    /// # Errors
    /// What printing raises.
    pub fn to_text(&mut self, object: Local, kind: PrintKind) -> Res {
        if kind == PrintKind::Str && self.str_of(self.get(object)).is_some() {
            return Ok(object);
        }
        let out = self.new_text()?;
        self.print(object, out, kind)?;
        self.finish_text(out)
    }
}
