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
    #[error("{0}")]
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

#[cfg(feature = "alloc")]
struct Details {
    /// Empty for an exception of a built-in class.
    class: String,
    base: &'static str,
    message: String,
    frames: Vec<Frame>,
    object: Option<Handle>,
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
}

impl Exception {
    /// Describes an exception for the host to raise. A class that is not built in becomes
    /// `RuntimeError`.
    #[cfg(feature = "alloc")]
    pub fn new(class: &'static str, message: impl Into<String>) -> Self {
        let details = Details {
            class: String::new(),
            base: class,
            message: message.into(),
            frames: Vec::new(),
            object: None,
        };
        Self(Box::new(details))
    }

    /// Describes an exception for the host to raise. A class that is not built in becomes
    /// `RuntimeError`.
    #[cfg(not(feature = "alloc"))]
    pub fn new(class: &'static str, message: &'static str) -> Self {
        Self { base: class, message }
    }

    #[cfg(feature = "alloc")]
    pub(crate) fn raised(
        class: String,
        base: &'static str,
        message: String,
        frames: Vec<Frame>,
        object: Option<Handle>,
    ) -> Self {
        Self(Box::new(Details { class, base, message, frames, object }))
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

    /// The message: its `str()`. Empty without the `alloc` feature unless the host made it.
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

/// `OSError` with the system's message.
#[cfg(feature = "std")]
impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Exception(Exception::new("OSError", std::string::ToString::to_string(&error)))
    }
}
