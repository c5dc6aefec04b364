//! What the embedding virtual machine and the collector tell each other.
#![allow(unsafe_code, reason = "a wrong model breaks the collector, so the trait is unsafe")]

use crate::Word;

/// The bits of an object's header, which is its word 0, that mean something to the heap.
pub mod header {
    use crate::Word;

    /// The object's kind: the embedder's business.
    pub const KIND_MASK: Word = 0xff;
    /// The object never moves.
    pub const PINNED: Word = 1 << 8;
    /// The object is handed to [`Model::finalise`](crate::Model::finalise) once when it dies.
    /// Set by [`Heap::allocate`](crate::Heap::allocate) or
    /// [`Heap::arm_finaliser`](crate::Heap::arm_finaliser) only, since the heap counts them.
    pub const FINALISER: Word = 1 << 9;
    /// Marked but not yet traced. The collector's own: clear whenever no collection runs.
    pub const GREY: Word = 1 << 10;
    /// The bits from here on are the embedder's business.
    pub const AUX_SHIFT: u32 = 11;
}

/// Which words of an object are traced: `count` words from word `first` on (the header is word 0).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Index of the first traced word.
    pub first: u32,
    /// Number of traced words, 0 for an object without references.
    pub count: u32,
}

impl Layout {
    /// Nothing in the object is traced.
    pub const LEAF: Self = Self { first: 0, count: 0 };
}

/// What the collector asks the embedding virtual machine.
///
/// A traced word or root whose low four bits are zero and that lies in one of the heap's regions
/// is a reference, and refers to an object's head. Every other word is an immediate: null,
/// pointers to what lies outside the regions, tagged values.
///
/// # Safety
///
/// 1. [`Model::layout`] depends only on the object's header and on words of it that are not
///    traced, follows no reference, and stays inside the object: `first + count` words are at
///    most its `blocks`.
/// 2. [`Model::visit_roots`] visits every root, none twice, and the same ones each time within
///    one call of [`Heap::collect`](crate::Heap::collect) or
///    [`Heap::compact`](crate::Heap::compact). A root is no word that is traced in an object.
/// 3. Each reference the embedder goes on to use is a root, or reachable from one, or kept up to
///    date through [`Model::visit_weak`].
pub unsafe trait Model {
    /// An immediate with `word & WATCH_MASK == WATCH_VALUE` is shown to [`Model::immediate`].
    const WATCH_MASK: Word;
    /// See [`Model::WATCH_MASK`]. A value with bits outside of the mask watches nothing.
    const WATCH_VALUE: Word;

    /// The traced words of the object at `object`, which has as many blocks as `blocks` says when it is asked.
    fn layout(&self, object: *const Word, blocks: impl FnOnce() -> usize) -> Layout;

    /// A watched immediate, with low four bits other than zero, was seen in a live object, while marking. May be called several times for the same word. Returns a reference
    /// to an object that the word keeps alive, or 0.
    fn immediate(&mut self, word: Word) -> Word;

    /// Calls `visit` with every root: for marking, and again to update what has moved. Watched immediates among
    /// the roots are not shown to [`Model::immediate`]: what they keep alive is to be visited as well, in a copy if it
    /// is updated elsewhere.
    fn visit_roots(&mut self, visit: &mut dyn FnMut(&mut Word));

    /// Calls `alive` with every weak reference, after marking and again after moving.
    ///
    /// None means that the object is dead and will be freed when this returns; otherwise the
    /// answer is the reference to keep. An immediate is answered by itself.
    fn visit_weak(&mut self, alive: &mut dyn FnMut(Word) -> Option<Word>);

    /// An object with a finaliser has died.
    ///
    /// It lives on for now, with all that it reaches, its flag cleared; what happens next is up
    /// to the embedder, which must keep it as a root for as long as it wants it. Every object
    /// with a finaliser that dies in one collection is reported in that collection, unless it is abandoned:
    /// what the objects reported by then refer to is reported when they have been let go of.
    fn finalise(&mut self, object: Word);

    /// Whether an object with this header and a finaliser is released when it dies, and not finalised.
    fn is_released(&self, header: Word) -> bool {
        let _ = header;
        false
    }

    /// An object for which [`Model::is_released`] holds has died, and is freed when this returns: it gives
    /// back what it owns outside of the heap. Neither it nor what it refers to is used again. It may panic:
    /// the object is freed nonetheless, and so are the other ones that died with it.
    fn release(&mut self, object: *mut Word) {
        let _ = object;
    }

    /// Called after some thousand words of marking, and of a large object that is cleared. True when that is to be
    /// abandoned: nothing is freed then, and no object made. Called in the same way while objects are moved, which
    /// is completed whatever is returned. It may panic.
    fn poll(&mut self) -> bool {
        false
    }

    /// Objects may have moved: whatever is keyed by address is out of date.
    fn moved(&mut self);
}
