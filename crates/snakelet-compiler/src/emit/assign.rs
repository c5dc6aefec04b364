//! Targets of assignments and of `del`.

use snakelet_bytecode::op;

use super::Compiler;
use super::names::{Access, Name};
use crate::ast::{Ex, Kind, List};
use crate::{Message, Sink};

/// What is done with a target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Store the value on the stack.
    Store,
    /// Load the value for an augmented assignment, leaving what the store needs below it.
    Load,
    /// Store the value after that.
    StoreBack,
    Delete,
}

impl<S: Sink> Compiler<'_, '_, '_, S> {
    /// Stores the value on the stack.
    pub(super) fn assign(&mut self, target: Ex<'_>) {
        match *target.kind() {
            Kind::Tuple(list) | Kind::List(list) => self.unpack(list),
            Kind::ParenTuple(list) if !list.is_empty() => self.unpack(list),
            _ => self.step(target, Step::Store),
        }
    }

    pub(super) fn augmented_load(&mut self, target: Ex<'_>) {
        self.step(target, Step::Load)
    }

    pub(super) fn augmented_store(&mut self, target: Ex<'_>) {
        self.step(target, Step::StoreBack)
    }

    pub(super) fn delete(&mut self, target: Ex<'_>) {
        match *target.kind() {
            Kind::Tuple(list) | Kind::ParenTuple(list) if !list.is_empty() => {
                list.iter().for_each(|item| self.delete(item))
            }
            Kind::List(list) => list.iter().for_each(|item| self.delete(item)),
            _ => self.step(target, Step::Delete),
        }
    }

    fn unpack(&mut self, list: List<'_>) {
        let mut star = None;
        for (index, item) in list.iter().enumerate() {
            if matches!(*item.kind(), Kind::Star(_)) {
                if star.is_some() {
                    return self.error(item.pos(), Message::MultipleStars);
                }
                star = Some(index as u32);
            }
        }
        match star {
            Some(left) => {
                let right = list.len() - left - 1;
                let by = (left + right) as i32;
                self.op_uint(op::UNPACK_EX, by, left | right << 8);
            }
            None => self.op_uint(op::UNPACK_SEQUENCE, list.len() as i32 - 1, list.len()),
        }
        for item in list.iter() {
            match *item.kind() {
                Kind::Star(target) => self.assign(target),
                _ => self.assign(item),
            }
        }
    }

    fn step(&mut self, target: Ex<'_>, step: Step) {
        let wrong =
            if step == Step::Delete { Message::CannotDelete } else { Message::CannotAssign };
        match *target.kind() {
            Kind::Name(span) => {
                let access = match step {
                    Step::Load => Access::Load,
                    Step::Store | Step::StoreBack => Access::Store,
                    Step::Delete => Access::Delete,
                };
                self.access(Name::Span(span), access)
            }
            Kind::Postfix(headed) => {
                let (subject, trailers) = headed.split();
                let count = trailers.len() as usize - 1;
                if step != Step::StoreBack {
                    self.expr(subject);
                    for trailer in trailers.iter().take(count) {
                        self.trailer(trailer);
                    }
                }
                match trailers.iter().nth(count).map(|last| *last.kind()) {
                    Some(Kind::Subscript(index)) => self.step_subscript(index, step),
                    Some(Kind::Attribute(name)) => {
                        if step == Step::Load {
                            self.dup_top();
                            return self.op_span(op::LOAD_ATTR, 0, name);
                        }
                        if step == Step::Delete {
                            self.op(op::LOAD_NULL, 1);
                        }
                        if step != Step::Store {
                            self.rot_two();
                        }
                        self.op_span(op::STORE_ATTR, -2, name)
                    }
                    _ => self.error(target.pos(), wrong),
                }
            }
            _ => self.error(target.pos(), wrong),
        }
    }

    fn step_subscript(&mut self, index: Ex<'_>, step: Step) {
        if step != Step::StoreBack {
            self.expr(index);
        }
        match step {
            Step::Load => {
                self.op(op::DUP_TOP_TWO, 2);
                return self.op(op::LOAD_SUBSCR, -1);
            }
            Step::Store => {}
            Step::StoreBack => self.rot_three(),
            Step::Delete => {
                self.op(op::LOAD_NULL, 1);
                self.rot_three();
            }
        }
        self.op(op::STORE_SUBSCR, -3)
    }
}
