//! What was agreed on, and the answers.

use snakelet_pool::{StreamReader, stream::StreamReading};

use super::device::Device;
use super::packet::{Header, Status, channel, flag, opcode};
use super::receive::Found;
use super::send::{Late, Sender};
use super::viewer::Viewer;

/// Bytes of an answer that is put together: nine memories, of 24 bytes each, behind a count.
const SMALL: usize = 4 + 9 * 24;

/// One end of the conversation.
#[derive(Debug)]
pub(super) struct Session<'m> {
    sender: Sender<'m>,
    pub(super) script: &'m mut [u8],
    pub(super) script_len: usize,
    pub(super) viewer: &'m Viewer,
    pub(super) reader: Option<StreamReader<'m>>,
    /// The frame that the tool has locked.
    pub(super) reading: Option<StreamReading<'m>>,
    /// The most data that a packet can have here.
    pub(super) most: usize,
    pub(super) terms: Terms,
    /// What holds once the answer is sent that says so.
    pub(super) new_terms: Option<Terms>,
    connected: bool,
    /// The number of the next packet that counts, from either side.
    sequence: u8,
    answer: Option<Answer>,
    small: [u8; SMALL],
    /// Where what was printed goes on, when the answer that goes out has arrived.
    printed: Option<u32>,
    pub(super) counts: Counts,
    pub(super) seen: Seen,
}

/// What both sides have agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) sums: bool,
    pub(super) numbers: bool,
    pub(super) acknowledged: bool,
    pub(super) events: bool,
    pub(super) most: usize,
}

impl Terms {
    /// What holds until the tool says what it is capable of. It need not know of acknowledgements and events.
    const FIRST: Terms = Terms {
        sums: true,
        numbers: true,
        acknowledged: false,
        events: false,
        most: super::LEAST_PAYLOAD,
    };
}

/// Figures for the tool.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) sent: u32,
    pub(super) received: u32,
    pub(super) checksum: u32,
    pub(super) sequence: u32,
    pub(super) repeated: u32,
    pub(super) given_up: u32,
    pub(super) events: u32,
}

/// What the tool was told of by events.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) running: bool,
    pub(super) frame: bool,
    pub(super) half_full: bool,
}

/// What an operation comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// It is done.
    Done,
    /// The first bytes of `small`.
    Small(usize),
    /// This part of the frame that is locked.
    Frame { offset: usize, len: usize },
    /// What was printed, at most so much.
    Printed(usize),
    /// Nobody expects an answer.
    Silence,
}

/// An answer, or what is left of it.
#[derive(Clone, Copy, Debug)]
struct Answer {
    opcode: u8,
    channel: u8,
    flags: u8,
    body: Reply,
    offset: usize,
    left: usize,
    /// Its number, if it does not count.
    stray: Option<u8>,
}

impl<'m> Session<'m> {
    pub(super) fn new(
        send: &'m mut [u8],
        script: &'m mut [u8],
        most: usize,
        viewer: &'m Viewer,
        reader: Option<StreamReader<'m>>,
    ) -> Self {
        Session {
            sender: Sender::new(send),
            script,
            script_len: 0,
            viewer,
            reader,
            reading: None,
            most,
            terms: Terms::FIRST,
            new_terms: None,
            connected: false,
            sequence: 0,
            answer: None,
            small: [0; SMALL],
            printed: None,
            counts: Counts::default(),
            seen: Seen::default(),
        }
    }

    pub(super) fn checks_sums(&self) -> bool {
        self.terms.sums
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connected
    }

    pub(super) fn disconnect(&mut self) {
        self.begin();
        self.sender.clear();
        self.viewer.show(false);
    }

    /// Begins the conversation: nothing is agreed on, nothing is under way, nothing is locked.
    fn begin(&mut self) {
        self.reading = None;
        self.printed = None;
        self.answer = None;
        self.new_terms = None;
        self.terms = Terms::FIRST;
        self.connected = false;
        self.sequence = 0;
        self.sender.abandon();
    }

