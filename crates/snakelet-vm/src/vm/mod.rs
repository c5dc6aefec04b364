//! The interpreter's state: heap, stack, roots and the host's services.

#![allow(unsafe_code)] // takes the host's memory into use; hands raw words to the collector

pub(crate) mod alloc;
pub(crate) mod cache;
mod depth;
pub(crate) mod finalise;
pub(crate) mod frame;
pub(crate) mod fuel;
pub(crate) mod heap_cell;
pub mod host;
pub(crate) mod identity;
pub(crate) mod intern;
pub(crate) mod poll;
pub(crate) mod raised;
pub(crate) mod roots;
pub(crate) mod stack;
pub(crate) mod stepping;
#[cfg(feature = "thread")]
pub(crate) mod threads;
pub(crate) mod trust;
pub(crate) mod usage;
pub(crate) mod weak;

pub(crate) use roots::RootSlot;

use core::cell::Cell;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use snakelet_gc::{Heap, Model, Place};

use crate::Raised;
use crate::native::NativeModule;
use crate::native::leaf::LeafState;
use crate::object::value::{Value, Word};
use crate::object::{Kind, header};
use crate::vm::cache::{CacheTable, Caches};
use crate::vm::heap_cell::HeapCell;
use crate::vm::host::Hosts;
use crate::vm::poll::{Poller, StopReason};
use crate::vm::stack::{Local, Stack};
use crate::vm::stepping::Stepping;
use crate::vm::trust::Trust;
use crate::vm::usage::Account;
use crate::vm::weak::{FreeFrom, WeakTables};

/// What the collector must not own: everything beside the heap.
///
/// Nearly every function reads the stack's ends: they come first, where the machine's instructions
/// reach them with a short offset, and the large tables come last.
#[repr(C)]
pub(crate) struct Runtime {
    pub(crate) stack: Stack,
    /// Steps left until the next poll; not 0 but at a poll.
    pub(crate) ticks: Cell<u32>,
    /// The interpreter loop: see [`Vm::new`].
    pub(crate) execute: Execute,
    /// Native functions that are running, and how many may.
    pub(crate) native_depth: u16,
    pub(crate) native_limit: u16,
    /// Address of the machine's stack below which no more native code may begin; 0 if unknown.
    pub(crate) machine_end: usize,
    /// What is kept about the leaf native that runs.
    pub(crate) leaf: LeafState,
    pub(crate) roots: [Word; roots::COUNT],
    pub(crate) free_from: FreeFrom,
    pub(crate) weak_tables: WeakTables,
    /// Steps that were made beyond the ticks left, by code that could not poll.
    pub(crate) debt: Cell<u64>,
    /// What is asked at a poll, and what it wished when such code asked it.
    pub(crate) poller: Poller,
    /// Whether collections are made without asking the host in between.
    pub(crate) undisturbed: bool,
    /// The number of frames while the host reads or writes, and no script runs.
    pub(crate) access: Option<usize>,
    /// Steps made until they were settled last, wrapping.
    pub(crate) steps: u64,
    /// What stopped the script that was stopped last.
    pub(crate) stop_reason: StopReason,
    /// What the host's call has found, to tell what it has used.
    pub(crate) account: Account,
    /// Steps that lay between the last poll and the next when it was made.
    pub(crate) granted: u32,
    /// Steps that the host still grants, `None` without limit.
    pub(crate) fuel: Option<u64>,
    /// The run that the host makes in steps.
    pub(crate) stepping: Stepping,
    /// Live objects with a finaliser, at most.
    pub(crate) finalisable: usize,
    /// Whether one of them is being finalised.
    pub(crate) finalising: bool,
    /// Optimisation level for `compile`.
    pub(crate) opt_level: u8,
    /// The number of the last `OSError`, or what a script has set.
    #[cfg(feature = "process")]
    pub(crate) system_error: i32,
    /// From 2 on, what is compiled is listed.
    #[cfg(feature = "listing")]
    pub(crate) verbose: u8,
    /// Whether what a compilation takes counts as part of the heap.
    pub(crate) compile_in_heap: bool,
    /// Whether a callback of `micropython.schedule` or of a module is running.
    pub(crate) in_callback: bool,
    /// Whether a module may have something to do between two instructions.
    pub(crate) serves: bool,
    /// The moment of the clock by which they want to, while the interpreter waits.
    pub(crate) serve_by: u64,
    /// Whether what scripts set in the collector outlasts a call of the host.
    pub(crate) keep_gc_settings: bool,
    /// Bytes kept in reserve for calls of the host, and whether memory has run out since there was enough.
    pub(crate) reserve: usize,
    pub(crate) is_short: bool,
    /// How deep source text may nest.
    pub(crate) compile_depth: u16,
    /// Bytes that a compilation may take, and the most that one took.
    pub(crate) compile_budget: usize,
    pub(crate) compile_peak: usize,
    /// The native modules.
    pub(crate) modules: &'static [&'static NativeModule],
    pub(crate) added_modules: &'static [&'static NativeModule],
    pub(crate) library: &'static [&'static NativeModule],
    /// Modules compiled into the program.
    pub(crate) frozen: &'static [FrozenModule],
    /// The same, of a library.
    #[cfg(feature = "frozen")]
    pub(crate) frozen_library: &'static [FrozenModule],
    /// Whether bytecode is believed.
    pub(crate) trust: Trust,
    /// What `sys.platform` says.
    pub(crate) platform: &'static str,
    /// Functions of the host, by number.
    pub(crate) host_functions: Option<NonNull<dyn HostFunctions>>,
    pub(crate) hosts: Hosts,
    /// The threads of scripts.
    #[cfg(feature = "thread")]
    pub(crate) threads: crate::vm::threads::Threads,
    pub(crate) caches: Caches,
}

