//! Arguments of calls.

use snakelet_bytecode::op;

use super::Compiler;
use crate::ast::{Kind, List};
use crate::{Message, Sink};

impl<S: Sink> Compiler<'_, '_, '_, S> {
    /// Calls what is on the stack, a method if `method`, with arguments; `given` of them are on the
    /// stack already.
    pub(super) fn arguments(&mut self, list: List<'_>, method: bool, given: u32) {
        let mut positional = given;
        let mut keyword = 0u32;
        let mut double = false;
        // Which arguments are starred, a bit each, in an integer that the target must take for a
        // small one.
        let mut stars = 0i64;
        for (index, item) in list.iter().enumerate() {
            match *item.kind() {
                Kind::Star(value) => {
                    if double {
                        return self.error(item.pos(), Message::StarAfterDouble);
                    }
                    if keyword > 0 {
                        return self.error(item.pos(), Message::StarAfterKeyword);
                    }
                    if index >= usize::from(self.parser.small_int_bits) - 1 {
                        return self.error(item.pos(), Message::TooManyArguments);
                    }
                    stars |= 1 << index;
                    self.expr(value);
                    positional += 1;
                }
                Kind::DoubleStar(value) => {
                    double = true;
                    self.op(op::LOAD_NULL, 1);
                    self.expr(value);
                    keyword += 1;
                }
                Kind::Keyword(len, value) => {
                    self.op_span(op::LOAD_CONST_STRING, 1, item.name(len));
                    self.expr(value);
                    keyword += 1;
                }
                Kind::Walrus(..) | Kind::Comprehension(..) => {
                    self.expr(item);
                    positional += 1;
                }
                _ => {
                    if double {
                        return self.error(item.pos(), Message::PositionalAfterDouble);
                    }
                    if keyword > 0 {
                        return self.error(item.pos(), Message::PositionalAfterKeyword);
                    }
                    self.expr(item);
                    positional += 1;
                }
            }
        }
        let starred = stars != 0 || double;
        if starred {
            self.load_int(stars);
        }
        let (code, by) = if method { (op::CALL_METHOD, -1) } else { (op::CALL_FUNCTION, 0) };
        self.call_op(code, by, positional, keyword, starred)
    }
}
