//! Cross compiler: Python source to `.mpy` files.
//!
//! ```
//! let options = snakelet_cross::Settings { name: "hello.py", ..Default::default() };
//! let mpy = snakelet_cross::compile(b"print('hello')", &options).unwrap();
//! assert_eq!(&mpy[..2], b"M\x06");
//! ```

mod module;

use core::convert::Infallible;
use core::fmt;

use snakelet_compiler::{ErrorKind, Fail, Options, SyntaxError};

pub use snakelet_compiler::Report;

/// What to compile for.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// Name of the source, as tracebacks show it.
    pub name: &'a str,
    /// `-O` level.
    pub optimisation: u8,
    /// Width of the target's small integers.
    pub small_int_bits: u8,
    /// Whether to take CPython's way where MicroPython's own cross compiler does not, as scripts are compiled on hosts;
    /// see [`Options::cpython`](snakelet_compiler::Options::cpython).
    pub cpython: bool,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Settings { name: "<stdin>", optimisation: 0, small_int_bits: 31, cpython: false }
    }
}

/// Why a source was not compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    name: String,
    fail: Fail,
}

impl Error {
    /// Where and how the source is wrong, if that is the reason.
    pub fn syntax(&self) -> Option<SyntaxError> {
        match self.fail {
            Fail::Syntax(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fail {
            Fail::Syntax(error) => {
                let kind = match error.kind() {
                    ErrorKind::Indentation => "IndentationError",
                    ErrorKind::Syntax => "SyntaxError",
                };
                writeln!(
                    f,
                    "  File \"{}\", line {}, column {}",
                    self.name, error.line, error.column
                )?;
                write!(f, "{kind}: {}", error.message.text())
            }
            Fail::Memory => f.write_str("MemoryError"),
            Fail::Recursion => f.write_str("RuntimeError: maximum recursion depth exceeded"),
            Fail::Overflow => f.write_str("RuntimeError: bytecode overflow"),
            Fail::LongName => f.write_str("RuntimeError: name too long"),
            Fail::Source(_) => f.write_str("OSError"),
            Fail::Stopped => f.write_str("KeyboardInterrupt"),
        }
    }
}

impl std::error::Error for Error {}

/// Compiles a module to the bytes of an `.mpy` file.
///
/// # Errors
///
/// What is wrong with the source.
pub fn compile(source: &[u8], settings: &Settings<'_>) -> Result<Vec<u8>, Error> {
    compile_with_report(source, settings).map(|(bytes, _)| bytes)
}

/// Compiles a module and tells what that cost.
///
/// # Errors
///
/// What is wrong with the source.
pub fn compile_with_report(
    source: &[u8],
    settings: &Settings<'_>,
) -> Result<(Vec<u8>, Report), Error> {
    let mut options = Options {
        file_name: settings.name.as_bytes(),
        optimisation: settings.optimisation,
        small_int_bits: settings.small_int_bits,
        cpython: settings.cpython,
        ..Options::default()
    };
    let mut module = module::Builder::new(settings.small_int_bits);
    let mut text = source;
    match snakelet_compiler::compile::<module::Builder>(&mut text, &mut options, &mut module) {
        Ok(compiled) => Ok((module.finish(compiled.code), compiled.report)),
        Err(snakelet_compiler::Error::Fail(fail)) => {
            Err(Error { name: settings.name.to_owned(), fail })
        }
        Err(snakelet_compiler::Error::Sink(never)) => {
            let never: Infallible = never;
            match never {}
        }
    }
}
