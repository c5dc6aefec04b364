//! Raising exceptions from native code.

use snakelet_gc::Heap;

use crate::exception::classes as types;
use crate::native::print::{Out, PrintKind};
use crate::native::{Name, NativeType};
use crate::object::value::{SWord, Value, raw};
use crate::object::{ExceptionObj, Kind, words_of};
use crate::vm::host::Wish;
use crate::vm::raised::{Part, Raised, Res};
use crate::vm::stack::Local;
use crate::vm::{RootSlot, Vm};

impl Vm {
    /// Makes an exception with one argument.
    pub fn new_exception(&mut self, class: &'static NativeType, arg: Local) -> Res {
        let args = self.exception_args(arg, 1)?;
        self.new_exception_args(class, args)
    }

    /// Makes an exception with a tuple of arguments. For a class that is none of exceptions it is a
    /// `TypeError`, since the object would not have the layout of the class.
    pub fn new_exception_args(&mut self, class: &'static NativeType, args: Local) -> Res {
        let class = if class.kind == Kind::Exception { class } else { &types::TYPE_ERROR };
        let new = match self.allocate(Kind::Exception, 0, words_of::<ExceptionObj>(0)) {
            Ok(new) => new,
            Err(raised) => return self.emergency_exception(class, args, raised),
        };
        new.set_word(1, Value::from_ref(class).word());
        new.set_word(2, self.get(args).word());
        Ok(new.local)
    }

    /// Makes an exception without arguments.
    pub fn new_exception_no_args(&mut self, class: &'static NativeType) -> Res {
        let args = self.new_tuple_empty()?;
        self.new_exception_args(class, args)
    }

    /// Raises an exception object.
    pub fn raise(&mut self, exception: Local) -> Raised {
        self.set_root(RootSlot::Pending, exception);
        Raised::new()
    }

    /// `KeyboardInterrupt`, for what the host wished at a poll.
    pub(crate) fn keyboard_interrupt(&mut self) -> Raised {
        self.raise_no_args(&types::KEYBOARD_INTERRUPT)
    }

    /// `UnicodeDecodeError`, for bytes that are no text.
    pub(crate) fn unicode_error(&mut self) -> Raised {
        self.raise_no_args(&types::UNICODE_DECODE_ERROR)
    }

    /// Raises an exception without arguments.
    #[cold]
    #[inline(never)]
    pub fn raise_no_args(&mut self, class: &'static NativeType) -> Raised {
        let scope = self.scope();
        let raised = match self.new_exception_no_args(class) {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        };
        self.end_scope(scope);
        raised
    }

    /// Raises an exception with a message.
    #[cold]
    #[inline(never)]
    pub fn raise_text(&mut self, class: &'static NativeType, message: &str) -> Raised {
        self.raise_parts(class, &[Part::Text(message)])
    }

