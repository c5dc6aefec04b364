//! Parameters of leaves that can be given by name.

use snakelet_qstr::Qstr;

use crate::native::NativeFn;
use crate::native::args::Param;
use crate::object::value::Value;
use crate::qstr;
use crate::vm::stack::Local;

/// Methods of text of the same name have the same parameters, at most two.
static NAMED: [(Qstr, &[Param]); 5] = [
    (qstr!("split"), &SEPARATOR),
    (qstr!("rsplit"), &SEPARATOR),
    (qstr!("splitlines"), &[Param::optional(qstr!("keepends"), Local::FALSE)]),
    (qstr!("encode"), &ENCODING),
    (qstr!("decode"), &ENCODING),
];

static SEPARATOR: [Param; 2] =
    [Param::optional(qstr!("sep"), Local::NONE), Param::optional(qstr!("maxsplit"), Local::NULL)];

static ENCODING: [Param; 2] = [
    Param::optional(qstr!("encoding"), Local::NULL),
    Param::optional(qstr!("errors"), Local::NULL),
];

/// The parameters behind the receiver of a leaf, if they can be given by name. One that is not given and
/// has no default is null.
pub(crate) fn parameters_of(f: &NativeFn) -> Option<&'static [Param]> {
    // a function of the host's with such a name is none of these: its receiver is no string
    let of_text = f.is_leaf() && f.takes(Value::qstr(qstr!("split")).word());
    let is_named = |named: &&(Qstr, &[Param])| of_text && Some(named.0) == f.name.as_qstr();
    NAMED.iter().find(is_named).map(|(_, parameters)| *parameters)
}
