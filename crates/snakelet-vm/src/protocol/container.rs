//! Truth, length, membership, subscripts and what may serve as an index.

use crate::exception::classes;
use crate::exception::classes::TYPE_ERROR;
use crate::native::Subscr;
use crate::object::Kind;
use crate::object::value::{SWord, Value};
use crate::types::sequence;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

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
        if value.has_specials() {
            return None;
        }
        let slots = self.native_type_of(value).slots;
        if let Some(truth) = slots.truth() {
            return Some(truth(self, value));
        }
        match slots.len() {
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
        match self.native_type_of(self.get(part)).slots.len() {
            Some(len) => Ok(len(self, self.get(part))),
            None => {
                Err(self.raise_about(&TYPE_ERROR, "object of type '%t' has no len()", &[object]))
            }
        }
    }

    /// `item in container`.
    ///
    /// # Errors
    /// `TypeError` if it cannot be searched; what comparing raises.
    pub fn contains(&mut self, container: Local, item: Local) -> Result<bool, Raised> {
        let scope = self.scope();
        if !self.get(container).has_specials()
            && let Some(found) = self.native_contains(container, item)?
        {
            self.end_scope(scope);
            return Ok(found);
        }
        if let Some(method) = self.special(container, qstr!("__contains__")) {
            let result = self.call_with(method, &[container, item])?;
            let truth = self.truth(result)?;
            self.end_scope(scope);
            return Ok(truth);
        }
        let part = self.native_part(container);
        if let Some(found) = self.native_contains(part, item)? {
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

    fn native_contains(&mut self, container: Local, item: Local) -> Result<Option<bool>, Raised> {
        if let Some(items) = sequence::slots_of(self.get(container))
            && let Ok(n) = sequence::scan(self, items, self.get(item))
        {
            return Ok(Some(n < items.len()));
        }
        let slots = self.native_type_of(self.get(container)).slots;
        if let Some(method) = slots.membership() {
            let found = self.call_native_with(method, &[container, item])?;
            return Ok(Some(self.get(found).is(Value::TRUE)));
        }
        match slots.contains() {
            Some(contains) => contains(self, container, item).map(Some),
            None => Ok(None),
        }
    }

    /// `obj[index]`, `obj[index] = value` and `del obj[index]`.
    ///
    /// # Errors
    /// `TypeError` if it is not supported; what the object raises.
    pub fn subscr(&mut self, object: Local, index: Local, op: Subscr) -> Res {
        if self.get(object).has_specials() {
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
                let function = self.push_here(found);
                let function = match self.get(function).cast::<crate::object::Wrapper>() {
                    Some(w) => self.push_here(w.function.get()),
                    None => function,
                };
                return self.call_with(function, &[object, index]);
            }
        }
        let part = self.native_part(object);
        #[cfg(feature = "cpython")]
        if part != object
            && matches!(op, Subscr::Load)
            && let Some(found) = self.missing_item(object, part, index)?
        {
            return Ok(found);
        }
        let slots = self.native_type_of(self.get(part)).slots;
        let method = match op {
            Subscr::Load => slots.subscript(),
            Subscr::Store(_) => slots.subscripts().get(1),
            Subscr::Delete => slots.subscripts().get(2),
        };
        match (method, slots.subscr()) {
            (Some(method), _) => match op {
                Subscr::Store(value) => self.call_native_with(method, &[part, index, value]),
                _ => self.call_native_with(method, &[part, index]),
            },
            (None, Some(subscr)) => subscr(self, part, index, op),
            (None, None) => {
                let what = match op {
                    Subscr::Load => "'%t' object isn't subscriptable",
                    Subscr::Store(_) => "'%t' object doesn't support item assignment",
                    Subscr::Delete => "'%t' object doesn't support item deletion",
                };
                let object = if slots.subscripts().is_empty() { object } else { part };
                Err(self.raise_about(&TYPE_ERROR, what, &[object]))
            }
        }
    }

    /// What `__missing__` of a class derived from `dict` gives for a key that is not there.
    #[cfg(feature = "cpython")]
    fn missing_item(
        &mut self,
        object: Local,
        part: Local,
        key: Local,
    ) -> Result<Option<Local>, Raised> {
        if !matches!(self.get(part).ref_kind(), Some(Kind::Dict | Kind::OrderedDict)) {
            return Ok(None);
        }
        // a name that is not interned is no attribute
        let Some(name) = self.find_qstr(b"__missing__") else { return Ok(None) };
        let Some(method) = self.special(object, name) else { return Ok(None) };
        if self.table_find(part, key)?.is_some() {
            return Ok(None);
        }
        self.call_with(method, &[object, key]).map(Some)
    }

    /// An index: an int, or what `__index__` gives.
    ///
    /// # Errors
    /// `TypeError` if it is none; `OverflowError` if it does not fit a word.
    pub fn index_of(&mut self, object: Local) -> Result<SWord, Raised> {
        // an instance of a subclass of int is one, whatever its `__index__` says
        let part = self.native_part(object);
        let value = self.get(part);
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
                &classes::OVERFLOW_ERROR,
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
        Err(self.raise_about(&TYPE_ERROR, "can't convert %t to int", &[object]))
    }

    /// The int that a subscript of an object is; one that does not fit a word is beyond every end.
    ///
    /// # Errors
    /// `TypeError` if it is none; what `__index__` raises.
    pub(crate) fn subscript_of(&mut self, object: Local, index: Local) -> Result<SWord, Raised> {
        let value = self.get(index);
        match value.as_small_int() {
            Some(i) => Ok(i),
            None if value.is_kind(Kind::BigInt) => Ok(SWord::MAX),
            None if value.as_bool().is_some() || value.has_specials() => self.index_of(index),
            None => Err(self.raise_about(
                &TYPE_ERROR,
                "%t indices must be integers, not %t",
                &[object, index],
            )),
        }
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
        let i = self.subscript_of(object, index)?;
        let at = if i < 0 { i + len as SWord } else { i };
        if at < 0 || at >= len as SWord {
            return Err(self.raise_about(
                &classes::INDEX_ERROR,
                "%t index out of range",
                &[object],
            ));
        }
        Ok(at as usize)
    }
}
