//! What a tool wishes to see.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// What the preview shall be like: the link writes it, and the camera looks at it before each frame.
///
/// It may be a static. Each setting is a word of its own; a camera that sees one of two that were changed makes one
/// frame as nobody has wished.
///
/// ```
/// use snakelet_camera::link::Viewer;
///
/// static VIEWER: Viewer = Viewer::new();
///
/// VIEWER.show(true);
/// VIEWER.raw(true);
/// VIEWER.fit(320, 200);
/// assert!(VIEWER.is_shown() && VIEWER.is_raw());
/// assert_eq!(VIEWER.most(), (320, 200));
/// ```
#[derive(Debug)]
pub struct Viewer {
    shown: AtomicBool,
    raw: AtomicBool,
    width: AtomicU32,
    height: AtomicU32,
    source: AtomicU32,
    quality: AtomicU32,
    /// Frames until the quality rises again.
    rest: AtomicU32,
}

/// Frames for which the quality stays where it was lowered to.
const REST: u32 = 60;

impl Default for Viewer {
    fn default() -> Self {
        Viewer::new()
    }
}

impl Viewer {
    /// Nobody looks; who begins to gets JPEG, and raw frames of at most 512x512.
    #[must_use]
    pub const fn new() -> Self {
        Viewer {
            shown: AtomicBool::new(false),
            raw: AtomicBool::new(false),
            width: AtomicU32::new(512),
            height: AtomicU32::new(512),
            source: AtomicU32::new(0),
            quality: AtomicU32::new(90),
            rest: AtomicU32::new(0),
        }
    }

    /// Sets whether somebody looks.
    pub fn show(&self, shown: bool) {
        self.shown.store(shown, Relaxed);
    }

    /// Whether somebody looks.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.shown.load(Relaxed)
    }

    /// Sets whether frames are shown pixel by pixel, and not as JPEG.
    pub fn raw(&self, raw: bool) {
        self.raw.store(raw, Relaxed);
    }

    /// Whether frames are shown pixel by pixel.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.raw.load(Relaxed)
    }

    /// Sets the most pixels in a row, and the most rows, of raw frames; larger ones are scaled down.
    pub fn fit(&self, width: u32, height: u32) {
        self.width.store(width.max(1), Relaxed);
        self.height.store(height.max(1), Relaxed);
    }

    /// The most pixels in a row, and the most rows, of raw frames.
    #[must_use]
    pub fn most(&self) -> (u32, u32) {
        (self.width.load(Relaxed), self.height.load(Relaxed))
    }

    /// Sets whose frames are shown: those of the sensor with this id; 0: of the first one.
    pub fn look_at(&self, id: u32) {
        self.source.store(id, Relaxed);
    }

    /// The id of the sensor whose frames are shown; 0: the first one.
    #[must_use]
    pub fn source(&self) -> u32 {
        self.source.load(Relaxed)
    }

    /// The quality of the next JPEG frame, from 1 to 100; the camera adapts it to the room there is.
    #[must_use]
    pub fn quality(&self) -> u32 {
        self.quality.load(Relaxed)
    }

    /// Sets the quality of the next JPEG frame.
    pub fn set_quality(&self, quality: u32) {
        self.quality.store(quality.clamp(1, 100), Relaxed);
    }

    /// Notes that a frame of this quality had no room.
    pub(crate) fn lower_quality(&self, quality: u32) {
        self.set_quality(quality / 2);
        self.rest.store(REST, Relaxed);
    }

    /// Notes that a frame had room: the next ones are a little better, up to the most that is of use.
    pub(crate) fn raise_quality(&self, most: u32) {
        match self.rest.load(Relaxed) {
            0 => self.set_quality(self.quality().saturating_add(1).min(most)),
            rest => self.rest.store(rest - 1, Relaxed),
        }
    }
}
