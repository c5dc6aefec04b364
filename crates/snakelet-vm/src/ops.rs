//! Operators and other protocols by Python's rules: native slots and special methods.

use core::cmp::Ordering;

use snakelet_qstr::Qstr;

use crate::error::Part;
use crate::native::{BinaryOp, Subscr, UnaryOp};
use crate::object::{Instance, Kind};
use crate::print::{Out, PrintKind};
use crate::stack::Local;
use crate::types::exception::{self, TYPE_ERROR};
use crate::value::{SWord, Value};
use crate::{Raised, Res, Vm, qstr};

/// The special method of a binary operator.
pub(crate) fn method_of(op: BinaryOp) -> Option<Qstr> {
    use BinaryOp::*;
    Some(match op {
        Less => qstr!("__lt__"),
        More => qstr!("__gt__"),
        Equal => qstr!("__eq__"),
        LessEqual => qstr!("__le__"),
        MoreEqual => qstr!("__ge__"),
        NotEqual => qstr!("__ne__"),
        InplaceOr => qstr!("__ior__"),
        InplaceXor => qstr!("__ixor__"),
        InplaceAnd => qstr!("__iand__"),
        InplaceLshift => qstr!("__ilshift__"),
        InplaceRshift => qstr!("__irshift__"),
        InplaceAdd => qstr!("__iadd__"),
        InplaceSubtract => qstr!("__isub__"),
        InplaceMultiply => qstr!("__imul__"),
        InplaceMatMultiply => qstr!("__imatmul__"),
        InplaceFloorDivide => qstr!("__ifloordiv__"),
        InplaceTrueDivide => qstr!("__itruediv__"),
        InplaceModulo => qstr!("__imod__"),
        InplacePower => qstr!("__ipow__"),
        Or => qstr!("__or__"),
        Xor => qstr!("__xor__"),
        And => qstr!("__and__"),
        Lshift => qstr!("__lshift__"),
        Rshift => qstr!("__rshift__"),
        Add => qstr!("__add__"),
        Subtract => qstr!("__sub__"),
        Multiply => qstr!("__mul__"),
        MatMultiply => qstr!("__matmul__"),
        FloorDivide => qstr!("__floordiv__"),
        TrueDivide => qstr!("__truediv__"),
        Modulo => qstr!("__mod__"),
        Power => qstr!("__pow__"),
        In | Is | ExceptionMatch => return None,
    })
}

/// The special method of the right operand.
fn reflected(op: BinaryOp) -> Option<Qstr> {
    use BinaryOp::*;
    Some(match op {
        Less => qstr!("__gt__"),
        More => qstr!("__lt__"),
        Equal => qstr!("__eq__"),
        LessEqual => qstr!("__ge__"),
        MoreEqual => qstr!("__le__"),
        NotEqual => qstr!("__ne__"),
        Or => qstr!("__ror__"),
        Xor => qstr!("__rxor__"),
        And => qstr!("__rand__"),
        Lshift => qstr!("__rlshift__"),
        Rshift => qstr!("__rrshift__"),
        Add => qstr!("__radd__"),
        Subtract => qstr!("__rsub__"),
        Multiply => qstr!("__rmul__"),
        MatMultiply => qstr!("__rmatmul__"),
        FloorDivide => qstr!("__rfloordiv__"),
        TrueDivide => qstr!("__rtruediv__"),
        Modulo => qstr!("__rmod__"),
        Power => qstr!("__rpow__"),
        _ => return None,
    })
}

/// The plain operator of an in-place one; any other operator itself.
pub(crate) fn plain(op: BinaryOp) -> BinaryOp {
    use BinaryOp::*;
    match op {
        InplaceOr => Or,
        InplaceXor => Xor,
        InplaceAnd => And,
        InplaceLshift => Lshift,
        InplaceRshift => Rshift,
        InplaceAdd => Add,
        InplaceSubtract => Subtract,
        InplaceMultiply => Multiply,
        InplaceMatMultiply => MatMultiply,
        InplaceFloorDivide => FloorDivide,
        InplaceTrueDivide => TrueDivide,
        InplaceModulo => Modulo,
        InplacePower => Power,
        _ => op,
    }
}

