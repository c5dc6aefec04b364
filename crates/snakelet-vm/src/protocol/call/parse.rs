//! The one parser of the arguments of native functions.

use crate::exception::classes::TYPE_ERROR;
use crate::native::args::{Args, Param};
use crate::vm::Vm;
use crate::vm::raised::{Part, Raised};
use crate::vm::stack::Local;

impl Args {
    /// Raises unless there are `min..=max` positional arguments and no keyword arguments.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn check(&self, vm: &mut Vm, min: usize, max: usize) -> Result<(), Raised> {
        if self.keywords() == 0 && self.len() >= min && self.len() <= max {
            return Ok(());
        }
        if self.keywords() > 0 {
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
    pub(super) fn parse_into(
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
                if self.keywords() > 0 { self.find_keyword(vm, param.name) } else { None }
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
