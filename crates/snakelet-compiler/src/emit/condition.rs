//! Jumps on conditions.

use snakelet_bytecode::op;

use super::{Compiler, Label};
use crate::Sink;
use crate::ast::{Ex, Kind, List};
use crate::fold;

impl<S: Sink> Compiler<'_, '_, '_, S> {
    /// Jumps if the truth of a condition is `when`.
    pub(super) fn jump_if(&mut self, condition: Ex<'_>, when: bool, label: Label) {
        if let Some(truth) = fold::truth(condition) {
            if truth == when {
                self.jump(label);
            }
            return;
        }
        match *condition.kind() {
            Kind::Or(list) => self.jump_if_any(list, when, true, label),
            Kind::And(list) => self.jump_if_any(list, when, false, label),
            Kind::Not(operand) => self.jump_if(operand, !when, label),
            _ => {
                self.expr(condition);
                let code = if when { op::POP_JUMP_IF_TRUE } else { op::POP_JUMP_IF_FALSE };
                self.jump_op(code, -1, label)
            }
        }
    }

    /// Jumps if the truth of an `or` (`decisive` is true) or an `and` (false) is `when`.
    fn jump_if_any(&mut self, list: List<'_>, when: bool, decisive: bool, label: Label) {
        if when == decisive {
            return list.iter().for_each(|operand| self.jump_if(operand, when, label));
        }
        let past = self.label();
        let mut left = list.len();
        for operand in list.iter() {
            left -= 1;
            if left > 0 {
                self.jump_if(operand, !when, past);
            } else {
                self.jump_if(operand, when, label);
            }
        }
        self.place(past);
    }
}