/// The operator with its operands exchanged, for comparisons.
fn mirrored(op: BinaryOp) -> BinaryOp {
    use BinaryOp::*;
    match op {
        Less => More,
        More => Less,
        LessEqual => MoreEqual,
        MoreEqual => LessEqual,
        _ => op,
    }
}

const fn is_comparison(op: BinaryOp) -> bool {
    (op as u8) < BinaryOp::In as u8
}

impl Vm {
    /// Whether an object counts as true.
    ///
    /// # Errors
    /// What `__bool__` or `__len__` raises.
    pub fn truth(&mut self, object: Local) -> Result<bool, Raised> {
        if let Some(b) = self.simple_truth(self.get(object)) {
            return Ok(b);
        }
        let scope = self.scope();
        for name in [qstr!("__bool__"), qstr!("__len__")] {
            if let Some(method) = self.special(object, name) {
                let result = self.call_with(method, &[object])?;
                let value = self.get(result);
                let truth = value.as_bool().or(value.as_small_int().map(|i| i != 0));
                self.end_scope(scope);
                return match truth {
                    Some(b) => Ok(b),
                    None => Err(self.type_error("__bool__ should return bool")),
                };
            }
        }
        let part = self.native_part(object);
        let truth = if part == object { true } else { self.truth(part)? };
        self.end_scope(scope);
        Ok(truth)
    }

    /// The truth of a value that needs no Python code; `None` if it might.
    #[inline]
    pub(crate) fn simple_truth(&self, value: Value<'_>) -> Option<bool> {
        if let Some(b) = value.as_bool() {
            return Some(b);
        }
        if let Some(i) = value.as_small_int() {
            return Some(i != 0);
        }
        if value.is_none() {
            return Some(false);
        }
        if value.is_kind(Kind::Instance) {
            return None;
        }
        let slots = &self.native_type_of(value).slots;
        if let Some(truth) = slots.truth {
            return Some(truth(self, value));
        }
        match slots.len {
            Some(len) => Some(len(self, value) != 0),
            None => Some(true),
        }
    }

    /// `len(obj)`.
    ///
    /// # Errors
    /// `TypeError` if it has none; what `__len__` raises.
    pub fn len(&mut self, object: Local) -> Result<usize, Raised> {
        if let Some(method) = self.special(object, qstr!("__len__")) {
            let scope = self.scope();
            let result = self.call_with(method, &[object])?;
            let len = self.get(result).as_small_int();
            self.end_scope(scope);
            return match len {
                Some(n) if n >= 0 => Ok(n as usize),
                Some(_) => Err(self.value_error("__len__() should return >= 0")),
                None => Err(self.type_error("__len__() should return an int")),
            };
        }
        let part = self.native_part(object);
        match self.native_type_of(self.get(part)).slots.len {
            Some(len) => Ok(len(self, self.get(part))),
            None => Err(self.raise_parts(
                &TYPE_ERROR,
                &[
                    Part::Text("object of type '"),
                    Part::TypeOf(object),
                    Part::Text("' has no len()"),
                ],
            )),
        }
    }

    /// A unary operator.
    ///
    /// # Errors
    /// `TypeError` if it is not supported; what a special method raises.
    pub fn unary_op(&mut self, op: UnaryOp, object: Local) -> Res {
        if op == UnaryOp::Not {
            let truth = self.truth(object)?;
            return Ok(Local::bool(!truth));
        }
        let name = match op {
            UnaryOp::Positive => qstr!("__pos__"),
            UnaryOp::Negative => qstr!("__neg__"),
            _ => qstr!("__invert__"),
        };
        if let Some(method) = self.special(object, name) {
            return self.call_with(method, &[object]);
        }
        let part = self.native_part(object);
        if let Some(unary) = self.native_type_of(self.get(part)).slots.unary
            && let Some(result) = unary(self, op, part)?
        {
            return Ok(result);
        }
        Err(self.raise_parts(
            &TYPE_ERROR,
            &[
                Part::Text("unsupported type for "),
                Part::Name(name),
                Part::Text(": '"),
                Part::TypeOf(object),
                Part::Text("'"),
            ],
        ))
    }

