//! `try` and `with`.

use snakelet_bytecode::op;

use super::names::{Access, Name};
use super::{Compiler, Label};
use crate::ast::op as number;
use crate::lexer::State;
use crate::memory::Arena;
use crate::token::Tok;
use crate::{Message, Sink};

/// What a `try` has, as the table made by the first walk says.
const HAS_EXCEPT: u8 = 1;
const HAS_FINALLY: u8 = 2;

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    /// Opens an exception block.
    pub(super) fn protect(&mut self, code: u8, label: Label) {
        let by = if code == op::SETUP_WITH { 2 } else { 0 };
        if !self.emitting() {
            return;
        }
        self.jump_op(code, by, label);
        let level = self.fun.except_level.saturating_add(1);
        if level == u16::MAX {
            self.budget.overflow();
        }
        self.fun.except_level = level;
        self.fun.max_except = self.fun.max_except.max(level);
    }

    /// Ends the handling of an exception block.
    pub(super) fn unprotect(&mut self) {
        if self.emitting() {
            self.fun.except_level = self.fun.except_level.saturating_sub(1);
        }
        self.op(op::END_FINALLY, -1)
    }

    pub(super) fn pop_except_jump(&mut self, label: Label) {
        self.jump_op(op::POP_EXCEPT_JUMP, 0, label);
        self.end_flow();
    }

    pub(super) fn try_statement(&mut self, arena: &mut Arena<'b>) {
        let index = self.parser.lexer.at.tries as usize;
        self.parser.lexer.at.tries += 1;
        if self.checking {
            self.tries.push(0);
        }
        let shape = self.tries.get(index).copied().unwrap_or(0);
        self.parser.advance();
        let block = self.label();
        if shape & HAS_FINALLY != 0 {
            self.protect(op::SETUP_FINALLY, block);
        }
        let found = if shape & HAS_EXCEPT == 0 && !self.checking {
            // Room for the state of a jump out of the block.
            self.adjust(3);
            self.block(arena);
            self.adjust(-3);
            0
        } else {
            self.try_except(arena)
        };
        if !self.parser.accept(Tok::Finally) {
            if found == 0 {
                self.unexpected(Message::ExpectedExcept);
            }
            return self.set_shape(index, found);
        }
        self.set_shape(index, found | HAS_FINALLY);
        self.load_none();
        self.place(block);
        self.adjust(1);
        self.block(arena);
        self.adjust(-1);
        self.unprotect()
    }

    /// Notes in the first walk what a `try` has.
    fn set_shape(&mut self, index: usize, shape: u8) {
        if self.checking
            && let Some(place) = self.tries.get_mut(index)
        {
            *place = shape;
        }
    }

    /// The block of a `try`, its handlers and its `else`.
    fn try_except(&mut self, arena: &mut Arena<'b>) -> u8 {
        let handlers = self.label();
        let success = self.label();
        self.protect(op::SETUP_EXCEPT, handlers);
        self.block(arena);
        self.pop_except_jump(success);
        self.place(handlers);
        // The exception, and room for the state of a jump.
        self.adjust(4);
        let end = self.label();
        let mut found = 0;
        while self.parser.kind() == Tok::Except {
            found = HAS_EXCEPT;
            self.handler(arena, end);
        }
        self.unprotect();
        self.adjust(-3);
        self.place(success);
        if found != 0 && self.parser.accept(Tok::Else) {
            self.block(arena);
        }
        self.place(end);
        found
    }

    fn handler(&mut self, arena: &mut Arena<'b>, end: Label) {
        self.parser.advance();
        let next = self.label();
        let mut name = None;
        let catches_all = self.parser.kind() == Tok::Colon;
        if !catches_all {
            arena.reset();
            let class = self.parser.tests(arena);
            self.dup_top();
            self.expr(class);
            self.binary_op(number::EXCEPTION_MATCH);
            self.jump_op(op::POP_JUMP_IF_FALSE, -1, next);
            if self.parser.accept(Tok::As) {
                name = Some(self.parser.name());
            }
        }
        let Some(name) = name else {
            self.pop_top();
            self.block(arena);
            if catches_all && self.parser.kind() == Tok::Except {
                return self.unexpected(Message::ExceptOrder);
            }
            return self.end_handler(end, next);
        };
        // The name is deleted when its handler ends, in whichever way.
        let place = self.later(Name::Span(name), &[Access::Store, Access::Delete]);
        self.access_place(place, Access::Store);
        let cleanup = self.label();
        self.protect(op::SETUP_FINALLY, cleanup);
        self.block(arena);
        self.load_none();
        self.place(cleanup);
        self.adjust(1);
        self.load_none();
        self.access_place(place, Access::Store);
        self.access_place(place, Access::Delete);
        self.adjust(-1);
        self.unprotect();
        self.end_handler(end, next)
    }

    fn end_handler(&mut self, end: Label, next: Label) {
        self.pop_except_jump(end);
        self.place(next);
        self.adjust(1);
    }

    pub(super) fn with_statement(&mut self, arena: &mut Arena<'b>, asynchronous: bool) {
        self.parser.advance();
        let parentheses = self.parser.kind() == Tok::ParenOpen && self.items_in_parentheses();
        if parentheses {
            self.parser.advance();
        }
        self.with_item(arena, asynchronous, parentheses)
    }

    /// One item of a `with`, the items after it, and the block.
    fn with_item(&mut self, arena: &mut Arena<'b>, asynchronous: bool, parentheses: bool) {
        self.parser.enter();
        let end = self.label();
        let labels =
            if asynchronous { Some([self.label(), self.label(), self.label()]) } else { None };
        arena.reset();
        let manager = self.parser.test(arena);
        self.expr(manager);
        if asynchronous {
            self.dup_top();
            self.await_method(b"__aenter__");
        } else {
            self.protect(op::SETUP_WITH, end);
        }
        if self.parser.accept(Tok::As) {
            let target = self.parser.with_target(arena);
            self.assign(target);
        } else {
            self.pop_top();
        }
        if asynchronous {
            self.protect(op::SETUP_FINALLY, end);
            self.adjust(3);
        }
        let mut more = self.parser.accept(Tok::Comma);
        if parentheses && self.parser.kind() == Tok::ParenClose {
            more = false;
            self.parser.advance();
        }
        if more {
            self.with_item(arena, asynchronous, parentheses);
        } else {
            self.block(arena);
        }
        match labels {
            Some(labels) => {
                self.adjust(-3);
                self.async_exit(end, labels);
            }
            None => {
                self.load_none();
                self.place(end);
                self.op(op::WITH_CLEANUP, 2);
                self.adjust(-4);
            }
        }
        self.unprotect();
        self.parser.leave();
    }

    /// Calls and waits for `__aexit__` after the block of an `async with`. What is on the stack is
    /// the manager and, unless the block simply ended, an exception or the state of a jump.
    fn async_exit(&mut self, finally: Label, [no_exception, jumping, end]: [Label; 3]) {
        self.load_none();
        self.rot_two();
        self.jump(no_exception);
        self.place(finally);
        self.dup_top();
        self.op_text(op::LOAD_GLOBAL, 1, b"BaseException");
        self.binary_op(number::EXCEPTION_MATCH);
        self.jump_op(op::POP_JUMP_IF_FALSE, -1, jumping);

        // An exception: it is swallowed if `__aexit__` says so.
        self.dup_top();
        self.rot_three();
        self.rot_two();
        self.op_text(op::LOAD_METHOD, 1, b"__aexit__");
        self.rot_three();
        self.rot_three();
        self.dup_top();
        self.op_text(op::LOAD_ATTR, 0, b"__class__");
        self.rot_two();
        self.load_none();
        self.call_method(3);
        self.yield_from();
        self.jump_op(op::POP_JUMP_IF_FALSE, -1, end);
        self.pop_top();
        self.load_none();
        self.jump(end);
        self.adjust(2);

        // A jump or `return` out of the block.
        self.place(jumping);
        self.rot_three();
        self.rot_three();
        self.place(no_exception);
        self.op_text(op::LOAD_METHOD, 1, b"__aexit__");
        self.load_none();
        self.dup_top();
        self.dup_top();
        self.call_method(3);
        self.yield_from();
        self.pop_top();
        self.adjust(-1);
        self.place(end);
    }

    /// Whether the parentheses after `with` are around its items and not part of one: they end
    /// just before the colon and hold a comma or `as` of their own.
    fn items_in_parentheses(&mut self) -> bool {
        let start: State = self.parser.lexer.at;
        let mut depth = 0u32;
        let mut items = false;
        let found = loop {
            match self.parser.kind() {
                Tok::ParenOpen | Tok::BracketOpen | Tok::BraceOpen => depth += 1,
                Tok::ParenClose | Tok::BracketClose | Tok::BraceClose => depth -= 1,
                Tok::Comma | Tok::As if depth == 1 => items = true,
                // Its fields are not tokens yet; what is in it does not matter.
                Tok::FString => self.parser.skip_formatted(),
                Tok::Newline | Tok::End => break false,
                _ => {}
            }
            self.parser.advance();
            if depth == 0 {
                break items && self.parser.kind() == Tok::Colon;
            }
        };
        self.parser.lexer.at = start;
        found
    }
}
