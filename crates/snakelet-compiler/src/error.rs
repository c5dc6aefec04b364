//! What can go wrong, and the words for it.

use crate::SourceError;

/// Which exception a syntax error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
}

/// An error in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: Message,
}

impl SyntaxError {
    /// Which exception this is.
    pub fn kind(&self) -> ErrorKind {
        match self.message {
            Message::UnexpectedIndent | Message::UnindentMismatch | Message::ExpectedIndent => {
                ErrorKind::Indentation
            }
            _ => ErrorKind::Syntax,
        }
    }
}

/// A reason to stop that does not come from the sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fail {
    /// The text is not Python.
    Syntax(SyntaxError),
    /// The budget is used up or the allocator has no more: `MemoryError`.
    Memory,
    /// Nested too deep: `RuntimeError`, maximum recursion depth exceeded.
    Recursion,
    /// A function is too large for the format's jumps and tables: `RuntimeError`, bytecode overflow.
    Overflow,
    /// A name has more than [`LONGEST_NAME`](crate::LONGEST_NAME) bytes: `RuntimeError`, name too long.
    LongName,
    /// The text could not be read: `OSError`.
    Source(SourceError),
    /// The watcher asked to stop.
    Stopped,
}

/// Why a compilation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error<E> {
    /// The compiler's own reason.
    Fail(Fail),
    /// The sink's reason.
    Sink(E),
}

/// Declares the messages and their texts side by side.
macro_rules! messages {
    ($($name:ident $text:literal,)*) => {
        /// What is wrong with the text; where MicroPython has words for it, they are the same.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message {
            $(#[doc = $text] $name,)*
        }

        impl Message {
            /// The message's text.
            pub fn text(self) -> &'static str {
                match self {
                    $(Message::$name => $text,)*
                }
            }
        }
    };
}

messages! {
    InvalidSyntax "invalid syntax",
    UnexpectedIndent "unexpected indent",
    UnindentMismatch "unindent doesn't match any outer indent level",
    ExpectedIndent "expected an indented block",
    MalformedFString "malformed f-string",
    UnterminatedString "unterminated string",
    InvalidEscape "invalid escape in string",
    UnicodeName "unicode name escapes",
    InvalidCharacter "invalid character",
    InvalidNumber "invalid syntax for number",
    NotUtf8 "source is not UTF-8",
    MixedStrings "cannot mix bytes and nonbytes literals",
    ExpectedExpression "invalid syntax: expected an expression",
    ExpectedName "invalid syntax: expected a name",
    ExpectedColon "invalid syntax: expected ':'",
    ExpectedNewline "invalid syntax: expected the end of the line",
    ExpectedClosing "invalid syntax: expected a closing bracket or ','",
    ExpectedIn "invalid syntax: expected 'in'",
    ExpectedElse "invalid syntax: expected 'else'",
    ExpectedImport "invalid syntax: expected 'import'",
    ExpectedExcept "invalid syntax: expected 'except' or 'finally'",
    ExpectedCase "invalid syntax: expected 'case'",
    ExpectedPattern "invalid syntax: expected a pattern",
    ExpectedDefinition "invalid syntax: expected 'def' or 'class'",
    ExpectedStatement "invalid syntax: expected 'def', 'for' or 'with'",
    CannotAssign "can't assign to expression",
    CannotDelete "can't delete expression",
    MultipleStars "multiple *x in assignment",
    StarTarget "*x must be assignment target",
    DefaultOrder "non-default argument follows default argument",
    Decorator "invalid micropython decorator",
    AnnotationName "annotation must be an identifier",
    OutsideLoop "'break'/'continue' outside loop",
    ReturnOutside "'return' outside function",
    YieldOutside "'yield' outside function",
    AwaitOutside "'await' outside function",
    AsyncOutside "async for/with outside async function",
    ImportStar "import * not at module level",
    GlobalRedefined "identifier redefined as global",
    NonlocalRedefined "identifier redefined as nonlocal",
    NonlocalOuter "can't declare nonlocal in outer code",
    NonlocalUnbound "no binding for nonlocal found",
    ExceptOrder "default 'except' must be last",
    SuperSelf "super() can't find self",
    ArgumentReused "argument name reused",
    StarAfterDouble "* arg after **",
    StarAfterKeyword "* arg after kwarg",
    TooManyArguments "too many args",
    KeywordName "LHS of keyword arg must be an id",
    PositionalAfterDouble "positional arg after **",
    PositionalAfterKeyword "positional arg after keyword arg",
    DictItem "expecting key:value for dict",
    SetItem "expecting just a value for set",
    NotConstant "not a constant",
    PatternBinds "alternative patterns bind different names",
    PatternTwice "name bound twice in pattern",
}
