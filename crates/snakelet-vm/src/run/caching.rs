//! What the loop's caches are told by the slow ways that look a name up.

#![allow(unsafe_code)] // looks at words of the stack

use snakelet_qstr::Qstr;

use crate::Vm;
use crate::object::value::{Value, Word, raw};
use crate::object::{HashObj, Kind};
use crate::vm::stack::Local;

impl Vm {
    /// Lets the cache of globals refer to a name's slot; false if the dict has no such name.
    pub(crate) fn cache_global(&mut self, globals: Local, name: Qstr) -> bool {
        let value = self.get(globals);
        let Some(dict) = value.cast::<HashObj>() else { return false };
        let Some(n) = dict.find_name(self, Value::qstr(name)) else { return false };
        let Some(slot) = dict.value_slot(n) else { return false };
        dict.set_cached();
        let (key, name) = (value.word(), Value::qstr(name).word());
        let slot = core::ptr::from_ref(slot);
        self.rt.caches.set_global(key, name, slot);
        true
    }

    /// Lets the cache of globals say what a name is in `builtins`, if that is an object in flash.
    pub(crate) fn cache_builtin(&mut self, globals: Local, name: Qstr, value: Local) {
        let word = self.get(value).word();
        if let Some(dict) = self.get(globals).cast::<HashObj>()
            && raw::is_ref(word)
            && !self.heap.contains(word)
        {
            dict.set_cached();
            let key = self.get(globals).word();
            self.rt.caches.set_builtin(key, Value::qstr(name).word(), word);
        }
    }

    /// The key under which methods of an object of a native type are cached: a number that no address is for
    /// the kinds of objects that all have the same type, the type's address for what is no object; 0 for
    /// objects whose methods are not cached.
    #[inline]
    pub(crate) fn native_key(&self, word: Word) -> Word {
        // SAFETY: the word is on the stack, so what it refers to is live.
        let value = unsafe { Value::from_word(word) };
        let Some(kind) = value.ref_kind() else { return self.immediate_key(value) };
        match kind {
            // several types
            Kind::NamedTuple => 0,
            // looked up in these themselves
            Kind::NativeModule | Kind::Class => word,
            // the first kinds are those of containers, texts, numbers and functions: one comparison
            _ if kind as u8 <= Kind::Generator as u8 || kind == Kind::Deque => {
                (kind as Word) << 4 | 1
            }
            _ => 0,
        }
    }

    #[inline(never)]
    fn immediate_key(&self, value: Value<'_>) -> Word {
        Value::from_ref(self.native_type_of(value)).word()
    }
}
