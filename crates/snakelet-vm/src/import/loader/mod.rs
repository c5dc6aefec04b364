//! Where functions come from: `.mpy` files and source text.
//!
//! Both ways end in a function whose context has no globals yet; [`Vm::run_module`] gives it a
//! dict and runs it.

#[cfg(feature = "compiler")]
mod budget;
#[cfg(feature = "compiler")]
mod compile;
#[cfg(feature = "listing")]
mod listing;
mod mpy;
#[cfg(feature = "verify")]
mod verify;
#[cfg(not(feature = "verify"))]
#[path = "believe.rs"]
mod verify;
#[cfg(feature = "compiler")]
mod watch;

use crate::object::{Context, FunctionObj};
use crate::vm::stack::Local;
use crate::{Res, Vm};

#[cfg(feature = "compiler")]
pub use compile::Input;

impl Vm {
    /// Runs the function of a module in a dict of globals; returns what it returns. Local names
    /// are kept in `names`, or in the globals too if that is null.
    ///
    /// # Errors
    /// What the code raises.
    pub fn run_module(&mut self, function: Local, globals: Local, names: Local) -> Res {
        let scope = self.scope();
        let function = self.with_globals(function, globals)?;
        let result = if self.get(names).is_null() || self.get(names).is(self.get(globals)) {
            self.call_with(function, &[])?
        } else {
            self.run_with_names(function, names)?
        };
        // the last statement may have been long work, with no step after it that polls
        self.end_calculation()?;
        Ok(self.end_scope_with(scope, result))
    }

    /// The function with its context's globals set; a copy of the context if it has others.
    pub(crate) fn with_globals(&mut self, function: Local, globals: Local) -> Res {
        let Some(f) = self.get(function).cast::<FunctionObj>() else {
            return Err(self.type_error("not a module's code"));
        };
        let (code, context) = (self.push(f.code.get()), self.push(f.context.get()));
        let Some(c) = self.get(context).cast::<Context>() else { return Err(self.bad_code()) };
        let old = c.globals.get();
        if old.is_null() || old.is(self.get(globals)) {
            c.globals.set(self.get(globals));
            return Ok(function);
        }
        let (n, m) = (c.names().len(), c.objects().len());
        let copy = self.new_context(globals, n, m)?;
        if let (Some(from), Some(to)) =
            (self.get(context).cast::<Context>(), self.get(copy).cast::<Context>())
        {
            for (to, from) in to.names().iter().zip(from.names()) {
                to.set(from.get());
            }
            for (to, from) in to.objects().iter().zip(from.objects()) {
                to.set(from.get());
            }
        }
        self.new_function(code, copy, Local::NULL, Local::NULL)
    }
}
