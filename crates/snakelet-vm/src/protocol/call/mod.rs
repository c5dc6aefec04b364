//! Calls: what is callable, and how arguments become the locals of a frame.
//!
//! A call's callable and arguments lie on the stack. [`Vm::prepare_call`] either finishes the
//! call (a native function) or leaves a frame record for the interpreter loop to run.

mod arguments;
mod construct;
mod enter;
pub(crate) mod function;
pub(crate) mod host;
mod leaf;
mod native;
pub(crate) mod parse;

use crate::exception::classes::TYPE_ERROR;
use crate::native::NativeType;
use crate::object::value::{Value, raw};
use crate::object::{BoundMethod, ClosureObj, HashObj, HostFnObj, Kind};
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, qstr};

/// What a prepared call needs.
pub(crate) enum Call {
    /// Nothing more: this is the result.
    Done(Local),
    /// Its frame is to be run.
    Frame,
}

impl Vm {
    /// Calls an object with the arguments that lie on the stack behind it: `callable` must be the
    /// slot before the first argument.
    ///
    /// # Errors
    /// What it raises.
    pub fn call(&mut self, callable: Local, args: Args) -> Res {
        let top = callable.index();
        match self.prepare_call(top, args.first().index(), args.len(), args.keywords(), 0) {
            Ok(Call::Done(result)) => Ok(result),
            Ok(Call::Frame) => self.run_entry(),
            Err(raised) => Err(self.refuse_to_wait(raised)),
        }
    }

    /// Calls an object with the given arguments.
    ///
    /// # Errors
    /// What it raises.
    pub fn call_with(&mut self, callable: Local, args: &[Local]) -> Res {
        let first = self.push_copy(callable);
        for arg in args {
            self.push_copy(*arg);
        }
        let mut args = Args::new(first.offset(1), args.len(), 0);
        if let Some(wrapper) = self.get(first).cast::<crate::object::Wrapper>() {
            // a special method: it is called with the receiver first, but not bound to it
            let is_static = self.get(first).is_kind(Kind::StaticMethod);
            self.set(first, wrapper.function.get());
            if args.is_empty() {
            } else if is_static {
                self.set(first.offset(1), self.get(first));
                args = args.skip(1);
                return self.call(first.offset(1), args);
            } else {
                self.set(first.offset(1), self.type_of(self.get(first.offset(1))));
            }
        }
        let result = self.call(first, args)?;
        self.set(first, self.get(result));
        Ok(self.keep_only(first))
    }

    /// Calls an object with a tuple or list of arguments and a dict of keyword arguments (or
    /// null).
    ///
    /// # Errors
    /// What it raises.
    pub fn call_spread(&mut self, callable: Local, args: Local, keywords: Local) -> Res {
        let first = self.push_copy(callable);
        let n = self.sequence_len(args);
        for i in 0..n {
            self.push_sequence_item(args, i);
        }
        let mut k = 0;
        let mut at = 0;
        while let Some((key, value)) =
            self.get(keywords).cast::<HashObj>().and_then(|h| h.entry(at))
        {
            at += 1;
            if !key.is_null() {
                self.push(key);
                self.push(value);
                k += 1;
            }
        }
        self.call(first, Args::new(first.offset(1), n, k))
    }

    /// Runs the newest frame record, which has no result slot in another frame.
    pub(crate) fn run_entry(&mut self) -> Res {
        self.mark_entry();
        // native code that calls Python is charged for the call, as the loop is for its own
        let refused = match self.charge(1) {
            Err(raised) => Some(raised),
            Ok(()) if !self.may_nest() => Some(self.recursion_error()),
            Ok(()) => None,
        };
        if let Some(raised) = refused {
            self.drop_frame();
            return Err(raised);
        }
        self.rt.native_depth += 1;
        let result = self.execute(false, None);
        self.rt.native_depth -= 1;
        result
    }

