//! The VM stack: a contiguous part of the host's memory that holds values from its lower end up
//! and frame records from its upper end down.
//!
//! ```text
//!  0        constants     values of frames and natives        free        frame records
//!  | unused | None True ..| fun a b | fun self x | ...  top ->     <- low |  f2 | f1 | f0 |
//! ```
//!
//! Everything below `top` is a valid value and a root of the collector, which clears the free slots
//! above it: a slot there never refers to what was freed. The stack never moves.

#![allow(unsafe_code)] // raw memory of the stack

use core::cell::Cell;
use core::num::NonZeroU32;
use core::ptr::NonNull;

use crate::object::Slot;
use crate::object::value::{Value, Word, raw};
use crate::vm::frame;

/// A place on the VM stack that holds a value over allocations and calls: an index.
///
/// Locals that a native function makes are released when it returns; in a loop, release them
/// with [`Vm::scope`](crate::Vm::scope).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Local(NonZeroU32);

const fn fixed(index: u32) -> Local {
    debug_assert!(index != 0);
    // SAFETY: slots are counted from 1: slot 0 is never used, and indices are sums of slot numbers.
    Local(unsafe { NonZeroU32::new_unchecked(index) })
}

impl Local {
    /// Always `None`.
    pub const NONE: Local = fixed(1);
    /// Always `True`.
    pub const TRUE: Local = fixed(2);
    /// Always `False`.
    pub const FALSE: Local = fixed(3);
    /// Always `NotImplemented`.
    pub const NOT_IMPLEMENTED: Local = fixed(4);
    /// Always null: no value.
    pub const NULL: Local = fixed(5);
    /// Always `...`.
    pub const ELLIPSIS: Local = fixed(6);
    /// Where values go that found no room on the stack.
    pub(crate) const SINK: Local = fixed(7);

    /// `True` or `False`.
    pub const fn bool(b: bool) -> Local {
        if b { Local::TRUE } else { Local::FALSE }
    }
    #[inline(always)]
    pub(crate) const fn index(self) -> usize {
        self.0.get() as usize
    }
    #[inline(always)]
    pub(crate) const fn at(index: usize) -> Local {
        fixed(index as u32)
    }
    /// The local `n` places further up the stack.
    #[inline(always)]
    pub(crate) const fn offset(self, n: usize) -> Local {
        fixed(self.0.get() + n as u32)
    }
}

/// Slots that natives may use without a check of their own.
pub(crate) const RESERVE: usize = 24;
/// Slots below which no frame lies.
pub(crate) const FIRST: usize = 8;

/// A running function.
#[repr(C)]
#[derive(Copy, Clone)]
pub(crate) struct Frame {
    /// The `FunctionObj` that runs.
    pub(crate) function: Word,
    /// By flags: the locals dict of a class body, the new instance, the generator.
    pub(crate) extra: Word,
    /// Next instruction.
    pub(crate) ip: *const u8,
    /// Slot of local 0.
    pub(crate) base: u32,
    /// Slot that receives the result.
    pub(crate) ret: u32,
    /// Top of the stack while another frame or a native runs.
    pub(crate) top: u32,
    /// Exception entries open.
    pub(crate) exc: u16,
    pub(crate) flags: u16,
}

impl Frame {
    /// Whether a result simply goes to the caller: a call from the interpreter loop, and no
    /// exception entries are open.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        // one comparison of both
        let state = u32::from(self.exc) | u32::from(self.flags & !frame::NAMES) << 16;
        state == 0
    }
}

const FRAME_SLOTS: usize = size_of::<Frame>().div_ceil(size_of::<Word>());

/// The stack's memory and its two ends.
#[repr(C)]
pub(crate) struct Stack {
    base: NonNull<Word>,
    /// First free slot.
    top: Cell<*mut Word>,
    /// First slot of the newest frame record.
    low: Cell<*mut Word>,
    len: usize,
    /// Set when a value found no room.
    pub(crate) overflowed: Cell<bool>,
}

// SAFETY: the stack owns its memory (contract of `Stack::new`).
unsafe impl Send for Stack {}

