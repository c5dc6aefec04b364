//! Interpreters that own their memory and services.

#![allow(clippy::expect_used, reason = "a test says what is wrong and stops")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use snakelet::host::{Clock, Console, Entropy, Interrupt, Wish};
use snakelet::{Error, Interpreter};

/// A service that counts how many of it there are.
struct Service(Arc<AtomicUsize>);

impl Service {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Service(Arc::clone(count))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Clock for Service {
    fn ticks_us(&mut self) -> u64 {
        self.0.load(Ordering::Relaxed) as u64
    }
    fn sleep_us(&mut self, _us: u64) {}
}

impl Entropy for Service {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0.load(Ordering::Relaxed) as u8);
    }
}

impl Interrupt for Service {
    fn poll(&mut self) -> Wish {
        if self.0.load(Ordering::Relaxed) > 0 { Wish::Continue } else { Wish::Stop }
    }
}

#[test]
fn what_an_interpreter_owns_is_dropped_with_it() {
    let count = Arc::new(AtomicUsize::new(0));
    let make = |bytes| {
        Interpreter::owned(bytes)
            .own_clock(Service::new(&count))
            .own_entropy(Service::new(&count))
            .own_interrupt(Service::new(&count))
    };
    // a builder that is given up
    drop(make(64 << 10));
    assert_eq!(count.load(Ordering::Relaxed), 0);
    // memory that does not serve
    assert!(matches!(make(100).build(), Err(Error::Memory)));
    assert!(matches!(make(0).build(), Err(Error::Memory)));
    assert!(matches!(make(usize::MAX).build(), Err(Error::Memory)));
    assert_eq!(count.load(Ordering::Relaxed), 0);
    let mut python = make(64 << 10).build().unwrap();
    python
        .exec("import os, time\nx = os.urandom(2), time.ticks_us()\nfor i in range(100000): pass")
        .unwrap();
    assert_eq!(python.eval::<(Vec<u8>, u32)>("x").unwrap(), (vec![3, 3], 3));
    assert_eq!(count.load(Ordering::Relaxed), 3);
    drop(python);
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

/// Keeps what is written.
#[derive(Clone, Default)]
struct Output(Arc<std::sync::Mutex<Vec<u8>>>);

impl Console for Output {
    fn write(&mut self, bytes: &[u8]) {
        self.0.lock().expect("nobody panics").extend_from_slice(bytes);
    }
}

#[test]
fn it_may_outlive_its_maker_and_go_to_another_thread() {
    struct Device {
        python: Interpreter<'static>,
    }
    fn device(output: Output) -> Device {
        Device { python: Interpreter::owned(64 << 10).own_console(output).build().unwrap() }
    }
    let output = Output::default();
    let mut device = device(output.clone());
    let thread = std::thread::spawn(move || {
        device.python.register("double", |x: i64| x * 2).unwrap();
        device.python.exec("print(double(21))").unwrap();
        device
    });
    let mut device = thread.join().unwrap();
    device.python.reset().unwrap();
    device.python.exec("print('again')").unwrap();
    assert_eq!(*output.0.lock().unwrap(), b"42\nagain\n");
}
