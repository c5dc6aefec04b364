//! What can be done with any object, by Python's rules: by the native slots of its type, or by the
//! special methods of its class.
//!
//! | module | holds |
//! |---|---|
//! | `operator` | unary and binary operators |
//! | `compare` | equality, order, and the match of an exception with a class |
//! | `container` | truth, length, membership, subscripts, and what serves as an index |
//! | `attr` | attributes of instances, classes and modules, and `super()` |
//! | `call` | calls: arguments, functions, classes, natives and functions of the host |
//! | `hash` | hashes, and which values are the same key |
//! | `buffer` | the bytes of objects that have some |
//! | `text` | `str()` and `repr()` |
//! | `print` | where text goes while it is made |
//! | `object` | the special methods that every object has |
//! | `instance` | instances of Python classes, and how classes are made |
//! | `linearise` | the method resolution order of classes |
//! | `names` | names of special methods |

pub(crate) mod attr;
pub mod buffer;
pub(crate) mod call;
mod compare;
mod container;
pub(crate) mod hash;
pub(crate) mod instance;
mod linearise;
mod names;
pub(crate) mod object;
pub(crate) mod operator;
mod print;
mod text;

pub(crate) use names::plain;
