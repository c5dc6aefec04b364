//! How deep native code may nest: how often, and as far as the machine's stack reaches.
//!
//! Calls from Python to Python take nothing of the machine's stack. A native function that calls Python,
//! and whatever descends into objects, nests on it; all of that asks [`Vm::may_nest`] first.

use crate::Vm;

/// What may still be taken of the machine's stack after something was let in: by a native function, one
/// more loop of the interpreter, and the making of an exception.
const RESERVE: usize = match (cfg!(debug_assertions), cfg!(target_pointer_width = "64")) {
    (true, _) => 256 << 10,
    (false, true) => 24 << 10,
    (false, false) => 4 << 10,
};

/// What the parser takes for a level of nested source text.
#[cfg(feature = "compiler")]
const PARSER_LEVEL: usize = match (cfg!(debug_assertions), cfg!(target_pointer_width = "64")) {
    (true, _) => 4 << 10,
    (false, true) => 1 << 10,
    (false, false) => 512,
};

/// An address in the frame of the function that this is compiled into.
#[inline(always)]
fn stack_pointer() -> usize {
    let here = 0u8;
    (&raw const here).addr()
}

impl Vm {
    /// Says how many bytes of the machine's stack are left below the caller, until the next such call.
    /// Native code that would go further raises `RuntimeError`. `None` if that is not known: then only
    /// the number of calls inside one another is bounded.
    // with a frame of its own, which lies below all of the caller's variables
    #[inline(never)]
    pub fn limit_machine_stack(&mut self, bytes: Option<usize>) {
        self.rt.machine_end = match bytes {
            Some(bytes) => stack_pointer().saturating_sub(bytes).saturating_add(RESERVE),
            None => 0,
        };
    }

    /// Whether one more native function, or a loop of the interpreter, may begin inside of others.
    #[inline(always)]
    pub(crate) fn may_nest(&self) -> bool {
        self.rt.native_depth < self.rt.native_limit && stack_pointer() >= self.rt.machine_end
    }

    /// Whether there is machine's stack for a compilation of text that nests as deep as it may.
    #[cfg(feature = "compiler")]
    pub(crate) fn may_compile(&self) -> bool {
        let levels = usize::from(self.rt.compile_depth) * PARSER_LEVEL;
        stack_pointer().saturating_sub(levels) >= self.rt.machine_end
    }
}
