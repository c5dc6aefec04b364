//! Patterns of `match`.
//!
//! They are made of the same nodes as expressions: a name captures (`_` does not), `List` is a
//! sequence, `Dict` a mapping, `Or` alternatives, `Walrus` is `pattern as name`, `Format` a class
//! with its arguments; everything else is a value to be compared.

use super::Parser;
use crate::Message;
use crate::ast::{Ex, Headed, Kind, List, ListBuilder, Two};
use crate::fold;
use crate::memory::Arena;
use crate::token::Tok;

impl<'b> Parser<'_, 'b> {
    /// Whether a statement that begins with the name `match` is one: it ends in `:`.
    pub(crate) fn begins_match(&mut self) -> bool {
        if !self.at_word(b"match") {
            return false;
        }
        let start = self.lexer.at;
        self.advance();
        let mut colon = false;
        if self.begins_expression() {
            while !matches!(self.kind(), Tok::Newline | Tok::End) {
                colon = self.kind() == Tok::Colon && self.lexer.at.brackets == 0;
                if self.kind() == Tok::FString {
                    self.skip_formatted();
                }
                self.advance();
            }
        }
        self.lexer.at = start;
        colon
    }

    /// What is matched: tests, starred or named ones too, a tuple if there is any comma.
    pub(crate) fn subject<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let first = self.star_named(arena);
        if self.kind() != Tok::Comma {
            return first;
        }
        let mut list = ListBuilder::new();
        list.push(first);
        while self.accept(Tok::Comma) && self.begins_expression() {
            list.push(self.star_named(arena));
        }
        self.tuple(arena, pos, list.finish(), false)
    }

    /// The pattern of a `case`; a sequence if there is any comma.
    pub(crate) fn patterns<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let first = self.star_pattern(arena);
        if self.kind() != Tok::Comma {
            if matches!(*first.kind(), Kind::Star(_)) {
                self.lexer.unexpected(Message::ExpectedPattern);
            }
            return first;
        }
        let list = self.more_patterns(arena, first, Tok::Colon);
        self.node(arena, pos, Kind::List(list))
    }

    fn more_patterns<'a>(&mut self, arena: &'a Arena<'b>, first: Ex<'a>, close: Tok) -> List<'a> {
        let mut list = ListBuilder::new();
        list.push(first);
        while self.accept(Tok::Comma) && self.kind() != close && self.kind() != Tok::If {
            list.push(self.star_pattern(arena));
        }
        let list = list.finish();
        if let Some(star) = list.iter().filter(|e| matches!(*e.kind(), Kind::Star(_))).nth(1) {
            self.lexer.error(star.pos(), Message::MultipleStars);
        }
        list
    }

    fn star_pattern<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        if !self.accept(Tok::Star) {
            return self.pattern(arena);
        }
        let name = self.capture(arena);
        self.node(arena, pos, Kind::Star(name))
    }

    fn capture<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let name = self.name();
        self.node(arena, pos, Kind::Name(name))
    }

    /// Alternatives, perhaps with a name for what matched.
    fn pattern<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        self.enter();
        let mut pattern = self.closed_pattern(arena);
        if self.kind() == Tok::Pipe {
            let mut list = ListBuilder::new();
            list.push(pattern);
            while self.accept(Tok::Pipe) {
                list.push(self.closed_pattern(arena));
            }
            pattern = self.node(arena, pos, Kind::Or(list.finish()));
        }
        if self.accept(Tok::As) {
            let name = self.capture(arena);
            pattern = self.node(arena, pos, Kind::Walrus(Two::new(name, pattern)));
        }
        self.leave();
        pattern
    }

    fn closed_pattern<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        match self.kind() {
            Tok::Name => self.name_pattern(arena, pos),
            Tok::ParenOpen | Tok::BracketOpen => {
                let group = self.kind() == Tok::ParenOpen;
                let close = if group { Tok::ParenClose } else { Tok::BracketClose };
                self.advance();
                let mut list = List::EMPTY;
                if self.kind() != close {
                    let first = self.star_pattern(arena);
                    let single = group && self.kind() != Tok::Comma;
                    if single && !matches!(*first.kind(), Kind::Star(_)) {
                        self.expect(close, Message::ExpectedClosing);
                        return first;
                    }
                    list = self.more_patterns(arena, first, close);
                }
                self.expect(close, Message::ExpectedClosing);
                self.node(arena, pos, Kind::List(list))
            }
            Tok::BraceOpen => self.mapping_pattern(arena, pos),
            Tok::Int
            | Tok::Float
            | Tok::Imag
            | Tok::Minus
            | Tok::Str
            | Tok::Bytes
            | Tok::None
            | Tok::True
            | Tok::False => self.literal_pattern(arena, pos),
            _ => {
                self.lexer.unexpected(Message::ExpectedPattern);
                Ex::NOTHING
            }
        }
    }

    /// A constant, or the sum of a real and an imaginary one.
    fn literal_pattern<'a>(&mut self, arena: &'a Arena<'b>, pos: u32) -> Ex<'a> {
        let value = self.sum(arena);
        let literal = match *value.kind() {
            Kind::Chain(list) => list.iter().all(is_literal),
            _ => is_literal(value),
        };
        if !literal {
            self.lexer.error(pos, Message::ExpectedPattern);
        }
        value
    }

    /// A capture, a dotted value, or a class.
    fn name_pattern<'a>(&mut self, arena: &'a Arena<'b>, pos: u32) -> Ex<'a> {
        let mut value = self.capture(arena);
        let mut attributes = ListBuilder::new();
        while self.kind() == Tok::Period {
            let at = self.lexer.start();
            self.advance();
            let name = self.name();
            attributes.push(self.node(arena, at, Kind::Attribute(name)));
        }
        let attributes = attributes.finish();
        if !attributes.is_empty() {
            let headed = Headed::new(value, attributes);
            value = self.node(arena, pos, Kind::Postfix(headed));
        }
        if !self.accept(Tok::ParenOpen) {
            return value;
        }
        let mut arguments = ListBuilder::new();
        let mut keyword = false;
        while self.kind() != Tok::ParenClose {
            let at = self.lexer.start();
            let mut argument = self.pattern(arena);
            if let Kind::Name(name) = *argument.kind()
                && self.accept(Tok::Assign)
            {
                keyword = true;
                let pattern = self.pattern(arena);
                argument = self.keyword(arena, name, pattern);
            } else if keyword {
                self.lexer.error(at, Message::PositionalAfterKeyword);
            }
            arguments.push(argument);
            if !self.accept(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::ParenClose, Message::ExpectedClosing);
        self.node(arena, pos, Kind::Format(Headed::new(value, arguments.finish())))
    }

    fn mapping_pattern<'a>(&mut self, arena: &'a Arena<'b>, pos: u32) -> Ex<'a> {
        self.advance();
        let mut list = ListBuilder::new();
        let mut rest = false;
        while self.kind() != Tok::BraceClose {
            let at = self.lexer.start();
            if rest {
                self.lexer.unexpected(Message::ExpectedClosing);
            }
            if self.accept(Tok::DoubleStar) {
                rest = true;
                let name = self.capture(arena);
                list.push(self.node(arena, at, Kind::DoubleStar(name)));
            } else {
                let key = self.closed_pattern(arena);
                if !matches!(*key.kind(), Kind::Postfix(..)) && !fold::is_constant(key) {
                    self.lexer.error(at, Message::ExpectedPattern);
                }
                self.expect(Tok::Colon, Message::ExpectedColon);
                let value = self.pattern(arena);
                list.push(self.node(arena, at, Kind::Pair(Two::new(key, value))));
            }
            if !self.accept(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::BraceClose, Message::ExpectedClosing);
        self.node(arena, pos, Kind::Dict(list.finish()))
    }
}

/// Whether an expression is a constant, perhaps with a sign that folding has left.
fn is_literal(expr: Ex<'_>) -> bool {
    match *expr.kind() {
        Kind::Unary(_, operand) => fold::is_constant(operand),
        _ => fold::is_constant(expr),
    }
}
