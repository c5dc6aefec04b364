//! The opcode table: the one place that knows which byte means what.
//!
//! Each line of the table gives an opcode's byte (or the first of a run of bytes that carry a
//! small operand themselves), the name under which it is printed, its operand's form, how many
//! values it takes from the stack and puts there, and where control goes. Decoder, encoder,
//! verifier and disassembler derive from it; [`op`] has the bytes as constants for compiler and
//! interpreter. Numbers and forms are those of MicroPython's `py/bc0.h`, bytecode version 6.
//!
//! In the descriptions the stack grows to the right: `a b -> c` takes `b`, the topmost, and `a`,
//! and leaves `c`.

/// The form of an instruction's operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// No operand.
    None,
    /// The operand is the distance from the run's first byte, plus this.
    Implied(i8),
    /// A variable-length index into the module's table of interned strings.
    Qstr,
    /// A variable-length unsigned number.
    Uint,
    /// A variable-length signed number.
    Int,
    /// A variable-length index into the module's table of constant objects.
    Object,
    /// A variable-length number of a local variable.
    Local,
    /// A variable-length index into the function's children.
    Child,
    /// A child, then a byte that counts the cells to close over.
    ChildCells,
    /// A variable-length number: positional arguments in bits 0 to 7, keyword pairs in 8 to 15.
    Call,
    /// A jump of -0x4000 to 0x3fff bytes from the end of this operand, in one byte or two.
    Jump,
    /// A jump of 0 to 0x7fff bytes from the end of this operand, in one byte or two.
    JumpForward,
    /// A jump, then a byte that counts the exception blocks to leave (bit 7: drop an iterator).
    JumpUnwind,
}

/// How many values an instruction takes from the stack or leaves on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Always this many.
    Fixed(u8),
    /// As many as the operand says.
    Operand,
    /// A call's arguments, each keyword counting two, and this many more.
    Arguments(u8),
    /// As many as the second operand byte says, and this many more.
    Cells(u8),
    /// `a + b + 1`, where the operand is `a | b << 8`.
    Starred,
    /// One for list and set comprehensions, two for dict comprehensions (operand bits 0 and 1).
    Element,
}

/// Where control goes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// To the operand's target, always.
    Jump,
    /// To the next instruction, or to the target with this many values taken instead.
    Branch(u8),
    /// To the next instruction; the target is where exceptions go from now on.
    Protect,
    /// Nowhere in this sequence of instructions.
    Leave,
    /// As an unfinished `finally` says: on, to an outer one, to a jump's target, or out.
    Resume,
}

/// What the table says of an opcode, its name aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpInfo {
    /// The first of the bytes that it takes.
    pub first: u8,
    /// How many bytes it takes.
    pub bytes: u8,
    /// The form of the operand.
    pub operand: Operand,
    /// What it takes from the stack.
    pub pops: Count,
    /// What it leaves on the stack when control goes to the next instruction.
    pub pushes: Count,
    /// Where control goes.
    pub flow: Flow,
}

