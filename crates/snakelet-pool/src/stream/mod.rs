//! The preview: one region of memory through which frames go to a viewer.
//!
//! A [`StreamBuffer`] has a region of its own, never a part of a memory pool. A [`StreamWriter`]
//! puts a frame in, with a header in front of it; a [`StreamReader`] takes it out. The writer
//! cannot write again before the reader has taken the last frame.
//!
//! | module   | holds |
//! |----------|-------|
//! | `buffer` | [`StreamBuffer`] and the access to its region |
//! | `state`  | the word that tells whose turn it is |
//! | `header` | [`StreamHeader`] and its layout |
//! | `writer` | [`StreamWriter`] and [`StreamFilling`] |
//! | `reader` | [`StreamReader`] and [`StreamReading`] |
//! | `error`  | [`StreamError`] |

mod buffer;
mod debug;
mod error;
mod header;
mod reader;
mod state;
mod writer;

#[cfg(test)]
mod tests;

pub use buffer::StreamBuffer;
pub use error::StreamError;
pub use header::{StreamData, StreamHeader};
pub use reader::{StreamReader, StreamReading};
pub use writer::{StreamFilling, StreamWriter};