    /// A binary operator.
    ///
    /// # Errors
    /// `TypeError` if it is not supported; what a special method raises.
    pub fn binary_op(&mut self, op: BinaryOp, left: Local, right: Local) -> Res {
        match op {
            BinaryOp::Is => return Ok(Local::bool(self.get(left).is(self.get(right)))),
            BinaryOp::In => return self.contains(right, left).map(Local::bool),
            BinaryOp::ExceptionMatch => return self.exception_match(left, right).map(Local::bool),
            _ => {}
        }
        if let Some(result) = self.try_binary(op, left, right)? {
            return Ok(result);
        }
        let base = plain(op);
        if base as u8 != op as u8
            && let Some(result) = self.try_binary(base, left, right)?
        {
            return Ok(result);
        }
        if base == BinaryOp::Multiply
            && let Some(result) = self.repeat_sequence(left, right)?
        {
            return Ok(result);
        }
        match op {
            BinaryOp::Equal => Ok(Local::bool(self.get(left).is(self.get(right)))),
            BinaryOp::NotEqual => Ok(Local::bool(!self.get(left).is(self.get(right)))),
            _ => Err(self.unsupported(op, left, right)),
        }
    }

    /// `int * sequence`: what the sequence makes of it.
    fn repeat_sequence(&mut self, times: Local, right: Local) -> Result<Option<Local>, Raised> {
        let value = self.get(times);
        let is_int = value.as_small_int().is_some()
            || value.as_bool().is_some()
            || value.is_kind(Kind::BigInt);
        let sequence = self.native_part(right);
        let slots = &self.native_type_of(self.get(sequence)).slots;
        match slots.binary {
            Some(binary) if is_int && slots.len.is_some() => {
                binary(self, BinaryOp::Multiply, sequence, times)
            }
            _ => Ok(None),
        }
    }

    #[cold]
    fn unsupported(&mut self, op: BinaryOp, left: Local, right: Local) -> Raised {
        let name = method_of(op).unwrap_or(Qstr::EMPTY);
        self.raise_parts(
            &TYPE_ERROR,
            &[
                Part::Text("unsupported types for "),
                Part::Name(name),
                Part::Text(": '"),
                Part::TypeOf(left),
                Part::Text("', '"),
                Part::TypeOf(right),
                Part::Text("'"),
            ],
        )
    }

    /// Tries the left operand, then the right one.
    fn try_binary(
        &mut self,
        op: BinaryOp,
        left: Local,
        right: Local,
    ) -> Result<Option<Local>, Raised> {
        let left_class = self.get(left).is_kind(Kind::Instance);
        let right_class = self.get(right).is_kind(Kind::Instance);
        if !left_class && !right_class {
            return self.native_binary(op, left, right);
        }
        // a subclass on the right goes first
        if right_class
            && self.right_goes_first(left, right)
            && let Some(result) = self.try_special(reflected(op), right, left)?
        {
            return Ok(Some(result));
        }
        if left_class {
            if let Some(result) = self.try_special(method_of(op), left, right)? {
                return Ok(Some(result));
            }
            if op == BinaryOp::NotEqual
                && let Some(equal) = self.try_special(Some(qstr!("__eq__")), left, right)?
            {
                let truth = self.truth(equal)?;
                return Ok(Some(Local::bool(!truth)));
            }
        }
        let (l, r) = (self.native_part(left), self.native_part(right));
        // an object that no native type knows: it may know them
        if right_class
            && r == right
            && !is_comparison(op)
            && op != BinaryOp::Modulo
            && let Some(result) = self.try_special(reflected(op), right, left)?
        {
            return Ok(Some(result));
        }
        if (!left_class || l != left)
            && let Some(result) = self.native_slot(op, l, r)?
        {
            // a built-in part that changed in place stands for its instance
            let same = l != left && self.get(result).is(self.get(l));
            return Ok(Some(if same { left } else { result }));
        }
        // `2 * [1]`: sequences know how to repeat themselves
        if op == BinaryOp::Multiply
            && (matches!(self.get(l).ref_kind(), Some(Kind::BigInt))
                || self.get(l).as_small_int().is_some()
                || self.get(l).as_bool().is_some())
            && let Some(binary) = Some(self.native_type_of(self.get(r)))
                .filter(|t| t.is_sequence())
                .and_then(|t| t.slots.binary)
            && let Some(result) = binary(self, op, r, l)?
        {
            return Ok(Some(result));
        }
        if right_class {
            if let Some(result) = self.try_special(reflected(op), right, left)? {
                return Ok(Some(result));
            }
            if op == BinaryOp::NotEqual
                && let Some(equal) = self.try_special(Some(qstr!("__eq__")), right, left)?
            {
                let truth = self.truth(equal)?;
                return Ok(Some(Local::bool(!truth)));
            }
        }
        if !right_class || r != right { self.native_reflected(op, l, r) } else { Ok(None) }
    }

