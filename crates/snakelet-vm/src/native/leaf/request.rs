//! What a leaf asks of its caller.

use core::cell::Cell;

use crate::exception::classes::VALUE_ERROR;
use snakelet_qstr::Qstr;

use crate::native::leaf::{Leaf, Leave, Obj};
use crate::native::{Native, NativeType};
use crate::object::value::{SWord, Word, raw};

/// What a leaf asks for by the way it leaves. Arguments are counted from the first one behind the receiver.
#[derive(Copy, Clone, Default)]
pub(crate) enum Request {
    /// Nothing: it has not left.
    #[default]
    None,
    /// Free memory for an object of so many words.
    Room(usize),
    /// An int in place of an argument, by `__index__`.
    Index(usize),
    /// The same for a subscript: what it refuses is said otherwise.
    Subscript(usize),
    /// A slice of ints in place of a slice.
    Slice(usize),
    /// A `str` in place of an instance of a subclass of it.
    Text(usize),
    /// A list or tuple in place of an iterable.
    Sequence(usize),
    /// A float in place of an argument, by `__float__`.
    Float(usize),
    /// A complex number in place of an argument, by `__complex__` or `__float__`.
    Complex(usize),
    /// What the special method of this name of the first argument's class gives. Without it, the built-in
    /// part of that argument in its place. Without that, an exception with this text about it; or a
    /// float in its place, if there is no text.
    Special(Qstr, &'static str),
    /// The place of an argument in the receiver, by `__hash__` and `__eq__`: see [`Search`]. In a sequence
    /// from one place on, and before another.
    Find(usize, [usize; 2]),
    /// `True` or `False` in place of an argument, by `__bool__` and `__len__`.
    Truth(usize),
    /// To be polled: the host wants the script to end, so that long work was broken off.
    Poll,
    /// To call this with the same arguments instead.
    Full(Native),
    /// To raise an exception of this class, with a text in which `%t` is the type of the next value, `%r`
    /// its `repr()`, `%s` its `str()`.
    Raise(&'static NativeType, &'static str, [Word; 2]),
    /// To raise an exception of this class with a value, or without arguments if it is null.
    RaiseValue(&'static NativeType, Word),
}

impl Request {
    /// The argument in whose place something is asked for.
    pub(crate) fn argument(&self) -> Option<usize> {
        match *self {
            Request::Index(i)
            | Request::Subscript(i)
            | Request::Slice(i)
            | Request::Text(i)
            | Request::Sequence(i)
            | Request::Float(i)
            | Request::Complex(i)
            | Request::Find(i, _)
            | Request::Truth(i) => Some(i),
            _ => None,
        }
    }
}

/// What a search by Python's rules came to.
#[derive(Default)]
pub(crate) struct Search {
    /// Whether it was made for the call that runs.
    pub(crate) done: Cell<bool>,
    /// Whether the hash of the key could only be had by Python code.
    pub(crate) complex: Cell<bool>,
    /// The place, `usize::MAX` if there is none.
    pub(crate) place: Cell<usize>,
    /// The hash of the key.
    pub(crate) hash: Cell<u32>,
}

/// What the interpreter keeps about the leaf that runs.
#[derive(Default)]
pub(crate) struct LeafState {
    pub(crate) request: Cell<Request>,
    pub(crate) search: Search,
    /// How often it was called again for want of room.
    pub(crate) attempt: Cell<u8>,
    /// How many allocations it has made in this attempt; counted in stress mode only.
    pub(crate) made: Cell<u8>,
}

impl<'h> Leaf<'h> {
    // each request is made at many places, where it is to be short, and never often
    #[cold]
    #[inline(never)]
    pub(crate) fn ask(self, request: Request) -> Leave {
        self.vm().rt.leaf.request.set(request);
        Leave(())
    }
    /// Raises an exception with a text.
    #[cold]
    #[inline(never)]
    pub fn raise(self, class: &'static NativeType, text: &'static str) -> Leave {
        self.ask(Request::Raise(class, text, [raw::NULL; 2]))
    }
    /// Raises an exception with a text about two values: `%t` in it is the type of the next value, `%r`
    /// its `repr()`, `%s` its `str()`.
    #[cold]
    #[inline(never)]
    pub fn raise_about(
        self,
        class: &'static NativeType,
        text: &'static str,
        values: [Obj<'h>; 2],
    ) -> Leave {
        self.ask(Request::Raise(class, text, values.map(Obj::word)))
    }
    /// Raises an exception with a text in which `%s` are numbers.
    #[cold]
    #[inline(never)]
    pub(crate) fn raise_counts(
        self,
        class: &'static NativeType,
        text: &'static str,
        counts: [usize; 2],
    ) -> Leave {
        let int = |n| SWord::try_from(n).ok().and_then(Obj::small_int).unwrap_or(Obj::NONE);
        self.raise_about(class, text, counts.map(int))
    }
    /// Raises an exception without arguments.
    #[cold]
    #[inline(never)]
    pub fn raise_no_args(self, class: &'static NativeType) -> Leave {
        self.ask(Request::RaiseValue(class, raw::NULL))
    }
    /// Raises an exception with a value.
    #[cold]
    #[inline(never)]
    pub fn raise_value(self, class: &'static NativeType, value: Obj<'h>) -> Leave {
        self.ask(Request::RaiseValue(class, value.word()))
    }
    /// Raises the error for a receiver of a wrong type.
    #[cold]
    #[inline(never)]
    pub(crate) fn wrong_receiver(self) -> Leave {
        // what nobody has asked for ends with this error
        self.ask(Request::None)
    }
    /// Goes on in a native that may run Python code, which is called with the same arguments.
    #[cold]
    #[inline(never)]
    pub(crate) fn full(self, code: Native) -> Leave {
        self.ask(Request::Full(code))
    }
    /// Asks for an int in place of argument `i`, by `__index__`.
    #[cold]
    #[inline(never)]
    pub fn index(self, i: usize) -> Leave {
        self.ask(Request::Index(i))
    }
    /// Asks for an int in place of argument `i`, which is a subscript.
    #[cold]
    #[inline(never)]
    pub(crate) fn subscript(self, i: usize) -> Leave {
        self.ask(Request::Subscript(i))
    }
    /// Asks for a slice of ints in place of argument `i`, a slice.
    #[cold]
    #[inline(never)]
    pub(crate) fn slice(self, i: usize) -> Leave {
        self.ask(Request::Slice(i))
    }
    /// Asks for a `str` in place of argument `i`, or raises if it is no instance of a subclass of it.
    #[cold]
    #[inline(never)]
    pub fn text(self, i: usize) -> Leave {
        self.ask(Request::Text(i))
    }
    /// Asks for a float in place of argument `i`, by `__float__`.
    #[cold]
    #[inline(never)]
    pub fn number(self, i: usize) -> Leave {
        self.ask(Request::Float(i))
    }
    /// Asks for a complex number in place of argument `i`, by `__complex__` or `__float__`.
    #[cold]
    #[inline(never)]
    pub(crate) fn complex_number(self, i: usize) -> Leave {
        self.ask(Request::Complex(i))
    }
    /// Leaves the call to the special method `name` of the first argument. If there is none, asks for
    /// its built-in part in its place; if there is no such part, raises a `TypeError` with `text`, in
    /// which `%t` is its type, or asks for a float if the text is empty.
    #[cold]
    #[inline(never)]
    pub fn special(self, name: Qstr, text: &'static str) -> Leave {
        self.ask(Request::Special(name, text))
    }
    /// Asks for a list or tuple of the items of argument `i`.
    #[cold]
    #[inline(never)]
    pub fn sequence(self, i: usize) -> Leave {
        self.ask(Request::Sequence(i))
    }
    /// The place of argument `i` in the receiver by Python's `__hash__` and `__eq__`, if that is known by
    /// now; else it is asked for. At most one place is asked for in a call.
    #[cold]
    #[inline(never)]
    pub(crate) fn searched(self, i: usize) -> Result<Option<usize>, Leave> {
        self.searched_in(i, 0, usize::MAX)
    }
    /// The same at or behind place `start` of a sequence, and before `end`.
    #[cold]
    #[inline(never)]
    pub(crate) fn searched_in(
        self,
        i: usize,
        start: usize,
        end: usize,
    ) -> Result<Option<usize>, Leave> {
        let search = &self.vm().rt.leaf.search;
        if !search.done.get() {
            return Err(self.ask(Request::Find(i, [start, end])));
        }
        Ok(Some(search.place.get()).filter(|place| *place != usize::MAX))
    }
    /// The truth of argument `i`, or what asks for it.
    ///
    /// # Errors
    /// Python code has a say in it.
    pub fn truth(self, i: usize, arg: Obj<'h>) -> Result<bool, Leave> {
        self.vm().simple_truth(arg.value()).ok_or_else(|| self.ask(Request::Truth(i)))
    }
    /// Charges for `work` steps as [`Leaf::charge`] does.
    ///
    /// # Errors
    /// The script is to end: the work that is left need not be done.
    #[inline(never)]
    pub fn spend(self, work: usize) -> Result<(), Leave> {
        self.charge(work);
        if self.vm().is_ending() { Err(self.ask(Request::Poll)) } else { Ok(()) }
    }
    /// How many bytes at the front of a text are wanted; charges for them.
    ///
    /// # Errors
    /// The script is to end.
    pub fn count_while(self, text: &[u8], wanted: impl FnMut(u8) -> bool) -> Result<usize, Leave> {
        self.vm().count_while(text, wanted).map_err(|_| self.ask(Request::Poll))
    }
    /// Raises a `ValueError` with a text.
    #[cold]
    #[inline(never)]
    pub(crate) fn value_error(self, text: &'static str) -> Leave {
        self.raise(&VALUE_ERROR, text)
    }
}
