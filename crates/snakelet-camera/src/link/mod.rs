//! The protocol of OpenMV's tools, version 2: scripts come in, what they print and what the camera sees go out.
//!
//! A [`Link`] is a state machine without input and output of its own. The host passes it the bytes that come
//! from a serial line, and takes from it those that go out; what the tool wishes is told to a [`Device`].
//! Nothing waits, and nothing is allocated: buffers are lent by the host.
//!
//! ```text
//!   bytes in ----> receive ----> command ----> Device: run, stop, what was printed, memories
//!                     | scans for packets         Viewer: what the preview shall be like
//!                     v                           StreamReader: the frame of the preview
//!   bytes out <--- send <------- answer
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `crc` | the two checksums |
//! | `packet` | headers, their flags, and the codes of operations and answers |
//! | `receive` | the way from bytes to packets, past what was dropped or changed |
//! | `send` | one packet on its way out, and its repetition until it is acknowledged |
//! | `session` | what was agreed on, and the answers |
//! | `command` | what each operation does |
//! | `device` | what the host implements |
//! | `output` | what scripts printed and nobody has read yet |
//! | `viewer` | what a tool wishes to see, for the camera to look at |
//!
//! # Numbers of packets
//!
//! Both sides share one count. An answer has the number of its request, each of its fragments counts one, and
//! the next request has the number behind the last of them; events count nothing. So a request with the right
//! number tells that the answer before it has arrived. `PROTO_SYNC` begins again at 0, whatever was under way.

mod command;
mod crc;
mod device;
mod output;
mod packet;
mod receive;
mod send;
mod session;
#[cfg(test)]
mod tests;
mod viewer;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use device::{Capabilities, Device, Info, MemoryKind, MemoryReport, Order, Refused};
pub use output::Output;
pub use viewer::Viewer;

use core::fmt;

use snakelet_pool::StreamReader;

use packet::OVERHEAD;
use receive::Receiver;
use session::Session;

/// The most bytes of data in a packet.
pub const MOST_PAYLOAD: usize = 4082;
/// The fewest bytes of data that packets can be limited to.
pub const LEAST_PAYLOAD: usize = 50;
/// A packet whose bytes stop coming for so long is given up.
const PATIENCE_US: u64 = 100_000;

/// The memory of a link.
///
/// Packets have as much data as both `receive` and `send` have room for, 14 bytes less than the shorter of
/// the two, from [`LEAST_PAYLOAD`] to [`MOST_PAYLOAD`].
#[derive(Debug)]
pub struct LinkMemory<'m> {
    /// A packet that comes in.
    pub receive: &'m mut [u8],
    /// A packet that goes out.
    pub send: &'m mut [u8],
    /// The script that is being sent.
    pub script: &'m mut [u8],
}

/// The memory of a link is too small for packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSmall;

impl fmt::Display for TooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "packets need at least {} bytes", LEAST_PAYLOAD + OVERHEAD)
    }
}

impl core::error::Error for TooSmall {}

/// One end of a line to OpenMV's tools.
///
/// Times are microseconds of any clock that does not go back.
///
/// ```
/// use snakelet_camera::link::{Device, Link, LinkMemory, Order, Output, Refused, Viewer};
///
/// struct Board<'m> {
///     printed: Output<'m>,
/// }
///
/// impl Device for Board<'_> {
///     fn is_running(&self) -> bool {
///         false
///     }
///     fn output(&mut self, work: &mut dyn FnMut(&mut Output<'_>)) {
///         work(&mut self.printed);
///     }
///     fn obey(&mut self, _: Order<'_>) -> Result<(), Refused> {
///         Ok(())
///     }
/// }
///
/// let (mut receive, mut send, mut script, mut printed) = ([0; 64], [0; 64], [0; 512], [0; 128]);
/// let memory = LinkMemory { receive: &mut receive, send: &mut send, script: &mut script };
/// let viewer = Viewer::new();
/// let mut link = Link::new(memory, &viewer, None)?;
/// let mut board = Board { printed: Output::new(&mut printed) };
///
/// let sync = [0xAA, 0xD5, 0, 0, 0, 0, 0, 0, 0xB0, 0xAC];
/// link.receive(&sync, 0, &mut board);
/// let answer = link.outgoing(0, &mut board);
/// assert_eq!(answer[4], 1, "it is acknowledged");
/// let taken = answer.len();
/// link.sent(taken, 0);
/// # Ok::<(), snakelet_camera::link::TooSmall>(())
/// ```
#[derive(Debug)]
pub struct Link<'m> {
    receiver: Receiver<'m>,
    session: Session<'m>,
}

impl<'m> Link<'m> {
    /// A link over this memory. Without a reader there is no preview.
    ///
    /// # Errors
    ///
    /// If packets have less than [`LEAST_PAYLOAD`] bytes.
    pub fn new(
        memory: LinkMemory<'m>,
        viewer: &'m Viewer,
        reader: Option<StreamReader<'m>>,
    ) -> Result<Self, TooSmall> {
        let room = memory.receive.len().min(memory.send.len()).saturating_sub(OVERHEAD);
        if room < LEAST_PAYLOAD {
            return Err(TooSmall);
        }
        Ok(Link {
            receiver: Receiver::new(memory.receive),
            session: Session::new(
                memory.send,
                memory.script,
                room.min(MOST_PAYLOAD),
                viewer,
                reader,
            ),
        })
    }

    /// Takes bytes from the line, and does what they ask for.
    pub fn receive(&mut self, bytes: &[u8], now_us: u64, device: &mut dyn Device) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = self.receiver.push(rest, now_us);
            self.work(device);
        }
    }

    /// Gives the bytes that are to go out now; none if there are none.
    ///
    /// It is also what gives up packets that never end, and repeats those that nobody acknowledges, so it is
    /// called now and then. [`sent`](Self::sent) tells how many of the bytes went out.
    pub fn outgoing(&mut self, now_us: u64, device: &mut dyn Device) -> &[u8] {
        if self.receiver.is_late(now_us, PATIENCE_US) {
            self.receiver.give_up();
            self.work(device);
        }
        self.session.outgoing(now_us, device)
    }

    /// Notes that so many of the outgoing bytes went out.
    pub fn sent(&mut self, bytes: usize, now_us: u64) {
        self.session.sent(bytes, now_us);
    }

    /// Whether a tool has said what it is capable of since the last `PROTO_SYNC`, as all do that connect.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.session.is_connected()
    }

    /// Forgets the tool, when the line was closed.
    pub fn disconnect(&mut self) {
        self.receiver.clear();
        self.session.disconnect();
    }

    fn work(&mut self, device: &mut dyn Device) {
        while let Some(found) = self.receiver.next(self.session.checks_sums()) {
            self.session.handle(found, self.receiver.payload(), device);
        }
    }
}
