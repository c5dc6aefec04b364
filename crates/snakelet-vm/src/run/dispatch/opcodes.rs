//! Bytes of the instructions that have their operand in the opcode, as patterns.

use snakelet_bytecode::opcode::op;

/// Constants for the opcodes of operators.
macro_rules! operators {
    ($($name:ident = $base:ident + $type:ident::$item:ident,)+) => {
        /// The operators.
        pub(in crate::run) mod operator {
            use snakelet_bytecode::opcode::{BinaryOp, UnaryOp, op};
            $(pub(in crate::run) const $name: u8 = op::$base + $type::$item as u8;)+
        }
    };
}

operators! {
    NEGATIVE = UNARY_OP_MULTI + UnaryOp::Negative,
    NOT = UNARY_OP_MULTI + UnaryOp::Not,
    POSITIVE = UNARY_OP_MULTI + UnaryOp::Positive,
    INVERT = UNARY_OP_MULTI + UnaryOp::Invert,
    LESS = BINARY_OP_MULTI + BinaryOp::Less,
    MORE = BINARY_OP_MULTI + BinaryOp::More,
    EQUAL = BINARY_OP_MULTI + BinaryOp::Equal,
    LESS_EQUAL = BINARY_OP_MULTI + BinaryOp::LessEqual,
    MORE_EQUAL = BINARY_OP_MULTI + BinaryOp::MoreEqual,
    NOT_EQUAL = BINARY_OP_MULTI + BinaryOp::NotEqual,
    IN = BINARY_OP_MULTI + BinaryOp::In,
    IS = BINARY_OP_MULTI + BinaryOp::Is,
    EXCEPTION_MATCH = BINARY_OP_MULTI + BinaryOp::ExceptionMatch,
    INPLACE_OR = BINARY_OP_MULTI + BinaryOp::InplaceOr,
    INPLACE_XOR = BINARY_OP_MULTI + BinaryOp::InplaceXor,
    INPLACE_AND = BINARY_OP_MULTI + BinaryOp::InplaceAnd,
    INPLACE_LSHIFT = BINARY_OP_MULTI + BinaryOp::InplaceLshift,
    INPLACE_RSHIFT = BINARY_OP_MULTI + BinaryOp::InplaceRshift,
    INPLACE_ADD = BINARY_OP_MULTI + BinaryOp::InplaceAdd,
    INPLACE_SUBTRACT = BINARY_OP_MULTI + BinaryOp::InplaceSubtract,
    INPLACE_MULTIPLY = BINARY_OP_MULTI + BinaryOp::InplaceMultiply,
    INPLACE_FLOOR_DIVIDE = BINARY_OP_MULTI + BinaryOp::InplaceFloorDivide,
    INPLACE_TRUE_DIVIDE = BINARY_OP_MULTI + BinaryOp::InplaceTrueDivide,
    INPLACE_MODULO = BINARY_OP_MULTI + BinaryOp::InplaceModulo,
    INPLACE_MAT_MULTIPLY = BINARY_OP_MULTI + BinaryOp::InplaceMatMultiply,
    INPLACE_POWER = BINARY_OP_MULTI + BinaryOp::InplacePower,
    OR = BINARY_OP_MULTI + BinaryOp::Or,
    XOR = BINARY_OP_MULTI + BinaryOp::Xor,
    AND = BINARY_OP_MULTI + BinaryOp::And,
    LSHIFT = BINARY_OP_MULTI + BinaryOp::Lshift,
    RSHIFT = BINARY_OP_MULTI + BinaryOp::Rshift,
    ADD = BINARY_OP_MULTI + BinaryOp::Add,
    SUBTRACT = BINARY_OP_MULTI + BinaryOp::Subtract,
    MULTIPLY = BINARY_OP_MULTI + BinaryOp::Multiply,
    FLOOR_DIVIDE = BINARY_OP_MULTI + BinaryOp::FloorDivide,
    TRUE_DIVIDE = BINARY_OP_MULTI + BinaryOp::TrueDivide,
    MODULO = BINARY_OP_MULTI + BinaryOp::Modulo,
    MAT_MULTIPLY = BINARY_OP_MULTI + BinaryOp::MatMultiply,
    POWER = BINARY_OP_MULTI + BinaryOp::Power,
}

