//! Without `namedtuple`: no tuple has names.

use snakelet_qstr::Qstr;

use crate::native::print::Out;
use crate::native::{AttrOp, Maybe};
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Prints a named tuple, of which there are none.
#[inline(always)]
pub(crate) fn print(_vm: &mut Vm, _tuple: Local, _out: Out) -> Result<(), Raised> {
    Ok(())
}

/// The fields of a named tuple, of which there are none.
#[inline(always)]
pub(crate) fn attr(_vm: &mut Vm, _tuple: Local, _name: Qstr, _op: AttrOp) -> Maybe {
    Ok(None)
}
