//! MicroPython bytecode: opcode table, function prelude, .mpy files, verifier and disassembler.
#![no_std]

pub mod opcode;

pub use opcode::{BinaryOp, UnaryOp, op};
