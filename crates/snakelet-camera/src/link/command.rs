//! What each operation does.

use super::device::{Device, Info, MemoryReport, Order, Refused};
use super::packet::{Header, Status, channel, opcode};
use super::session::{Reply, Session, Terms};

/// The version of the protocol.
const VERSION: [u8; 3] = [1, 0, 2];
/// The channels with what can be done with them: read 1, write 2, run 4, lock 8, stream 16.
const CHANNELS: [(u8, u8, &[u8]); 3] = [
    (channel::STDIN, 2 | 4, b"stdin"),
    (channel::STDOUT, 1, b"stdout"),
    (channel::STREAM, 1 | 8 | 16, b"stream"),
];
/// Memories that fit in an answer.
const MOST_MEMORIES: u8 = 9;

/// What can be asked of `stdin` and of `stream` beside reading and writing.
mod request {
    pub(super) const STOP: u32 = 1;
    pub(super) const RUN: u32 = 2;
    pub(super) const CLEAR: u32 = 3;
    pub(super) const SHOW: u32 = 0;
    pub(super) const RAW: u32 = 1;
    pub(super) const FIT: u32 = 2;
    pub(super) const SOURCE: u32 = 3;
}

impl Session<'_> {
    /// Does what a request asks for.
    pub(super) fn command(
        &mut self,
        header: Header,
        payload: &[u8],
        device: &mut dyn Device,
    ) -> Result<Reply, Status> {
        match (header.opcode, header.channel) {
            (opcode::GET_CAPS, _) => {
                let most = self.most;
                Ok(Reply::Small(self.put_terms(0xF, most)))
            }
            (opcode::SET_CAPS, _) => self.agree(payload),
            (opcode::STATS, _) => {
                let counts = self.counts;
                let end = self.put_words(
                    0,
                    &[
                        counts.sent,
                        counts.received,
                        counts.checksum,
                        counts.sequence,
                        counts.repeated,
                        counts.given_up,
                        counts.events,
                        u32::from(counts.repeated > 0),
                    ],
                );
                Ok(Reply::Small(end))
            }
            (opcode::VERSION, _) => {
                let end = self.put(0, VERSION);
                let end = self.put(end, [0; 3]);
                let end = self.put(end, device.info().version);
                Ok(Reply::Small(self.put(end, [0; 7])))
            }
            (opcode::RESET, _) => Ok(obeyed(device.obey(Order::Reset), Reply::Silence)?),
            (opcode::BOOT, _) => Ok(obeyed(device.obey(Order::Boot), Reply::Silence)?),
            (opcode::INFO, _) => Ok(Reply::Small(self.put_info(&device.info()))),
            (opcode::MEMORY, _) => Ok(Reply::Small(self.put_memories(device))),
            (opcode::SYSTEM_EVENT | opcode::EVENT, _) => Ok(Reply::Silence),
            (opcode::CHANNELS, _) => {
                let mut end = 0;
                for (id, abilities, name) in CHANNELS {
                    let mut entry = [0; 16];
                    let bytes = [id, abilities].into_iter().chain(name.iter().copied());
                    entry.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
                    end = self.put(end, entry);
                }
                Ok(Reply::Small(end))
            }
            (opcode::POLL, _) => {
                let mut ready = u32::from(device.is_running()) << channel::STDIN;
                device.output(&mut |output| {
                    ready |= u32::from(!output.is_empty()) << channel::STDOUT;
                });
                ready |= u32::from(self.frame_size() > 0) << channel::STREAM;
                Ok(Reply::Small(self.put_words(0, &[ready])))
            }
            (opcode::SIZE, channel::STDOUT) => {
                let (most, mut size) = (self.terms.most, 0);
                device.output(&mut |output| size = output.whole(most));
                Ok(Reply::Small(self.put_words(0, &[size as u32])))
            }
            (opcode::READ, channel::STDOUT) => match words(payload)? {
                [0, len] => Ok(Reply::Printed(len as usize)),
                _ => Err(Status::Invalid),
            },
            (opcode::WRITE, channel::STDIN) => self.add_to_script(payload),
            (opcode::IOCTL, channel::STDIN) => self.control_script(payload, device),
            (_, channel::STREAM) => self.preview(header.opcode, payload),
            _ => Err(Status::Invalid),
        }
    }

    fn put_terms(&mut self, flags: u32, most: usize) -> usize {
        let end = self.put_words(0, &[flags]);
        let end = self.put(end, (most as u16).to_le_bytes());
        self.put(end, [0; 10])
    }

    /// Agrees on what the tool is capable of, as far as this side is.
    fn agree(&mut self, payload: &[u8]) -> Result<Reply, Status> {
        let Some(([f0, f1, f2, f3, m0, m1], _)) = payload.split_first_chunk() else {
            return Err(Status::Invalid);
        };
        let flags = u32::from_le_bytes([*f0, *f1, *f2, *f3]) & 0xF;
        let most = usize::from(u16::from_le_bytes([*m0, *m1]));
        if most < super::LEAST_PAYLOAD {
            return Err(Status::Invalid);
        }
        let most = most.min(self.most);
        let has = |bit: u32| flags >> bit & 1 != 0;
        self.new_terms = Some(Terms {
            sums: has(0),
            numbers: has(1),
            acknowledged: has(2),
            events: has(3),
            most,
        });
        Ok(Reply::Small(self.put_terms(flags, most)))
    }

    fn put_info(&mut self, info: &Info) -> usize {
        let Info { cpu, device, usb, sensors, capabilities, .. } = *info;
        let end = self.put_words(0, &[cpu]);
        let end = self.put_words(end, &device);
        let end = self.put_words(end, &[usb]);
        let end = self.put_words(end, &sensors);
        let end = self.put_words(end, &[0, 0, capabilities.0, 0]);
        let sizes = [info.flash_kib, info.memory_kib, info.frames_kib, info.stream_kib];
        let end = self.put_words(end, &sizes);
        self.put_words(end, &[0; 3])
    }

    fn put_memories(&mut self, device: &dyn Device) -> usize {
        let (mut count, mut end) = (0, 4);
        device.memories(&mut |memory| {
            if count == MOST_MEMORIES {
                return;
            }
            count += 1;
            let MemoryReport { kind, flags, total, used, free, persistent, peak } = memory;
            end = self.put(end, [kind as u8, 0]);
            end = self.put(end, flags.to_le_bytes());
            end = self.put_words(end, &[total, used, free, persistent, peak]);
        });
        self.put(0, [count, 0, 0, 0]);
        end
    }

    /// Adds a piece of the script, which may be one that was added before.
    fn add_to_script(&mut self, payload: &[u8]) -> Result<Reply, Status> {
        let [offset, len] = words(payload)?;
        let data = payload.get(8..).unwrap_or_default();
        let (offset, len) = (offset as usize, len as usize);
        if len != data.len() || offset > self.script_len {
            return Err(Status::Invalid);
        }
        let room = self.script.get_mut(offset..).and_then(|room| room.get_mut(..len));
        room.ok_or(Status::Overflow)?.copy_from_slice(data);
        self.script_len = offset + len;
        Ok(Reply::Done)
    }

    fn control_script(&mut self, payload: &[u8], device: &mut dyn Device) -> Result<Reply, Status> {
        let [request] = words(payload)?;
        match request {
            request::STOP => obeyed(device.obey(Order::Stop), Reply::Done),
            request::RUN => {
                let script = self.script.get(..self.script_len).unwrap_or_default();
                obeyed(device.obey(Order::Run(script)), Reply::Done)
            }
            request::CLEAR => {
                self.script_len = 0;
                Ok(Reply::Done)
            }
            _ => Err(Status::Invalid),
        }
    }

    /// What can be done with the preview.
    fn preview(&mut self, code: u8, payload: &[u8]) -> Result<Reply, Status> {
        let reader = self.reader.as_mut().ok_or(Status::Invalid)?;
        match code {
            opcode::LOCK => {
                if self.reading.is_some() {
                    return Err(Status::Busy);
                }
                self.reading = Some(reader.begin().ok_or(Status::Busy)?);
                self.seen.frame = false;
                Ok(Reply::Done)
            }
            opcode::UNLOCK => {
                self.reading = None;
                Ok(Reply::Done)
            }
            opcode::SIZE => {
                let size = self.frame_size() as u32;
                Ok(Reply::Small(self.put_words(0, &[size])))
            }
            opcode::SHAPE => {
                let header = self.reading.as_ref().ok_or(Status::Failed)?.header();
                let end = match header.data {
                    snakelet_pool::StreamData::Compressed { bytes } => self.put_words(0, &[bytes]),
                    snakelet_pool::StreamData::Raw { bytes_per_pixel } => {
                        self.put_words(0, &[header.width, header.height, bytes_per_pixel])
                    }
                };
                Ok(Reply::Small(end))
            }
            opcode::READ => {
                let [offset, len] = words(payload)?;
                let frame = self.reading.as_ref().ok_or(Status::Failed)?.bytes();
                let offset = frame.len().min(offset as usize);
                let len = (frame.len() - offset).min(len as usize);
                Ok(Reply::Frame { offset, len })
            }
            opcode::IOCTL => {
                let [request] = words(payload)?;
                let rest = payload.get(4..).unwrap_or_default();
                match request {
                    request::SHOW => self.viewer.show(words(rest)? != [0]),
                    request::RAW => self.viewer.raw(words(rest)? != [0]),
                    request::FIT => {
                        let [width, height] = words(rest)?;
                        self.viewer.fit(width, height);
                    }
                    request::SOURCE => {
                        let [id] = words(rest)?;
                        self.viewer.look_at(id);
                    }
                    _ => return Err(Status::Invalid),
                }
                Ok(Reply::Done)
            }
            _ => Err(Status::Invalid),
        }
    }

    /// The bytes of the frame that is locked, or else of the one that waits.
    fn frame_size(&self) -> usize {
        match (&self.reading, &self.reader) {
            (Some(reading), _) => reading.bytes().len(),
            (None, Some(reader)) => reader.size().unwrap_or(0),
            (None, None) => 0,
        }
    }
}

/// The numbers that data begins with.
fn words<const N: usize>(data: &[u8]) -> Result<[u32; N], Status> {
    let (words, _) = data.as_chunks::<4>();
    let words = words.get(..N).ok_or(Status::Invalid)?;
    let mut numbers = [0; N];
    for (number, word) in numbers.iter_mut().zip(words) {
        *number = u32::from_le_bytes(*word);
    }
    Ok(numbers)
}

fn obeyed(done: Result<(), Refused>, reply: Reply) -> Result<Reply, Status> {
    done.map(|()| reply).map_err(|Refused| Status::Failed)
}
