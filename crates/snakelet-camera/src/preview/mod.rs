//! The preview: what a viewer sees of the frames.
//!
//! The frame of a snapshot goes into the stream buffer when the next one is taken, with everything that a script
//! has drawn on it; `flush()` of an image does it at once. Nothing is done while nobody looks, or while the viewer
//! has not taken the last frame: so the work is done at the viewer's rate, and none is done in vain.
//!
//! Raw frames keep their format, and are scaled down to the size that the viewer wishes. As JPEG they keep their
//! size, at a quality for which there is room. What has no raw form that viewers know is not shown.

mod scale;

use core::cell::Cell;

use snakelet_pool::stream::StreamFilling;
use snakelet_pool::{PixelFormat, StreamData, StreamHeader, StreamWriter};
use snakelet_vm::Raised;
use snakelet_vm::native::Seen;
use snakelet_vm::native::full::{Full, Held};
use snakelet_vm::native::leaf::{Leaf, Leave};

use crate::Camera;
use crate::image::jpeg::{Encoder, SUBSAMPLING_AUTO};
use crate::image::make;
use crate::image::pix::Pix;
use crate::link::Viewer;

/// Where frames go to.
#[derive(Debug)]
pub(crate) struct Preview {
    pub(crate) writer: StreamWriter<'static>,
    pub(crate) viewer: &'static Viewer,
    /// When the last frame was taken, and the time between two of them.
    last_us: u64,
    between_us: u64,
}

/// A picture to be shown.
#[derive(Clone, Copy)]
struct Picture<'h> {
    format: PixelFormat,
    width: u16,
    height: u16,
    cells: &'h [Cell<u8>],
}

impl Preview {
    pub(crate) fn new(mut writer: StreamWriter<'static>, viewer: &'static Viewer) -> Self {
        // a viewer gets no frame of the script before
        writer.withdraw();
        Preview { writer, viewer, last_us: 0, between_us: 0 }
    }

    /// Takes note of a frame.
    fn tick(&mut self, now_us: u64) {
        let between = now_us.saturating_sub(self.last_us);
        // a mean of about eight frames
        self.between_us = match (self.last_us, self.between_us) {
            (0, _) => 0,
            (_, 0) => between,
            (_, mean) => mean - mean / 8 + between / 8,
        };
        self.last_us = now_us;
    }

    fn fps(&self) -> f32 {
        if self.between_us == 0 { 0.0 } else { 1e6 / self.between_us as f32 }
    }

    /// Begins a frame, if somebody looks and has taken the last one.
    fn begin(&mut self) -> Option<(StreamFilling<'static>, &'static Viewer, f32)> {
        if !self.viewer.is_shown() {
            return None;
        }
        Some((self.writer.begin()?, self.viewer, self.fps()))
    }
}

/// Shows the frame that a script has of a sensor, before it is given back.
pub(crate) fn show_frame(cx: &mut Full<'_>, source: usize) -> Result<(), Raised> {
    let watched = |camera: &mut Camera| {
        let viewer = camera.preview_mut()?.viewer;
        let wished = viewer.source();
        let found = if wished == 0 { camera.find(None) } else { camera.find(Some(wished)) };
        let has_frame = camera.source(source)?.current.is_some();
        (found == Some(source) && has_frame && viewer.is_shown()).then_some(())
    };
    if cx.with_state_mut(watched).flatten().is_none() {
        return Ok(());
    }
    let now = cx.ticks_us();
    let begun = cx.with_state_mut(|camera: &mut Camera| {
        let preview = camera.preview_mut()?;
        preview.tick(now);
        preview.begin()
    });
    let Some(Some((mut filling, viewer, fps))) = begun else { return Ok(()) };
    let mut form = Form::wished(cx, viewer);
    let header = cx.look(|cx| match frame_of(*cx, source) {
        Some(picture) => fill(*cx, &mut filling, viewer, &mut form, picture),
        None => Ok(None),
    })?;
    finish(filling, header, fps);
    Ok(())
}

/// The frame that a script has of a sensor.
fn frame_of(cx: Leaf<'_>, source: usize) -> Option<Picture<'_>> {
    let source = Seen::new(cx).state::<Camera>()?.source(source)?;
    let frame = source.current?;
    let (view, info) = (source.buffer.view(frame)?, source.buffer.info(frame)?);
    let setup = view.setup();
    let cells = match setup.format {
        PixelFormat::Jpeg => view.captured(),
        _ => view.cells(),
    };
    let (format, width, height) = (setup.format, setup.frame_width, setup.frame_height);
    (!info.overflow).then_some(Picture { format, width, height, cells })
}

/// Shows an image at once.
pub(crate) fn show_image<'s>(cx: &mut Full<'s>, image: Held<'s>) -> Result<(), Raised> {
    let (width, height, format, _) = make::live_shape(cx, image)?;
    let begun =
        cx.with_state_mut(|camera: &mut Camera| camera.preview_mut().and_then(Preview::begin));
    let Some(Some((mut filling, viewer, fps))) = begun else { return Ok(()) };
    let mut form = Form::wished(cx, viewer);
    let header = cx.look(|cx| {
        let cells = make::bytes(*cx, make::image(*cx, cx.get(image))?)?;
        fill(*cx, &mut filling, viewer, &mut form, Picture { format, width, height, cells })
    })?;
    finish(filling, header, fps);
    Ok(())
}

