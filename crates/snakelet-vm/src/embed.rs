//! What hosts do with an interpreter beside running code: settings, output, `__main__`.

mod completion;
mod data;
mod outside;

pub use completion::NamesOf;

use snakelet_qstr::Qstr;

use crate::exception::classes;
use crate::native::NativeType;
use crate::object::value::{Value, raw};
use crate::object::{ExceptionObj, HashObj, Kind, ListObj, TupleObj};
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

/// The text of an interned string that is part of the program, as the names of built-in types are.
pub fn static_name(name: Qstr) -> &'static str {
    snakelet_qstr::static_str(name).unwrap_or_default()
}

/// A place that an exception passed.
#[derive(Copy, Clone, Debug)]
pub struct TracePlace<'a> {
    /// Name of the source file.
    pub file: &'a str,
    /// Line, from 1 on.
    pub line: usize,
    /// Name of the function; empty for an error in the source itself.
    pub function: &'a str,
    /// Column, from 1 on, of an error in the source itself.
    pub column: Option<usize>,
}

/// What an exception carries, as locals.
#[derive(Copy, Clone, Default)]
pub struct ExceptionParts {
    /// The first argument.
    pub argument: Option<Local>,
    /// What it was raised from.
    pub cause: Option<Local>,
    /// The exception that was handled when it was raised, unless it is not to be shown.
    pub context: Option<Local>,
}

impl Vm {
    /// Sets the optimisation level of what is compiled from now on, as `micropython.opt_level`
    /// does.
    pub fn set_opt_level(&mut self, level: u8) {
        self.rt.opt_level = level;
    }

    /// From 2 on, lists the bytecode of what is compiled.
    #[cfg(feature = "listing")]
    pub fn set_verbose(&mut self, level: u8) {
        self.rt.verbose = level;
    }

    /// Makes visible what was written to the console; nobody is told of what is lost.
    pub fn flush(&mut self) {
        if let Some(console) = &mut self.rt.hosts.console {
            let _ = console.flush();
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

    /// Keeps a value alive, and where it moves known, under a number.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn set_host_root(&mut self, number: usize, value: Local) -> Result<(), Raised> {
        let scope = self.scope();
        if self.root(RootSlot::HostRoots).is_null() {
            let list = self.new_list_empty()?;
            self.set_root(RootSlot::HostRoots, list);
        }
        let list = self.push_root(RootSlot::HostRoots);
        while self.list_len(list) <= number {
            self.list_append(list, Local::NONE)?;
        }
        self.list_set(list, number, self.get(value));
        self.end_scope(scope);
        Ok(())
    }

    /// Makes a local that holds the value kept under a number.
    pub fn host_root(&self, number: usize) -> Local {
        let list = self.root(RootSlot::HostRoots).cast::<ListObj>();
        match list.and_then(|l| l.items().get(number)) {
            Some(slot) => self.push(slot.get()),
            None => Local::NONE,
        }
    }

    /// Gives up the value kept under a number.
    pub fn clear_host_root(&mut self, number: usize) {
        if let Some(list) = self.root(RootSlot::HostRoots).cast::<ListObj>()
            && let Some(slot) = list.items().get(number)
        {
            slot.set(Value::NONE);
        }
    }

    /// If the host's stop is still to take effect, the sign to return for it.
    pub fn still_stopped(&self) -> Option<Raised> {
        self.is_stopped().then(Raised::new)
    }

    /// Bytes that the greatest compilation so far took beside the heap.
    pub fn compile_peak(&self) -> usize {
        self.rt.compile_peak
    }

    /// The built-in exception of a name.
    pub fn builtin_exception(&self, name: &str) -> Option<&'static NativeType> {
        classes::all().find(|t| t.name.text() == name)
    }

    /// Whether the built-in exception of one name is, or derives from, that of another one.
    pub fn is_builtin_exception(name: &str, base: &str) -> bool {
        let mut class = classes::all().find(|t| t.name.text() == name);
        while let Some(found) = class {
            if found.name.text() == base {
                return true;
            }
            class = found.base;
        }
        false
    }

