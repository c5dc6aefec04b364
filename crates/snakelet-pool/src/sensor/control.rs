//! What can be set on a sensor or asked of it.

/// Sets or asks for something. What is `None` is left as it is.
///
/// The answer of those that set is [`ControlValue::None`].
///
/// ```
/// use snakelet_pool::{Control, ControlValue, Pattern, Sensor, SensorError, SoftSensor};
///
/// let mut sensor = SoftSensor::new(Pattern::Checkers);
/// assert_eq!(sensor.control(Control::ColorBar(true)), Ok(ControlValue::None));
/// assert_eq!(sensor.control(Control::ReadRegister(1)), Err(SensorError::Unsupported));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Control<'a> {
    /// Puts the sensor into the state after power-up, by its reset pin if `hard`.
    Reset {
        /// Whether to use the reset pin rather than a command.
        hard: bool,
    },
    /// Saves power, or wakes up.
    Sleep(bool),
    /// Turns the power off or on.
    Shutdown(bool),
    /// Frames a second, at most.
    FrameRate(u16),
    /// Mirrors left and right.
    HorizontalMirror(bool),
    /// Mirrors top and bottom.
    VerticalFlip(bool),
    /// Exchanges rows and columns.
    Transpose(bool),
    /// Contrast, around 0.
    Contrast(i32),
    /// Brightness, around 0.
    Brightness(i32),
    /// Saturation, around 0.
    Saturation(i32),
    /// The most that gain may amplify: 2 to 128.
    GainCeiling(u16),
    /// Quality of compression, 0 to 100.
    Quality(u8),
    /// Shows colour bars instead of the picture.
    ColorBar(bool),
    /// Automatic gain, or a fixed one.
    AutoGain {
        /// Whether the sensor chooses.
        enable: bool,
        /// The fixed gain in decibels.
        gain_db: Option<f32>,
        /// The most that the sensor may choose, in decibels.
        ceiling_db: Option<f32>,
    },
    /// The gain now, in decibels.
    GainDb,
    /// Automatic exposure, or a fixed time.
    AutoExposure {
        /// Whether the sensor chooses.
        enable: bool,
        /// The fixed time in microseconds.
        exposure_us: Option<u32>,
    },
    /// The exposure time now, in microseconds.
    ExposureUs,
    /// Automatic white balance, or fixed gains.
    AutoWhiteBalance {
        /// Whether the sensor chooses.
        enable: bool,
        /// The fixed gains of red, green and blue in decibels.
        gains_db: Option<[f32; 3]>,
    },
    /// The gains of red, green and blue now, in decibels.
    WhiteBalanceGainsDb,
    /// Reads a register of the sensor.
    ReadRegister(u16),
    /// Writes a register of the sensor.
    WriteRegister(u16, u16),
    /// Something that only this kind of sensor has.
    Other {
        /// What, by a number that the driver defines.
        request: u32,
        /// With what.
        arguments: &'a [i32],
    },
}

/// The answer to a [`Control`].
///
/// ```
/// use snakelet_pool::ControlValue;
///
/// /// The exposure time that a sensor has answered with.
/// fn exposure_us(answer: ControlValue) -> Option<i32> {
///     match answer {
///         ControlValue::Int(us) => Some(us),
///         _ => None,
///     }
/// }
///
/// assert_eq!(exposure_us(ControlValue::Int(16_000)), Some(16_000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ControlValue {
    /// It was set.
    None,
    /// A whole number.
    Int(i32),
    /// A number.
    Float(f32),
    /// Three numbers.
    Floats([f32; 3]),
}
