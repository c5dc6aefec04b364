//! expect: E0521 E0308 lifetime
//! A value of one interpreter is given to another, whose function runs meanwhile.
use snakelet_vm::native::full::{Full, Held};

pub fn both<'a, 'b>(a: &mut Full<'a>, b: &mut Full<'b>, held: Held<'a>) {
    let _ = b.call(held, &[]);
    let _ = a.is_none(held);
}

fn main() {}
