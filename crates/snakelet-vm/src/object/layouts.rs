//! The memory layouts of the object kinds.
//!
//! Numbers in traced words are stored as small ints, so that no number looks like a reference.

use core::cell::Cell;

use snakelet_num::bigint::Limb;
use snakelet_qstr::Qstr;

use super::{Header, HeapObject, Kind, Slot, StaticHeader, header, trailing};
use crate::value::{Value, Word, raw};

macro_rules! layout {
    ($($ty:ident: $($kind:ident)|+;)*) => {$(
        // SAFETY: `repr(C)`, begins with a header, fields are cells or constant; objects of these
        // kinds are allocated with at least this size (see `Vm::allocate`).
        unsafe impl HeapObject for $ty {
            #[inline(always)]
            fn is_kind(kind: Kind) -> bool { matches!(kind, $(Kind::$kind)|+) }
        }
    )*};
}

layout! {
    FloatBox: Float;
    ComplexBox: Complex;
    BigInt: BigInt;
    StrObj: Str | Bytes;
    RawBuf: RawBuf;
    Storage: Storage | WeakStorage;
    RangeObj: Range;
    SliceObj: Slice;
    TupleObj: Tuple | NamedTuple;
    StaticTuple: Tuple;
    ListObj: List;
    HashObj: Dict | OrderedDict | Set | FrozenSet;
    Table: Table;
    ArrayObj: ByteArray | Array;
    ViewObj: MemoryView;
    FunctionObj: Function;
    ClosureObj: Closure;
    CellObj: Cell;
    BoundMethod: BoundMethod;
    Generator: Generator;
    CodeObj: Code;
    Context: Context;
    CodeHandle: CodeObject;
    ModuleObj: Module;
    ClassObj: Class;
    Shape: Shape;
    Instance: Instance | InstanceRest;
    ExceptionObj: Exception;
    PropertyObj: Property;
    Wrapper: StaticMethod | ClassMethod;
    SuperObj: Super;
    IterObj: Iter;
    DictView: DictView;
    NativeObj: Native;
    HostFnObj: HostFn;
}

/// A float that does not fit a word.
#[repr(C)]
pub struct FloatBox {
    header: Header,
    value: f64,
}

impl FloatBox {
    pub(crate) const OFFSET: usize = core::mem::offset_of!(FloatBox, value);
    pub(crate) fn get(&self) -> f64 {
        self.value
    }
}

/// A complex number.
#[repr(C)]
pub struct ComplexBox {
    header: Header,
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

/// A big int: aux is the number of limbs shifted left by one, with the sign in bit 0.
#[repr(C)]
pub struct BigInt {
    header: Header,
}

impl BigInt {
    /// Its value.
    pub fn int(&self) -> snakelet_num::bigint::Int<'_> {
        snakelet_num::bigint::Int::new(self.is_negative(), self.limbs())
    }
    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.header.aux() & 1 != 0
    }
    /// The magnitude, least significant limb first; the last limb is not zero.
    pub fn limbs(&self) -> &[Limb] {
        let n = self.header.aux() >> 1;
        // SAFETY: the object was allocated with room for the limbs its header counts.
        unsafe { core::slice::from_raw_parts(core::ptr::from_ref(self).add(1).cast::<Limb>(), n) }
    }
}

/// A string or byte string. Aux: bit 0 tells whether all is ASCII, the other bits are the hash
/// (0: not computed yet).
#[repr(C)]
pub struct StrObj {
    header: Header,
    len: usize,
}

impl StrObj {
    /// The UTF-8 text or the bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the object was allocated with `len` bytes behind the fixed part, and they are
        // never written once the object is shared.
        unsafe {
            core::slice::from_raw_parts(core::ptr::from_ref(self).add(1).cast::<u8>(), self.len)
        }
    }
    /// Whether every byte is below 128, so that characters are bytes.
    pub fn is_ascii(&self) -> bool {
        self.header.aux() & 1 != 0
    }
    /// The cached hash, if there is one.
    pub(crate) fn hash(&self) -> u32 {
        (self.header.aux() >> 1) as u32
    }
    pub(crate) fn set_hash(&self, hash: u32) {
        self.header.set_aux(self.header.aux() & 1 | (hash as usize) << 1);
    }
    pub(crate) fn is_str(&self) -> bool {
        self.header.kind() == Kind::Str
    }
}

