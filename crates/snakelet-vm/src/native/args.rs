//! Arguments of native functions, and the one parser of keyword arguments.

use snakelet_qstr::Qstr;

use crate::exception::classes::TYPE_ERROR;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// The arguments of a call: consecutive slots of the VM stack, positional ones first, then a
/// name and a value for each keyword.
#[derive(Copy, Clone, Debug)]
pub struct Args {
    first: Local,
    positional: u32,
    keywords: u32,
}

/// A parameter of a native function, for [`Args::parse`].
#[derive(Copy, Clone)]
pub struct Param {
    /// Its name.
    pub name: Qstr,
    /// What it is when not given; `None` makes it required.
    pub default: Option<Local>,
    /// Whether it can only be given by keyword.
    pub keyword_only: bool,
}

impl Param {
    /// A parameter that must be given.
    pub const fn required(name: Qstr) -> Self {
        Self { name, default: None, keyword_only: false }
    }
    /// A parameter with a default: one of the constant locals; `Local::NULL` tells that it is
    /// absent.
    pub const fn optional(name: Qstr, default: Local) -> Self {
        Self { name, default: Some(default), keyword_only: false }
    }
    /// A parameter that can only be given by keyword.
    pub const fn keyword(name: Qstr, default: Local) -> Self {
        Self { name, default: Some(default), keyword_only: true }
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
    pub fn find_keyword(&self, vm: &Vm, name: Qstr) -> Option<Local> {
        (0..self.keywords())
            .map(|i| self.keyword(i))
            .find(|(n, _)| vm.get(*n).as_qstr() == Some(name))
            .map(|(_, v)| v)
    }

    /// Raises unless there are `min..=max` positional arguments and no keyword arguments.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn check(&self, vm: &mut Vm, min: usize, max: usize) -> Result<(), Raised> {
        if self.keywords == 0 && self.len() >= min && self.len() <= max {
            return Ok(());
        }
        if self.keywords > 0 {
            return Err(vm.type_error("function doesn't take keyword arguments"));
        }
        check_count(vm, self.len(), min, max)
    }

    /// Distributes positional and keyword arguments over parameters.
    ///
    /// # Errors
    /// `TypeError` for a missing, unknown or doubly given argument.
    #[inline(always)]
    pub fn parse<const N: usize>(
        &self,
        vm: &mut Vm,
        params: &[Param; N],
    ) -> Result<[Local; N], Raised> {
        let mut out = [Local::NULL; N];
        self.parse_into(vm, params, &mut out)?;
        Ok(out)
    }

    /// As [`Args::parse`], into as many places as there are parameters.
    #[inline(never)]
    fn parse_into(
        &self,
        vm: &mut Vm,
        params: &[Param],
        places: &mut [Local],
    ) -> Result<(), Raised> {
        let (mut positional, mut used) = (0, 0);
        for (i, (param, place)) in params.iter().zip(places).enumerate() {
            positional += usize::from(!param.keyword_only);
            if i < self.len() && !param.keyword_only {
                *place = self.get(i);
            } else if let Some(value) =
                if self.keywords > 0 { self.find_keyword(vm, param.name) } else { None }
            {
                *place = value;
                used += 1;
            } else if let Some(default) = param.default {
                *place = default;
            } else {
                return Err(vm.raise_named(&TYPE_ERROR, "'", param.name, "' argument required"));
            }
        }
        if self.len() > positional {
            return Err(vm.type_error("extra positional arguments given"));
        }
        if used < self.keywords() {
            return Err(vm.type_error("extra keyword arguments given"));
        }
        Ok(())
    }
}

/// Raises unless `given` lies in `min..=max`.
pub(crate) fn check_count(vm: &mut Vm, given: usize, min: usize, max: usize) -> Result<(), Raised> {
    if given >= min && given <= max {
        return Ok(());
    }
    if min == max {
        return Err(vm.raise_parts(
            &TYPE_ERROR,
            &[
                Part::Text("function takes "),
                Part::Int(min as isize),
                Part::Text(" positional arguments but "),
                Part::Int(given as isize),
                Part::Text(" were given"),
            ],
        ));
    }
    if given < min {
        return Err(vm.raise_parts(
            &TYPE_ERROR,
            &[
                Part::Text("function missing "),
                Part::Int((min - given) as isize),
                Part::Text(" required positional arguments"),
            ],
        ));
    }
    Err(vm.raise_parts(
        &TYPE_ERROR,
        &[
            Part::Text("function expected at most "),
            Part::Int(max as isize),
            Part::Text(" arguments, got "),
            Part::Int(given as isize),
        ],
    ))
}
