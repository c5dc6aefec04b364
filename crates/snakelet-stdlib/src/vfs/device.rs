//! Block devices: objects of scripts with `readblocks`, `writeblocks` and `ioctl`, as file systems see them.
//!
//! The code of a file system is written against a trait and knows nothing of the interpreter. What stands behind the
//! trait calls the device, and that may do anything: raise, take no time or all of it, collect, or use the very
//! file system that has called it. So the state of a file system is taken out of its object while it works, and
//! whoever finds none there gets `OSError`; and what a device has filled is read byte by byte out of a `bytearray`, whatever
//! it has done to that.

use snakelet_vm::Raised;
use snakelet_vm::exception::errno;
use snakelet_vm::name;
use snakelet_vm::native::Name;
use snakelet_vm::native::full::{Full, Given, Held};

/// Why something in a file system failed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fault<E> {
    /// An `OSError` of this number.
    Errno(i32),
    /// The device failed, or what asks the host meanwhile.
    Device(E),
}

impl<E> Fault<E> {
    /// What lies on the device makes no sense.
    pub(crate) const CORRUPT: Self = Fault::Errno(errno::EIO);
}

impl<E> From<E> for Fault<E> {
    fn from(error: E) -> Self {
        Fault::Device(error)
    }
}

impl Fault<Raised> {
    /// The exception.
    pub(crate) fn raise(self, cx: &mut Full<'_>) -> Raised {
        match self {
            Fault::Errno(number) => cx.raise_os_error(number),
            Fault::Device(raised) => raised,
        }
    }
}

/// Says that a file system is at work already: its device has called it.
pub(crate) const EBUSY: i32 = 16;

/// Requests of a device's `ioctl`, with MicroPython's numbers.
pub(crate) mod request {
    pub(crate) const INIT: u8 = 1;
    pub(crate) const SYNC: u8 = 3;
    pub(crate) const COUNT: u8 = 4;
    pub(crate) const SIZE: u8 = 5;
    #[cfg(feature = "littlefs")]
    pub(crate) const ERASE: u8 = 6;
}

/// A device, for as long as it is worked with.
pub(crate) struct Blocks<'a, 's> {
    pub(crate) cx: &'a mut Full<'s>,
    pub(crate) device: Held<'s>,
}

impl<'a, 's> Blocks<'a, 's> {
    pub(crate) fn new(cx: &'a mut Full<'s>, device: Held<'s>) -> Self {
        Self { cx, device }
    }

    /// Whether the device has a method.
    pub(crate) fn has(&mut self, method: Name) -> Result<bool, Raised> {
        let device = self.device;
        self.cx.scope(|cx, outer| Ok(cx.find_attribute(outer.held(device), method)?.is_some()))
    }

    /// Asks the device something; `None` if it gives none. A device without `ioctl` has `count` and `sync`.
    pub(crate) fn control(&mut self, what: u8, arg: u32) -> Result<Option<i64>, Raised> {
        let device = self.device;
        self.cx.scope(|cx, outer| {
            let device = outer.held(device);
            let (what, arg) = (cx.count(what.into())?, cx.int(arg.into())?);
            let answer = if let Some(ioctl) = cx.find_attribute(device, name!("ioctl"))? {
                cx.call(ioctl, &[what, arg])?
            } else {
                match u8::try_from(cx.i64_of(what)?) {
                    Ok(request::COUNT) => cx.call_method(device, name!("count"), &[])?,
                    Ok(request::SYNC) => match cx.find_attribute(device, name!("sync"))? {
                        Some(sync) => cx.call(sync, &[])?,
                        None => Held::NONE,
                    },
                    _ => Held::NONE,
                }
            };
            if cx.is_none(answer) { Ok(None) } else { cx.i64_of(answer).map(Some) }
        })
    }

