//! The threads of scripts: stacks in the heap, one of which is the interpreter's at a time.
//!
//! ```text
//!  RawBuf, pinned:  header | Record | slots of the thread's stack
//!                              │
//!  Threads::first ─────────────┴─ next ─> Record ─> ..
//! ```
//!
//! The main thread has the stack with which the interpreter was made. Outside of the interpreter loop of the host's call,
//! and of the steps of a run, that one is the interpreter's: whoever ends such a loop goes back to it. A thread that runs
//! has its stack in the interpreter, and what is in its record is out of date; of all others it is in the record.
//!
//! Only the loop that is next to the host changes threads, at its polls and where a native function asks for it that it
//! has called itself: so native code never finds another stack than the one that its locals lie on.

#![allow(unsafe_code)] // records lie in raw memory of the heap

use core::ptr::NonNull;

use snakelet_gc::Place;

use crate::Raised;
use crate::Vm;
use crate::object::value::{Word, raw};
use crate::object::{Kind, RawBuf, words_of};
use crate::vm::WORDS_A_STEP;
use crate::vm::stack::{Local, Stack};

/// Words of a `RawBuf` before its bytes.
const HEADER: usize = words_of::<RawBuf>(0);
/// A stack that has so many is more than any heap holds.
const MOST_WORDS: usize = 1 << 28;

/// Slots of a thread's stack unless the script says otherwise, and the least.
pub(crate) const DEFAULT_SLOTS: usize = if cfg!(target_os = "none") { 256 } else { 1024 };
pub(crate) const LEAST_SLOTS: usize = 128;

/// Threads that are looked at in a step.
pub(crate) const THREADS_A_STEP: usize = 8;

/// What a thread waits for.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing: it is to run.
    Ready,
    /// It has not begun: so many positional and named arguments lie behind the callable on its stack.
    New(usize, usize),
    /// That moment of the clock, in microseconds.
    Sleeping(u64),
    /// A lock, until that moment if there is one.
    Locked(Option<u64>),
}

/// What is kept of a thread.
#[derive(Copy, Clone)]
pub(crate) struct Task {
    pub(crate) state: State,
    /// What the call gives that the thread was left at; null if it was left elsewhere.
    pub(crate) answer: Word,
    /// The lock that it waits for, or that it was given when it waited in a `with` statement; else null.
    pub(crate) lock: Word,
    /// How often the heap is locked.
    heap_lock: u16,
}

impl Task {
    const MAIN: Task =
        Task { state: State::Ready, answer: raw::NULL, lock: raw::NULL, heap_lock: 0 };
}

/// A thread other than the main one.
#[repr(C)]
pub(crate) struct Record {
    next: Option<NonNull<Record>>,
    /// The object in which this lies, which its address keeps alive.
    object: Word,
    /// What it runs.
    pub(crate) function: Word,
    pub(crate) task: Task,
    pub(crate) ident: usize,
    stack: Stack,
}

/// The threads of an interpreter.
pub(crate) struct Threads {
    first: Option<NonNull<Record>>,
    /// The one that runs; none if it is the main thread.
    current: Option<NonNull<Record>>,
    /// How many there are beside the main one.
    pub(crate) count: usize,
    /// The main thread.
    main: Task,
    /// Its stack, while another thread runs.
    main_stack: Option<Stack>,
    /// Slots of the next thread's stack.
    pub(crate) slots: usize,
    /// The identity of the next thread; the main one has 1.
    next_ident: usize,
}

// SAFETY: records lie in the interpreter's memory, which it alone uses.
unsafe impl Send for Threads {}

impl Threads {
    pub(crate) const fn new() -> Self {
        Self {
            first: None,
            current: None,
            count: 0,
            main: Task::MAIN,
            main_stack: None,
            slots: DEFAULT_SLOTS,
            next_ident: 2,
        }
    }

    /// Whether there are others than the main thread.
    #[inline]
    pub(crate) fn are_there(&self) -> bool {
        self.first.is_some()
    }
    /// Whether another one than the main thread runs.
    pub(crate) fn is_away(&self) -> bool {
        self.current.is_some()
    }
    /// The identity of the thread that runs.
    pub(crate) fn ident(&self) -> usize {
        self.current.map_or(1, |record| Self::record(record).ident)
    }

