//! Small pictures for a viewer, which looks at them in a thread of its own.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use snakelet_pool::{Setup, StreamData, StreamHeader, StreamReader, StreamWriter};

use crate::failure::{Result, ensure, failed};

/// How long the viewer rests between two pictures.
const REST: Duration = Duration::from_millis(10);

/// The camera's side.
pub(crate) struct Preview<'a> {
    writer: StreamWriter<'a>,
    /// A checksum of the picture that waits, so that the viewer can tell whether it got that one
    /// whole.
    sum: &'a AtomicU32,
    written: u32,
}

impl<'a> Preview<'a> {
    pub(crate) fn new(writer: StreamWriter<'a>, sum: &'a AtomicU32) -> Self {
        Preview { writer, sum, written: 0 }
    }

    /// Pictures that were handed over.
    pub(crate) fn written(&self) -> u32 {
        self.written
    }

    /// Hands over each n-th pixel of each n-th row, as many as there is room for, if the viewer has
    /// taken the last picture.
    pub(crate) fn show(&mut self, frame: &[u8], setup: &Setup, fps: u16) -> Result<()> {
        let capacity = self.writer.capacity();
        let Some(mut filling) = self.writer.begin() else { return Ok(()) };
        let (width, height) = (usize::from(setup.frame_width), usize::from(setup.frame_height));
        let pixel = setup.row_bytes() / width.max(1);
        let size = |step: usize| (width.div_ceil(step), height.div_ceil(step));
        let fits = |step: &usize| size(*step).0 * size(*step).1 * pixel <= capacity;
        let step = (1..=width).find(fits).ok_or_else(|| failed("no room for a preview"))?;
        let pixels = frame
            .chunks_exact(setup.row_bytes())
            .step_by(step)
            .flat_map(|row| row.chunks_exact(pixel).step_by(step));
        for (to, from) in filling.bytes().chunks_exact_mut(pixel).zip(pixels) {
            to.copy_from_slice(from);
        }
        let ((width, height), bytes_per_pixel) = (size(step), pixel as u32);
        let data = filling.bytes().get(..width * height * pixel).unwrap_or_default();
        self.sum.store(checksum(data), Ordering::Release);
        let header = StreamHeader {
            width: width as u32,
            height: height as u32,
            format: setup.format.code(),
            data: StreamData::Raw { bytes_per_pixel },
            fps: fps.into(),
        };
        filling.complete(header).map_err(failed)?;
        self.written += 1;
        Ok(())
    }
}

/// What the viewer saw.
#[derive(Default)]
pub(crate) struct Viewed {
    pub(crate) pictures: u32,
    /// Columns and rows of the last picture.
    pub(crate) size: (u32, u32),
}

/// Looks at pictures until `done` is set and none waits.
pub(crate) fn view(
    mut reader: StreamReader<'_>,
    sum: &AtomicU32,
    done: &AtomicBool,
) -> Result<Viewed> {
    let mut viewed = Viewed::default();
    loop {
        // asked first, so that a picture that was written before it was set is not missed
        let last = done.load(Ordering::Acquire);
        match reader.begin() {
            Some(reading) => {
                let header = reading.header();
                let whole = header.data_bytes() == Some(reading.data().len() as u64)
                    && reading.bytes().starts_with(&header.to_bytes())
                    && checksum(reading.data()) == sum.load(Ordering::Acquire);
                ensure(whole, || "a preview arrives as it was written".to_string())?;
                viewed.pictures += 1;
                viewed.size = (header.width, header.height);
            }
            None if last => return Ok(viewed),
            None => {}
        }
        if !last {
            thread::sleep(REST);
        }
    }
}

/// FNV-1a.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
