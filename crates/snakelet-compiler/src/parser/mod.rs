//! Trees from tokens, one expression at a time.
//!
//! Precedence climbing makes one list a level of operators, so that long chains nest no deeper than
//! short ones; every other nesting counts towards the limit of recursion. Constants are folded as
//! nodes are made, see [`crate::fold`].

#[cfg(feature = "viper")]
mod annotations;
#[cfg(not(feature = "viper"))]
#[path = "absent/annotations.rs"]
mod annotations;
mod display;
mod expression;
mod fstring;
mod number;
mod parameters;
#[cfg(feature = "match")]
mod pattern;
#[cfg(not(feature = "match"))]
#[path = "absent/pattern.rs"]
mod pattern;
mod postfix;

use core::cell::Cell;

use snakelet_num::bigint::Limb;

use crate::ast::{Ex, Expr, Kind};
use crate::fold::Constants;
use crate::lexer::Lexer;
use crate::memory::{Arena, Budget, Buf};
use crate::token::{Span, Tok};
use crate::{Fail, Message};
use annotations::Annotations;

/// Parses expressions; the compiler parses statements with it.
pub(crate) struct Parser<'s, 'b> {
    pub(crate) lexer: Lexer<'s, 'b>,
    /// The names that `const()` has given a value.
    pub(crate) constants: Constants<'b>,
    /// Text and digits of the literals that are being read.
    scratch: Buf<'b, u8>,
    pub(crate) limbs: Buf<'b, Limb>,
    depth: u16,
    limit: u16,
    /// The value of `__debug__`.
    debug: bool,
    pub(crate) small_int_bits: u8,
    pub(crate) annotations: Annotations<'b>,
}

impl<'s, 'b> Parser<'s, 'b> {
    pub(crate) fn new(
        lexer: Lexer<'s, 'b>,
        budget: &'b Budget,
        limit: u16,
        debug: bool,
        small_int_bits: u8,
    ) -> Self {
        Parser {
            lexer,
            constants: Constants::new(budget),
            scratch: Buf::new(budget),
            limbs: Buf::new(budget),
            depth: 0,
            limit,
            debug,
            small_int_bits,
            annotations: Annotations::new(budget),
        }
    }

    pub(crate) fn kind(&self) -> Tok {
        self.lexer.kind()
    }

    pub(crate) fn advance(&mut self) {
        self.lexer.advance()
    }

    /// Takes the current token if it is of this kind.
    #[inline(never)]
    pub(crate) fn accept(&mut self, kind: Tok) -> bool {
        let found = self.kind() == kind;
        if found {
            self.advance();
        }
        found
    }

    /// Takes a token that must come here.
    #[inline(never)]
    pub(crate) fn expect(&mut self, kind: Tok, message: Message) {
        if self.kind() != kind {
            return self.lexer.unexpected(message);
        }
        self.advance()
    }

    /// Takes a name.
    #[inline(never)]
    pub(crate) fn name(&mut self) -> Span {
        let span = self.lexer.at.token.span;
        self.expect(Tok::Name, Message::ExpectedName);
        span
    }

    /// How long a name is.
    pub(crate) fn name_length(&self, name: Span) -> u16 {
        u16::try_from(name.end - name.start).unwrap_or_else(|_| {
            self.lexer.budget().overflow();
            0
        })
    }

    /// Whether the current token is this name, which is not a reserved word.
    #[inline(never)]
    pub(crate) fn at_word(&self, word: &[u8]) -> bool {
        self.kind() == Tok::Name && self.lexer.text(self.lexer.at.token.span) == word
    }

    /// Counts one more level of nesting; answers whether it may be.
    #[inline(never)]
    pub(crate) fn enter(&mut self) -> bool {
        if self.depth >= self.limit {
            self.lexer.fail(Fail::Recursion);
            return false;
        }
        self.depth += 1;
        true
    }

    /// Passes the token that begins one more level of nesting.
    #[inline(never)]
    pub(crate) fn nest(&mut self) {
        self.enter();
        self.advance();
    }

    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    #[inline(never)]
    pub(crate) fn node<'a>(&self, arena: &'a Arena<'_>, pos: u32, kind: Kind<'a>) -> Ex<'a> {
        Ex::new(arena.alloc(Expr { pos, tag: Cell::new(0), next: Cell::new(Ex::NOTHING), kind }))
    }
}