    /// Works on what came in.
    pub(super) fn handle(&mut self, found: Found, payload: &[u8], device: &mut dyn Device) {
        let header = match found {
            Found::Packet(header) => header,
            Found::Damaged(header, status) => {
                match status {
                    Status::Checksum => count(&mut self.counts.checksum),
                    _ => count(&mut self.counts.given_up),
                }
                let answered = flag::ACK | flag::NAK | flag::EVENT;
                if !self.is_busy() && header.flags & answered == 0 {
                    let stray = header.sequence != self.sequence;
                    self.refuse(header, status, stray.then_some(header.sequence));
                }
                return;
            }
        };
        count(&mut self.counts.received);
        if header.has(flag::EVENT) {
        } else if header.has(flag::NAK) {
            if self.sender.is_waiting() && self.sender.repeat(header.sequence) {
                count(&mut self.counts.repeated);
            }
        } else if header.has(flag::ACK) {
            if self.sender.acknowledge(header.sequence) && self.answer.is_none() {
                self.arrived(device);
            }
        } else if header.opcode == opcode::SYNC {
            self.begin();
            self.reply(header, Reply::Done, Some(0));
        } else if self.accept(header, device) {
            match self.command(header, payload, device) {
                Ok(Reply::Silence) => {}
                Ok(reply) => self.reply(header, reply, None),
                Err(status) => self.refuse(header, status, None),
            }
        }
    }

    /// Whether a request is the next one, so that it is to be done.
    fn accept(&mut self, header: Header, device: &mut dyn Device) -> bool {
        let is_next = header.sequence == self.sequence;
        if self.answer.is_none() && self.sender.is_waiting() && is_next {
            // who asks the next thing has got the answer: its acknowledgement was lost
            self.sender.abandon();
        }
        if self.is_busy() {
            count(&mut self.counts.sequence);
            return false;
        }
        if !self.terms.numbers {
            self.sequence = header.sequence;
        } else if !is_next {
            count(&mut self.counts.sequence);
            let again = header.has(flag::RTX) && self.sender.repeat(header.sequence);
            if !again {
                self.refuse(header, Status::Sequence, Some(header.sequence));
            }
            return false;
        }
        self.arrived(device);
        if header.has(flag::FRAGMENT) {
            self.refuse(header, Status::Fragment, None);
            return false;
        }
        true
    }

    fn is_busy(&self) -> bool {
        self.answer.is_some() || self.sender.is_answering()
    }

    /// The answer that went out last has arrived: what it told of what was printed needs not be told again.
    fn arrived(&mut self, device: &mut dyn Device) {
        if let Some(position) = self.printed.take() {
            device.output(&mut |output| output.remove_until(position));
        }
    }

    fn reply(&mut self, header: Header, body: Reply, stray: Option<u8>) {
        let (offset, left) = match body {
            Reply::Small(len) => (0, len),
            Reply::Frame { offset, len } => (offset, len),
            Reply::Printed(most) => (0, most),
            Reply::Done | Reply::Silence => (0, 0),
        };
        let Header { channel, opcode, .. } = header;
        self.answer = Some(Answer { opcode, channel, flags: flag::ACK, body, offset, left, stray });
    }

    fn refuse(&mut self, header: Header, status: Status, stray: Option<u8>) {
        self.put(0, (status as u16).to_le_bytes());
        self.reply(header, Reply::Small(2), stray);
        if let Some(answer) = &mut self.answer {
            answer.flags = flag::NAK;
        }
    }

    /// Puts bytes into an answer, and tells where they end.
    pub(super) fn put<const N: usize>(&mut self, at: usize, bytes: [u8; N]) -> usize {
        let room = self.small.get_mut(at..at + N).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        at + N
    }

    /// Puts numbers into an answer, and tells where they end.
    pub(super) fn put_words(&mut self, at: usize, words: &[u32]) -> usize {
        words.iter().fold(at, |at, word| self.put(at, word.to_le_bytes()))
    }