    /// Tries the slots of two objects of native types.
    fn native_binary(
        &mut self,
        op: BinaryOp,
        left: Local,
        right: Local,
    ) -> Result<Option<Local>, Raised> {
        match self.native_slot(op, left, right)? {
            Some(result) => Ok(Some(result)),
            None => self.native_reflected(op, left, right),
        }
    }

    /// Tries the slot of the left operand's native type.
    fn native_slot(
        &mut self,
        op: BinaryOp,
        left: Local,
        right: Local,
    ) -> Result<Option<Local>, Raised> {
        let Some(binary) = self.native_type_of(self.get(left)).slots.binary else {
            return Ok(None);
        };
        if let Some(result) = binary(self, op, left, right)?
            && !self.get(result).is(Value::NOT_IMPLEMENTED)
        {
            return Ok(Some(result));
        }
        if op == BinaryOp::NotEqual
            && let Some(equal) = binary(self, BinaryOp::Equal, left, right)?
        {
            let truth = self.truth(equal)?;
            return Ok(Some(Local::bool(!truth)));
        }
        Ok(None)
    }

    /// Tries the slot of the right operand's native type, for operators that can be mirrored:
    /// comparisons, and `int * sequence`.
    fn native_reflected(
        &mut self,
        op: BinaryOp,
        left: Local,
        right: Local,
    ) -> Result<Option<Local>, Raised> {
        let left_type = self.native_type_of(self.get(left));
        let right_type = self.native_type_of(self.get(right));
        if core::ptr::eq(left_type, right_type) {
            return Ok(None);
        }
        let integer = matches!(left_type.kind, Kind::BigInt) || self.get(left).as_bool().is_some();
        if is_comparison(op) || (op == BinaryOp::Multiply && integer) {
            return self.native_slot(mirrored(op), right, left);
        }
        Ok(None)
    }

    fn right_goes_first(&self, left: Local, right: Local) -> bool {
        let (l, r) = (self.type_of(self.get(left)), self.type_of(self.get(right)));
        !l.is(r) && r.is_kind(Kind::Class) && l.is_kind(Kind::Class) && self.is_subclass(r, l)
    }

    fn try_special(
        &mut self,
        name: Option<Qstr>,
        object: Local,
        other: Local,
    ) -> Result<Option<Local>, Raised> {
        let Some(name) = name else { return Ok(None) };
        let Some(method) = self.special(object, name) else { return Ok(None) };
        let result = self.call_with(method, &[object, other])?;
        Ok(if self.get(result).is(Value::NOT_IMPLEMENTED) { None } else { Some(result) })
    }

    /// `left == right`.
    ///
    /// # Errors
    /// What `__eq__` raises.
    pub fn equal(&mut self, left: Local, right: Local) -> Result<bool, Raised> {
        if let Some(equal) = self.simple_eq(self.get(left), self.get(right)) {
            return Ok(equal);
        }
        let scope = self.scope();
        let result = self.binary_op(BinaryOp::Equal, left, right)?;
        let truth = self.truth(result)?;
        self.end_scope(scope);
        Ok(truth)
    }

