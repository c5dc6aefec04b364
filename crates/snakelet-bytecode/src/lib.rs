//! MicroPython bytecode: opcode table, function prelude, .mpy files, verifier and disassembler.
//!
//! The format is version 6 of MicroPython's. A function's data is a [`Prelude`] and then
//! [`Instructions`], whose meaning the [`opcode`] table gives.
//!
//! ## Features
//!
//! - `alloc` (default): [`mpy::Module`], a whole file in memory, for tools and tests. Without it
//!   nothing here allocates.
//! - `fuzzing`: checks for generated input, which tests and fuzz targets share.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod disasm;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod mpy;
pub mod opcode;
pub mod verify;
pub mod viper;

mod lines;
mod operand;
mod prelude;

pub use lines::{LineBuilder, LineEntries, LineTable};
pub use opcode::{BinaryOp, UnaryOp, op};
pub use operand::{DecodeError, Encoded, Instruction, Instructions, encode_int, encode_uint};
pub use prelude::{ArgNames, Prelude, Signature, encode_sizes};
pub use verify::{
    Fault, Limits, Verified, VerifyError, is_state_probe, measure, usual_scratch, verify,
    verify_prelude,
};
