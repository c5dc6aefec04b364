//! Exceptions: their classes, how they are raised, and what is shown of them.
//!
//! | module | holds |
//! |---|---|
//! | `classes` | the built-in exception classes |
//! | `raise` | [`Raised`](crate::Raised), and making and raising exceptions |
//! | `errno` | the error numbers of `OSError`, and the module of that name |
//! | `traceback` | the lines that an exception has passed |
//! | `emergency` | what is raised when there is no memory for an exception |

pub mod classes;
pub(crate) mod emergency;
pub mod errno;
pub(crate) mod raise;
pub(crate) mod traceback;
