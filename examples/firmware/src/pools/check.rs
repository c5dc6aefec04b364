//! Looks closely at what the camera does: takes frames in several shapes, compares each with the picture
//! that it should show, asks for more than there is, prints where everything lies and what became of the
//! frames, and checks that nothing is in use in the end.

use snakelet_pool::{Attributes, ConfigureError, Count, Pattern, PixelFormat, Request, Shape};

use super::{Camera, Outcome, QQVGA, TIMEOUT_US, Ticks, report};
use crate::semihosting;

const QVGA: Shape = Shape::new(PixelFormat::Rgb565, 320, 240);
const VGA: Shape = Shape::new(PixelFormat::Grayscale, 640, 480);
/// Three such frames are more than the largest pool has.
const LARGE: Shape = Shape::new(PixelFormat::Rgb565, 2048, 1536);

impl Camera {
    /// Does all that; the camera is not set afterwards.
    pub(super) fn check(&mut self) -> Outcome {
        let before = self.buffer.counters().delivered;
        self.shape(&QQVGA, Count::Auto, 3)?;
        self.shape(&QVGA, Count::Auto, 3)?;
        match self.buffer.configure(self.pools, &mut self.sensor, &LARGE, Count::Exactly(3)) {
            Err(ConfigureError::NoRoom(error)) => report::refusal(&error),
            _ => return Err(c"there was room for too much\n"),
        }
        self.shape(&VGA, Count::Exactly(2), 2)?;
        report::map(self.pools);

        self.buffer.unset(&mut self.sensor).map_err(|_| c"the sensor does not stop\n")?;
        let counters = self.buffer.counters();
        report::counters(counters);
        if counters.captured != counters.delivered + counters.dropped
            || counters.delivered != before + 12
        {
            return Err(c"the counters do not add up\n");
        }
        let used = self.pools.stats(None).used;
        semihosting::print_number(c"used in the end: ", used as u32);
        if used == 0 { Ok(()) } else { Err(c"memory is still in use\n") }
    }

    /// Sets a shape, takes four frames, and compares each with the picture of its number.
    fn shape(&mut self, shape: &Shape, count: Count, expected: u16) -> Outcome {
        if self.configure(shape, count) != expected {
            return Err(c"another number of frames\n");
        }
        let bytes = self.buffer.setup().map_or(0, |setup| setup.frame_bytes());
        let request = Request::new(bytes).want(Attributes::FAST).owner("expected picture");
        let mut expected = self.pools.place(&request).map_err(|_| c"no room for a picture\n")?;
        for _ in 0..4 {
            let frame = self
                .buffer
                .wait(&mut self.sensor, &Ticks, TIMEOUT_US)
                .map_err(|_| c"no frame came\n")?;
            let view = self.buffer.view(frame).ok_or(c"the frame is gone\n")?;
            Pattern::Checkers.draw(view.setup(), view.info().sequence, expected.as_mut_slice());
            // the expected picture ends before the lease, which has whole lines
            let mut pixels = view.captured().iter().zip(expected.as_cells());
            if view.captured().len() != bytes || pixels.any(|(pixel, other)| pixel != other) {
                return Err(c"a frame shows another picture\n");
            }
            self.buffer.release(frame);
        }
        Ok(())
    }
}
