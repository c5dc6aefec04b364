//! Listings of the bytecode of what was compiled, as MicroPython prints them for `-v -v`.

use core::cell::RefCell;
use core::fmt::{self, Write};

use heap_alloc::string::String;
use heap_alloc::vec::Vec;
use snakelet_bytecode::disasm::{Names, disassemble};

use crate::native::print::{Out, PrintKind};
use crate::object::{CodeObj, Context, FunctionObj, TupleObj};
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// The strings and constants of a module.
struct Tables<'v> {
    vm: RefCell<&'v mut Vm>,
    context: Local,
}

impl Names for Tables<'_> {
    fn string(&self, index: u32, out: &mut dyn Write) -> fmt::Result {
        let vm = self.vm.borrow();
        let context = vm.get(self.context).cast::<Context>();
        let name = context.map(|c| c.name(index as usize));
        out.write_str(name.map_or("", |name| vm.qstr_text(name)))
    }

    fn object(&self, index: u32, out: &mut dyn Write) -> fmt::Result {
        let mut vm = self.vm.borrow_mut();
        let scope = vm.scope();
        let object = match vm.get(self.context).cast::<Context>() {
            Some(c) => c.objects().get(index as usize).map(|slot| vm.push(slot.get())),
            None => None,
        };
        let text = object.map(|object| vm.to_text(object, PrintKind::Repr));
        let result = match text {
            Some(Ok(text)) => out.write_str(vm.utf8_of(vm.get(text)).unwrap_or_default()),
            _ => Err(fmt::Error),
        };
        vm.end_scope(scope);
        result
    }
}

impl Vm {
    /// Prints the bytecode of a function and of those defined in it.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(super) fn list_function(&mut self, function: Local) -> Result<(), Raised> {
        let scope = self.scope();
        let Some(f) = self.get(function).cast::<FunctionObj>() else { return Ok(()) };
        let (code, context) = (self.push(f.code.get()), self.push(f.context.get()));
        self.list_code(code, context)?;
        self.end_scope(scope);
        Ok(())
    }

    fn list_code(&mut self, code: Local, context: Local) -> Result<(), Raised> {
        let Some(c) = self.get(code).cast::<CodeObj>() else { return Ok(()) };
        let data: Vec<u8> = c.bytes().to_vec();
        let at = core::ptr::from_ref(c).addr();
        let mut text = String::new();
        let tables = Tables { vm: RefCell::new(self), context };
        let done = disassemble(&mut text, &data, &tables, at, at);
        self.emit(Out::Console, text.as_bytes())?;
        if done.is_err() {
            self.emit(Out::Console, b"...\n")?;
        }
        let children = |vm: &Vm| {
            let code = vm.get(code).cast::<CodeObj>();
            code.and_then(|c| c.children.get().cast::<TupleObj>()).map_or(0, TupleObj::len)
        };
        for i in 0..children(self) {
            let scope = self.scope();
            let child = self
                .get(code)
                .cast::<CodeObj>()
                .and_then(|c| c.children.get().cast::<TupleObj>())
                .and_then(|t| t.items().get(i))
                .map(|slot| self.push(slot.get()));
            if let Some(child) = child {
                self.list_code(child, context)?;
            }
            self.end_scope(scope);
        }
        Ok(())
    }
}
