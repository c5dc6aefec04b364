//! Leaf natives: native functions that run no Python code.
//!
//! A leaf shares the interpreter ([`Leaf`]), so nothing is collected or moved before it returns: values
//! and references to objects stay valid over its allocations, and the borrow checker proves it, since
//! collecting takes the interpreter exclusively. Whatever a leaf cannot do itself it *asks* of its
//! caller by the way it leaves ([`Leave`]): to make room in the heap, to convert an argument by
//! Python's rules, to search a key by Python's `__eq__`, to raise an exception, or to go on in a native
//! that may run Python code. What was asked for is done, and the leaf is called again.
//!
//! Rules for leaves:
//!
//! - **L1** Allocate before the first effect: an allocation may leave, and then everything is done once
//!   more.
//! - **L2** Memory that a reference may still refer to is not freed or used again: storage that is
//!   replaced is left to the collector.
//! - **L3** Charge for work that grows with the arguments: [`Leaf::charge`].

mod alloc;
mod numbers;
mod obj;
mod request;
mod sequences;
mod text;
mod values;

use core::cell::Cell;
use core::marker::PhantomData;

use crate::Vm;
use crate::object::Slot;
use crate::vm::stack::Local;

pub use crate::types::complex::Parts;
pub use crate::types::int::arith::IntOp;
pub(crate) use numbers::Wide;
pub use obj::Obj;
pub(crate) use obj::{AnyObj, AnySet, AnyTextObj, Dict, FloatObj, IntObj, Set, Whole};
pub(crate) use obj::{AnyText, Gc, Receiving};
pub(crate) use request::{LeafState, Request};
pub use values::{IntObject, Items, List, NewTuple};

/// Ties values to the call of one leaf: no two calls, and no two interpreters, share it.
pub(crate) type Brand<'h> = PhantomData<Cell<&'h ()>>;

/// The context of a leaf native.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Leaf<'h> {
    vm: &'h Vm,
    brand: Brand<'h>,
}

/// Says that a leaf did not come to its end. The interpreter knows what it asks for.
#[derive(Debug)]
#[must_use]
pub struct Leave(());

/// What a leaf gives.
pub type Answer<'h> = Result<Obj<'h>, Leave>;

/// The arguments of a leaf behind its receiver, of which there are at least `REQUIRED`.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct LeafArgs<'h, const REQUIRED: usize>(&'h [Slot], Brand<'h>);

impl<'h> LeafArgs<'h, 0> {
    /// The arguments that lie in these slots.
    pub(crate) fn new(slots: &'h [Slot]) -> Self {
        Self(slots, PhantomData)
    }
}

impl<'h, const REQUIRED: usize> LeafArgs<'h, REQUIRED> {
    /// How many arguments there are.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
    /// One of the required arguments.
    #[inline(always)]
    #[expect(unsafe_code, reason = "required arguments are there")]
    pub fn get<const I: usize>(self) -> Obj<'h> {
        const { assert!(I < REQUIRED) };
        debug_assert!(self.0.len() >= REQUIRED);
        // SAFETY: arguments of which some are required come from callers of a leaf alone, which give at
        // least as many as it requires (contract of `NativeFn::call_method` and `call_function`).
        let slot = unsafe { self.0.get_unchecked(I) };
        Obj::or_none(slot.get())
    }
    /// The same, where nobody relies on how many there are.
    #[inline(always)]
    pub fn rest(self) -> LeafArgs<'h, 0> {
        LeafArgs(self.0, PhantomData)
    }
    /// Another argument, if it was given.
    #[inline(always)]
    pub fn opt(self, i: usize) -> Option<Obj<'h>> {
        self.0.get(i).and_then(|slot| Obj::of_value(slot.get()))
    }
}

impl<'h> Leaf<'h> {
    /// The context of a leaf that shares the interpreter while `'h` lasts.
    #[inline(always)]
    pub(crate) fn new(vm: &'h Vm) -> Self {
        Self { vm, brand: PhantomData }
    }
    /// The interpreter.
    #[inline(always)]
    pub(crate) fn vm(self) -> &'h Vm {
        self.vm
    }
    /// The value of a local.
    #[inline(always)]
    pub(crate) fn local(self, local: Local) -> Obj<'h> {
        Obj::or_none(self.vm.get(local))
    }
    /// Charges for `work` steps. The host is asked when it is time; what it wishes is done when the leaf
    /// has returned.
    #[inline(always)]
    pub fn charge(self, work: usize) {
        self.vm.charge_later(work);
    }
    /// Charges for copying `n` items.
    #[inline(always)]
    pub(crate) fn charge_copies(self, n: usize) {
        if n >= COPIES_A_STEP {
            self.charge(n / COPIES_A_STEP);
        }
    }
}

/// Items that are copied in a step.
const COPIES_A_STEP: usize = 16;
