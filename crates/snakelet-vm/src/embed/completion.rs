//! The names that a prompt offers while one is typed.

use crate::builtins::objects;
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Which names [`Vm::for_names`] gives.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum NamesOf<'t> {
    /// Variables of `__main__`, and built-in names.
    Globals,
    /// Modules that are part of the program, and those that were imported.
    Modules,
    /// Attributes of the object that names joined by dots lead to, as in `a.b`.
    Attributes(&'t [u8]),
}

impl Vm {
    /// Calls `each` with names in the order of their code points, each of them once; with none if names joined by dots
    /// lead nowhere. Descriptors on the way, such as properties, are asked, as the text would ask them if it ran.
    ///
    /// # Errors
    /// `MemoryError`; what a descriptor raises.
    pub fn for_names(&mut self, of: NamesOf<'_>, each: &mut dyn FnMut(&str)) -> Result<(), Raised> {
        let scope = self.scope();
        let list = match of {
            NamesOf::Globals => objects::global_names(self)?,
            NamesOf::Modules => objects::module_names(self)?,
            NamesOf::Attributes(chain) => match self.follow(chain)? {
                Some(object) => objects::attribute_names(self, object)?,
                None => {
                    self.end_scope(scope);
                    return Ok(());
                }
            },
        };
        for i in 0..self.list_len(list) {
            // one with lone surrogates is no name
            let name = self.str_of(self.list_item(list, i));
            if let Some(name) = name.and_then(|name| core::str::from_utf8(name).ok()) {
                each(name);
            }
        }
        self.end_scope(scope);
        Ok(())
    }

    /// The object that names joined by dots lead to, the first of which is global.
    fn follow(&mut self, chain: &[u8]) -> Result<Option<Local>, Raised> {
        let mut object = None;
        for name in chain.split(|byte| *byte == b'.') {
            // what no text has named yet is no attribute either
            let Some(name) = self.find_qstr(name) else { return Ok(None) };
            let found = match object {
                Some(object) => self.find_attr(object, name)?,
                None => {
                    let main = self.get(self.main_dict());
                    let found = self.dict_get_name(main, Value::qstr(name));
                    match found.map(|value| self.push(value)) {
                        Some(value) => Some(value),
                        None => self.find_builtin(name)?,
                    }
                }
            };
            object = Some(match found {
                Some(found) => found,
                None => return Ok(None),
            });
        }
        Ok(object)
    }
}
