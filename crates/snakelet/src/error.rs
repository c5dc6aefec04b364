//! What can go wrong, as the host sees it.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
#[cfg(feature = "alloc")]
use alloc::string::String;
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "alloc")]
use crate::Handle;

/// Why a call into the interpreter did not give a result.
///
/// After any of these the interpreter may be used again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An exception that nothing handled.
    #[error(transparent)]
    Exception(Exception),
    /// The fuel is used up, or the host's hook asked for a stop.
    #[error("stopped by the host")]
    Stopped,
    /// The deadline has passed.
    #[error("stopped: the deadline has passed")]
    Deadline,
    /// As many bytes were allocated as the host allows.
    #[error("stopped: the allocation budget is spent")]
    AllocationBudget,
    /// The memory given is too small for an interpreter, or in too many pieces.
    #[error("the memory does not serve for an interpreter")]
    Memory,
    /// A handle belongs to another interpreter.
    #[error("a handle of another interpreter")]
    ForeignHandle,
}

/// An exception: one that a script raised, or one that the host wants to raise.
#[cfg(feature = "alloc")]
pub struct Exception(Box<Details>);

/// An exception: one that a script raised, or one that the host wants to raise. Without the
/// `alloc` feature only its class is known.
#[cfg(not(feature = "alloc"))]
#[derive(Copy, Clone)]
pub struct Exception {
    base: &'static str,
    message: &'static str,
}

/// What is known of an exception.
#[cfg(feature = "alloc")]
#[derive(Default)]
pub(crate) struct Details {
    /// Empty for an exception of a built-in class.
    pub(crate) class: String,
    pub(crate) base: &'static str,
    pub(crate) message: String,
    pub(crate) frames: Vec<Frame>,
    pub(crate) object: Option<Handle>,
    pub(crate) errno: Option<i32>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) cause: Option<Exception>,
    pub(crate) context: Option<Exception>,
    /// The class of which the host wants one to be raised.
    pub(crate) of_class: Option<Handle>,
}

#[cfg(feature = "alloc")]
impl From<Details> for Exception {
    fn from(details: Details) -> Self {
        Self(Box::new(details))
    }
}

/// A place that an exception passed.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Name of the source file.
    pub file: String,
    /// Line, from 1 on.
    pub line: usize,
    /// Name of the function; `<module>` outside of functions, empty for a syntax error.
    pub function: String,
    /// Column, from 1 on, of a syntax error; other exceptions have none.
    pub column: Option<usize>,
}

impl Exception {
    /// Describes an exception for the host to raise: of a built-in class, or of one that the script has defined in
    /// `__main__`. Any other name becomes `RuntimeError`.
    #[cfg(feature = "alloc")]
    pub fn new(class: &'static str, message: impl Into<String>) -> Self {
        Details { base: class, message: message.into(), ..Details::default() }.into()
    }

