//! What the caller of the compiler chooses, and what the compiler reports back.

use alloc::rc::Rc;

use crate::memory::Meter;

/// Which of Python's start symbols the text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A module: any number of statements.
    #[default]
    File,
    /// One statement typed at a prompt; the value of an expression statement is handed to
    /// `__repl_print__`.
    Single,
    /// One expression, whose value the code returns.
    Eval,
}

/// How to compile.
pub struct Options<'a> {
    /// The name of the source, first entry of the module's table of names.
    pub file_name: &'a [u8],
    /// Which start symbol the text is.
    pub mode: Mode,
    /// `-O` level: from 1 on `assert` is left out and `__debug__` is false, from 3 on line numbers
    /// are left out too.
    pub optimisation: u8,
    /// How deep expressions and blocks may nest. Each level costs some hundreds of bytes of machine
    /// stack.
    pub recursion_limit: u16,
    /// How many bytes the compiler may have allocated at any one time.
    pub budget: usize,
    /// A second limit, which may change while the sink works; it tells what is in use, too.
    pub meter: Option<Rc<Meter>>,
    /// Width of the target's small integers, sign included: 31 or 63. Larger ones are constants.
    pub small_int_bits: u8,
    /// Whether functions with `@micropython.viper` have Viper's types, with the feature `viper`. They are made of instructions
    /// that are no part of the format, for the interpreter that compiles them; otherwise their values are objects.
    pub viper: bool,
    /// Whether names are private to classes, `1if x else 2` is understood, and annotations of anything but one target
    /// are refused, as by CPython. Heard with the cargo feature `cpython` alone.
    pub cpython: bool,
    /// Is told of the work that is done, and may stop the compilation.
    pub watch: Option<Rc<dyn Watch>>,
}

/// Watches a compilation.
pub trait Watch {
    /// Is told of `steps` more, which are some hundreds; a step is about as much work as a token. The
    /// compilation stops when it answers `false`.
    fn work(&self, steps: u32) -> bool;
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            file_name: b"<stdin>",
            mode: Mode::File,
            optimisation: 0,
            recursion_limit: 200,
            budget: usize::MAX,
            meter: None,
            small_int_bits: 31,
            viper: false,
            cpython: false,
            watch: None,
        }
    }
}

/// What a compilation cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Most bytes that the compiler had allocated at one time: trees, tables, window over the text,
    /// code of unfinished functions.
    pub peak_bytes: usize,
}