macro_rules! opcodes {
    ($($(#[$doc:meta])+
       $constant:ident $name:literal $first:literal x $bytes:literal,
       $operand:ident $(($base:literal))?, $pops:ident $(($popped:literal))? =>
       $pushes:ident $(($pushed:literal))?, $flow:ident $(($taken:literal))?;)+) => {
        /// The opcodes' bytes.
        pub mod op {
            $($(#[$doc])+ pub const $constant: u8 = $first;)+
        }

        static INFO: &[OpInfo] = &[$(OpInfo {
            first: $first,
            bytes: $bytes,
            operand: Operand::$operand $(($base))?,
            pops: Count::$pops $(($popped))?,
            pushes: Count::$pushes $(($pushed))?,
            flow: Flow::$flow $(($taken))?,
        }),+];

        // Apart from the rest, so that firmware without the disassembler does not carry them.
        static NAMES: &[&str] = &[$($name),+];
    };
}

opcodes! {
    /// `-> string`: an interned string.
    LOAD_CONST_STRING "LOAD_CONST_STRING" 0x10 x 1, Qstr, Fixed(0) => Fixed(1), Next;
    /// `-> value` of a name in locals, globals or builtins.
    LOAD_NAME "LOAD_NAME" 0x11 x 1, Qstr, Fixed(0) => Fixed(1), Next;
    /// `-> value` of a name in globals or builtins.
    LOAD_GLOBAL "LOAD_GLOBAL" 0x12 x 1, Qstr, Fixed(0) => Fixed(1), Next;
    /// `object -> object.name`
    LOAD_ATTR "LOAD_ATTR" 0x13 x 1, Qstr, Fixed(1) => Fixed(1), Next;
    /// `object -> function receiver-or-null`, for [`CALL_METHOD`].
    LOAD_METHOD "LOAD_METHOD" 0x14 x 1, Qstr, Fixed(1) => Fixed(2), Next;
    /// `super class object -> function receiver-or-null`
    LOAD_SUPER_METHOD "LOAD_SUPER_METHOD" 0x15 x 1, Qstr, Fixed(3) => Fixed(2), Next;
    /// `value ->` into a name in locals.
    STORE_NAME "STORE_NAME" 0x16 x 1, Qstr, Fixed(1) => Fixed(0), Next;
    /// `value ->` into a global.
    STORE_GLOBAL "STORE_GLOBAL" 0x17 x 1, Qstr, Fixed(1) => Fixed(0), Next;
    /// `value-or-null object ->`: sets an attribute; null deletes it.
    STORE_ATTR "STORE_ATTR" 0x18 x 1, Qstr, Fixed(2) => Fixed(0), Next;
    /// Deletes a name from locals.
    DELETE_NAME "DELETE_NAME" 0x19 x 1, Qstr, Fixed(0) => Fixed(0), Next;
    /// Deletes a global.
    DELETE_GLOBAL "DELETE_GLOBAL" 0x1a x 1, Qstr, Fixed(0) => Fixed(0), Next;
    /// `level from-list -> module`
    IMPORT_NAME "IMPORT_NAME" 0x1b x 1, Qstr, Fixed(2) => Fixed(1), Next;
    /// `module -> module value`
    IMPORT_FROM "IMPORT_FROM" 0x1c x 1, Qstr, Fixed(1) => Fixed(2), Next;

    /// `cell.. -> function`
    MAKE_CLOSURE "MAKE_CLOSURE" 0x20 x 1, ChildCells, Cells(0) => Fixed(1), Next;
    /// `defaults-or-null keyword-defaults-or-null cell.. -> function`
    MAKE_CLOSURE_DEFARGS "MAKE_CLOSURE_DEFARGS" 0x21 x 1, ChildCells, Cells(2) => Fixed(1), Next;
    /// `-> int` of the operand's value.
    LOAD_CONST_SMALL_INT "LOAD_CONST_SMALL_INT" 0x22 x 1, Int, Fixed(0) => Fixed(1), Next;
    /// `-> constant` out of the module's table.
    LOAD_CONST_OBJ "LOAD_CONST_OBJ" 0x23 x 1, Object, Fixed(0) => Fixed(1), Next;
    /// `-> value` of a local.
    LOAD_FAST_N "LOAD_FAST_N" 0x24 x 1, Local, Fixed(0) => Fixed(1), Next;
    /// `-> value` in the cell that a local holds.
    LOAD_DEREF "LOAD_DEREF" 0x25 x 1, Local, Fixed(0) => Fixed(1), Next;
    /// `value ->` into a local.
    STORE_FAST_N "STORE_FAST_N" 0x26 x 1, Local, Fixed(1) => Fixed(0), Next;
    /// `value ->` into the cell that a local holds.
    STORE_DEREF "STORE_DEREF" 0x27 x 1, Local, Fixed(1) => Fixed(0), Next;
    /// Unbinds a local.
    DELETE_FAST "DELETE_FAST" 0x28 x 1, Local, Fixed(0) => Fixed(0), Next;
    /// Empties the cell that a local holds.
    DELETE_DEREF "DELETE_DEREF" 0x29 x 1, Local, Fixed(0) => Fixed(0), Next;
    /// `item.. -> tuple`
    BUILD_TUPLE "BUILD_TUPLE" 0x2a x 1, Uint, Operand => Fixed(1), Next;
    /// `item.. -> list`
    BUILD_LIST "BUILD_LIST" 0x2b x 1, Uint, Operand => Fixed(1), Next;
    /// `-> dict`, empty; the operand says how many items will come.
    BUILD_MAP "BUILD_MAP" 0x2c x 1, Uint, Fixed(0) => Fixed(1), Next;
    /// `item.. -> set`
    BUILD_SET "BUILD_SET" 0x2d x 1, Uint, Operand => Fixed(1), Next;
    /// `start stop -> slice` or `start stop step -> slice`
    BUILD_SLICE "BUILD_SLICE" 0x2e x 1, Uint, Operand => Fixed(1), Next;
    /// `value ->` or `value key ->` into a comprehension's result. Operand bits 0 and 1: list,
    /// dict, set; the others say how deep that lies below the top.
    STORE_COMP "STORE_COMP" 0x2f x 1, Uint, Element => Fixed(0), Next;

    /// `sequence -> item..`, the first item topmost.
    UNPACK_SEQUENCE "UNPACK_SEQUENCE" 0x30 x 1, Uint, Fixed(1) => Operand, Next;
    /// `sequence -> item..` with a starred target: operand `left | right << 8`.
    UNPACK_EX "UNPACK_EX" 0x31 x 1, Uint, Fixed(1) => Starred, Next;
    /// `-> function`
    MAKE_FUNCTION "MAKE_FUNCTION" 0x32 x 1, Child, Fixed(0) => Fixed(1), Next;
    /// `defaults-or-null keyword-defaults-or-null -> function`
    MAKE_FUNCTION_DEFARGS "MAKE_FUNCTION_DEFARGS" 0x33 x 1, Child, Fixed(2) => Fixed(1), Next;
    /// `function argument.. (name value).. -> result`
    CALL_FUNCTION "CALL_FUNCTION" 0x34 x 1, Call, Arguments(1) => Fixed(1), Next;
    /// `function argument.. (name-or-null value).. stars -> result`: the bits of `stars` mark
    /// starred positional arguments, a null name a mapping.
    CALL_FUNCTION_VAR_KW "CALL_FUNCTION_VAR_KW" 0x35 x 1, Call, Arguments(2) => Fixed(1), Next;
    /// `function receiver-or-null argument.. (name value).. -> result`
    CALL_METHOD "CALL_METHOD" 0x36 x 1, Call, Arguments(2) => Fixed(1), Next;
    /// `function receiver-or-null argument.. (name-or-null value).. stars -> result`
    CALL_METHOD_VAR_KW "CALL_METHOD_VAR_KW" 0x37 x 1, Call, Arguments(3) => Fixed(1), Next;

    /// Leaves exception blocks, running their `finally` parts, and jumps.
    UNWIND_JUMP "UNWIND_JUMP" 0x40 x 1, JumpUnwind, Fixed(0) => Fixed(0), Jump;
    /// Jumps.
    JUMP "JUMP" 0x42 x 1, Jump, Fixed(0) => Fixed(0), Jump;
    /// `value ->`, and jumps if it is true.
    POP_JUMP_IF_TRUE "POP_JUMP_IF_TRUE" 0x43 x 1, Jump, Fixed(1) => Fixed(0), Branch(1);
    /// `value ->`, and jumps if it is false.
    POP_JUMP_IF_FALSE "POP_JUMP_IF_FALSE" 0x44 x 1, Jump, Fixed(1) => Fixed(0), Branch(1);
    /// `value ->`, or if it is true, leaves it there and jumps.
    JUMP_IF_TRUE_OR_POP "JUMP_IF_TRUE_OR_POP" 0x45 x 1, JumpForward, Fixed(1) => Fixed(0), Branch(0);
    /// `value ->`, or if it is false, leaves it there and jumps.
    JUMP_IF_FALSE_OR_POP "JUMP_IF_FALSE_OR_POP" 0x46 x 1, JumpForward, Fixed(1) => Fixed(0), Branch(0);
    /// `manager -> exit-function receiver-or-null entered`; the target is the `with` block's end.
    SETUP_WITH "SETUP_WITH" 0x47 x 1, JumpForward, Fixed(1) => Fixed(3), Protect;
    /// Enters a block whose exceptions go to the target, with the exception on the stack.
    SETUP_EXCEPT "SETUP_EXCEPT" 0x48 x 1, JumpForward, Fixed(0) => Fixed(0), Protect;
    /// Enters a block that leaves through the target, whichever way it is left.
    SETUP_FINALLY "SETUP_FINALLY" 0x49 x 1, JumpForward, Fixed(0) => Fixed(0), Protect;
    /// Leaves an exception block and jumps.
    POP_EXCEPT_JUMP "POP_EXCEPT_JUMP" 0x4a x 1, JumpForward, Fixed(0) => Fixed(0), Jump;
    /// `iterator -> iterator item`, four slots an iterator; at the end `iterator ->` and a jump.
    FOR_ITER "FOR_ITER" 0x4b x 1, JumpForward, Fixed(0) => Fixed(1), Branch(4);

    /// `-> False`
    LOAD_CONST_FALSE "LOAD_CONST_FALSE" 0x50 x 1, None, Fixed(0) => Fixed(1), Next;
    /// `-> None`
    LOAD_CONST_NONE "LOAD_CONST_NONE" 0x51 x 1, None, Fixed(0) => Fixed(1), Next;
    /// `-> True`
    LOAD_CONST_TRUE "LOAD_CONST_TRUE" 0x52 x 1, None, Fixed(0) => Fixed(1), Next;
    /// `-> null`: the mark for "nothing here", which is not an object.
    LOAD_NULL "LOAD_NULL" 0x53 x 1, None, Fixed(0) => Fixed(1), Next;
    /// `-> function` that makes classes.
    LOAD_BUILD_CLASS "LOAD_BUILD_CLASS" 0x54 x 1, None, Fixed(0) => Fixed(1), Next;
    /// `object index -> object[index]`
    LOAD_SUBSCR "LOAD_SUBSCR" 0x55 x 1, None, Fixed(2) => Fixed(1), Next;
    /// `value-or-null object index ->`: sets an item; null deletes it.
    STORE_SUBSCR "STORE_SUBSCR" 0x56 x 1, None, Fixed(3) => Fixed(0), Next;
    /// `a -> a a`
    DUP_TOP "DUP_TOP" 0x57 x 1, None, Fixed(1) => Fixed(2), Next;
    /// `a b -> a b a b`
    DUP_TOP_TWO "DUP_TOP_TWO" 0x58 x 1, None, Fixed(2) => Fixed(4), Next;
    /// `a ->`
    POP_TOP "POP_TOP" 0x59 x 1, None, Fixed(1) => Fixed(0), Next;
    /// `a b -> b a`
    ROT_TWO "ROT_TWO" 0x5a x 1, None, Fixed(2) => Fixed(2), Next;
    /// `a b c -> c a b`
    ROT_THREE "ROT_THREE" 0x5b x 1, None, Fixed(3) => Fixed(3), Next;
    /// `exit-function receiver-or-null state -> state`: calls `__exit__`, which may swallow an
    /// exception.
    WITH_CLEANUP "WITH_CLEANUP" 0x5c x 1, None, Fixed(3) => Fixed(1), Next;
    /// `state ->`: ends a `finally` part or an unmatched `except` and goes on as `state` says.
    END_FINALLY "END_FINALLY" 0x5d x 1, None, Fixed(1) => Fixed(0), Resume;
    /// `iterable -> iterator`, in one slot.
    GET_ITER "GET_ITER" 0x5e x 1, None, Fixed(1) => Fixed(1), Next;
    /// `iterable -> iterator`, in four slots, for [`FOR_ITER`].
    GET_ITER_STACK "GET_ITER_STACK" 0x5f x 1, None, Fixed(1) => Fixed(4), Next;

    /// `dict value key -> dict`
    STORE_MAP "STORE_MAP" 0x62 x 1, None, Fixed(3) => Fixed(1), Next;
    /// `value ->` to the caller, through the `finally` parts that are open.
    RETURN_VALUE "RETURN_VALUE" 0x63 x 1, None, Fixed(1) => Fixed(0), Leave;
    /// Raises the exception that is being handled once more.
    RAISE_LAST "RAISE_LAST" 0x64 x 1, None, Fixed(0) => Fixed(0), Leave;
    /// `exception ->`, raised.
    RAISE_OBJ "RAISE_OBJ" 0x65 x 1, None, Fixed(1) => Fixed(0), Leave;
    /// `exception cause ->`, raised.
    RAISE_FROM "RAISE_FROM" 0x66 x 1, None, Fixed(2) => Fixed(0), Leave;
    /// `value -> sent`: gives a value out of the generator and takes what is sent in.
    YIELD_VALUE "YIELD_VALUE" 0x67 x 1, None, Fixed(1) => Fixed(1), Next;
    /// `iterator sent -> result`: gives out what the iterator gives until it ends.
    YIELD_FROM "YIELD_FROM" 0x68 x 1, None, Fixed(2) => Fixed(1), Next;
    /// `module ->` with its names into locals.
    IMPORT_STAR "IMPORT_STAR" 0x69 x 1, None, Fixed(1) => Fixed(0), Next;

    /// `-> int` of -16 to 47.
    LOAD_CONST_SMALL_INT_MULTI "LOAD_CONST_SMALL_INT" 0x70 x 64, Implied(-16), Fixed(0) => Fixed(1), Next;
    /// `-> value` of one of the first 16 locals.
    LOAD_FAST_MULTI "LOAD_FAST" 0xb0 x 16, Implied(0), Fixed(0) => Fixed(1), Next;
    /// `value ->` into one of the first 16 locals.
    STORE_FAST_MULTI "STORE_FAST" 0xc0 x 16, Implied(0), Fixed(1) => Fixed(0), Next;
    /// `a -> op a`, see [`UnaryOp`](super::UnaryOp).
    UNARY_OP_MULTI "UNARY_OP" 0xd0 x 4, Implied(0), Fixed(1) => Fixed(1), Next;
    /// `a b -> a op b`, see [`BinaryOp`](super::BinaryOp).
    BINARY_OP_MULTI "BINARY_OP" 0xd7 x 35, Implied(0), Fixed(2) => Fixed(1), Next;
}

/// No opcode has this index.
const UNKNOWN: u8 = u8::MAX;

/// The table's line for each byte.
static LINES: [u8; 256] = {
    let mut lines = [UNKNOWN; 256];
    let mut line = 0;
    while line < INFO.len() {
        let first = INFO[line].first as usize;
        let mut byte = first;
        while byte < first + INFO[line].bytes as usize {
            assert!(lines[byte] == UNKNOWN, "two opcodes share a byte");
            lines[byte] = line as u8;
            byte += 1;
        }
        line += 1;
    }
    lines
};

/// How many lines the table has.
pub(crate) const N_LINES: usize = INFO.len();

/// A line of the table, for tables that are derived from it.
pub(crate) const fn line(number: usize) -> &'static OpInfo {
    &INFO[number]
}

/// The number of an opcode's line, [`N_LINES`] or more for a byte that is no opcode.
#[inline(always)]
pub(crate) fn line_number(byte: u8) -> usize {
    usize::from(LINES[usize::from(byte)])
}

/// Looks an opcode byte up; `None` if the bytecode version has no such opcode.
pub fn info(byte: u8) -> Option<&'static OpInfo> {
    INFO.get(usize::from(LINES[usize::from(byte)]))
}

/// Returns an opcode's name as listings print it; `None` if there is no such opcode.
pub fn name(byte: u8) -> Option<&'static str> {
    NAMES.get(usize::from(LINES[usize::from(byte)])).copied()
}

