//! Slots for frames between one producer, such as a camera's interrupt, and one consumer.
//!
//! [`Frames`] is the meeting point of both sides and can be a `static`. It has no lock and no
//! queue: each slot is one atomic word, and each hand-over is one compare-and-swap. A frame buffer,
//! which is the consumer's side, publishes memory for the slots; the producer begins frames and
//! completes them.
//!
//! | module     | holds |
//! |------------|-------|
//! | `slots`    | a slot's states and the changes between them |
//! | `order`    | which slot is filled next, and which frame is delivered next |
//! | `memory`   | where the slots lie; parking them and publishing memory |
//! | `filling`  | [`Filling`], the producer's access to a slot |
//! | `frame`    | [`FrameMeta`], [`FrameInfo`] and [`FrameRef`]: a frame's description and name |
//! | `counters` | [`Counters`] |
//! | `mode`     | [`Mode`], which frame comes next |
//! | `word`     | the atomic word that the algorithms are generic over |
//!
//! # Several producers or consumers
//!
//! The types allow many threads to begin frames at once, and that is memory-safe: no two get the
//! same slot. Only the counts and the order of frames rely on one producer and one consumer.

mod counters;
mod debug;
mod filling;
mod frame;
mod memory;
mod mode;
mod order;
mod slots;
pub(crate) mod word;

#[cfg(test)]
pub(crate) mod model;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

use core::marker::PhantomData;
use core::ops::Deref;
use core::ptr::NonNull;

pub use counters::Counters;
pub use filling::{Filling, RawFilling};
pub use frame::{FrameInfo, FrameMeta, FrameRef};
pub use mode::{Full, Mode};
pub use slots::Slot;

use memory::Memory;
use slots::{Header, Slots};

/// Slots for frames that one side fills and the other one takes.
///
/// The number of slots stands in the type of the value, `Frames<'m, [Slot; 3]>`; code that uses one
/// takes a `&Frames<'m>`, which such a reference turns into by itself. At first there is no memory
/// for frames, and none begins.
///
/// `'m` is the lifetime of the memory that frames lie in. A `static` has memory that lives forever:
///
/// ```
/// use snakelet_pool::frames::{Frames, Slot};
///
/// static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();
///
/// fn frame_interrupt(frames: &Frames) {
///     if frames.begin().is_none() {
///         // no slot is open yet
///     }
/// }
///
/// frame_interrupt(&FRAMES);
/// assert_eq!(FRAMES.queued(), 0);
/// ```
///
/// It can be neither shortened nor lengthened, so memory of a shorter life cannot get into slots
/// that something else takes for longer:
///
/// ```compile_fail
/// use snakelet_pool::frames::Frames;
///
/// fn shorten<'s>(frames: &'s Frames<'static>) -> &'s Frames<'s> {
///     frames
/// }
/// ```
pub struct Frames<'m, S: ?Sized = [Slot]> {
    /// Makes `'m` invariant, and leaves the type `Send` and `Sync`.
    lifetime: PhantomData<fn(&'m ()) -> &'m ()>,
    memory: Memory,
    header: Header,
    slots: S,
}

impl<'m, const N: usize> Frames<'m, [Slot; N]> {
    /// Makes `N` slots without memory. More than 65,535 do not compile.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(N <= u16::MAX as usize, "more than 65535 slots") };
        Self {
            lifetime: PhantomData,
            memory: Memory::new(),
            header: Header::new(),
            slots: [const { Slot::new() }; N],
        }
    }
}

impl<const N: usize> Default for Frames<'_, [Slot; N]> {
    fn default() -> Self {
        Self::new()
    }
}

/// Gives access to what does not depend on the number of slots.
impl<'m, const N: usize> Deref for Frames<'m, [Slot; N]> {
    type Target = Frames<'m>;

    fn deref(&self) -> &Frames<'m> {
        self
    }
}

