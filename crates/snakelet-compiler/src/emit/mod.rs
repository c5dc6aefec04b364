//! Bytecode from trees.
//!
//! One traversal serves the three walks over the text, see [`Walk`]. Which instructions stand for
//! what, and in which order, follows MicroPython's `py/compile.c`; where the language goes beyond
//! MicroPython's, what is emitted are instructions that it knows.

mod assembler;
mod assign;
mod call;
mod comprehension;
mod condition;
mod definition;
mod display;
mod exception;
mod expression;
mod function;
mod import;
mod instructions;
mod loops;
#[cfg(feature = "match")]
mod matching;
#[cfg(not(feature = "match"))]
#[path = "absent/matching.rs"]
mod matching;
mod names;
#[cfg(feature = "cpython")]
mod private;
#[cfg(not(feature = "cpython"))]
#[path = "absent/private.rs"]
mod private;
mod simple;
mod statement;
#[cfg(feature = "viper")]
mod viper;
#[cfg(not(feature = "viper"))]
#[path = "absent/viper.rs"]
mod viper;

use crate::fold::ConstantsMark;
use crate::lexer::State;
use crate::memory::{Arena, Budget, Buf};
use crate::parser::Parser;
use crate::scope::{ScopeId, ScopeKind, Scopes};
use crate::{Error, Mode, Options, Sink};
use assembler::{Assembler, Label};
use viper::Types;

/// What a walk over the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Walk {
    /// The first one: find errors of syntax, and what must be known ahead.
    Check,
    /// Code that never runs: parse it, and that is all.
    Skip,
    /// Find out which names are local.
    Scan,
    /// Make code.
    Emit,
}

/// Takes what the sink answers; its reason to refuse is put aside.
fn accepted<T: Default, E>(budget: &Budget, refusal: &mut Option<E>, answer: Result<T, E>) -> T {
    answer.unwrap_or_else(|error| {
        if !budget.failed() {
            *refusal = Some(error);
            budget.overflow();
        }
        T::default()
    })
}

/// Where `break` and `continue` go.
#[derive(Clone, Copy)]
struct Loop {
    breaks: Label,
    continues: Label,
    /// Whether leaving it takes an iterator off the stack.
    iterator: bool,
    /// How many exception blocks were open around it.
    except_level: u16,
}

/// A function that is being compiled.
struct Fun<'b, C> {
    /// Its scope; modules, and classes outside functions, have none.
    scope: Option<ScopeId>,
    kind: ScopeKind,
    /// Index of its name.
    name: u32,
    flags: u8,
    defaults: u16,
    code: Assembler<'b>,
    children: Buf<'b, C>,
    inner_loop: Option<Loop>,
    except_level: u16,
    max_except: u16,
    /// For a class without a scope: an inner function uses `__class__`.
    class_cell: bool,
    /// What is known of the types of its values.
    #[cfg_attr(not(feature = "viper"), expect(dead_code, reason = "has no contents"))]
    types: Types<'b>,
}

impl<'b, C> Fun<'b, C> {
    fn new(budget: &'b Budget, scope: Option<ScopeId>, kind: ScopeKind, name: u32) -> Self {
        Fun {
            scope,
            kind,
            name,
            flags: 0,
            defaults: 0,
            code: Assembler::new(budget),
            children: Buf::new(budget),
            inner_loop: None,
            except_level: 0,
            max_except: 0,
            class_cell: false,
            types: Types::none(),
        }
    }
}

/// Compiles one text.
pub(crate) struct Compiler<'s, 'b, 'k, S: Sink> {
    parser: Parser<'s, 'b>,
    sink: &'k mut S,
    /// Why the sink refused something.
    refusal: Option<S::Error>,
    budget: &'b Budget,
    mode: Mode,
    optimisation: u8,
    /// Whether functions may have Viper's types.
    viper: bool,
    walk: Walk,
    /// Whether this is the first walk, dead code included.
    checking: bool,
    scopes: Scopes<'b>,
    fun: Fun<'b, S::Code>,
    /// The functions around it, outermost first.
    outer: Buf<'b, Fun<'b, S::Code>>,
    /// Names that are declared `global` somewhere, each after its length in two bytes.
    globals: Buf<'b, u8>,
    /// Those of them that the classes without a scope have declared: how many functions are around
    /// the class, and the offset of the name.
    class_globals: Buf<'b, (u16, u32)>,
    /// The shape of each `try`, in the order of the text.
    tries: Buf<'b, u8>,
    /// Where names were declared `nonlocal` in the unit.
    nonlocals: Buf<'b, names::Declaration>,
    /// Names that are put together.
    text: Buf<'b, u8>,
    private: private::Private<'b>,
}

/// Takes a text from beginning to end through all walks.
pub(crate) fn compile<'b, 'k, S: Sink>(
    parser: Parser<'_, 'b>,
    options: &'k mut Options<'_>,
    sink: &'k mut S,
    budget: &'b Budget,
) -> Result<S::Code, Error<S::Error>> {
    let file_name = options.file_name;
    let mut compiler = Compiler {
        parser,
        sink,
        refusal: None,
        budget,
        mode: options.mode,
        optimisation: options.optimisation,
        viper: options.viper,
        walk: Walk::Check,
        checking: true,
        scopes: Scopes::new(budget),
        fun: Fun::new(budget, None, ScopeKind::Module, 0),
        outer: Buf::new(budget),
        globals: Buf::new(budget),
        class_globals: Buf::new(budget),
        tries: Buf::new(budget),
        nonlocals: Buf::new(budget),
        text: Buf::new(budget),
        private: private::Private::new(budget, options.cpython),
    };
    let code = compiler.all_walks(file_name);
    if !budget.failed() {
        return Ok(code);
    }
    Err(match compiler.refusal.take() {
        Some(refusal) => Error::Sink(refusal),
        None => Error::Fail(budget.failure()),
    })
}

impl<S: Sink> Compiler<'_, '_, '_, S> {
    fn all_walks(&mut self, file_name: &[u8]) -> S::Code {
        self.qstr(file_name);
        let mut arena = Arena::new(self.budget);
        let start = self.parser.lexer.at;
        self.input(&mut arena);
        self.parser.lexer.restore(start);
        self.parser.constants.clear();
        self.checking = false;
        self.walk = Walk::Emit;
        self.fun = Fun::new(self.budget, None, ScopeKind::Module, 0);
        self.fun.name = self.qstr(b"<module>");
        self.input(&mut arena);
        self.finish_function()
    }
}

/// A point of the text that can be returned to.
#[derive(Clone, Copy)]
struct Bookmark {
    state: State,
    constants: ConstantsMark,
}

impl<S: Sink> Compiler<'_, '_, '_, S> {
    fn bookmark(&self) -> Bookmark {
        Bookmark { state: self.parser.lexer.at, constants: self.parser.constants.mark() }
    }
}