    /// Describes an exception for the host to raise, of the class of a handle: it is called with the message.
    ///
    /// ```
    /// # use std::mem::MaybeUninit;
    /// # use snakelet::{Exception, Handle, Interpreter};
    /// # fn main() -> Result<(), snakelet::Error> {
    /// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
    /// # let mut python = Interpreter::builder(&mut memory).build()?;
    /// python.exec("class TooHot(Exception): pass")?;
    /// let too_hot: Handle = python.get("TooHot")?;
    /// python.register("heat", move || -> Result<(), Exception> { Err(Exception::of(&too_hot, "90")) })?;
    /// python.exec("try: heat()\nexcept TooHot as e: degrees = str(e)")?;
    /// assert_eq!(python.get::<String>("degrees")?, "90");
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "alloc")]
    pub fn of(class: &Handle, message: impl Into<String>) -> Self {
        let of_class = Some(class.clone());
        Details { base: "Exception", message: message.into(), of_class, ..Details::default() }
            .into()
    }

    /// Describes an `OSError` with an error number for the host to raise. The message may be empty.
    #[cfg(feature = "alloc")]
    pub fn os_error(errno: i32, message: impl Into<String>) -> Self {
        let errno = Some(errno);
        Details { base: "OSError", message: message.into(), errno, ..Details::default() }.into()
    }

    /// Describes an exception for the host to raise: of a built-in class, or of one that the script has defined in
    /// `__main__`. Any other name becomes `RuntimeError`.
    #[cfg(not(feature = "alloc"))]
    pub fn new(class: &'static str, message: &'static str) -> Self {
        Self { base: class, message }
    }

    /// The name of its class.
    pub fn class(&self) -> &str {
        #[cfg(feature = "alloc")]
        if !self.0.class.is_empty() {
            return &self.0.class;
        }
        self.base()
    }

    /// The name of the built-in class that its class is or derives from.
    pub fn base(&self) -> &'static str {
        #[cfg(feature = "alloc")]
        return self.0.base;
        #[cfg(not(feature = "alloc"))]
        self.base
    }

    /// The message: its `str()`, of which the host is told 64 KiB at most. Empty without the `alloc` feature unless the host made it.
    pub fn message(&self) -> &str {
        #[cfg(feature = "alloc")]
        return &self.0.message;
        #[cfg(not(feature = "alloc"))]
        self.message
    }

    /// The places it passed, outermost first.
    #[cfg(feature = "alloc")]
    pub fn traceback(&self) -> &[Frame] {
        &self.0.frames
    }

    /// The exception object; `None` if the host made it, or there was no memory to keep it.
    #[cfg(feature = "alloc")]
    pub fn object(&self) -> Option<&Handle> {
        self.0.object.as_ref()
    }

    /// Whether its class has this name, or one of the built-in classes that it is derived from has.
    pub fn is(&self, class: &str) -> bool {
        self.class() == class || snakelet_vm::Vm::is_builtin_exception(self.base(), class)
    }

    /// The error number of an `OSError`, if it has one.
    #[cfg(feature = "alloc")]
    pub fn errno(&self) -> Option<i32> {
        self.0.errno
    }

    /// The exit code that a `SystemExit` asks for: its argument, 0 without one, and 1 if that is no int. `None` for other
    /// exceptions.
    #[cfg(feature = "alloc")]
    pub fn exit_code(&self) -> Option<i32> {
        self.0.exit_code
    }

    /// The exception that this one was raised from (`raise .. from`).
    #[cfg(feature = "alloc")]
    pub fn cause(&self) -> Option<&Exception> {
        self.0.cause.as_ref()
    }

    /// The exception that was handled when this one was raised, if it has no other cause.
    #[cfg(feature = "alloc")]
    pub fn context(&self) -> Option<&Exception> {
        self.0.context.as_ref()
    }

    #[cfg(feature = "alloc")]
    pub(crate) fn of_class(&self) -> Option<&Handle> {
        self.0.of_class.as_ref()
    }

    /// Shows the exception as Python does: causes, traceback, class and message.
    ///
    /// ```
    /// # use std::mem::MaybeUninit;
    /// # use snakelet::Interpreter;
    /// # fn main() -> Result<(), snakelet::Error> {
    /// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
    /// # let mut python = Interpreter::builder(&mut memory).build()?;
    /// let error = python.exec("def f():\n    return [1][5]\nf()").unwrap_err();
    /// assert_eq!(
    ///     error.exception().unwrap().report().to_string(),
    ///     "Traceback (most recent call last):\n  \
    ///        File \"<string>\", line 3, in <module>\n  \
    ///        File \"<string>\", line 2, in f\n\
    ///      IndexError: list index out of range"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "alloc")]
    pub fn report(&self) -> impl fmt::Display + '_ {
        Report(self)
    }
}

impl core::error::Error for Exception {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        #[cfg(feature = "alloc")]
        if let Some(cause) = self.cause().or(self.context()) {
            return Some(cause);
        }
        None
    }
}

/// An exception with all that is known of it.
#[cfg(feature = "alloc")]
struct Report<'a>(&'a Exception);

