//! `tuple`.

use crate::native::NativeType;
use crate::object::{Kind, Slot, StaticTuple, TupleObj};
use crate::stack::Local;
use crate::value::Value;
use crate::{Vm, qstr};

/// `tuple`.
pub static TUPLE: NativeType = NativeType::new(qstr!("tuple"), Kind::Tuple);

/// The empty tuple: there is one, in flash.
pub(crate) fn empty() -> Value<'static> {
    static EMPTY: StaticTuple = StaticTuple::EMPTY;
    Value::from_ref(&EMPTY)
}

impl Vm {
    /// Makes a local of item `i` of a tuple (null beyond its end).
    pub fn tuple_item(&self, tuple: Local, i: usize) -> Local {
        let items = self.get(tuple).cast::<TupleObj>().map_or(&[][..], TupleObj::items);
        self.push(items.get(i).map_or(Value::NULL, Slot::get))
    }
}