/// `LOAD_CONST_SMALL_INT` of -16 to 47.
#[rustfmt::skip]
macro_rules! small_int {
    () => {
        0x70 | 0x71 | 0x72 | 0x73 | 0x74 | 0x75 | 0x76 | 0x77 | 0x78 | 0x79
        | 0x7a | 0x7b | 0x7c | 0x7d | 0x7e | 0x7f | 0x80 | 0x81 | 0x82 | 0x83
        | 0x84 | 0x85 | 0x86 | 0x87 | 0x88 | 0x89 | 0x8a | 0x8b | 0x8c | 0x8d
        | 0x8e | 0x8f | 0x90 | 0x91 | 0x92 | 0x93 | 0x94 | 0x95 | 0x96 | 0x97
        | 0x98 | 0x99 | 0x9a | 0x9b | 0x9c | 0x9d | 0x9e | 0x9f | 0xa0 | 0xa1
        | 0xa2 | 0xa3 | 0xa4 | 0xa5 | 0xa6 | 0xa7 | 0xa8 | 0xa9 | 0xaa | 0xab
        | 0xac | 0xad | 0xae | 0xaf
    };
}

/// `LOAD_FAST` of the first 16 locals.
#[rustfmt::skip]
macro_rules! load_fast {
    () => {
        0xb0 | 0xb1 | 0xb2 | 0xb3 | 0xb4 | 0xb5 | 0xb6 | 0xb7 | 0xb8 | 0xb9
        | 0xba | 0xbb | 0xbc | 0xbd | 0xbe | 0xbf
    };
}

/// `STORE_FAST` of the first 16 locals.
#[rustfmt::skip]
macro_rules! store_fast {
    () => {
        0xc0 | 0xc1 | 0xc2 | 0xc3 | 0xc4 | 0xc5 | 0xc6 | 0xc7 | 0xc8 | 0xc9
        | 0xca | 0xcb | 0xcc | 0xcd | 0xce | 0xcf
    };
}

/// What [`rare`](super::rare) executes.
#[cfg(not(feature = "viper"))]
macro_rules! rare {
    () => {
        seldom!()
    };
}

/// What [`rare`](super::rare) executes.
#[cfg(feature = "viper")]
macro_rules! rare {
    () => {
        seldom!() | snakelet_bytecode::viper::OPCODE
    };
}

/// The instructions of the format among those.
macro_rules! seldom {
    () => {
        op::LOAD_NAME
            | op::STORE_NAME
            | op::DELETE_NAME
            | op::DELETE_GLOBAL
            | op::LOAD_SUPER_METHOD
            | op::LOAD_BUILD_CLASS
            | op::DELETE_FAST
            | op::DELETE_DEREF
            | op::IMPORT_NAME
            | op::IMPORT_FROM
            | op::IMPORT_STAR
            | op::MAKE_FUNCTION
            | op::MAKE_FUNCTION_DEFARGS
            | op::MAKE_CLOSURE
            | op::MAKE_CLOSURE_DEFARGS
            | op::BUILD_MAP
            | op::STORE_MAP
            | op::BUILD_SET
            | op::STORE_COMP
            | op::UNPACK_EX
            | op::GET_ITER
            | op::CALL_FUNCTION_VAR_KW
            | op::CALL_METHOD_VAR_KW
            | op::SETUP_WITH
            | op::SETUP_EXCEPT
            | op::SETUP_FINALLY
            | op::WITH_CLEANUP
            | op::POP_EXCEPT_JUMP
            | op::UNWIND_JUMP
            | op::END_FINALLY
            | op::YIELD_FROM
            | op::RAISE_LAST
            | op::RAISE_OBJ
            | op::RAISE_FROM
            | o::EXCEPTION_MATCH
            | o::POSITIVE
            | o::INVERT
            | o::INPLACE_MAT_MULTIPLY
            | o::MAT_MULTIPLY
            | o::INPLACE_POWER
            | o::POWER
    };
}

pub(super) use {load_fast, rare, seldom, small_int, store_fast};

const _: () = {
    assert!(matches!(op::LOAD_CONST_SMALL_INT_MULTI, 0x70));
    assert!(matches!(op::LOAD_FAST_MULTI, 0xb0));
    assert!(matches!(op::STORE_FAST_MULTI, 0xc0));
};
