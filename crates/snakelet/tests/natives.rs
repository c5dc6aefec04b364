//! Every native function and method, called with arguments that are small, large and hostile.
//!
//! No clock is looked at. A native that is charged for long work as a whole, and does it without a poll, is found by
//! the number of polls: they come once in 4,096 steps where a native works piece by piece. What a step is worth
//! is measured by `examples/native_costs.rs`.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]
#![allow(unsafe_code)] // asks for the time of the thread

#[path = "natives/driver.rs"]
mod driver;

/// Steps that may be charged at once, on average: two texts of a megabyte are compared in one go.
const MOST_STEPS_A_POLL: u64 = 80_000;

#[test]
#[cfg_attr(
    not(target_pointer_width = "64"),
    ignore = "its values have more items than 32-bit targets hold"
)]
fn every_native_polls_while_it_works_and_leaves_the_interpreter_usable() {
    let mut calls = 0u64;
    let mut names = std::collections::BTreeSet::new();
    let natives = driver::drive(&|_| false, &|i, k| (i + k) % 5 == 0, &mut |cost| {
        calls += 1;
        names.insert(cost.name.split('#').next().unwrap_or_default().to_owned());
        let few = cost.steps / MOST_STEPS_A_POLL;
        assert!(cost.polls >= few, "{cost:?}");
    });
    // some of one name are methods of several types
    assert!(names.len() * 10 > natives * 9, "{} of {natives}", names.len());
    assert!(natives > 500, "{natives}");
    assert!(calls > 5_000, "{calls}");
}
