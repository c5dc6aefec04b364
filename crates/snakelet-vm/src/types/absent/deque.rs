//! Without `deque`: nothing has the type.

pub(crate) use crate::protocol::object::OBJECT as DEQUE;