    /// Calls `each` with the places that an exception passed, the outermost first.
    pub fn traceback(&self, exception: Local, each: &mut dyn FnMut(TracePlace<'_>)) {
        let part = self.native_part_of(self.get(exception)).unwrap_or(self.get(exception));
        let Some(e) = part.cast::<ExceptionObj>() else { return };
        let Some(list) = e.traceback.get().cast::<ListObj>() else { return };
        let text = |value: Value<'_>| value.as_qstr().map_or("", |q| self.qstr_text(q));
        for place in list.items().rchunks(3) {
            if let [file, line, function] = place {
                let number = |value: Value<'_>| usize::try_from(value.as_small_int()?).ok();
                each(TracePlace {
                    file: text(file.get()),
                    line: number(line.get()).unwrap_or(0),
                    function: text(function.get()),
                    column: number(function.get()),
                });
            }
        }
    }

    /// Makes a local that holds entry `n` of a dict, or of the values of a set: key and value.
    /// `None` past the last one; entries that were deleted are left out.
    pub fn dict_entry(&self, dict: Local, from: &mut usize) -> Option<(Local, Local)> {
        loop {
            let (key, value) = self.get(dict).cast::<HashObj>()?.entry(*from)?;
            *from += 1;
            if key.word() != raw::NULL {
                return Some((self.push(key), self.push(value)));
            }
        }
    }

    /// Whether `sys.modules` has a module of this name.
    pub fn is_imported(&self, module: &[u8]) -> bool {
        let name = self.find_qstr(module).map(Value::qstr);
        name.and_then(|name| self.dict_get_name(self.root(RootSlot::Modules), name)).is_some()
    }

    /// Sets what a name stands for in a module. A built-in module, and one of the host's that lies in flash, is
    /// extended; any other is made, and put in `sys.modules`, if there is none there.
    ///
    /// # Errors
    /// `MemoryError`; `TypeError` if what is in `sys.modules` is no module.
    pub fn set_in_module(&mut self, module: &[u8], name: Qstr, value: Local) -> Result<(), Raised> {
        let module = self.intern(module)?;
        let found = self.dict_get_name(self.root(RootSlot::Modules), Value::qstr(module));
        let native = match found {
            Some(found) => found.as_native_module(),
            None => crate::import::native_module(self, module),
        };
        if let Some(native) = native {
            let module = self.intern_name(native.name)?;
            return self.set_module_attr(module, name, value);
        }
        let module = match found.map(|m| self.push(m)) {
            Some(module) => module,
            None => {
                let globals = self.new_dict(0)?;
                let text = self.push(Value::qstr(module));
                self.dict_set_name(globals, qstr!("__name__"), text)?;
                crate::import::register(self, module, globals)?
            }
        };
        match self.get(module).cast::<crate::object::ModuleObj>() {
            Some(m) => {
                let globals = self.push(m.globals.get());
                self.dict_set_name(globals, name, value)
            }
            None => Err(self.type_error("not a module of Python")),
        }
    }

    /// Whether an object is a class.
    pub fn is_class(&self, object: Local) -> bool {
        matches!(self.get(object).ref_kind(), Some(Kind::Class | Kind::NativeType))
    }

    /// Whether an object is a class of exceptions.
    pub fn is_exception_class(&self, object: Local) -> bool {
        let base = Value::from_ref(&classes::BASE_EXCEPTION);
        self.is_class(object) && self.is_subclass(self.get(object), base)
    }

    /// Raises an object as `raise` does: it must be an exception, and is told which one is handled.
    pub fn raise_object(&mut self, object: Local) -> Raised {
        match self.exception_to_raise(object, Local::NULL) {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        }
    }

    /// What an exception carries.
    pub fn exception_parts(&self, exception: Local) -> ExceptionParts {
        let part = self.native_part_of(self.get(exception)).unwrap_or(self.get(exception));
        let Some(e) = part.cast::<ExceptionObj>() else { return ExceptionParts::default() };
        let some =
            |value: Value<'_>| (!value.is_null() && !value.is_none()).then(|| self.push(value));
        let argument = e.args.get().cast::<TupleObj>().and_then(|args| args.items().first());
        ExceptionParts {
            argument: argument.map(|slot| self.push(slot.get())),
            cause: some(e.cause.get()),
            context: some(e.context.get()).filter(|_| e.header.aux() & 1 == 0),
        }
    }

    /// Makes a function of the code in a file: Python source, or `.mpy` by its name.
    ///
    /// # Errors
    /// `OSError`; what compiling or loading raises.
    pub fn load_file(&mut self, path: Local) -> Res {
        crate::import::load_file(self, path)
    }

    /// Imports a module; gives the innermost one of a dotted name.
    ///
    /// # Errors
    /// What the import raises.
    pub fn import_module(&mut self, name: &[u8]) -> Res {
        let text = self.new_str(name)?;
        let globals = self.main_dict();
        crate::import::import(self, text, globals, Local::TRUE, 0)
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
