//! What the thread of the scripts shares with the one that talks to a tool, or shows a page.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use snakelet::host::Console;
use snakelet_camera::link::{Capabilities, Device, Info, MemoryReport, Order, Output, Refused};
use snakelet_pool::MemoryPool;
use snakelet_pool::presets::PoolPart;

use crate::board::Memories;

/// Bytes that a script may print before a tool reads them, and that a page shows.
const PRINTED: usize = 64 << 10;
const SHOWN: usize = 16 << 10;

pub(crate) struct Shared {
    output: Mutex<Output<'static>>,
    /// The end of what was printed.
    shown: Mutex<VecDeque<u8>>,
    next: Mutex<Option<Vec<u8>>>,
    wake: Condvar,
    stop: AtomicBool,
    running: AtomicBool,
    pub(crate) pools: Vec<(&'static PoolPart, &'static dyn MemoryPool)>,
    heap_bytes: usize,
    heap_used: AtomicUsize,
    info: Info,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(memories: &Memories) -> Self {
        let kib = |bytes: u64| u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
        let board = memories.board;
        let pools = board.pools.iter().map(|pool| u64::from(pool.part.length)).sum();
        let info = Info {
            sensors: [snakelet_pool::SoftSensor::ID, crate::board::SECOND_ID, 0],
            capabilities: Capabilities::default(),
            memory_kib: kib(memories.heap_bytes() as u64),
            frames_kib: kib(pools),
            stream_kib: kib(board.stream.length.into()),
            version: [5, 0, 0],
            ..Info::default()
        };
        Shared {
            output: Mutex::new(Output::new(Box::leak(vec![0; PRINTED].into_boxed_slice()))),
            shown: Mutex::new(VecDeque::new()),
            next: Mutex::new(None),
            wake: Condvar::new(),
            stop: AtomicBool::new(false),
            running: AtomicBool::new(false),
            pools: memories.pools(),
            heap_bytes: memories.heap_bytes(),
            heap_used: AtomicUsize::new(0),
            info,
        }
    }

    /// Waits for a script, which then counts as running.
    pub(crate) fn wait_for_script(&self) -> Vec<u8> {
        let mut next = lock(&self.next);
        loop {
            if let Some(script) = next.take() {
                self.stop.store(false, Relaxed);
                self.running.store(true, Relaxed);
                return script;
            }
            next = self.wake.wait(next).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Notes that the script has ended, and how much of the heap it used.
    pub(crate) fn ended(&self, heap_used: usize) {
        self.heap_used.store(heap_used, Relaxed);
        self.running.store(false, Relaxed);
    }

    pub(crate) fn begins(&self) {
        self.running.store(true, Relaxed);
    }

    /// Whether somebody wishes that the script stops.
    pub(crate) fn stops(&self) -> bool {
        self.stop.load(Relaxed)
    }

    pub(crate) fn runs(&self) -> bool {
        self.running.load(Relaxed)
    }

    pub(crate) fn print(&self, text: &[u8]) {
        lock(&self.output).write(text);
        let mut shown = lock(&self.shown);
        shown.extend(text);
        let excess = shown.len().saturating_sub(SHOWN);
        shown.drain(..excess);
    }

    /// The end of what was printed.
    pub(crate) fn shown(&self) -> String {
        let bytes: Vec<u8> = lock(&self.shown).iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The shared state, as a link acts on it.
pub(crate) struct Board<'a>(pub(crate) &'a Shared);

impl Device for Board<'_> {
    fn is_running(&self) -> bool {
        self.0.runs() || lock(&self.0.next).is_some()
    }

    fn output(&mut self, work: &mut dyn FnMut(&mut Output<'_>)) {
        work(&mut lock(&self.0.output));
    }

    fn obey(&mut self, order: Order<'_>) -> Result<(), Refused> {
        let mut next = lock(&self.0.next);
        match order {
            Order::Run(script) => *next = Some(script.to_vec()),
            Order::Stop | Order::Reset => *next = None,
            Order::Boot => return Err(Refused),
        }
        self.0.stop.store(true, Relaxed);
        self.0.wake.notify_all();
        Ok(())
    }

    fn info(&self) -> Info {
        self.0.info
    }

    fn memories(&self, each: &mut dyn FnMut(MemoryReport)) {
        each(MemoryReport::of_heap(self.0.heap_bytes, self.0.heap_used.load(Relaxed)));
        self.0.pools.iter().for_each(|(_, pool)| each(MemoryReport::of_pool(*pool)));
    }
}

/// The console of scripts.
pub(crate) struct Printer<'a> {
    pub(crate) shared: &'a Shared,
    /// Whether what is printed goes to the standard output as well.
    pub(crate) echoes: bool,
}

impl Console for Printer<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.shared.print(bytes);
        if self.echoes {
            // a reader that went away is no reason to stop the script
            let _ = std::io::stdout().write_all(bytes);
        }
    }

    fn flush(&mut self) -> Result<(), snakelet::host::FsError> {
        if self.echoes {
            let _ = std::io::stdout().flush();
        }
        Ok(())
    }
}
