//! How arguments are distributed over parameters: defaults, keywords, `*args`, `**kwargs`.

use snakelet_bytecode::Prelude;
use snakelet_qstr::Qstr;

use crate::exception::classes::TYPE_ERROR;
use crate::object::value::{Value, raw};
use crate::object::{FunctionObj, TupleObj};
use crate::protocol::call::function::{flags, name_of};
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Raised, Vm, qstr};

impl Vm {
    /// Distributes arguments over parameters: defaults, keywords, `*args` and `**kwargs`.
    pub(super) fn bind_arguments(
        &mut self,
        function: Local,
        base: usize,
        positional: usize,
        keywords: usize,
    ) -> Result<(), Raised> {
        let Some(f) = self.get(function).cast::<FunctionObj>() else { return Ok(()) };
        let Some(code) = f.code() else { return Ok(()) };
        let (n_pos, n_kw) = (code.n_pos as usize, code.n_kwonly as usize);
        let (code_flags, n_defaults) = (code.flags, code.n_defaults as usize);
        let n_locals = code.n_locals();
        let n_named = n_pos + n_kw;
        // keywords and surplus arguments are copied above the frame's locals
        let copy_at = (base + n_locals).max(base + positional + 2 * keywords);
        let surplus = positional.saturating_sub(n_pos);
        if surplus > 0 && code_flags & flags::VAR_ARGS == 0 {
            return Err(self.wrong_count(function, n_pos, positional));
        }
        let required = n_pos.saturating_sub(n_defaults);
        if positional < required && keywords == 0 && n_kw == 0 {
            return Err(self.wrong_count(function, required, positional));
        }
        let extra = surplus + 2 * keywords;
        if !self.rt.stack.has_room(copy_at, extra + 4) {
            return Err(self.recursion_error());
        }
        self.charge_later(extra / 8);
        while self.rt.stack.top() < copy_at + extra {
            self.rt.stack.push(raw::NULL);
        }
        for i in 0..surplus {
            let word = self.rt.stack.read(base + n_pos + i);
            self.rt.stack.write(copy_at + i, word);
        }
        let keywords_at = copy_at + surplus;
        for i in 0..2 * keywords {
            // from the end: the areas may overlap
            let i = 2 * keywords - 1 - i;
            let word = self.rt.stack.read(base + positional + i);
            self.rt.stack.write(keywords_at + i, word);
        }
        if surplus > 0 {
            for i in 0..surplus {
                let word = self.rt.stack.read(base + n_pos + i);
                self.rt.stack.write(copy_at + i, word);
            }
        }
        for i in positional.min(n_pos)..n_locals.max(n_named) {
            self.rt.stack.write(base + i, raw::NULL);
        }
        let scope = self.scope();
        let mut next = base + n_named;
        if code_flags & flags::VAR_ARGS != 0 {
            let tuple = self.new_tuple(Local::at(copy_at), surplus)?;
            self.set(Local::at(next), self.get(tuple));
            next += 1;
        }
        if code_flags & flags::VAR_KEYWORDS != 0 {
            let dict = self.new_dict(keywords.min(4))?;
            self.set(Local::at(next), self.get(dict));
        }
        for i in 0..keywords {
            let name = Local::at(keywords_at + 2 * i);
            let value = Local::at(keywords_at + 2 * i + 1);
            self.bind_keyword(function, base, next, code_flags, n_named, name, value)?;
        }
        self.bind_defaults(function, base, n_pos, n_kw, n_defaults)?;
        self.end_scope(scope);
        Ok(())
    }