    /// Whether two items are the same or equal, as containers compare them.
    ///
    /// # Errors
    /// What `__eq__` raises.
    pub fn same_or_equal(&mut self, left: Local, right: Local) -> Result<bool, Raised> {
        if self.get(left).is(self.get(right)) {
            return Ok(true);
        }
        self.equal(left, right)
    }

    /// `left < right`.
    ///
    /// # Errors
    /// `TypeError` if they cannot be ordered; what `__lt__` raises.
    pub fn less(&mut self, left: Local, right: Local) -> Result<bool, Raised> {
        if let (Some(a), Some(b)) = (self.get(left).as_small_int(), self.get(right).as_small_int())
        {
            return Ok(a < b);
        }
        if let (Some(a), Some(b)) = (self.str_of(self.get(left)), self.str_of(self.get(right))) {
            return Ok(a < b);
        }
        let scope = self.scope();
        let result = self.binary_op(BinaryOp::Less, left, right)?;
        let truth = self.truth(result)?;
        self.end_scope(scope);
        Ok(truth)
    }

    /// Answers a comparison operator by an ordering.
    pub fn compare_result(op: BinaryOp, order: Ordering) -> Option<bool> {
        Some(match op {
            BinaryOp::Less => order == Ordering::Less,
            BinaryOp::More => order == Ordering::Greater,
            BinaryOp::Equal => order == Ordering::Equal,
            BinaryOp::NotEqual => order != Ordering::Equal,
            BinaryOp::LessEqual => order != Ordering::Greater,
            BinaryOp::MoreEqual => order != Ordering::Less,
            _ => return None,
        })
    }

    /// `item in container`.
    ///
    /// # Errors
    /// `TypeError` if it cannot be searched; what comparing raises.
    pub fn contains(&mut self, container: Local, item: Local) -> Result<bool, Raised> {
        let scope = self.scope();
        if let Some(method) = self.special(container, qstr!("__contains__")) {
            let result = self.call_with(method, &[container, item])?;
            let truth = self.truth(result)?;
            self.end_scope(scope);
            return Ok(truth);
        }
        let part = self.native_part(container);
        if let Some(contains) = self.native_type_of(self.get(part)).slots.contains {
            let found = contains(self, part, item)?;
            self.end_scope(scope);
            return Ok(found);
        }
        let iterator = self.get_iter(container)?;
        loop {
            let inner = self.scope();
            let Some(next) = self.iter_next(iterator)? else { break };
            if self.same_or_equal(next, item)? {
                self.end_scope(scope);
                return Ok(true);
            }
            self.end_scope(inner);
            self.charge(1)?;
        }
        self.end_scope(scope);
        Ok(false)
    }

    /// `obj[index]`, `obj[index] = value` and `del obj[index]`.
    ///
    /// # Errors
    /// `TypeError` if it is not supported; what the object raises.
    pub fn subscr(&mut self, object: Local, index: Local, op: Subscr) -> Res {
        if self.get(object).is_kind(Kind::Instance) {
            let name = match op {
                Subscr::Load => qstr!("__getitem__"),
                Subscr::Store(_) => qstr!("__setitem__"),
                Subscr::Delete => qstr!("__delitem__"),
            };
            if let Some(method) = self.special(object, name) {
                return match op {
                    Subscr::Store(value) => self.call_with(method, &[object, index, value]),
                    _ => self.call_with(method, &[object, index]),
                };
            }
        }
        if self.get(object).is_kind(Kind::Class) && matches!(op, Subscr::Load) {
            let found = self.class_lookup(self.get(object), qstr!("__class_getitem__"));
            if let Some(found) = found {
                let function = self.push(found);
                let function = match self.get(function).cast::<crate::object::Wrapper>() {
                    Some(w) => self.push(w.function.get()),
                    None => function,
                };
                return self.call_with(function, &[object, index]);
            }
        }
        let part = self.native_part(object);
        match self.native_type_of(self.get(part)).slots.subscr {
            Some(subscr) => subscr(self, part, index, op),
            None => {
                let what = match op {
                    Subscr::Load => "' object isn't subscriptable",
                    Subscr::Store(_) => "' object doesn't support item assignment",
                    Subscr::Delete => "' object doesn't support item deletion",
                };
                Err(self.raise_parts(
                    &TYPE_ERROR,
                    &[Part::Text("'"), Part::TypeOf(object), Part::Text(what)],
                ))
            }
        }
    }

