//! Instructions of functions with Viper's types, which only the interpreter's own compiler makes.
//!
//! They are no part of the format: the table of opcodes has no line for them, so that the verifier refuses files that hold
//! them. Each is [`OPCODE`] and a byte that tells which one it is. Native values lie on the stack as objects: an `int` of
//! Viper is an int in the range of a machine word with a sign, `uint` and the pointers are ints of a word without.

/// The byte that all of these instructions begin with.
pub const OPCODE: u8 = 0x6a;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ViperOp {
    /// `object -> int`: cut to a machine word with a sign.
    Int,
    /// `object -> uint`: cut to a machine word.
    Uint,
    /// `object -> uint`: the address of a buffer, or the int itself, cut to a machine word.
    Pointer,
    /// `a b -> a << b` of an `int`.
    ShiftLeft,
    /// `a b -> a << b` of a `uint`.
    ShiftLeftUint,
    /// `a b -> a >> b` of an `int`.
    ShiftRight,
    /// `a b -> a >> b` of a `uint`.
    ShiftRightUint,
    /// `pointer index -> int`: a byte.
    Load8,
    /// `pointer index -> int`: two bytes.
    Load16,
    /// `pointer index -> int`: four bytes.
    Load32,
    /// `value pointer index ->`: a byte.
    Store8,
    /// `value pointer index ->`: two bytes.
    Store16,
    /// `value pointer index ->`: four bytes.
    Store32,
}

impl ViperOp {
    /// All of them, in the order of their numbers.
    pub const ALL: [ViperOp; 13] = [
        ViperOp::Int,
        ViperOp::Uint,
        ViperOp::Pointer,
        ViperOp::ShiftLeft,
        ViperOp::ShiftLeftUint,
        ViperOp::ShiftRight,
        ViperOp::ShiftRightUint,
        ViperOp::Load8,
        ViperOp::Load16,
        ViperOp::Load32,
        ViperOp::Store8,
        ViperOp::Store16,
        ViperOp::Store32,
    ];

    /// How the height of the stack changes.
    pub fn height(self) -> i32 {
        match self {
            ViperOp::Int | ViperOp::Uint | ViperOp::Pointer => 0,
            ViperOp::ShiftLeft | ViperOp::ShiftLeftUint => -1,
            ViperOp::ShiftRight | ViperOp::ShiftRightUint => -1,
            ViperOp::Load8 | ViperOp::Load16 | ViperOp::Load32 => -1,
            ViperOp::Store8 | ViperOp::Store16 | ViperOp::Store32 => -3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opcode;

    #[test]
    fn numbers_are_places_and_the_table_does_not_know_them() {
        for (i, op) in ViperOp::ALL.iter().enumerate() {
            assert_eq!(*op as usize, i);
        }
        assert!(opcode::info(OPCODE).is_none());
    }
}
