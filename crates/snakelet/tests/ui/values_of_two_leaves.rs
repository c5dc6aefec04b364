//! expect: E0521 E0308 lifetime
//! Values of two calls, which may be those of two interpreters, are put into one object.
use snakelet_vm::native::leaf::{Answer, Leaf, Obj};

pub fn mix<'a, 'b>(a: Leaf<'a>, mine: Obj<'a>, other: Obj<'b>) -> Answer<'a> {
    a.pair(mine, other)
}

fn main() {}
