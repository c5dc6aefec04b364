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
        let budget = self.limbs.budget();
        let poll = &mut |steps| poll(budget, steps);
        let Ok(digits) = Digits::parse(self.lexer.text(span), 0, poll) else {
            self.lexer.error(span.start, Message::InvalidNumber);
            return Kind::Nothing;
        };
        self.limbs.zero(digits.limbs());
        match digits.write(&mut self.limbs, poll) {
            Ok(written) => self.integer_node(arena, written.int(&self.limbs)),
            Err(_) => {
                budget.overflow();
                Kind::Nothing
            }
        }
    }

    pub(super) fn float(&mut self, span: Span) -> f64 {
        let text = self.lexer.text(span);
        let budget = self.limbs.budget();
        let digits = text.strip_suffix(b"j").or(text.strip_suffix(b"J")).unwrap_or(text);
        match float::parse(digits, &mut |steps| poll(budget, steps)) {
            Ok(value) => value,
            Err(_) => {
                self.lexer.error(span.start, Message::InvalidNumber);
                0.0
            }
        }
    }
}
