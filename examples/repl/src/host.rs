//! The interpreter's memory and services, which live as long as the process.

#![allow(unsafe_code)] // hands memory and services to the interpreter

use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use snakelet::desktop::{StdClock, StdConsole, StdEntropy, StdEnvironment, StdFiles};
use snakelet::host::{Console, FsError, Interrupt, Wish};
use snakelet_vm::{Config, Hosts, Vm};

use crate::line::{Line, LineConsole};

/// Slots of the interpreter's stack, which lies beside the heap as the machine's stack does.
const STACK_SLOTS: usize = 32 << 10;

/// Turns Ctrl-C into `KeyboardInterrupt`.
struct Keyboard(Arc<AtomicBool>);

impl Interrupt for Keyboard {
    fn poll(&mut self) -> Wish {
        if self.0.swap(false, Ordering::Relaxed) { Wish::Interrupt } else { Wish::Continue }
    }
}

/// The standard streams, on which CTRL-C ends the wait for input.
struct StandardStreams {
    out: StdConsole,
    pressed: Arc<AtomicBool>,
}

impl Console for StandardStreams {
    fn write(&mut self, bytes: &[u8]) {
        self.out.write(bytes);
    }
    fn write_error(&mut self, bytes: &[u8]) {
        self.out.write_error(bytes);
    }
    fn read(&mut self, buf: &mut [u8]) -> usize {
        let _ = self.out.flush();
        crate::terminal::read(buf, &self.pressed)
    }
    fn flush(&mut self) -> Result<(), FsError> {
        self.out.flush()
    }
}

/// Makes an interpreter with so many bytes of heap, whose console is the standard streams or a line; `None` if they
/// are too few. The flag interrupts what runs.
pub(crate) fn make(heap: usize, line: Option<Arc<Line>>) -> Option<(Vm, Arc<AtomicBool>)> {
    let (pressed, console): (_, &'static mut dyn Console) = match line {
        Some(line) => (Arc::clone(line.pressed()), Box::leak(Box::new(LineConsole(line)))),
        None => {
            let pressed = Arc::new(AtomicBool::new(false));
            // without the signal the process simply ends
            let _ = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&pressed));
            let console =
                StandardStreams { out: StdConsole::default(), pressed: Arc::clone(&pressed) };
            (pressed, Box::leak(Box::new(console)))
        }
    };
    let keyboard = Keyboard(Arc::clone(&pressed));
    let config = Config {
        stack_slots: STACK_SLOTS,
        hosts: Hosts {
            console: Some(console),
            clock: Some(Box::leak(Box::<StdClock>::default())),
            files: Some(Box::leak(Box::<StdFiles>::default())),
            entropy: Some(Box::leak(Box::<StdEntropy>::default())),
            environment: Some(Box::leak(Box::new(StdEnvironment::default().with_shell()))),
            interrupt: Some(Box::leak(Box::new(keyboard))),
            ..Hosts::default()
        },
        compile_in_heap: true,
        ..Config::default()
    };
    let stack = STACK_SLOTS * size_of::<usize>();
    let bytes = heap.checked_add(stack)?.checked_add(size_of::<u128>())?;
    let mut memory = Vec::new();
    memory.try_reserve_exact(bytes).ok()?;
    memory.resize(bytes, MaybeUninit::<u8>::uninit());
    let memory: &'static mut [MaybeUninit<u8>] = memory.leak();
    // SAFETY: memory and services are leaked, and nobody else has them.
    let vm = unsafe { snakelet::new_vm(NonNull::from(memory), config) }?;
    Some((vm, pressed))
}