    /// `iter(obj)`.
    ///
    /// # Errors
    /// `TypeError` if it cannot be iterated over; what `__iter__` raises.
    pub fn get_iter(&mut self, object: Local) -> Res {
        if self.get(object).is_kind(Kind::Instance) {
            if let Some(method) = self.special(object, qstr!("__iter__")) {
                return self.call_with(method, &[object]);
            }
            let part = self.native_part(object);
            if part != object
                && let Some(iter) = self.native_type_of(self.get(part)).slots.iter
            {
                return iter(self, part);
            }
            if self.special(object, qstr!("__getitem__")).is_some() {
                return crate::types::iter::over_items(self, object);
            }
        } else if let Some(iter) = self.native_type_of(self.get(object)).slots.iter {
            return iter(self, object);
        }
        Err(self.raise_parts(
            &TYPE_ERROR,
            &[Part::Text("'"), Part::TypeOf(object), Part::Text("' object isn't iterable")],
        ))
    }

    /// The next item of an iterator; `None` at its end.
    ///
    /// # Errors
    /// What the iterator raises, other than `StopIteration`.
    pub fn iter_next(&mut self, iterator: Local) -> Result<Option<Local>, Raised> {
        if self.get(iterator).is_kind(Kind::Instance) {
            if let Some(method) = self.special(iterator, qstr!("__next__")) {
                let result = self.call_with(method, &[iterator]);
                if result.is_err() {
                    self.note_stop();
                }
                return self.catch(result, &exception::STOP_ITERATION);
            }
        } else if self.get(iterator).is_kind(Kind::Iter) {
            let result = crate::types::iter::next(self, iterator);
            return self.end_of_iteration(result);
        } else if let Some(next) = self.native_type_of(self.get(iterator)).slots.next {
            let result = next(self, iterator);
            return self.end_of_iteration(result);
        }
        Err(self.raise_parts(
            &TYPE_ERROR,
            &[Part::Text("'"), Part::TypeOf(iterator), Part::Text("' object isn't an iterator")],
        ))
    }

    /// Keeps the pending exception for `next()` if it is a `StopIteration` with a value.
    #[cold]
    fn note_stop(&mut self) {
        if !self.raised_is(&exception::STOP_ITERATION) {
            return;
        }
        let stop = self.push_root(crate::vm::RootSlot::Pending);
        let value = self.stop_value(stop);
        if !self.get(value).is_none() {
            self.set_root(crate::vm::RootSlot::Stopped, stop);
        }
    }

    /// A `StopIteration` that comes out of a native iterator, from a function that it called, ends
    /// the iteration too.
    #[inline]
    fn end_of_iteration(
        &mut self,
        result: Result<Option<Local>, Raised>,
    ) -> Result<Option<Local>, Raised> {
        match result {
            Err(_) if self.raised_is(&exception::STOP_ITERATION) => {
                self.forget_raised();
                Ok(None)
            }
            result => result,
        }
    }

    /// Calls `each` with every item of an iterable.
    ///
    /// # Errors
    /// What iterating or `each` raises.
    pub fn for_each(
        &mut self,
        iterable: Local,
        mut each: impl FnMut(&mut Vm, Local) -> Result<(), Raised>,
    ) -> Result<(), Raised> {
        self.for_each_while(iterable, |vm, item| each(vm, item).map(|()| true)).map(|_| ())
    }

