//! Where finished code goes.

use snakelet_num::bigint::Limb;

use crate::Report;

/// A constant that does not fit into an instruction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Const<'a> {
    /// `None`, only inside a tuple.
    None,
    /// `True` or `False`, only inside a tuple.
    Bool(bool),
    /// `...`
    Ellipsis,
    /// An integer that fits a small one, only inside a tuple.
    Small(i64),
    /// A larger integer.
    Int {
        /// Whether it is below zero.
        negative: bool,
        /// Its absolute value, least significant limb first, no leading zero limbs.
        magnitude: &'a [Limb],
    },
    /// A float.
    Float(f64),
    /// An imaginary number.
    Imaginary(f64),
    /// Text, in UTF-8.
    Str(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A tuple of constants.
    Tuple(&'a [Const<'a>]),
}

/// Which exception a complaint about Viper's types becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// `ViperTypeError`
    Type,
    /// `NotImplementedError`
    NotImplemented,
}

/// A finished function, as an `.mpy` file holds it.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a, C> {
    /// The bytes before the first instruction: signature, sizes, names, line table, cells.
    pub prelude: &'a [u8],
    /// The instructions; they follow the prelude immediately.
    pub code: &'a [u8],
    /// The functions that this one makes, by the number its instructions use.
    pub children: &'a [C],
    /// `MP_SCOPE_FLAG_*` as the prelude has them: 1 generator, 2 `**kw`, 4 `*args`, 8 keyword
    /// defaults.
    pub flags: u8,
    /// How many of the state's slots are named, arguments and cells included.
    pub n_locals: u32,
    /// Size of the state: locals and value stack.
    pub n_state: u32,
    /// Size of the stack of exception handlers.
    pub n_exc_stack: u32,
}

/// Takes the parts of a module as they are finished, innermost functions first.
///
/// The compiler does not remember which names and constants it has handed over: a sink that gets
/// the same one twice answers the same index.
pub trait Sink {
    /// Why the sink cannot go on, for instance that its heap is used up.
    type Error;
    /// A finished function. The default value stands for one that is not finished yet.
    type Code: Copy + Default;

    /// Returns the index of a name in the module's table of names. The first that is asked for is
    /// the file name, whose index is 0.
    fn qstr(&mut self, text: &[u8]) -> Result<u32, Self::Error>;

    /// Whether a string is in use as a name already, so that a constant with this value costs
    /// nothing as a name.
    fn is_interned(&mut self, text: &[u8]) -> bool;

    /// Returns the index of a constant in the module's table of constants.
    fn constant(&mut self, value: &Const<'_>) -> Result<u32, Self::Error>;

    /// Makes the sink's error of a complaint about the types in a function of Viper's: the line, the index of the
    /// function's name, and the parts of what is said. A sink that answers `None` gets a syntax error instead.
    fn complain(
        &mut self,
        complaint: Complaint,
        line: u32,
        function: u32,
        parts: &[&[u8]],
    ) -> Option<Self::Error> {
        let _ = (complaint, line, function, parts);
        None
    }

    /// Takes a finished function.
    fn function(&mut self, function: &Function<'_, Self::Code>) -> Result<Self::Code, Self::Error>;
}

/// A module that was compiled.
#[derive(Clone, Copy, Debug)]
pub struct Compiled<C> {
    /// The function that runs the module.
    pub code: C,
    /// What compiling it cost.
    pub report: Report,
}
