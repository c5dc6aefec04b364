//! The method resolution order of classes with bases (C3: "A Monotonic Superclass Linearization for
//! Dylan", Barrett et al., 1996).
//!
//! The orders of the bases, and the bases themselves, are lists that are merged: the head of the first
//! list that no other list has behind its head comes next. Only Python classes are in the
//! order; native bases come behind all of them.

use crate::object::value::Value;
use crate::object::{ClassObj, Kind, ListObj, Slot, TupleObj};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Classes that are compared in a step.
const COMPARED_A_STEP: usize = 4;

/// What is merged, as locals.
#[derive(Copy, Clone)]
struct Merge {
    /// The Python classes among the bases: list number `n` is this one, list `i` the order of item `i`.
    bases: Local,
    n: usize,
    /// How many of each list are in the order already.
    positions: Local,
}

impl Vm {
    /// Computes the order of a class as a tuple of Python classes, the class first.
    ///
    /// # Errors
    /// `TypeError` if there is none.
    pub(super) fn linearise(&mut self, class: Local, bases: Local) -> Res {
        let scope = self.scope();
        let python = self.new_list_empty()?;
        for i in 0..self.get(bases).cast::<TupleObj>().map_or(0, TupleObj::len) {
            let base = self.tuple_item(bases, i);
            if self.get(base).is_kind(Kind::Class) {
                self.list_append(python, base)?;
            }
        }
        let order = self.new_list_empty()?;
        self.list_append(order, class)?;
        let n = self.get(python).cast::<ListObj>().map_or(0, ListObj::len);
        if n == 1 {
            // the order of the only base
            let base = self.list_item(python, 0).cast::<ClassObj>();
            let next = self.push(base.map_or(Value::NULL, |base| base.mro.get()));
            self.list_extend(order, next)?;
        } else if n > 1 {
            self.merge(python, n, order)?;
        }
        let order = self.tuple_from_list(order)?;
        Ok(self.end_scope_with(scope, order))
    }

    fn merge(&mut self, bases: Local, n: usize, order: Local) -> Result<(), Raised> {
        let positions = self.new_list_sized(n + 1)?;
        for i in 0..=n {
            self.list_set(positions, i, Value::tiny_int(0));
        }
        let merge = Merge { bases, n, positions };
        // lists before this one are used up
        let mut first = 0;
        loop {
            while first <= n && self.head(merge, first).is_none() {
                first += 1;
            }
            if first > n {
                return Ok(());
            }
            let scope = self.scope();
            let mut candidate = None;
            for i in first..=n {
                let inner = self.scope();
                let Some(head) = self.head(merge, i).map(|head| self.push(head)) else { continue };
                if !self.in_a_tail(merge, first, head)? {
                    candidate = Some(head);
                    break;
                }
                self.end_scope(inner);
            }
            let Some(next) = candidate else {
                return Err(self.type_error("Cannot create a consistent method resolution order"));
            };
            self.list_append(order, next)?;
            for i in first..=n {
                if self.head(merge, i).is_some_and(|head| head.is(self.get(next))) {
                    let at = self.position(merge, i) + 1;
                    if let Some(at) = Value::small_int(at as isize) {
                        self.list_set(positions, i, at);
                    }
                }
            }
            self.charge_compared(n)?;
            self.end_scope(scope);
        }
    }

    /// Whether a class lies behind the head of a list, from list number `first` on.
    fn in_a_tail(&mut self, merge: Merge, first: usize, class: Local) -> Result<bool, Raised> {
        let mut compared = 0;
        let mut found = false;
        for i in first..=merge.n {
            let tail = self.merged(merge, i).get(self.position(merge, i) + 1..).unwrap_or(&[]);
            let class = self.get(class);
            compared += 1 + tail.len();
            if tail.iter().any(|item| item.get().is(class)) {
                found = true;
                break;
            }
        }
        self.charge_compared(compared)?;
        Ok(found)
    }

    fn charge_compared(&mut self, classes: usize) -> Result<(), Raised> {
        self.charge(u32::try_from(1 + classes / COMPARED_A_STEP).unwrap_or(u32::MAX))
    }

    fn position(&self, merge: Merge, i: usize) -> usize {
        self.list_item(merge.positions, i).as_small_int().unwrap_or(0) as usize
    }

    /// The next class of a list.
    fn head(&self, merge: Merge, i: usize) -> Option<Value<'_>> {
        self.merged(merge, i).get(self.position(merge, i)).map(Slot::get)
    }

    /// List number `i`.
    fn merged(&self, merge: Merge, i: usize) -> &[Slot] {
        if i == merge.n {
            self.items_of(self.get(merge.bases))
        } else {
            self.order_of(merge.bases, i)
        }
    }

    /// The order of a class in a list.
    fn order_of(&self, list: Local, i: usize) -> &[Slot] {
        let class = self.items_of(self.get(list)).get(i).map_or(Value::NULL, Slot::get);
        class.cast::<ClassObj>().map_or(&[], ClassObj::mro_items)
    }
}
