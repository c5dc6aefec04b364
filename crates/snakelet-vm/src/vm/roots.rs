//! What the interpreter keeps alive, and what the collector sees of it.

use snakelet_gc::{Layout, Model};

use super::Runtime;
use crate::object::Kind;
use crate::object::value::{Word, raw};
use crate::vm::intern;
use crate::vm::weak::Weak;

/// Values that the interpreter itself keeps alive.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum RootSlot {
    /// The exception being raised, or the stop marker.
    Pending,
    /// The `MemoryError` that needs no memory.
    MemoryError,
    /// An exception for when there is no memory to make one.
    Emergency,
    /// Tuple of one argument for it, or null.
    EmergencyArgs,
    /// List for its traceback, or null.
    EmergencyPlaces,
    /// `sys.modules`.
    Modules,
    /// Overrides in `builtins`, or null.
    Builtins,
    /// `sys.path`.
    Path,
    /// `sys.argv`.
    Argv,
    /// The dict of `__main__`.
    Main,
    /// Texts of dynamic interned strings (weak).
    QstrTable,
    /// Hash index of the same.
    QstrIndex,
    /// Objects that were asked for their identity (weak).
    Numbered,
    /// Index of the same by address.
    NumberedIndex,
    /// Values that host handles refer to.
    HostRoots,
    /// Objects whose finalisers wait to run.
    Finalisers,
    /// Mounted file systems: a list.
    Mounts,
    /// Attributes set on native modules: a dict by module name.
    ModuleAttrs,
    /// Callbacks scheduled with `micropython.schedule`: a list.
    Scheduled,
    /// The `StopIteration` with a value that last ended an iterator, for `next()` of an iterator
    /// around it; else null.
    Stopped,
    /// A module whose code has run and took it out of `sys.modules`, until its import ends.
    Imported,
    /// Functions to call at exit.
    AtExit,
    /// Memory set aside for calls of the host when there is no other, or null.
    Reserve,
    /// What modules keep: a chain of objects with data, or null.
    ModuleStates,
}

/// How many there are.
pub(crate) const COUNT: usize = RootSlot::ModuleStates as usize + 1;

// SAFETY: `layout` gives exactly the words of an object that may hold references (see
// `object::kinds`), and `visit_roots` visits every place outside the heap that holds one.
unsafe impl Model for Runtime {
    const WATCH_MASK: Word = raw::QSTR_MASK;
    const WATCH_VALUE: Word = raw::QSTR_TAG;

    #[inline(always)]
    fn layout(&self, object: *const Word, blocks: impl FnOnce() -> usize) -> Layout {
        // SAFETY: the collector passes the address of a live object.
        let header = unsafe { *object };
        Kind::of_header(header).layout(header, || blocks() * snakelet_gc::BLOCK_WORDS)
    }
    fn immediate(&mut self, word: Word) -> Word {
        intern::object_of(word, self.roots[RootSlot::QstrTable as usize])
    }
    fn visit_roots(&mut self, visit: &mut dyn FnMut(&mut Word)) {
        // a request that was made and never left with may have values, which no longer count
        self.leaf.request.set(crate::native::leaf::Request::None);
        self.weak_tables =
            [Weak::Names, Weak::Numbered].map(|weak| self.roots[weak.table() as usize]);
        let table = self.roots[RootSlot::QstrTable as usize];
        // the text of an interned string that only a root refers to; the table itself is updated
        // as a weak one, so the copy shown here may be changed
        let mut show = |word: &mut Word| {
            if raw::is_qstr(*word) {
                let mut text = intern::object_of(*word, table);
                visit(&mut text);
            }
            visit(word);
        };
        for root in &mut self.roots {
            show(root);
        }
        self.stack.visit(&mut show);
        #[cfg(feature = "thread")]
        self.threads.visit(&mut show);
    }
    fn visit_weak(&mut self, alive: &mut dyn FnMut(Word) -> Option<Word>) {
        for weak in [Weak::Names, Weak::Numbered] {
            if self.visit_entries(weak, alive) > 0 {
                self.rebuild(weak);
            }
        }
        self.caches.clear();
    }
    fn finalise(&mut self, object: Word) {
        self.queue_finaliser(object);
    }
    fn is_released(&self, header: Word) -> bool {
        Kind::of_header(header) == Kind::Data
    }
    fn release(&mut self, object: *mut Word) {
        crate::native::data::release(object);
    }
    fn moved(&mut self) {
        self.caches.clear();
        self.rebuild(Weak::Numbered);
    }
    fn poll(&mut self) -> bool {
        !self.undisturbed && self.wants_stop()
    }
}

impl Runtime {
    /// Enters what lives into the index anew. What the host wants is asked again when all is done.
    fn rebuild(&mut self, weak: Weak) {
        let (table, index) = (self.roots[weak.table() as usize], self.roots[weak.index() as usize]);
        weak.rebuild(table, index, &mut || {
            let _ = self.poll();
        });
    }

    fn queue_finaliser(&mut self, object: Word) {
        // chained through the roots' list; see `finalise`
        crate::vm::finalise::queue(self.roots[RootSlot::Finalisers as usize], object);
    }
}
