//! The verifier at work on functions that lie in the heap.

use snakelet_bytecode::{Fault, Limits, Prelude, VerifyError, verify_prelude};

use crate::object::CodeObj;
use crate::protocol::call::function::head_of;
use crate::vm::alloc::CodeHead;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Words on the machine's stack with which the verifier gets along for most functions.
const SCRATCH: usize = 64;

/// Verifies functions, and keeps the memory for it.
pub(super) struct Verifier {
    scratch: [u32; SCRATCH],
}

impl Verifier {
    /// Whether it believes what it is told.
    pub(super) const BELIEVES: bool = false;

    pub(super) fn new() -> Self {
        Self { scratch: [0; SCRATCH] }
    }

    /// Verifies a function; gives its head, or `None` if it is not sound or beyond the interpreter's limits.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(super) fn head(
        &mut self,
        vm: &mut Vm,
        code: Local,
        limits: &Limits,
    ) -> Result<Option<CodeHead>, Raised> {
        let mut result = head(vm, code, limits, &mut self.scratch);
        let mut words = 2 * SCRATCH;
        while let Err(VerifyError { fault: Fault::Scratch, .. }) = result {
            result = vm.with_scratch(words, |vm, scratch| head(vm, code, limits, scratch))?;
            words = words.saturating_mul(2);
        }
        Ok(result.ok().flatten())
    }
}

/// Verifies a function; gives its head, unless that is beyond the interpreter's limits.
fn head(
    vm: &Vm,
    code: Local,
    limits: &Limits,
    scratch: &mut [u32],
) -> Result<Option<CodeHead>, VerifyError> {
    let bytes = vm.get(code).cast::<CodeObj>().map_or(&[][..], CodeObj::bytes);
    let prelude = Prelude::decode(bytes)
        .map_err(|error| VerifyError { fault: Fault::Decode(error), offset: 0 })?;
    let verified = verify_prelude(&prelude, limits, scratch)?;
    Ok(head_of(&prelude, &verified))
}