    fn record<'a>(record: NonNull<Record>) -> &'a Record {
        // SAFETY: records of the list lie in pinned objects that `visit` keeps alive, until they are unlinked.
        unsafe { record.as_ref() }
    }
    fn record_mut(&mut self, record: NonNull<Record>) -> &mut Record {
        // SAFETY: as for `record`; the list is borrowed exclusively, and nobody else has references to records.
        unsafe { &mut *record.as_ptr() }
    }
    /// A thread; the main one by `None`.
    fn task(&mut self, thread: Option<NonNull<Record>>) -> &mut Task {
        match thread {
            Some(record) => &mut self.record_mut(record).task,
            None => &mut self.main,
        }
    }
    /// The thread that runs.
    pub(crate) fn current_task(&mut self) -> &mut Task {
        self.task(self.current)
    }
    /// The thread behind another one, in a ring.
    fn after(&self, thread: Option<NonNull<Record>>) -> Option<NonNull<Record>> {
        match thread {
            Some(record) => Self::record(record).next,
            None => self.first,
        }
    }

    /// Shows the collector what threads refer to that are not the one that runs, and what keeps their memory.
    pub(crate) fn visit(&mut self, visit: &mut dyn FnMut(&mut Word)) {
        for word in [&mut self.main.answer, &mut self.main.lock] {
            visit(word);
        }
        if let Some(stack) = &self.main_stack {
            stack.visit(visit);
        }
        let (mut at, current) = (self.first, self.current);
        while let Some(record) = at {
            let runs = current == Some(record);
            let record = self.record_mut(record);
            let Task { answer, lock, .. } = &mut record.task;
            for word in [&mut record.object, &mut record.function, answer, lock] {
                visit(word);
            }
            if !runs {
                record.stack.visit(visit);
            }
            at = record.next;
        }
    }

    /// The next thread behind the running one, in a ring, that can run now: it is ready then. Else the moment at which
    /// one can.
    pub(crate) fn next_ready(&mut self, now: u64) -> Result<Option<NonNull<Record>>, Option<u64>> {
        let mut thread = self.after(self.current);
        let mut first: Option<u64> = None;
        loop {
            let task = self.task(thread);
            let due = match task.state {
                State::Ready | State::New(..) => return Ok(thread),
                State::Sleeping(until) => Some(until),
                State::Locked(until) => until,
            };
            if due.is_some_and(|due| due <= now) {
                if let State::Locked(_) = task.state {
                    task.answer = raw::FALSE;
                    task.lock = raw::NULL;
                }
                task.state = State::Ready;
                return Ok(thread);
            }
            if let Some(due) = due {
                first = Some(first.map_or(due, |first| first.min(due)));
            }
            if thread == self.current {
                return Err(first);
            }
            thread = self.after(thread);
        }
    }

    /// Gives a lock to the thread that comes next of those that wait for it; false if there is none.
    pub(crate) fn hand_over(&mut self, lock: Word) -> bool {
        let mut thread = self.after(self.current);
        while thread != self.current {
            let task = self.task(thread);
            if let State::Locked(_) = task.state
                && task.lock == lock
            {
                task.state = State::Ready;
                if task.answer != raw::NULL {
                    task.lock = raw::NULL;
                }
                return true;
            }
            thread = self.after(thread);
        }
        false
    }

    /// Puts a thread at the end of the list.
    fn append(&mut self, new: NonNull<Record>) {
        self.count += 1;
        let mut last = self.first;
        while let Some(record) = last {
            match Self::record(record).next {
                Some(next) => last = Some(next),
                None => {
                    self.record_mut(record).next = Some(new);
                    return;
                }
            }
        }
        self.first = Some(new);
    }

    /// Takes a thread out of the list; its memory is garbage then.
    fn unlink(&mut self, gone: NonNull<Record>) {
        self.count = self.count.saturating_sub(1);
        let next = Self::record(gone).next;
        if self.first == Some(gone) {
            self.first = next;
            return;
        }
        let mut at = self.first;
        while let Some(record) = at {
            at = Self::record(record).next;
            if at == Some(gone) {
                self.record_mut(record).next = next;
                return;
            }
        }
    }
}

