//! Parameters of functions and lambdas.

use core::cell::Cell;

use super::Parser;
use crate::Message;
use crate::ast::{Param, ParamKind};
use crate::error::Halt;
use crate::memory::Arena;
use crate::token::{Span, Tok};

impl<'b> Parser<'_, 'b> {
    /// Parameters up to but without `close`, which is `)` for functions, whose parameters may be
    /// annotated, and `:` for lambdas.
    pub(crate) fn parameters<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        close: Tok,
    ) -> Result<Option<&'a Param<'a>>, Halt> {
        let mut first: Option<&Param<'_>> = None;
        let mut last: Option<&Param<'_>> = None;
        let mut star = false;
        let mut defaults = false;
        while self.kind() != close {
            let at = self.lexer.start();
            if matches!(last, Some(last) if last.kind.get() == ParamKind::DoubleStar) {
                return Err(self.lexer.unexpected(Message::InvalidSyntax));
            }
            if self.accept(Tok::Slash)? {
                let repeated = first.is_some_and(|param| param.kind.get() != ParamKind::Plain);
                if star || repeated || first.is_none() {
                    return Err(self.lexer.error(at, Message::InvalidSyntax));
                }
                crate::ast::params(first).for_each(|p| p.kind.set(ParamKind::PositionalOnly));
            } else {
                let param = self.parameter(arena, close == Tok::ParenClose)?;
                match param.kind.get() {
                    ParamKind::Star if star => {
                        return Err(self.lexer.error(at, Message::InvalidSyntax));
                    }
                    ParamKind::Star => star = true,
                    ParamKind::DoubleStar => {}
                    _ if star => {}
                    _ if param.default.is_some() => defaults = true,
                    _ if defaults => return Err(self.lexer.error(at, Message::DefaultOrder)),
                    _ => {}
                }
                let param = arena.alloc(param)?;
                match last {
                    Some(last) => last.next.set(Some(param)),
                    None => first = Some(param),
                }
                last = Some(param);
            }
            if !self.accept(Tok::Comma)? {
                break;
            }
        }
        Ok(first)
    }

    fn parameter<'a>(&mut self, arena: &'a Arena<'b>, annotated: bool) -> Result<Param<'a>, Halt> {
        let kind = if self.accept(Tok::Star)? {
            ParamKind::Star
        } else if self.accept(Tok::DoubleStar)? {
            ParamKind::DoubleStar
        } else {
            ParamKind::Plain
        };
        let bare = kind == ParamKind::Star && self.kind() != Tok::Name;
        let name = if bare { Span::default() } else { self.name()? };
        if annotated && !bare && self.accept(Tok::Colon)? {
            self.test(arena)?;
        }
        let default = if kind == ParamKind::Plain && self.accept(Tok::Assign)? {
            Some(self.test(arena)?)
        } else {
            None
        };
        Ok(Param { name, kind: Cell::new(kind), default, next: Cell::new(None) })
    }
}
