//! Which of a function's names are local, closed over, or global.
//!
//! The rules, and the order in which locals, cells and free variables are numbered, are those of
//! MicroPython's compiler (`py/scope.c` and `scope_compute_things` in `py/compile.c`), so that the
//! same source makes the same code.
//!
//! The table holds the scopes of one *unit*: an outermost function, lambda or comprehension with
//! all that is nested in it. Modules, and classes that are not inside a function, need no table:
//! their names are looked up by name, and nothing but `__class__` can be closed over there.

mod names;

use crate::memory::{Budget, Buf};
use names::Names;

/// Entries of a list that are looked at in a step.
const SEARCHED_A_STEP: usize = 16;

/// What a scope belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Lambda,
    ListComp,
    DictComp,
    SetComp,
    GenExpr,
    Function,
}

impl ScopeKind {
    pub(crate) fn is_function_like(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }

    pub(crate) fn is_comprehension(self) -> bool {
        matches!(
            self,
            ScopeKind::ListComp | ScopeKind::DictComp | ScopeKind::SetComp | ScopeKind::GenExpr
        )
    }
}

/// What is known about a name in a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdKind {
    /// Added, not yet used.
    Undecided,
    /// Read only, so far.
    Implicit,
    /// Assigned in a class.
    Assigned,
    /// Declared `global`.
    Global,
    Local,
    /// Local, and used by an inner function.
    Cell,
    /// Belongs to an outer function.
    Free,
    /// Belongs to an outer function and is used by an inner one; the class between them has a
    /// name of its own that reads the same.
    Passed,
    /// Declared `nonlocal`; becomes `Free` when the scopes are resolved.
    Nonlocal,
    /// Target of a `:=` inside a comprehension: belongs to the scope around it.
    Outer,
}

impl IdKind {
    /// Whether the scope gets the name's cell from the one around it.
    pub(crate) fn is_received(self) -> bool {
        matches!(self, IdKind::Free | IdKind::Passed)
    }

    /// Whether inner functions can get the name's cell from the scope.
    pub(crate) fn is_shared(self) -> bool {
        self == IdKind::Cell || self.is_received()
    }
}

/// Parameter flags of a name.
pub(crate) const PARAM: u8 = 1;
pub(crate) const STAR: u8 = 2;
pub(crate) const DOUBLE_STAR: u8 = 4;
/// The argument cannot be given by name.
pub(crate) const POSITIONAL: u8 = 8;

/// A name in a scope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id {
    pub(crate) name: NameId,
    /// Number of the local or cell.
    pub(crate) local: u16,
    pub(crate) kind: IdKind,
    pub(crate) flags: u8,
}

/// A name of the unit: where its text lies in the table of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameId(u32);

/// Index of a scope in the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScopeId(u16);

impl ScopeId {
    fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A function, class or comprehension of the unit.
pub(crate) struct Scope<'b> {
    /// Where it begins in the text.
    key: u32,
    pub(crate) parent: Option<ScopeId>,
    pub(crate) kind: ScopeKind,
    /// `*args` or `**kw`, as the prelude's flags.
    pub(crate) flags: u8,
    /// Positional arguments; free variables come first and count.
    pub(crate) positional: u16,
    pub(crate) keyword_only: u16,
    pub(crate) locals: u16,
    pub(crate) ids: Buf<'b, Id>,
}

impl Scope<'_> {
    pub(crate) fn find(&self, name: NameId) -> Option<&Id> {
        self.place(name).and_then(|at| self.ids.get(at))
    }

    /// The number of a name.
    fn place(&self, name: NameId) -> Option<usize> {
        let found = self.ids.iter().position(|id| id.name == name);
        self.ids.budget().work(found.unwrap_or(self.ids.len()) / SEARCHED_A_STEP);
        found
    }

    fn find_mut(&mut self, name: NameId) -> Option<&mut Id> {
        self.place(name).and_then(|at| self.ids.get_mut(at))
    }
}