/// Raw bytes owned by another object; aux is not used.
#[repr(C)]
pub struct RawBuf {
    header: Header,
    capacity: usize,
}

impl RawBuf {
    /// The bytes, which may change while the heap is borrowed.
    pub fn cells(&self) -> &[Cell<u8>] {
        // SAFETY: allocated with `capacity` bytes behind the fixed part, all zeroed.
        unsafe {
            core::slice::from_raw_parts(
                core::ptr::from_ref(self).add(1).cast::<Cell<u8>>(),
                self.capacity,
            )
        }
    }
    /// How many bytes there are.
    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

/// Values owned by another object; aux is the capacity in slots.
#[repr(C)]
pub struct Storage {
    header: Header,
}

impl Storage {
    /// The slots.
    #[inline(always)]
    pub fn slots(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
}

/// `range`.
#[repr(C)]
pub struct RangeObj {
    header: Header,
    /// First number.
    pub start: isize,
    /// Bound, not included.
    pub stop: isize,
    /// Distance of two numbers; not 0.
    pub step: isize,
}

/// `slice`.
#[repr(C)]
pub struct SliceObj {
    header: Header,
    /// As given; `None` where absent.
    pub start: Slot,
    /// As given; `None` where absent.
    pub stop: Slot,
    /// As given; `None` where absent.
    pub step: Slot,
}

/// A tuple; aux is its length. A named tuple's first item slot holds its class and is not
/// counted.
#[repr(C)]
pub struct TupleObj {
    header: Header,
}

impl TupleObj {
    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Slot] {
        let n = self.header.aux();
        if self.header.kind() == Kind::NamedTuple {
            trailing(self, n + 1).get(1..).unwrap_or(&[])
        } else {
            trailing(self, n)
        }
    }
    /// The number of items.
    pub fn len(&self) -> usize {
        self.header.aux()
    }
    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The class of a named tuple.
    pub fn class(&self) -> Option<&Slot> {
        if self.header.kind() == Kind::NamedTuple { trailing(self, 1).first() } else { None }
    }
}

/// A tuple without items, for flash.
#[repr(C, align(16))]
pub(crate) struct StaticTuple(StaticHeader);

impl StaticTuple {
    pub(crate) const EMPTY: Self = Self(StaticHeader::new(Kind::Tuple, 0));
}

/// A list.
#[repr(C)]
pub struct ListObj {
    header: Header,
    /// A `Storage`, or null while nothing was ever stored.
    pub(crate) storage: Slot,
    pub(crate) len: Cell<usize>,
}

impl ListObj {
    /// The number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }
    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Slot] {
        match self.storage.get().cast::<Storage>() {
            Some(s) => s.slots().get(..self.len.get()).unwrap_or(&[]),
            None => &[],
        }
    }
    /// How many items fit without a new allocation.
    pub fn capacity(&self) -> usize {
        self.storage.get().cast::<Storage>().map_or(0, |s| s.header.aux())
    }
}

/// A dict or set; aux is the capacity of its table in entries.
#[repr(C)]
pub struct HashObj {
    pub(crate) header: Header,
    /// A `Table`, or null while empty.
    pub(crate) table: Slot,
    /// Counts insertions of keys and removals, so that a cache or an iterator can tell that the
    /// table changed. Not traced.
    pub(crate) version: Cell<usize>,
}

/// Entries of a dict (key, value) or a set (key), in the order of insertion; aux is the number
/// of entry places used, removed ones included.
#[repr(C)]
pub struct Table {
    pub(crate) header: Header,
    /// A `RawBuf` with the hash index, or null for a small table.
    pub(crate) index: Slot,
    /// Number of live entries, as a small int.
    pub(crate) live: Slot,
}

