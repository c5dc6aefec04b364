//! A sink that keeps what it gets, and sources that give little at a time.

#![allow(dead_code, reason = "each test uses a part")]

use std::fmt::Write as _;

use snakelet_compiler::{
    Compiled, Const, Error, Function, Message, Options, Sink, Source, SourceError, SyntaxError,
    compile,
};

/// Keeps the parts of a module.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Kept {
    pub(crate) names: Vec<Vec<u8>>,
    pub(crate) constants: Vec<String>,
    pub(crate) functions: Vec<String>,
    /// How much more may be taken; nothing stands for no limit.
    pub(crate) room: Option<usize>,
}

/// The sink has no room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Full;

impl Kept {
    fn take(&mut self) -> Result<(), Full> {
        match &mut self.room {
            Some(0) => Err(Full),
            Some(room) => {
                *room -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Sink for Kept {
    type Error = Full;
    type Code = usize;

    fn qstr(&mut self, text: &[u8]) -> Result<u32, Full> {
        self.take()?;
        let known = self.names.iter().position(|name| name == text);
        if known.is_none() {
            self.names.push(text.to_vec());
        }
        Ok(known.unwrap_or(self.names.len() - 1) as u32)
    }

    fn is_interned(&mut self, text: &[u8]) -> bool {
        self.names.iter().any(|name| name == text)
    }

    fn constant(&mut self, value: &Const<'_>) -> Result<u32, Full> {
        self.take()?;
        self.constants.push(format!("{value:?}"));
        Ok(self.constants.len() as u32 - 1)
    }

    fn function(&mut self, function: &Function<'_, usize>) -> Result<usize, Full> {
        self.take()?;
        let mut text = String::new();
        let _ = write!(text, "{function:?}");
        self.functions.push(text);
        Ok(self.functions.len() - 1)
    }
}

/// A text that is not held in one piece and comes so many bytes at a time.
pub(crate) struct Trickle<'a>(pub(crate) &'a [u8], pub(crate) usize);

impl Source for Trickle<'_> {
    fn read_at(&mut self, offset: u32, buf: &mut [u8]) -> Result<usize, SourceError> {
        let rest = self.0.get(offset as usize..).unwrap_or_default();
        let n = rest.len().min(buf.len()).min(self.1);
        buf[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

pub(crate) type Outcome = Result<Compiled<usize>, Error<Full>>;

pub(crate) fn run(source: &mut dyn Source, options: &mut Options<'_>) -> (Outcome, Kept) {
    let mut sink = Kept::default();
    let outcome = compile(source, options, &mut sink);
    (outcome, sink)
}

/// Compiles a module with default options.
pub(crate) fn module(text: &str) -> (Outcome, Kept) {
    run(&mut text.as_bytes(), &mut Options::default())
}

/// The error that a text is to have: line, column, message.
pub(crate) fn error(text: &str) -> Option<(u32, u32, Message)> {
    match module(text).0 {
        Err(Error::Fail(snakelet_compiler::Fail::Syntax(SyntaxError {
            line,
            column,
            message,
        }))) => Some((line, column, message)),
        _ => None,
    }
}