macro_rules! operators {
    ($(#[$doc:meta])+ $type:ident { $($(#[$item_doc:meta])+ $item:ident $method:literal,)+ }) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $type {
            $($(#[$item_doc])+ $item,)+
        }

        impl $type {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [$type] = &[$($type::$item),+];

            /// Returns the operator of a number.
            pub fn from_index(index: u8) -> Option<$type> {
                $type::ALL.get(usize::from(index)).copied()
            }

            /// Returns the special method that classes implement it by, or the empty string
            /// where there is none.
            pub fn method(self) -> &'static str {
                match self {
                    $($type::$item => $method,)+
                }
            }
        }
    };
}

operators! {
    /// A unary operator; its number is the distance from [`op::UNARY_OP_MULTI`].
    UnaryOp {
        /// `+a`
        Positive "__pos__",
        /// `-a`
        Negative "__neg__",
        /// `~a`
        Invert "__invert__",
        /// `not a`
        Not "",
    }
}

operators! {
    /// A binary operator; its number is the distance from [`op::BINARY_OP_MULTI`].
    BinaryOp {
        /// `a < b`
        Less "__lt__",
        /// `a > b`
        More "__gt__",
        /// `a == b`
        Equal "__eq__",
        /// `a <= b`
        LessEqual "__le__",
        /// `a >= b`
        MoreEqual "__ge__",
        /// `a != b`
        NotEqual "__ne__",
        /// `a in b`
        In "",
        /// `a is b`
        Is "",
        /// Whether the exception `a` is of class `b` or of one in the tuple `b`.
        ExceptionMatch "",
        /// `a |= b`
        InplaceOr "__ior__",
        /// `a ^= b`
        InplaceXor "__ixor__",
        /// `a &= b`
        InplaceAnd "__iand__",
        /// `a <<= b`
        InplaceLshift "__ilshift__",
        /// `a >>= b`
        InplaceRshift "__irshift__",
        /// `a += b`
        InplaceAdd "__iadd__",
        /// `a -= b`
        InplaceSubtract "__isub__",
        /// `a *= b`
        InplaceMultiply "__imul__",
        /// `a @= b`
        InplaceMatMultiply "__imatmul__",
        /// `a //= b`
        InplaceFloorDivide "__ifloordiv__",
        /// `a /= b`
        InplaceTrueDivide "__itruediv__",
        /// `a %= b`
        InplaceModulo "__imod__",
        /// `a **= b`
        InplacePower "__ipow__",
        /// `a | b`
        Or "__or__",
        /// `a ^ b`
        Xor "__xor__",
        /// `a & b`
        And "__and__",
        /// `a << b`
        Lshift "__lshift__",
        /// `a >> b`
        Rshift "__rshift__",
        /// `a + b`
        Add "__add__",
        /// `a - b`
        Subtract "__sub__",
        /// `a * b`
        Multiply "__mul__",
        /// `a @ b`
        MatMultiply "__matmul__",
        /// `a // b`
        FloorDivide "__floordiv__",
        /// `a / b`
        TrueDivide "__truediv__",
        /// `a % b`
        Modulo "__mod__",
        /// `a ** b`
        Power "__pow__",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operand_forms_follow_the_high_nibble() {
        // The format's own rule: bits 2n and 2n+1 of 0x3a4 give the form of opcodes 0xn0 to 0xnf.
        for byte in 0..=255u8 {
            let Some(info) = info(byte) else { continue };
            let form = match info.operand {
                Operand::None | Operand::Implied(_) => 0,
                Operand::Qstr => 1,
                Operand::Jump | Operand::JumpForward | Operand::JumpUnwind => 3,
                _ => 2,
            };
            let rule = if byte < 0xb0 { (0x3a4u32 >> (2 * (byte >> 4))) & 3 } else { 0 };
            assert_eq!(form, rule, "{byte:#x}");
        }
    }

    #[test]
    fn an_extra_byte_follows_exactly_where_the_format_says() {
        for byte in 0..0x70u8 {
            let Some(info) = info(byte) else { continue };
            let extra = matches!(info.operand, Operand::ChildCells | Operand::JumpUnwind);
            assert_eq!(extra, byte & 0x9e == 0, "{byte:#x}");
        }
    }

    #[test]
    fn bytes_without_an_opcode_are_unknown() {
        for byte in [0x00, 0x0f, 0x1d, 0x38, 0x41, 0x4c, 0x60, 0x6a, 0xd4, 0xfa, 0xff] {
            assert_eq!(info(byte), None, "{byte:#x}");
            assert_eq!(name(byte), None, "{byte:#x}");
        }
    }

    #[test]
    fn operators_fill_their_opcode_runs() {
        assert_eq!(info(op::UNARY_OP_MULTI).unwrap().bytes as usize, UnaryOp::ALL.len());
        assert_eq!(info(op::BINARY_OP_MULTI).unwrap().bytes as usize, BinaryOp::ALL.len());
        assert_eq!(BinaryOp::from_index(BinaryOp::Power as u8), Some(BinaryOp::Power));
        assert_eq!(BinaryOp::from_index(35), None);
    }

    #[test]
    fn names_belong_to_their_bytes() {
        assert_eq!(name(op::POP_TOP), Some("POP_TOP"));
        assert_eq!(name(op::LOAD_FAST_MULTI + 3), Some("LOAD_FAST"));
        assert_eq!(name(op::BINARY_OP_MULTI + 34), Some("BINARY_OP"));
    }
}
