//! Numbers.

use snakelet_num::bigint::{Digits, Stop};
use snakelet_num::float;

use super::Parser;
use crate::Message;
use crate::ast::Kind;
use crate::error::Halt;
use crate::memory::Arena;
use crate::token::Span;

impl<'b> Parser<'_, 'b> {
    pub(super) fn integer<'a>(
        &mut self,
        arena: &'a Arena<'b>,
        span: Span,
    ) -> Result<Kind<'a>, Halt> {
        let Ok(digits) = Digits::parse(self.lexer.text(span), 0) else {
            return Err(self.lexer.error(span.start, Message::InvalidNumber));
        };
        self.limbs.clear();
        for _ in 0..digits.limbs() {
            self.limbs.push(0)?;
        }
        let budget = self.limbs.budget();
        budget.work(self.lexer.text(span).len() / 8);
        let poll = &mut |steps| budget.step(steps as usize).map_err(|_| Stop);
        let written = digits.write(&mut self.limbs, poll).map_err(|_| Halt)?;
        self.integer_node(arena, written.int(&self.limbs))
    }

    pub(super) fn float(&mut self, span: Span) -> Result<f64, Halt> {
        let text = self.lexer.text(span);
        self.limbs.budget().work(text.len() / 8);
        let digits = text.strip_suffix(b"j").or(text.strip_suffix(b"J")).unwrap_or(text);
        match float::parse(digits) {
            Some(value) => Ok(value),
            None => Err(self.lexer.error(span.start, Message::InvalidNumber)),
        }
    }
}
