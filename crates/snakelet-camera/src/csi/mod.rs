//! `csi`: sensors, what frames are like, and taking them.

pub(crate) mod callbacks;
mod constants;
mod control;
mod requests;
mod setup;
mod snapshot;

use snakelet_pool::ConfigureError;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{
    Contents, NativeData, NativeFn, NativeModule, NativeType, Param, TypeSlots, VARIADIC,
};
use snakelet_vm::{methods, name};

use crate::Camera;
use crate::args::{bool_or, given, int32_or, raise};
use crate::camera::Source;
use crate::formats::FORMATS;
use crate::image::make;
use crate::text::Text;

/// `csi`.
pub static CSI_MODULE: NativeModule = NativeModule::new(
    name!("csi"),
    &[
        FORMATS,
        Contents {
            functions: methods![NativeFn::full(name!("devices"), 0, 0, devices)],
            constants: constants::CONSTANTS,
        },
        Contents { functions: &[], constants: requests::CONSTANTS },
    ],
);

/// A sensor as scripts have it.
pub(crate) struct Csi {
    source: usize,
}

impl NativeData for Csi {
    const TYPE: &'static NativeType = &CSI;
}

static CSI: NativeType =
    NativeType::of(name!("CSI"), const { &TypeSlots::of::<Csi>().construct(&NEW) })
        .sealed()
        .methods(methods![
            NativeFn::full_method(name!("__repr__"), 1, 1, repr),
            NativeFn::full_method(name!("__read_reg"), 2, 2, control::read_register),
            NativeFn::full_method(name!("__write_reg"), 3, 3, control::write_register),
            NativeFn::full_method(name!("auto_blc"), 1, 3, control::unsupported).keywords(),
            NativeFn::full_method(name!("auto_exposure"), 1, 3, control::auto_exposure).keywords(),
            NativeFn::full_method(name!("auto_gain"), 1, 4, control::auto_gain).keywords(),
            NativeFn::full_method(name!("auto_rotation"), 1, 2, setup::auto_rotation),
            NativeFn::full_method(name!("auto_whitebal"), 1, 3, control::auto_white).keywords(),
            NativeFn::full_method(name!("blc_regs"), 1, 1, control::unsupported),
            NativeFn::full_method(name!("brightness"), 2, 2, control::brightness),
            NativeFn::full_method(name!("cid"), 1, 1, control::cid),
            NativeFn::full_method(name!("color_palette"), 1, 2, |_, _| Ok(Held::NONE)),
            NativeFn::full_method(name!("colorbar"), 2, 2, control::color_bar),
            NativeFn::full_method(name!("contrast"), 2, 2, control::contrast),
            NativeFn::full_method(name!("counters"), 1, 1, snapshot::counters),
            NativeFn::full_method(name!("exposure_us"), 1, 1, control::exposure_us),
            NativeFn::full_method(name!("flush"), 1, 1, snapshot::flush),
            NativeFn::full_method(name!("frame_callback"), 1, 2, callbacks::frame),
            NativeFn::full_method(name!("framebuffers"), 1, 2, setup::frame_buffers),
            NativeFn::full_method(name!("framerate"), 1, 2, setup::frame_rate),
            NativeFn::full_method(name!("framesize"), 1, 2, setup::frame_size),
            NativeFn::full_method(name!("gain_db"), 1, 1, control::gain_db),
            NativeFn::full_method(name!("gainceiling"), 2, 2, control::gain_ceiling),
            NativeFn::full_method(name!("height"), 1, 1, setup::height),
            NativeFn::full_method(name!("hmirror"), 1, 2, setup::mirror),
            NativeFn::full_method(name!("ioctl"), 1, VARIADIC, control::unsupported),
            NativeFn::full_method(name!("lens_correction"), 4, 4, |_, _| Ok(Held::bool(false))),
            NativeFn::full_method(name!("pixformat"), 1, 2, setup::pixel_format),
            NativeFn::full_method(name!("quality"), 2, 2, control::quality),
            NativeFn::full_method(name!("readable"), 1, 1, snapshot::readable),
            NativeFn::full_method(name!("reset"), 1, 2, setup::reset).keywords(),
            NativeFn::full_method(name!("rgb_gain_db"), 1, 1, control::white_gains),
            NativeFn::full_method(name!("saturation"), 2, 2, control::saturation),
            NativeFn::full_method(name!("shutdown"), 2, 2, setup::shutdown),
            NativeFn::full_method(name!("sleep"), 2, 2, setup::sleep),
            NativeFn::full_method(name!("snapshot"), 1, 2, snapshot::snapshot).keywords(),
            NativeFn::full_method(name!("special_effect"), 2, 2, |_, _| Ok(Held::bool(false))),
            NativeFn::full_method(name!("transpose"), 1, 2, setup::transpose),
            NativeFn::full_method(name!("vflip"), 1, 2, setup::flip),
            NativeFn::full_method(name!("vsync_callback"), 1, 2, callbacks::vsync),
            NativeFn::full_method(name!("width"), 1, 1, setup::width),
            NativeFn::full_method(name!("window"), 1, 2, setup::window),
        ]);

