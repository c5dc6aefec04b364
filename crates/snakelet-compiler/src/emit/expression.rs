//! Expressions.

use snakelet_bytecode::op;

use super::names::{Access, Name};
use super::{Compiler, Walk, accepted};
use crate::ast::{Ex, Kind, List, Packed, op as number};
use crate::scope::ScopeKind;
use crate::{Const, Message, Sink};

/// Strings up to this length become names of the module, which are kept once for all modules.
const MAX_INTERNED: usize = 10;

impl<S: Sink> Compiler<'_, '_, '_, S> {
    /// Leaves the value of an expression on the stack.
    pub(super) fn expr(&mut self, expr: Ex<'_>) {
        self.budget.work(1);
        if self.budget.failed() {
            return;
        }
        match *expr.kind() {
            Kind::Name(span) => return self.load(Name::Span(span)),
            Kind::None => return self.load_none(),
            Kind::True => return self.op(op::LOAD_CONST_TRUE, 1),
            Kind::False => return self.op(op::LOAD_CONST_FALSE, 1),
            Kind::Int(Packed(value)) => return self.load_int(value),
            Kind::Ellipsis => return self.constant(&Const::Ellipsis),
            Kind::StrSpan(_) | Kind::Str(_) => return self.string(expr),
            _ => {}
        }
        self.set_line(expr.pos());
        match *expr.kind() {
            Kind::Big(big) => {
                let value = Const::Int { negative: big.negative, magnitude: big.magnitude };
                self.constant(&value)
            }
            Kind::Float(Packed(value)) => self.constant(&Const::Float(value)),
            Kind::Imaginary(Packed(value)) => self.constant(&Const::Imaginary(value)),
            Kind::Bytes(text) => self.constant(&Const::Bytes(text)),
            Kind::ConstTuple(items) => self.constant(&Const::Tuple(items)),
            Kind::Tuple(list) | Kind::ParenTuple(list) => self.tuple(list),
            Kind::List(list) => self.list(list),
            Kind::Set(list) => self.set(list),
            Kind::Dict(list) => self.dict(list),
            Kind::Pair(pair) => {
                let (key, value) = pair.split();
                self.expr(value);
                self.expr(key)
            }
            Kind::Comprehension(kind, headed) => self.comprehension(expr.pos(), kind, headed),
            Kind::Or(list) => self.logical(list, op::JUMP_IF_TRUE_OR_POP),
            Kind::And(list) => self.logical(list, op::JUMP_IF_FALSE_OR_POP),
            Kind::Not(operand) => {
                self.expr(operand);
                self.unary_op(number::NOT)
            }
            Kind::Compare(list) => self.compare(list),
            Kind::Chain(list) => {
                for (index, operand) in list.iter().enumerate() {
                    self.expr(operand);
                    if index > 0 {
                        self.binary_op(operand.tag());
                    }
                }
            }
            Kind::Unary(number, operand) => {
                self.expr(operand);
                self.unary_op(number)
            }
            Kind::IfElse(list) => {
                let (condition, value, other) = list.three();
                let fail = self.label();
                let end = self.label();
                self.jump_if(condition, false, fail);
                self.expr(value);
                let first = self.top();
                self.jump(end);
                self.place(fail);
                self.adjust(-1);
                self.expr(other);
                self.join(first);
                self.place(end);
            }
            Kind::Lambda(headed) => self.lambda(expr.pos(), headed),
            Kind::Walrus(both) => {
                let (target, value) = both.split();
                self.expr(value);
                self.dup_top();
                let Kind::Name(span) = *target.kind() else {
                    return self.error(target.pos(), Message::CannotAssign);
                };
                if self.fun.kind.is_comprehension() {
                    self.declare_outer(span, target.pos());
                }
                self.store(Name::Span(span))
            }
            Kind::Await(value) => {
                if !matches!(self.fun.kind, ScopeKind::Function | ScopeKind::Lambda) {
                    return self.outside(expr.pos(), Message::AwaitOutside);
                }
                self.expr(value);
                self.yield_from()
            }
            Kind::Yield(value) => {
                self.check_yield(expr.pos());
                self.expr(value);
                self.yield_value()
            }
            Kind::YieldFrom(value) => {
                self.check_yield(expr.pos());
                self.expr(value);
                self.yield_from()
            }
            Kind::Format(headed) => {
                let (format, arguments) = headed.split();
                self.expr(format);
                self.op_text(op::LOAD_METHOD, 1, b"format");
                for argument in arguments.iter() {
                    self.expr(argument);
                }
                self.call_method(arguments.len())
            }
            Kind::Postfix(headed) => {
                let (subject, trailers) = headed.split();
                self.postfix(subject, trailers)
            }
            Kind::Slice(parts) => self.slice(parts),
            Kind::Star(_) => self.error(expr.pos(), Message::StarTarget),
            _ => self.error(expr.pos(), Message::InvalidSyntax),
        }
    }

    /// An error about code that is in the wrong kind of function, unless the code never runs.
    pub(super) fn outside(&mut self, pos: u32, message: Message) {
        if self.walk == Walk::Emit {
            self.error(pos, message)
        }
    }

    fn check_yield(&mut self, pos: u32) {
        match self.fun.kind {
            ScopeKind::Function | ScopeKind::Lambda => {}
            _ => self.outside(pos, Message::YieldOutside),
        }
    }

    pub(super) fn constant(&mut self, value: &Const<'_>) {
        if self.emitting() {
            let index = accepted(self.budget, &mut self.refusal, self.sink.constant(value));
            self.op_uint(op::LOAD_CONST_OBJ, 1, index);
        }
    }

    fn string(&mut self, expr: Ex<'_>) {
        if !self.emitting() {
            return;
        }
        let text = match *expr.kind() {
            Kind::StrSpan(span) => self.parser.lexer.text(span),
            Kind::Str(text) => text,
            _ => &[],
        };
        let (code, index) = if text.len() <= MAX_INTERNED || self.sink.is_interned(text) {
            (op::LOAD_CONST_STRING, self.sink.qstr(text))
        } else {
            (op::LOAD_CONST_OBJ, self.sink.constant(&Const::Str(text)))
        };
        let index = accepted(self.budget, &mut self.refusal, index);
        if code == op::LOAD_CONST_OBJ {
            self.set_line(expr.pos());
        }
        self.op_uint(code, 1, index)
    }

    fn logical(&mut self, list: List<'_>, code: u8) {
        let end = self.label();
        let mut left = list.len();
        let mut before = None;
        for operand in list.iter() {
            self.expr(operand);
            if let Some(before) = before {
                self.join(before);
            }
            before = Some(self.top());
            left -= 1;
            if left > 0 {
                self.jump_op(code, -1, end);
            }
        }
        self.place(end);
    }

    fn compare(&mut self, list: List<'_>) {
        let chained = list.len() > 2;
        let fail = if chained { Some(self.label()) } else { None };
        let mut left = list.len();
        for (index, operand) in list.iter().enumerate() {
            self.expr(operand);
            left -= 1;
            if index == 0 {
                continue;
            }
            if left > 0 {
                self.dup_top();
                self.rot_three();
            }
            self.binary_op(operand.tag());
            if let Some(fail) = fail.filter(|_| left > 0) {
                self.jump_op(op::JUMP_IF_FALSE_OR_POP, -1, fail);
            }
        }
        if let Some(fail) = fail {
            let end = self.label();
            let result = self.top();
            self.jump(end);
            self.place(fail);
            self.adjust(1);
            self.set_top(result);
            self.rot_two();
            self.pop_top();
            self.place(end);
        }
    }

    fn slice(&mut self, parts: List<'_>) {
        self.items(parts);
        self.build(op::BUILD_SLICE, parts.len());
    }

    /// The subject of calls, subscripts and attributes, and these.
    fn postfix(&mut self, subject: Ex<'_>, trailers: List<'_>) {
        let mut rest = trailers.iter();
        if self.is_super(subject, trailers) {
            rest.next();
            self.super_arguments(subject.pos());
            let mut ahead = rest.clone();
            match (ahead.next().map(|e| *e.kind()), ahead.next().map(|e| *e.kind())) {
                (Some(Kind::Attribute(name)), Some(Kind::Call(arguments))) => {
                    self.op_span(op::LOAD_SUPER_METHOD, -1, name);
                    self.arguments(arguments, true, 0);
                    rest = ahead;
                }
                _ => self.call_function(2),
            }
        } else {
            self.expr(subject);
        }
        while let Some(trailer) = rest.next() {
            if let Kind::Attribute(name) = *trailer.kind() {
                let mut ahead = rest.clone();
                if let Some(Kind::Call(arguments)) = ahead.next().map(|next| *next.kind()) {
                    self.op_span(op::LOAD_METHOD, 1, name);
                    self.arguments(arguments, true, 0);
                    rest = ahead;
                    continue;
                }
            }
            self.trailer(trailer);
        }
    }

    /// A call, subscript or attribute of the value on the stack.
    pub(super) fn trailer(&mut self, trailer: Ex<'_>) {
        match *trailer.kind() {
            Kind::Call(arguments) => {
                self.set_line(trailer.pos());
                self.arguments(arguments, false, 0)
            }
            Kind::Subscript(index) => {
                self.set_line(trailer.pos());
                self.expr(index);
                self.op(op::LOAD_SUBSCR, -1)
            }
            Kind::Attribute(name) => {
                self.set_line(trailer.pos());
                self.op_span(op::LOAD_ATTR, 0, name)
            }
            _ => self.error(trailer.pos(), Message::InvalidSyntax),
        }
    }

    /// Whether this is `super()` in a function, which gets its arguments from the compiler.
    fn is_super(&self, subject: Ex<'_>, trailers: List<'_>) -> bool {
        let Kind::Name(name) = *subject.kind() else { return false };
        self.fun.kind == ScopeKind::Function
            && matches!(*trailers.first.kind(), Kind::Call(list) if list.is_empty())
            && self.parser.lexer.text(name) == b"super"
    }

    /// Loads `super`, the class, and the function's first argument.
    fn super_arguments(&mut self, pos: u32) {
        self.load(Name::Text(b"super"));
        self.load(Name::Text(b"__class__"));
        if matches!(self.walk, Walk::Check | Walk::Skip) {
            return;
        }
        let scope = self.fun.scope.and_then(|scope| self.scopes.get(scope));
        let first = scope.and_then(|scope| {
            scope.ids.iter().find(|id| id.flags & crate::scope::PARAM != 0).copied()
        });
        let Some(first) = first else {
            return self.error(pos, Message::SuperSelf);
        };
        let place = match first.kind {
            crate::scope::IdKind::Cell => super::names::Place::Deref(first.local),
            _ => super::names::Place::Fast(first.local),
        };
        self.access_place(place, Access::Load)
    }
}
