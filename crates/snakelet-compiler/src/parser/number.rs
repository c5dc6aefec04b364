//! Numbers.

use snakelet_num::bigint::Digits;
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
        let written = digits.write(&mut self.limbs, &mut |_| Ok(())).map_err(|_| Halt)?;
        self.integer_node(arena, written.int(&self.limbs))
    }

    pub(super) fn float(&mut self, span: Span) -> Result<f64, Halt> {
        let text = self.lexer.text(span);
        let digits = text.strip_suffix(b"j").or(text.strip_suffix(b"J")).unwrap_or(text);
        match float::parse(digits) {
            Some(value) => Ok(value),
            None => Err(self.lexer.error(span.start, Message::InvalidNumber)),
        }
    }
}
