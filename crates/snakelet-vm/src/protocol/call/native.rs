//! Calls of native and host functions, and the bound on how deep they nest.

use crate::native::{Binding, Convention, NativeFn, VARIADIC};
use crate::object::Kind;
#[cfg(not(feature = "cpython"))]
use crate::protocol::call::parse::check_count;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm};
#[cfg(feature = "cpython")]
use crate::{exception::classes::TYPE_ERROR, vm::raised::Part};

impl Vm {
    /// Runs native code that may get to itself again through the objects it works on. It is charged
    /// for, since objects that contain another one twice are visited twice: 60 tuples can hold 2^60.
    ///
    /// # Errors
    /// `RuntimeError` if that goes too deep; a stop; what `run` raises.
    pub(crate) fn nested<T>(
        &mut self,
        run: impl FnOnce(&mut Vm) -> Result<T, Raised>,
    ) -> Result<T, Raised> {
        self.charge(1)?;
        self.enter_native()?;
        let result = run(self);
        self.rt.native_depth -= 1;
        result
    }

    #[inline(always)]
    pub(super) fn enter_native(&mut self) -> Result<(), Raised> {
        if !self.may_nest() || !self.rt.stack.has_room(self.rt.stack.top(), 0) {
            return Err(self.recursion_error());
        }
        self.rt.native_depth += 1;
        Ok(())
    }

    pub(super) fn call_host(&mut self, index: Option<usize>, args: Args) -> Res {
        self.enter_native()?;
        let result = crate::protocol::call::host::call(self, index, args);
        self.rt.native_depth -= 1;
        result
    }

    /// Calls a native function.
    #[inline]
    pub(crate) fn call_native(
        &mut self,
        f: &'static NativeFn,
        first: usize,
        positional: usize,
        keywords: usize,
    ) -> Res {
        let Some(code) = f.full_code() else {
            let word = self.call_leaf(f, first, positional, keywords)?;
            return Ok(self.rt.stack.push(word.get()));
        };
        let (least, most) = (f.min as usize, f.max as usize);
        if keywords != 0 || positional < least || positional > most {
            self.check_arguments(f, first, positional, keywords)?;
        }
        if f.binding == Binding::Method
            && positional > 0
            && self.get(Local::at(first)).is_kind(Kind::Instance)
        {
            self.receive_part(first);
        }
        self.enter_native()?;
        let result = code(self, Args::new(Local::at(first), positional, keywords));
        self.rt.native_depth -= 1;
        result
    }

    #[cold]
    #[inline(never)]
    pub(super) fn check_arguments(
        &mut self,
        f: &NativeFn,
        #[cfg_attr(
            not(feature = "cpython"),
            expect(unused, reason = "short messages do not say whose")
        )]
        first: usize,
        positional: usize,
        keywords: usize,
    ) -> Result<(), Raised> {
        if keywords > 0 && !matches!(f.convention, Convention::Keywords | Convention::Named) {
            return Err(self.type_error("function doesn't take keyword arguments"));
        }
        let most = if f.max == VARIADIC { usize::MAX } else { f.max as usize };
        if positional < f.min as usize || positional > most {
            #[cfg(feature = "cpython")]
            return Err(self.wrong_native_count(f, Local::at(first), positional));
            #[cfg(not(feature = "cpython"))]
            check_count(self, positional, f.min as usize, most)?;
        }
        Ok(())
    }

    /// The error for a wrong number of arguments, as CPython says it.
    #[cfg(feature = "cpython")]
    #[cold]
    fn wrong_native_count(&mut self, f: &NativeFn, first: Local, positional: usize) -> Raised {
        let is_method = matches!(f.binding, Binding::Method | Binding::Whole) && positional > 0;
        // the class of a class method is not counted either
        let own = usize::from(is_method || f.binding == Binding::Class && positional > 0);
        let (given, least) = (positional - own, (f.min as usize).saturating_sub(own));
        let most = (f.max as usize).saturating_sub(own);
        let name = Part::Name(f.name);
        let counted =
            |n: usize| Part::Text(if n == 1 { " argument, got " } else { " arguments, got " });
        let given_part = Part::Int(given as isize);
        if f.min == f.max && most <= 1 {
            let text = if most == 0 {
                "() takes no arguments ("
            } else {
                "() takes exactly one argument ("
            };
            let parts = [
                Part::TypeOf(first),
                Part::Text("."),
                name,
                Part::Text(text),
                given_part,
                Part::Text(" given)"),
            ];
            return self.raise_parts(
                &TYPE_ERROR,
                if is_method { &parts } else { parts.get(2..).unwrap_or(&parts) },
            );
        }
        let (text, bound) = match (f.min == f.max, given < least) {
            (true, _) => (" expected ", least),
            (false, true) => (" expected at least ", least),
            (false, false) => (" expected at most ", most),
        };
        self.raise_parts(
            &TYPE_ERROR,
            &[name, Part::Text(text), Part::Int(bound as isize), counted(bound), given_part],
        )
    }

    /// Replaces an instance by its built-in part, as receiver of a native method.
    pub(super) fn receive_part(&mut self, first: usize) {
        if let Some(part) = self.native_part_of(self.get(Local::at(first))) {
            self.set(Local::at(first), part);
        }
    }
}
