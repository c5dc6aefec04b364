//! `errno`.

use snakelet_qstr::Qstr;

/// The name of an error number, if it has one.
pub(crate) fn name(number: isize) -> Option<Qstr> {
    let _ = number;
    None
}
