//! Atoms and what follows them: calls, subscripts, attributes.

use super::Parser;
use crate::Message;
use crate::ast::{Comprehension, Ex, Headed, Kind, List, ListBuilder, Packed, Two};
use crate::error::Halt;
use crate::fold;
use crate::memory::Arena;
use crate::scope::ScopeKind;
use crate::token::Tok;

impl<'b> Parser<'_, 'b> {
    /// An atom with its trailers, perhaps awaited.
    pub(super) fn primary<'a>(&mut self, arena: &'a Arena<'b>) -> Result<Ex<'a>, Halt> {
        let pos = self.lexer.start();
        if self.accept(Tok::Await)? {
            let value = self.trailed(arena)?;
            return self.node(arena, pos, Kind::Await(value));
        }
        self.trailed(arena)
    }

    fn trailed<'a>(&mut self, arena: &'a Arena<'b>) -> Result<Ex<'a>, Halt> {
        let pos = self.lexer.start();
        let subject = self.atom(arena)?;
        let mut trailers = ListBuilder::new();
        loop {
            let at = self.lexer.start();
            let kind = match self.kind() {
                Tok::ParenOpen => {
                    self.enter()?;
                    self.advance()?;
                    let arguments = self.arguments(arena)?;
                    self.leave();
                    Kind::Call(arguments)
                }
                Tok::BracketOpen => {
                    self.enter()?;
                    self.advance()?;
                    let index = self.subscripts(arena)?;
                    self.expect(Tok::BracketClose, Message::ExpectedClosing)?;
                    self.leave();
                    Kind::Subscript(index)
                }
                Tok::Period => {
                    self.advance()?;
                    Kind::Attribute(self.name()?)
                }
                _ => break,
            };
            trailers.push(self.node(arena, at, kind)?);
        }
        let trailers = trailers.finish();
        if trailers.is_empty() {
            return Ok(subject);
        }
        if let (Kind::Name(name), Some(trailer)) = (subject.kind, trailers.single())
            && let Kind::Attribute(attribute) = trailer.kind
            && let Some(value) =
                fold::module_constant(self.lexer.text(name), self.lexer.text(attribute))
        {
            return self.node(arena, pos, Kind::Float(Packed(value)));
        }
        self.node(arena, pos, Kind::Postfix(Headed::new(subject, trailers)))
    }

    /// The arguments of a call after its opening parenthesis, and the closing one.
    pub(crate) fn arguments<'a>(&mut self, arena: &'a Arena<'b>) -> Result<List<'a>, Halt> {
        let mut list = ListBuilder::new();
        while self.kind() != Tok::ParenClose {
            let argument = self.argument(arena)?;
            list.push(argument);
            if !self.accept(Tok::Comma)? {
                break;
            }
        }
        self.expect(Tok::ParenClose, Message::ExpectedClosing)?;
        Ok(list.finish())
    }

    fn argument<'a>(&mut self, arena: &'a Arena<'b>) -> Result<Ex<'a>, Halt> {
        let pos = self.lexer.start();
        if self.accept(Tok::Star)? {
            let value = self.test(arena)?;
            return self.node(arena, pos, Kind::Star(value));
        }
        if self.accept(Tok::DoubleStar)? {
            let value = self.test(arena)?;
            return self.node(arena, pos, Kind::DoubleStar(value));
        }
        let name = (self.kind() == Tok::Name).then_some(self.lexer.at.token.span);
        let value = self.test(arena)?;
        match self.kind() {
            Tok::Assign => {
                let Some(name) = name.filter(|name| name.end == self.lexer.at.last_end) else {
                    return Err(self.lexer.error(pos, Message::KeywordName));
                };
                self.advance()?;
                let value = self.test(arena)?;
                let keyword = arena.alloc((name, value))?;
                self.node(arena, pos, Kind::Keyword(keyword))
            }
            Tok::For => self.comprehension(arena, pos, value, ScopeKind::GenExpr),
            _ => self.walrus(arena, value),
        }
    }

    fn subscripts<'a>(&mut self, arena: &'a Arena<'b>) -> Result<Ex<'a>, Halt> {
        let pos = self.lexer.start();
        let first = self.subscript(arena)?;
        if self.kind() != Tok::Comma {
            return Ok(first);
        }
        let mut list = ListBuilder::new();
        list.push(first);
        while self.accept(Tok::Comma)? && self.kind() != Tok::BracketClose {
            list.push(self.subscript(arena)?);
        }
        let list = list.finish();
        self.tuple(arena, pos, list, false)
    }

    fn subscript<'a>(&mut self, arena: &'a Arena<'b>) -> Result<Ex<'a>, Halt> {
        let pos = self.lexer.start();
        let mut parts = [None; 3];
        if self.kind() != Tok::Colon {
            let first = self.star_named(arena)?;
            if self.kind() != Tok::Colon {
                return Ok(first);
            }
            parts[0] = Some(first);
        }
        for part in parts.iter_mut().skip(1) {
            if !self.accept(Tok::Colon)? {
                break;
            }
            if !matches!(self.kind(), Tok::Colon | Tok::Comma | Tok::BracketClose) {
                *part = Some(self.test(arena)?);
            }
        }
        let parts = arena.alloc(parts)?;
        self.node(arena, pos, Kind::Slice(parts))
    }

    fn atom<'a>(&mut self, arena: &'a Arena<'b>) -> Result<Ex<'a>, Halt> {
        let span = self.lexer.at.token.span;
        let pos = span.start;
        let kind = match self.kind() {
            Tok::Name => match self.constants.find(self.lexer.text(span)) {
                Some(at) => self.constants.value(at, arena)?,
                None => Kind::Name(span),
            },
            Tok::Int => self.integer(arena, span)?,
            Tok::Float => Kind::Float(Packed(self.float(span)?)),
            Tok::Imag => Kind::Imaginary(Packed(self.float(span)?)),
            Tok::Str | Tok::Bytes | Tok::FString => return self.strings(arena),
            Tok::None => Kind::None,
            Tok::True => Kind::True,
            Tok::False => Kind::False,
            Tok::Debug if self.debug => Kind::True,
            Tok::Debug => Kind::False,
            Tok::Ellipsis => Kind::Ellipsis,
            Tok::ParenOpen | Tok::BracketOpen | Tok::BraceOpen => {
                self.enter()?;
                let open = self.kind();
                self.advance()?;
                let made = match open {
                    Tok::ParenOpen => self.parentheses(arena, pos)?,
                    Tok::BracketOpen => self.brackets(arena, pos)?,
                    _ => self.braces(arena, pos)?,
                };
                self.leave();
                return Ok(made);
            }
            _ => return Err(self.lexer.unexpected(Message::ExpectedExpression)),
        };
        self.advance()?;
        self.node(arena, pos, kind)
    }

    /// The clauses that follow a comprehension's element.
    pub(super) fn comprehension<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        pos: u32,
        element: Ex<'a>,
        kind: ScopeKind,
    ) -> Result<Ex<'a>, Halt> {
        let key = self.lexer.start();
        let mut clauses = ListBuilder::new();
        self.enter()?;
        loop {
            let at = self.lexer.start();
            let clause = if self.accept(Tok::For)? {
                let target = self.targets(arena)?;
                self.expect(Tok::In, Message::ExpectedIn)?;
                Kind::For(Two::new(target, self.or_test(arena)?))
            } else if self.accept(Tok::If)? {
                Kind::If(self.test_without_condition(arena)?)
            } else {
                break;
            };
            clauses.push(self.node(arena, at, clause)?);
        }
        self.leave();
        let clauses = clauses.finish();
        let made = arena.alloc(Comprehension { kind, key, element, clauses })?;
        self.node(arena, pos, Kind::Comprehension(made))
    }
}
