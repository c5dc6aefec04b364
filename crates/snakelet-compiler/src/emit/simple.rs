//! Simple statements.

use snakelet_bytecode::op;

use super::names::Name;
use super::{Compiler, Walk};
use crate::ast::{Ex, Kind, ListBuilder, op as number};
use crate::memory::Arena;
use crate::scope::{IdKind, ScopeKind};
use crate::token::{Span, Tok};
use crate::{Message, Sink, fold};

/// The operator of an augmented assignment.
fn augmented(kind: Tok) -> Option<u8> {
    let at = kind.operator()?.checked_sub(Tok::PipeAssign as u8 - Tok::Less as u8)?;
    Some(number::INPLACE + at)
}

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    pub(super) fn simple(&mut self, arena: &Arena<'b>) {
        let pos = self.parser.lexer.start();
        self.set_line(pos);
        match self.parser.kind() {
            Tok::Pass => self.parser.advance(),
            Tok::Break | Tok::Continue => self.leave_loop(),
            Tok::Return => self.return_statement(arena, pos),
            Tok::Raise => self.raise_statement(arena),
            Tok::Import => self.import_statement(),
            Tok::From => self.import_from_statement(arena),
            Tok::Global | Tok::Nonlocal => self.declaration(pos),
            Tok::Assert => self.assert_statement(arena),
            Tok::Del => {
                self.parser.advance();
                let targets = self.parser.targets(arena);
                self.delete(targets)
            }
            Tok::Yield => {
                let value = self.parser.yielding(arena);
                self.expr(value);
                self.pop_top()
            }
            _ => self.assignment(arena),
        }
    }

    fn return_statement(&mut self, arena: &Arena<'b>, pos: u32) {
        self.parser.advance();
        if self.fun.kind != ScopeKind::Function {
            self.outside(pos, Message::ReturnOutside);
        }
        if !self.parser.begins_expression() {
            self.load_none();
            return self.return_value();
        }
        let value = self.parser.tests(arena);
        if let Kind::IfElse(list) = *value.kind() {
            let (condition, value, other) = list.three();
            let fail = self.label();
            self.jump_if(condition, false, fail);
            self.expr(value);
            self.return_value();
            self.place(fail);
            self.expr(other);
        } else {
            self.expr(value);
        }
        self.return_value()
    }

    fn raise_statement(&mut self, arena: &Arena<'b>) {
        self.parser.advance();
        let mut code = op::RAISE_LAST;
        if self.parser.begins_expression() {
            let value = self.parser.test(arena);
            self.expr(value);
            code = op::RAISE_OBJ;
            if self.parser.accept(Tok::From) {
                let cause = self.parser.test(arena);
                self.expr(cause);
                code = op::RAISE_FROM;
            }
        }
        self.op(code, -i32::from(code - op::RAISE_LAST));
        self.end_flow();
    }

    fn declaration(&mut self, pos: u32) {
        let nonlocal = self.parser.kind() == Tok::Nonlocal;
        self.parser.advance();
        loop {
            let name = self.parser.name();
            self.declare(name, pos, nonlocal);
            if !self.parser.accept(Tok::Comma) {
                return;
            }
        }
    }

    fn assert_statement(&mut self, arena: &Arena<'b>) {
        self.parser.advance();
        let condition = self.parser.test(arena);
        let message =
            if self.parser.accept(Tok::Comma) { Some(self.parser.test(arena)) } else { None };
        if self.optimisation > 0 {
            return;
        }
        let end = self.label();
        self.jump_if(condition, true, end);
        self.op_text(op::LOAD_GLOBAL, 1, b"AssertionError");
        if let Some(message) = message {
            self.expr(message);
            self.call_function(1);
        }
        self.op(op::RAISE_OBJ, -1);
        self.end_flow();
        self.place(end);
    }

    /// An expression, or an assignment of any kind.
    fn assignment(&mut self, arena: &Arena<'b>) {
        let target = self.parser.tests(arena);
        if let Some(number) = augmented(self.parser.kind()) {
            self.parser.advance();
            let value = self.parser.tests_or_yield(arena);
            self.augmented_load(target);
            self.expr(value);
            self.binary_op(number);
            return self.augmented_store(target);
        }
        if self.parser.accept(Tok::Colon) {
            if cfg!(feature = "cpython") && self.parser.lexer.cpython && !may_be_annotated(target) {
                return self.error(target.pos(), Message::CannotAssign);
            }
            self.parser.test(arena);
            if !self.parser.accept(Tok::Assign) {
                return self.annotated(target);
            }
            let value = self.parser.tests_or_yield(arena);
            return self.assign_one(arena, target, value);
        }
        if self.parser.kind() != Tok::Assign {
            return self.expression_statement(target);
        }
        let mut targets = ListBuilder::new();
        let mut last = target;
        while self.parser.accept(Tok::Assign) {
            targets.push(last);
            last = self.parser.tests_or_yield(arena);
        }
        let targets = targets.finish();
        if targets.single().is_some() {
            return self.assign_one(arena, target, last);
        }
        self.expr(last);
        let mut left = targets.len();
        for target in targets.iter() {
            left -= 1;
            if left > 0 {
                self.dup_top();
            }
            self.assign(target);
        }
    }

    /// A name that is annotated and gets no value is local nevertheless.
    fn annotated(&mut self, target: Ex<'_>) {
        if let (Kind::Name(span), Walk::Scan, Some(scope)) =
            (*target.kind(), self.walk, self.fun.scope)
            && self.fun.kind == ScopeKind::Function
        {
            let name = self.intern(Name::Span(span));
            self.scopes.find_or_add(scope, name, IdKind::Local);
        }
    }

    fn assign_one<'a>(&mut self, arena: &'a Arena<'b>, target: Ex<'a>, mut value: Ex<'a>) {
        if let Kind::Name(name) = *target.kind()
            && let Some(constant) = self.const_argument(value)
        {
            let Some(constant) = constant.filter(|value| fold::is_constant(*value)) else {
                return self.error(value.pos(), Message::NotConstant);
            };
            let object = self.parser.constant(arena, constant);
            let text = self.parser.lexer.text(name);
            self.parser.constants.define(text, object);
            // A name that begins with an underscore is the module's own and is nothing else.
            if text.first() == Some(&b'_') {
                return;
            }
            value = constant;
        }
        if let (Kind::Tuple(to), Kind::Tuple(from)) = (*target.kind(), *value.kind()) {
            let starred = |item: Ex<'_>| matches!(*item.kind(), Kind::Star(_));
            if to.len() == from.len()
                && matches!(to.len(), 2 | 3)
                && !to.iter().any(starred)
                && !from.iter().any(starred)
            {
                from.iter().for_each(|item| self.expr(item));
                if to.len() == 3 {
                    self.rot_three();
                }
                self.rot_two();
                return to.iter().for_each(|item| self.assign(item));
            }
        }
        self.expr(value);
        self.assign(target)
    }

    /// The argument of `const(...)`, if that is what the value is; nothing inside if there is not
    /// exactly one.
    fn const_argument<'a>(&self, value: Ex<'a>) -> Option<Option<Ex<'a>>> {
        let Kind::Postfix(headed) = *value.kind() else { return None };
        let (subject, trailers) = headed.split();
        let (Kind::Name(name), Some(trailer)) = (*subject.kind(), trailers.single()) else {
            return None;
        };
        let Kind::Call(arguments) = *trailer.kind() else { return None };
        let is_const = |span: Span| self.parser.lexer.text(span) == b"const";
        is_const(name).then(|| arguments.single())
    }
}

/// Whether an annotation may follow: a name, an attribute or an item.
fn may_be_annotated(target: Ex<'_>) -> bool {
    match *target.kind() {
        Kind::Name(_) => true,
        Kind::Postfix(headed) => headed
            .split()
            .1
            .iter()
            .last()
            .is_some_and(|last| matches!(*last.kind(), Kind::Attribute(_) | Kind::Subscript(_))),
        _ => false,
    }
}
