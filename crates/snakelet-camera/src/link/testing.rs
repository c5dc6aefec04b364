//! A tool at the other end of a line that loses, repeats and changes bytes.
//!
//! The tool does what OpenMV's own does: it counts packets, drops what it does not expect, begins again when an
//! answer does not come, and then asks once more. Time passes only where it waits.

use std::boxed::Box;
use std::string::String;
use std::vec;
use std::vec::Vec;

use snakelet_pool::stream::{StreamBuffer, StreamData, StreamHeader, StreamWriter};

use super::packet::{HEADER, Header, OVERHEAD, data_sum, flag, opcode};
use super::*;

/// How long the tool waits for an answer.
const TIMEOUT_US: u64 = 1_000_000;
/// How often it looks.
const LOOK_US: u64 = 1_000;

/// A board without an interpreter: it notes what it is told.
#[derive(Debug)]
pub struct Board<'m> {
    /// What it has printed.
    pub printed: Output<'m>,
    /// The script that runs.
    pub running: Option<Vec<u8>>,
    /// Orders that it was given.
    pub orders: usize,
}

impl Device for Board<'_> {
    fn is_running(&self) -> bool {
        self.running.is_some()
    }
    fn output(&mut self, work: &mut dyn FnMut(&mut Output<'_>)) {
        work(&mut self.printed);
    }
    fn obey(&mut self, order: Order<'_>) -> Result<(), Refused> {
        self.orders += 1;
        match order {
            Order::Stop => self.running = None,
            Order::Run(script) => self.running = Some(script.to_vec()),
            Order::Reset => {}
            Order::Boot => return Err(Refused),
        }
        Ok(())
    }
    fn info(&self) -> Info {
        Info { cpu: 0x411F_C272, frames_kib: 31, version: [5, 0, 1], ..Info::default() }
    }
    fn memories(&self, each: &mut dyn FnMut(MemoryReport)) {
        (0..12).for_each(|i| each(MemoryReport::of_heap(1000 + i, 400)));
    }
}

/// What happens to the bytes of a packet on the line: a change of it, and whether it arrives at all.
pub type Noise<'n> = dyn FnMut(&mut Vec<u8>) + 'n;

/// A link with a board, and the tool at the other end of the line.
#[expect(missing_debug_implementations, reason = "noise is a closure")]
pub struct Tool<'m, 'n> {
    /// The end under test.
    pub link: Link<'m>,
    /// What it acts on.
    pub board: Board<'m>,
    /// The camera's side of the preview.
    pub writer: StreamWriter<'m>,
    noise: Box<Noise<'n>>,
    /// The flags of capabilities, and the most data, that the tool says it is capable of.
    pub wanted: (u32, usize),
    most: usize,
    sums: bool,
    sequence: u8,
    now_us: u64,
    incoming: Vec<u8>,
    /// Events that have come: the channel and the data.
    pub events: Vec<(u8, Vec<u8>)>,
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// None came.
    Timeout,
    /// The status of a refusal.
    Refused(u16),
}

/// The size of the memories of a link under test.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Of each packet.
    pub packet: usize,
    /// Of the script.
    pub script: usize,
    /// Of what was printed.
    pub printed: usize,
    /// Of the preview.
    pub stream: usize,
}

/// Does some work with a tool, on memory that lasts as long as the work.
pub fn with_tool<R>(
    sizes: Sizes,
    noise: &mut Noise<'_>,
    work: impl FnOnce(&mut Tool<'_, '_>) -> R,
) -> R {
    let (mut receive, mut send) = (vec![0; sizes.packet], vec![0; sizes.packet]);
    let (mut script, mut printed) = (vec![0; sizes.script], vec![0; sizes.printed]);
    let mut region = vec![0; sizes.stream.max(96)];
    let viewer = Viewer::new();
    let mut stream = check(StreamBuffer::new(&mut region));
    let (writer, reader) = stream.split();
    let memory = LinkMemory { receive: &mut receive, send: &mut send, script: &mut script };
    let mut tool = Tool {
        link: check(Link::new(memory, &viewer, Some(reader))),
        board: Board { printed: Output::new(&mut printed), running: None, orders: 0 },
        writer,
        noise: Box::new(noise),
        wanted: (0xF, 4096),
        most: 52,
        sums: true,
        sequence: 0,
        now_us: 0,
        incoming: vec![],
        events: vec![],
    };
    work(&mut tool)
}

