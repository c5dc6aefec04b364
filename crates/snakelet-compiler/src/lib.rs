//! Compiles Python source text to MicroPython bytecode in bounded memory.
//!
//! The text is never held as a whole, nor is a tree of it: [`compile`] reads one logical line at a
//! time through a [`Source`], makes the tree of one simple statement or of one compound statement's
//! header, turns it into bytecode and forgets it. What lives longer is the code of the functions
//! that are open at that point and the names of the outermost open function. Finished functions go
//! to a [`Sink`], be it a virtual machine's heap or the writer of an `.mpy` file.
//!
//! Three walks over the text share one traversal:
//!
//! 1. *check*: the whole text is parsed once, so that a syntax error is found before any code is
//!    made; what must be known ahead is noted (names declared `global`, the shape of each `try`).
//! 2. *scan*: just before an outermost function is compiled its text is walked to learn which of
//!    its names are local, closed over or global.
//! 3. *emit*: the code is made, in one walk, with jumps sized at the end of each function.
#![no_std]
#![cfg_attr(not(feature = "match"), allow(dead_code, reason = "what only patterns need"))]

extern crate alloc;

mod ast;
mod emit;
mod error;
mod fold;
mod lexer;
mod memory;
mod options;
mod parser;
mod repl;
mod scope;
mod sink;
mod source;
mod token;

/// Bytes that a name may have, as the reference's: longer ones are [`Fail::LongName`].
pub const LONGEST_NAME: usize = 255;

pub use error::{Error, ErrorKind, Fail, Message, SyntaxError};
pub use memory::Meter;
pub use options::{Mode, Options, Report, Watch};
pub use repl::needs_more_input;
pub use sink::{Compiled, Complaint, Const, Function, Sink};
pub use source::{Source, SourceError};

/// Compiles a text and hands its functions to `sink`.
///
/// # Errors
///
/// [`Error::Fail`] with what is wrong with the text or the means to compile it, [`Error::Sink`] with
/// what the sink answered. The sink may have got functions by then; nothing refers to them.
pub fn compile<S: Sink>(
    source: &mut dyn Source,
    options: &mut Options<'_>,
    sink: &mut S,
) -> Result<Compiled<S::Code>, Error<S::Error>> {
    let budget = memory::Budget::new(options.budget, options.meter.take(), options.watch.take());
    let lexer = lexer::Lexer::new(source, &budget, options.mode == Mode::Eval, options.cpython);
    let parser = parser::Parser::new(
        lexer,
        &budget,
        options.recursion_limit,
        options.optimisation == 0,
        options.small_int_bits,
    );
    let code = emit::compile(parser, options, sink, &budget)?;
    budget.end_work();
    Ok(Compiled { code, report: Report { peak_bytes: budget.peak() } })
}
