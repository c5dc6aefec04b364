//! The special methods of operators, and operators derived from others.

use snakelet_qstr::Qstr;

use crate::native::BinaryOp;
use crate::qstr;

/// The special method of a binary operator.
pub(crate) fn method_of(op: BinaryOp) -> Option<Qstr> {
    use BinaryOp::*;
    Some(match op {
        Less => qstr!("__lt__"),
        More => qstr!("__gt__"),
        Equal => qstr!("__eq__"),
        LessEqual => qstr!("__le__"),
        MoreEqual => qstr!("__ge__"),
        NotEqual => qstr!("__ne__"),
        InplaceOr => qstr!("__ior__"),
        InplaceXor => qstr!("__ixor__"),
        InplaceAnd => qstr!("__iand__"),
        InplaceLshift => qstr!("__ilshift__"),
        InplaceRshift => qstr!("__irshift__"),
        InplaceAdd => qstr!("__iadd__"),
        InplaceSubtract => qstr!("__isub__"),
        InplaceMultiply => qstr!("__imul__"),
        InplaceMatMultiply => qstr!("__imatmul__"),
        InplaceFloorDivide => qstr!("__ifloordiv__"),
        InplaceTrueDivide => qstr!("__itruediv__"),
        InplaceModulo => qstr!("__imod__"),
        InplacePower => qstr!("__ipow__"),
        Or => qstr!("__or__"),
        Xor => qstr!("__xor__"),
        And => qstr!("__and__"),
        Lshift => qstr!("__lshift__"),
        Rshift => qstr!("__rshift__"),
        Add => qstr!("__add__"),
        Subtract => qstr!("__sub__"),
        Multiply => qstr!("__mul__"),
        MatMultiply => qstr!("__matmul__"),
        FloorDivide => qstr!("__floordiv__"),
        TrueDivide => qstr!("__truediv__"),
        Modulo => qstr!("__mod__"),
        Power => qstr!("__pow__"),
        In | Is | ExceptionMatch => return None,
    })
}

/// The special method of the right operand.
pub(super) fn reflected(op: BinaryOp) -> Option<Qstr> {
    use BinaryOp::*;
    Some(match op {
        Less => qstr!("__gt__"),
        More => qstr!("__lt__"),
        Equal => qstr!("__eq__"),
        LessEqual => qstr!("__ge__"),
        MoreEqual => qstr!("__le__"),
        NotEqual => qstr!("__ne__"),
        Or => qstr!("__ror__"),
        Xor => qstr!("__rxor__"),
        And => qstr!("__rand__"),
        Lshift => qstr!("__rlshift__"),
        Rshift => qstr!("__rrshift__"),
        Add => qstr!("__radd__"),
        Subtract => qstr!("__rsub__"),
        Multiply => qstr!("__rmul__"),
        MatMultiply => qstr!("__rmatmul__"),
        FloorDivide => qstr!("__rfloordiv__"),
        TrueDivide => qstr!("__rtruediv__"),
        Modulo => qstr!("__rmod__"),
        Power => qstr!("__rpow__"),
        _ => return None,
    })
}

/// The plain operator of an in-place one; any other operator itself.
pub(crate) fn plain(op: BinaryOp) -> BinaryOp {
    use BinaryOp::*;
    match op {
        InplaceOr => Or,
        InplaceXor => Xor,
        InplaceAnd => And,
        InplaceLshift => Lshift,
        InplaceRshift => Rshift,
        InplaceAdd => Add,
        InplaceSubtract => Subtract,
        InplaceMultiply => Multiply,
        InplaceMatMultiply => MatMultiply,
        InplaceFloorDivide => FloorDivide,
        InplaceTrueDivide => TrueDivide,
        InplaceModulo => Modulo,
        InplacePower => Power,
        _ => op,
    }
}

/// The operator with its operands exchanged, for comparisons.
pub(super) fn mirrored(op: BinaryOp) -> BinaryOp {
    use BinaryOp::*;
    match op {
        Less => More,
        More => Less,
        LessEqual => MoreEqual,
        MoreEqual => LessEqual,
        _ => op,
    }
}

pub(super) const fn is_comparison(op: BinaryOp) -> bool {
    (op as u8) < BinaryOp::In as u8
}
