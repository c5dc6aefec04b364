//! Rust data that full natives have exclusively, and bytes that lie elsewhere than in an object.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong and stops")]

use core::cell::Cell;
use core::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use snakelet::Interpreter;
use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{
    Constant, Contents, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{methods, name};

/// What the host gives the module: pages of bytes that it may take away again.
struct Shelf {
    pages: Vec<Option<Box<[Cell<u8>]>>>,
    drops: Arc<AtomicUsize>,
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::Relaxed);
    }
}

impl NativeData for Shelf {
    const TYPE: &'static NativeType = &SHELF;
    const EXCLUSIVE: bool = true;
}

static SHELF: NativeType =
    NativeType::of(name!("Shelf"), const { &TypeSlots::of::<Shelf>() }).sealed();

/// A page by its number.
struct Page(usize);

impl NativeData for Page {
    const TYPE: &'static NativeType = &PAGE;
    const EXCLUSIVE: bool = true;
}

static PAGE: NativeType = NativeType::of(
    name!("Page"),
    const {
        &TypeSlots::of::<Page>().view::<Page, _>(|seen, page| {
            seen.state::<Shelf>()?.pages.get(page.data().0)?.as_deref()
        })
    },
)
.methods(methods![
    NativeFn::full_method(name!("turn"), 1, 1, |cx, args| {
        cx.with_data_mut(args.or_none(0), |page: &mut Page| page.0 += 1)?;
        Ok(Held::NONE)
    }),
    NativeFn::full_method(name!("burn"), 1, 1, |cx, args| {
        let page = cx.with_data(args.or_none(0), |page: &Page| page.0)?;
        cx.with_state_mut(|shelf: &mut Shelf| shelf.pages.get_mut(page).map(Option::take));
        Ok(Held::NONE)
    }),
    NativeFn::on::<Page, 2, _>(name!("window"), 0, |cx, page, args| {
        let at = cx.i64(args.get::<0>(), 0)?;
        let len = cx.i64(args.get::<1>(), 1)?;
        cx.memoryview(page.obj(), at as usize, len as usize)
    }),
]);

fn open<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let page = cx.i64_of(args.or_none(0))?;
    let found = cx.with_state_mut(|shelf: &mut Shelf| shelf.pages.len());
    if found.is_none() {
        return Err(cx.raise(&RUNTIME_ERROR, "there is no shelf"));
    }
    cx.collect()?;
    cx.new_data(&[], Page(page as usize))
}

static MODULE: NativeModule = NativeModule::new(
    name!("shelf"),
    &[Contents {
        functions: methods![
            NativeFn::full(name!("open"), 1, 1, open),
            NativeFn::leaf::<1>(name!("zeros"), 0, |cx, args| {
                let len = cx.i64(args.get::<0>(), 0)?;
                cx.bytearray(usize::try_from(len).unwrap_or(0))
            }),
        ],
        constants: &[(name!("Page"), Constant::Type(&PAGE))],
    }],
);

fn shelf(drops: &Arc<AtomicUsize>) -> Shelf {
    let page = |n: u8| Some((0..4u8).map(|i| Cell::new(n * 10 + i)).collect());
    Shelf { pages: (0..3).map(page).collect(), drops: drops.clone() }
}

#[test]
fn bytes_that_are_gone_are_not_shown() {
    for stress in [false, true] {
        let drops = Arc::new(AtomicUsize::new(0));
        let mut memory = vec![MaybeUninit::uninit(); 64 << 10];
        let builder = Interpreter::builder(&mut memory).modules(const { &[&MODULE] });
        let mut python = builder.build().unwrap();
        python.set_stress(stress);
        let error = python.exec("import shelf\nshelf.open(0)").unwrap_err();
        assert_eq!(error.to_string(), "RuntimeError: there is no shelf");
        python.set_state(shelf(&drops)).unwrap();
        let script = "
page = shelf.open(0)
view = memoryview(page)
part = page.window(1, 2)
assert (bytes(view), bytes(part)) == (b'\\0\\x01\\x02\\x03', b'\\x01\\x02')
part[0] = 77
assert view[1] == 77
page.turn()
assert bytes(view) == b'\\x0a\\x0b\\x0c\\x0d' and part[0] == 11
page.burn()

def refused(look):
    try:
        look()
    except (TypeError, IndexError):
        return True

assert refused(lambda: memoryview(page))
assert refused(lambda: view[0]), 'view'
assert refused(lambda: part[0]), 'part'
try:
    view[0] = 1
except (TypeError, IndexError):
    pass
else:
    assert 0
assert bytes(shelf.open(2)) == b'\\x14\\x15\\x16\\x17'
assert shelf.zeros(3) == bytearray(3)
try:
    page.turn(1)
except TypeError:
    pass
";
        python.exec(script).unwrap();
        // each of these ends in some way
        for look in [
            "len(view)",
            "bytes(view)",
            "list(view)",
            "view[1:3]",
            "part == view",
            "b''.join([part])",
        ] {
            let _ = python.exec(look);
        }
        assert!(python.is_sound());
        // the host has it exclusively, too, and another one takes its place
        let left = python.with_state(|shelf: &mut Shelf| shelf.pages.iter().flatten().count());
        assert_eq!(left, Some(2));
        python.set_state(shelf(&drops)).unwrap();
        python.exec("import gc\ngc.collect()\nassert part[0] == 11").unwrap();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
        python.reset().unwrap();
        assert_eq!(python.with_state(|_: &mut Shelf| ()), None);
        assert_eq!(drops.load(Ordering::Relaxed), 2);
        python.set_state(shelf(&drops)).unwrap();
        drop(python);
        assert_eq!(drops.load(Ordering::Relaxed), 3);
    }
}
