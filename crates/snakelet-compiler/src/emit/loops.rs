//! Loops.

use snakelet_bytecode::op;

use super::{Compiler, Label, Loop};
use crate::ast::{Ex, Kind, Packed, op as number};
use crate::memory::Arena;
use crate::token::Tok;
use crate::{Message, Sink, fold};

/// The arguments of `range(...)` as a loop counts through them.
struct Range<'a> {
    start: Option<Ex<'a>>,
    end: Ex<'a>,
    step: i64,
}

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    /// Begins a loop; returns it and the one around it.
    fn enter_loop(&mut self, iterator: bool) -> (Loop, Option<Loop>) {
        let made = Loop {
            breaks: self.label(),
            continues: self.label(),
            iterator,
            except_level: self.fun.except_level,
        };
        (made, self.fun.inner_loop.replace(made))
    }

    /// The `else` of a loop; `break` and `continue` there are those of the loop around.
    fn loop_else(&mut self, arena: &mut Arena<'b>) {
        if self.parser.accept(Tok::Else) {
            self.block(arena);
        }
    }

    pub(super) fn leave_loop(&mut self) {
        let pos = self.parser.lexer.start();
        let breaks = self.parser.kind() == Tok::Break;
        self.parser.advance();
        if !self.emitting() {
            return;
        }
        let Some(inner) = self.fun.inner_loop else {
            return self.error(pos, Message::OutsideLoop);
        };
        let label = if breaks { inner.breaks } else { inner.continues };
        let iterator = breaks && inner.iterator;
        let levels = self.fun.except_level.saturating_sub(inner.except_level);
        if levels == 0 {
            if iterator {
                for _ in 0..4 {
                    self.op(op::POP_TOP, 0);
                }
            }
            return self.jump(label);
        }
        if levels >= 0x80 {
            return self.budget.overflow();
        }
        self.jump_op(op::UNWIND_JUMP, 0, label);
        self.raw(levels as u8 | if iterator { 0x80 } else { 0 });
        self.end_flow();
    }

    pub(super) fn while_statement(&mut self, arena: &mut Arena<'b>) {
        self.parser.advance();
        // The condition stands before the body and is tested after it. Its tree is not kept for so
        // long: it is read again.
        let header = self.bookmark();
        let condition = self.parser.named_test(arena);
        let truth = fold::truth(condition);
        let (made, around) = self.enter_loop(false);
        if truth == Some(false) {
            self.dead_block(arena);
        } else {
            let top = self.label();
            if truth.is_none() {
                self.jump(made.continues);
            }
            self.place(top);
            self.block(arena);
            self.place(made.continues);
            if truth == Some(true) {
                self.jump(top);
            } else {
                let next = self.parser.lexer.at;
                arena.reset();
                self.parser.lexer.restore(header.state);
                self.parser.constants.hide(header.constants);
                let condition = self.parser.named_test(arena);
                self.jump_if(condition, true, top);
                self.parser.lexer.restore(next);
                self.parser.constants.show();
            }
        }
        self.fun.inner_loop = around;
        self.loop_else(arena);
        self.place(made.breaks);
    }

    pub(super) fn for_statement(&mut self, arena: &mut Arena<'b>) {
        let (target, source) = self.for_header(arena);
        if let Some(range) = self.as_range(target, source) {
            let (made, around) = self.enter_loop(false);
            let end = match *range.end.kind() {
                Kind::Int(Packed(end)) => Some(end),
                _ => None,
            };
            let step = range.step;
            let (top, entry) = self.enter_range(target, range);
            self.block(arena);
            self.place(made.continues);
            self.next_of_range(top, entry, end, step);
            self.fun.inner_loop = around;
            return self.leave_range(arena, made.breaks, end.is_none());
        }
        let (made, around) = self.enter_loop(true);
        let pop = self.label();
        self.expr(source);
        self.op(op::GET_ITER_STACK, 3);
        self.place(made.continues);
        self.jump_op(op::FOR_ITER, 1, pop);
        self.assign(target);
        self.block(arena);
        self.jump(made.continues);
        self.place(pop);
        self.adjust(-4);
        self.fun.inner_loop = around;
        self.loop_else(arena);
        self.place(made.breaks);
    }

    /// `for target in iterable`, without the colon.
    fn for_header<'a>(&mut self, arena: &'a Arena<'b>) -> (Ex<'a>, Ex<'a>) {
        self.parser.advance();
        let target = self.parser.targets(arena);
        self.parser.expect(Tok::In, Message::ExpectedIn);
        let source = self.parser.tests(arena);
        (target, source)
    }

    /// Whether a loop counts: `for name in range(...)` with a constant step needs no iterator.
    fn as_range<'a>(&self, target: Ex<'_>, source: Ex<'a>) -> Option<Range<'a>> {
        let (Kind::Name(_), Kind::Postfix(headed)) = (*target.kind(), *source.kind()) else {
            return None;
        };
        let (subject, trailers) = headed.split();
        let (Kind::Name(name), Some(trailer)) = (*subject.kind(), trailers.single()) else {
            return None;
        };
        let Kind::Call(arguments) = *trailer.kind() else { return None };
        let plain = |expr: &Ex<'_>| match *expr.kind() {
            Kind::Star(_) | Kind::DoubleStar(_) | Kind::Keyword(..) | Kind::Walrus(_) => false,
            // A generator expression without parentheses of its own begins with its element.
            Kind::Comprehension(_, made) => made.split().0.pos() != expr.pos(),
            _ => true,
        };
        if self.parser.lexer.text(name) != b"range" || !arguments.iter().all(|e| plain(&e)) {
            return None;
        }
        let mut items = arguments.iter();
        let first = items.next()?;
        let Some(end) = items.next() else {
            return Some(Range { start: None, end: first, step: 1 });
        };
        let step = match items.next().map(|step| *step.kind()) {
            None => 1,
            Some(Kind::Int(Packed(step))) => step,
            Some(_) => return None,
        };
        let range = Range { start: Some(first), end, step };
        (step != 0 && items.next().is_none()).then_some(range)
    }

    /// Puts the end, unless it is a constant, and the start on the stack and begins the body.
    fn enter_range(&mut self, target: Ex<'_>, range: Range<'_>) -> (Label, Label) {
        let top = self.label();
        let entry = self.label();
        if !matches!(*range.end.kind(), Kind::Int(_)) {
            self.expr(range.end);
        }
        match range.start {
            Some(start) => self.expr(start),
            None => self.load_int(0),
        }
        self.jump(entry);
        self.place(top);
        self.dup_top();
        self.assign(target);
        (top, entry)
    }

    /// Steps to the next number and goes on with the body if it lies before the end.
    fn next_of_range(&mut self, top: Label, entry: Label, end: Option<i64>, step: i64) {
        self.load_int(step);
        self.binary_op(number::ADD - number::OR + number::INPLACE);
        self.place(entry);
        match end {
            Some(end) => {
                self.dup_top();
                self.load_int(end);
            }
            None => {
                self.op(op::DUP_TOP_TWO, 2);
                self.rot_two();
            }
        }
        self.binary_op(if step >= 0 { number::LESS } else { number::MORE });
        self.jump_op(op::POP_JUMP_IF_TRUE, -1, top)
    }

    /// Takes the number, and the end if it is there, off the stack, before an `else` too.
    fn leave_range(&mut self, arena: &mut Arena<'b>, breaks: Label, end_on_stack: bool) {
        let values = if end_on_stack { 2 } else { 1 };
        let mut past = None;
        if self.parser.kind() == Tok::Else {
            for _ in 0..values {
                self.pop_top();
            }
            self.loop_else(arena);
            let label = self.label();
            self.jump(label);
            self.adjust(values);
            past = Some(label);
        }
        self.place(breaks);
        for _ in 0..values {
            self.pop_top();
        }
        if let Some(past) = past {
            self.place(past);
        }
    }

    /// A call without arguments of a method of the value on the stack, which is waited for.
    pub(super) fn await_method(&mut self, method: &'static [u8]) {
        self.op_text(op::LOAD_METHOD, 1, method);
        self.call_method(0);
        self.yield_from()
    }

    pub(super) fn async_for(&mut self, arena: &mut Arena<'b>) {
        let otherwise = self.label();
        let exception = self.label();
        let done = self.label();
        let reraise = self.label();
        let (target, source) = self.for_header(arena);
        self.expr(source);
        self.op_text(op::LOAD_METHOD, 1, b"__aiter__");
        self.call_method(0);
        let (made, around) = self.enter_loop(false);
        self.place(made.continues);
        self.protect(op::SETUP_EXCEPT, exception);
        self.dup_top();
        self.await_method(b"__anext__");
        self.assign(target);
        self.pop_except_jump(done);
        self.place(exception);
        self.adjust(4);
        self.dup_top();
        self.op_text(op::LOAD_GLOBAL, 1, b"StopAsyncIteration");
        self.binary_op(number::EXCEPTION_MATCH);
        self.jump_op(op::POP_JUMP_IF_FALSE, -1, reraise);
        self.pop_top();
        self.pop_except_jump(otherwise);
        self.place(reraise);
        self.adjust(1);
        self.unprotect();
        self.adjust(-3);
        self.place(done);
        self.block(arena);
        self.jump(made.continues);
        self.fun.inner_loop = around;
        self.place(otherwise);
        self.loop_else(arena);
        self.place(made.breaks);
        self.pop_top()
    }
}
