//! Exceptions of scripts as errors of the host, and back.

use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::{Local, Raised, StopReason};

use crate::{Context, Error, Exception};

/// How many causes of causes are described.
#[cfg(feature = "alloc")]
const MOST_CAUSES: usize = 8;

impl Context<'_> {
    /// Takes what was raised.
    pub(super) fn error(&mut self, raised: Raised) -> Error {
        let Ok(exception) = self.vm.take_raised(raised) else {
            return match self.vm.stop_reason() {
                StopReason::Host => Error::Stopped,
                StopReason::Deadline => Error::Deadline,
                StopReason::AllocationBudget => Error::AllocationBudget,
            };
        };
        #[cfg(feature = "alloc")]
        return self.describe(exception, MOST_CAUSES).into();
        #[cfg(not(feature = "alloc"))]
        Exception::new(self.base_of(exception), "").into()
    }

    /// The name of the built-in class of an exception.
    fn base_of(&self, exception: Local) -> &'static str {
        self.vm.native_type_of(self.vm.value(exception)).name.text()
    }

    /// Describes an exception and up to so many causes of it.
    #[cfg(feature = "alloc")]
    fn describe(&mut self, exception: Local, causes: usize) -> Exception {
        use alloc::string::String;

        use snakelet_vm::print::PrintKind;

        use crate::error::Details;

        let base = self.base_of(exception);
        let class = self.vm.type_name_of(exception);
        let class = self.vm.name_text(class);
        let class = if class == base { String::new() } else { front_of(class) };
        let mut frames = alloc::vec::Vec::new();
        self.vm.traceback(exception, &mut |place| {
            frames.push(crate::Frame {
                file: front_of(place.file),
                line: place.line,
                function: front_of(place.function),
                column: place.column,
            });
        });
        // neither a message nor memory can be counted on
        let message = match self.vm.to_text(exception, PrintKind::Str) {
            Ok(text) => {
                let text = self.vm.str_of(self.vm.value(text)).unwrap_or_default();
                front_of(&String::from_utf8_lossy(text))
            }
            Err(raised) => {
                let _ = self.vm.take_raised(raised);
                String::new()
            }
        };
        let parts = self.vm.exception_parts(exception);
        let number = parts.argument.and_then(|argument| {
            let value = self.vm.value(argument);
            i32::try_from(value.as_small_int()?).ok()
        });
        let is_plain = parts.argument.is_none_or(|argument| self.vm.value(argument).is_none());
        let mut cause_of = |cause: Option<Local>| {
            let cause = cause.filter(|_| causes > 0)?;
            Some(self.scoped(|cx| cx.describe(cause, causes - 1)))
        };
        let cause = cause_of(parts.cause);
        let context = cause_of(parts.context.filter(|_| cause.is_none()));
        let object = match self.host.roots.keep(self.vm, exception) {
            Ok(handle) => Some(handle),
            Err(raised) => {
                let _ = self.vm.take_raised(raised);
                None
            }
        };
        Details {
            class,
            base,
            message,
            frames,
            object,
            errno: number.filter(|_| snakelet_vm::Vm::is_builtin_exception(base, "OSError")),
            exit_code: (base == "SystemExit")
                .then(|| number.unwrap_or(if is_plain { 0 } else { 1 })),
            cause,
            context,
            of_class: None,
        }
        .into()
    }

    /// Raises an error in the script that called the host.
    pub(crate) fn raise(&mut self, error: Error) -> Raised {
        // a stop goes on whatever the function made of it
        if let Some(raised) = self.vm.still_stopped() {
            return raised;
        }
        let text = match error {
            Error::Exception(exception) => return self.raise_exception(&exception),
            Error::Stopped | Error::Deadline | Error::AllocationBudget => "stopped by the host",
            Error::Memory => return self.vm.memory_error(),
            Error::ForeignHandle => "a handle of another interpreter",
        };
        self.vm.raise_text(&RUNTIME_ERROR, text)
    }

    fn raise_exception(&mut self, exception: &Exception) -> Raised {
        #[cfg(feature = "alloc")]
        {
            let roots = &self.host.roots;
            if let Some(handle) = exception.object()
                && let Some(object) = roots.value(self.vm, handle)
            {
                return self.vm.raise(object);
            }
            if let Some(class) = exception.of_class() {
                return match roots.value(self.vm, class) {
                    Some(class) => self.raise_of_class(class, exception.message()),
                    None => self.raise(Error::ForeignHandle),
                };
            }
            if let Some(errno) = exception.errno() {
                return self.raise_os_error(errno, exception.message());
            }
        }
        if let Some(class) = self.vm.builtin_exception(exception.base()) {
            return self.vm.raise_text(class, exception.message());
        }
        // a class that the script has made
        let main = self.vm.main_dict();
        let found = self.vm.find_qstr(exception.base().as_bytes()).and_then(|name| {
            let name = snakelet_vm::Value::qstr(name);
            self.vm.dict_get_name(self.vm.value(main), name).map(|class| self.vm.push(class))
        });
        match found {
            Some(class) if self.vm.is_exception_class(class) => {
                self.raise_of_class(class, exception.message())
            }
            _ => self.vm.raise_text(&RUNTIME_ERROR, exception.message()),
        }
    }

    /// Raises an exception of a class with a message.
    fn raise_of_class(&mut self, class: Local, message: &str) -> Raised {
        if !self.vm.is_exception_class(class) {
            return self.vm.type_error("exceptions must derive from BaseException");
        }
        let made = self.vm.new_str(message.as_bytes());
        match made.and_then(|message| self.vm.call_with(class, &[message])) {
            Ok(exception) => self.vm.raise_object(exception),
            Err(raised) => raised,
        }
    }

    /// Raises an `OSError` with its number and a message.
    #[cfg(feature = "alloc")]
    fn raise_os_error(&mut self, number: i32, message: &str) -> Raised {
        if message.is_empty() {
            return self.vm.os_error(number);
        }
        let vm = &mut *self.vm;
        let made = vm.new_int_64(i64::from(number)).and_then(|errno| {
            let message = vm.new_str(message.as_bytes())?;
            let args = vm.new_tuple_of(&[errno, message])?;
            vm.new_exception_args(snakelet_vm::exception::classes::of_errno(number), args)
        });
        match made {
            Ok(exception) => self.vm.raise(exception),
            Err(raised) => raised,
        }
    }

    /// Raises an error from the call of the host that a run waits for.
    pub(crate) fn raise_answer(&mut self, error: Error) {
        let raised = self.raise(error);
        self.vm.answer_raised(raised);
    }
}

/// The front of a text that a script has made as long as it liked: what the host is told of it.
#[cfg(feature = "alloc")]
fn front_of(text: &str) -> alloc::string::String {
    const LONGEST: usize = 64 << 10;
    let mut len = LONGEST.min(text.len());
    while !text.is_char_boundary(len) {
        len -= 1;
    }
    text.get(..len).unwrap_or_default().into()
}