    /// Prepares the call of what slot `ret` holds; arguments begin at slot `first` and reach up
    /// to the top of the stack. The result of a frame goes to slot `ret`.
    pub(crate) fn prepare_call(
        &mut self,
        ret: usize,
        first: usize,
        positional: usize,
        keywords: usize,
        frame_flags: u16,
    ) -> Result<Call, Raised> {
        let mut positional = positional;
        let callable = Local::at(ret);
        let mut redirected = 0;
        loop {
            let value = self.get(callable);
            match value.ref_kind() {
                Some(Kind::Function) => {
                    return self.enter(
                        ret,
                        callable,
                        first,
                        positional,
                        keywords,
                        frame_flags,
                        Local::NULL,
                    );
                }
                Some(Kind::Closure) => {
                    let n = value.cast::<ClosureObj>().map_or(0, |c| c.cells().len());
                    self.insert_slots(first, n)?;
                    if let Some(c) = self.get(callable).cast::<ClosureObj>() {
                        for (i, cell) in c.cells().iter().enumerate() {
                            self.set(Local::at(first + i), cell.get());
                        }
                        self.set(callable, c.function.get());
                    }
                    positional += n;
                }
                Some(Kind::BoundMethod) => {
                    self.insert_slots(first, 1)?;
                    if let Some(m) = self.get(callable).cast::<BoundMethod>() {
                        self.set(Local::at(first), m.receiver.get());
                        self.set(callable, m.function.get());
                    }
                    positional += 1;
                }
                Some(Kind::NativeFn) => {
                    let Some(f) = value.as_native_fn() else {
                        return Err(self.not_callable(callable));
                    };
                    return self.call_native(f, first, positional, keywords).map(Call::Done);
                }
                Some(Kind::NativeType) => {
                    let Some(ty) = value.as_native_type() else {
                        return Err(self.not_callable(callable));
                    };
                    let args = Args::new(Local::at(first), positional, keywords);
                    return self.call_native_type(ty, callable, args).map(Call::Done);
                }
                Some(Kind::Class) => {
                    return self.call_class(ret, first, positional, keywords, frame_flags);
                }
                Some(Kind::HostFn) => {
                    let index =
                        value.cast::<HostFnObj>().and_then(|f| f.index.get().as_small_int());
                    let args = Args::new(Local::at(first), positional, keywords);
                    return self.call_host(index.map(|i| i as usize), args).map(Call::Done);
                }
                Some(Kind::StaticMethod | Kind::ClassMethod) => {
                    let inner = value.cast::<crate::object::Wrapper>().map(|w| w.function.get());
                    self.set(callable, inner.unwrap_or(Value::NONE));
                }
                Some(Kind::Instance | Kind::Data) => {
                    match self.special(callable, qstr!("__call__")) {
                        Some(method) => {
                            // an instance whose `__call__` is an instance whose `__call__` ..
                            redirected += 1;
                            if redirected > self.rt.native_limit {
                                return Err(self.recursion_error());
                            }
                            self.charge(1)?;
                            // the method's local is on top: take it away before the arguments move
                            let word = self.get(method).word();
                            self.rt.stack.set_top(method.index());
                            self.insert_slots(first, 1)?;
                            self.set(Local::at(first), self.get(callable));
                            self.rt.stack.write(callable.index(), word);
                            positional += 1;
                        }
                        None => return Err(self.not_callable(callable)),
                    }
                }
                _ => return Err(self.not_callable(callable)),
            }
        }
    }

    /// Calls a native type, which is in local `callable`.
    pub(crate) fn call_native_type(
        &mut self,
        ty: &'static NativeType,
        callable: Local,
        args: Args,
    ) -> Res {
        let Some(make) = ty.slots.make() else {
            return Err(self.raise_named(&TYPE_ERROR, "cannot create '", ty.name, "' instances"));
        };
        self.enter_native()?;
        let result = make(self, callable, args);
        self.rt.native_depth -= 1;
        result
    }

    fn not_callable(&mut self, object: Local) -> Raised {
        self.raise_parts(
            &TYPE_ERROR,
            &[Part::Text("'"), Part::TypeOf(object), Part::Text("' object isn't callable")],
        )
    }

    /// Shifts the slots from `at` to the top up by `n`; the gap is null.
    fn insert_slots(&mut self, at: usize, n: usize) -> Result<(), Raised> {
        let top = self.rt.stack.top();
        if !self.rt.stack.has_room(top, n) {
            return Err(self.recursion_error());
        }
        for _ in 0..n {
            self.rt.stack.push(raw::NULL);
        }
        let mut i = top;
        while i > at {
            i -= 1;
            let word = self.rt.stack.read(i);
            self.rt.stack.write(i + n, word);
        }
        for i in at..at + n {
            self.rt.stack.write(i, raw::NULL);
        }
        Ok(())
    }
}
