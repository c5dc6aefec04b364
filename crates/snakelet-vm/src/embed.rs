//! What hosts do with an interpreter beside running code: settings, output, `__main__`.

use crate::stack::Local;
use crate::vm::RootSlot;
use crate::{Raised, Res, Vm, qstr};

impl Vm {
    /// Sets the optimisation level of what is compiled from now on, as `micropython.opt_level`
    /// does.
    pub fn set_opt_level(&mut self, level: u8) {
        self.rt.opt_level = level;
    }

    /// Makes visible what was written to the console.
    pub fn flush(&mut self) {
        if let Some(console) = &mut self.rt.hosts.console {
            console.flush();
        }
    }

    /// Sets `sys.path`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn set_path<T: AsRef<str>>(
        &mut self,
        entries: impl IntoIterator<Item = T>,
    ) -> Result<(), Raised> {
        self.set_texts(RootSlot::Path, entries)
    }

    /// Sets `sys.argv`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn set_argv<T: AsRef<str>>(
        &mut self,
        entries: impl IntoIterator<Item = T>,
    ) -> Result<(), Raised> {
        self.set_texts(RootSlot::Argv, entries)
    }

    fn set_texts<T: AsRef<str>>(
        &mut self,
        root: RootSlot,
        texts: impl IntoIterator<Item = T>,
    ) -> Result<(), Raised> {
        let scope = self.scope();
        let list = self.new_list_empty()?;
        for text in texts {
            let inner = self.scope();
            let text = self.new_str(text.as_ref().as_bytes())?;
            self.list_append(list, text)?;
            self.end_scope(inner);
        }
        self.set_root(root, list);
        self.end_scope(scope);
        Ok(())
    }

    /// Imports a module under the name `__main__`; of a package, its `__main__` module too.
    ///
    /// # Errors
    /// What the import raises.
    pub fn import_main(&mut self, name: &[u8]) -> Res {
        let text = self.new_str(name)?;
        let module = self.import_as_main(text)?;
        if self.find_attr(module, qstr!("__path__"))?.is_none() {
            return Ok(module);
        }
        let out = self.new_text()?;
        self.emit_str(out, text)?;
        self.emit(out, b".__main__")?;
        let inner = self.finish_text(out)?;
        self.import_as_main(inner)
    }

    fn import_as_main(&mut self, name: Local) -> Result<Local, Raised> {
        let globals = self.main_dict();
        // `False` as the list of names asks for the last module of a dotted name, as `__main__`
        crate::import::import(self, name, globals, Local::FALSE, 0)
    }
}
