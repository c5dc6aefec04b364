//! In the place of pseudo-terminals, where there are none.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use snakelet::host::Console;

use crate::prompt::Wire;

/// There is none.
pub(crate) struct Line(Infallible);

impl Line {
    pub(crate) fn open(_: Option<&Path>) -> io::Result<Arc<Self>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn pressed(&self) -> &Arc<AtomicBool> {
        match self.0 {}
    }
}

/// There is none.
pub(crate) struct LineConsole(pub(crate) Arc<Line>);

impl Console for LineConsole {
    fn write(&mut self, _: &[u8]) {
        match self.0.0 {}
    }
}

impl Wire for Arc<Line> {
    fn read(&mut self) -> Option<u8> {
        match self.0 {}
    }

    fn write(&mut self, _: &[u8]) {
        match self.0 {}
    }

    fn set_running(&mut self, _: bool) {
        match self.0 {}
    }
}