impl Frames<'_> {
    /// What the algorithm works on.
    fn slots(&self) -> Slots<'_> {
        Slots { header: &self.header, slots: &self.slots }
    }

    /// The number of slots that there are: the most that a frame buffer can open.
    #[must_use]
    pub fn max_count(&self) -> usize {
        self.slots.len()
    }

    /// The number of slots that are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.slots().setup().0.len()
    }

    /// The order in which the consumer gets the frames.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.slots().setup().1
    }

    /// The number of complete frames that wait for the consumer.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.slots().queued()
    }

    /// What became of the frames up to now.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.header.tally.read()
    }

    /// The number of frames that were completed since the program began, which wraps at 2^32. Neither this nor
    /// [`begun`](Self::begun) ever starts anew: whoever keeps a value sees whether there is something new.
    ///
    /// ```
    /// use snakelet_pool::frames::{Frames, Slot};
    ///
    /// static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();
    ///
    /// assert_eq!((FRAMES.begun(), FRAMES.completed()), (0, 0));
    /// ```
    #[must_use]
    pub fn completed(&self) -> u32 {
        self.header.tally.ended().0
    }

    /// The number of frames that have begun since the program did, which wraps at 2^32. A frame that ends during
    /// this call may be missing.
    #[must_use]
    pub fn begun(&self) -> u32 {
        // in this order no frame counts twice
        let (completed, abandoned) = self.header.tally.ended();
        completed.wrapping_add(abandoned).wrapping_add(self.slots().filling() as u32)
    }

    /// Lets all counts start anew. Frames that wait count as captured afterwards.
    pub fn reset_counters(&self) {
        self.header.tally.reset();
    }

    /// Whether the consumer still has the frame: it has taken it, has not given it back, and the
    /// frame buffer was not reconfigured.
    #[must_use]
    pub fn is_current(&self, frame: FrameRef) -> bool {
        self.slots().is_current(frame)
    }

    /// Says that nobody will look at a frame any more that the consumer has. The frame buffer gives it back
    /// when it is asked to [`reclaim`](crate::FrameBuffer::reclaim). This is for those who learn late that
    /// a name was the last one, and do not have the frame buffer then, such as a collector of garbage.
    ///
    /// If another thread gives the frame back during this call, the next frame of its slot may be taken
    /// for the disowned one.
    pub fn disown(&self, frame: FrameRef) {
        self.slots().disown(frame);
    }

    /// What is known about a frame; None unless it is current.
    ///
    /// If another thread gives the frame back during this call, the values may be of two frames.
    #[must_use]
    pub fn meta(&self, frame: FrameRef) -> Option<FrameInfo> {
        self.slots().info(frame)
    }
}

impl Frames<'_> {
    /// Takes the frame that is next in the order of the [`Mode`] from those that wait.
    ///
    /// None if none waits. The consumer has the frame until it gives its name to
    /// [`release`](Self::release).
    pub(crate) fn acquire(&self) -> Option<FrameRef> {
        self.slots().acquire()
    }

    /// Gives a frame back, so that its slot can be filled again; false unless it is current.
    ///
    /// The caller sees to it that nobody reads the frame any more.
    pub(crate) fn release(&self, frame: FrameRef) -> bool {
        self.slots().release(frame)
    }

    /// How many frames the consumer has. The slots are open.
    pub(crate) fn count_held(&self) -> usize {
        self.slots().count_held()
    }

    /// A frame that is disowned. The slots are open.
    pub(crate) fn disowned(&self) -> Option<FrameRef> {
        self.slots().disowned()
    }

    /// Drops the frames that wait. A frame that the consumer has stays.
    pub(crate) fn flush(&self) {
        self.slots().flush();
    }

    /// Where a frame lies; None unless it is current.
    pub(crate) fn address(&self, frame: FrameRef) -> Option<NonNull<u8>> {
        if self.is_current(frame) { self.memory.address(frame.slot().into()) } else { None }
    }

    /// The bytes of one slot.
    pub(crate) fn capacity(&self) -> usize {
        self.memory.capacity()
    }
}
