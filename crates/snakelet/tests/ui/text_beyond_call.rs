//! expect: E0521 E0597 E0308 E0277 lifetime
//! A function of the host keeps the text that it was lent.
use std::mem::MaybeUninit;
use std::sync::Mutex;

use snakelet::Interpreter;

static KEPT: Mutex<Option<&'static str>> = Mutex::new(None);

fn main() {
    let mut memory = vec![MaybeUninit::uninit(); 65536];
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.register("keep", |text: &str| *KEPT.lock().unwrap() = Some(text)).unwrap();
}