#[expect(clippy::panic, reason = "a check fails by panicking")]
fn check<T, E: fmt::Debug>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error:?}"),
    }
}

impl<'n> Tool<'_, 'n> {
    /// From now on the line does something else to packets.
    pub fn set_noise(&mut self, noise: impl FnMut(&mut Vec<u8>) + 'n) {
        self.noise = Box::new(noise);
    }

    /// Sends a packet.
    pub fn send(&mut self, sequence: u8, channel: u8, flags: u8, opcode: u8, data: &[u8]) {
        let header = Header { sequence, channel, flags, opcode, len: data.len() as u16 };
        let mut packet = header.to_bytes(self.sums).to_vec();
        if !data.is_empty() {
            packet.extend(data);
            packet.extend(data_sum(data, self.sums));
        }
        (self.noise)(&mut packet);
        self.link.receive(&packet, self.now_us, &mut self.board);
    }

    /// Lets time pass; whatever goes out arrives.
    fn look(&mut self) {
        loop {
            let mut bytes = self.link.outgoing(self.now_us, &mut self.board).to_vec();
            if bytes.is_empty() {
                break;
            }
            self.link.sent(bytes.len(), self.now_us);
            (self.noise)(&mut bytes);
            self.incoming.extend(bytes);
        }
        self.now_us += LOOK_US;
    }

    /// Lets so much time pass.
    pub fn wait(&mut self, us: u64) {
        let end = self.now_us + us;
        while self.now_us < end {
            self.look();
        }
    }

    /// The next packet that has come.
    fn packet(&mut self) -> Option<(Header, Vec<u8>)> {
        loop {
            let begins = |pair: &[u8]| pair == [0xAA, 0xD5];
            let start = self.incoming.windows(2).position(begins)?;
            self.incoming.drain(..start);
            let header = Header::read(self.incoming.first_chunk::<HEADER>()?, self.sums);
            let expected = |header: &Header| {
                usize::from(header.len) <= self.most
                    && (header.flags & (flag::EVENT | flag::RTX) != 0
                        || header.sequence == self.sequence
                        || header.opcode == opcode::SYNC)
            };
            if let Some(header) = header.filter(expected) {
                let len = header.packet_len();
                if self.incoming.len() < len {
                    return None;
                }
                let end = (len - HEADER).saturating_sub(OVERHEAD - HEADER) + HEADER;
                let data = self.incoming[HEADER..end].to_vec();
                let sum = &self.incoming[end..len];
                if data.is_empty() || !self.sums || sum == data_sum(&data, true) {
                    self.incoming.drain(..len);
                    return Some((header, data));
                }
            }
            self.incoming.drain(..1);
        }
    }

    /// Waits for an answer.
    fn answer(&mut self) -> Result<Vec<u8>, Fault> {
        let mut all = vec![];
        let mut since = self.now_us;
        while self.now_us - since < TIMEOUT_US {
            let Some((header, data)) = self.packet() else {
                self.look();
                continue;
            };
            let (sequence, wants) = (header.sequence, header.has(flag::ACK_REQ));
            if wants {
                self.send(sequence, header.channel, flag::ACK, header.opcode, &[]);
            }
            if header.has(flag::RTX) && sequence != self.sequence {
                continue;
            }
            since = self.now_us;
            if header.has(flag::EVENT) {
                self.events.push((header.channel, data));
                continue;
            }
            self.sequence = self.sequence.wrapping_add(1);
            if header.has(flag::FRAGMENT) {
                all.extend(data);
                continue;
            }
            if header.has(flag::NAK) {
                let status = data.first_chunk().map_or(0, |status| u16::from_le_bytes(*status));
                return Err(Fault::Refused(status));
            }
            all.extend(data);
            return Ok(all);
        }
        Err(Fault::Timeout)
    }

    /// Asks for something, once.
    ///
    /// # Errors
    ///
    /// If it is refused, or nobody answers.
    pub fn ask(&mut self, opcode: u8, channel: u8, data: &[u8]) -> Result<Vec<u8>, Fault> {
        self.send(self.sequence, channel, 0, opcode, data);
        self.answer()
    }

    /// Begins again, and agrees on capabilities.
    ///
    /// # Errors
    ///
    /// If that does not work in three attempts.
    pub fn connect(&mut self) -> Result<(), Fault> {
        (self.most, self.sums) = (52, true);
        self.incoming.clear();
        let mut done = Err(Fault::Timeout);
        for _ in 0..3 {
            self.sequence = 0;
            done = self.ask(opcode::SYNC, 0, &[]);
            if done.is_ok() {
                break;
            }
        }
        done?;
        self.sequence = 0;
        let capable = self.ask(opcode::GET_CAPS, 0, &[])?;
        let most = capable.get(4..6).and_then(|most| most.first_chunk());
        let most = most.map_or(0, |most| usize::from(u16::from_le_bytes(*most)));
        let (flags, wanted) = self.wanted;
        let most = most.min(wanted);
        let mut terms = flags.to_le_bytes().to_vec();
        terms.extend((most as u16).to_le_bytes());
        terms.extend([0; 10]);
        self.ask(opcode::SET_CAPS, 0, &terms)?;
        (self.most, self.sums) = (most, flags & 1 != 0);
        Ok(())
    }

    /// Asks for something, and begins again and asks once more when that fails, but for what is busy.
    ///
    /// # Errors
    ///
    /// If it fails again.
    pub fn request(&mut self, opcode: u8, channel: u8, data: &[u8]) -> Result<Vec<u8>, Fault> {
        match self.ask(opcode, channel, data) {
            Ok(answer) => Ok(answer),
            Err(Fault::Refused(4)) => Err(Fault::Refused(4)),
            Err(_) => {
                self.connect()?;
                self.ask(opcode, channel, data)
            }
        }
    }

    /// Sends a script and has it run.
    ///
    /// # Errors
    ///
    /// If a step of it fails.
    pub fn run(&mut self, script: &[u8]) -> Result<(), Fault> {
        self.request(opcode::IOCTL, 1, &3_u32.to_le_bytes())?;
        let piece = self.most - 8;
        for (i, data) in script.chunks(piece).enumerate() {
            let mut payload = ((i * piece) as u32).to_le_bytes().to_vec();
            payload.extend((data.len() as u32).to_le_bytes());
            payload.extend(data);
            self.request(opcode::WRITE, 1, &payload)?;
        }
        self.request(opcode::IOCTL, 1, &2_u32.to_le_bytes()).map(drop)
    }

    /// Reads what was printed, until nothing waits.
    ///
    /// # Errors
    ///
    /// If a step of it fails.
    pub fn read_printed(&mut self) -> Result<String, Fault> {
        let mut text = vec![];
        loop {
            let size = self.request(opcode::SIZE, 2, &[])?;
            if size == [0; 4] {
                return Ok(String::from_utf8_lossy(&text).into_owned());
            }
            text.extend(self.request(opcode::READ, 2, &[&[0; 4][..], &size].concat())?);
        }
    }

    /// Reads the frame that waits, with its header; none if there is none.
    ///
    /// # Errors
    ///
    /// If a step of it fails.
    pub fn read_frame(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        match self.request(opcode::LOCK, 3, &[]) {
            Err(Fault::Refused(4)) => return Ok(None),
            done => done?,
        };
        let size = self.request(opcode::SIZE, 3, &[])?;
        let frame = self.request(opcode::READ, 3, &[&[0; 4][..], &size].concat());
        self.request(opcode::UNLOCK, 3, &[])?;
        frame.map(Some)
    }

    /// Shows a frame of so many grey pixels, each of which has the value of its place; false if one waits.
    pub fn show(&mut self, width: u32, height: u32) -> bool {
        let Some(mut filling) = self.writer.begin() else { return false };
        let pixels = (width as usize).saturating_mul(height as usize);
        filling.bytes().iter_mut().take(pixels).enumerate().for_each(|(i, to)| *to = i as u8);
        let data = StreamData::Raw { bytes_per_pixel: 1 };
        filling
            .complete(StreamHeader { width, height, format: 0x0802_0001, data, fps: 0.0 })
            .is_ok()
    }
}

