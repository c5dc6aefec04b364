//! Functions within functions: their scopes, the cells they share, and their finished code.

use snakelet_bytecode::{Encoded, Signature, encode_sizes, encode_uint, op};

use super::{Compiler, Fun, Walk, accepted};
use crate::ast::{Headed, Kind, List, param};
use crate::scope::{
    DOUBLE_STAR, FLAG_VARARGS, FLAG_VARKEYWORDS, IdKind, PARAM, POSITIONAL, STAR, ScopeId,
    ScopeKind,
};
use crate::{Function, Message, Sink};

use super::names::Name;
use crate::memory::Buf;

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    /// Whether a function that begins here is a unit of its own: its scopes are not known yet.
    pub(super) fn begins_unit(&self) -> bool {
        self.emitting() && self.fun.scope.is_none()
    }

    /// Makes a function of what `body` compiles, which lies in the current tree; the defaults of
    /// its arguments are on the stack. Leaves it on the stack.
    pub(super) fn nested(
        &mut self,
        kind: ScopeKind,
        key: u32,
        name: &[u8],
        defaults: u32,
        keyword_defaults: u32,
        body: impl Fn(&mut Self),
    ) {
        match self.walk {
            Walk::Check | Walk::Skip => return self.parsing(kind, 0, body),
            Walk::Scan => {
                let scope = self.scopes.add(kind, key, self.fun.scope);
                self.enter_scope(scope, kind);
                body(self);
                self.leave_scope();
                return;
            }
            Walk::Emit => {}
        }
        let unit = self.begins_unit();
        if unit {
            self.scopes.clear();
            let scope = self.scopes.add(kind, key, None);
            self.walk = Walk::Scan;
            self.enter_scope(scope, kind);
            body(self);
            self.leave_scope();
            self.walk = Walk::Emit;
            self.resolve();
        }
        let scope = self.scopes.at(key);
        let child = self.make(scope, defaults, keyword_defaults);
        let name = self.qstr(name);
        self.open(scope, kind, name, defaults, keyword_defaults);
        body(self);
        self.close(child);
        if unit {
            self.scopes.clear();
        }
    }

    /// Runs `body` for a function or class of which nothing needs to be known.
    pub(super) fn parsing(&mut self, kind: ScopeKind, flags: u8, body: impl FnOnce(&mut Self)) {
        let flags = core::mem::replace(&mut self.fun.flags, flags);
        let kind = core::mem::replace(&mut self.fun.kind, kind);
        body(self);
        self.fun.kind = kind;
        self.fun.flags = flags;
    }

    /// Makes a scope that is being scanned the current one.
    pub(super) fn enter_scope(&mut self, scope: ScopeId, kind: ScopeKind) {
        let inner = Fun::new(self.budget, Some(scope), kind, 0);
        let outer = core::mem::replace(&mut self.fun, inner);
        self.outer.push(outer)
    }

    /// Returns to the scope around it.
    pub(super) fn leave_scope(&mut self) {
        if let Some(outer) = self.outer.pop() {
            self.fun = outer;
        }
    }

    /// Emits the instructions that make a function and returns its number among the children.
    pub(super) fn make(
        &mut self,
        scope: Option<ScopeId>,
        defaults: u32,
        keyword_defaults: u32,
    ) -> usize {
        let cells = self.load_cells(scope);
        let child = self.fun.children.len();
        self.fun.children.push(S::Code::default());
        let with_defaults = defaults > 0 || keyword_defaults > 0;
        let taken = i32::from(cells) + if with_defaults { 2 } else { 0 };
        if cells == 0 {
            let code = op::MAKE_FUNCTION + u8::from(with_defaults);
            self.op_uint(code, 1 - taken, child as u32);
        } else {
            let code = op::MAKE_CLOSURE + u8::from(with_defaults);
            self.typed(code, 1 - taken);
            self.fun.code.emit(1 - taken, &Encoded::with_cells(code, child as u32, cells));
        }
        child
    }

    /// Loads the cells that an inner function shares, in the order of the current scope.
    fn load_cells(&mut self, scope: Option<ScopeId>) -> u8 {
        let Some(inner) = scope else { return 0 };
        let mut cells = 0u32;
        let Some(outer) = self.fun.scope else {
            // Nothing but a class's `__class__` can be closed over here.
            let free = self.scopes.get(inner);
            if free.is_some_and(|scope| scope.ids.iter().any(|id| id.kind == IdKind::Free)) {
                self.load_fast(0);
                return 1;
            }
            return 0;
        };
        let mut at = 0;
        while let Some(id) = self.scopes.get(outer).and_then(|scope| scope.ids.get(at)).copied() {
            at += 1;
            if !id.kind.is_shared() {
                continue;
            }
            let used = self.scopes.get(inner).and_then(|scope| scope.find(id.name));
            if used.is_some_and(|id| id.kind.is_received()) {
                self.load_fast(id.local);
                cells += 1;
            }
        }
        if cells > u8::MAX.into() {
            self.budget.overflow();
        }
        cells as u8
    }

    /// Begins the code of an inner function.
    pub(super) fn open(
        &mut self,
        scope: Option<ScopeId>,
        kind: ScopeKind,
        name: u32,
        defaults: u32,
        keyword_defaults: u32,
    ) {
        let mut inner = Fun::new(self.budget, scope, kind, name);
        inner.defaults = defaults.min(u16::MAX.into()) as u16;
        if keyword_defaults > 0 {
            inner.flags |= Signature::DEF_KEYWORDS;
        }
        let outer = core::mem::replace(&mut self.fun, inner);
        self.outer.push(outer)
    }

    /// Hands the current function to the sink and goes on with the one around it.
    pub(super) fn close(&mut self, child: usize) {
        let code = self.finish_function();
        self.leave_scope();
        if let Some(place) = self.fun.children.get_mut(child) {
            *place = code;
        }
    }

    /// Hands the current function to the sink.
    pub(super) fn finish_function(&mut self) -> S::Code {
        if !self.emitting() {
            return S::Code::default();
        }
        self.fun.code.relax(self.budget);
        let scope = self.fun.scope.and_then(|scope| self.scopes.get(scope));
        let mut signature = Signature {
            n_exc_stack: self.fun.max_except,
            flags: self.fun.flags,
            n_def_pos_args: self.fun.defaults,
            ..Signature::default()
        };
        // without a scope: the class cell, or the one parameter of `make_args_function`
        let arguments = self.fun.flags & Signature::VAR_ARGS != 0;
        let mut locals = u16::from(self.fun.class_cell || arguments);
        if let Some(scope) = scope {
            signature.flags |= scope.flags;
            signature.n_pos_args = scope.positional;
            signature.n_kwonly_args = scope.keyword_only;
            locals = scope.locals;
        }
        let state = u32::from(locals).saturating_add(self.fun.code.max_stack()).max(1);
        if state > u16::MAX.into() || self.fun.defaults == u16::MAX {
            self.budget.overflow();
        }
        signature.n_state = state as u16;

        let mut info = Buf::new(self.budget);
        info.extend(&encode_uint(self.fun.name));
        for local in 0..signature.n_pos_args.saturating_add(signature.n_kwonly_args) {
            // What cannot be given by name is called `*`.
            let named = scope.and_then(|scope| {
                let named = |flags: u8| flags & PARAM != 0 && flags & POSITIONAL == 0;
                scope.ids.iter().find(|id| named(id.flags) && id.local == local)
            });
            let text = named.map_or(&b"*"[..], |id| self.scopes.text(id.name));
            info.extend(&encode_uint(accepted(
                self.budget,
                &mut self.refusal,
                self.sink.qstr(text),
            )));
        }
        self.fun.code.line_table(&mut info);

        let mut prelude = Buf::new(self.budget);
        let cells = scope.map(|scope| scope.ids.iter().filter(|id| id.kind == IdKind::Cell));
        let count = match &cells {
            Some(cells) => cells.clone().count() as u16,
            None => u16::from(self.fun.class_cell),
        };
        let sizes = encode_sizes(info.len() as u32, count);
        let head = signature.encode();
        prelude.reserve(head.len() + sizes.len() + info.len() + usize::from(count));
        prelude.extend(&head);
        prelude.extend(&sizes);
        prelude.extend(&info);
        match cells {
            Some(cells) => {
                for cell in cells {
                    prelude.push(cell.local as u8);
                }
            }
            None if self.fun.class_cell => prelude.push(0),
            None => {}
        }
        drop(info);
        if self.budget.failed() {
            return S::Code::default();
        }
        let function = Function {
            prelude: &prelude,
            code: self.fun.code.bytes(),
            children: &self.fun.children,
            flags: signature.flags,
            n_locals: u32::from(locals),
            n_state: state,
            n_exc_stack: u32::from(signature.n_exc_stack),
        };
        accepted(self.budget, &mut self.refusal, self.sink.function(&function))
    }

    /// Makes a function that returns the tuple of its arguments.
    pub(super) fn make_args_function(&mut self) {
        if !self.emitting() {
            return;
        }
        let name = self.qstr(b"<lambda>");
        let child = self.make(None, 0, 0);
        self.open(None, ScopeKind::Lambda, name, 0, 0);
        self.fun.flags |= Signature::VAR_ARGS;
        self.load_fast(0);
        self.return_value();
        self.close(child)
    }

    /// Emits the defaults of parameters; returns how many there are by position and by name.
    pub(super) fn defaults(&mut self, list: List<'_>) -> (u32, u32) {
        let (mut positional, mut keyword) = (0, 0);
        let mut star = false;
        for param in list.iter() {
            star |= param.tag() == param::STAR;
            let Kind::Param(len, default) = *param.kind() else { continue };
            if !default.is_some() {
                continue;
            }
            if star {
                keyword += 1;
                if keyword == 1 {
                    if positional > 0 {
                        self.build(op::BUILD_TUPLE, positional);
                    } else {
                        self.op(op::LOAD_NULL, 1);
                    }
                    self.build(op::BUILD_MAP, 0);
                }
                self.expr(default);
                self.op_span(op::LOAD_CONST_STRING, 1, param.name(len));
                self.op(op::STORE_MAP, -2);
            } else {
                positional += 1;
                self.expr(default);
            }
        }
        if positional > 0 && keyword == 0 {
            self.build(op::BUILD_TUPLE, positional);
            self.op(op::LOAD_NULL, 1);
        }
        (positional, keyword)
    }

    /// Enters the parameters into the scope that is being scanned.
    pub(super) fn enter_parameters(&mut self, list: List<'_>) {
        let Some(scope) = self.fun.scope.filter(|_| self.walk == Walk::Scan) else {
            return;
        };
        let mut star = false;
        for param in list.iter() {
            let Kind::Param(len, _) = *param.kind() else { continue };
            let (flags, scope_flags) = match param.tag() {
                param::STAR => (PARAM | STAR, FLAG_VARARGS),
                param::DOUBLE_STAR => (PARAM | DOUBLE_STAR, FLAG_VARKEYWORDS),
                param::POSITIONAL_ONLY => (PARAM | POSITIONAL, 0),
                _ => (PARAM, 0),
            };
            star |= flags & STAR != 0;
            if len == 0 {
                continue;
            }
            let name = self.intern(Name::Span(param.name(len)));
            let Some(id) = self.scopes.find_or_add(scope, name, IdKind::Undecided) else { return };
            if id.kind != IdKind::Undecided {
                return self.error(param.pos(), Message::ArgumentReused);
            }
            id.kind = IdKind::Local;
            id.flags = flags;
            if let Some(scope) = self.scopes.get_mut(scope) {
                scope.flags |= scope_flags;
                let named = flags & (STAR | DOUBLE_STAR) == 0;
                scope.positional += u16::from(named && !star);
                scope.keyword_only += u16::from(named && star);
            }
        }
    }

    pub(super) fn lambda(&mut self, pos: u32, lambda: Headed<'_>) {
        let (value, parameters) = lambda.split();
        let (positional, keyword) = self.defaults(parameters);
        self.nested(ScopeKind::Lambda, pos, b"<lambda>", positional, keyword, |compiler| {
            compiler.enter_parameters(parameters);
            compiler.set_line(pos);
            compiler.expr(value);
            if compiler.fun.flags & Signature::GENERATOR != 0 {
                compiler.pop_top();
                compiler.load_none();
            }
            compiler.return_value()
        })
    }
}
