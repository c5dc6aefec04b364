//! The memory layouts of the object kinds.
//!
//! Numbers in traced words are stored as small ints, so that no number looks like a reference.

mod bytes;
mod class;
mod code;
mod hash;
mod native;
mod number;
mod sequence;
#[cfg_attr(target_pointer_width = "64", path = "text64.rs")]
#[cfg_attr(target_pointer_width = "32", path = "text32.rs")]
mod text;

use super::{Header, HeapObject, Kind, Link, Slot, StaticHeader, header, trailing};
use crate::object::value::{Word, raw};

pub(crate) use bytes::copy;
pub(crate) use bytes::*;
pub(crate) use class::*;
pub(crate) use code::*;
pub(crate) use hash::*;
pub(crate) use native::*;
pub(crate) use number::*;
pub(crate) use sequence::empty_tuple;
pub(crate) use sequence::*;
pub(crate) use text::StrObj;

macro_rules! layout {
    ($($ty:ident: $first:ident - $last:ident;)*) => {$(
        // SAFETY: `repr(C)`, begins with a header, fields are cells or constant; objects of these
        // kinds are allocated with at least this size (see `Vm::allocate`).
        unsafe impl HeapObject for $ty {
            const FIRST: Kind = Kind::$first;
            const LAST: Kind = Kind::$last;
        }
    )*};
}

layout! {
    FloatBox: Float - Float;
    ComplexBox: Complex - Complex;
    BigInt: BigInt - BigInt;
    StrObj: Str - Bytes;
    RawBuf: RawBuf - RawBuf;
    Storage: Storage - WeakStorage;
    RangeObj: Range - Range;
    SliceObj: Slice - Slice;
    TupleObj: Tuple - NamedTuple;
    StaticTuple: Tuple - Tuple;
    ListObj: List - List;
    DequeObj: Deque - Deque;
    HashObj: Dict - FrozenSet;
    Table: Table - Table;
    ArrayObj: ByteArray - Array;
    ViewObj: MemoryView - MemoryView;
    FunctionObj: Function - Function;
    ClosureObj: Closure - Closure;
    CellObj: Cell - Cell;
    BoundMethod: BoundMethod - BoundMethod;
    Generator: Generator - Generator;
    CodeObj: Code - Code;
    Context: Context - Context;
    CodeHandle: CodeObject - CodeObject;
    ModuleObj: Module - Module;
    ClassObj: Class - Class;
    Shape: Shape - Shape;
    Instance: Instance - InstanceRest;
    ExceptionObj: Exception - Exception;
    PropertyObj: Property - Property;
    Wrapper: StaticMethod - ClassMethod;
    SuperObj: Super - Super;
    IterObj: Iter - Iter;
    DictView: DictView - DictView;
    NativeObj: Native - Native;
    DataObj: Data - Data;
    HostFnObj: HostFn - HostFn;
}

/// Number of words of an object of type `T` with `slots` words behind the fixed part.
pub(crate) const fn words_of<T>(slots: usize) -> usize {
    size_of::<T>().div_ceil(size_of::<Word>()).saturating_add(slots)
}

/// Number of words of an object of type `T` with `bytes` bytes behind the fixed part.
pub(crate) const fn words_with_bytes<T>(bytes: usize) -> usize {
    words_of::<T>(bytes.div_ceil(size_of::<Word>()))
}

/// The header word of a new object.
pub(crate) const fn new_header(kind: Kind, aux: usize) -> Word {
    kind as Word | aux << header::AUX_SHIFT
}

/// Encodes a count as the word of a small int.
pub(crate) const fn count_word(n: usize) -> Word {
    raw::int(n as isize)
}
