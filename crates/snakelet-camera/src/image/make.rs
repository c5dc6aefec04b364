//! Images and where their pixels lie.

use core::cell::Cell;

use snakelet_pool::{Attributes, Flags, FrameRef, Frames, Lease, NoRoom, PixelFormat, Request};
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{MEMORY_ERROR, TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::native::full::{Full, Given, Held};
use snakelet_vm::native::leaf::{Leaf, Leave, Obj};
use snakelet_vm::native::{Data, NativeData, NativeType, Seen};

use super::pix::Pix;
use crate::Camera;
use crate::args::raise;
use crate::text::Text;

/// An image: figures, and where its pixels are. Value 0 of the object is the `bytearray` with the pixels, if
/// they lie in the heap.
pub(crate) struct Image {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) format: PixelFormat,
    /// Bytes of the picture.
    pub(crate) bytes: u32,
    pub(crate) pixels: Pixels,
}

/// Where pixels lie.
pub(crate) enum Pixels {
    /// Nowhere: the image was closed.
    Closed,
    /// In the object's value.
    Array,
    /// In a slot of a sensor's frame buffer, as long as the frame is current.
    Frame { source: u8, frame: FrameRef, frames: &'static Frames<'static> },
    /// In a block of a pool.
    Block(Lease<'static>),
}

impl NativeData for Image {
    const TYPE: &'static NativeType = &super::IMAGE;
    const EXCLUSIVE: bool = true;
}

impl Drop for Image {
    fn drop(&mut self) {
        // nothing refers to the image any more: its slot is free again when the camera is looked at
        if let Pixels::Frame { frame, frames, .. } = self.pixels {
            frames.disown(frame);
        }
    }
}

/// Where the pixels of a new image go.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// Few to the heap, many to a pool.
    Auto,
    /// To the heap.
    Heap,
    /// To a pool with this attribute, if there is one.
    Wish(Attributes),
    /// To the pool of this number.
    Pool(usize),
}

/// The bytes of an image; none if they are gone.
pub(crate) fn find<'h>(seen: Seen<'h>, image: Data<'h, Image>) -> Option<&'h [Cell<u8>]> {
    let data = image.data();
    let cells = match &data.pixels {
        Pixels::Closed => return None,
        Pixels::Array => seen.array(image.value(0))?,
        Pixels::Block(lease) => lease.as_cells(),
        Pixels::Frame { source, frame, .. } => {
            let source = seen.state::<Camera>()?.source(usize::from(*source))?;
            source.buffer.view(*frame)?.cells()
        }
    };
    cells.get(..data.bytes as usize)
}

/// The same, or an exception.
pub(crate) fn bytes<'h>(cx: Leaf<'h>, image: Data<'h, Image>) -> Result<&'h [Cell<u8>], Leave> {
    find(Seen::new(cx), image).ok_or_else(|| {
        let text = match image.pixels {
            Pixels::Closed => "image is closed",
            Pixels::Frame { .. } => {
                "frame was recycled (snapshot took the next one); use copy() or hold()"
            }
            _ => "image's buffer is too small",
        };
        cx.raise(&VALUE_ERROR, text)
    })
}

/// The image that an object is.
pub(crate) fn image<'h>(cx: Leaf<'h>, object: Obj<'h>) -> Result<Data<'h, Image>, Leave> {
    let error = || cx.raise_about(&TYPE_ERROR, "expected an image, not %t", [object, Obj::NONE]);
    Data::of(object).ok_or_else(error)
}

/// Its pixels, if they are of a format that is worked on.
pub(crate) fn pix<'h>(cx: Leaf<'h>, object: Obj<'h>) -> Result<Pix<'h>, Leave> {
    let image = image(cx, object)?;
    let cells = bytes(cx, image)?;
    match image.format {
        PixelFormat::Binary | PixelFormat::Grayscale | PixelFormat::Rgb565 => {
            Ok(Pix::new(image.format, image.width, image.height, cells))
        }
        _ => Err(cx.raise(&VALUE_ERROR, "operation not supported on this image format")),
    }
}

/// Bytes that an image has.
pub(crate) fn size_of(
    cx: &mut Full<'_>,
    width: i32,
    height: i32,
    format: PixelFormat,
) -> Result<(u16, u16, u32), Raised> {
    let side = |side: i32| u16::try_from(side).ok().filter(|side| (1..=0x7FFF).contains(side));
    if let (Some(w), Some(h)) = (side(width), side(height))
        && let Ok(bytes) = u32::try_from(format.frame_bytes(w, h))
    {
        return Ok((w, h, bytes));
    }
    Err(raise(cx, &VALUE_ERROR, format_args!("an image cannot have {width}x{height} pixels")))
}

/// Makes an image of black pixels.
pub(crate) fn new<'s>(
    cx: &mut Full<'s>,
    width: i32,
    height: i32,
    format: PixelFormat,
    place: Place,
) -> Given<'s> {
    let (width, height, bytes) = size_of(cx, width, height, format)?;
    sized(cx, (width, height, format), bytes, place)
}