    /// Calls `each` with the items of an iterable until it returns false; whether it never did.
    ///
    /// # Errors
    /// What iterating or `each` raises.
    pub fn for_each_while(
        &mut self,
        iterable: Local,
        mut each: impl FnMut(&mut Vm, Local) -> Result<bool, Raised>,
    ) -> Result<bool, Raised> {
        let scope = self.scope();
        // lists and tuples need no iterator object
        let plain = matches!(self.get(iterable).ref_kind(), Some(Kind::List | Kind::Tuple));
        let iterator = if plain { iterable } else { self.get_iter(iterable)? };
        let mut at = 0;
        let all = loop {
            let inner = self.scope();
            let item = if !plain {
                self.iter_next(iterator)?
            } else if at < self.sequence_len(iterable) {
                Some(self.push_sequence_item(iterable, at))
            } else {
                None
            };
            let Some(item) = item else { break true };
            if !each(self, item)? {
                break false;
            }
            self.end_scope(inner);
            self.charge(1)?;
            at += 1;
        };
        self.end_scope(scope);
        Ok(all)
    }

    /// Whether an exception is of a class, or of one in a tuple of classes.
    fn exception_match(&mut self, object: Local, class: Local) -> Result<bool, Raised> {
        let scope = self.scope();
        let n = self.get(class).cast::<crate::object::TupleObj>().map(|t| t.len());
        if let Some(n) = n {
            for i in 0..n {
                let item = self.tuple_item(class, i);
                if self.exception_match(object, item)? {
                    self.end_scope(scope);
                    return Ok(true);
                }
                self.end_scope(scope);
            }
            return Ok(false);
        }
        let value = self.get(object);
        let own = match value.ref_kind() {
            Some(Kind::Class | Kind::NativeType) => value,
            _ => self.type_of(value),
        };
        let found = self.is_subclass(own, self.get(class));
        let class_value = self.get(class);
        if !found && class_value.as_native_type().is_none() && !class_value.is_kind(Kind::Class) {
            return Err(self.type_error("exceptions must derive from BaseException"));
        }
        Ok(found)
    }

    /// Prints an object.
    ///
    /// # Errors
    /// What `__str__` or `__repr__` raises; `MemoryError`; too deep nesting.
    pub fn print(&mut self, object: Local, out: Out, kind: PrintKind) -> Result<(), Raised> {
        let scope = self.scope();
        if kind == PrintKind::Str && self.str_of(self.get(object)).is_some() {
            return self.emit_str(out, object);
        }
        if self.get(object).is_kind(Kind::Instance) {
            self.print_instance(object, out, kind)?;
        } else {
            if self.rt.native_depth >= self.rt.native_limit {
                return Err(self.recursion_error());
            }
            self.rt.native_depth += 1;
            let result = match self.native_type_of(self.get(object)).slots.print {
                Some(print) => print(self, object, out, kind),
                None => self.print_plain(object, out),
            };
            self.rt.native_depth -= 1;
            result?;
        }
        self.end_scope(scope);
        Ok(())
    }

    fn print_instance(&mut self, object: Local, out: Out, kind: PrintKind) -> Result<(), Raised> {
        let names: &[Qstr] = match kind {
            PrintKind::Str => &[qstr!("__str__"), qstr!("__repr__")],
            PrintKind::Repr => &[qstr!("__repr__")],
        };
        let part = self.native_part(object);
        for (i, name) in names.iter().enumerate() {
            if let Some(method) = self.special(object, *name) {
                let text = self.call_with(method, &[object])?;
                if self.str_of(self.get(text)).is_none() {
                    return Err(self.type_error("__str__/__repr__ should return a str"));
                }
                return self.emit_str(out, text);
            }
            // an exception's own message goes before `__repr__`
            if i == 0
                && part != object
                && kind == PrintKind::Str
                && self.get(part).is_kind(Kind::Exception)
            {
                return self.print(part, out, PrintKind::Str);
            }
        }
        if part == object {
            return self.print_plain(object, out);
        }
        if self.get(part).is_kind(Kind::Exception) {
            let name = self.type_name_of(object);
            return crate::types::exception::print_as(self, part, out, name);
        }
        self.print(part, out, kind)
    }

    /// `<Name object at 0x..>`
    pub(crate) fn print_plain(&mut self, object: Local, out: Out) -> Result<(), Raised> {
        self.emit(out, b"<")?;
        let name = self.type_name_of(object);
        self.emit_qstr(out, name)?;
        self.emit(out, b" object at ")?;
        self.emit_address(object, out)?;
        self.emit(out, b">")
    }

