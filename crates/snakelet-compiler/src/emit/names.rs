//! Names: how each is loaded, stored and deleted.

use snakelet_bytecode::{Encoded, op};

use super::{Compiler, Walk, accepted};
use crate::scope::{IdKind, NameId, ScopeId, ScopeKind};
use crate::token::Span;
use crate::{Fail, Message, Sink, SyntaxError};

/// Entries, or bytes, of a list that are looked at in a step.
const SEARCHED_A_STEP: usize = 16;

/// A name as the code has it.
#[derive(Clone, Copy)]
pub(super) enum Name {
    /// Written in the text.
    Span(Span),
    /// Known to the compiler.
    Text(&'static [u8]),
}

/// What is done with a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Load,
    Store,
    Delete,
}

/// Where a name's value is.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Fast(u16),
    Deref(u16),
    /// Looked up in the class or module, then among the builtins; index of the name.
    Name(u32),
    Global(u32),
}

/// Where a name was declared `nonlocal`.
#[derive(Clone, Copy)]
pub(super) struct Declaration {
    scope: ScopeId,
    name: NameId,
    error: SyntaxError,
}

impl<S: Sink> Compiler<'_, '_, '_, S> {
    #[inline(never)]
    pub(super) fn access(&mut self, name: Name, access: Access) {
        match self.walk {
            Walk::Check | Walk::Skip => {}
            Walk::Scan => self.note(name, access),
            Walk::Emit => {
                let place = self.find_place(name);
                if access != Access::Load || !self.typed_cast(name, place) {
                    self.access_place(place, access)
                }
            }
        }
    }

    #[inline(never)]
    pub(super) fn load(&mut self, name: Name) {
        self.access(name, Access::Load)
    }

    #[inline(never)]
    pub(super) fn store(&mut self, name: Name) {
        self.access(name, Access::Store)
    }

    /// Adds a name to the unit's names.
    pub(super) fn intern(&mut self, name: Name) -> NameId {
        let text = match name {
            Name::Span(span) => self.private.name(self.parser.lexer.text(span)),
            Name::Text(text) => text,
        };
        self.scopes.intern(text)
    }

    /// Notes what a function does with a name.
    fn note(&mut self, name: Name, access: Access) {
        let Some(scope) = self.fun.scope else { return };
        let name = self.intern(name);
        match access {
            Access::Load => {
                self.scopes.find_or_add(scope, name, IdKind::Implicit);
            }
            Access::Store | Access::Delete => {
                self.scopes.modify(scope, name);
            }
        }
    }

    /// Finds where the current function has a name.
    fn find_place(&mut self, name: Name) -> Place {
        let text = match name {
            Name::Span(span) => self.private.name(self.parser.lexer.text(span)),
            Name::Text(text) => text,
        };
        let mut global = false;
        if let Some(scope) = self.fun.scope.and_then(|scope| self.scopes.get(scope)) {
            match self.scopes.known(text).and_then(|name| scope.find(name)) {
                Some(id) => match id.kind {
                    IdKind::Local => return Place::Fast(id.local),
                    IdKind::Cell | IdKind::Free => return Place::Deref(id.local),
                    IdKind::Passed => {}
                    _ => global = true,
                },
                None => global = scope.kind.is_function_like(),
            }
        } else if let Some(at) = find_global(&self.globals, text) {
            self.budget.work(self.class_globals.len() / SEARCHED_A_STEP);
            let level = self.outer.len() as u16;
            global =
                self.fun.kind == ScopeKind::Module || self.class_globals.contains(&(level, at));
        }
        self.budget.work(self.globals.len() / SEARCHED_A_STEP);
        let index = accepted(self.budget, &mut self.refusal, self.sink.qstr(text));
        if global { Place::Global(index) } else { Place::Name(index) }
    }

    #[inline(never)]
    pub(super) fn access_place(&mut self, place: Place, access: Access) {
        if !self.emitting() {
            return;
        }
        self.typed_name(place, access);
        let by = match access {
            Access::Load => 1,
            Access::Store => -1,
            Access::Delete => 0,
        };
        let (codes, value) = match place {
            Place::Fast(local) => {
                let local = u32::from(local);
                let code = match access {
                    Access::Load => Encoded::load_fast(local),
                    Access::Store => Encoded::store_fast(local),
                    Access::Delete => Encoded::with_uint(op::DELETE_FAST, local),
                };
                return self.fun.code.emit(by, &code);
            }
            Place::Deref(local) => {
                ([op::LOAD_DEREF, op::STORE_DEREF, op::DELETE_DEREF], u32::from(local))
            }
            Place::Name(index) => ([op::LOAD_NAME, op::STORE_NAME, op::DELETE_NAME], index),
            Place::Global(index) => ([op::LOAD_GLOBAL, op::STORE_GLOBAL, op::DELETE_GLOBAL], index),
        };
        let [load, store, delete] = codes;
        let code = match access {
            Access::Load => load,
            Access::Store => store,
            Access::Delete => delete,
        };
        self.fun.code.emit(by, &Encoded::with_uint(code, value))
    }

    /// Where a name goes that is accessed after more of the text was read.
    pub(super) fn later(&mut self, name: Name, accesses: &[Access]) -> Place {
        match self.walk {
            Walk::Check | Walk::Skip => {}
            Walk::Scan => {
                for &access in accesses {
                    self.note(name, access);
                }
            }
            Walk::Emit => return self.find_place(name),
        }
        Place::Fast(0)
    }

    /// `global` or `nonlocal` of one name.
    pub(super) fn declare(&mut self, name: Span, pos: u32, nonlocal: bool) {
        let text = self.private.name(self.parser.lexer.text(name));
        match self.walk {
            Walk::Skip => {}
            Walk::Check if nonlocal || find_global(&self.globals, text).is_some() => {}
            Walk::Check => {
                let len = text.len() as u16;
                if usize::from(len) != text.len() {
                    return self.budget.overflow();
                }
                self.globals.extend(&len.to_le_bytes());
                self.globals.extend(text);
            }
            Walk::Scan => self.declare_in_scope(name, pos, nonlocal),
            Walk::Emit if self.fun.scope.is_some() => {}
            Walk::Emit if nonlocal => {
                let module = self.fun.kind == ScopeKind::Module;
                let message =
                    if module { Message::NonlocalOuter } else { Message::NonlocalUnbound };
                self.error(pos, message)
            }
            Walk::Emit => {
                let at = find_global(&self.globals, text);
                if let Some(at) = at.filter(|_| self.fun.kind == ScopeKind::Class) {
                    self.class_globals.push((self.outer.len() as u16, at));
                }
            }
        }
    }

    fn declare_in_scope(&mut self, span: Span, pos: u32, nonlocal: bool) {
        let Some(scope) = self.fun.scope else { return };
        let name = self.intern(Name::Span(span));
        let Some(id) = self.scopes.find_or_add(scope, name, IdKind::Undecided) else { return };
        if nonlocal {
            if !matches!(id.kind, IdKind::Undecided | IdKind::Nonlocal) {
                return self.error(pos, Message::NonlocalRedefined);
            }
            id.kind = IdKind::Nonlocal;
            return self.remember(scope, name, pos);
        }
        if !matches!(id.kind, IdKind::Undecided | IdKind::Global) {
            return self.error(pos, Message::GlobalRedefined);
        }
        id.kind = IdKind::Global;
    }

    /// Remembers where a name was said to belong to an outer function.
    fn remember(&mut self, scope: ScopeId, name: NameId, pos: u32) {
        let error = self.parser.lexer.syntax_error(pos, Message::NonlocalUnbound);
        self.nonlocals.push(Declaration { scope, name, error })
    }

    /// The target of a `:=` inside a comprehension belongs to the scope around it.
    pub(super) fn declare_outer(&mut self, span: Span, pos: u32) {
        let Some(scope) = self.fun.scope.filter(|_| self.walk == Walk::Scan) else {
            return;
        };
        let name = self.intern(Name::Span(span));
        let Some(id) = self.scopes.find_or_add(scope, name, IdKind::Undecided) else { return };
        match id.kind {
            IdKind::Undecided | IdKind::Implicit | IdKind::Outer => id.kind = IdKind::Outer,
            _ => return self.error(pos, Message::NonlocalRedefined),
        }
        self.remember(scope, name, pos)
    }

    /// Settles the names of the unit that was scanned.
    pub(super) fn resolve(&mut self) {
        let class = self.scopes.intern(b"__class__");
        let in_class = self.fun.kind == ScopeKind::Class;
        if let Some((scope, name)) = self.scopes.resolve(in_class, class) {
            let declared = self.nonlocals.iter().find(|d| d.scope == scope && d.name == name);
            return self.budget.fail(declared.map_or(Fail::Overflow, |d| Fail::Syntax(d.error)));
        }
        self.nonlocals.clear();
        self.fun.class_cell |= self.scopes.class_cell;
    }
}

/// Finds the offset of a name among those declared global.
fn find_global(globals: &[u8], text: &[u8]) -> Option<u32> {
    let mut at = 0usize;
    loop {
        let (len, rest) = globals.get(at..)?.split_first_chunk::<2>()?;
        let len = usize::from(u16::from_le_bytes(*len));
        if rest.get(..len)? == text {
            return Some(at as u32);
        }
        at += len + 2;
    }
}