/// The same with a number of bytes that the format does not tell.
pub(crate) fn sized<'s>(
    cx: &mut Full<'s>,
    (width, height, format): (u16, u16, PixelFormat),
    bytes: u32,
    place: Place,
) -> Given<'s> {
    let small = cx.with_state_mut(|camera: &mut Camera| {
        if camera.pools().iter().next().is_some() { camera.small() } else { usize::MAX }
    });
    let image = |pixels| Image { width, height, format, bytes, pixels };
    let in_heap = match (place, small) {
        // without a camera there is the heap alone
        (Place::Heap, _) | (_, None) => true,
        (Place::Auto, Some(small)) => bytes as usize <= small,
        _ => false,
    };
    if in_heap {
        let array = cx.make(|cx| cx.bytearray(bytes as usize))?;
        return cx.new_data(&[array], image(Pixels::Array));
    }
    // the object comes first, so that nothing is lost when there is no room for it
    let object = cx.new_data(&[Held::NONE], image(Pixels::Closed))?;
    let mut lease = place_block(cx, bytes as usize, place)?;
    for piece in lease.as_mut_slice().chunks_mut(1 << 15) {
        piece.fill(0);
        // a lease that is dropped on the way gives the block back
        cx.charge(1 << 8)?;
    }
    cx.with_data_mut(object, |image: &mut Image| image.pixels = Pixels::Block(lease))?;
    Ok(object)
}

/// Places a block; where there is no room, dead images are collected first.
pub(crate) fn place_block(
    cx: &mut Full<'_>,
    bytes: usize,
    place: Place,
) -> Result<Lease<'static>, Raised> {
    // bulk memory, and then whatever has room: a preference must not make what fits fail
    let request = match place {
        Place::Wish(wish) => Request::new(bytes).want(wish),
        _ => Request::new(bytes).flags(Flags::ENOUGH),
    };
    let request = request.align(32).owner("image");
    for attempt in 0..2 {
        let placed = cx.with_state_mut(|camera: &mut Camera| {
            camera.reclaim();
            match place {
                Place::Pool(i) => match camera.pools().iter().nth(i) {
                    Some((id, _)) => camera.pools().reserve(id, &request),
                    None => camera.place(&request),
                },
                _ => camera.place(&request),
            }
        });
        match placed {
            Some(Ok(lease)) => return Ok(lease),
            Some(Err(_)) if attempt == 0 => cx.collect()?,
            Some(Err(error)) => return Err(no_room(cx, &error)),
            None => break,
        }
    }
    Err(cx.raise_no_args(&MEMORY_ERROR))
}

/// Lets an image have the pixels of another one, which is left closed: it keeps its identity and changes its
/// shape. Its own memory is given back.
pub(crate) fn adopt<'s>(cx: &mut Full<'s>, this: Held<'s>, new: Held<'s>) -> Result<(), Raised> {
    if cx.look(|cx| Ok(cx.get(this).is(cx.get(new))))? {
        return Ok(());
    }
    let (width, height, format, bytes) = shape(cx, new)?;
    close(cx, this)?;
    let pixels = cx.with_data_mut(new, |image: &mut Image| {
        core::mem::replace(&mut image.pixels, Pixels::Closed)
    })?;
    cx.with_data_mut(this, |image: &mut Image| {
        (image.width, image.height, image.format, image.bytes) = (width, height, format, bytes);
        image.pixels = pixels;
    })?;
    cx.look(|cx| {
        let (this, new) = (image(*cx, cx.get(this))?, image(*cx, cx.get(new))?);
        this.set_value(0, new.value(0));
        Ok(())
    })
}

/// Raises `MemoryError` with the figures of the pool that came nearest.
#[cold]
pub(crate) fn no_room(cx: &mut Full<'_>, error: &NoRoom<'_>) -> Raised {
    cx.raise(&MEMORY_ERROR, Text::<192>::of(format_args!("{error}")).as_str())
}

/// What an image is: width, height, format and bytes. Its pixels need not be there.
pub(crate) fn shape<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
) -> Result<(u16, u16, PixelFormat, u32), Raised> {
    cx.look(|cx| {
        let image = image(*cx, cx.get(object))?;
        Ok((image.width, image.height, image.format, image.bytes))
    })
}

/// The same of an image whose pixels are there.
pub(crate) fn live_shape<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
) -> Result<(u16, u16, PixelFormat, u32), Raised> {
    cx.look(|cx| bytes(*cx, image(*cx, cx.get(object))?).map(drop))?;
    shape(cx, object)
}

/// Gives the memory of an image back; nothing if that was done.
pub(crate) fn close<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<(), Raised> {
    let pixels = cx.with_data_mut(object, |image: &mut Image| {
        core::mem::replace(&mut image.pixels, Pixels::Closed)
    })?;
    if let Pixels::Frame { source, frame, .. } = pixels {
        cx.with_state_mut(|camera: &mut Camera| {
            if let Some((source, _)) = camera.source_mut(usize::from(source)) {
                source.give_back(frame);
            }
        });
    }
    // an array is left to the collector, a block is given back here
    Ok(())
}
