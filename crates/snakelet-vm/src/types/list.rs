//! `list`.

use crate::native::NativeType;
use crate::object::{Kind, ListObj, Slot, Storage, TupleObj};
use crate::stack::Local;
use crate::value::Value;
use crate::{Raised, Res, Vm, qstr};

/// `list`.
pub static LIST: NativeType = NativeType::new(qstr!("list"), Kind::List);

impl Vm {
    /// The length of a list; 0 for other objects.
    pub fn list_len(&self, list: Local) -> usize {
        self.get(list).cast::<ListObj>().map_or(0, ListObj::len)
    }
    /// Item `i` of a list; null beyond its end.
    pub fn list_item(&self, list: Local, i: usize) -> Value<'_> {
        let items = self.get(list).cast::<ListObj>().map_or(&[][..], ListObj::items);
        items.get(i).map_or(Value::NULL, Slot::get)
    }
    /// Changes item `i` of a list.
    pub fn list_set(&self, list: Local, i: usize, value: Value<'_>) {
        let items = self.get(list).cast::<ListObj>().map_or(&[][..], ListObj::items);
        if let Some(slot) = items.get(i) {
            slot.set(value);
        }
    }
    /// Appends an item to a list.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn list_append(&mut self, list: Local, item: Local) -> Result<(), Raised> {
        let Some(l) = self.get(list).cast::<ListObj>() else { return Err(self.wrong_receiver()) };
        let n = l.len();
        if n >= l.capacity() {
            self.list_reserve(list, n + 1)?;
        }
        if let Some(l) = self.get(list).cast::<ListObj>() {
            l.len.set(n + 1);
            if let Some(slot) = l.items().get(n) {
                slot.set(self.get(item));
            }
        }
        Ok(())
    }
    /// Takes the last item off a list (null if it is empty).
    pub(crate) fn list_pop(&self, list: Local) -> Local {
        let Some(l) = self.get(list).cast::<ListObj>() else { return Local::NULL };
        let Some(last) = l.len().checked_sub(1) else { return Local::NULL };
        let item = match l.items().get(last) {
            Some(slot) => {
                let item = self.push(slot.get());
                slot.set(Value::NULL);
                item
            }
            None => Local::NULL,
        };
        l.len.set(last);
        item
    }
    /// Makes room for `wanted` items in a list, and for some more.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn list_reserve(&mut self, list: Local, wanted: usize) -> Result<(), Raised> {
        let capacity = self.get(list).cast::<ListObj>().map_or(0, ListObj::capacity);
        if wanted <= capacity {
            return Ok(());
        }
        let grown = wanted.max(capacity + capacity / 2).max(4);
        // whole blocks: what would be padding is used
        let block = snakelet_gc::BLOCK / size_of::<usize>();
        let grown = (grown + 1).next_multiple_of(block) - 1;
        if self.grow_storage(list, grown) {
            return Ok(());
        }
        let scope = self.scope();
        let storage = self.new_storage(grown)?;
        if let (Some(l), Some(new)) =
            (self.get(list).cast::<ListObj>(), self.get(storage).cast::<Storage>())
        {
            for (to, from) in new.slots().iter().zip(l.items()) {
                to.set(from.get());
            }
            l.storage.set(self.get(storage));
        }
        self.end_scope(scope);
        Ok(())
    }
    /// Appends the items of an iterable to a list.
    ///
    /// # Errors
    /// `MemoryError`, `TypeError`, what iterating raises.
    pub fn list_extend(&mut self, list: Local, iterable: Local) -> Result<(), Raised> {
        if let Some(n) = self.known_sequence_len(iterable) {
            let old = self.list_len(list);
            self.list_reserve(list, old + n)?;
            for i in 0..n {
                let scope = self.scope();
                let item = self.push_sequence_item(iterable, i);
                self.list_append(list, item)?;
                self.end_scope(scope);
            }
            return Ok(());
        }
        self.for_each(iterable, |vm, item| vm.list_append(list, item))
    }
    /// The length of a tuple or list; `None` for other objects.
    fn known_sequence_len(&self, object: Local) -> Option<usize> {
        let value = self.get(object);
        match value.cast::<TupleObj>() {
            Some(t) => Some(t.len()),
            None => value.cast::<ListObj>().map(ListObj::len),
        }
    }
    /// The length of a tuple or list; 0 for other objects.
    pub fn sequence_len(&self, object: Local) -> usize {
        self.known_sequence_len(object).unwrap_or(0)
    }
    /// Makes a local of item `i` of a tuple or list.
    pub fn push_sequence_item(&self, object: Local, i: usize) -> Local {
        let value = self.get(object);
        let items = match value.cast::<TupleObj>() {
            Some(t) => t.items(),
            None => value.cast::<ListObj>().map_or(&[][..], ListObj::items),
        };
        self.push(items.get(i).map_or(Value::NULL, Slot::get))
    }
    /// Makes a list of items `start..end` of a list.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn list_slice(&mut self, list: Local, start: usize, end: usize) -> Res {
        let new = self.new_list_sized(end.saturating_sub(start))?;
        if let (Some(to), Some(from)) =
            (self.get(new).cast::<ListObj>(), self.get(list).cast::<ListObj>())
        {
            let part = from.items().get(start..end).unwrap_or(&[]);
            for (to, from) in to.items().iter().zip(part) {
                to.set(from.get());
            }
        }
        Ok(new)
    }
    /// Makes a tuple of a list's items.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn tuple_from_list(&mut self, list: Local) -> Res {
        let n = self.list_len(list);
        self.new_tuple_with(n, |vm, i| vm.list_item(list, i).into())
    }
}
