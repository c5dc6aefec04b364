//! Calls of the host: what each of them finds, and that it leaves nothing of its own behind.
//!
//! A call of the host ends by a result, an exception, a stop, or the panic of a function of the host. Guards
//! restore in each of these cases what the call has found: frames, stack, depth, and, where no native code is
//! outside of it, what scripts have set in the heap, and stops and interrupts that came too late.

use core::ops::{Deref, DerefMut};

use snakelet_gc::{Heap, Place};

use crate::exception::classes::RUNTIME_ERROR;
use crate::object::value::raw;
use crate::object::{Kind, RawBuf, header, new_header, words_with_bytes};
use crate::vm::RootSlot;
use crate::vm::host::Wish;
use crate::vm::stack::FIRST;
use crate::vm::stepping::{HeapSettings, Stepping};
use crate::vm::weak::FreeFrom;
use crate::{Raised, Vm};

/// Shares of the heap that are kept in reserve, and the most bytes.
const RESERVE_SHARE: usize = 64;
const MOST_RESERVE: usize = 4 << 10;

/// Where the interpreter stood.
struct Mark {
    top: usize,
    frames: usize,
    native_depth: u16,
    in_callback: bool,
    #[cfg(feature = "thread")]
    thread: usize,
}

/// Restores what a call has found when it is dropped.
struct Guard<'v> {
    vm: &'v mut Vm,
    /// What is restored of the stack; a step of a run leaves its frames there.
    mark: Option<Mark>,
    /// What is restored of the heap, if no native code is outside of the call.
    outermost: Option<HeapSettings>,
}

impl Deref for Guard<'_> {
    type Target = Vm;
    fn deref(&self) -> &Vm {
        self.vm
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Vm {
        self.vm
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(mark) = self.mark.take() {
            self.vm.rewind(&mark);
        }
        if let Some(settings) = self.outermost {
            self.vm.end_outermost(settings);
        }
    }
}

impl Vm {
    /// Does the work of a call of the host, and restores what it has found, even if the work panics: the locals made
    /// meanwhile are released, frames that are left are taken away. If no native code is outside of the call,
    /// the heap's lock is as before, and so are `gc.disable` and `gc.threshold` unless
    /// [`Vm::keep_gc_settings`] says otherwise; a stop or an interrupt that came too late is dropped.
    pub fn host_call<T>(&mut self, work: impl FnOnce(&mut Vm) -> T) -> T {
        let mark = Mark {
            top: self.rt.stack.top(),
            frames: self.rt.stack.depth(),
            native_depth: self.rt.native_depth,
            in_callback: self.rt.in_callback,
            #[cfg(feature = "thread")]
            thread: self.rt.threads.ident(),
        };
        let outermost = self.begin_outermost();
        if outermost.is_some() {
            self.use_reserve();
        }
        work(&mut Guard { vm: self, mark: Some(mark), outermost })
    }

    /// As [`Vm::host_call`], for what the host itself reads and writes: without fuel native code makes an end only
    /// where a script runs meanwhile.
    pub fn host_access<T>(&mut self, work: impl FnOnce(&mut Vm) -> T) -> T {
        let frames = self.rt.stack.depth();
        self.host_call(|vm| {
            if vm.rt.native_depth == 0 {
                vm.rt.access = Some(frames);
            }
            work(vm)
        })
    }

    /// As [`Vm::host_call`], for work that begins a run or makes a step of it: the frames and locals of the
    /// run stay, and what its script has set in the heap is set again for its next step.
    pub fn host_step<T>(&mut self, work: impl FnOnce(&mut Vm) -> T) -> T {
        let outermost = self.begin_outermost();
        if outermost.is_some()
            && let Some(held) = self.rt.stepping.held.take()
            && self.rt.stepping.run.is_some()
        {
            self.restore(held);
        }
        work(&mut Guard { vm: self, mark: None, outermost })
    }

    /// Whether `gc.disable` and `gc.threshold` outlast the call of the host in which a script uses them, as
    /// they should at a prompt.
    pub fn keep_gc_settings(&mut self, keep: bool) {
        self.rt.keep_gc_settings = keep;
    }

    fn heap_settings(&self) -> HeapSettings {
        HeapSettings {
            locked: self.heap.ask(Heap::lock_depth),
            enabled: self.heap.ask(Heap::is_enabled),
            threshold: self.heap.ask(Heap::threshold),
        }
    }

    fn restore(&mut self, settings: HeapSettings) {
        if self.heap.ask(Heap::lock_depth) != settings.locked {
            self.heap.get_mut().set_lock(settings.locked);
        }
        if !self.rt.keep_gc_settings {
            self.heap.get_mut().set_enabled(settings.enabled);
            self.heap.get_mut().set_threshold(settings.threshold);
        }
    }

    /// What is to be restored when a call is over, if no native code is outside of it.
    fn begin_outermost(&self) -> Option<HeapSettings> {
        (self.rt.native_depth == 0).then(|| self.heap_settings())
    }

    fn rewind(&mut self, mark: &Mark) {
        // a panic has come out of another thread
        #[cfg(feature = "thread")]
        if self.rt.threads.ident() != mark.thread {
            self.end_threads();
        }
        while self.rt.stack.depth() > mark.frames {
            self.abandon_frame();
        }
        if mark.top < self.rt.stack.top() {
            self.rt.stack.set_top(mark.top);
        }
        self.rt.native_depth = mark.native_depth;
        self.rt.in_callback = mark.in_callback;
    }

