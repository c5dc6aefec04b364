//! Statements: the whole input, blocks, and which statement is which.

use super::names::Name;
use super::{Compiler, Walk};
use crate::ast::Kind;
use crate::memory::Arena;
use crate::scope::ScopeKind;
use crate::token::Tok;
use crate::{Message, Mode, Sink, fold};

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    /// The whole text.
    pub(super) fn input(&mut self, arena: &mut Arena<'b>) {
        match self.mode {
            Mode::File => {
                while self.parser.kind() != Tok::End {
                    self.statement(arena);
                }
            }
            Mode::Single => {
                if self.parser.kind() != Tok::End {
                    self.statement(arena);
                } else if self.parser.lexer.is_joined_to_nothing() {
                    self.unexpected(Message::InvalidSyntax);
                }
            }
            Mode::Eval => {
                arena.reset();
                let value = self.parser.tests(arena);
                self.expr(value);
                if self.parser.kind() == Tok::Newline {
                    self.parser.advance();
                }
            }
        }
        if self.parser.kind() != Tok::End {
            return self.unexpected(Message::InvalidSyntax);
        }
        if self.mode != Mode::Eval {
            self.load_none();
        }
        self.return_value()
    }

    /// One statement, or a line of simple ones.
    pub(super) fn statement(&mut self, arena: &mut Arena<'b>) {
        arena.reset();
        self.parser.lexer.rebase();
        self.parser.enter();
        self.set_line(self.parser.lexer.start());
        match self.parser.kind() {
            Tok::If => self.if_statement(arena),
            Tok::While => self.while_statement(arena),
            Tok::For => self.for_statement(arena),
            Tok::Try => self.try_statement(arena),
            Tok::With => self.with_statement(arena, false),
            Tok::Def => self.definition(arena, 0, false, false),
            Tok::Class => self.class(arena, 0),
            Tok::At => self.decorated(arena),
            Tok::Async => self.async_statement(arena),
            Tok::Name if self.parser.begins_match() => self.match_statement(arena),
            _ => self.simple_line(arena),
        }
        self.parser.leave();
    }

    /// Simple statements up to the end of the line.
    fn simple_line(&mut self, arena: &mut Arena<'b>) {
        loop {
            arena.reset();
            self.simple(arena);
            if !self.parser.accept(Tok::Semicolon) || self.parser.kind() == Tok::Newline {
                break;
            }
        }
        self.parser.expect(Tok::Newline, Message::ExpectedNewline)
    }

    /// `:` and the statements that belong to a header.
    pub(super) fn block(&mut self, arena: &mut Arena<'b>) {
        self.parser.expect(Tok::Colon, Message::ExpectedColon);
        self.body(arena)
    }

    /// The statements after a header's `:`.
    pub(super) fn body(&mut self, arena: &mut Arena<'b>) {
        if !self.parser.accept(Tok::Newline) {
            return self.simple_line(arena);
        }
        if self.parser.kind() != Tok::Indent {
            return self.unexpected(Message::ExpectedIndent);
        }
        self.parser.advance();
        while self.parser.kind() != Tok::Dedent {
            if self.parser.kind() == Tok::End {
                return self.unexpected(Message::InvalidSyntax);
            }
            self.statement(arena);
        }
        self.parser.advance()
    }

    /// A block that never runs.
    pub(super) fn dead_block(&mut self, arena: &mut Arena<'b>) {
        let walk = core::mem::replace(&mut self.walk, Walk::Skip);
        self.block(arena);
        self.walk = walk;
    }

    fn if_statement(&mut self, arena: &mut Arena<'b>) {
        let end = self.label();
        let mut first = true;
        // Set by a condition that is always true: what comes after it never runs.
        let mut decided = false;
        loop {
            self.parser.advance();
            arena.reset();
            let condition = self.parser.named_test(arena);
            let truth = fold::truth(condition);
            if decided || truth == Some(false) {
                self.dead_block(arena);
            } else {
                let fail = self.label();
                self.jump_if(condition, false, fail);
                self.block(arena);
                if truth == Some(true) {
                    decided = true;
                } else {
                    if !first || matches!(self.parser.kind(), Tok::Elif | Tok::Else) {
                        self.jump(end);
                    }
                    self.place(fail);
                }
            }
            first = false;
            if self.parser.kind() != Tok::Elif {
                break;
            }
        }
        if self.parser.accept(Tok::Else) {
            if decided {
                self.dead_block(arena);
            } else {
                self.block(arena);
            }
        }
        self.place(end);
    }

    fn async_statement(&mut self, arena: &mut Arena<'b>) {
        let pos = self.parser.lexer.start();
        self.parser.advance();
        match self.parser.kind() {
            Tok::Def => return self.definition(arena, 0, true, false),
            Tok::For | Tok::With => {}
            _ => return self.unexpected(Message::ExpectedStatement),
        }
        if self.fun.kind != ScopeKind::Function
            || self.fun.flags & snakelet_bytecode::Signature::GENERATOR == 0
        {
            self.outside(pos, Message::AsyncOutside);
        }
        if self.parser.kind() == Tok::For {
            self.async_for(arena)
        } else {
            self.with_statement(arena, true)
        }
    }

    /// An expression statement at a prompt prints its value.
    pub(super) fn prints(&self) -> bool {
        self.mode == Mode::Single && self.fun.kind == ScopeKind::Module
    }

    /// An expression on its own.
    pub(super) fn expression_statement(&mut self, value: crate::ast::Ex<'_>) {
        if self.prints() {
            self.load(Name::Text(b"__repl_print__"));
            self.expr(value);
            self.call_function(1);
            return self.pop_top();
        }
        if fold::is_constant(value) && !matches!(*value.kind(), Kind::ParenTuple(_)) {
            return;
        }
        self.expr(value);
        self.pop_top()
    }
}
