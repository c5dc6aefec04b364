//! The instructions, and what else goes into a function's code. Nothing happens here while the text
//! is walked for other reasons than to make code.

use snakelet_bytecode::{Encoded, Signature, op};

use super::{Compiler, Label, Walk, accepted};
use crate::ast::op as number;
use crate::token::Span;
use crate::{Message, Sink};

impl<S: Sink> Compiler<'_, '_, '_, S> {
    #[inline(never)]
    pub(super) fn emitting(&self) -> bool {
        self.walk == Walk::Emit && !self.budget.failed()
    }

    /// Makes an error at an offset of the text.
    #[inline(never)]
    #[cold]
    pub(super) fn error(&mut self, pos: u32, message: Message) {
        self.parser.lexer.error(pos, message)
    }

    #[inline(never)]
    #[cold]
    pub(super) fn unexpected(&mut self, message: Message) {
        self.parser.lexer.unexpected(message)
    }

    pub(super) fn qstr(&mut self, text: &[u8]) -> u32 {
        accepted(self.budget, &mut self.refusal, self.sink.qstr(text))
    }

    #[inline(never)]
    pub(super) fn span_qstr(&mut self, span: Span) -> u32 {
        accepted(self.budget, &mut self.refusal, self.sink.qstr(self.parser.lexer.text(span)))
    }

    #[inline(never)]
    pub(super) fn set_line(&mut self, pos: u32) {
        if self.emitting() && self.optimisation < 3 {
            let line = self.parser.lexer.line(pos);
            self.fun.code.line(line);
        }
    }

    #[inline(never)]
    pub(super) fn label(&mut self) -> Label {
        if self.emitting() { self.fun.code.label() } else { Label::default() }
    }

    #[inline(never)]
    pub(super) fn place(&mut self, label: Label) {
        if self.emitting() {
            self.fun.code.place(label);
        }
    }

    #[inline(never)]
    pub(super) fn adjust(&mut self, by: i32) {
        if self.emitting() {
            self.fun.code.adjust(by);
            self.typed_adjust(by);
        }
    }

    /// An instruction of one byte that changes the height of the stack.
    #[inline(never)]
    pub(super) fn op(&mut self, code: u8, by: i32) {
        if self.emitting() && !self.typed(code, by) {
            self.fun.code.emit(by, &[code]);
        }
    }

    #[inline(never)]
    pub(super) fn op_uint(&mut self, code: u8, by: i32, value: u32) {
        if self.emitting() && !self.typed(code, by) {
            self.fun.code.emit(by, &Encoded::with_uint(code, value));
        }
    }

    /// An instruction with a name, which is another one if it is private.
    #[inline(never)]
    pub(super) fn op_span(&mut self, code: u8, by: i32, name: Span) {
        if self.emitting() {
            let text = self.private.name(self.parser.lexer.text(name));
            let index = accepted(self.budget, &mut self.refusal, self.sink.qstr(text));
            self.op_uint(code, by, index);
        }
    }

    /// An instruction with a name as it is written.
    #[inline(never)]
    pub(super) fn op_written(&mut self, code: u8, by: i32, name: Span) {
        if self.emitting() {
            let index = self.span_qstr(name);
            self.op_uint(code, by, index);
        }
    }

    #[inline(never)]
    pub(super) fn op_text(&mut self, code: u8, by: i32, name: &[u8]) {
        if self.emitting() {
            let index = self.qstr(name);
            self.op_uint(code, by, index);
        }
    }

    /// A further byte of the last instruction.
    pub(super) fn raw(&mut self, byte: u8) {
        if self.emitting() {
            self.fun.code.emit(0, &[byte]);
        }
    }

    #[inline(never)]
    pub(super) fn jump_op(&mut self, code: u8, by: i32, label: Label) {
        if self.emitting() {
            self.typed_jump(code, by);
            self.fun.code.jump(by, code, label);
        }
    }

    /// A jump after which nothing follows.
    #[inline(never)]
    pub(super) fn jump(&mut self, label: Label) {
        self.jump_op(op::JUMP, 0, label);
        self.end_flow();
    }

    #[inline(never)]
    pub(super) fn end_flow(&mut self) {
        if self.emitting() {
            self.fun.code.end_flow();
        }
    }

    #[inline(never)]
    pub(super) fn load_none(&mut self) {
        self.op(op::LOAD_CONST_NONE, 1)
    }

    #[inline(never)]
    pub(super) fn load_int(&mut self, value: i64) {
        if self.emitting() {
            self.typed_int();
            self.fun.code.emit(1, &Encoded::load_small_int(value));
        }
    }

    #[inline(never)]
    pub(super) fn load_fast(&mut self, local: u16) {
        if self.emitting() {
            self.typed_object();
            self.fun.code.emit(1, &Encoded::load_fast(u32::from(local)));
        }
    }

    #[inline(never)]
    pub(super) fn pop_top(&mut self) {
        self.op(op::POP_TOP, -1)
    }

    #[inline(never)]
    pub(super) fn dup_top(&mut self) {
        self.op(op::DUP_TOP, 1)
    }

    #[inline(never)]
    pub(super) fn rot_two(&mut self) {
        self.op(op::ROT_TWO, 0)
    }

    #[inline(never)]
    pub(super) fn rot_three(&mut self) {
        self.op(op::ROT_THREE, 0)
    }

    #[inline(never)]
    pub(super) fn unary_op(&mut self, number: u8) {
        self.op(op::UNARY_OP_MULTI + number, 0)
    }

    /// A binary operator, or one of the two that are an operator and a `not`.
    #[inline(never)]
    pub(super) fn binary_op(&mut self, number: u8) {
        let (base, inverted) = match number {
            number::NOT_IN => (number::IN, true),
            number::IS_NOT => (number::IS, true),
            _ => (number, false),
        };
        self.op(op::BINARY_OP_MULTI + base, -1);
        if inverted {
            self.unary_op(number::NOT);
        }
    }

    /// Builds a tuple, list or the like of so many values.
    #[inline(never)]
    pub(super) fn build(&mut self, code: u8, count: u32) {
        let by = if code == op::BUILD_MAP { 1 } else { 1i32.saturating_sub_unsigned(count) };
        self.op_uint(code, by, count)
    }

    pub(super) fn call_function(&mut self, positional: u32) {
        self.call_op(op::CALL_FUNCTION, 0, positional, 0, false)
    }

    pub(super) fn call_method(&mut self, positional: u32) {
        self.call_op(op::CALL_METHOD, -1, positional, 0, false)
    }

    /// A call; `by` is how the height of the stack changes apart from the arguments.
    pub(super) fn call_op(
        &mut self,
        code: u8,
        by: i32,
        positional: u32,
        keyword: u32,
        starred: bool,
    ) {
        if positional > 255 || keyword > 255 {
            return self.budget.overflow();
        }
        let others = 2 * keyword + u32::from(starred);
        let (code, taken) = (code + u8::from(starred), (positional + others) as i32);
        if !self.typed_call(code, by, positional, others) && self.emitting() {
            let operand = keyword << 8 | positional;
            self.fun.code.emit(by - taken, &Encoded::with_uint(code, operand));
        }
    }

    #[inline(never)]
    pub(super) fn return_value(&mut self) {
        self.op(op::RETURN_VALUE, -1);
        self.end_flow();
    }

    pub(super) fn yield_value(&mut self) {
        self.fun.flags |= Signature::GENERATOR;
        self.op(op::YIELD_VALUE, 0)
    }

    /// Hands over to another iterator: `yield from` the value on the stack.
    pub(super) fn yield_from(&mut self) {
        self.fun.flags |= Signature::GENERATOR;
        self.op(op::GET_ITER, 0);
        self.load_none();
        self.op(op::YIELD_FROM, -1)
    }
}