    /// The number of blocks, and the size of each in bytes, 512 if the device does not say.
    ///
    /// # Errors
    /// `OSError` if they are none that a device can have.
    pub(crate) fn geometry(&mut self) -> Result<(u32, u32), Fault<Raised>> {
        const USUAL: i64 = 512;
        let size = self.control(request::SIZE, 0)?.unwrap_or(USUAL);
        let count = self.control(request::COUNT, 0)?.unwrap_or(0);
        match (u32::try_from(count), u32::try_from(size)) {
            (Ok(count), Ok(size)) if count > 0 && (1..=MOST_BYTES).contains(&size) => {
                Ok((count, size))
            }
            _ => Err(Fault::Errno(errno::EINVAL)),
        }
    }

    /// Lets the device fill, or take, bytes `at..at + len` of a `bytearray`. With an offset this is the extended form,
    /// which begins there in the block. Gives 0, or an error number.
    fn transfer(
        &mut self,
        method: Name,
        block: u32,
        (buffer, at, len): (Held<'s>, usize, usize),
        offset: Option<u32>,
    ) -> Result<i32, Raised> {
        let device = self.device;
        self.cx.charge(4)?;
        let answer = self.cx.scope(|cx, outer| {
            let (device, buffer) = (outer.held(device), outer.held(buffer));
            let block = cx.int(block.into())?;
            // its size stays the same whatever is assigned to it
            let view = cx.make(|cx| cx.memoryview(cx.get(buffer), at, len))?;
            let answer = match offset {
                Some(offset) => {
                    let offset = cx.int(offset.into())?;
                    cx.call_method(device, method, &[block, view, offset])?
                }
                None => cx.call_method(device, method, &[block, view])?,
            };
            if cx.is_none(answer) { Ok(0) } else { cx.i64_of(answer) }
        })?;
        Ok(match i32::try_from(answer) {
            Ok(0) => 0,
            Ok(error) if error < 0 => error.saturating_neg(),
            _ => errno::EINVAL,
        })
    }

    /// Reads a part of a block.
    pub(crate) fn read(
        &mut self,
        block: u32,
        room: (Held<'s>, usize, usize),
        offset: Option<u32>,
    ) -> Result<i32, Raised> {
        self.transfer(name!("readblocks"), block, room, offset)
    }

    /// Writes a part of a block.
    pub(crate) fn write(
        &mut self,
        block: u32,
        data: (Held<'s>, usize, usize),
        offset: Option<u32>,
    ) -> Result<i32, Raised> {
        self.transfer(name!("writeblocks"), block, data, offset)
    }

    /// Copies bytes of a `bytearray`.
    pub(crate) fn copy_out(
        &mut self,
        buffer: Held<'s>,
        at: usize,
        out: &mut [u8],
    ) -> Result<(), Raised> {
        self.cx.with_bytes(buffer, |bytes| {
            bytes.part(at, usize::MAX).copy_to(out);
        })
    }

    /// Copies bytes to a `bytearray`.
    pub(crate) fn copy_in(
        &mut self,
        buffer: Held<'s>,
        at: usize,
        data: &[u8],
    ) -> Result<(), Raised> {
        self.cx.look(|cx| {
            let cells = cx.writable(cx.get(buffer))?.get(at..).unwrap_or_default();
            cells.iter().zip(data).for_each(|(cell, byte)| cell.set(*byte));
            Ok(())
        })
    }

    /// Sets bytes of a `bytearray` to one value.
    pub(crate) fn fill(
        &mut self,
        buffer: Held<'s>,
        at: usize,
        len: usize,
        byte: u8,
    ) -> Result<(), Raised> {
        self.cx.look(|cx| {
            let cells = cx.writable(cx.get(buffer))?.get(at..).unwrap_or_default();
            cells.iter().take(len).for_each(|cell| cell.set(byte));
            Ok(())
        })
    }
}

/// The largest block that is worked with.
const MOST_BYTES: u32 = 1 << 20;

/// A `bytearray` of so many bytes.
pub(crate) fn buffer<'s>(cx: &mut Full<'s>, len: usize) -> Given<'s> {
    cx.make(|cx| cx.bytearray(len))
}
