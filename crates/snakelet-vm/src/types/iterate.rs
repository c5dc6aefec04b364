//! Iterators: getting one, its next item, and running through all of them.

use crate::exception::classes;
use crate::exception::classes::TYPE_ERROR;
use crate::object::Kind;
use crate::vm::Sink;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

impl Vm {
    /// `iter(obj)`.
    ///
    /// # Errors
    /// `TypeError` if it cannot be iterated over; what `__iter__` raises.
    pub fn get_iter(&mut self, object: Local) -> Res {
        if self.get(object).has_specials() {
            if let Some(method) = self.special(object, qstr!("__iter__")) {
                return self.call_with(method, &[object]);
            }
            let part = self.native_part(object);
            if let Some(iter) = self.native_type_of(self.get(part)).slots.iter() {
                return iter(self, part);
            }
            if self.special(object, qstr!("__getitem__")).is_some() {
                return crate::types::iter::over_items(self, object);
            }
        } else if let Some(iter) = self.native_type_of(self.get(object)).slots.iter() {
            return iter(self, object);
        }
        Err(self.raise_about(&TYPE_ERROR, "'%t' object isn't iterable", &[object]))
    }

    /// What `await` and `yield from` delegate to: what `__await__` gives if that is all an object has, else
    /// an iterator.
    ///
    /// # Errors
    /// `TypeError` for an object with neither; what its method raises.
    pub(crate) fn get_awaited(&mut self, object: Local) -> Res {
        if self.get(object).has_specials()
            && self.special(object, qstr!("__iter__")).is_none()
            && let Some(method) = self.special(object, qstr!("__await__"))
        {
            return self.call_with(method, &[object]);
        }
        self.get_iter(object)
    }

    /// The next item of an iterator; `None` at its end.
    ///
    /// # Errors
    /// What the iterator raises, other than `StopIteration`.
    pub fn iter_next(&mut self, iterator: Local) -> Result<Option<Local>, Raised> {
        if let Some(item) = crate::types::iter::quick_next(self.get(iterator)) {
            return Ok(Some(self.push(item)));
        }
        if self.get(iterator).has_specials()
            && let Some(method) = self.special(iterator, qstr!("__next__"))
        {
            let result = self.call_with(method, &[iterator]);
            if result.is_err() {
                self.note_stop();
            }
            return self.catch(result, &classes::STOP_ITERATION);
        } else if self.get(iterator).is_kind(Kind::Iter) {
            let result = crate::types::iter::next(self, iterator);
            return self.end_of_iteration(result);
        } else if self.get(iterator).is_kind(Kind::Generator) {
            return self.generator_next(iterator);
        } else if let Some(next) = self.native_type_of(self.get(iterator)).slots.next() {
            let result = next(self, iterator);
            return self.end_of_iteration(result);
        }
        Err(self.raise_about(&TYPE_ERROR, "'%t' object isn't an iterator", &[iterator]))
    }

    /// Keeps the pending exception for `next()` if it is a `StopIteration` with a value.
    #[cold]
    fn note_stop(&mut self) {
        if !self.raised_is(&classes::STOP_ITERATION) {
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
            Err(_) if self.raised_is(&classes::STOP_ITERATION) => {
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
        self.feed(iterable, &mut |vm, item| each(vm, item).map(|()| true)).map(|_| ())
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
        self.feed(iterable, &mut each)
    }

    /// The one function that does it, for whatever is called.
    #[inline(never)]
    fn feed(&mut self, iterable: Local, each: &mut Sink<'_>) -> Result<bool, Raised> {
        let scope = self.scope();
        // lists and tuples need no iterator object
        let plain = matches!(self.get(iterable).ref_kind(), Some(Kind::List | Kind::Tuple));
        let iterator = if plain { iterable } else { self.get_iter(iterable)? };
        if self.get(iterator).is_kind(Kind::Generator) {
            let all = self.drain_generator(iterator, each)?;
            self.end_scope(scope);
            return Ok(all);
        }
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
}
