//! Atoms and what follows them: calls, subscripts, attributes.

use super::Parser;
use crate::Message;
use crate::ast::{Ex, Headed, Kind, List, ListBuilder, Packed, Two};
use crate::fold;
use crate::memory::Arena;
use crate::scope::ScopeKind;
use crate::token::{Span, Tok};

impl<'b> Parser<'_, 'b> {
    /// An atom with its trailers, perhaps awaited.
    pub(super) fn primary<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        if self.accept(Tok::Await) {
            let value = self.trailed(arena);
            return self.node(arena, pos, Kind::Await(value));
        }
        self.trailed(arena)
    }

    fn trailed<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let subject = self.atom(arena);
        let mut trailers = ListBuilder::new();
        loop {
            let at = self.lexer.start();
            let kind = match self.kind() {
                Tok::ParenOpen => {
                    self.nest();
                    let arguments = self.arguments(arena);
                    self.leave();
                    Kind::Call(arguments)
                }
                Tok::BracketOpen => {
                    self.nest();
                    let index = self.subscripts(arena);
                    self.expect(Tok::BracketClose, Message::ExpectedClosing);
                    self.leave();
                    Kind::Subscript(index)
                }
                Tok::Period => {
                    self.advance();
                    Kind::Attribute(self.name())
                }
                _ => break,
            };
            trailers.push(self.node(arena, at, kind));
        }
        let trailers = trailers.finish();
        if trailers.is_empty() {
            return subject;
        }
        if let (Kind::Name(name), Some(trailer)) = (*subject.kind(), trailers.single())
            && let Kind::Attribute(attribute) = *trailer.kind()
            && let Some(value) =
                fold::module_constant(self.lexer.text(name), self.lexer.text(attribute))
        {
            return self.node(arena, pos, Kind::Float(Packed(value)));
        }
        self.node(arena, pos, Kind::Postfix(Headed::new(subject, trailers)))
    }

    /// The arguments of a call after its opening parenthesis, and the closing one.
    pub(crate) fn arguments<'a>(&mut self, arena: &'a Arena<'b>) -> List<'a> {
        let mut list = ListBuilder::new();
        while self.kind() != Tok::ParenClose {
            let argument = self.argument(arena);
            list.push(argument);
            if !self.accept(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::ParenClose, Message::ExpectedClosing);
        list.finish()
    }

    fn argument<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        if self.accept(Tok::Star) {
            let value = self.test(arena);
            return self.node(arena, pos, Kind::Star(value));
        }
        if self.accept(Tok::DoubleStar) {
            let value = self.test(arena);
            return self.node(arena, pos, Kind::DoubleStar(value));
        }
        let name = (self.kind() == Tok::Name).then_some(self.lexer.at.token.span);
        let value = self.test(arena);
        match self.kind() {
            Tok::Assign => {
                let Some(name) = name.filter(|name| name.end == self.lexer.at.last_end) else {
                    self.lexer.error(pos, Message::KeywordName);
                    return value;
                };
                self.advance();
                let value = self.test(arena);
                self.keyword(arena, name, value)
            }
            Tok::For => self.comprehension(arena, pos, value, ScopeKind::GenExpr),
            _ => self.walrus(arena, value),
        }
    }

    /// `name=value`, in a call or pattern.
    pub(super) fn keyword<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        name: Span,
        value: Ex<'a>,
    ) -> Ex<'a> {
        let len = self.name_length(name);
        self.node(arena, name.start, Kind::Keyword(len, value))
    }

    fn subscripts<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let first = self.subscript(arena);
        if self.kind() != Tok::Comma {
            return first;
        }
        let mut list = ListBuilder::new();
        list.push(first);
        while self.accept(Tok::Comma) && self.kind() != Tok::BracketClose {
            list.push(self.subscript(arena));
        }
        let list = list.finish();
        self.tuple(arena, pos, list, false)
    }

    fn subscript<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let mut first = None;
        if self.kind() != Tok::Colon {
            let value = self.star_named(arena);
            if self.kind() != Tok::Colon {
                return value;
            }
            first = Some(value);
        }
        let mut parts = ListBuilder::new();
        parts.push(first.unwrap_or_else(|| self.node(arena, pos, Kind::None)));
        self.advance();
        parts.push(self.bound(arena));
        if self.accept(Tok::Colon) && !self.ends_bound() {
            parts.push(self.test(arena));
        }
        self.node(arena, pos, Kind::Slice(parts.finish()))
    }

    /// A bound of a slice, which may be left out.
    fn bound<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        if self.ends_bound() {
            self.node(arena, self.lexer.start(), Kind::None)
        } else {
            self.test(arena)
        }
    }

    fn ends_bound(&self) -> bool {
        matches!(self.kind(), Tok::Colon | Tok::Comma | Tok::BracketClose)
    }

    fn atom<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let span = self.lexer.at.token.span;
        let pos = span.start;
        let kind = match self.kind() {
            Tok::Name => match self.constants.find(self.lexer.text(span)) {
                Some(at) => self.constants.value(at, arena),
                None => Kind::Name(span),
            },
            Tok::Int => self.integer(arena, span),
            Tok::Float => Kind::Float(Packed(self.float(span))),
            Tok::Imag => Kind::Imaginary(Packed(self.float(span))),
            Tok::Str | Tok::Bytes | Tok::FString => return self.strings(arena),
            Tok::None => Kind::None,
            Tok::True => Kind::True,
            Tok::False => Kind::False,
            Tok::Debug if self.debug => Kind::True,
            Tok::Debug => Kind::False,
            Tok::Ellipsis => Kind::Ellipsis,
            Tok::ParenOpen | Tok::BracketOpen | Tok::BraceOpen => {
                let open = self.kind();
                self.nest();
                let made = match open {
                    Tok::ParenOpen => self.parentheses(arena, pos),
                    Tok::BracketOpen => self.brackets(arena, pos),
                    _ => self.braces(arena, pos),
                };
                self.leave();
                return made;
            }
            _ => {
                self.lexer.unexpected(Message::ExpectedExpression);
                return Ex::NOTHING;
            }
        };
        self.advance();
        self.node(arena, pos, kind)
    }

    /// The clauses that follow a comprehension's element.
    pub(super) fn comprehension<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        pos: u32,
        element: Ex<'a>,
        kind: ScopeKind,
    ) -> Ex<'a> {
        let mut clauses = ListBuilder::new();
        self.enter();
        loop {
            let at = self.lexer.start();
            let clause = if self.accept(Tok::For) {
                let target = self.targets(arena);
                self.expect(Tok::In, Message::ExpectedIn);
                Kind::For(Two::new(target, self.or_test(arena)))
            } else if self.accept(Tok::If) {
                Kind::If(self.test_without_condition(arena))
            } else {
                break;
            };
            clauses.push(self.node(arena, at, clause));
        }
        self.leave();
        let made = Headed::new(element, clauses.finish());
        self.node(arena, pos, Kind::Comprehension(kind, made))
    }
}
