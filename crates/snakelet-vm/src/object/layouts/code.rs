//! Code, functions, generators and modules.

use snakelet_qstr::Qstr;

use super::{Header, Slot, trailing};
use crate::object::value::{Word, raw};

/// A function.
#[repr(C)]
pub(crate) struct FunctionObj {
    pub(crate) header: Header,
    /// A `CodeObj`.
    pub(crate) code: Slot,
    /// A `Context`.
    pub(crate) context: Slot,
    /// Null, or a tuple: defaults of positional parameters (null if there are none), then null or a dict of
    /// keyword-only defaults, then, once a script has set some, a dict of attributes.
    pub(crate) defaults: Slot,
}

/// A function with cells; aux is the number of cells.
#[repr(C)]
pub(crate) struct ClosureObj {
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
pub(crate) struct CellObj {
    pub(crate) header: Header,
    /// The variable's value.
    pub(crate) value: Slot,
}

/// A method with its receiver.
#[repr(C)]
pub(crate) struct BoundMethod {
    pub(crate) header: Header,
    /// What is called.
    pub(crate) function: Slot,
    /// Its first argument.
    pub(crate) receiver: Slot,
}

/// A suspended frame; aux is the number of places for its slots, a multiple of four.
///
/// Generators that delegate to each other by `yield from` form a chain from its root, which
/// somebody asks for values, to its leaf, which runs. Root and leaf know each other, so that the
/// leaf is resumed without a look at those between: if `root.link` is a generator, `root.outer` an
/// int and `root.link.link` the root itself, then this is the leaf of the root's chain, and `outer`
/// of each one in the chain but the root is the one that delegates to it. Whoever resumes a leaf
/// as part of another chain changes the leaf's `link`. Null in `link` of a suspended generator
/// says that it delegates to no generator.
#[repr(C)]
pub(crate) struct Generator {
    pub(crate) header: Header,
    /// The `FunctionObj` that runs.
    pub(crate) function: Slot,
    /// Small int: offset of the next instruction, or -1 when finished, -2 while running.
    pub(crate) ip: Slot,
    /// Small int made of the number of slots in use (locals, exception entries and stack), whether
    /// the first instruction was executed, and the number of open exception entries.
    pub(crate) counts: Slot,
    /// Of a root its leaf, of a leaf its root; null in a chain of one.
    pub(crate) link: Slot,
    /// What delegates to this one; of a root the number of those behind it.
    pub(crate) outer: Slot,
}

impl Generator {
    /// The most slots that a generator's frame may have.
    pub(crate) const MOST_SLOTS: usize = 0x7ffc;
    const BEGUN: usize = 0x8000;

