//! The names in tables in flash.

#![allow(unsafe_code)] // a number and an address in one word

use snakelet_qstr::Qstr;

use crate::native::print::Out;
use crate::object::value::Value;
use crate::{Raised, Res, Vm};

/// A name in one word: the number of an interned string, or a text.
///
/// [`name!`](crate::name) makes one. Names of the static table are compared by number, others by text; what was
/// found is cached, and nothing is interned before a script imports the module that has the name.
#[derive(Copy, Clone)]
pub struct Name(Repr);

/// A text lies at an even address, and numbers are made odd.
#[derive(Copy, Clone)]
union Repr {
    number: usize,
    text: &'static &'static str,
}

const _: () = assert!(align_of::<&'static str>() > 1);

impl Name {
    /// The name of an interned string.
    pub const fn of_qstr(name: Qstr) -> Self {
        Self(Repr { number: (name.id() as usize) << 1 | 1 })
    }
    /// The name with this text.
    pub const fn of(text: &'static &'static str) -> Self {
        match Qstr::find(text) {
            Some(name) => Self::of_qstr(name),
            None => Self(Repr { text }),
        }
    }
    /// The interned string, if it is one.
    #[inline(always)]
    pub(crate) fn as_qstr(self) -> Option<Qstr> {
        // SAFETY: both parts of the union are a word, of which any bits are a number.
        let number = unsafe { self.0.number };
        (number & 1 != 0).then(|| Qstr::from_id((number >> 1) as u32))
    }
    /// The text of a name in flash; empty for an interned string that is not in the static table.
    pub fn text(self) -> &'static str {
        match self.as_qstr() {
            Some(name) => snakelet_qstr::static_str(name).unwrap_or(""),
            // SAFETY: the word is even, so it is the address of a text: addresses of texts are even, and
            // `of_qstr` makes its numbers odd.
            None => unsafe { self.0.text },
        }
    }
    /// Whether two names are the same.
    pub(crate) fn same(self, other: Name) -> bool {
        match (self.as_qstr(), other.as_qstr()) {
            (None, None) => self.text() == other.text(),
            (own, other) => own == other,
        }
    }
    /// Whether this is an interned string.
    #[inline(always)]
    pub(crate) fn is(self, vm: &Vm, name: Qstr) -> bool {
        match self.as_qstr() {
            Some(own) => own == name,
            // the static table has no such name, so that a static one is another
            None => !name.is_static() && self.text().as_bytes() == vm.qstr_bytes(name),
        }
    }
}

impl From<Qstr> for Name {
    fn from(name: Qstr) -> Self {
        Self::of_qstr(name)
    }
}

impl Vm {
    /// The interned string of a name, if it is interned.
    pub(crate) fn known_name(&self, name: Name) -> Option<Qstr> {
        name.as_qstr().or_else(|| self.find_qstr(name.text().as_bytes()))
    }
    /// The interned string of a name.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn intern_name(&mut self, name: Name) -> Result<Qstr, Raised> {
        match name.as_qstr() {
            Some(name) => Ok(name),
            None => self.intern_text(name.text().as_bytes(), Some(name.text().as_bytes())),
        }
    }
    /// The text of a name.
    pub fn name_text(&self, name: Name) -> &str {
        match name.as_qstr() {
            Some(name) => self.qstr_text(name),
            None => name.text(),
        }
    }
    /// Prints a name.
    ///
    /// # Errors
    /// What writing raises.
    pub fn emit_name(&mut self, out: Out, name: Name) -> Result<(), Raised> {
        match name.as_qstr() {
            Some(name) => self.emit_qstr(out, name),
            None => self.emit(out, name.text().as_bytes()),
        }
    }
    /// Makes a local that holds a name.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn push_name(&mut self, name: Name) -> Res {
        let name = self.intern_name(name)?;
        Ok(self.push(Value::qstr(name)))
    }
}

impl core::fmt::Debug for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.text())
    }
}

/// The name with a text, which need not be in the static table.
///
/// ```
/// use snakelet_vm::{name, native::Name};
/// static NAMES: [Name; 2] = [name!("append"), name!("spin_the_motor")];
/// ```
#[macro_export]
macro_rules! name {
    ($text:expr) => {
        const { $crate::native::Name::of(&$text) }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbers_or_texts() {
        let known = name!("append");
        assert_eq!(known.as_qstr(), Qstr::find("append"));
        assert_eq!(known.text(), "append");
        let other = name!("no name of any module");
        assert_eq!(other.as_qstr(), None);
        assert_eq!(other.text(), "no name of any module");
    }
}
