//! The host is asked while a heap is collected and while large objects are made, and is obeyed there.

#![allow(clippy::panic, reason = "what ends otherwise fails its test")]

use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use snakelet::host::{Interrupt, Wish};
use snakelet::{Error, Interpreter};

/// Counts down to what it does at a poll, and counts on from there.
struct Countdown {
    left: Arc<AtomicU64>,
    then: Then,
}

#[derive(Copy, Clone, PartialEq, Debug)]
enum Then {
    Stop,
    Interrupt,
    Panic,
}

/// No poll is as late as this.
const NEVER: u64 = 1 << 40;

impl Interrupt for Countdown {
    fn poll(&mut self) -> Wish {
        let left = self.left.fetch_sub(1, Ordering::Relaxed);
        match self.then {
            _ if left != 0 => Wish::Continue,
            Then::Stop => Wish::Stop,
            Then::Interrupt => Wish::Interrupt,
            Then::Panic => panic!("on purpose"),
        }
    }
}

/// Data of many kinds that fill much of a heap, and a sum over them.
const DATA: &str = "
class A:
    def __init__(self, x): self.x = x
chain = None
for i in range(20000): chain = (chain, i)
wide = [[i] for i in range(20000)]
table = {('k', i): A(i) for i in range(10000)}
garbage = [(i, str(i) + 'x') for i in range(20000)]
del garbage
def total():
    n, c = 0, chain
    while c: n += c[1]; c = c[0]
    for x in wide: n += x[0]
    for k in table: n += k[1] + table[k].x
    return n
";

/// Work that is mostly one collection, or the making of one object.
const WORKS: &[&str] = &[
    "import gc; gc.collect()",
    "x = bytearray(7000000)",
    "x = [None] * 600000",
    "x = b'a' * 7000000",
    "x = '\u{e9}' * 3500000",
    "x = list(range(100000)); x = None; y = bytearray(8000000)",
];

#[test]
fn a_wish_is_obeyed_at_each_poll_of_a_collection() {
    let mut memory = vec![MaybeUninit::uninit(); 16 << 20];
    for then in [Then::Stop, Then::Interrupt, Then::Panic] {
        let left = Arc::new(AtomicU64::new(NEVER));
        let mut hook = Countdown { left: Arc::clone(&left), then };
        let builder = Interpreter::builder(&mut memory).interrupt(&mut hook);
        let mut python = builder.build().expect("enough memory");
        python.exec(DATA).expect("there is room");
        let total: i64 = python.eval("total()").expect("a number");
        for work in WORKS {
            python.exec("x = y = None").expect("it works");
            let before = left.load(Ordering::Relaxed);
            python.exec(work).unwrap_or_else(|error| panic!("{work}: {error}"));
            let polls = before - left.load(Ordering::Relaxed);
            assert!(polls > 10, "{work}: {polls} polls");
            for at in 0..polls.min(60) {
                // all of the first polls, and some of the others
                let at = if at < 30 { at } else { at * polls / 60 };
                python.exec("x = y = None").expect("it works");
                left.store(at, Ordering::Relaxed);
                let result = catch_unwind(AssertUnwindSafe(|| python.exec(work)));
                let reached = left.load(Ordering::Relaxed) > NEVER;
                left.store(NEVER, Ordering::Relaxed);
                let what = format!("{work}: {then:?} at poll {at} of {polls}");
                match result {
                    // the work was over, but for what comes after the last poll
                    Ok(Ok(())) => assert!(!reached || at + 2 > polls, "{what}"),
                    Ok(Err(Error::Stopped)) => assert_eq!(then, Then::Stop, "{what}"),
                    Ok(Err(error)) => {
                        assert_eq!(then, Then::Interrupt, "{what}");
                        assert_eq!(error.to_string(), "KeyboardInterrupt", "{what}");
                    }
                    Err(_) => assert_eq!(then, Then::Panic, "{what}"),
                }
                assert!(python.is_sound(), "{what}");
            }
            assert_eq!(python.eval::<i64>("total()").expect("a number"), total, "{work}");
        }
    }
}

#[test]
fn the_polls_of_a_collection_do_not_depend_on_what_lives() {
    let mut memory = vec![MaybeUninit::uninit(); 16 << 20];
    let lives = [
        "x = [[] for i in range(100000)]",
        "x = None\nfor i in range(150000): x = (x, 1)",
        "x = None\nfor i in range(150000): x = (1, x)",
        "x = None\nfor i in range(100000): x = [x, x]",
        "x = [None] * 900000",
        "x = {i: (i,) for i in range(40000)}",
        "x = 'y'\nfor i in range(600): x = [x] * 1000",
        "class D:\n  def __del__(self): pass\nx = None\ny = [D() for i in range(20000)]",
    ];
    for live in lives {
        let left = Arc::new(AtomicU64::new(NEVER));
        let mut hook = Countdown { left: Arc::clone(&left), then: Then::Stop };
        let builder = Interpreter::builder(&mut memory).interrupt(&mut hook);
        let mut python = builder.build().expect("enough memory");
        python.exec(live).expect(live);
        python.exec("import gc").expect("it is there");
        let before = left.load(Ordering::Relaxed);
        python.exec("gc.collect()").expect("it works");
        let polls = before - left.load(Ordering::Relaxed);
        assert!((5..2000).contains(&polls), "{live}: {polls} polls");
    }
}

#[test]
fn the_hosts_own_collections_and_resets_are_not_abandoned() {
    let mut memory = vec![MaybeUninit::uninit(); 16 << 20];
    let left = Arc::new(AtomicU64::new(NEVER));
    let mut hook = Countdown { left: Arc::clone(&left), then: Then::Panic };
    let builder = Interpreter::builder(&mut memory).interrupt(&mut hook);
    let mut python = builder.build().expect("enough memory");
    let fresh = python.memory().used;
    python.exec(DATA).expect("there is room");
    left.store(0, Ordering::Relaxed);
    assert!(python.collect() >= 20_000);
    python.reset().expect("there is room");
    assert_eq!(python.memory().used, fresh);
    assert_eq!(left.load(Ordering::Relaxed), 0);
}

#[test]
fn texts_are_checked_in_pieces_as_they_are_as_a_whole() {
    let mut memory = vec![MaybeUninit::uninit(); 8 << 20];
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    // a piece ends in each byte of a character
    for skip in 0..4 {
        let text = "a".repeat(skip) + &"\u{1f600}".repeat(150_000) + "z";
        python.set("text", text.as_str()).expect("there is room");
        assert_eq!(python.eval::<i64>("len(text)").expect("a number"), 150_001 + skip as i64);
        assert_eq!(python.get::<String>("text").expect("a text"), text);
        let cut = text.as_bytes()[..text.len() - 2].to_vec();
        python.set("text", cut).expect("there is room");
        let error = python.exec("str(text, 'utf8')").expect_err("it is cut");
        assert!(error.to_string().starts_with("UnicodeDecodeError"), "{error}");
    }
    let plain = "b".repeat(600_000);
    python.set("text", plain.as_str()).expect("there is room");
    assert_eq!(python.eval::<String>("text[599999]").expect("a text"), "b");
    // faults in the middle of a piece and at its end
    for at in [0, 100, (256 << 10) - 1, 256 << 10, 599_999] {
        let mut bytes = plain.clone().into_bytes();
        bytes[at] = 0xff;
        python.set("text", bytes).expect("there is room");
        python.exec("str(text, 'utf8')").expect_err("no text");
    }
}
