//! Comprehensions and generator expressions: functions that get the outermost iterable.

use snakelet_bytecode::op;

use super::names::Name;
use super::{Compiler, Walk};
use crate::ast::{Ex, Headed, Items, Kind};
use crate::scope::{IdKind, ScopeKind};
use crate::{Message, Sink};

/// The name of the argument, which no name in the text can be.
const ARGUMENT: Name = Name::Text(b"");

impl<S: Sink> Compiler<'_, '_, '_, S> {
    pub(super) fn comprehension(&mut self, pos: u32, kind: ScopeKind, made: Headed<'_>) {
        let first = made.split().1.first;
        let key = first.pos();
        let Kind::For(first) = *first.kind() else {
            return self.error(pos, Message::InvalidSyntax);
        };
        let is_generator = kind == ScopeKind::GenExpr;
        let name: &[u8] = match kind {
            ScopeKind::ListComp => b"<listcomp>",
            ScopeKind::DictComp => b"<dictcomp>",
            ScopeKind::SetComp => b"<setcomp>",
            _ => b"<genexpr>",
        };
        self.nested(kind, key, name, 0, 0, |compiler| {
            compiler.comprehension_body(pos, kind, made);
        });
        self.expr(first.split().1);
        if is_generator {
            self.op(op::GET_ITER, 0);
        }
        self.call_function(1)
    }

    fn comprehension_body(&mut self, pos: u32, kind: ScopeKind, made: Headed<'_>) {
        if self.walk == Walk::Scan
            && let Some(scope) = self.fun.scope
        {
            let name = self.intern(ARGUMENT);
            self.scopes.find_or_add(scope, name, IdKind::Local);
            if let Some(scope) = self.scopes.get_mut(scope) {
                scope.positional = 1;
            }
        }
        self.set_line(pos);
        match kind {
            ScopeKind::ListComp => self.build(op::BUILD_LIST, 0),
            ScopeKind::DictComp => self.build(op::BUILD_MAP, 0),
            ScopeKind::SetComp => self.build(op::BUILD_SET, 0),
            _ => {}
        }
        if kind == ScopeKind::GenExpr {
            // The argument is an iterator already; it takes the place of one made on the stack.
            self.op(op::LOAD_NULL, 1);
            self.load(ARGUMENT);
            self.op(op::LOAD_NULL, 1);
            self.op(op::LOAD_NULL, 1);
        } else {
            self.load(ARGUMENT);
            self.op(op::GET_ITER_STACK, 3);
        }
        let (element, clauses) = made.split();
        let mut clauses = clauses.iter();
        if let Some(Kind::For(first)) = clauses.next().map(|first| *first.kind()) {
            self.clause((kind, element), first.split().0, clauses, 0);
        }
        if kind == ScopeKind::GenExpr {
            self.load_none();
        }
        self.return_value()
    }

    /// The loop of a `for` whose iterator is on the stack, with the clauses inside it.
    fn clause(
        &mut self,
        made: (ScopeKind, Ex<'_>),
        target: Ex<'_>,
        mut rest: Items<'_>,
        depth: u32,
    ) {
        if !self.parser.enter() {
            return;
        }
        let top = self.label();
        let end = self.label();
        self.place(top);
        self.jump_op(op::FOR_ITER, 1, end);
        self.assign(target);
        loop {
            match rest.next().map(|clause| *clause.kind()) {
                Some(Kind::If(condition)) => self.jump_if(condition, false, top),
                Some(Kind::For(both)) => {
                    let (inner, source) = both.split();
                    self.expr(source);
                    self.op(op::GET_ITER_STACK, 3);
                    self.clause(made, inner, rest, depth + 1);
                    break;
                }
                _ => {
                    self.element(made, depth);
                    break;
                }
            }
        }
        self.jump(top);
        self.place(end);
        self.adjust(-4);
        self.parser.leave();
    }

    fn element(&mut self, (kind, element): (ScopeKind, Ex<'_>), depth: u32) {
        self.expr(element);
        // The operand says where on the stack the collection is, and in its low bits what it is.
        let (below, kind) = match kind {
            ScopeKind::ListComp => (0, 0),
            ScopeKind::DictComp => (1, 1),
            ScopeKind::SetComp => (0, 2),
            _ => {
                self.yield_value();
                return self.pop_top();
            }
        };
        let index = 4 * depth + 5 + below;
        self.op_uint(op::STORE_COMP, -1 - below as i32, index << 2 | kind)
    }
}
