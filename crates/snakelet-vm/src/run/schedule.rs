//! Callbacks, which run between two instructions: those of `micropython.schedule`, and those of modules for what
//! interrupts have noted.

use crate::exception::classes::RUNTIME_ERROR;
use crate::native::full::Full;
use crate::native::print::Out;
use crate::object::value::Value;
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// How many callbacks may wait.
const DEPTH: usize = 8;

impl Vm {
    /// Lets `function` be called with `argument` soon.
    ///
    /// # Errors
    /// `RuntimeError` if too many callbacks wait; `MemoryError`.
    pub fn schedule(&mut self, function: Local, argument: Local) -> Result<(), Raised> {
        let scope = self.scope();
        if self.root(RootSlot::Scheduled).is_null() {
            let list = self.new_list_sized(2 * DEPTH)?;
            self.set_root(RootSlot::Scheduled, list);
        }
        let list = self.push_root(RootSlot::Scheduled);
        let free = (0..DEPTH).find(|i| self.list_item(list, 2 * i).is_null());
        let Some(place) = free else {
            return Err(self.raise_text(&RUNTIME_ERROR, "schedule queue full"));
        };
        self.list_set(list, 2 * place, self.get(function));
        self.list_set(list, 2 * place + 1, self.get(argument));
        self.end_scope(scope);
        self.poll_soon();
        Ok(())
    }

    /// Lets the states of modules call back, and calls the callback that has waited longest, unless one is
    /// running. What they raise is printed and dropped.
    ///
    /// # Errors
    /// A stop by the host.
    pub(crate) fn run_scheduled(&mut self) -> Result<(), Raised> {
        if self.rt.in_callback {
            return Ok(());
        }
        if self.rt.serves {
            self.serve_states()?;
        }
        if self.root(RootSlot::Scheduled).is_null() {
            return Ok(());
        }
        let scope = self.scope();
        let list = self.push_root(RootSlot::Scheduled);
        if self.list_item(list, 0).is_null() {
            self.end_scope(scope);
            return Ok(());
        }
        let function = self.push(self.list_item(list, 0));
        let argument = self.push(self.list_item(list, 1));
        for i in 0..2 * DEPTH {
            self.list_set(list, i, self.list_item(list, i + 2));
        }
        self.call_back(&mut |vm| vm.call_with(function, &[argument]).map(drop))?;
        if !self.list_item(list, 0).is_null() {
            self.poll_soon();
        }
        self.set(function, Value::NONE);
        self.end_scope(scope);
        Ok(())
    }

    /// Lets the states of modules call back, one after the other: what is called may change them.
    fn serve_states(&mut self) -> Result<(), Raised> {
        self.rt.serve_by = u64::MAX;
        let mut i = 0;
        while let Some(serve) = self.state_service(i) {
            if let Some(serve) = serve {
                self.call_back(&mut |vm| {
                    serve(Full::new(vm)).map_err(|raised| vm.genuine(raised))
                })?;
            }
            i += 1;
        }
        Ok(())
    }

    /// Does something as a callback, during which no other one runs.
    fn call_back(
        &mut self,
        work: &mut dyn FnMut(&mut Vm) -> Result<(), Raised>,
    ) -> Result<(), Raised> {
        let scope = self.scope();
        self.rt.in_callback = true;
        let result = work(self);
        self.rt.in_callback = false;
        if let Err(raised) = result {
            let exception = self.take_raised(raised)?;
            if self.print_exception(exception, Out::Error).is_err() {
                self.forget_raised();
            }
        }
        self.end_scope(scope);
        Ok(())
    }
}
