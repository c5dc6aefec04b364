//! expect: E0521 E0308 lifetime
//! Two interpreters change places while functions of both run.
use snakelet_vm::native::full::Full;

pub fn swap<'a, 'b>(a: &mut Full<'a>, b: &mut Full<'b>) {
    std::mem::swap(a, b);
}

fn main() {}