    fn end_outermost(&mut self, settings: HeapSettings) {
        self.recover();
        if self.rt.stepping.run.is_some() && self.rt.stepping.held.is_none() {
            self.rt.stepping.held = Some(self.heap_settings());
        }
        self.restore(settings);
        self.rt.access = None;
        self.set_root_word(RootSlot::Pending, raw::NULL);
        self.rt.poller.wish.set(Wish::Continue);
        self.rt.stack.overflowed.set(false);
        self.rt.undisturbed = false;
        self.settle();
    }

    // --- the reserve -----------------------------------------------------------------------

    /// Sets some memory aside, which calls of the host are given when the heap is full.
    pub fn set_reserve(&mut self) {
        let bytes = (self.heap.ask(Heap::total_bytes) / RESERVE_SHARE).min(MOST_RESERVE);
        let words = words_with_bytes::<RawBuf>(bytes);
        // nothing is collected, and no limit is met: without room now, there is another occasion
        let header = new_header(Kind::RawBuf, 0) | header::PINNED;
        let object = self.heap.get_mut().allocate(header, words, Place::High);
        let word = object.map_or(raw::NULL, |object| object.as_ptr().expose_provenance());
        self.set_root_word(RootSlot::Reserve, word);
        self.rt.reserve = bytes;
        self.rt.is_short = object.is_none();
    }

    /// Hands the reserve out if memory has run out in an earlier call; when there is memory again, some is
    /// set aside again.
    fn use_reserve(&mut self) {
        if !self.rt.is_short || self.rt.reserve == 0 {
            return;
        }
        let has_room = |vm: &Vm| vm.heap.ask(Heap::free_bytes) / 2 > vm.rt.reserve;
        if !self.root(RootSlot::Reserve).is_null() {
            self.rt.is_short = !has_room(self);
            if self.rt.is_short {
                self.set_root_word(RootSlot::Reserve, raw::NULL);
            }
            return;
        }
        self.heap.get_mut().collect(&mut self.rt);
        if has_room(self) {
            self.set_reserve();
        }
    }

    /// Gives up all that scripts have made: variables, modules, what waits to run, a run that is suspended. The
    /// interpreter is then as it was when it was made, in the same memory. Files are closed, but no code of a
    /// script runs.
    ///
    /// # Errors
    /// `RuntimeError` from inside of native code.
    pub fn reset(&mut self) -> Result<(), Raised> {
        if self.rt.native_depth != 0 {
            return Err(self.raise_text(&RUNTIME_ERROR, "can't be reset from inside"));
        }
        self.rt.undisturbed = true;
        let done = self.start_anew();
        self.rt.undisturbed = false;
        done
    }

    fn start_anew(&mut self) -> Result<(), Raised> {
        self.abandon_run();
        #[cfg(feature = "thread")]
        self.end_threads();
        while self.rt.stack.depth() > 0 {
            self.abandon_frame();
        }
        self.rt.stack.set_top(FIRST);
        self.rt.stepping = Stepping::default();
        self.heap.get_mut().set_lock(0);
        self.heap.get_mut().set_enabled(true);
        self.heap.get_mut().set_threshold(None);
        let budget = self.heap.ask(Heap::budget);
        self.heap.get_mut().set_budget(None);
        let list = self.root(RootSlot::Finalisers).word();
        let names = (self.root(RootSlot::QstrTable).word(), self.root(RootSlot::QstrIndex).word());
        self.rt.roots.fill(raw::NULL);
        // needed once more: to name the types of objects that are given up, and to collect those
        self.set_root_word(RootSlot::Finalisers, list);
        self.set_root_word(RootSlot::QstrTable, names.0);
        self.set_root_word(RootSlot::QstrIndex, names.1);
        self.rt.caches.clear();
        self.heap.get_mut().collect(&mut self.rt);
        self.finalise_natives();
        self.rt.roots.fill(raw::NULL);
        self.rt.free_from = FreeFrom::default();
        self.rt.finalisable = 0;
        self.rt.opt_level = 0;
        self.rt.is_short = false;
        self.heap.get_mut().collect(&mut self.rt);
        let booted = self.boot();
        if self.rt.reserve > 0 {
            self.set_reserve();
        }
        self.heap.get_mut().set_budget(budget);
        booted
    }

    /// Removes a variable of `__main__` without taking memory; whether there was one.
    pub fn remove_global(&mut self, name: &str) -> bool {
        let Some(name) = self.find_qstr(name.as_bytes()) else { return false };
        let scope = self.scope();
        let main = self.main_dict();
        let key = self.push(crate::Value::qstr(name));
        let removed = self.table_remove(main, key);
        self.end_scope(scope);
        matches!(removed, Ok(Some(_)))
    }

    /// Calls `each` with the names of the variables of `__main__`.
    pub fn global_names(&self, each: &mut dyn FnMut(&str)) {
        let mut from = 0;
        loop {
            let scope = self.scope();
            let main = self.main_dict();
            let Some((key, _)) = self.dict_entry(main, &mut from) else {
                self.end_scope(scope);
                return;
            };
            if let Some(name) = self.utf8_of(self.get(key)) {
                each(name);
            }
            self.end_scope(scope);
        }
    }
}
