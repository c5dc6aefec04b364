//! What operators, loads and stores by pointers do with Viper's types.

use super::*;

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    pub(super) fn typed_unary(&mut self, number: u8) -> bool {
        let of = self.fun.types.peek(0).of;
        match of {
            Type::Object | Type::None => {
                self.fun.types.replace(1, Type::Object);
                return false;
            }
            Type::Int | Type::Uint => {}
            _ => {
                self.mismatch(&[b"can't do unary op of '", of.text(), b"'"]);
                return true;
            }
        }
        if number == UnaryOp::Not as u8 {
            self.mismatch(&[b"'not' not implemented"]);
        } else if number != UnaryOp::Positive as u8 {
            self.plain(0, &[op::UNARY_OP_MULTI + number]);
            self.convert(of);
        }
        self.fun.types.replace(1, of);
        true
    }

    pub(super) fn typed_binary(&mut self, number: u8) -> bool {
        let (left, right) = (self.fun.types.peek(1).of, self.fun.types.peek(0).of);
        let is_object = |of| matches!(of, Type::Object | Type::None);
        if is_object(left) && is_object(right) {
            self.fun.types.replace(2, Type::Object);
            return false;
        }
        if !left.is_integer() || !right.is_integer() {
            self.need_no_cast(2);
            let (left, right) = (left.text(), right.text());
            self.mismatch(&[b"can't do binary op between '", left, b"' and '", right, b"'"]);
            return true;
        }
        // what is done in place is the same
        let in_place = BinaryOp::InplaceOr as u8..BinaryOp::Or as u8;
        let number = match in_place.contains(&number) {
            true => number - in_place.start + in_place.end,
            false => number,
        };
        let Some(operator) = BinaryOp::from_index(number) else { return false };
        let code = op::BINARY_OP_MULTI + number;
        let mut result = left;
        match operator {
            BinaryOp::Less
            | BinaryOp::More
            | BinaryOp::Equal
            | BinaryOp::LessEqual
            | BinaryOp::MoreEqual
            | BinaryOp::NotEqual => {
                if left != right {
                    self.mismatch(&[b"comparison of int and uint"]);
                }
                self.plain(-1, &[code]);
                result = Type::Bool;
            }
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => {
                self.plain(-1, &[code]);
                self.convert(left);
            }
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
                self.plain(-1, &[code]);
                if left != right {
                    self.convert(left);
                }
            }
            BinaryOp::Lshift if left == Type::Uint => self.viper_op(ViperOp::ShiftLeftUint),
            BinaryOp::Lshift => self.viper_op(ViperOp::ShiftLeft),
            BinaryOp::Rshift if left == Type::Uint => self.viper_op(ViperOp::ShiftRightUint),
            BinaryOp::Rshift => self.viper_op(ViperOp::ShiftRight),
            BinaryOp::FloorDivide | BinaryOp::Modulo => {
                if left != Type::Int {
                    self.mismatch(&[b"div/mod not implemented for uint"]);
                }
                self.plain(-1, &[code]);
                self.convert(left);
            }
            _ => {
                let method = operator.method().as_bytes();
                self.mismatch(&[b"binary op ", method, b" not implemented"]);
            }
        }
        self.fun.types.replace(2, result);
        true
    }

    pub(super) fn typed_load(&mut self) -> bool {
        let (base, index) = (self.fun.types.peek(1).of, self.fun.types.peek(0).of);
        let op = match base {
            Type::Object | Type::None => {
                self.need_objects(2);
                self.fun.types.replace(2, Type::Object);
                return false;
            }
            Type::Ptr8 => ViperOp::Load8,
            Type::Ptr16 => ViperOp::Load16,
            Type::Ptr32 => ViperOp::Load32,
            _ => {
                self.mismatch(&[b"can't load from '", base.text(), b"'"]);
                return true;
            }
        };
        if !index.is_integer() {
            self.mismatch(&[b"can't load with '", index.text(), b"' index"]);
        }
        self.viper_op(op);
        self.fun.types.replace(2, Type::Int);
        true
    }

    pub(super) fn typed_store(&mut self) -> bool {
        let (value, base) = (self.fun.types.peek(2).of, self.fun.types.peek(1).of);
        let index = self.fun.types.peek(0).of;
        let op = match base {
            Type::Object | Type::None => {
                self.need_objects(3);
                self.fun.types.drop(3);
                return false;
            }
            Type::Ptr8 => ViperOp::Store8,
            Type::Ptr16 => ViperOp::Store16,
            Type::Ptr32 => ViperOp::Store32,
            _ => {
                self.mismatch(&[b"can't store to '", base.text(), b"'"]);
                return true;
            }
        };
        if !matches!(value, Type::Bool | Type::Int | Type::Uint) {
            self.mismatch(&[b"can't store '", value.text(), b"'"]);
        } else if !index.is_integer() {
            self.mismatch(&[b"can't store with '", index.text(), b"' index"]);
        }
        self.viper_op(op);
        self.fun.types.drop(3);
        true
    }
}
