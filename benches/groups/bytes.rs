//! A measurement of bytes.

use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};

/// Measures bytes instead of time.
pub(crate) struct Bytes;

impl Measurement for Bytes {
    type Intermediate = ();
    type Value = usize;

    fn start(&self) {}
    fn end(&self, (): ()) -> usize {
        0
    }
    fn add(&self, a: &usize, b: &usize) -> usize {
        a + b
    }
    fn zero(&self) -> usize {
        0
    }
    fn to_f64(&self, value: &usize) -> f64 {
        *value as f64
    }
    fn formatter(&self) -> &dyn ValueFormatter {
        &Bytes
    }
}

impl ValueFormatter for Bytes {
    fn scale_values(&self, _typical: f64, _values: &mut [f64]) -> &'static str {
        "B"
    }
    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        "B"
    }
    fn scale_for_machines(&self, _values: &mut [f64]) -> &'static str {
        "B"
    }
}

/// A group that measures bytes, which are the same each time: a few iterations will do.
pub(crate) fn group<'c>(c: &'c mut Criterion<Bytes>, name: &str) -> BenchmarkGroup<'c, Bytes> {
    let mut group = c.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(200));
    group
}

/// The bytes of `count` iterations. Each is made: criterion, which adjusts their number to the time
/// that they take, would ask for ever more of them otherwise.
///
/// # Panics
/// If an iteration takes none.
pub(crate) fn sum(count: u64, mut bytes: impl FnMut() -> usize) -> usize {
    let bytes = (0..count).map(|_| bytes()).inspect(|n| assert!(*n > 0));
    bytes.sum()
}
