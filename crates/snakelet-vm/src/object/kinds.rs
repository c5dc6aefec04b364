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
    /// The first words behind the header: as many as its aux says, and `n` more.
    Counted(u8),
}

impl Traced {
    /// In a byte, as the collector's loop reads it: a number, to which the header's aux is added if the bit
    /// [`WITH_AUX`] is set; [`WHOLE`] for all words.
    const fn byte(self) -> u8 {
        match self {
            No => 0,
            First(n) => n,
            Counted(n) => n | WITH_AUX,
            All => WHOLE,
        }
    }
}

/// See [`Traced::byte`].
const WITH_AUX: u8 = 0x80;
/// See [`Traced::byte`].
const WHOLE: u8 = 0x7f;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $traced:expr, $letter:literal;)*) => {
        /// What an object is: the low eight bits of its header.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        const KINDS: &[Kind] = &[$(Kind::$name,)*];
        const TRACED: &[u8] = &[$($traced.byte(),)*];
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
    Storage Counted(0), b'h';
    /// Values that belong to another object and are not kept alive by it.
    WeakStorage No, b'h';
    /// `range`: three machine ints.
    Range No, b'h';
    /// `slice`.
    Slice First(3), b'h';
    /// `tuple`.
    Tuple Counted(0), b'T';
    /// A tuple whose items have names.
    NamedTuple Counted(1), b'T';
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
    Data Counted(1), b'h';
    /// An instance of a class.
    Instance Counted(1), b'h';
    /// The attributes of an instance that outgrew its first allocation.
    InstanceRest Counted(1), b'h';
    /// An exception of a built-in class, or the built-in part of one.
    Exception First(if cfg!(feature = "cpython") { 6 } else { 5 }), b'h';
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

    /// What the collector looks at in an object with this header, which has as many words as `words` says.
    #[inline(always)]
    pub(crate) fn layout(self, header: Word, words: impl FnOnce() -> usize) -> Layout {
        let traced = TRACED.get(self as usize).copied().unwrap_or(0);
        let count = if traced & WITH_AUX != 0 {
            (header >> super::header::AUX_SHIFT) + usize::from(traced & !WITH_AUX)
        } else if traced == WHOLE {
            words() - 1
        } else {
            usize::from(traced)
        };
        Layout { first: 1, count: count as u32 }
    }
}
