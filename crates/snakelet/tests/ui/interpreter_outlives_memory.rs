//! expect: E0597 E0505 E0515
//! The memory that was lent goes before the interpreter does.
use std::mem::MaybeUninit;

use snakelet::Interpreter;

fn main() {
    let mut python = {
        let mut memory = vec![MaybeUninit::uninit(); 65536];
        Interpreter::builder(&mut memory).build().unwrap()
    };
    python.exec("x = 1").unwrap();
}