impl Stack {
    /// Makes a stack of `len` slots.
    ///
    /// # Safety
    /// `base` is the start of `len` words of memory that nobody else uses while the stack lives.
    pub(crate) unsafe fn new(base: NonNull<Word>, len: usize) -> Self {
        let stack = Self {
            base,
            len,
            top: Cell::new(base.as_ptr().wrapping_add(FIRST)),
            low: Cell::new(base.as_ptr().wrapping_add(len)),
            overflowed: Cell::new(false),
        };
        for i in 0..len {
            // SAFETY: inside the memory given.
            unsafe { base.add(i).write(raw::NULL) };
        }
        let constants = [
            raw::NULL,
            raw::NONE,
            raw::TRUE,
            raw::FALSE,
            raw::NOT_IMPLEMENTED,
            raw::NULL,
            raw::ELLIPSIS,
        ];
        for (i, word) in constants.iter().enumerate() {
            stack.write(i, *word);
        }
        stack
    }

    /// The same stack once more.
    ///
    /// # Safety
    /// One of the two is not used again.
    #[cfg(feature = "thread")]
    pub(crate) unsafe fn alias(&self) -> Self {
        Self {
            base: self.base,
            top: self.top.clone(),
            low: self.low.clone(),
            len: self.len,
            overflowed: self.overflowed.clone(),
        }
    }

    /// Number of a slot.
    #[inline(always)]
    pub(crate) fn index(&self, slot: *const Word) -> usize {
        (slot.addr() - self.base.as_ptr().addr()) / size_of::<Word>()
    }
    #[inline(always)]
    pub(crate) fn top(&self) -> usize {
        self.index(self.top.get())
    }
    /// Address of the first free slot.
    #[inline(always)]
    pub(crate) fn top_slot(&self) -> *mut Word {
        self.top.get()
    }
    /// Moves the top. Slots between the old and the new top must hold values if it grows.
    #[inline(always)]
    pub(crate) fn set_top(&self, top: usize) {
        self.top.set(self.slot(top));
    }
    /// Moves the top to a slot's address; as for `set_top`.
    #[inline(always)]
    pub(crate) fn set_top_slot(&self, top: *mut Word) {
        self.top.set(top);
    }
    /// Address of slot `i`.
    #[inline(always)]
    pub(crate) fn slot(&self, i: usize) -> *mut Word {
        // wrapping: the address is only used after a check of the index
        self.base.as_ptr().wrapping_add(i)
    }
    /// The word in slot `i`, which lies below the top: a slot of the running function, or one that a
    /// frame record tells of.
    #[inline(always)]
    pub(crate) fn read(&self, i: usize) -> Word {
        let slot = self.slot(i);
        debug_assert!(slot < self.top.get());
        // SAFETY: slots are numbers that `push`, a scope or a frame record gave, so the slot is inside
        // of the memory, all of which was written when the stack was made.
        unsafe { *slot }
    }
    /// The values in `n` slots from `first` on; none if they do not lie below the top.
    #[inline(always)]
    pub(crate) fn values(&self, first: usize, n: usize) -> &[Slot] {
        let at = self.slot(first);
        if at.wrapping_add(n) > self.top.get() {
            return &[];
        }
        // SAFETY: they lie below the top, where slots hold live values; they are only changed through
        // shared cells.
        unsafe { core::slice::from_raw_parts(at.cast::<Slot>(), n) }
    }
    #[inline(always)]
    pub(crate) fn write(&self, i: usize, word: Word) {
        let slot = self.slot(i);
        if slot < self.top.get() {
            // SAFETY: top never exceeds the stack's end.
            unsafe { *slot = word }
        }
    }
    /// Whether `slots` more values and a frame record fit, with the natives' reserve.
    #[inline(always)]
    pub(crate) fn has_room(&self, from: usize, slots: usize) -> bool {
        self.slot_has_room(self.slot(from), slots)
    }
    /// As `has_room`, from a slot's address.
    #[inline(always)]
    pub(crate) fn slot_has_room(&self, from: *mut Word, slots: usize) -> bool {
        from.addr() + (slots + FRAME_SLOTS + RESERVE) * size_of::<Word>() <= self.low.get().addr()
    }
    #[inline(always)]
    pub(crate) fn push(&self, word: Word) -> Local {
        let top = self.top.get();
        if top < self.low.get() {
            // SAFETY: below the frame records, hence inside the memory.
            unsafe { *top = word };
            self.top.set(top.wrapping_add(1));
            Local::at(self.index(top))
        } else {
            self.overflow(word)
        }
    }
    #[cold]
    #[inline(never)]
    fn overflow(&self, word: Word) -> Local {
        self.overflowed.set(true);
        self.write(Local::SINK.index(), word);
        Local::SINK
    }