    /// The word for `counts`.
    #[inline(always)]
    pub(crate) fn counts(used: usize, begun: bool, exc: u16) -> Word {
        raw::int((used << 16 | usize::from(begun) << 15 | exc as usize) as isize)
    }
    #[inline(always)]
    fn count_bits(&self) -> usize {
        // logical: on 32 bits the number may have the sign's place set
        self.counts.word() >> raw::INT_SHIFT
    }
    /// Number of slots in use.
    #[inline(always)]
    pub(crate) fn used(&self) -> usize {
        self.count_bits() >> 16
    }
    /// Whether its first instruction was executed.
    #[inline(always)]
    pub(crate) fn begun(&self) -> bool {
        self.count_bits() & Self::BEGUN != 0
    }
    /// Number of open exception entries.
    #[inline(always)]
    pub(crate) fn exc(&self) -> u16 {
        (self.count_bits() & (Self::BEGUN - 1)) as u16
    }
    /// All slots, used or not.
    pub(crate) fn slots(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
}

/// Words of an exception entry in a frame: handler, stack height, exception.
pub(crate) const EXC_WORDS: usize = 3;

/// Bytecode of one function, never moved: the decoded prelude, then the function's bytes as in
/// a `.mpy` file, or where they lie; aux is how many these are.
#[repr(C)]
pub(crate) struct CodeObj {
    pub(crate) header: Header,
    /// A tuple of the functions defined inside, or null.
    pub(crate) children: Slot,
    /// Offset of the first instruction; 0 if the bytes do not follow, but an [`Outside`].
    pub(super) start: u16,
    /// Size of locals, exception entries and stack together.
    pub(crate) n_slots: u16,
    /// Size of locals and exception entries.
    pub(crate) fixed: u16,
    /// Number of arguments with which a call needs no more than a frame; `u16::MAX` if it always
    /// does.
    pub(crate) quick_args: u16,
    /// Most exception entries open at a time.
    pub(crate) n_exc: u8,
    /// Number of cells that are made of locals when the function is entered.
    pub(crate) n_cells: u8,
    /// Leading parameters that are cells, which a closure hands over.
    pub(crate) n_free: u8,
    /// Scope flags of the prelude.
    pub(crate) flags: u8,
    /// Positional parameters, cells passed by a closure included.
    pub(crate) n_pos: u8,
    /// Keyword-only parameters.
    pub(crate) n_kwonly: u8,
    /// Positional parameters with a default.
    pub(crate) n_defaults: u8,
}

/// Where the bytes of a function lie that are not in the heap.
#[repr(C)]
pub(crate) struct Outside {
    /// The first of them. They stay where and as they are for good.
    pub(crate) bytes: *const u8,
    /// Offset of the first instruction.
    pub(crate) start: usize,
}

impl CodeObj {
    /// Offset of the field of that name.
    pub(crate) const START: usize = core::mem::offset_of!(CodeObj, start);

    /// What follows the fixed part if the bytes lie outside of the heap.
    #[inline(always)]
    pub(crate) fn outside(&self) -> Option<&Outside> {
        // SAFETY: `start` is only 0 in objects that were allocated with this behind the fixed part.
        (self.start == 0).then(|| unsafe { &*core::ptr::from_ref(self).add(1).cast::<Outside>() })
    }
    /// The first byte.
    #[inline(always)]
    pub(crate) fn first_byte(&self) -> *const u8 {
        match self.outside() {
            Some(outside) => outside.bytes,
            None => core::ptr::from_ref(self).wrapping_add(1).cast::<u8>(),
        }
    }
    /// Offset of the first instruction.
    #[inline(always)]
    pub(crate) fn start(&self) -> usize {
        self.outside().map_or(self.start as usize, |outside| outside.start)
    }
    /// The first instruction.
    #[inline(always)]
    pub(crate) fn entry(&self) -> *const u8 {
        self.first_byte().wrapping_add(self.start())
    }
    /// Prelude and instructions.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the object was allocated with as many bytes behind the fixed part as the header
        // counts, or made for so many that lie elsewhere; they are never written again.
        unsafe { core::slice::from_raw_parts(self.first_byte(), self.header.aux()) }
    }
    /// Number of locals.
    #[inline(always)]
    pub(crate) fn n_locals(&self) -> usize {
        self.fixed as usize - EXC_WORDS * self.n_exc as usize
    }
    /// A slot for everything a frame of this function needs: locals, exception entries, stack.
    #[inline(always)]
    pub(crate) fn frame_slots(&self) -> usize {
        self.n_slots as usize
    }
}

/// Names and constants of a compiled module, never moved; aux is the number of names.
#[repr(C)]
pub(crate) struct Context {
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
pub(crate) struct CodeHandle {
    pub(crate) header: Header,
    /// A `CodeObj`.
    pub(crate) code: Slot,
    /// A `Context`; its globals are set when it runs.
    pub(crate) context: Slot,
}

/// A module.
#[repr(C)]
pub(crate) struct ModuleObj {
    pub(crate) header: Header,
    /// The dict of its variables.
    pub(crate) globals: Slot,
    /// Its full name.
    pub(crate) name: Slot,
}
