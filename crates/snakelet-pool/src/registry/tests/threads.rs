//! Leases that several threads take from the same pools.

use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;

use super::*;
use crate::Flags;

const ROUNDS: usize = if cfg!(miri) { 8 } else { 3000 };

fn specs() -> [Spec; 2] {
    let bulk = Spec::new("dram", 64 << 10, Attributes::empty());
    [bulk, Spec::new("sram", 16 << 10, Attributes::FAST)]
}

#[test]
fn four_threads_place_and_drop_without_loss() {
    with_locked(
        &specs(),
        || Mutex::new(()),
        |_, registry| {
            let registry = &registry;
            thread::scope(|scope| {
                for number in 0..4u8 {
                    scope.spawn(move || work(registry, number));
                }
            });
            let Stats { used, free, free_runs, size, .. } = registry.stats(None);
            assert_eq!((used, free, free_runs), (0, size, 2));
        },
    );
}

/// Places blocks of many sizes, keeps a few for a while, and checks that nobody else writes there.
fn work(registry: &Pools<'_>, number: u8) {
    let mut held: Vec<Lease<'_>> = Vec::new();
    for round in 0..ROUNDS {
        let size = 1 + (round * 97 + usize::from(number) * 331) % 4000;
        let flags = if round % 3 == 0 { Flags::ENOUGH } else { Flags::empty() };
        let request =
            Request::new(size).align(1 << (round % 8)).want(Attributes::FAST).flags(flags);
        if let Ok(mut lease) = registry.place(&request) {
            let line = lease.as_mut_slice().first_chunk_mut::<32>();
            line.expect("a line").fill(number);
            held.push(lease);
        }
        if held.len() > 4 {
            let lease = held.swap_remove(round % 4);
            let mut line = lease.as_cells().iter().take(32);
            assert!(line.all(|byte| byte.get() == number));
        }
    }
}

#[test]
fn a_lease_is_dropped_by_the_thread_that_has_it() {
    with_locked(
        &specs(),
        || Mutex::new(()),
        |_, registry| {
            let registry = &registry;
            thread::scope(|scope| {
                let (send, receive) = mpsc::channel::<Lease<'_>>();
                scope.spawn(move || {
                    for (number, lease) in receive.into_iter().enumerate() {
                        assert!(lease.as_cells().iter().all(|byte| byte.get() == number as u8));
                    }
                });
                for number in 0..ROUNDS.min(200) {
                    // the other thread may be behind, then there is no room for a while
                    let mut lease = loop {
                        match registry.place(&Request::new(1000)) {
                            Ok(lease) => break lease,
                            Err(_) => thread::yield_now(),
                        }
                    };
                    lease.as_mut_slice().fill(number as u8);
                    send.send(lease).expect("the other thread listens");
                }
                drop(send);
            });
            assert_eq!(registry.stats(None).used, 0);
        },
    );
}