#[cfg(feature = "alloc")]
impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // causes are at most a few, one inside the other
        let exception = self.0;
        if let Some(cause) = exception.cause() {
            Report(cause).fmt(f)?;
            f.write_str(
                "\n\nThe above exception was the direct cause of the following exception:\n\n",
            )?;
        } else if let Some(context) = exception.context() {
            Report(context).fmt(f)?;
            f.write_str(
                "\n\nDuring handling of the above exception, another exception occurred:\n\n",
            )?;
        }
        if !exception.traceback().is_empty() {
            f.write_str("Traceback (most recent call last):\n")?;
        }
        for frame in exception.traceback() {
            write!(f, "  File \"{}\", line {}", frame.file, frame.line)?;
            if let Some(column) = frame.column {
                write!(f, ", column {column}")?;
            }
            if !frame.function.is_empty() {
                write!(f, ", in {}", frame.function)?;
            }
            f.write_str("\n")?;
        }
        fmt::Display::fmt(exception, f)
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class())?;
        if self.message().is_empty() {
            return Ok(());
        }
        f.write_str(": ")?;
        f.write_str(self.message())
    }
}

impl fmt::Debug for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[cfg(feature = "alloc")]
        for frame in self.traceback() {
            writeln!(f, "  File \"{}\", line {}, in {}", frame.file, frame.line, frame.function)?;
        }
        fmt::Display::fmt(self, f)
    }
}

impl Error {
    pub(crate) fn type_error(expected: &'static str) -> Self {
        #[cfg(feature = "alloc")]
        return Self::Exception(Exception::new("TypeError", alloc::format!("expected {expected}")));
        #[cfg(not(feature = "alloc"))]
        Self::Exception(Exception::new("TypeError", expected))
    }

    /// For text that Rust's strings cannot have.
    #[cold]
    pub(crate) fn surrogates() -> Self {
        Self::Exception(Exception::new("UnicodeError", "surrogates not allowed"))
    }

    /// The exception, if it is one.
    pub fn exception(&self) -> Option<&Exception> {
        match self {
            Self::Exception(exception) => Some(exception),
            _ => None,
        }
    }
}

impl From<Exception> for Error {
    fn from(exception: Exception) -> Self {
        Self::Exception(exception)
    }
}

/// `RuntimeError` with this message.
impl From<&'static str> for Error {
    fn from(message: &'static str) -> Self {
        Self::Exception(Exception::new("RuntimeError", message))
    }
}

/// `RuntimeError` with this message.
#[cfg(feature = "alloc")]
impl From<String> for Error {
    fn from(message: String) -> Self {
        Self::Exception(Exception::new("RuntimeError", message))
    }
}

/// `OSError` with the error number and the system's message.
#[cfg(feature = "std")]
impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Exception(error.into())
    }
}

/// `OSError` with the error number and the system's message.
#[cfg(feature = "std")]
impl From<std::io::Error> for Exception {
    fn from(error: std::io::Error) -> Self {
        Exception::os_error(errno_of(&error), std::string::ToString::to_string(&error))
    }
}

/// The number of an error by Linux's count, which Python code knows on every system.
#[cfg(feature = "std")]
fn errno_of(error: &std::io::Error) -> i32 {
    use std::io::ErrorKind::{
        AddrInUse, AlreadyExists, ConnectionAborted, ConnectionRefused, ConnectionReset,
        DirectoryNotEmpty, InvalidInput, IsADirectory, NotADirectory, NotConnected, NotFound,
        OutOfMemory, PermissionDenied, ReadOnlyFilesystem, StorageFull, TimedOut, Unsupported,
        WouldBlock,
    };
    const EIO: i32 = 5;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Some(number) = error.raw_os_error() {
        return number;
    }
    match error.kind() {
        NotFound => 2,
        WouldBlock => 11,
        OutOfMemory => 12,
        PermissionDenied => 13,
        AlreadyExists => 17,
        NotADirectory => 20,
        IsADirectory => 21,
        InvalidInput => 22,
        StorageFull => 28,
        ReadOnlyFilesystem => 30,
        DirectoryNotEmpty => 39,
        Unsupported => 95,
        AddrInUse => 98,
        ConnectionAborted => 103,
        ConnectionReset => 104,
        NotConnected => 107,
        TimedOut => 110,
        ConnectionRefused => 111,
        _ => EIO,
    }
}