impl Table {
    /// `count` words of entries, used or not.
    #[inline(always)]
    pub(crate) fn words(&self, count: usize) -> &[Slot] {
        trailing(self, count)
    }
}

/// `bytearray` and `array.array`; aux is the type code of an array.
#[repr(C)]
pub struct ArrayObj {
    pub(crate) header: Header,
    /// A `RawBuf`, or null while empty.
    pub(crate) data: Slot,
    /// Length in bytes. Views of the array look at it each time, so it may shrink under them.
    pub(crate) len: Cell<usize>,
}

impl ArrayObj {
    /// The bytes in use.
    pub fn cells(&self) -> &[Cell<u8>] {
        match self.data.get().cast::<RawBuf>() {
            Some(b) => b.cells().get(..self.len.get()).unwrap_or(&[]),
            None => &[],
        }
    }
    /// The struct type code of the items: `B` for a bytearray.
    pub fn typecode(&self) -> u8 {
        if self.header.kind() == Kind::Array { self.header.aux() as u8 } else { b'B' }
    }
}

/// `memoryview`; aux: type code in the low 8 bits, bit 8 set when read-only.
#[repr(C)]
pub struct ViewObj {
    pub(crate) header: Header,
    /// The object that owns the bytes.
    pub(crate) base: Slot,
    /// Offset of the first byte.
    pub(crate) offset: Cell<usize>,
    /// Length in bytes.
    pub(crate) len: Cell<usize>,
}

impl ViewObj {
    /// In aux: the bytes must not be written through this view.
    pub(crate) const READONLY: usize = 0x100;

    /// The struct type code of the items.
    pub fn typecode(&self) -> u8 {
        self.header.aux() as u8
    }
    /// Whether the bytes must not be written through this view.
    pub fn is_readonly(&self) -> bool {
        self.header.aux() & Self::READONLY != 0
    }
}

/// A function.
#[repr(C)]
pub struct FunctionObj {
    pub(crate) header: Header,
    /// A `CodeObj`.
    pub(crate) code: Slot,
    /// A `Context`.
    pub(crate) context: Slot,
    /// Null, or a tuple: defaults of positional parameters, then null or a dict of keyword-only
    /// defaults.
    pub(crate) defaults: Slot,
}

/// A function with cells; aux is the number of cells.
#[repr(C)]
pub struct ClosureObj {
    pub(crate) header: Header,
    /// A `FunctionObj`.
    pub(crate) function: Slot,
}