fn finish(filling: StreamFilling<'static>, header: Option<StreamHeader>, fps: f32) {
    if let Some(header) = header {
        // what has no room is dropped
        let _ = filling.complete(StreamHeader { fps, ..header });
    }
}

/// How pictures are shown that are not compressed already.
enum Form {
    Raw,
    /// None if there was no room for the tables.
    Jpeg(Option<Encoder>),
}

impl Form {
    /// What the viewer wishes. Memory to work with is taken here, before the pixels are looked at.
    fn wished(cx: &mut Full<'_>, viewer: &Viewer) -> Self {
        if viewer.is_raw() { Form::Raw } else { Form::Jpeg(Encoder::spare(cx)) }
    }
}

/// Writes a picture as the viewer wishes it; none if it cannot be shown like that.
fn fill<'h>(
    cx: Leaf<'h>,
    filling: &mut StreamFilling<'static>,
    viewer: &Viewer,
    form: &mut Form,
    picture: Picture<'h>,
) -> Result<Option<StreamHeader>, Leave> {
    let Picture { format, width, height, cells } = picture;
    let out = filling.bytes();
    let compressed = |bytes: usize| StreamHeader {
        width: width.into(),
        height: height.into(),
        format: PixelFormat::Jpeg.code(),
        data: StreamData::Compressed { bytes: bytes as u32 },
        fps: 0.0,
    };
    if format == PixelFormat::Jpeg {
        let Some(out) = out.get_mut(..cells.len()) else { return Ok(None) };
        for (out, cells) in out.chunks_mut(1024).zip(cells.chunks(1024)) {
            out.iter_mut().zip(cells).for_each(|(to, from)| *to = from.get());
            cx.spend(cells.len() / 8)?;
        }
        return Ok(Some(compressed(cells.len())));
    }
    let (shown, bytes_per_pixel) = match format {
        PixelFormat::Rgb565 => (format, 2),
        PixelFormat::Grayscale | PixelFormat::Binary => (PixelFormat::Grayscale, 1),
        _ => return Ok(None),
    };
    let from = Pix::new(format, width, height, cells);
    if let Form::Jpeg(encoder) = form {
        let Some(encoder) = encoder else { return Ok(None) };
        let most = if cells.len() > LARGE { QUALITY_LARGE } else { QUALITY };
        let len = compress(cx, viewer, encoder, &from, most, out)?;
        return Ok(len.map(compressed));
    }
    let (most_width, most_height) = viewer.most();
    let room = out.len() / bytes_per_pixel as usize;
    let Some((w, h)) = scale::size((width, height), (most_width, most_height), room) else {
        return Ok(None);
    };
    for (y, row) in (0..h).zip(out.chunks_exact_mut(usize::from(w) * bytes_per_pixel as usize)) {
        scale::row(&from, (w, h), y, row);
        cx.spend(usize::from(w))?;
    }
    let data = StreamData::Raw { bytes_per_pixel };
    let (width, height) = (w.into(), h.into());
    Ok(Some(StreamHeader { width, height, format: shown.code(), data, fps: 0.0 }))
}

/// The best quality of frames of so many bytes, and of larger ones.
const LARGE: usize = 320 * 240 * 2;
const QUALITY: u32 = 90;
const QUALITY_LARGE: u32 = 50;

/// Compresses a picture at the viewer's quality, or at the best one below it that halving gives and for which there
/// is room. The quality of the next one follows from that.
fn compress(
    cx: Leaf<'_>,
    viewer: &Viewer,
    encoder: &mut Encoder,
    from: &Pix<'_>,
    most: u32,
    out: &mut [u8],
) -> Result<Option<usize>, Leave> {
    loop {
        let quality = viewer.quality().min(most);
        let len = encoder.encode(cx, from, quality, SUBSAMPLING_AUTO, out)?;
        if len.is_some() {
            viewer.raise_quality(most);
            return Ok(len);
        }
        viewer.lower_quality(quality);
        if quality == 1 {
            return Ok(None);
        }
    }
}