    /// Raises an exception with a message of several parts.
    #[cold]
    #[inline(never)]
    pub fn raise_parts(&mut self, class: &'static NativeType, parts: &[Part<'_>]) -> Raised {
        let scope = self.scope();
        let raised = match self.build_exception(class, parts) {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        };
        self.end_scope(scope);
        raised
    }

    /// Raises an exception with a message about values: `%t` in the text is the type of the next value,
    /// `%r` its `repr()`, `%s` its `str()`.
    #[cold]
    #[inline(never)]
    pub(crate) fn raise_about(
        &mut self,
        class: &'static NativeType,
        text: &'static str,
        values: &[Local],
    ) -> Raised {
        let scope = self.scope();
        let message = match self.message_about(text, values) {
            Err(_) if self.has_emergency_room() => {
                self.forget_raised();
                self.in_emergency(|vm| vm.message_about(text, values))
            }
            message => message,
        };
        let raised = match self.exception_of(class, message) {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        };
        self.end_scope(scope);
        raised
    }

    fn message_about(&mut self, text: &'static str, values: &[Local]) -> Res {
        // by bytes: a search for characters brings more along
        let mut pieces = text.as_bytes().split(|byte| *byte == b'%');
        let first = pieces.next().unwrap_or(&[]);
        if first.len() == text.len() {
            return self.new_str(text.as_bytes());
        }
        let out = self.new_text()?;
        self.emit(out, first)?;
        for (piece, value) in pieces.zip(values) {
            match piece.first() {
                Some(b't') => {
                    let name = self.type_name_of(*value);
                    self.emit_name(out, name)?;
                }
                Some(b'r') => self.print(*value, out, PrintKind::Repr)?,
                _ => self.print(*value, out, PrintKind::Str)?,
            }
            self.emit(out, piece.get(1..).unwrap_or(&[]))?;
        }
        self.finish_text(out)
    }

    /// Raises an exception with a value.
    #[cold]
    #[inline(never)]
    pub(crate) fn raise_value(&mut self, class: &'static NativeType, value: Local) -> Raised {
        let scope = self.scope();
        let raised = match self.new_exception(class, value) {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        };
        self.end_scope(scope);
        raised
    }

    /// Raises an exception whose message has a name in it.
    #[cold]
    #[inline(never)]
    pub fn raise_named(
        &mut self,
        class: &'static NativeType,
        before: &str,
        name: impl Into<Name>,
        after: &str,
    ) -> Raised {
        self.raise_parts(class, &[Part::Text(before), Part::Name(name.into()), Part::Text(after)])
    }

    fn build_exception(&mut self, class: &'static NativeType, parts: &[Part<'_>]) -> Res {
        let message = match self.build_text(parts) {
            Err(_) if self.has_emergency_room() => {
                self.forget_raised();
                self.in_emergency(|vm| vm.build_text(parts))
            }
            message => message,
        };
        self.exception_of(class, message)
    }

    fn exception_of(&mut self, class: &'static NativeType, message: Res) -> Res {
        match message {
            Ok(text) => self.new_exception(class, text),
            // the message is what can be done without
            Err(_) if self.is_locked_out() => {
                self.forget_raised();
                self.new_exception_no_args(class)
            }
            Err(raised) => Err(raised),
        }
    }

    /// Makes a string of parts.
    ///
    /// # Errors
    /// `MemoryError`, or what printing an object raises.
    pub fn build_text(&mut self, parts: &[Part<'_>]) -> Res {
        if let [Part::Text(text)] = parts {
            return self.new_str(text.as_bytes());
        }
        let out = self.new_text()?;
        for part in parts {
            match *part {
                Part::Text(text) => self.emit(out, text.as_bytes())?,
                Part::Name(name) => self.emit_name(out, name)?,
                Part::Int(i) => self.emit_int(out, i)?,
                Part::Str(v) => self.print(v, out, PrintKind::Str)?,
                Part::Repr(v) => self.print(v, out, PrintKind::Repr)?,
                Part::TypeOf(v) => {
                    let name = self.type_name_of(v);
                    self.emit_name(out, name)?;
                }
            }
        }
        self.finish_text(out)
    }

    /// Raises `TypeError`.
    #[cold]
    #[inline(never)]
    pub fn type_error(&mut self, message: &str) -> Raised {
        self.raise_text(&types::TYPE_ERROR, message)
    }
    /// Raises `ValueError`.
    #[cold]
    #[inline(never)]
    pub fn value_error(&mut self, message: &str) -> Raised {
        self.raise_text(&types::VALUE_ERROR, message)
    }
    /// Raises `OSError` with an error number, or the class of it that stands for the number.
    #[cold]
    #[inline(never)]
    pub fn os_error(&mut self, errno: i32) -> Raised {
        #[cfg(feature = "process")]
        {
            self.rt.system_error = errno;
        }
        let scope = self.scope();
        let raised = match self.new_int(errno as SWord) {
            Ok(number) => self.raise_value(types::of_errno(errno), number),
            Err(raised) => raised,
        };
        self.end_scope(scope);
        raised
    }
    /// Raises `KeyError` with the key.
    #[cold]
    #[inline(never)]
    pub fn key_error(&mut self, key: Local) -> Raised {
        self.raise_value(&types::KEY_ERROR, key)
    }
    /// Raises the error for using more of the stack than there is.
    #[cold]
    #[inline(never)]
    pub fn recursion_error(&mut self) -> Raised {
        self.raise_text(&types::RECURSION_ERROR, "maximum recursion depth exceeded")
    }
    /// Raises the `MemoryError` that needs no memory.
    #[cold]
    #[inline(never)]
    pub fn memory_error(&mut self) -> Raised {
        let word = self.root(RootSlot::MemoryError).word();
        if let Some(error) = self.root(RootSlot::MemoryError).cast::<ExceptionObj>() {
            error.traceback.set(Value::NULL);
            error.context.set(Value::NULL);
            error.cause.set(Value::NULL);
            #[cfg(feature = "cpython")]
            error.attributes.set(Value::NULL);
        }
        self.set_root_word(RootSlot::Pending, word);
        self.rt.is_short |= self.heap.ask(Heap::lock_depth) == 0;
        Raised::new()
    }

    /// Takes the exception that was raised; it is no longer pending. `None` after a stop, which
    /// cannot be taken.
    pub fn take_raised(&mut self, raised: Raised) -> Result<Local, Raised> {
        if self.is_stopped() {
            return Err(raised);
        }
        let exception = self.push_root(RootSlot::Pending);
        self.set_root_word(RootSlot::Pending, raw::NULL);
        Ok(exception)
    }

    /// The same, if something is raised now: other crates may keep what says so. Else `RuntimeError`.
    #[cold]
    pub(crate) fn genuine(&mut self, raised: Raised) -> Raised {
        if !self.root(RootSlot::Pending).is_null() || self.rt.stepping.leave.is_some() {
            return raised;
        }
        #[cfg(any(feature = "idle", feature = "thread"))]
        if self.leave_as_wished() {
            return raised;
        }
        self.raise_text(&types::RUNTIME_ERROR, "an exception was raised before")
    }

    /// Whether what was raised is a stop by the host.
    pub fn is_stopped(&self) -> bool {
        self.root(RootSlot::Pending).word() == raw::STOP
    }

    /// Ends a stop: the interpreter may be used again.
    pub fn clear_stop(&mut self) {
        if self.is_stopped() {
            self.set_root_word(RootSlot::Pending, raw::NULL);
            self.rt.poller.wish.set(Wish::Continue);
        }
    }

    /// Whether the raised exception is an instance of `class`; a stop is of no class.
    pub(crate) fn raised_is(&self, class: &'static NativeType) -> bool {
        self.is_exception_of(self.root(RootSlot::Pending), class)
    }

    /// Turns `Err` of an exception of `class` into `Ok(None)`.
    pub(crate) fn catch<T>(
        &mut self,
        result: Result<T, Raised>,
        class: &'static NativeType,
    ) -> Result<Option<T>, Raised> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.raised_is(class) => {
                self.set_root_word(RootSlot::Pending, raw::NULL);
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    pub(crate) fn console(&self) -> Out {
        Out::Console
    }
}

impl Vm {
    /// Whether a local holds an instance of an exception class.
    pub(crate) fn is_exception_value(&self, object: Local) -> bool {
        let value = self.get(object);
        !matches!(value.ref_kind(), Some(Kind::Class | Kind::NativeType))
            && self.is_exception_of(value, &types::BASE_EXCEPTION)
    }

    /// The exception that `raise object from cause` raises: an instance is made of a class, and
    /// cause and context are noted. `cause` is null when there is none.
    pub(crate) fn exception_to_raise(&mut self, object: Local, cause: Local) -> Res {
        let is_class = matches!(self.get(object).ref_kind(), Some(Kind::Class | Kind::NativeType));
        let exception = if is_class
            && self.is_subclass(self.get(object), Value::from_ref(&types::BASE_EXCEPTION))
        {
            self.call_with(object, &[])?
        } else {
            object
        };
        if !self.is_exception_value(exception) {
            return Err(self.type_error("exceptions must derive from BaseException"));
        }
        let part = self.native_part(exception);
        let context = match self.handled_exception() {
            Some(e) => self.push(e),
            None => Local::NULL,
        };
        // `from None`: neither a cause nor the context is to be shown
        let is_alone = self.get(cause).is_none();
        let cause = match self.get(cause) {
            v if v.is_null() || v.is_none() => None,
            _ => Some(self.exception_to_raise(cause, Local::NULL)?),
        };
        if let Some(e) = self.get(part).cast::<ExceptionObj>() {
            let same = self.get(context).is(self.get(exception));
            if !same && e.context.get().is_null() {
                e.context.set(self.get(context));
            }
            if cause.is_some() || is_alone {
                e.cause.set(cause.map_or(Value::NULL, |cause| self.get(cause)));
                e.header.set_aux(1);
            }
        }
        Ok(exception)
    }
}