impl ClosureObj {
    pub(crate) fn cells(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
}

/// A variable shared by closures; null while unset.
#[repr(C)]
pub struct CellObj {
    pub(crate) header: Header,
    /// The variable's value.
    pub value: Slot,
}

/// A method with its receiver.
#[repr(C)]
pub struct BoundMethod {
    pub(crate) header: Header,
    /// What is called.
    pub function: Slot,
    /// Its first argument.
    pub receiver: Slot,
}

/// A suspended frame; aux is the number of saved slots.
#[repr(C)]
pub struct Generator {
    pub(crate) header: Header,
    /// The `FunctionObj` that runs.
    pub(crate) function: Slot,
    /// Small int: offset of the next instruction, or -1 when finished, -2 while running.
    pub(crate) ip: Slot,
    /// Small int: number of slots in use (locals, exception entries and stack).
    pub(crate) used: Slot,
    /// Small int: number of exception entries in use.
    pub(crate) exc_depth: Slot,
}

impl Generator {
    pub(crate) fn slots(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
}

/// Words of an exception entry in a frame: handler, stack height, exception.
pub(crate) const EXC_WORDS: usize = 3;

/// Bytecode of one function, never moved: the decoded prelude, then the function's bytes as in
/// a `.mpy` file.
#[repr(C)]
pub struct CodeObj {
    pub(crate) header: Header,
    /// A tuple of the functions defined inside, or null.
    pub(crate) children: Slot,
    /// Length of `bytes()`.
    pub(crate) len: u32,
    /// Offset of the first instruction.
    pub(crate) start: u16,
    /// Leading parameters that are cells, which a closure hands over.
    pub(crate) n_free: u16,
    /// Size of locals, exception entries and stack together.
    pub(crate) n_slots: u16,
    /// Size of locals and exception entries.
    pub(crate) fixed: u16,
    /// Number of arguments with which a call needs no more than a frame; `u16::MAX` if it always
    /// does.
    pub(crate) quick_args: u16,
    /// Number of locals.
    pub(crate) n_locals: u16,
    /// Most exception entries open at a time.
    pub(crate) n_exc: u16,
    /// Number of cells that are made of locals when the function is entered.
    pub(crate) n_cells: u16,
    /// Scope flags of the prelude.
    pub(crate) flags: u8,
    /// Positional parameters, cells passed by a closure included.
    pub(crate) n_pos: u8,
    /// Keyword-only parameters.
    pub(crate) n_kwonly: u8,
    /// Positional parameters with a default.
    pub(crate) n_defaults: u8,
}

impl CodeObj {
    /// Prelude and instructions.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: allocated with `len` bytes behind the fixed part, never written again.
        unsafe {
            core::slice::from_raw_parts(
                core::ptr::from_ref(self).add(1).cast::<u8>(),
                self.len as usize,
            )
        }
    }
    /// A slot for everything a frame of this function needs: locals, exception entries, stack.
    #[inline(always)]
    pub(crate) fn frame_slots(&self) -> usize {
        self.n_slots as usize
    }
}

/// Names and constants of a compiled module, never moved; aux is the number of names.
#[repr(C)]
pub struct Context {
    pub(crate) header: Header,
    /// The dict of global variables.
    pub(crate) globals: Slot,
    /// Number of constants, as a small int.
    pub(crate) n_objects: Slot,
}

impl Context {
    /// The interned names.
    pub(crate) fn names(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
    /// Name number `i` (the null string if there is none).
    pub(crate) fn name(&self, i: usize) -> Qstr {
        self.names().get(i).and_then(|s| s.get().as_qstr()).unwrap_or(Qstr::NULL)
    }
    /// The constants.
    pub(crate) fn objects(&self) -> &[Slot] {
        let n = self.n_objects.get().as_small_int().unwrap_or(0) as usize;
        let names = self.header.aux();
        trailing(self, names + n).get(names..).unwrap_or(&[])
    }
}

/// What `compile()` returns: code of a module that was not run yet.
#[repr(C)]
pub struct CodeHandle {
    pub(crate) header: Header,
    /// A `CodeObj`.
    pub(crate) code: Slot,
    /// A `Context`; its globals are set when it runs.
    pub(crate) context: Slot,
}

/// A module.
#[repr(C)]
pub struct ModuleObj {
    pub(crate) header: Header,
    /// The dict of its variables.
    pub globals: Slot,
    /// Its full name.
    pub(crate) name: Slot,
}

/// A class. Aux holds `ClassFlags`.
#[repr(C)]
pub struct ClassObj {
    pub(crate) header: Header,
    /// Interned name.
    pub name: Slot,
    /// Tuple of the direct bases.
    pub bases: Slot,
    /// Tuple: the method resolution order, this class first, `object` last.
    pub mro: Slot,
    /// Dict of the attributes.
    pub dict: Slot,
    /// `Shape` of instances without attributes.
    pub(crate) root_shape: Slot,
    /// Small int: number of attribute places a new instance gets.
    pub(crate) size_hint: Slot,
    /// The native type whose behaviour instances inherit, or null.
    pub(crate) native_base: Slot,
}

/// The attribute names of a set of instances: the last name, linked to the shape without it.
/// Aux is the number of attributes.
#[repr(C)]
pub struct Shape {
    pub(crate) header: Header,
    /// The class of the instances.
    pub(crate) class: Slot,
    /// The shape with one attribute less, null for the root.
    pub(crate) parent: Slot,
    /// The name of the last attribute, null for the root.
    pub(crate) name: Slot,
    /// Shapes with one attribute more: null, one shape, or a `Storage` of them.
    pub(crate) children: Slot,
}

impl Shape {
    /// The number of attributes.
    pub(crate) fn len(&self) -> usize {
        self.header.aux()
    }
}

/// An instance; aux is the number of attribute places it was allocated with. If `shape` refers
/// to an `InstanceRest`, that holds shape and attributes.
#[repr(C)]
pub struct Instance {
    pub(crate) header: Header,
    /// A `Shape`, or an `InstanceRest`.
    pub(crate) shape: Slot,
}

impl Instance {
    /// The object that holds the attributes: this one, or its overflow.
    #[inline(always)]
    pub(crate) fn store(&self) -> &Instance {
        match self.shape.get().cast::<Instance>() {
            Some(rest) => rest,
            None => self,
        }
    }
    /// The shape, wherever it is kept.
    #[inline(always)]
    pub(crate) fn shape(&self) -> Option<&Shape> {
        self.store().shape.get().cast::<Shape>()
    }
    /// The attribute places of this object itself.
    #[inline(always)]
    pub(crate) fn slots(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
    /// The class.
    pub(crate) fn class(&self) -> Value<'_> {
        self.shape().map_or(Value::NULL, |s| s.class.get())
    }
}

/// An exception, or the built-in part of one of a Python class. Aux bit 0: the context is not
/// to be shown.
#[repr(C)]
pub struct ExceptionObj {
    pub(crate) header: Header,
    /// Its native type.
    pub(crate) class: Slot,
    /// Tuple of the arguments.
    pub args: Slot,
    /// Null, or a list: file, line, function, file, line, ... innermost first.
    pub(crate) traceback: Slot,
    /// What `raise .. from` gave, or null.
    pub cause: Slot,
    /// The exception that was handled when this one was raised, or null.
    pub context: Slot,
}

/// `property`.
#[repr(C)]
pub struct PropertyObj {
    pub(crate) header: Header,
    /// Getter or `None`.
    pub get: Slot,
    /// Setter or `None`.
    pub set: Slot,
    /// Deleter or `None`.
    pub delete: Slot,
}

/// `staticmethod` and `classmethod`.
#[repr(C)]
pub struct Wrapper {
    pub(crate) header: Header,
    /// The function inside.
    pub function: Slot,
}

/// `super`.
#[repr(C)]
pub struct SuperObj {
    pub(crate) header: Header,
    /// The class whose successors are searched.
    pub class: Slot,
    /// The receiver.
    pub receiver: Slot,
}

/// An iterator; aux is its sort.
#[repr(C)]
pub struct IterObj {
    pub(crate) header: Header,
    /// What is iterated over.
    pub(crate) source: Slot,
    /// Small int: position.
    pub(crate) position: Slot,
    /// By sort: a function, a bound, a version.
    pub(crate) extra: Slot,
}

/// A view of a dict; aux tells of what.
#[repr(C)]
pub struct DictView {
    pub(crate) header: Header,
    /// The dict.
    pub(crate) dict: Slot,
}

/// An object of a native type; aux is the number of slots.
#[repr(C)]
pub struct NativeObj {
    pub(crate) header: Header,
    /// A static `NativeType`.
    pub(crate) class: Slot,
}

impl NativeObj {
    pub(crate) fn slots(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
    /// The value in slot `i`; null if there are fewer slots.
    pub fn get(&self, i: usize) -> Value<'_> {
        self.slots().get(i).map_or(Value::NULL, Slot::get)
    }
    /// Stores a value in slot `i`.
    pub fn set(&self, i: usize, value: Value<'_>) {
        if let Some(slot) = self.slots().get(i) {
            slot.set(value);
        }
    }
}

/// A function that the host added.
#[repr(C)]
pub struct HostFnObj {
    pub(crate) header: Header,
    /// Interned name.
    pub(crate) name: Slot,
    /// Small int: number in the host's table.
    pub(crate) index: Slot,
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