/// What natives do with each value that a generator yields, while its frame stays on the stack;
/// false if the generator is to be suspended.
pub(crate) type Sink<'s> = dyn FnMut(&mut Vm, Local) -> Result<bool, Raised> + 's;

/// Words of an object from which on its memory is charged, and how many are cleared and filled in
/// a step.
pub(crate) const LARGE: usize = 64;
pub(crate) const WORDS_A_STEP: usize = 16;
/// Words of an object from which on the host is asked while it is cleared.
pub(crate) const HUGE: usize = (512 << 10) / size_of::<Word>();

/// Bytes of objects that are marked and swept in a step, and bytes of the heap that are looked
/// through.
const BYTES_COLLECTED_A_STEP: usize = 8 * snakelet_gc::BLOCK;
const BYTES_SWEPT_A_STEP: usize = 512 * snakelet_gc::BLOCK;

/// The interpreter loop: [`execute`](crate::run::execute).
pub(crate) type Execute = fn(&mut Vm, bool, Option<&mut Sink<'_>>) -> crate::Res;

/// The table of functions that the host added. A function may call into Python, and so be called
/// again before it returns.
pub trait HostFunctions: Send {
    /// Calls function number `index` with the arguments that lie on the stack.
    ///
    /// # Errors
    /// Whatever the function raises.
    fn call(&self, vm: &mut Vm, index: usize, args: crate::Args) -> crate::Res;
}

/// An interpreter.
#[repr(C)]
pub struct Vm {
    // first: see there
    pub(crate) rt: Runtime,
    pub(crate) heap: HeapCell,
}

// SAFETY: the raw pointers inside refer to memory and services that the interpreter alone uses
// (contract of `Vm::new`); host services are `Send`.
unsafe impl Send for Vm {}

/// Marks a position of the VM stack, to which `end_scope` returns.
#[derive(Copy, Clone)]
#[must_use]
pub struct Scope {
    top: usize,
    not_send: PhantomData<*const ()>,
}

impl Scope {
    pub(crate) fn top(self) -> usize {
        self.top
    }

    /// The scope of what lies on the stack from slot `top` on.
    pub(crate) fn from(top: usize) -> Self {
        Self { top, not_send: PhantomData }
    }
}

/// A module that is part of the program.
#[derive(Copy, Clone, Debug)]
pub struct FrozenModule {
    /// Its path below `.frozen`: `json/decoder.py`.
    pub name: &'static str,
    /// The bytes of a `.mpy` file, or Python source.
    pub data: &'static [u8],
}

/// How an interpreter is set up.
#[derive(Default)]
pub struct Config {
    /// Slots of the VM stack, at least 128; 0 takes an eighth of the memory, at most 64 Ki slots.
    pub stack_slots: usize,
    /// How deep native functions may call back into Python; 0 takes the default.
    pub native_limit: u16,
    /// Bytes that a compilation may take; 0 takes a quarter of the heap, at least 16 KiB, or sets no limit where
    /// what it takes is part of the heap.
    pub compile_budget: usize,
    /// Counts what a compilation takes as part of the heap, although it lies elsewhere: together
    /// they never exceed the heap's size.
    pub compile_in_heap: bool,
    /// How deep source text may nest; 0 takes the default. Each level takes some hundred bytes of
    /// the machine's stack.
    pub compile_depth: u16,
    /// Modules that scripts find in `.frozen`.
    pub frozen: &'static [FrozenModule],
    /// Modules in Python that are found behind all others: a library.
    #[cfg(feature = "frozen")]
    pub frozen_library: &'static [FrozenModule],
    /// Native modules beside the built-in ones, before which they are looked for.
    pub modules: &'static [&'static NativeModule],
    /// Native modules that are looked for behind the built-in ones: a library.
    pub library: &'static [&'static NativeModule],
    /// What `sys.platform` says; empty for the default.
    pub platform: &'static str,
    /// Whether bytecode is believed, where nothing verifies it.
    pub trust: Trust,
    /// Where the interpreter's caches lie; in its memory if there is none.
    pub caches: Option<NonNull<CacheTable>>,
    /// The host's services.
    pub hosts: Hosts,
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.heap.get_mut().release_all(&mut self.rt);
    }
}

