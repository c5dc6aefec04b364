//! Arguments of native functions, and their parameters.

use crate::Vm;
use crate::native::Name;
use crate::vm::stack::Local;

/// The arguments of a call: consecutive slots of the VM stack, positional ones first, then a
/// name and a value for each keyword.
#[derive(Copy, Clone, Debug)]
pub struct Args {
    first: Local,
    positional: u32,
    keywords: u32,
}

/// A parameter of a native function that can be given by name.
#[derive(Copy, Clone)]
pub struct Param {
    /// Its name.
    pub(crate) name: Name,
    /// What it is when not given; `None` makes it required.
    pub(crate) default: Option<Local>,
    /// Whether it can only be given by name.
    pub(crate) keyword_only: bool,
}

impl Param {
    /// A parameter that must be given.
    pub const fn required(name: Name) -> Self {
        Self { name, default: None, keyword_only: false }
    }
    /// A parameter that need not be given.
    pub const fn optional(name: Name) -> Self {
        Self { name, default: Some(Local::NULL), keyword_only: false }
    }
    /// A parameter that need not be given, and can only be given by name.
    pub const fn keyword(name: Name) -> Self {
        Self { name, default: Some(Local::NULL), keyword_only: true }
    }
    /// Makes one of the constant locals its value when it is not given.
    pub(crate) const fn or(mut self, default: Local) -> Self {
        self.default = Some(default);
        self
    }
}

impl Args {
    /// Describes arguments that lie on the stack from `first` on.
    pub const fn new(first: Local, positional: usize, keywords: usize) -> Self {
        Self { first, positional: positional as u32, keywords: keywords as u32 }
    }
    /// No arguments.
    pub const fn none() -> Self {
        Self::new(Local::NULL, 0, 0)
    }
    /// Number of positional arguments.
    #[inline]
    pub const fn len(&self) -> usize {
        self.positional as usize
    }
    /// Whether there are no positional arguments.
    pub const fn is_empty(&self) -> bool {
        self.positional == 0
    }
    /// Number of keyword arguments.
    pub const fn keywords(&self) -> usize {
        self.keywords as usize
    }
    /// Positional argument `i`; `Local::NULL` if there are fewer.
    #[inline]
    pub const fn get(&self, i: usize) -> Local {
        if i < self.positional as usize { self.first.offset(i) } else { Local::NULL }
    }
    /// Positional argument `i`, if given.
    pub const fn opt(&self, i: usize) -> Option<Local> {
        if i < self.positional as usize { Some(self.first.offset(i)) } else { None }
    }
    /// Name and value of keyword argument `i`.
    pub const fn keyword(&self, i: usize) -> (Local, Local) {
        let at = self.positional as usize + 2 * i;
        (self.first.offset(at), self.first.offset(at + 1))
    }
    /// The first slot; the arguments follow in order.
    pub const fn first(&self) -> Local {
        self.first
    }
    /// The arguments without the first `n` positional ones.
    pub const fn skip(&self, n: usize) -> Args {
        let n = if n < self.positional as usize { n } else { self.positional as usize };
        Args {
            first: self.first.offset(n),
            positional: self.positional - n as u32,
            keywords: self.keywords,
        }
    }
    /// All positional arguments.
    pub fn iter(self) -> impl Iterator<Item = Local> {
        (0..self.positional as usize).map(move |i| self.first.offset(i))
    }
    /// The value of the keyword argument `name`, if given.
    pub fn find_keyword(&self, vm: &Vm, name: Name) -> Option<Local> {
        (0..self.keywords())
            .map(|i| self.keyword(i))
            .find(|(given, _)| vm.get(*given).as_qstr().is_some_and(|given| name.is(vm, given)))
            .map(|(_, v)| v)
    }
}
