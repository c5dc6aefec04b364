//! Unary and binary operators: native slots, special methods, reflected ones.

use snakelet_qstr::Qstr;

use crate::exception::classes::TYPE_ERROR;
use crate::native::{BinaryOp, Slots, UnaryOp};
use crate::object::value::Value;
use crate::object::{Instance, Kind};
use crate::protocol::names::{is_comparison, method_of, mirrored, plain, reflected};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

impl Vm {
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
        let slots = self.native_type_of(self.get(part)).slots;
        if let Some(unary) = slots.unary_leaf()
            && let Some(result) = self.leaf_option(|cx| unary(cx, op, cx.local(part)))?
        {
            return Ok(result);
        }
        let name = self.push(Value::qstr(name));
        Err(self.raise_about(&TYPE_ERROR, "unsupported type for %s: '%t'", &[name, object]))
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
        let is_int = is_integer(value);
        let sequence = self.native_part(right);
        let slots = self.native_type_of(self.get(sequence)).slots;
        if is_int && slots.len().is_some() {
            self.binary_slot(slots, BinaryOp::Multiply, sequence, times)
        } else {
            Ok(None)
        }
    }

    #[cold]
    fn unsupported(&mut self, op: BinaryOp, left: Local, right: Local) -> Raised {
        let name = method_of(op).unwrap_or(Qstr::EMPTY);
        let name = self.push(Value::qstr(name));
        let text = "unsupported types for %s: '%t', '%t'";
        self.raise_about(&TYPE_ERROR, text, &[name, left, right])
    }

    /// Tries the left operand, then the right one.
    fn try_binary(
        &mut self,
        op: BinaryOp,
        left: Local,
        right: Local,
    ) -> Result<Option<Local>, Raised> {
        let left_class = self.get(left).has_specials();
        let right_class = self.get(right).has_specials();
        if !left_class && !right_class {
            return self.native_binary(op, left, right);
        }
        self.try_class_binary(op, left, right, left_class, right_class)
    }

    /// The same where one operand at least is an instance of a Python class.
    #[inline(never)]
    fn try_class_binary(
        &mut self,
        op: BinaryOp,
        left: Local,
        right: Local,
        left_class: bool,
        right_class: bool,
    ) -> Result<Option<Local>, Raised> {
        // what changes in place asks its right operand last
        let asked = if left_class || self.native_type_of(self.get(left)).unhashable {
            reflected(op)
        } else {
            reflected(plain(op))
        };
        if right_class
            && self.right_goes_first(op, left, right, asked)
            && let Some(result) = self.ask(op, asked, right, left)?
        {
            return Ok(Some(result));
        }
        if left_class && let Some(result) = self.ask(op, method_of(op), left, right)? {
            return Ok(Some(result));
        }
        let (l, mut r) = (self.native_part(left), self.native_part(right));
        // an object that the left type does not know: it may know that type
        if right_class
            && (if r == right {
                !is_comparison(op) && op != BinaryOp::Modulo
            } else {
                self.is_narrower(op, l, r)
            })
            && let Some(result) = self.try_special(asked, right, left)?
        {
            return Ok(Some(result));
        }
        // a text prints its operand, not the built-in part of that
        if op == BinaryOp::Modulo && self.family_of(self.get(l)).is_some() {
            r = right;
        }
        if (!left_class || l != left)
            && let Some(result) = self.native_slot(op, l, r)?
        {
            // a built-in part that changed in place stands for its instance
            let same = l != left
                && self.native_type_of(self.get(l)).unhashable
                && self.get(result).is(self.get(l));
            return Ok(Some(if same { left } else { result }));
        }
        // `2 * [1]`: sequences know how to repeat themselves
        if op == BinaryOp::Multiply
            && is_integer(self.get(l))
            && let ty = self.native_type_of(self.get(r))
            && ty.is_sequence()
            && let Some(result) = self.binary_slot(ty.slots, op, r, l)?
        {
            return Ok(Some(result));
        }
        if right_class && let Some(result) = self.ask(op, reflected(op), right, left)? {
            return Ok(Some(result));
        }
        if !right_class || r != right { self.native_reflected(op, l, r) } else { Ok(None) }
    }

    /// Tries the slots of two objects of native types.
    #[inline(always)]
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

    /// Asks the slots of the left operand's native type, first the one that is a leaf.
    #[inline(never)]
    pub(crate) fn binary_slot(
        &mut self,
        slots: Slots,
        op: BinaryOp,
        left: Local,
        right: Local,
    ) -> Result<Option<Local>, Raised> {
        if let Some(binary) = slots.binary_leaf()
            && let Some(result) =
                self.leaf_operator(|cx| binary(cx, op, cx.local(left), cx.local(right)))?
        {
            return Ok(Some(result));
        }
        match slots.binary() {
            Some(binary) => binary(self, op, left, right),
            None => Ok(None),
        }
    }

    /// Tries the slot of the left operand's native type.
    #[inline(always)]
    fn native_slot(
        &mut self,
        op: BinaryOp,
        left: Local,
        right: Local,
    ) -> Result<Option<Local>, Raised> {
        let slots = self.native_type_of(self.get(left)).slots;
        if let Some(result) = self.binary_slot(slots, op, left, right)?
            && !self.get(result).is(Value::NOT_IMPLEMENTED)
        {
            return Ok(Some(result));
        }
        if op == BinaryOp::NotEqual
            && let Some(equal) = self.binary_slot(slots, BinaryOp::Equal, left, right)?
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
        if is_comparison(op) || (op == BinaryOp::Multiply && is_integer(self.get(left))) {
            return self.native_slot(mirrored(op), right, left);
        }
        Ok(None)
    }

    /// Whether the method `name` of the right operand is asked before the left operand is: that of
    /// a subclass, for arithmetic only if it is not the one that the left operand has as well.
    fn right_goes_first(
        &self,
        op: BinaryOp,
        left: Local,
        right: Local,
        name: Option<Qstr>,
    ) -> bool {
        let (l, r) = (self.type_of(self.get(left)), self.type_of(self.get(right)));
        if l.is(r) || !self.is_subclass(r, l) {
            return false;
        }
        let Some(name) = name else { return false };
        is_comparison(op)
            || match (self.class_lookup(r, name), self.class_lookup(l, name)) {
                (Some(mine), Some(inherited)) => !mine.is(inherited),
                (found, _) => found.is_some(),
            }
    }

    /// Whether the type of `left` leaves the operator to that of `right`: an int to a float, and a
    /// sequence, or the number that repeats it, to everything.
    fn is_narrower(&self, op: BinaryOp, left: Local, right: Local) -> bool {
        let (l, r) = (self.get(left), self.get(right));
        let joins = matches!(plain(op), BinaryOp::Add | BinaryOp::Multiply);
        if is_integer(l) {
            r.as_float().is_some() || (joins && self.native_type_of(r).is_sequence())
        } else {
            joins && self.native_type_of(l).is_sequence()
        }
    }

    /// Calls a special method of `object`; `!=` is the opposite of `__eq__` where there is no
    /// `__ne__`.
    fn ask(
        &mut self,
        op: BinaryOp,
        name: Option<Qstr>,
        object: Local,
        other: Local,
    ) -> Result<Option<Local>, Raised> {
        if let Some(result) = self.try_special(name, object, other)? {
            return Ok(Some(result));
        }
        if op == BinaryOp::NotEqual
            && let Some(equal) = self.try_special(Some(qstr!("__eq__")), object, other)?
        {
            let truth = self.truth(equal)?;
            return Ok(Some(Local::bool(!truth)));
        }
        Ok(None)
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

    /// Whether instances of the object's class can be compared for identity only.
    pub(crate) fn is_python_instance(&self, object: Local) -> bool {
        self.get(object).cast::<Instance>().is_some()
    }
}

/// Whether it is an int or a bool.
#[inline(never)]
pub(crate) fn is_integer(value: Value<'_>) -> bool {
    value.as_small_int().is_some() || value.as_bool().is_some() || value.is_kind(Kind::BigInt)
}
