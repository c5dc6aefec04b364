//! Arguments of calls.

use snakelet_bytecode::op;

use super::Compiler;
use crate::ast::{Ex, Kind, List};
use crate::{Message, Sink};

/// Most arguments of a kind that the instructions for calls can number.
const MOST: usize = 255;

impl<S: Sink> Compiler<'_, '_, '_, S> {
    /// Calls what is on the stack, a method if `method`, with arguments; `given` of them are on the
    /// stack already.
    pub(super) fn arguments(&mut self, list: List<'_>, method: bool, given: u32) {
        let Some(named) = self.check_order(list) else { return };
        let all = list.len() as usize;
        let mut positional = given;
        // Which arguments are starred, a bit each, in an integer that the target must take for a
        // small one.
        let mut stars = 0i64;
        let bits = usize::from(self.parser.small_int_bits) - 1;
        let mut places = list.iter().take(named).zip(given as usize..);
        if let Some((item, _)) = places.find(|(item, n)| is_star(*item) && *n >= bits) {
            return self.error(item.pos(), Message::TooManyArguments);
        }
        if given as usize + named > MOST {
            // as the items of one starred list
            self.list_of_first(named, list);
            stars = 1 << positional;
            positional += 1;
        } else {
            for item in list.iter().take(named) {
                match *item.kind() {
                    Kind::Star(value) => {
                        stars |= 1 << positional;
                        self.expr(value);
                    }
                    _ => self.expr(item),
                }
                positional += 1;
            }
        }
        let mut keyword = (all - named) as u32;
        let mut double = false;
        if all - named > MOST {
            // as the items of one dict
            double = true;
            self.op(op::LOAD_NULL, 1);
            self.dict_of_keywords(list.iter().skip(named));
            keyword = 1;
        } else {
            for item in list.iter().skip(named) {
                match *item.kind() {
                    Kind::DoubleStar(value) => {
                        double = true;
                        self.op(op::LOAD_NULL, 1);
                        self.expr(value);
                    }
                    Kind::Keyword(len, value) => {
                        self.op_span(op::LOAD_CONST_STRING, 1, item.name(len));
                        self.expr(value);
                    }
                    _ => {}
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

    /// The number of arguments before those with names; none, and an error, if any is behind.
    fn check_order(&mut self, list: List<'_>) -> Option<usize> {
        let mut named = None;
        let mut double = false;
        for (n, item) in list.iter().enumerate() {
            match *item.kind() {
                Kind::DoubleStar(_) => double = true,
                Kind::Keyword(..) => {}
                // what stands between brackets has no name
                _ => {
                    if named.is_none() {
                        continue;
                    }
                    let message = match (is_star(item), double) {
                        (true, true) => Message::StarAfterDouble,
                        (true, false) => Message::StarAfterKeyword,
                        (false, true) => Message::PositionalAfterDouble,
                        (false, false) => Message::PositionalAfterKeyword,
                    };
                    self.error(item.pos(), message);
                    return None;
                }
            }
            named = named.or(Some(n));
        }
        Some(named.unwrap_or(list.len() as usize))
    }
}

fn is_star(item: Ex<'_>) -> bool {
    matches!(*item.kind(), Kind::Star(_))
}
