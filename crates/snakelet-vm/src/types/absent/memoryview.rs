//! Without `bytearray`: nothing is seen through a view.

pub(crate) use crate::protocol::object::OBJECT as MEMORYVIEW;