impl Vm {
    /// Gives the interpreter the stack of another thread; `None` is the main one.
    pub(crate) fn switch_to(&mut self, thread: Option<NonNull<Record>>) {
        let threads = &mut self.rt.threads;
        if threads.current == thread {
            return;
        }
        let next = match thread {
            // SAFETY: the record's stack is that of its memory, and is out of use in the record while the thread runs.
            Some(record) => unsafe { Threads::record(record).stack.alias() },
            None => match threads.main_stack.take() {
                Some(stack) => stack,
                None => return,
            },
        };
        let left = core::mem::replace(&mut self.rt.stack, next);
        match threads.current {
            Some(record) => threads.record_mut(record).stack = left,
            None => threads.main_stack = Some(left),
        }
        let locked = self.heap.get_mut().lock_depth();
        let threads = &mut self.rt.threads;
        threads.current_task().heap_lock = locked;
        threads.current = thread;
        let lock = threads.current_task().heap_lock;
        if lock != locked {
            self.heap.get_mut().set_lock(lock);
        }
    }

    /// Makes a thread that calls an object with the arguments that lie behind it, positional ones and then names and
    /// values; its identity.
    ///
    /// # Errors
    /// `MemoryError`; a stop.
    pub(crate) fn new_thread(
        &mut self,
        callable: Local,
        positional: usize,
        named: usize,
    ) -> Result<usize, Raised> {
        let words = 1 + positional + 2 * named;
        let slots = self.rt.threads.slots.saturating_add(words);
        let record = size_of::<Record>().div_ceil(size_of::<Word>());
        // what no heap holds must not overflow
        let Some(total) = slots.checked_add(HEADER + record).filter(|n| *n < MOST_WORDS) else {
            return Err(self.memory_error());
        };
        let looks = self.rt.threads.count / THREADS_A_STEP;
        self.charge((total / WORDS_A_STEP + looks) as u32)?;
        let new = self.allocate_in(Kind::RawBuf, 0, total, Place::High)?;
        new.set_word(1, (total - HEADER) * size_of::<Word>());
        let base = new.at.as_ptr().wrapping_add(HEADER);
        let Some(memory) = NonNull::new(base.cast::<Record>()) else {
            return Err(self.memory_error());
        };
        let first = base.wrapping_add(record);
        let Some(first) = NonNull::new(first) else { return Err(self.memory_error()) };
        // SAFETY: so many words of the object lie behind the record, and nothing else uses them; the object is pinned, and
        // the list keeps it alive.
        let stack = unsafe { Stack::new(first, slots) };
        for i in 0..words {
            stack.push(self.get(callable.offset(i)).word());
        }
        let ident = self.rt.threads.next_ident;
        self.rt.threads.next_ident = ident.wrapping_add(1).max(2);
        let record = Record {
            next: None,
            object: self.get(new.local).word(),
            function: self.get(callable).word(),
            task: Task { state: State::New(positional, named), ..Task::MAIN },
            ident,
            stack,
        };
        // SAFETY: the object is aligned to a block, and the record begins behind a header of as many words as its
        // alignment has.
        unsafe { memory.as_ptr().write(record) };
        self.rt.threads.append(memory);
        Ok(ident)
    }

    /// Ends the thread that runs, which is not the main one and whose frames are gone, and goes back to the main one.
    pub(crate) fn end_thread(&mut self) {
        if let Some(record) = self.rt.threads.current {
            self.switch_to(None);
            self.rt.threads.unlink(record);
        }
    }

    /// Ends all threads but the main one, which runs then; no handler of theirs sees it.
    pub(crate) fn end_threads(&mut self) {
        self.switch_to(None);
        while let Some(record) = self.rt.threads.first {
            self.switch_to(Some(record));
            while self.rt.stack.depth() > 0 {
                self.abandon_frame();
            }
            self.end_thread();
        }
        self.rt.threads.main = Task::MAIN;
    }

    /// What the thread that runs was made to call.
    pub(crate) fn thread_function(&self) -> Option<Word> {
        self.rt.threads.current.map(|record| Threads::record(record).function)
    }
}
