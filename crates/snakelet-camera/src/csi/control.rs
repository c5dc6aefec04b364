//! What a sensor is told beside the shape of its frames.

use snakelet_pool::{Control, ControlValue, SensorError};
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::with_source;
use crate::args::{bool_or, float_or, given, int32, int32_or};
use crate::text::Text;

/// Raises `RuntimeError` for what this sensor does not have.
pub(super) fn unsupported<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    Err(cx.raise(&RUNTIME_ERROR, "Sensor control is not supported."))
}

/// Tells the sensor something.
fn tell<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    control: Control<'_>,
) -> Result<Result<ControlValue, SensorError>, Raised> {
    with_source(cx, this, |source| source.sensor.control(control))
}

/// The same, of what is an error if the sensor does not have it.
pub(super) fn ask<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    control: Control<'_>,
) -> Result<ControlValue, Raised> {
    match tell(cx, this, control)? {
        Ok(value) => Ok(value),
        Err(SensorError::Unsupported) => {
            Err(cx.raise(&RUNTIME_ERROR, "Sensor control is not supported."))
        }
        Err(_) => Err(cx.raise(&RUNTIME_ERROR, "Sensor control failed.")),
    }
}

/// The same, of what is answered by whether it was done.
fn is_done<'s>(cx: &mut Full<'s>, this: Held<'s>, control: Control<'_>) -> Given<'s> {
    Ok(Held::bool(tell(cx, this, control)?.is_ok()))
}

pub(super) fn brightness<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let level = int32(cx, args.or_none(1))?;
    is_done(cx, args.or_none(0), Control::Brightness(level))
}

pub(super) fn contrast<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let level = int32(cx, args.or_none(1))?;
    is_done(cx, args.or_none(0), Control::Contrast(level))
}

pub(super) fn saturation<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let level = int32(cx, args.or_none(1))?;
    is_done(cx, args.or_none(0), Control::Saturation(level))
}

pub(super) fn gain_ceiling<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let gain = int32(cx, args.or_none(1))?.clamp(2, 128) as u16;
    is_done(cx, args.or_none(0), Control::GainCeiling(gain))
}

pub(super) fn quality<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let quality = int32(cx, args.or_none(1))?.clamp(0, 100) as u8;
    is_done(cx, args.or_none(0), Control::Quality(quality))
}

pub(super) fn color_bar<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let on = cx.truth(args.or_none(1))?;
    is_done(cx, args.or_none(0), Control::ColorBar(on))
}

/// Tells the sensor something automatic, and says so on the console where it does not have it.
fn automatic<'s>(cx: &mut Full<'s>, this: Held<'s>, what: &str, control: Control<'_>) -> Given<'s> {
    match tell(cx, this, control)? {
        Ok(_) => Ok(Held::NONE),
        Err(SensorError::Unsupported) => {
            let text = Text::<128>::of(format_args!(
                "\x1b[31mWARNING: {what} control is not supported by this image sensor.\x1b[0m\n"
            ));
            cx.write(text.as_str())?;
            Ok(Held::NONE)
        }
        Err(_) => Err(cx.raise(&RUNTIME_ERROR, "Sensor control failed.")),
    }
}

/// `auto_gain(enable, *, gain_db=nan, gain_db_ceiling=nan)`
pub(super) fn auto_gain<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 3] = [
        Param::required(name!("enable")),
        Param::keyword(name!("gain_db")),
        Param::keyword(name!("gain_db_ceiling")),
    ];
    let [enable, gain, ceiling] = args.skip(1).parse(cx, &PARAMETERS)?;
    let enable = bool_or(cx, enable, true)?;
    let finite = |value: f32| value.is_finite().then_some(value);
    let gain_db = finite(float_or(cx, gain, f32::NAN)?);
    let ceiling_db = finite(float_or(cx, ceiling, f32::NAN)?);
    automatic(cx, args.or_none(0), "Auto Gain", Control::AutoGain { enable, gain_db, ceiling_db })
}

/// `auto_exposure(enable, *, exposure_us=-1)`
pub(super) fn auto_exposure<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 2] =
        [Param::required(name!("enable")), Param::keyword(name!("exposure_us"))];
    let [enable, exposure] = args.skip(1).parse(cx, &PARAMETERS)?;
    let enable = bool_or(cx, enable, true)?;
    let exposure_us = u32::try_from(int32_or(cx, exposure, -1)?).ok();
    let control = Control::AutoExposure { enable, exposure_us };
    automatic(cx, args.or_none(0), "Auto Exposure", control)
}

/// `auto_whitebal(enable, *, rgb_gain_db=None)`
pub(super) fn auto_white<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 2] =
        [Param::required(name!("enable")), Param::keyword(name!("rgb_gain_db"))];
    let [enable, gains] = args.skip(1).parse(cx, &PARAMETERS)?;
    let enable = bool_or(cx, enable, true)?;
    let gains_db = match given(cx, gains) {
        None => None,
        Some(gains) => {
            let mut found = [0.0; 3];
            for (i, gain) in found.iter_mut().enumerate() {
                let item = cx.item_at(gains, i)?;
                *gain = cx.float_of(item)? as f32;
            }
            Some(found)
        }
    };
    let control = Control::AutoWhiteBalance { enable, gains_db };
    automatic(cx, args.or_none(0), "Auto White Balance", control)
}

/// What the sensor answers, as an object.
fn answer<'s>(cx: &mut Full<'s>, this: Held<'s>, control: Control<'_>) -> Given<'s> {
    match ask(cx, this, control)? {
        ControlValue::Int(value) => cx.int(value.into()),
        ControlValue::Float(value) => cx.float(value.into()),
        ControlValue::Floats(values) => {
            let mut items = [Held::NONE; 3];
            for (item, value) in items.iter_mut().zip(values) {
                *item = cx.float(value.into())?;
            }
            cx.tuple(&items)
        }
        _ => Ok(Held::NONE),
    }
}

pub(super) fn gain_db<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    answer(cx, args.or_none(0), Control::GainDb)
}

pub(super) fn exposure_us<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    answer(cx, args.or_none(0), Control::ExposureUs)
}

pub(super) fn white_gains<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    answer(cx, args.or_none(0), Control::WhiteBalanceGainsDb)
}

pub(super) fn read_register<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let register = int32(cx, args.or_none(1))? as u16;
    answer(cx, args.or_none(0), Control::ReadRegister(register))
}

pub(super) fn write_register<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (register, value) = (int32(cx, args.or_none(1))?, int32(cx, args.or_none(2))?);
    answer(cx, args.or_none(0), Control::WriteRegister(register as u16, value as u16))
}

/// The number that tells the chip.
pub(super) fn cid<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let id = with_source(cx, args.or_none(0), |source| source.sensor.info().id)?;
    cx.int(id.into())
}