    /// A `TypeError` for a call of a function that takes so many positional arguments with so many.
    #[cold]
    #[inline(never)]
    fn wrong_count(&mut self, function: Local, takes: usize, given: usize) -> Raised {
        let f = self.get(function).cast::<FunctionObj>();
        let cells = f.map_or(0, |f| self.leading_cells(f));
        let name = f.map_or(Qstr::EMPTY, name_of);
        self.raise_parts(
            &TYPE_ERROR,
            &[
                Part::Name(name.into()),
                Part::Text("() takes "),
                Part::Int(takes.saturating_sub(cells) as isize),
                Part::Text(" positional arguments but "),
                Part::Int(given.saturating_sub(cells) as isize),
                Part::Text(" were given"),
            ],
        )
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a call, all of them numbers")]
    fn bind_keyword(
        &mut self,
        function: Local,
        base: usize,
        var_keywords: usize,
        code_flags: u8,
        n_named: usize,
        name: Local,
        value: Local,
    ) -> Result<(), Raised> {
        let Some(q) = self.get(name).as_qstr() else {
            // a name that was computed: its interned form
            let q = self.intern_local(name)?;
            self.set(name, Value::qstr(q));
            return self.bind_keyword(
                function,
                base,
                var_keywords,
                code_flags,
                n_named,
                name,
                value,
            );
        };
        let place = self.get(function).cast::<FunctionObj>().and_then(|f| {
            let code = f.code()?;
            let context = f.context()?;
            let prelude = Prelude::decode(code.bytes()).ok()?;
            prelude.arg_names().take(n_named).position(|n| context.name(n as usize) == q)
        });
        self.charge_later(place.unwrap_or(n_named) / 8);
        if let Some(i) = place {
            let local = Local::at(base + i);
            if !self.get(local).is_null() {
                return Err(self.raise_named(
                    &TYPE_ERROR,
                    "function got multiple values for argument '",
                    q,
                    "'",
                ));
            }
            self.set(local, self.get(value));
            return Ok(());
        }
        if code_flags & flags::VAR_KEYWORDS == 0 {
            return Err(self.raise_named(&TYPE_ERROR, "unexpected keyword argument '", q, "'"));
        }
        self.dict_set_name(Local::at(var_keywords), q, value)
    }

    fn bind_defaults(
        &mut self,
        function: Local,
        base: usize,
        n_pos: usize,
        n_kw: usize,
        n_defaults: usize,
    ) -> Result<(), Raised> {
        for i in 0..n_pos {
            let local = Local::at(base + i);
            if !self.get(local).is_null() {
                continue;
            }
            let default =
                (i + n_defaults).checked_sub(n_pos).and_then(|d| self.default(function, d));
            match default {
                Some(value) => self.set(local, value),
                None => {
                    let f = self.get(function).cast::<FunctionObj>();
                    let cells = f.map_or(0, |f| self.leading_cells(f));
                    return Err(self.raise_parts(
                        &TYPE_ERROR,
                        &[
                            Part::Text("function missing required positional argument #"),
                            Part::Int((i + 1 - cells.min(i)) as isize),
                        ],
                    ));
                }
            }
        }
        for i in n_pos..n_pos + n_kw {
            let local = Local::at(base + i);
            if !self.get(local).is_null() {
                continue;
            }
            let name = match self.get(function).cast::<FunctionObj>() {
                Some(f) => self.parameter_name(f, i),
                None => qstr!(""),
            };
            let default = self
                .default(function, n_defaults)
                .and_then(|dict| self.dict_get_name(dict, Value::qstr(name)));
            match default {
                Some(value) => self.set(local, value),
                None => {
                    return Err(self.raise_named(
                        &TYPE_ERROR,
                        "function missing required keyword argument '",
                        name,
                        "'",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Parameters that are cells handed over by a closure: they are named `*`.
    fn leading_cells(&self, f: &FunctionObj) -> usize {
        let n = f.code().map_or(0, |c| c.n_pos as usize);
        (0..n).take_while(|i| self.parameter_name(f, *i) == qstr!("*")).count()
    }

    /// Item `i` of a function's defaults.
    fn default(&self, function: Local, i: usize) -> Option<Value<'_>> {
        let f = self.get(function).cast::<FunctionObj>()?;
        f.defaults.get().cast::<TupleObj>()?.items().get(i).map(crate::object::Slot::get)
    }
}
