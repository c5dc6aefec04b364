//! Without `verify`: bytecode is believed, if the host has promised that it may be.

use snakelet_bytecode::{Limits, Prelude, measure};

use crate::object::CodeObj;
use crate::protocol::call::function::head_of;
use crate::vm::alloc::CodeHead;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Reads from functions what they say of themselves.
pub(super) struct Verifier;

impl Verifier {
    /// Whether it believes what it is told.
    pub(super) const BELIEVES: bool = true;

    pub(super) fn new() -> Self {
        Self
    }

    /// The head of a function, or `None` if it is beyond the interpreter's limits.
    ///
    /// # Errors
    /// None.
    pub(super) fn head(
        &mut self,
        vm: &mut Vm,
        code: Local,
        limits: &Limits,
    ) -> Result<Option<CodeHead>, Raised> {
        let bytes = vm.get(code).cast::<CodeObj>().map_or(&[][..], CodeObj::bytes);
        let Ok(prelude) = Prelude::decode(bytes) else { return Ok(None) };
        Ok(measure(&prelude, limits).and_then(|measured| head_of(&prelude, &measured)))
    }
}