impl Vm {
    /// Runs the newest frame to its end: see [`execute`](crate::run::execute).
    pub(crate) fn execute(&mut self, raised: bool, sink: Option<&mut Sink<'_>>) -> crate::Res {
        (self.rt.execute)(self, raised, sink)
    }

    /// Adds memory to the heap; false if there are too many regions or it is too small.
    ///
    /// # Safety
    /// As for `memory` of [`Vm::new`].
    pub unsafe fn add_region(&mut self, memory: NonNull<[MaybeUninit<u8>]>) -> bool {
        // SAFETY: contract of this function.
        unsafe { self.heap.get_mut().add_region(memory.cast::<u8>(), memory.len()) }
    }

    /// Sets the table of the host's functions.
    ///
    /// # Safety
    /// The table lives as long as the interpreter, and is only shared meanwhile.
    pub unsafe fn set_host_functions(&mut self, table: NonNull<dyn HostFunctions>) {
        self.rt.host_functions = Some(table);
    }

    // --- values and locals -----------------------------------------------------------------

    /// The value of a local; null if it was released.
    pub fn value(&self, local: Local) -> Value<'_> {
        self.rt.stack.value_below_top(local.index())
    }
    /// The same local, or that of `None` if it does not lie on the stack now or there is no value in it.
    pub fn checked_local(&self, local: Local) -> Local {
        if self.value(local).is_null() { Local::NONE } else { local }
    }
    /// The value of a local that was not released.
    #[inline(always)]
    pub(crate) fn get(&self, local: Local) -> Value<'_> {
        self.rt.stack.value(local.index())
    }
    /// Changes a local.
    #[inline(always)]
    pub fn set(&self, local: Local, value: Value<'_>) {
        if local.index() >= crate::vm::stack::FIRST {
            self.rt.stack.write(local.index(), value.word());
        }
    }
    /// Makes a local that holds `value`.
    // hundreds of functions do it, so a microcontroller has it once; where it matters, they call
    // `push_here`
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub fn push(&self, value: Value<'_>) -> Local {
        self.push_here(value)
    }
    /// As `push`, without a call.
    #[inline(always)]
    pub(crate) fn push_here(&self, value: Value<'_>) -> Local {
        self.rt.stack.push(value.word())
    }
    /// Makes a copy of a local at the top of the stack.
    #[inline(always)]
    pub fn push_copy(&self, local: Local) -> Local {
        self.push(self.get(local))
    }
    /// Begins a scope: locals made from here on are released by [`Vm::end_scope`].
    #[inline(always)]
    pub fn scope(&self) -> Scope {
        Scope::from(self.rt.stack.top())
    }
    /// Releases the locals made since `scope`.
    #[inline(always)]
    pub fn end_scope(&self, scope: Scope) {
        if scope.top < self.rt.stack.top() {
            self.rt.stack.set_top(scope.top);
        }
    }
    /// Releases the locals made since `scope` and makes one that holds the value of `keep`.
    pub fn end_scope_with(&self, scope: Scope, keep: Local) -> Local {
        let word = self.get(keep).word();
        let stack = &self.rt.stack;
        if scope.top < stack.top() {
            // the first local of the scope becomes the one that is kept
            stack.write(scope.top, word);
            stack.set_top(scope.top + 1);
            return Local::at(scope.top);
        }
        stack.push(word)
    }
    /// How many more locals there is room for.
    pub fn locals_left(&self) -> usize {
        self.rt.stack.frame_mark().saturating_sub(self.rt.stack.top())
    }

    #[inline(always)]
    pub(crate) fn root(&self, slot: RootSlot) -> Value<'_> {
        // SAFETY: roots are visited by every collection, so what they refer to is live.
        unsafe { Value::from_word(self.rt.roots[slot as usize]) }
    }
    #[inline(always)]
    pub(crate) fn set_root(&mut self, slot: RootSlot, value: Local) {
        self.rt.roots[slot as usize] = self.get(value).word();
    }
    pub(crate) fn set_root_word(&mut self, slot: RootSlot, word: Word) {
        self.rt.roots[slot as usize] = word;
    }
    /// Makes a local that holds the dict of `__main__`.
    pub fn main_dict(&self) -> Local {
        self.push_root(RootSlot::Main)
    }
    /// Makes a local that holds a root.
    pub(crate) fn push_root(&self, slot: RootSlot) -> Local {
        self.push(self.root(slot))
    }

    // --- allocation ------------------------------------------------------------------------

    /// Allocates a zeroed object and makes a local that refers to it.
    #[inline(always)]
    pub(crate) fn allocate(
        &mut self,
        kind: Kind,
        aux: usize,
        words: usize,
    ) -> Result<NewObject, Raised> {
        self.allocate_in(kind, aux, words, Place::Low)
    }

    /// As `allocate`, for objects of up to four words that are made often.
    #[inline(always)]
    pub(crate) fn allocate_block(
        &mut self,
        kind: Kind,
        aux: usize,
        words: usize,
    ) -> Result<NewObject, Raised> {
        debug_assert!(words <= snakelet_gc::BLOCK / size_of::<Word>());
        match self.heap.get_mut().allocate_block(kind as Word | aux << header::AUX_SHIFT) {
            Some(object) => {
                let local = self.rt.stack.push(object.as_ptr().expose_provenance());
                Ok(NewObject { local, at: object })
            }
            None => self.allocate(kind, aux, words),
        }
    }

    // not torn into pieces that other functions have, too: see `Run::dispatch`
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[inline(never)]
    pub(crate) fn allocate_in(
        &mut self,
        kind: Kind,
        aux: usize,
        words: usize,
        place: Place,
    ) -> Result<NewObject, Raised> {
        if aux > header::AUX_MOST {
            return Err(self.memory_error());
        }
        let mut header = kind as Word | aux << header::AUX_SHIFT;
        if place == Place::High {
            header |= header::PINNED;
        }
        let quick = if place == Place::Low && words < HUGE {
            self.heap.get_mut().allocate_quick(header, words)
        } else {
            None
        };
        let object = match quick {
            Some(object) => object,
            None => self.allocate_slow(header, words, place)?,
        };
        if words >= LARGE {
            self.rt.charge_later(words / WORDS_A_STEP);
        }
        let local = self.rt.stack.push(object.as_ptr().expose_provenance());
        Ok(NewObject { local, at: object })
    }

    #[cold]
    #[inline(never)]
    fn allocate_slow(
        &mut self,
        header: Word,
        words: usize,
        place: Place,
    ) -> Result<NonNull<Word>, Raised> {
        if words > isize::MAX as usize / size_of::<Word>() {
            return Err(self.memory_error());
        }
        if self.heap.exceeds_budget(words) {
            self.rt.poller.wish.set(host::Wish::Stop);
            self.rt.poller.reason.set(StopReason::AllocationBudget);
            self.poll_soon();
            return Err(self.stop_for(StopReason::AllocationBudget));
        }
        let due = self.heap.ask(Heap::wants_collect);
        if !due && let Some(object) = self.allocate_once(header, words, place)? {
            return Ok(object);
        }
        // a refusal is no lack of memory: the heap is locked, or a test lets an allocation fail
        if due || (!self.heap.ask(Heap::refused) && self.heap.ask(Heap::is_enabled)) {
            self.collect_for_more()?;
            for compacted in [false, true] {
                if let Some(object) = self.allocate_once(header, words, place)? {
                    return Ok(object);
                }
                let enough = self.heap.ask(Heap::free_bytes) >= words * size_of::<Word>();
                if compacted || self.heap.ask(Heap::refused) || !enough {
                    break;
                }
                self.compact_for_more(words)?;
            }
        }
        Err(self.memory_error())
    }

    /// Moves objects together because no free run is long enough for `words` words.
    ///
    /// # Errors
    /// A stop that the host has wished for.
    pub(crate) fn compact_for_more(&mut self, words: usize) -> Result<(), Raised> {
        self.obey_stop()?;
        self.heap.get_mut().compact_for(&mut self.rt, words);
        self.rt.charge_later(self.heap.ask(Heap::used_bytes) / BYTES_COLLECTED_A_STEP);
        self.obey_stop()
    }

    fn allocate_once(
        &mut self,
        header: Word,
        words: usize,
        place: Place,
    ) -> Result<Option<NonNull<Word>>, Raised> {
        if words < HUGE || place == Place::High {
            return Ok(self.heap.get_mut().allocate(header, words, place));
        }
        let rt = &mut self.rt;
        let object = self.heap.get_mut().allocate_large(header, words, &mut || rt.poll());
        if object.is_none() {
            self.obey_stop()?;
        }
        Ok(object)
    }

    /// Obeys the stop that the host has wished for while a collection or the like was under way. The wish stays:
    /// code that goes on without the memory that it has asked for, as that of tracebacks, meets it at the next poll.
    ///
    /// # Errors
    /// The stop.
    pub(crate) fn obey_stop(&mut self) -> Result<(), Raised> {
        match self.rt.poller.wish.get() {
            host::Wish::Stop => Err(self.stop_for(self.rt.poller.reason.get())),
            _ => Ok(()),
        }
    }

    /// Collects because memory is short. What was freed pays for the work, so that it is charged only
    /// where nearly all is in use and each allocation may collect.
    ///
    /// # Errors
    /// The stop that the collection was abandoned for.
    pub(crate) fn collect_for_more(&mut self) -> Result<(), Raised> {
        let used = self.heap.ask(Heap::used_bytes);
        self.heap.get_mut().collect(&mut self.rt);
        let freed = used.saturating_sub(self.heap.ask(Heap::used_bytes));
        let work = self.collection_work(used);
        self.rt.charge_later(work.saturating_sub(freed / snakelet_gc::BLOCK));
        self.obey_stop()
    }

    /// Steps that a collection takes when so many bytes are in use.
    pub(crate) fn collection_work(&self, used: usize) -> usize {
        used / BYTES_COLLECTED_A_STEP + self.heap.ask(Heap::total_bytes) / BYTES_SWEPT_A_STEP
    }

    /// Collects; returns the number of objects freed: none if the host asks for a stop meanwhile.
    pub fn collect(&mut self) -> usize {
        let freed = self.heap.get_mut().collect(&mut self.rt).heads;
        self.run_finalisers();
        freed
    }

    /// Moves objects together so that free memory lies in one piece.
    pub fn compact(&mut self) {
        // what was not collected is not good for being moved
        if !self.heap.get_mut().collect(&mut self.rt).abandoned {
            self.heap.get_mut().compact(&mut self.rt);
        }
    }

    /// Collects without asking the host meanwhile; returns the number of objects freed.
    pub fn collect_undisturbed(&mut self) -> usize {
        self.rt.undisturbed = true;
        let freed = self.heap.get_mut().collect(&mut self.rt).heads;
        self.rt.undisturbed = false;
        self.run_finalisers();
        freed
    }

    /// A figure of the heap: `vm.heap_figure(Heap::used_bytes)`.
    pub fn heap_figure<T>(&self, figure: fn(&Heap) -> T) -> T {
        self.heap.ask(figure)
    }
    /// The heap, for its settings and test switches.
    pub fn heap_mut(&mut self) -> &mut Heap {
        self.heap.get_mut()
    }

    /// Walks the whole heap and checks every invariant.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check_heap(&mut self) -> Result<(), snakelet_gc::CheckError> {
        self.heap.get_mut().check(&mut self.rt)
    }
}

