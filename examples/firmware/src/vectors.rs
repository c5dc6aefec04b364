//! Vectors of interrupts.

unsafe extern "C" {
    fn DefaultHandler();
}

/// The linker script of `cortex-m-rt` places them behind those of exceptions, and wants one at least. None of
/// the board's interrupts is ever enabled: the timers that are used are exceptions. By default there would be
/// vectors for 240.
#[used]
#[unsafe(no_mangle)]
#[unsafe(link_section = ".vector_table.interrupts")]
static __INTERRUPTS: [unsafe extern "C" fn(); 1] = [DefaultHandler];
