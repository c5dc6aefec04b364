//! How the stream buffer and its sides show themselves.

use core::fmt;

use super::{StreamBuffer, StreamFilling, StreamReader, StreamReading, StreamWriter};

impl fmt::Debug for StreamBuffer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamBuffer")
            .field("range", &self.range())
            .field("size", &self.state.size())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StreamReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StreamReader").field(self.buffer).finish()
    }
}

impl fmt::Debug for StreamWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StreamWriter").field(self.buffer).finish()
    }
}

impl fmt::Debug for StreamReading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamReading").field("header", &self.header()).finish_non_exhaustive()
    }
}

impl fmt::Debug for StreamFilling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamFilling").finish_non_exhaustive()
    }
}
