//! The kinds of objects, and what the collector looks at in each.

#![expect(unsafe_code, reason = "the kind is a byte of the header")]

use snakelet_gc::Layout;

use crate::object::value::Word;

/// What the traced words of a kind are.
#[derive(Copy, Clone)]
enum Traced {
    /// None: the object holds no references.
    No,
    /// The first `n` words behind the header.
    First(u8),
    /// Every word behind the header; unused ones are null.
    All,
    /// The first words behind the header, one more than the header's aux says.
    Counted,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $traced:expr, $letter:literal;)*) => {
        /// What an object is: the low eight bits of its header.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        const KINDS: &[Kind] = &[$(Kind::$name,)*];
        const TRACED: &[Traced] = &[$($traced,)*];
        const LETTERS: &[u8] = &[$($letter,)*];
    };
}

use Traced::{All, Counted, First, No};

kinds! {
    /// A boxed float.
    Float No, b'F';
    /// A complex number.
    Complex No, b'F';
    /// An int that does not fit a word: sign and limbs.
    BigInt No, b'h';
    /// A string that is not interned: UTF-8.
    Str No, b'S';
    /// A byte string.
    Bytes No, b'S';
    /// Raw bytes that belong to another object (a bytearray's storage, a hash index).
    RawBuf No, b'A';
    /// Values that belong to another object (a list's items).
    Storage All, b'h';
    /// Values that belong to another object and are not kept alive by it.
    WeakStorage No, b'h';
    /// `range`: three machine ints.
    Range No, b'h';
    /// `slice`.
    Slice First(3), b'h';
    /// `tuple`.
    Tuple All, b'T';
    /// A tuple whose items have names.
    NamedTuple All, b'T';
    /// `list`.
    List First(1), b'L';
    /// `dict`.
    Dict First(1), b'D';
    /// `OrderedDict`.
    OrderedDict First(1), b'D';
    /// `set`.
    Set First(1), b'D';
    /// `frozenset`.
    FrozenSet First(1), b'D';
    /// Entries of a dict or set.
    Table All, b'D';
    /// `bytearray`.
    ByteArray First(1), b'A';
    /// `array.array`.
    Array First(1), b'A';
    /// `memoryview`.
    MemoryView First(1), b'A';
    /// A function compiled from Python.
    Function First(3), b'h';
    /// A function with cells of enclosing functions.
    Closure All, b'h';
    /// A variable shared by closures.
    Cell First(1), b'h';
    /// A method with its receiver.
    BoundMethod First(2), b'h';
    /// A generator or coroutine: a suspended frame.
    Generator All, b'h';
    /// Bytecode of one function.
    Code First(1), b'B';
    /// Names and constants of one compiled module.
    Context All, b'B';
    /// What `compile()` returns.
    CodeObject First(2), b'B';
    /// A module made by `import`.
    Module First(2), b'M';
    /// A class made by `class`.
    Class All, b'h';
    /// The attribute names of instances that were built alike.
    Shape All, b'h';
    /// An object of a native type with Rust data.
    Data Counted, b'h';
    /// An instance of a class.
    Instance All, b'h';
    /// The attributes of an instance that outgrew its first allocation.
    InstanceRest All, b'h';
    /// An exception of a built-in class, or the built-in part of one.
    Exception First(5), b'h';
    /// `property`.
    Property First(3), b'h';
    /// `staticmethod`.
    StaticMethod First(1), b'h';
    /// `classmethod`.
    ClassMethod First(1), b'h';
    /// `super`.
    Super First(2), b'h';
    /// `object()`.
    Object No, b'h';
    /// An iterator over a built-in container; which one is in the header.
    Iter First(3), b'h';
    /// A view of a dict's keys, values or items.
    DictView First(1), b'D';
    /// `deque`.
    Deque First(1), b'h';
    /// An object of a native type that is described by its first slot.
    Native All, b'h';
    /// A function that the host added.
    HostFn First(2), b'h';
    /// A function in flash.
    NativeFn No, b'h';
    /// A type in flash.
    NativeType No, b'h';
    /// A module in flash.
    NativeModule No, b'M';
}

impl Kind {
    /// The kind that a header word names.
    #[inline(always)]
    pub fn of_header(header: Word) -> Kind {
        let byte = (header & super::header::KIND_MASK) as u8;
        debug_assert!((byte as usize) < KINDS.len());
        // SAFETY: headers are made of kinds only (`new_header`, `StaticHeader`, `set_kind`), and
        // kinds are numbered without gaps.
        unsafe { core::mem::transmute::<u8, Kind>(byte) }
    }

    /// The letter of `micropython.mem_info(1)` for objects of this kind.
    pub fn letter(self) -> u8 {
        LETTERS.get(self as usize).copied().unwrap_or(b'h')
    }

    /// What the collector looks at in an object of `words` words with this header.
    #[inline(always)]
    pub(crate) fn layout(self, header: Word, words: usize) -> Layout {
        match TRACED.get(self as usize) {
            Some(All) => Layout { first: 1, count: words as u32 - 1 },
            Some(First(n)) => Layout { first: 1, count: u32::from(*n) },
            Some(Counted) => {
                Layout { first: 1, count: (header >> super::header::AUX_SHIFT) as u32 + 1 }
            }
            _ => Layout { first: 1, count: 0 },
        }
    }
}
