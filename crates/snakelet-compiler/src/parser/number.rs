//! Numbers.

use snakelet_num::bigint::Digits;
use snakelet_num::float;

use super::Parser;
use crate::Message;
use crate::ast::Kind;
use crate::fold::poll;
use crate::memory::Arena;
use crate::token::Span;

impl<'b> Parser<'_, 'b> {
    pub(super) fn integer<'a>(&mut self, arena: &'a Arena<'b>, span: Span) -> Kind<'a> {
        let Ok(digits) = Digits::parse(self.lexer.text(span), 0) else {
            self.lexer.error(span.start, Message::InvalidNumber);
            return Kind::Nothing;
        };
        self.limbs.zero(digits.limbs());
        let budget = self.limbs.budget();
        budget.work(self.lexer.text(span).len() / 8);
        match digits.write(&mut self.limbs, &mut |steps| poll(budget, steps)) {
            Ok(written) => self.integer_node(arena, written.int(&self.limbs)),
            Err(_) => {
                budget.overflow();
                Kind::Nothing
            }
        }
    }

    pub(super) fn float(&mut self, span: Span) -> f64 {
        let text = self.lexer.text(span);
        self.limbs.budget().work(text.len() / 8);
        let digits = text.strip_suffix(b"j").or(text.strip_suffix(b"J")).unwrap_or(text);
        match float::parse(digits) {
            Some(value) => value,
            None => {
                self.lexer.error(span.start, Message::InvalidNumber);
                0.0
            }
        }
    }
}
