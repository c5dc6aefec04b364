//! Sensors of this desktop.

use std::fmt;
use std::path::Path;

use image::RgbImage;
use image::imageops::{FilterType, resize};
use snakelet_pool::{
    Control, ControlValue, Formats, Frames, Picture, PixelFormat, Sensor, SensorError, SensorInfo,
    Setup, Window,
};

/// A sensor that goes by another number, so that scripts can tell two of a kind apart.
pub(crate) struct Numbered<S> {
    pub(crate) id: u32,
    pub(crate) sensor: S,
}

impl<'m, S: Sensor<'m>> Sensor<'m> for Numbered<S> {
    fn info(&self) -> SensorInfo {
        let mut info = self.sensor.info();
        info.id = self.id;
        info
    }
    fn configure(&mut self, setup: &Setup) -> Result<(), SensorError> {
        self.sensor.configure(setup)
    }
    fn start(&mut self, frames: &'m Frames<'m>) -> Result<(), SensorError> {
        self.sensor.start(frames)
    }
    fn stop(&mut self) {
        self.sensor.stop();
    }
    fn control(&mut self, control: Control<'_>) -> Result<ControlValue, SensorError> {
        self.sensor.control(control)
    }
    fn poll(&mut self) {
        self.sensor.poll();
    }
}

/// Frames for which each picture of a folder is shown.
const FRAMES_A_PICTURE: u32 = 30;
/// Pictures are kept at this size at most.
const MOST: u32 = 2592;

/// The pictures of a folder, one after another, each as large as the frame.
pub(crate) struct Folder {
    pictures: Vec<RgbImage>,
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folder").field("pictures", &self.pictures.len()).finish()
    }
}

impl Folder {
    /// Reads all pictures of a folder, in the order of their names.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let told = |error: &dyn fmt::Display| format!("{}: {error}", folder.display());
        let entries = std::fs::read_dir(folder).map_err(|error| told(&error))?;
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let mut pictures = Vec::new();
        for path in paths.iter().filter(|path| path.is_file()) {
            // a folder may hold other files as well
            let Ok(picture) = image::open(path) else { continue };
            let (width, height) = (picture.width().min(MOST), picture.height().min(MOST));
            let picture = picture.into_rgb8();
            pictures.push(match picture.dimensions() == (width, height) {
                true => picture,
                false => resize(&picture, width, height, FilterType::Triangle),
            });
        }
        match pictures.is_empty() {
            true => Err(told(&"there are no pictures")),
            false => Ok(Folder { pictures }),
        }
    }
}

impl Picture for Folder {
    const FORMATS: Formats = Formats::NONE.with(PixelFormat::Grayscale).with(PixelFormat::Rgb565);

    fn draw(&self, setup: &Setup, number: u32, bytes: &mut [u8]) {
        let index = number / FRAMES_A_PICTURE % self.pictures.len().max(1) as u32;
        let Some(picture) = self.pictures.get(index as usize) else { return };
        let (from_width, from_height) = picture.dimensions();
        let whole = Window { x: 0, y: 0, width: setup.width, height: setup.height };
        let window = setup.cropped.unwrap_or(whole);
        let place = |i: u16, from: u32, to: u16| {
            (u64::from(i) * u64::from(from) / u64::from(to.max(1))) as u32
        };
        let rows = bytes.chunks_exact_mut(setup.row_bytes().max(1));
        for (y, row) in (window.y..window.y.saturating_add(window.height)).zip(rows) {
            let from_y = place(y, from_height, setup.height);
            for i in 0..window.width {
                let x = place(window.x.saturating_add(i), from_width, setup.width);
                let Some(pixel) = picture.get_pixel_checked(x, from_y) else { continue };
                let [r, g, b] = pixel.0;
                let i = usize::from(i);
                if setup.format == PixelFormat::Rgb565 {
                    let pixel =
                        u16::from(r >> 3) << 11 | u16::from(g >> 2) << 5 | u16::from(b >> 3);
                    if let Some(to) = row.get_mut(2 * i..2 * i + 2) {
                        to.copy_from_slice(&pixel.to_le_bytes());
                    }
                } else if let Some(to) = row.get_mut(i) {
                    *to = ((u32::from(r) * 38 + u32::from(g) * 75 + u32::from(b) * 15) >> 7) as u8;
                }
            }
        }
    }
}