/// The flags of the prelude that a scope's parameters decide.
pub(crate) const FLAG_VARKEYWORDS: u8 = 2;
pub(crate) const FLAG_VARARGS: u8 = 4;

/// The scopes of the unit that is being compiled.
pub(crate) struct Scopes<'b> {
    budget: &'b Budget,
    names: Names<'b>,
    scopes: Buf<'b, Scope<'b>>,
    /// Set when the class around the unit must keep its `__class__` in a cell.
    pub(crate) class_cell: bool,
}

impl<'b> Scopes<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Scopes { budget, names: Names::new(budget), scopes: Buf::new(budget), class_cell: false }
    }

    /// Forgets the unit.
    pub(crate) fn clear(&mut self) {
        self.scopes.clear();
        self.class_cell = false;
        // what a great function needed is not kept for the small ones after it
        if self.names.clear() {
            self.scopes.shrink();
        }
    }

    pub(crate) fn text(&self, name: NameId) -> &[u8] {
        self.names.text(name)
    }

    /// Finds a name that the unit knows.
    pub(crate) fn known(&self, text: &[u8]) -> Option<NameId> {
        self.names.known(text)
    }

    /// Finds or adds a name.
    pub(crate) fn intern(&mut self, text: &[u8]) -> NameId {
        self.names.intern(text)
    }

    /// Adds a scope that begins at `key`.
    pub(crate) fn add(&mut self, kind: ScopeKind, key: u32, parent: Option<ScopeId>) -> ScopeId {
        let id = self.scopes.len() as u16;
        if usize::from(id) != self.scopes.len() {
            self.budget.overflow();
            return ScopeId(0);
        }
        self.scopes.push(Scope {
            key,
            parent,
            kind,
            flags: 0,
            positional: 0,
            keyword_only: 0,
            locals: 0,
            ids: Buf::new(self.budget),
        });
        ScopeId(id)
    }

    /// Finds the scope that begins at `key`.
    pub(crate) fn at(&self, key: u32) -> Option<ScopeId> {
        // Scopes were added in the order of the text, but for a comprehension's element, whose
        // scopes begin before their parent's key.
        let index = self.scopes.iter().position(|scope| scope.key == key)?;
        self.budget.work(index / SEARCHED_A_STEP);
        Some(ScopeId(index as u16))
    }

    pub(crate) fn get(&self, id: ScopeId) -> Option<&Scope<'b>> {
        self.scopes.get(id.index())
    }

    pub(crate) fn get_mut(&mut self, id: ScopeId) -> Option<&mut Scope<'b>> {
        self.scopes.get_mut(id.index())
    }

    /// Finds a name in a scope or adds it with the given kind.
    pub(crate) fn find_or_add(
        &mut self,
        scope: ScopeId,
        name: NameId,
        kind: IdKind,
    ) -> Option<&mut Id> {
        let scope = self.scopes.get_mut(scope.index())?;
        let at = match scope.place(name) {
            Some(at) => at,
            None => {
                scope.ids.push(Id { name, local: 0, kind, flags: 0 });
                scope.ids.len().wrapping_sub(1)
            }
        };
        scope.ids.get_mut(at)
    }

    /// Notes that a name is assigned or deleted.
    pub(crate) fn modify(&mut self, scope: ScopeId, name: NameId) -> IdKind {
        let kind = self.get(scope).map_or(ScopeKind::Function, |scope| scope.kind);
        let Some(id) = self.find_or_add(scope, name, IdKind::Implicit) else {
            return IdKind::Undecided;
        };
        if id.kind == IdKind::Implicit {
            id.kind = if kind.is_function_like() { IdKind::Local } else { IdKind::Assigned };
        }
        id.kind
    }

    /// Decides for every name of the unit where it belongs and numbers the locals.
    ///
    /// `in_class` says whether the unit lies in a class's body. Answers the scope and name for which
    /// an outer function was to have a binding and has not.
    pub(crate) fn resolve(
        &mut self,
        in_class: bool,
        class_name: NameId,
    ) -> Option<(ScopeId, NameId)> {
        // A scope that found no room may be the parent of one that did.
        if self.budget.failed() {
            return None;
        }
        for index in 0..self.scopes.len() {
            self.hoist(ScopeId(index as u16));
        }
        // Outer scopes are settled before inner ones. Within the table a parent always precedes
        // its children; going level by level gives free variables the official order.
        let mut level = 0;
        loop {
            let mut any = false;
            for index in 0..self.scopes.len() {
                self.budget.work(1);
                let id = ScopeId(index as u16);
                if self.depth(id) == level {
                    any = true;
                    if let Some(name) = self.settle(id, in_class, class_name) {
                        return Some((id, name));
                    }
                }
            }
            if !any {
                break;
            }
            level += 1;
        }
        for index in 0..self.scopes.len() {
            self.number(ScopeId(index as u16), class_name);
        }
        self.compact();
        None
    }

    /// Binds the targets of `:=` in a comprehension where they belong: in the nearest scope around
    /// it that is none, or that iterates with the name.
    fn hoist(&mut self, scope: ScopeId) {
        let mut at = 0;
        while let Some(id) = self.get(scope).and_then(|scope| scope.ids.get(at)).copied() {
            at += 1;
            let mut outer = self.get(scope).and_then(|scope| scope.parent);
            while let Some(around) = outer.filter(|_| id.kind == IdKind::Outer) {
                let (kind, parent) = match self.get(around) {
                    Some(around) => (around.kind, around.parent),
                    None => break,
                };
                if !kind.is_comprehension() {
                    self.modify(around, id.name);
                    break;
                }
                let Some(known) = self.find_or_add(around, id.name, IdKind::Outer) else { break };
                match known.kind {
                    IdKind::Implicit => known.kind = IdKind::Outer,
                    IdKind::Outer => {}
                    _ => break,
                }
                outer = parent;
            }
        }
    }

    fn depth(&self, id: ScopeId) -> usize {
        let parent = |id: &ScopeId| self.get(*id).and_then(|scope| scope.parent);
        core::iter::successors(parent(&id), parent).count()
    }

    fn settle(&mut self, scope: ScopeId, in_class: bool, class_name: NameId) -> Option<NameId> {
        let mut at = 0;
        while let Some(id) = self.get(scope).and_then(|scope| scope.ids.get(at)).copied() {
            at += 1;
            self.budget.work(1);
            match id.kind {
                IdKind::Outer => {
                    let parent = self.get(scope).and_then(|scope| scope.parent);
                    let kind = match parent {
                        Some(parent) => self.modify(parent, id.name),
                        None if in_class => return Some(id.name),
                        None => IdKind::Global,
                    };
                    if kind == IdKind::Global {
                        self.set_kind(scope, id.name, IdKind::Global);
                        continue;
                    }
                }
                IdKind::Nonlocal | IdKind::Implicit => {}
                _ => continue,
            }
            let bound = self.close_over(scope, id.name, in_class, class_name);
            if !bound && id.kind != IdKind::Implicit {
                return Some(id.name);
            }
        }
        None
    }

    fn set_kind(&mut self, scope: ScopeId, name: NameId, kind: IdKind) {
        if let Some(id) = self.get_mut(scope).and_then(|scope| scope.find_mut(name)) {
            id.kind = kind;
        }
    }

    /// Makes a name free if an outer scope of the unit, or the class around it, has it.
    fn close_over(
        &mut self,
        scope: ScopeId,
        name: NameId,
        in_class: bool,
        class_name: NameId,
    ) -> bool {
        let mut outer = self.get(scope).and_then(|scope| scope.parent);
        let found = loop {
            let Some(id) = outer else {
                break in_class && name == class_name;
            };
            let Some(around) = self.get(id) else { return false };
            if let Some(found) = around.find(name) {
                // what a class assigns is not seen by the functions in it
                if found.kind != IdKind::Assigned {
                    break found.kind == IdKind::Local || found.kind.is_shared();
                }
            }
            outer = around.parent;
        };
        if !found {
            return false;
        }
        self.set_kind(scope, name, IdKind::Free);
        let mut outer = self.get(scope).and_then(|scope| scope.parent);
        while let Some(id) = outer {
            let Some(known) = self.find_or_add(id, name, IdKind::Undecided) else { break };
            match known.kind {
                IdKind::Undecided => known.kind = IdKind::Free,
                IdKind::Assigned => known.kind = IdKind::Passed,
                IdKind::Local => {
                    known.kind = IdKind::Cell;
                    return true;
                }
                _ => return true,
            }
            outer = self.get(id).and_then(|scope| scope.parent);
        }
        self.class_cell = true;
        true
    }

    /// Numbers the locals of a scope: free variables in the order of the scope around it, then
    /// parameters (`*args` after the named ones), other locals, cells.
    fn number(&mut self, id: ScopeId, class_name: NameId) {
        let Some(scope) = self.get_mut(id) else { return };
        if scope.flags & FLAG_VARARGS != 0 {
            let star = scope.ids.iter().position(|id| id.flags & STAR != 0);
            let last = scope.ids.iter().rposition(|id| id.flags & !POSITIONAL == PARAM);
            if let (Some(star), Some(last)) = (star, last)
                && let Some([first, .., second]) = scope.ids.get_mut(star..=last)
            {
                core::mem::swap(first, second);
            }
        }
        let is_class = scope.kind == ScopeKind::Class;
        let mut count = 0u32;
        for id in scope.ids.iter_mut() {
            let own_class = is_class && id.name == class_name;
            if !own_class && (id.kind == IdKind::Local || id.flags & PARAM != 0) {
                id.local = count as u16;
                count += 1;
            }
        }
        for id in scope.ids.iter_mut() {
            if id.kind == IdKind::Cell && id.flags & PARAM == 0 {
                id.local = count as u16;
                count += 1;
            }
        }
        let mut free = 0u32;
        let parent = scope.parent;
        let outer_ids = parent.and_then(|id| self.get(id)).map_or(0, |scope| scope.ids.len());
        self.budget.work(outer_ids / SEARCHED_A_STEP);
        for at in 0..outer_ids {
            let outer = parent.and_then(|id| self.get(id)).and_then(|scope| scope.ids.get(at));
            let Some(outer) = outer.filter(|id| id.kind.is_shared()) else {
                continue;
            };
            let name = outer.name;
            free += self.number_free(id, name, free);
        }
        if parent.is_none() {
            free += self.number_free(id, class_name, free);
        }
        let Some(scope) = self.get_mut(id) else { return };
        for id in scope.ids.iter_mut() {
            if !id.kind.is_received() || id.flags & PARAM != 0 {
                id.local = (u32::from(id.local) + free) as u16;
            }
        }
        let far = |id: &Id| id.kind == IdKind::Cell && id.local > 255;
        let positional = u32::from(scope.positional) + free;
        if count + free > u16::MAX.into()
            || positional > u16::MAX.into()
            || scope.ids.iter().any(far)
        {
            self.budget.overflow();
            return;
        }
        scope.positional = positional as u16;
        scope.locals = (count + free) as u16;
    }

    fn number_free(&mut self, scope: ScopeId, name: NameId, number: u32) -> u32 {
        let id = self.get_mut(scope).and_then(|scope| scope.find_mut(name));
        match id.filter(|id| id.kind.is_received()) {
            Some(id) => {
                id.local = number as u16;
                1
            }
            None => 0,
        }
    }

    /// Drops the names that are looked up by name.
    fn compact(&mut self) {
        for scope in self.scopes.iter_mut() {
            let function = scope.kind.is_function_like();
            let mut kept = 0;
            for at in 0..scope.ids.len() {
                let Some(&id) = scope.ids.get(at) else { break };
                let named = match id.kind {
                    IdKind::Implicit | IdKind::Assigned | IdKind::Undecided => true,
                    IdKind::Global => function,
                    _ => false,
                };
                if !named {
                    if let Some(to) = scope.ids.get_mut(kept) {
                        *to = id;
                    }
                    kept += 1;
                }
            }
            scope.ids.truncate(kept);
        }
    }
}