/// An object that was just allocated: nothing but its local refers to it yet, so its parts may be
/// written directly.
pub(crate) struct NewObject {
    pub(crate) local: Local,
    pub(crate) at: NonNull<Word>,
}

impl NewObject {
    /// Writes a word that is no reference, or that of a live value.
    #[inline(always)]
    pub(crate) fn set_word(&self, index: usize, word: Word) {
        // SAFETY: callers write inside the size that they allocated, before anything else is
        // allocated.
        unsafe { self.at.add(index).write(word) };
    }
    /// The `len` bytes behind the first `words` words, for filling.
    #[inline(always)]
    pub(crate) fn bytes_mut(&mut self, words: usize, len: usize) -> &mut [u8] {
        // SAFETY: callers ask for bytes inside the size that they allocated, before anything else is allocated.
        // Allocated memory is zeroed, and nothing refers to the new object yet.
        unsafe { core::slice::from_raw_parts_mut(self.at.add(words).cast::<u8>().as_ptr(), len) }
    }
    /// Writes a field of type `T` at a byte offset.
    ///
    /// # Safety
    /// The field lies inside the object at an offset of its alignment.
    pub(crate) unsafe fn write<T>(&self, offset: usize, value: T) {
        // SAFETY: contract of this function.
        unsafe { self.at.cast::<u8>().add(offset).cast::<T>().write(value) };
    }
}
