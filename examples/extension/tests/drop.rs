//! Rust data is dropped once: when its object dies, or with the interpreter.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong and stops")]

use core::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};

use snakelet::Interpreter;
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{
    Constant, Contents, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{methods, name};

static ALIVE: AtomicIsize = AtomicIsize::new(0);
static PANICS: AtomicBool = AtomicBool::new(false);

/// Counts how many of its sort there are.
struct Counted;

impl Counted {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
        assert!(!PANICS.load(Ordering::Relaxed), "on purpose");
    }
}

/// Data that is larger than a block, and aligned to 16 bytes.
#[repr(align(16))]
struct Large(Counted, [u8; 100]);

impl NativeData for Large {
    const TYPE: &'static NativeType = &LARGE;
}

static LARGE: NativeType =
    NativeType::of(name!("Large"), const { &TypeSlots::of::<Large>().construct(&NEW) }).methods(
        methods![NativeFn::on::<Large, 0, _>(name!("check"), 0, |_, large, _| {
            let aligned = core::ptr::from_ref(&*large).addr().is_multiple_of(16);
            Ok(Obj::bool(aligned && large.1.iter().all(|byte| *byte == 7)))
        })],
    );

static NEW: NativeFn = NativeFn::leaf::<0>(name!("Large"), 0, |cx, _| {
    Ok(cx.new_data(&[Obj::TRUE, Obj::NONE], Large(Counted::new(), [7; 100]))?.obj())
});

static MODULE: NativeModule = NativeModule::new(
    name!("counted"),
    &[Contents { functions: &[], constants: &[(name!("Large"), Constant::Type(&LARGE))] }],
);

/// One test, since there is one counter.
#[test]
fn data_is_dropped_once() {
    for stress in [false, true] {
        let mut memory = vec![MaybeUninit::uninit(); 64 << 10];
        let builder = Interpreter::builder(&mut memory).modules(const { &[&MODULE] });
        let mut python = builder.build().unwrap();
        python.set_stress(stress);
        python.exec("from counted import Large\nimport gc").unwrap();
        // more than the heap holds at a time
        let n = if stress { 200 } else { 2000 };
        python.exec(&format!("for i in range({n}): assert Large().check()")).unwrap();
        assert!(ALIVE.load(Ordering::Relaxed) < 500);
        python.exec("kept = [Large() for i in range(10)]\ngc.collect()").unwrap();
        python.exec("assert all(large.check() for large in kept)").unwrap();
        let alive = ALIVE.load(Ordering::Relaxed);
        assert!((10..=11).contains(&alive), "{alive}");
        // a panic in a drop reaches the host, and leaves a sound heap
        PANICS.store(true, Ordering::Relaxed);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            python.exec("for i in range(10000): Large()\ngc.collect()")
        }));
        PANICS.store(false, Ordering::Relaxed);
        assert!(caught.is_err());
        assert!(python.is_sound());
        python.exec("assert kept.pop().check()\ngc.collect()").unwrap();
        assert!(python.is_sound());
        drop(python);
        // those that died together with the one whose drop panicked were not dropped
        let leaked = ALIVE.swap(0, Ordering::Relaxed);
        assert!((0..500).contains(&leaked), "{leaked}");
    }
}
