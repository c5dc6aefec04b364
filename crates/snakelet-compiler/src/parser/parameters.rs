//! Parameters of functions and lambdas.

use super::Parser;
use crate::Message;
use crate::ast::{Ex, Kind, List, ListBuilder, param};
use crate::memory::Arena;
use crate::token::{Span, Tok};

impl<'b> Parser<'_, 'b> {
    /// Parameters up to but without `close`, which is `)` for functions, whose parameters may be
    /// annotated, and `:` for lambdas.
    pub(crate) fn parameters<'a>(&mut self, arena: &'a Arena<'b>, close: Tok) -> List<'a> {
        let mut list = ListBuilder::new();
        let mut last = param::PLAIN;
        let mut star = false;
        let mut defaults = false;
        while self.kind() != close {
            let at = self.lexer.start();
            if last == param::DOUBLE_STAR {
                self.lexer.unexpected(Message::InvalidSyntax);
            }
            if self.accept(Tok::Slash) {
                let before = list.so_far();
                let repeated = before.first.tag() != param::PLAIN;
                if star || repeated || before.is_empty() {
                    self.lexer.error(at, Message::InvalidSyntax);
                }
                before.iter().for_each(|param| param.set_tag(param::POSITIONAL_ONLY));
            } else {
                let parameter = self.parameter(arena, close == Tok::ParenClose);
                last = parameter.tag();
                let default = matches!(parameter.kind(), Kind::Param(_, value) if value.is_some());
                if last == param::STAR {
                    if star {
                        self.lexer.error(at, Message::InvalidSyntax);
                    }
                    star = true;
                } else if last != param::DOUBLE_STAR && !star {
                    if defaults && !default {
                        self.lexer.error(at, Message::DefaultOrder);
                    }
                    defaults |= default;
                }
                list.push(parameter);
            }
            if !self.accept(Tok::Comma) {
                break;
            }
        }
        list.finish()
    }

    fn parameter<'a>(&mut self, arena: &'a Arena<'b>, annotated: bool) -> Ex<'a> {
        let tag = if self.accept(Tok::Star) {
            param::STAR
        } else if self.accept(Tok::DoubleStar) {
            param::DOUBLE_STAR
        } else {
            param::PLAIN
        };
        let bare = tag == param::STAR && self.kind() != Tok::Name;
        let name = if bare { Span::default() } else { self.name() };
        if annotated && !bare && self.accept(Tok::Colon) {
            let annotation = self.test(arena);
            self.annotations.note(name.start, annotation);
        }
        let mut default = Ex::NOTHING;
        if tag == param::PLAIN && self.accept(Tok::Assign) {
            default = self.test(arena);
        }
        let len = self.name_length(name);
        let made = self.node(arena, name.start, Kind::Param(len, default));
        made.set_tag(tag);
        made
    }
}
