//! What stands in brackets: tuples, lists, sets, dictionaries, and their comprehensions.

use super::Parser;
use crate::Message;
use crate::ast::{Ex, Kind, List, ListBuilder, Two};
use crate::memory::Arena;
use crate::scope::ScopeKind;
use crate::token::Tok;

impl<'b> Parser<'_, 'b> {
    pub(super) fn parentheses<'a>(&mut self, arena: &'a Arena<'b>, pos: u32) -> Ex<'a> {
        let made = match self.kind() {
            Tok::ParenClose => self.node(arena, pos, Kind::ParenTuple(List::EMPTY)),
            Tok::Yield => self.yielding(arena),
            _ => {
                let first = self.star_named(arena);
                match self.kind() {
                    Tok::For => self.comprehension(arena, pos, first, ScopeKind::GenExpr),
                    Tok::Comma => {
                        let list = self.items(arena, first, Tok::ParenClose);
                        self.tuple(arena, pos, list, true)
                    }
                    _ => {
                        if matches!(*first.kind(), Kind::Star(_)) {
                            self.lexer.error(first.pos(), Message::StarTarget);
                        }
                        first
                    }
                }
            }
        };
        self.expect(Tok::ParenClose, Message::ExpectedClosing);
        made
    }

    pub(super) fn brackets<'a>(&mut self, arena: &'a Arena<'b>, pos: u32) -> Ex<'a> {
        let made = if self.kind() == Tok::BracketClose {
            self.node(arena, pos, Kind::List(List::EMPTY))
        } else {
            let first = self.star_named(arena);
            if self.kind() == Tok::For {
                self.comprehension(arena, pos, first, ScopeKind::ListComp)
            } else {
                let list = self.items(arena, first, Tok::BracketClose);
                self.node(arena, pos, Kind::List(list))
            }
        };
        self.expect(Tok::BracketClose, Message::ExpectedClosing);
        made
    }

    /// The items after the first, up to but without the closing bracket.
    fn items<'a>(&mut self, arena: &'a Arena<'b>, first: Ex<'a>, close: Tok) -> List<'a> {
        let mut list = ListBuilder::new();
        list.push(first);
        while self.accept(Tok::Comma) && self.kind() != close {
            list.push(self.star_named(arena));
        }
        list.finish()
    }

    pub(super) fn braces<'a>(&mut self, arena: &'a Arena<'b>, pos: u32) -> Ex<'a> {
        if self.accept(Tok::BraceClose) {
            return self.node(arena, pos, Kind::Dict(List::EMPTY));
        }
        let first = self.brace_item(arena);
        let is_dict = is_item(first);
        let made = if self.kind() == Tok::For {
            let kind = if is_dict { ScopeKind::DictComp } else { ScopeKind::SetComp };
            self.comprehension(arena, pos, first, kind)
        } else {
            let mut list = ListBuilder::new();
            list.push(first);
            while self.accept(Tok::Comma) && self.kind() != Tok::BraceClose {
                let item = self.brace_item(arena);
                if is_item(item) != is_dict {
                    let message = if is_dict { Message::DictItem } else { Message::SetItem };
                    self.lexer.error(item.pos(), message);
                }
                list.push(item);
            }
            let list = list.finish();
            self.node(arena, pos, if is_dict { Kind::Dict(list) } else { Kind::Set(list) })
        };
        self.expect(Tok::BraceClose, Message::ExpectedClosing);
        made
    }

    fn brace_item<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        if self.accept(Tok::DoubleStar) {
            let value = self.expr(arena);
            return self.node(arena, pos, Kind::DoubleStar(value));
        }
        let key = self.star_named(arena);
        if !self.accept(Tok::Colon) {
            return key;
        }
        let value = self.test(arena);
        self.node(arena, pos, Kind::Pair(Two::new(key, value)))
    }
}

/// Whether an item in braces is a dictionary's.
fn is_item(item: Ex<'_>) -> bool {
    matches!(*item.kind(), Kind::Pair(..) | Kind::DoubleStar(_))
}
