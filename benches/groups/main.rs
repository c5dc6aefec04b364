//! All benchmark groups.
#![expect(missing_docs, reason = "criterion's macros make public functions")]

mod bytes;
mod compile;
mod frames;
mod gc;
mod import;
mod pool;
mod vm;

use criterion::{Criterion, criterion_group, criterion_main};

criterion_group! {
    name = memory;
    config = Criterion::default().with_measurement(bytes::Bytes);
    targets = compile::ram, import::ram, gc::fragmentation
}
criterion_group!(times, compile::time, gc::collect, gc::alloc, pool::pool, frames::frames, vm::vm);
criterion_main!(memory, times);
