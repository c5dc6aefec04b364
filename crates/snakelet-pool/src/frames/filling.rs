//! The producer's hold on a slot while it fills it.
#![expect(unsafe_code, reason = "turns the address of a slot into bytes that one producer writes")]

use core::mem;
use core::ptr::NonNull;
use core::slice;

use super::Frames;
use super::frame::FrameMeta;
use super::slots::Slots;

/// A slot that is being filled: the producer's exclusive access to its memory.
///
/// [`complete`](Self::complete) passes the frame on to the consumer. Dropping it instead abandons
/// the frame, which counts as an error, and the slot is free again. If it is forgotten, the slot
/// stays in use, and so does its memory.
///
/// ```
/// use snakelet_pool::frames::{FrameMeta, Frames, Slot};
///
/// static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();
///
/// /// Called by the camera's interrupt.
/// fn frame_interrupt(frames: &Frames, time_us: u64) {
///     // without a slot the frame is lost, and counted
///     let Some(mut filling) = frames.begin() else { return };
///     filling.bytes().fill(0x80);
///     let bytes = filling.len() as u32;
///     filling.complete(FrameMeta { time_us, bytes, overflow: false });
/// }
///
/// // no memory is published, so there is no slot to fill
/// frame_interrupt(&FRAMES, 1000);
/// assert_eq!(FRAMES.counters().captured, 0);
/// ```
#[must_use = "a slot that is not completed is abandoned"]
pub struct Filling<'a> {
    slots: Slots<'a>,
    index: usize,
    address: NonNull<u8>,
    len: usize,
}

// SAFETY: a `Filling` is the exclusive owner of its slot and the slot's bytes, and all else that it
// refers to is atomic; nothing depends on the thread that made it.
unsafe impl Send for Filling<'_> {}

impl<'a> Filling<'a> {
    /// The filling of a slot that is FILL and that no other one stands for.
    ///
    /// None, with the slot left FILL, if there is no memory; an open slot has some.
    fn new(frames: &'a Frames<'_>, index: usize) -> Option<Self> {
        let address = frames.memory.address(index)?;
        Some(Self { slots: frames.slots(), index, address, len: frames.memory.capacity() })
    }

    /// The bytes of the slot, to be written. What they contain at first is left from earlier
    /// frames.
    pub fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: this slot is FILL and this is the one `Filling` of it, so nothing else accesses
        // its bytes; the contract of `Frames::publish` makes `len` bytes there valid until all
        // slots are parked, which a FILL slot prevents.
        unsafe { slice::from_raw_parts_mut(self.address.as_ptr(), self.len) }
    }

    /// The address of the slot, for hardware that writes to it until this is completed or dropped.
    #[must_use]
    pub fn ptr(&self) -> NonNull<u8> {
        self.address
    }

    /// The number of bytes that the slot can hold.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the slot can hold nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The index of the slot.
    #[must_use]
    pub fn slot(&self) -> u16 {
        // there are no slots beyond 65535, see `Frames::new`
        self.index as u16
    }

    /// Passes the complete frame on to the consumer.
    pub fn complete(self, meta: FrameMeta) {
        let most = u32::try_from(self.len).unwrap_or(u32::MAX);
        self.slots.complete(self.index, FrameMeta { bytes: meta.bytes.min(most), ..meta });
        mem::forget(self);
    }

    /// Gives up the access for a mere number, for drivers that keep nothing but the registers of
    /// the hardware from the start to the end of a transfer. The slot stays in use.
    ///
    /// [`from_raw`](Self::from_raw) makes a `Filling` of the number again.
    #[must_use = "the slot stays in use until `from_raw` is called"]
    pub fn into_raw(self) -> RawFilling {
        let raw = RawFilling::from_slot(self.slot());
        mem::forget(self);
        raw
    }

    /// Makes a `Filling` of what [`into_raw`](Self::into_raw) gave.
    ///
    /// None if that slot is not in use by a producer.
    ///
    /// # Safety
    ///
    /// `raw` stands for a `Filling` of the same `frames` that `into_raw` was called on, and it is
    /// used once. That call happened before this one, as it does if both are made by the same
    /// thread or interrupt.
    #[must_use]
    pub unsafe fn from_raw(frames: &'a Frames<'_>, raw: RawFilling) -> Option<Self> {
        let index = usize::from(raw.slot());
        if frames.slots().is_filling(index) { Self::new(frames, index) } else { None }
    }
}

impl Drop for Filling<'_> {
    fn drop(&mut self) {
        self.slots.abandon(self.index);
    }
}

/// A [`Filling`] as a mere number; see [`Filling::into_raw`].
///
/// ```
/// use snakelet_pool::frames::RawFilling;
///
/// let raw = RawFilling::from_slot(2);
/// assert_eq!(raw.slot(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawFilling {
    slot: u16,
}

impl RawFilling {
    /// Puts a number together again that was stored.
    #[must_use]
    pub const fn from_slot(slot: u16) -> Self {
        Self { slot }
    }

    /// The index of the slot.
    #[must_use]
    pub const fn slot(self) -> u16 {
        self.slot
    }
}

impl Frames<'_> {
    /// Begins a frame: gives the producer a slot to fill.
    ///
    /// That is a free slot. If there is none, it depends on the [`Mode`](super::Mode) whether
    /// frames that wait are dropped to make room. Without a slot the frame is lost and counts as an
    /// overrun. A slot whose frame the consumer holds is never given.
    ///
    /// This never waits, and any interrupt or thread may call it. The counts and the order of
    /// frames are exact if one of them does.
    #[must_use]
    pub fn begin(&self) -> Option<Filling<'_>> {
        let index = self.slots().begin()?;
        let filling = Filling::new(self, index);
        if filling.is_none() {
            self.slots().abandon(index);
        }
        filling
    }
}
