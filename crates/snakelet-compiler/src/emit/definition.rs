//! Functions, classes and decorators.

use snakelet_bytecode::{Signature, op};

use super::names::Name;
use super::{Compiler, Walk};
use crate::ast::{Ex, Kind};
use crate::memory::Arena;
use crate::scope::{IdKind, ScopeKind};
use crate::token::{Span, Tok};
use crate::{Message, Sink};

/// What a decorator asks of the compiler.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Nothing: it is a function to call.
    None,
    /// Bytecode, or the machine code that is never made.
    Bytecode,
    /// Viper's types.
    Viper,
}

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    pub(super) fn decorated(&mut self, arena: &mut Arena<'b>) {
        let mut decorators = 0u32;
        let mut typed = false;
        while self.parser.accept(Tok::At) {
            arena.reset();
            let decorator = self.parser.named_test(arena);
            match self.order(decorator) {
                Order::None => {
                    self.expr(decorator);
                    decorators += 1;
                }
                Order::Bytecode => typed = false,
                Order::Viper => typed = self.viper,
            }
            self.parser.expect(Tok::Newline, Message::ExpectedNewline);
        }
        match self.parser.kind() {
            Tok::Def => self.definition(arena, decorators, false, typed),
            Tok::Class => self.class(arena, decorators),
            Tok::Async => {
                self.parser.advance();
                if self.parser.kind() != Tok::Def {
                    return self.unexpected(Message::ExpectedDefinition);
                }
                self.definition(arena, decorators, true, typed)
            }
            _ => self.unexpected(Message::ExpectedDefinition),
        }
    }

    /// Whether this is `micropython.xxx`, an order to the compiler. Machine code is never made: its
    /// orders are heard, and bytecode does the same.
    fn order(&mut self, decorator: Ex<'_>) -> Order {
        let (subject, attribute) = match *decorator.kind() {
            Kind::Postfix(headed) => {
                let (subject, trailers) = headed.split();
                (subject, trailers.single().map(|trailer| *trailer.kind()))
            }
            _ => (decorator, None),
        };
        let Kind::Name(name) = *subject.kind() else { return Order::None };
        if self.parser.lexer.text(name) != b"micropython" {
            return Order::None;
        }
        let order = match attribute {
            Some(Kind::Attribute(name)) => match self.parser.lexer.text(name) {
                b"bytecode" | b"native" => Order::Bytecode,
                b"viper" => Order::Viper,
                _ => Order::None,
            },
            _ => Order::None,
        };
        if order == Order::None {
            self.error(decorator.pos(), Message::Decorator);
        }
        order
    }

    /// `def`, with so many decorators on the stack.
    pub(super) fn definition(
        &mut self,
        arena: &mut Arena<'b>,
        decorators: u32,
        asynchronous: bool,
        typed: bool,
    ) {
        let key = self.parser.lexer.start();
        self.parser.advance();
        let name = self.parser.name();
        arena.reset();
        self.parser.expect(Tok::ParenOpen, Message::InvalidSyntax);
        self.parser.annotations.clear();
        let first = self.parser.parameters(arena, Tok::ParenClose);
        self.parser.expect(Tok::ParenClose, Message::ExpectedClosing);
        let mut result = Ex::NOTHING;
        if self.parser.accept(Tok::Arrow) {
            result = self.parser.test(arena);
        }
        let annotations = if typed { self.annotations(first, result) } else { None };
        let (defaults, keyword_defaults) = self.defaults(first);
        self.parser.expect(Tok::Colon, Message::ExpectedColon);
        let flags = if asynchronous { Signature::GENERATOR } else { 0 };
        match self.walk {
            Walk::Check | Walk::Skip => {
                return self.parsing(ScopeKind::Function, flags, |compiler| compiler.body(arena));
            }
            Walk::Scan => {
                let scope = self.scopes.add(ScopeKind::Function, key, self.fun.scope);
                self.store(Name::Span(name));
                self.enter_scope(scope, ScopeKind::Function);
                self.fun.flags = flags;
                self.enter_parameters(first);
                self.body(arena);
                self.leave_scope();
                return;
            }
            Walk::Emit => {}
        }
        let unit = self.begins_unit();
        if unit {
            let body = self.bookmark();
            self.scopes.clear();
            let scope = self.scopes.add(ScopeKind::Function, key, None);
            self.walk = Walk::Scan;
            self.enter_scope(scope, ScopeKind::Function);
            self.fun.flags = flags;
            self.enter_parameters(first);
            self.body(arena);
            self.leave_scope();
            self.walk = Walk::Emit;
            self.resolve();
            self.parser.lexer.restore(body.state);
            self.parser.constants.truncate(body.constants);
        }
        let scope = self.scopes.at(key);
        let child = self.make(scope, defaults, keyword_defaults);
        self.finish_definition(name, decorators);
        let name = self.span_qstr(name);
        self.open(scope, ScopeKind::Function, name, defaults, keyword_defaults);
        self.fun.flags |= flags;
        self.begin_typed(annotations);
        self.body(arena);
        self.load_none();
        self.return_value();
        self.close(child);
        if unit {
            self.scopes.clear();
        }
    }

    /// Calls the decorators and stores the function or class under its name.
    fn finish_definition(&mut self, name: Span, decorators: u32) {
        for _ in 0..decorators {
            self.call_function(1);
        }
        self.store(Name::Span(name))
    }

    pub(super) fn class(&mut self, arena: &mut Arena<'b>, decorators: u32) {
        let key = self.parser.lexer.start();
        self.parser.advance();
        let name = self.parser.name();
        arena.reset();
        self.op(op::LOAD_BUILD_CLASS, 1);
        let scope = match self.walk {
            Walk::Scan => Some(self.scopes.add(ScopeKind::Class, key, self.fun.scope)),
            Walk::Emit if self.fun.scope.is_some() => self.scopes.at(key),
            _ => None,
        };
        let child = if self.emitting() { self.make(scope, 0, 0) } else { 0 };
        self.op_written(op::LOAD_CONST_STRING, 1, name);
        if self.parser.accept(Tok::ParenOpen) {
            let arguments = self.parser.arguments(arena);
            self.arguments(arguments, false, 2);
        } else {
            self.call_function(2);
        }
        self.finish_definition(name, decorators);
        match self.walk {
            Walk::Check | Walk::Skip => {
                self.private.enter(self.parser.lexer.text(name));
                self.parsing(ScopeKind::Class, 0, |compiler| compiler.block(arena));
                self.private.leave();
            }
            Walk::Scan => {
                let Some(scope) = scope else { return };
                self.enter_scope(scope, ScopeKind::Class);
                let class = self.intern(Name::Text(b"__class__"));
                self.scopes.find_or_add(scope, class, IdKind::Local);
                self.class_body(arena, name);
                self.leave_scope();
            }
            Walk::Emit => {
                let index = self.span_qstr(name);
                self.open(scope, ScopeKind::Class, index, 0, 0);
                self.class_body(arena, name);
                self.class_cell();
                self.return_value();
                let level = self.outer.len() as u16;
                let own = |declared: &&(u16, u32)| declared.0 == level;
                let declared = self.class_globals.iter().rev().take_while(own).count();
                let left = self.class_globals.len() - declared;
                self.class_globals.truncate(left);
                self.close(child)
            }
        }
    }

    fn class_body(&mut self, arena: &mut Arena<'b>, name: Span) {
        self.private.enter(self.parser.lexer.text(name));
        self.load(Name::Text(b"__name__"));
        self.store(Name::Text(b"__module__"));
        self.op_written(op::LOAD_CONST_STRING, 1, name);
        self.store(Name::Text(b"__qualname__"));
        self.block(arena);
        self.private.leave();
    }

    /// Loads what a class's function returns: the cell for `__class__`, if any function uses it.
    fn class_cell(&mut self) {
        let mut cell = self.fun.class_cell.then_some(0);
        let class = self.scopes.known(b"__class__");
        if let Some(scope) = self.fun.scope.and_then(|scope| self.scopes.get(scope)) {
            let id = class.and_then(|class| scope.find(class));
            cell = id.filter(|id| id.kind == IdKind::Cell).map(|id| id.local);
        }
        match cell {
            Some(local) => self.load_fast(local),
            None => self.load_none(),
        }
    }
}