/// Noise that the bytes of a fuzzer decide on; when they are used up, the line is quiet.
///
/// Each packet takes two: what is done, and where.
pub fn noise(bytes: &[u8]) -> impl FnMut(&mut Vec<u8>) {
    let mut choices = bytes.iter().copied();
    move |packet: &mut Vec<u8>| {
        let (Some(what), Some(place)) = (choices.next(), choices.next()) else { return };
        let len = packet.len().max(1);
        let i = usize::from(place) * len / 256;
        match what {
            0..=15 => packet.clear(),
            16..=23 => packet.truncate(i),
            24..=31 => packet.splice(..i, []).for_each(drop),
            32..=39 => packet.extend_from_within(..),
            40..=47 => packet.extend_from_within(i.min(packet.len())..),
            48..=55 => packet.splice(i..i, [0xAA, 0xD5, place, 0, 0, 0, 0xFF, 0x0F]).for_each(drop),
            56..=79 => {
                if let Some(byte) = packet.get_mut(i) {
                    *byte ^= 1 << (what % 8);
                }
            }
            80..=87 => packet.splice(i..i, [what; 9]).for_each(drop),
            _ => {}
        }
    }
}

/// Works over a line with noise, then over a quiet one, and checks what has arrived.
///
/// # Panics
///
/// If the link does not recover, or passes on anything but what was sent.
pub fn run(bytes: &[u8]) {
    let (setup, bytes) = bytes.split_first_chunk::<4>().unwrap_or((&[0; 4], bytes));
    let [packet, flags, len, mode] = *setup;
    let sizes =
        Sizes { packet: 64 + usize::from(packet) * 8, script: 4096, printed: 700, stream: 1500 };
    let script: Vec<u8> = (0..usize::from(len) * 16).map(|i| (i * 7) as u8).collect();
    let mut noise = noise(bytes);
    with_tool(sizes, &mut noise, |tool| {
        tool.wanted = (u32::from(flags) | 3, 4096);
        let text = "snow ❄ and rain\n".repeat(20);
        tool.board.printed.write(text.as_bytes());
        if mode & 1 == 0 {
            // bytes that follow no protocol
            tool.link.receive(bytes, 0, &mut tool.board);
        }
        for _ in 0..4 {
            let _ = tool.connect();
            let _ = tool.run(&script);
            // a script that arrived is the one that was sent, whatever the line did
            if let Some(running) = &tool.board.running {
                assert_eq!(*running, script);
            }
            tool.show(20, 30);
            if let Ok(Some(frame)) = tool.read_frame() {
                check_frame(&frame, 20, 30);
            }
        }
        tool.set_noise(|_| {});
        tool.wait(2 * TIMEOUT_US);
        check(tool.connect());
        check(tool.run(&script));
        assert_eq!(tool.board.running.as_deref(), Some(&script[..]));
        let again = check(tool.read_printed());
        assert_eq!(again, text, "nothing was read, so nothing is missing");
        tool.show(20, 30);
        let frame = check(tool.read_frame());
        check_frame(&frame.unwrap_or_default(), 20, 30);
        assert!(check(tool.read_frame()).is_none());
        let done = tool.ask(opcode::STATS, 0, &[]).map(|stats| stats.len());
        assert_eq!(done, Ok(32), "{:?}", tool.link);
    });
}

fn check_frame(frame: &[u8], width: u32, height: u32) {
    let (header, pixels) = frame.split_at_checked(32).unwrap_or((frame, &[]));
    assert_eq!(header[..8], [width.to_le_bytes(), height.to_le_bytes()].concat());
    assert_eq!(pixels.len() as u32, width * height);
    assert!(pixels.iter().enumerate().all(|(i, pixel)| *pixel == i as u8));
}
