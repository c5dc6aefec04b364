//! Which frame the consumer gets, and what happens when every slot is taken.

/// What a queue of frames does when a frame begins and no slot is free.
///
/// ```
/// use snakelet_pool::frames::{Full, Mode};
///
/// let every_frame = Mode::Fifo { full: Full::Stop };
/// assert_ne!(every_frame, Mode::Fifo { full: Full::Flush });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Drops all frames that wait, so that the next ones are recent. A frame that the consumer
    /// holds stays.
    Flush,
    /// Takes no frame until the consumer has made room.
    Stop,
}

/// The order in which the consumer gets the frames.
///
/// ```
/// use snakelet_pool::frames::{Full, Mode};
///
/// assert_eq!(Mode::for_count(3, Full::Flush), Mode::Newest);
/// assert_eq!(Mode::for_count(4, Full::Flush), Mode::Fifo { full: Full::Flush });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The consumer gets the newest complete frame, and older ones are dropped. When no slot is
    /// free, the oldest frame that waits is overwritten.
    Newest,
    /// The consumer gets each frame in the order of completion.
    Fifo {
        /// What happens when no slot is free.
        full: Full,
    },
}

impl Mode {
    /// The usual mode for a number of slots: the newest frame up to three, a queue from four on.
    #[must_use]
    pub const fn for_count(count: usize, full: Full) -> Self {
        if count < 4 { Self::Newest } else { Self::Fifo { full } }
    }

    /// The mode as a number, for an atomic word.
    pub(super) const fn to_bits(self) -> u32 {
        match self {
            Self::Newest => 0,
            Self::Fifo { full: Full::Flush } => 1,
            Self::Fifo { full: Full::Stop } => 2,
        }
    }

    /// The mode that [`Mode::to_bits`] made a number of.
    pub(super) const fn from_bits(bits: u32) -> Self {
        match bits {
            0 => Self::Newest,
            1 => Self::Fifo { full: Full::Flush },
            _ => Self::Fifo { full: Full::Stop },
        }
    }
}
