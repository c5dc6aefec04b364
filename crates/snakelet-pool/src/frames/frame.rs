//! What is known about a frame, and the token that names one.

use core::num::NonZeroU32;

use super::slots::HELD;

/// What the producer tells about a frame that it completes.
///
/// ```
/// use snakelet_pool::frames::FrameMeta;
///
/// let meta = FrameMeta { time_us: 1_000_000, bytes: 320 * 240 * 2, overflow: false };
/// assert_eq!(meta.bytes, 153_600);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameMeta {
    /// When the frame was taken, in microseconds on a clock that the host chooses.
    pub time_us: u64,
    /// Bytes that the frame takes. More than the slot can hold counts as all that it can hold.
    pub bytes: u32,
    /// Whether the sensor sent more than the slot can hold.
    pub overflow: bool,
}

/// What is known about a frame that the consumer holds.
///
/// ```
/// use snakelet_pool::frames::FrameInfo;
///
/// let info = FrameInfo { sequence: 7, time_us: 233_333, bytes: 76_800, overflow: false };
/// assert_eq!(info.time_us / u64::from(info.sequence), 33_333);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    /// The number of the frame in the order of completion. It wraps to zero after 2^32 frames.
    pub sequence: u32,
    /// When the frame was taken, in microseconds on the host's clock.
    pub time_us: u64,
    /// Bytes that the frame takes.
    pub bytes: u32,
    /// Whether the sensor sent more than the slot can hold.
    pub overflow: bool,
}

/// A name for one frame that was handed to the consumer: a slot and the slot's generation then.
///
/// It is two numbers and gives no access by itself, so it may be copied, kept for any time and
/// stored in an object of a script. [`Frames::is_current`](super::Frames::is_current) tells whether
/// the slot still shows that frame. The generation has 30 bits: at 240 frames a second, all on one
/// slot, it takes 52 days until a name that was kept all the time could be taken for a current one.
///
/// ```
/// use snakelet_pool::frames::{FrameRef, Frames, Slot};
///
/// static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();
///
/// let frame = FrameRef::from_parts(2, 40);
/// assert_eq!((frame.slot(), frame.generation()), (2, 40));
/// assert!(!FRAMES.is_current(frame));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameRef {
    /// What the slot's word is as long as the frame is held. It is not 0, so an
    /// `Option<FrameRef>` is no longer than a `FrameRef` and fits two registers.
    word: NonZeroU32,
    slot: u16,
}

impl FrameRef {
    /// Puts a name together again that was stored as two numbers.
    #[must_use]
    pub const fn from_parts(slot: u16, generation: u32) -> Self {
        let word = match NonZeroU32::new(generation << 2 | HELD) {
            Some(word) => word,
            None => NonZeroU32::MIN, // never: the tag is not 0
        };
        Self { word, slot }
    }

    /// The index of the slot that the frame lies in.
    #[must_use]
    pub const fn slot(self) -> u16 {
        self.slot
    }

    /// The generation of the slot when it held the frame, below 2^30.
    #[must_use]
    pub const fn generation(self) -> u32 {
        self.word.get() >> 2
    }

    /// What the slot's word is as long as the frame is held.
    pub(super) const fn word(self) -> u32 {
        self.word.get()
    }
}
