//! Functions compiled from Python: what their code says of names, parameters and lines.

use snakelet_bytecode::opcode::op;
use snakelet_bytecode::{Prelude, Verified};
use snakelet_qstr::Qstr;

use crate::object::value::Value;
use crate::object::{ClosureObj, CodeObj, Context, EXC_WORDS, FunctionObj};
use crate::vm::alloc::CodeHead;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Scope flags of a function's prelude.
pub(crate) mod flags {
    pub(crate) const GENERATOR: u8 = 1;
    pub(crate) const VAR_KEYWORDS: u8 = 2;
    pub(crate) const VAR_ARGS: u8 = 4;
}

impl FunctionObj {
    #[inline(always)]
    pub(crate) fn code(&self) -> Option<&CodeObj> {
        self.code.get().cast::<CodeObj>()
    }
    #[inline(always)]
    pub(crate) fn context(&self) -> Option<&Context> {
        self.context.get().cast::<Context>()
    }
}

/// The function inside a closure, or the function itself.
#[inline(always)]
pub(crate) fn function_of<'h>(value: Value<'h>) -> Option<&'h FunctionObj> {
    match value.cast::<ClosureObj>() {
        Some(c) => c.function.get().cast::<FunctionObj>(),
        None => value.cast::<FunctionObj>(),
    }
}

/// The name of a function.
pub(crate) fn name_of(f: &FunctionObj) -> Qstr {
    f.code()
        .and_then(|c| Prelude::decode(c.bytes()).ok())
        .and_then(|p| f.context().map(|c| c.name(p.name as usize)))
        .unwrap_or(Qstr::EMPTY)
}

/// File and line of the instruction that ends before offset `at` of a function's bytes.
pub(crate) fn place_of(f: &FunctionObj, at: usize) -> (Qstr, u32, Qstr) {
    let Some((code, context)) = f.code().zip(f.context()) else {
        return (Qstr::EMPTY, 0, Qstr::EMPTY);
    };
    let Ok(prelude) = Prelude::decode(code.bytes()) else {
        return (Qstr::EMPTY, 0, Qstr::EMPTY);
    };
    let offset = at.saturating_sub(1).saturating_sub(prelude.code_start);
    (context.name(0), prelude.lines.line_at(offset), context.name(prelude.name as usize))
}

/// How many different attributes a function stores on its first argument.
pub(crate) fn stores_on_self(vm: &Vm, function: Value<'_>) -> usize {
    let _ = vm;
    let Some(code) = function_of(function).and_then(FunctionObj::code) else { return 0 };
    let Ok(prelude) = Prelude::decode(code.bytes()) else { return 0 };
    let mut seen = [u32::MAX; 32];
    let mut n = 0;
    let mut before = 0;
    for instruction in snakelet_bytecode::Instructions::new(prelude.code) {
        let Ok(instruction) = instruction else { break };
        if instruction.byte == op::STORE_ATTR && before == op::LOAD_FAST_MULTI {
            let name = instruction.arg as u32;
            if !seen.contains(&name)
                && let Some(place) = seen.get_mut(n)
            {
                *place = name;
                n += 1;
            }
        }
        before = instruction.byte;
    }
    n
}

/// What the prelude of a function says, with what verifier or compiler found: the numbers of
/// locals, of stack slots and of exception entries, and how many of the first parameters are cells.
///
/// # Errors
/// `None` if it does not fit the interpreter's limits.
pub(crate) fn head_of(prelude: &Prelude<'_>, found: &Verified) -> Option<CodeHead> {
    let s = prelude.signature;
    let n_exc = u8::try_from(found.n_exc).ok()?;
    let fixed = found.n_locals.checked_add(EXC_WORDS as u16 * u16::from(n_exc))?;
    fixed.checked_add(found.n_stack)?;
    Some(CodeHead {
        start: u16::try_from(prelude.code_start).ok().filter(|start| *start > 0)?,
        n_stack: found.n_stack,
        fixed,
        n_exc,
        n_cells: u8::try_from(prelude.cells.len()).ok()?,
        n_free: u8::try_from(found.n_free).ok()?,
        flags: s.flags,
        n_pos: u8::try_from(s.n_pos_args).ok()?,
        n_kwonly: u8::try_from(s.n_kwonly_args).ok()?,
        n_defaults: u8::try_from(s.n_def_pos_args).ok()?,
    })
}

impl Vm {
    /// Makes a function of code and context; `defaults` and `keyword_defaults` are null or a
    /// tuple and a dict.
    pub(crate) fn new_function(
        &mut self,
        code: Local,
        context: Local,
        defaults: Local,
        keyword_defaults: Local,
    ) -> Res {
        let scope = self.scope();
        let defaults = if self.get(keyword_defaults).is_null() {
            defaults
        } else {
            // the dict goes behind the positional defaults
            let list = self.new_list_empty()?;
            if !self.get(defaults).is_null() {
                self.list_extend(list, defaults)?;
            }
            self.list_append(list, keyword_defaults)?;
            self.tuple_from_list(list)?
        };
        let function =
            self.new_slots(crate::object::Kind::Function, 0, &[code, context, defaults])?;
        Ok(self.end_scope_with(scope, function))
    }

    /// Parameter number `i` of a function: its name.
    pub(crate) fn parameter_name(&self, f: &FunctionObj, i: usize) -> Qstr {
        let name = f.code().and_then(|code| {
            let prelude = Prelude::decode(code.bytes()).ok()?;
            prelude.arg_names().nth(i)
        });
        match (name, f.context()) {
            (Some(n), Some(context)) => context.name(n as usize),
            _ => Qstr::EMPTY,
        }
    }

    /// The dict of global variables of the running function.
    pub(crate) fn current_globals(&self) -> Local {
        let globals = self.rt.stack.frame_at(0).and_then(|f| {
            self.frame_function(&f).and_then(|f| f.context()).map(|c| c.globals.get())
        });
        match globals {
            Some(g) => self.push(g),
            None => self.push_root(crate::vm::RootSlot::Main),
        }
    }

    /// Raises if a function's parameters cannot be told apart.
    pub(crate) fn bad_code(&mut self) -> Raised {
        self.value_error("incompatible .mpy file")
    }
}
