//! Names of requests to certain sensors, and of what goes with them.
//!
//! None of the sensors here knows them: `ioctl` raises an exception. Scripts that ask whether it does need the names.
//! The numbers are our own, in the order of OpenMV's documentation.

use snakelet_vm::name;
use snakelet_vm::native::{Constant, Name};

macro_rules! numbered {
    ($($name:literal = $number:literal),* $(,)?) => {
        &[$((name!($name), Constant::Int($number))),*]
    };
}

pub(super) static CONSTANTS: &[(Name, Constant)] = numbered! {
    "IOCTL_SET_READOUT_WINDOW" = 1,
    "IOCTL_GET_READOUT_WINDOW" = 2,
    "IOCTL_SET_TRIGGERED_MODE" = 3,
    "IOCTL_GET_TRIGGERED_MODE" = 4,
    "IOCTL_SET_FOV_WIDE" = 5,
    "IOCTL_GET_FOV_WIDE" = 6,
    "IOCTL_TRIGGER_AUTO_FOCUS" = 7,
    "IOCTL_PAUSE_AUTO_FOCUS" = 8,
    "IOCTL_RESET_AUTO_FOCUS" = 9,
    "IOCTL_WAIT_ON_AUTO_FOCUS" = 10,
    "IOCTL_SET_NIGHT_MODE" = 11,
    "IOCTL_GET_NIGHT_MODE" = 12,
    "IOCTL_LEPTON_GET_WIDTH" = 13,
    "IOCTL_LEPTON_GET_HEIGHT" = 14,
    "IOCTL_LEPTON_GET_RADIOMETRY" = 15,
    "IOCTL_LEPTON_GET_REFRESH" = 16,
    "IOCTL_LEPTON_GET_RESOLUTION" = 17,
    "IOCTL_LEPTON_RUN_COMMAND" = 18,
    "IOCTL_LEPTON_SET_ATTRIBUTE" = 19,
    "IOCTL_LEPTON_GET_ATTRIBUTE" = 20,
    "IOCTL_LEPTON_GET_FPA_TEMP" = 21,
    "IOCTL_LEPTON_GET_AUX_TEMP" = 22,
    "IOCTL_LEPTON_SET_MODE" = 23,
    "IOCTL_LEPTON_GET_MODE" = 24,
    "IOCTL_LEPTON_SET_RANGE" = 25,
    "IOCTL_LEPTON_GET_RANGE" = 26,
    "IOCTL_HIMAX_MD_ENABLE" = 27,
    "IOCTL_HIMAX_MD_WINDOW" = 28,
    "IOCTL_HIMAX_MD_THRESHOLD" = 29,
    "IOCTL_HIMAX_MD_CLEAR" = 30,
    "IOCTL_HIMAX_OSC_ENABLE" = 31,
    "IOCTL_GET_RGB_STATS" = 32,
    "IOCTL_GENX320_SET_BIASES" = 33,
    "IOCTL_GENX320_SET_BIAS" = 34,
    "IOCTL_GENX320_SET_AFK" = 35,
    "IOCTL_GENX320_SET_STC" = 36,
    "IOCTL_GENX320_SET_MODE" = 37,
    "IOCTL_GENX320_READ_EVENTS" = 38,
    "IOCTL_GENX320_CALIBRATE" = 39,
    "IOCTL_GENX320_READ_EVENTS_RAW" = 40,
    "GENX320_BIASES_DEFAULT" = 0,
    "GENX320_BIASES_LOW_LIGHT" = 1,
    "GENX320_BIASES_ACTIVE_MARKER" = 2,
    "GENX320_BIASES_LOW_NOISE" = 3,
    "GENX320_BIASES_HIGH_SPEED" = 4,
    "GENX320_BIAS_DIFF_OFF" = 0,
    "GENX320_BIAS_DIFF_ON" = 1,
    "GENX320_BIAS_FO" = 2,
    "GENX320_BIAS_HPF" = 3,
    "GENX320_BIAS_REFR" = 4,
    "GENX320_STC_DISABLE" = 0,
    "GENX320_STC_ONLY" = 1,
    "GENX320_STC_TRAIL_ONLY" = 2,
    "GENX320_STC_TRAIL" = 3,
    "GENX320_MODE_HISTO" = 0,
    "GENX320_MODE_EVENT" = 1,
    "PIX_OFF_EVENT" = 0,
    "PIX_ON_EVENT" = 1,
    "RST_TRIGGER_RISING" = 2,
    "RST_TRIGGER_FALLING" = 3,
    "EXT_TRIGGER_RISING" = 4,
    "EXT_TRIGGER_FALLING" = 5,
};