    /// Position of the newest frame record.
    #[inline(always)]
    pub(crate) fn frame_mark(&self) -> usize {
        self.index(self.low.get())
    }
    /// Pushes a frame record; the caller has checked `has_room`.
    #[inline(always)]
    pub(crate) fn push_frame(&self, frame: Frame) {
        let low = self.low.get().wrapping_sub(FRAME_SLOTS);
        debug_assert!(low >= self.top.get());
        // SAFETY: `has_room` was true, so the record lies between top and the older records.
        unsafe { low.cast::<Frame>().write(frame) };
        self.low.set(low);
    }
    /// Takes the newest frame record away, if there is one.
    #[inline(always)]
    pub(crate) fn pop_frame(&self) {
        debug_assert!(self.depth() > 0);
        self.low.set(self.low.get().wrapping_add(FRAME_SLOTS));
    }
    /// The newest frame record.
    #[inline(always)]
    pub(crate) fn frame(&self) -> *mut Frame {
        self.low.get().cast::<Frame>()
    }
    /// Frame record number `n` from the newest (0), if there is one.
    pub(crate) fn frame_at(&self, n: usize) -> Option<Frame> {
        let at = self.frame_mark() + n * FRAME_SLOTS;
        if at + FRAME_SLOTS <= self.len {
            // SAFETY: frame records lie without gaps from `low` to the end.
            Some(unsafe { self.slot(at).cast::<Frame>().read() })
        } else {
            None
        }
    }
    /// The record of the newest frame for which something holds, if there is one.
    pub(crate) fn find_frame(&self, holds: impl Fn(&Frame) -> bool) -> Option<*mut Frame> {
        let mut n = 0;
        while let Some(frame) = self.frame_at(n) {
            if holds(&frame) {
                return Some(self.slot(self.frame_mark() + n * FRAME_SLOTS).cast::<Frame>());
            }
            n += 1;
        }
        None
    }
    /// Number of slots in all.
    pub(crate) fn slots(&self) -> usize {
        self.len
    }
    /// Number of frame records.
    pub(crate) fn depth(&self) -> usize {
        (self.len - self.frame_mark()) / FRAME_SLOTS
    }
    /// Visits every word that may refer to an object.
    pub(crate) fn visit(&self, visit: &mut dyn FnMut(&mut Word)) {
        for i in 1..self.top() {
            // SAFETY: inside the memory; nothing else borrows it during a collection.
            visit(unsafe { &mut *self.slot(i) });
        }
        let (top, free) = (self.top.get(), self.frame_mark().saturating_sub(self.top()));
        // SAFETY: the slots between the two ends lie inside the memory, and nothing refers to them.
        unsafe { core::slice::from_raw_parts_mut(top, free) }.fill(raw::NULL);
        let mut at = self.frame_mark();
        while at + FRAME_SLOTS <= self.len {
            // SAFETY: a frame record lies here.
            let frame = unsafe { &mut *self.slot(at).cast::<Frame>() };
            visit(&mut frame.function);
            visit(&mut frame.extra);
            at += FRAME_SLOTS;
        }
    }
    /// The value in slot `i`; as for `read`.
    #[inline(always)]
    pub(crate) fn value(&self, i: usize) -> Value<'_> {
        // SAFETY: what lies below the top is a live value. What lies above it was one since the last
        // collection, which clears the slots there.
        unsafe { Value::from_word(self.read(i)) }
    }
    /// The value in slot `i`; null above the top.
    pub(crate) fn value_below_top(&self, i: usize) -> Value<'_> {
        if i < self.top() { self.value(i) } else { Value::NULL }
    }
}