static NEW: NativeFn = NativeFn::full(name!("CSI"), 0, 4, construct).keywords();

/// `CSI(*, cid=-1, delays=True, fflush=True, stream=None)`. Unless it is said otherwise, the first sensor is the one
/// that the preview shows.
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 4] = [
        Param::keyword(name!("cid")),
        Param::keyword(name!("delays")),
        Param::keyword(name!("fflush")),
        Param::keyword(name!("stream")),
    ];
    let [cid, _, flush, stream] = args.parse(cx, &PARAMETERS)?;
    let cid = int32_or(cx, cid, -1)?;
    let flush = bool_or(cx, flush, true)?;
    let stream = match given(cx, stream) {
        Some(stream) => Some(cx.truth(stream)?),
        None => None,
    };
    let found = cx.with_state_mut(|camera: &mut Camera| {
        let source = camera.find(u32::try_from(cid).ok())?;
        let (found, _) = camera.source_mut(source)?;
        found.settings.flush = flush;
        let id = found.sensor.info().id;
        let is_first = camera.find(None) == Some(source);
        if stream.unwrap_or(is_first)
            && let Some(preview) = camera.preview_mut()
        {
            preview.viewer.look_at(if is_first { 0 } else { id });
        }
        Some(source)
    });
    let Some(source) = found.flatten() else {
        return Err(cx.raise(&RUNTIME_ERROR, "Sensor is not detected."));
    };
    cx.new_data(&[], Csi { source })
}

/// `devices()`: the ids of all sensors.
fn devices<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let mut ids = [None; crate::MOST_SENSORS];
    cx.with_state_mut(|camera: &mut Camera| {
        ids.iter_mut().zip(camera.ids()).for_each(|(place, id)| *place = Some(id));
    });
    let mut items = [Held::NONE; crate::MOST_SENSORS];
    let mut len = 0;
    for (item, id) in items.iter_mut().zip(ids.into_iter().flatten()) {
        *item = cx.int(id.into())?;
        len += 1;
    }
    cx.list(items.get(..len).unwrap_or(&[]))
}

/// The number of the sensor that an object stands for.
fn source_of<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Result<usize, Raised> {
    cx.with_data(this, |csi: &Csi| csi.source)
}

/// Works on a sensor.
fn with_source<'s, R>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    work: impl FnOnce(&mut Source) -> R,
) -> Result<R, Raised> {
    let source = source_of(cx, this)?;
    let result = cx.with_state_mut(|camera: &mut Camera| {
        camera.source_mut(source).map(|(source, _)| work(source))
    });
    match result.flatten() {
        Some(result) => Ok(result),
        None => Err(cx.raise(&RUNTIME_ERROR, "Sensor is not detected.")),
    }
}

/// Raises an exception if a method looks at a frame of the sensor while it runs code of the script, which then may
/// neither recycle it nor change its shape.
fn check_unused<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Result<(), Raised> {
    if with_source(cx, this, |source| source.uses)? > 0 {
        return Err(cx.raise(&RUNTIME_ERROR, "frame is in use"));
    }
    Ok(())
}

/// Raises what a frame buffer says that was not configured.
#[cold]
fn not_configured(cx: &mut Full<'_>, error: &ConfigureError<'static>) -> Raised {
    let text = match error {
        ConfigureError::NoRoom(error) => return make::no_room(cx, error),
        ConfigureError::Shape(error) => {
            return raise(
                cx,
                &RUNTIME_ERROR,
                format_args!("Frame size is not supported: {error}."),
            );
        }
        ConfigureError::Count { .. } | ConfigureError::StillFilling { .. } => {
            return raise(cx, &RUNTIME_ERROR, format_args!("Sensor control failed: {error}."));
        }
        _ => "Sensor control failed.",
    };
    cx.raise(&RUNTIME_ERROR, text)
}

/// `repr(csi)`
fn repr<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let text = with_source(cx, this, |source| {
        let (buffer, info) = (&source.buffer, source.sensor.info());
        let (size, address) = buffer.lease().map_or((0, 0), |lease| (lease.len(), lease.address()));
        Text::<512>::of(format_args!(
            "CSI {{\n  Name               : {} ({})\n  Framebuffer {{\n    \
             Raw Buffer Size    : {size}\n    Raw Buffer Addr    : 0x{address:x}\n    \
             Vbuffer Size       : {}\n    Vbuffer Count      : {}\n    \
             Used Queue Size    : {}\n    Held               : {}\n  }}\n}}",
            source.name(),
            info.name,
            buffer.stride(),
            buffer.count(),
            buffer.frames().queued(),
            buffer.held(),
        ))
    })?;
    cx.str(text.as_str())
}