    /// The bytes that are to go out.
    pub(super) fn outgoing(&mut self, now_us: u64, device: &mut dyn Device) -> &[u8] {
        match self.sender.poll(now_us) {
            Some(Late::Repeated) => count(&mut self.counts.repeated),
            Some(Late::GivenUp) => {
                self.answer = None;
                count(&mut self.counts.given_up);
            }
            None => {}
        }
        if self.sender.is_idle() {
            if let Some(answer) = self.answer {
                self.send_part(answer, device);
            } else if self.terms.events {
                self.send_event(device);
            }
        }
        self.sender.bytes()
    }

    pub(super) fn sent(&mut self, bytes: usize, now_us: u64) {
        if self.sender.sent(bytes, now_us) {
            count(&mut self.counts.sent);
        }
    }

    /// Sends as much of an answer as fits in a packet.
    fn send_part(&mut self, answer: Answer, device: &mut dyn Device) {
        let Answer { opcode, channel, flags, body, offset, left, stray } = answer;
        let len = left.min(self.terms.most);
        // what was printed is one packet, so that it is whole if it has to be repeated
        let is_last = len == left || matches!(body, Reply::Printed(_));
        let mut flags = flags;
        if !is_last {
            flags |= flag::FRAGMENT;
        }
        if self.terms.acknowledged && stray.is_none() {
            flags |= flag::ACK_REQ;
        }
        let sequence = stray.unwrap_or(self.sequence);
        let header = Header { sequence, channel, flags, opcode, len: 0 };
        let frame = self.reading.as_ref().map_or(&[][..], |reading| reading.bytes());
        let (small, printed) = (&self.small, &mut self.printed);
        self.sender.load(header, self.terms.sums, |room| {
            let range = offset..offset.saturating_add(len);
            let from = match body {
                Reply::Frame { .. } => frame.get(range).unwrap_or_default(),
                Reply::Small(_) => small.get(range).unwrap_or_default(),
                _ => &[],
            };
            room.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            if let (Reply::Printed(_), Some(room)) = (body, room.get_mut(..len)) {
                let mut peeked = 0;
                device.output(&mut |output| {
                    peeked = output.peek(room);
                    *printed = Some(output.position().wrapping_add(peeked as u32));
                });
                return peeked;
            }
            from.len()
        });
        if stray.is_none() {
            self.sequence = self.sequence.wrapping_add(1);
        }
        let rest = Answer { offset: offset.saturating_add(len), left: left - len, ..answer };
        self.answer = (!is_last).then_some(rest);
        if let (true, Some(terms)) = (is_last, self.new_terms.take()) {
            self.terms = terms;
            self.connected = true;
            self.seen = Seen { running: device.is_running(), ..Seen::default() };
        }
    }

    /// Sends an event, if something has happened.
    fn send_event(&mut self, device: &mut dyn Device) {
        let running = device.is_running();
        let frame = self.reader.as_ref().is_some_and(|reader| reader.size().is_some());
        let mut half_full = false;
        device.output(&mut |output| half_full = output.is_half_full());
        let before = self.seen;
        self.seen.frame &= frame;
        self.seen.half_full &= half_full;
        let (channel, data) = if running != before.running {
            self.seen.running = running;
            (channel::STDIN, Some(u16::from(running)))
        } else if frame && !before.frame {
            self.seen.frame = true;
            (channel::STREAM, None)
        } else if half_full && !before.half_full {
            self.seen.half_full = true;
            (channel::STDOUT, None)
        } else {
            return;
        };
        let sequence = self.sequence;
        let opcode = opcode::EVENT;
        let header = Header { sequence, channel, flags: flag::EVENT, opcode, len: 0 };
        self.sender.load(header, self.terms.sums, |room| {
            let Some((data, room)) = data.zip(room.first_chunk_mut()) else { return 0 };
            *room = data.to_le_bytes();
            2
        });
        count(&mut self.counts.events);
    }
}

fn count(counter: &mut u32) {
    *counter = counter.wrapping_add(1);
}