    /// The address of an object in hexadecimal. It is no identity: the object may move.
    pub(crate) fn emit_address(&mut self, object: Local, out: Out) -> Result<(), Raised> {
        let mut buf = [0u8; 2 + 2 * size_of::<usize>()];
        let mut at = buf.len();
        let mut n = self.get(object).word();
        loop {
            at -= 1;
            let digit = (n & 15) as u8;
            if let Some(place) = buf.get_mut(at) {
                *place = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
            }
            n >>= 4;
            if n == 0 || at <= 2 {
                break;
            }
        }
        for c in [b'x', b'0'] {
            at -= 1;
            if let Some(place) = buf.get_mut(at) {
                *place = c;
            }
        }
        self.emit(out, buf.get(at..).unwrap_or(&[]))
    }

    /// `str(obj)` or `repr(obj)`.
    ///
    /// # Errors
    /// What printing raises.
    pub fn to_text(&mut self, object: Local, kind: PrintKind) -> Res {
        if kind == PrintKind::Str && self.str_of(self.get(object)).is_some() {
            return Ok(object);
        }
        let out = self.new_text()?;
        self.print(object, out, kind)?;
        self.finish_text(out)
    }

    /// An index: an int, or what `__index__` gives.
    ///
    /// # Errors
    /// `TypeError` if it is none; `OverflowError` if it does not fit a word.
    pub fn index_of(&mut self, object: Local) -> Result<SWord, Raised> {
        let value = self.get(object);
        if let Some(i) = value.as_small_int() {
            return Ok(i);
        }
        if let Some(b) = value.as_bool() {
            return Ok(b as SWord);
        }
        if let Some(big) = value.cast::<crate::object::BigInt>() {
            let word = snakelet_num::bigint::to_i64(big.int());
            if let Some(i) = word.and_then(|i| SWord::try_from(i).ok()) {
                return Ok(i);
            }
            return Err(self.raise_text(
                &exception::OVERFLOW_ERROR,
                "overflow converting long int to machine word",
            ));
        }
        if let Some(method) = self.special(object, qstr!("__index__")) {
            let scope = self.scope();
            let result = self.call_with(method, &[object])?;
            let index = self.get(result).as_small_int();
            self.end_scope(scope);
            if let Some(i) = index {
                return Ok(i);
            }
        }
        let part = self.native_part(object);
        if let Some(i) = self.get(part).as_small_int() {
            return Ok(i);
        }
        Err(self.raise_parts(
            &TYPE_ERROR,
            &[Part::Text("can't convert "), Part::TypeOf(object), Part::Text(" to int")],
        ))
    }

    /// Position `index` of a sequence of `len` items, counted from the end if negative.
    ///
    /// # Errors
    /// `IndexError` with the type's name, `TypeError`.
    pub fn sequence_index(
        &mut self,
        object: Local,
        index: Local,
        len: usize,
    ) -> Result<usize, Raised> {
        let value = self.get(index);
        let i = match value.as_small_int() {
            Some(i) => i,
            None if value.is_kind(Kind::BigInt) => SWord::MAX,
            None if value.as_bool().is_some() || value.is_kind(Kind::Instance) => {
                self.index_of(index)?
            }
            None => {
                return Err(self.raise_parts(
                    &TYPE_ERROR,
                    &[
                        Part::TypeOf(object),
                        Part::Text(" indices must be integers, not "),
                        Part::TypeOf(index),
                    ],
                ));
            }
        };
        let at = if i < 0 { i + len as SWord } else { i };
        if at < 0 || at >= len as SWord {
            return Err(self.raise_parts(
                &exception::INDEX_ERROR,
                &[Part::TypeOf(object), Part::Text(" index out of range")],
            ));
        }
        Ok(at as usize)
    }

    /// Whether instances of the object's class can be compared for identity only.
    pub(crate) fn is_python_instance(&self, object: Local) -> bool {
        self.get(object).cast::<Instance>().is_some()
    }
}
