//! A native module `ringbuffer` with a type `Ring`: the last bytes that were pushed, which scripts
//! iterate over, index, read as a buffer, and empty at the end of a `with` block.
//!
//! It needs neither the standard library nor an allocator, and no name of it is known to the interpreter.
#![no_std]

use core::cell::Cell;

use snakelet_vm::exception::classes::{INDEX_ERROR, STOP_ITERATION, VALUE_ERROR};
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{
    Constant, Contents, Data, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{methods, name};

const CAPACITY: usize = 64;

/// The last bytes that were pushed, at most [`CAPACITY`].
struct Ring {
    bytes: [Cell<u8>; CAPACITY],
    first: Cell<usize>,
    len: Cell<usize>,
}

impl Ring {
    fn push(&self, byte: u8) {
        let at = (self.first.get() + self.len.get()) % CAPACITY;
        self.bytes[at].set(byte);
        if self.len.get() < CAPACITY {
            self.len.set(self.len.get() + 1);
        } else {
            self.first.set((at + 1) % CAPACITY);
        }
    }
    fn get(&self, i: usize) -> Option<u8> {
        (i < self.len.get()).then(|| self.bytes[(self.first.get() + i) % CAPACITY].get())
    }
}

impl NativeData for Ring {
    const TYPE: &'static NativeType = &RING;
}

static RING: NativeType = NativeType::of(
    name!("Ring"),
    const { &TypeSlots::of::<Ring>().construct(&NEW).buffer(|ring: &Ring| &ring.bytes[..]) },
)
.methods(methods![
    NativeFn::on::<Ring, 1, _>(name!("push"), 0, push),
    NativeFn::on::<Ring, 0, _>(name!("pop"), 0, pop),
    NativeFn::on::<Ring, 0, _>(name!("__len__"), 0, |_, ring, _| Ok(int(ring.len.get()))),
    NativeFn::on::<Ring, 1, _>(name!("__getitem__"), 0, get_item),
    NativeFn::on::<Ring, 0, _>(name!("__iter__"), 0, |cx, ring, _| {
        Ok(cx.new_data(&[ring.obj()], Cursor(Cell::new(0)))?.obj())
    }),
    NativeFn::on::<Ring, 0, _>(name!("__enter__"), 0, |_, ring, _| Ok(ring.obj())),
    NativeFn::on::<Ring, 3, _>(name!("__exit__"), 0, |_, ring, _| {
        ring.len.set(0);
        Ok(Obj::NONE)
    }),
]);

static NEW: NativeFn = NativeFn::leaf::<0>(name!("Ring"), 0, |cx, _| {
    let bytes = [const { Cell::new(0) }; CAPACITY];
    Ok(cx.new_data(&[], Ring { bytes, first: Cell::new(0), len: Cell::new(0) })?.obj())
});

/// Where an iteration stands; value 0 of the object is the ring.
struct Cursor(Cell<usize>);

impl NativeData for Cursor {
    const TYPE: &'static NativeType = &CURSOR;
}

static CURSOR: NativeType =
    NativeType::of(name!("RingIterator"), const { &TypeSlots::of::<Cursor>() }).methods(methods![
        NativeFn::on::<Cursor, 0, _>(name!("__iter__"), 0, |_, cursor, _| Ok(cursor.obj())),
        NativeFn::on::<Cursor, 0, _>(name!("__next__"), 0, next),
    ]);

/// A number of at most [`CAPACITY`] bits and more, which every int holds.
fn int<'h>(n: usize) -> Obj<'h> {
    Obj::small_int(n as isize).unwrap_or(Obj::NONE)
}

fn push<'h>(cx: Leaf<'h>, ring: Data<'h, Ring>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    // what is no int yet is converted, and this function called again
    let number = args.get::<0>().as_small_int().ok_or_else(|| cx.index(0))?;
    let byte = u8::try_from(number).map_err(|_| cx.raise(&VALUE_ERROR, "not a byte"))?;
    ring.push(byte);
    Ok(Obj::NONE)
}

fn first(ring: &Ring, cx: Leaf<'_>) -> Result<u8, Leave> {
    ring.get(0).ok_or_else(|| cx.raise(&INDEX_ERROR, "pop from an empty ring"))
}

fn pop<'h>(cx: Leaf<'h>, ring: Data<'h, Ring>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let byte = first(&ring, cx)?;
    ring.first.set((ring.first.get() + 1) % CAPACITY);
    ring.len.set(ring.len.get() - 1);
    Ok(int(byte.into()))
}

fn get_item<'h>(cx: Leaf<'h>, ring: Data<'h, Ring>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let i = args.get::<0>().as_small_int().ok_or_else(|| cx.index(0))?;
    let at = if i < 0 { i.checked_add_unsigned(ring.len.get()) } else { Some(i) };
    match at.and_then(|at| ring.get(usize::try_from(at).ok()?)) {
        Some(byte) => Ok(int(byte.into())),
        None => Err(cx.raise(&INDEX_ERROR, "ring index out of range")),
    }
}

fn next<'h>(cx: Leaf<'h>, cursor: Data<'h, Cursor>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let at = cursor.0.get();
    match Data::<Ring>::of(cursor.value(0)).and_then(|ring| ring.get(at)) {
        Some(byte) => {
            cursor.0.set(at + 1);
            Ok(int(byte.into()))
        }
        None => Err(cx.raise_no_args(&STOP_ITERATION)),
    }
}

/// `ringbuffer`.
pub static RINGBUFFER: NativeModule = NativeModule::new(
    name!("ringbuffer"),
    &[Contents { functions: &[], constants: &[(name!("Ring"), Constant::Type(&RING))] }],
);
