//! What the demonstration prints.

use snakelet_pool::{BlockState, Counters, NoRoom, Pools};

use crate::semihosting::{print, print_address, print_number, print_text};

/// Prints each pool with its blocks, and what the pools are kept out of.
pub fn map(pools: &Pools<'_>) {
    for (name, range) in pools.keep_outs() {
        print_address(c"kept out 0x", range.start);
        print_address(c"..0x", range.end);
        print(c" ");
        print_text(name);
        print(c"\n");
    }
    for (_, pool) in pools.iter() {
        let info = pool.info();
        print_address(c"pool     0x", info.start);
        print_address(c"..0x", info.range().end);
        print(c" ");
        print_text(info.name);
        print_number(c", used: ", pool.stats().used as u32);
        pool.walk(&mut |block| {
            if block.state != BlockState::Free {
                print_address(c"  block  0x", block.start);
                print_address(c"..0x", block.start + block.len);
                print_number(c" bytes: ", block.len as u32);
            }
        });
    }
}

/// Prints the figures of a request that no pool could serve.
pub fn refusal(error: &NoRoom<'_>) {
    print(c"no room in: ");
    print_text(error.pool);
    print_number(c"\n  asked: ", error.asked as u32);
    print_number(c"  free: ", error.free as u32);
    print_number(c"  largest: ", error.largest as u32);
}

/// Prints what became of the frames.
pub fn counters(counters: Counters) {
    print_number(c"captured: ", counters.captured);
    print_number(c"delivered: ", counters.delivered);
    print_number(c"dropped: ", counters.dropped);
    print_number(c"overrun: ", counters.overrun);
    print_number(c"errors: ", counters.errors);
}
