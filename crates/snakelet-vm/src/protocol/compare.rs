//! Equality, order, and the match of an exception with a class.

use core::cmp::Ordering;

use crate::exception::classes::BASE_EXCEPTION;
use crate::native::BinaryOp;
use crate::object::Kind;
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

impl Vm {
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
            self.charge_bytes_later(a.len().min(b.len()));
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

    /// Whether an exception is of a class, or of one in a tuple of classes.
    pub(super) fn exception_match(&mut self, object: Local, class: Local) -> Result<bool, Raised> {
        let scope = self.scope();
        let n = self.get(class).cast::<crate::object::TupleObj>().map(|t| t.len());
        if let Some(n) = n {
            return self.nested(|vm| {
                for i in 0..n {
                    let item = vm.tuple_item(class, i);
                    if vm.exception_match(object, item)? {
                        vm.end_scope(scope);
                        return Ok(true);
                    }
                    vm.end_scope(scope);
                    vm.charge(1)?;
                }
                Ok(false)
            });
        }
        let value = self.get(object);
        let own = match value.ref_kind() {
            Some(Kind::Class | Kind::NativeType) => value,
            _ => self.type_of(value),
        };
        let wanted = self.get(class);
        if !self.is_subclass(wanted, Value::from_ref(&BASE_EXCEPTION)) {
            return Err(self.type_error("exceptions must derive from BaseException"));
        }
        Ok(self.is_subclass(own, wanted))
    }
}
