//! A pseudoterminal that OpenMV's tools take for a camera.

use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use snakelet_camera::link::{Link, LinkMemory, Viewer};
use snakelet_pool::StreamReader;

use crate::shared::{Board, Shared};

/// Bytes of a packet, and of a script.
const PACKET: usize = 4096;
const SCRIPT: usize = 1 << 20;
/// How long nothing has to happen until what is to be sent is looked at.
const LOOK: Duration = Duration::from_millis(1);

/// Both ends of a pseudoterminal. As long as the tool's end is open here too, it stays as it is set.
pub(crate) struct Pty {
    master: OwnedFd,
    _slave: OwnedFd,
    /// The name of the tool's end.
    pub(crate) name: String,
}

impl Pty {
    pub(crate) fn open() -> io::Result<Self> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let name = name.to_str().map_err(io::Error::other)?.to_string();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = rustix::fs::open(&name, flags, Mode::empty())?;
        // bytes pass as they are
        let mut settings = tcgetattr(&slave)?;
        settings.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &settings)?;
        let flags = rustix::fs::fcntl_getfl(&master)?;
        rustix::fs::fcntl_setfl(&master, flags | OFlags::NONBLOCK)?;
        Ok(Pty { master, _slave: slave, name })
    }

    /// Talks to tools for as long as the program runs.
    pub(crate) fn serve(
        &self,
        shared: &Shared,
        viewer: &'static Viewer,
        reader: StreamReader<'static>,
    ) -> Result<(), String> {
        let (mut receive, mut send, mut script) =
            (vec![0; PACKET], vec![0; PACKET], vec![0; SCRIPT]);
        let memory = LinkMemory { receive: &mut receive, send: &mut send, script: &mut script };
        let mut link =
            Link::new(memory, viewer, Some(reader)).map_err(|error| error.to_string())?;
        let mut board = Board(shared);
        let start = Instant::now();
        let now = || u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let mut bytes = vec![0; 2 * PACKET];
        loop {
            let mut waits = [PollFd::new(&self.master, PollFlags::IN)];
            let patience = Timespec::try_from(LOOK).map_err(|error| error.to_string())?;
            poll(&mut waits, Some(&patience)).map_err(|error| error.to_string())?;
            match rustix::io::read(&self.master, &mut bytes) {
                Ok(len) => {
                    link.receive(bytes.get(..len).unwrap_or_default(), now(), &mut board);
                }
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.to_string()),
            }
            loop {
                let outgoing = link.outgoing(now(), &mut board);
                if outgoing.is_empty() {
                    break;
                }
                match rustix::io::write(&self.master, outgoing) {
                    Ok(len) => link.sent(len, now()),
                    // the tool has to read first
                    Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => break,
                    Err(error) => return Err(error.to_string()),
                }
            }
        }
    }
}
