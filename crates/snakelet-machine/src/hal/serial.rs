//! Serial lines.

use embedded_io::{Error, ErrorKind, Read, ReadReady, Write, WriteReady};

use crate::device::{Done, Errno, Uart, UartSetup};

/// A serial line of `embedded-io`. Up to `N` bytes are taken out of it beforehand, so that a script can ask how many
/// there are.
#[derive(Debug)]
pub struct Serial<T, const N: usize = 64> {
    line: T,
    setup: Option<fn(&mut T, UartSetup) -> Done>,
    bytes: [u8; N],
    first: usize,
    len: usize,
}

fn failed(error: &impl Error) -> Errno {
    match error.kind() {
        ErrorKind::TimedOut => Errno::TIMED_OUT,
        ErrorKind::Unsupported => Errno::UNSUPPORTED,
        ErrorKind::InvalidInput => Errno::INVALID,
        _ => Errno::IO,
    }
}

impl<T, const N: usize> Serial<T, N> {
    /// A line whose settings stay as they are, whatever scripts ask for.
    pub const fn new(line: T) -> Self {
        Self { line, setup: None, bytes: [0; N], first: 0, len: 0 }
    }
    /// A line of which `setup` changes the settings.
    pub const fn with_setup(line: T, setup: fn(&mut T, UartSetup) -> Done) -> Self {
        Self { line, setup: Some(setup), bytes: [0; N], first: 0, len: 0 }
    }
}

impl<T: Read + ReadReady, const N: usize> Serial<T, N> {
    /// Takes what has come out of the line.
    fn take(&mut self) -> Done {
        while self.len < N && self.line.read_ready().map_err(|error| failed(&error))? {
            if self.first > 0 {
                self.bytes.copy_within(self.first..self.first + self.len, 0);
                self.first = 0;
            }
            let room = self.bytes.get_mut(self.len..).unwrap_or_default();
            let most = room.len();
            match self.line.read(room).map_err(|error| failed(&error))? {
                0 => break,
                n => self.len += n.min(most),
            }
        }
        Ok(())
    }
}

impl<T: Read + ReadReady + Write + WriteReady + Send, const N: usize> Uart for Serial<T, N> {
    fn setup(&mut self, setup: UartSetup) -> Done {
        self.setup.map_or(Ok(()), |change| change(&mut self.line, setup))
    }
    fn available(&mut self) -> Done<usize> {
        self.take()?;
        Ok(self.len)
    }
    fn read(&mut self, bytes: &mut [u8]) -> Done<usize> {
        self.take()?;
        let n = self.len.min(bytes.len());
        let from = self.bytes.get(self.first..self.first + n).unwrap_or_default();
        for (to, from) in bytes.iter_mut().zip(from) {
            *to = *from;
        }
        self.first += n;
        self.len -= n;
        Ok(n)
    }
    fn write(&mut self, bytes: &[u8]) -> Done<usize> {
        let mut total = 0;
        while let Some(rest) = bytes.get(total..).filter(|rest| !rest.is_empty()) {
            if !self.has_room()? {
                break;
            }
            match self.line.write(rest).map_err(|error| failed(&error))? {
                0 => break,
                n => total += n.min(rest.len()),
            }
        }
        Ok(total)
    }
    fn has_room(&mut self) -> Done<bool> {
        self.line.write_ready().map_err(|error| failed(&error))
    }
    fn flush(&mut self) -> Done {
        self.line.flush().map_err(|error| failed(&error))
    }
}
