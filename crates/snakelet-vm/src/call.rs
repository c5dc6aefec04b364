//! Calls: what is callable, and how arguments become the locals of a frame.
//!
//! A call's callable and arguments lie on the stack. [`Vm::prepare_call`] either finishes the
//! call (a native function) or leaves a frame record for the interpreter loop to run.

use snakelet_bytecode::Prelude;

use crate::args::check_count;
use crate::cache::Found;
use crate::error::Part;
use crate::function::flags;
use crate::native::{Binding, NativeFn, VARIADIC};
use crate::object::{
    BoundMethod, CellObj, ClassObj, ClosureObj, CodeObj, EXC_WORDS, FunctionObj, HashObj,
    HostFnObj, Kind, TupleObj,
};
use crate::stack::{Frame, Local};
use crate::types::exception::TYPE_ERROR;
use crate::value::{Value, raw};
use crate::{Args, Raised, Res, Vm, qstr};

/// What a prepared call needs.
pub(crate) enum Call {
    /// Nothing more: this is the result.
    Done(Local),
    /// Its frame is to be run.
    Frame,
}

/// Flags of a frame record.
pub(crate) mod frame {
    /// The frame was entered by native code, to which its result goes.
    pub(crate) const ENTRY: u16 = 1;
    /// `extra` is a new instance, which is the result.
    pub(crate) const INSTANCE: u16 = 2;
    /// `extra` is the dict of local names.
    pub(crate) const NAMES: u16 = 4;
    /// `extra` is the generator that runs.
    pub(crate) const GENERATOR: u16 = 8;
    /// The generator was resumed by `FOR_ITER` of the frame below.
    pub(crate) const FOR: u16 = 16;
    /// The generator was resumed by `YIELD_FROM` of the frame below.
    pub(crate) const FROM: u16 = 32;
}

impl Vm {
    /// Calls an object with the arguments that lie on the stack behind it: `callable` must be the
    /// slot before the first argument.
    ///
    /// # Errors
    /// What it raises.
    pub fn call(&mut self, callable: Local, args: Args) -> Res {
        let top = callable.index();
        match self.prepare_call(top, args.first().index(), args.len(), args.keywords(), 0)? {
            Call::Done(result) => Ok(result),
            Call::Frame => self.run_entry(),
        }
    }

    /// Calls an object with the given arguments.
    ///
    /// # Errors
    /// What it raises.
    pub fn call_with(&mut self, callable: Local, args: &[Local]) -> Res {
        let first = self.push_copy(callable);
        for arg in args {
            self.push_copy(*arg);
        }
        let mut args = Args::new(first.offset(1), args.len(), 0);
        if let Some(wrapper) = self.get(first).cast::<crate::object::Wrapper>() {
            // a special method: it is called with the receiver first, but not bound to it
            let is_static = self.get(first).is_kind(Kind::StaticMethod);
            self.set(first, wrapper.function.get());
            if args.is_empty() {
            } else if is_static {
                self.set(first.offset(1), self.get(first));
                args = args.skip(1);
                return self.call(first.offset(1), args);
            } else {
                self.set(first.offset(1), self.type_of(self.get(first.offset(1))));
            }
        }
        let result = self.call(first, args)?;
        self.set(first, self.get(result));
        Ok(self.keep_only(first))
    }

    /// Calls an object with a tuple or list of arguments and a dict of keyword arguments (or
    /// null).
    ///
    /// # Errors
    /// What it raises.
    pub fn call_spread(&mut self, callable: Local, args: Local, keywords: Local) -> Res {
        let first = self.push_copy(callable);
        let n = self.sequence_len(args);
        for i in 0..n {
            self.push_sequence_item(args, i);
        }
        let mut k = 0;
        let mut at = 0;
        while let Some((key, value)) =
            self.get(keywords).cast::<HashObj>().and_then(|h| h.entry(at))
        {
            at += 1;
            if !key.is_null() {
                self.push(key);
                self.push(value);
                k += 1;
            }
        }
        self.call(first, Args::new(first.offset(1), n, k))
    }

    /// Runs the newest frame record, which has no result slot in another frame.
    pub(crate) fn run_entry(&mut self) -> Res {
        self.mark_entry();
        if self.rt.native_depth >= self.rt.native_limit {
            self.drop_frame();
            return Err(self.recursion_error());
        }
        self.rt.native_depth += 1;
        let result = crate::run::execute(self);
        self.rt.native_depth -= 1;
        result
    }

    /// Prepares the call of what slot `ret` holds; arguments begin at slot `first` and reach up
    /// to the top of the stack. The result of a frame goes to slot `ret`.
    pub(crate) fn prepare_call(
        &mut self,
        ret: usize,
        first: usize,
        positional: usize,
        keywords: usize,
        frame_flags: u16,
    ) -> Result<Call, Raised> {
        let mut positional = positional;
        let callable = Local::at(ret);
        loop {
            let value = self.get(callable);
            match value.ref_kind() {
                Some(Kind::Function) => {
                    return self.enter(
                        ret,
                        callable,
                        first,
                        positional,
                        keywords,
                        frame_flags,
                        Local::NULL,
                    );
                }
                Some(Kind::Closure) => {
                    let n = value.cast::<ClosureObj>().map_or(0, |c| c.cells().len());
                    self.insert_slots(first, n)?;
                    if let Some(c) = self.get(callable).cast::<ClosureObj>() {
                        for (i, cell) in c.cells().iter().enumerate() {
                            self.set(Local::at(first + i), cell.get());
                        }
                        self.set(callable, c.function.get());
                    }
                    positional += n;
                }
                Some(Kind::BoundMethod) => {
                    self.insert_slots(first, 1)?;
                    if let Some(m) = self.get(callable).cast::<BoundMethod>() {
                        self.set(Local::at(first), m.receiver.get());
                        self.set(callable, m.function.get());
                    }
                    positional += 1;
                }
                Some(Kind::NativeFn) => {
                    let Some(f) = value.as_native_fn() else {
                        return Err(self.not_callable(callable));
                    };
                    return self.call_native(f, first, positional, keywords).map(Call::Done);
                }
                Some(Kind::NativeType) => {
                    let Some(ty) = value.as_native_type() else {
                        return Err(self.not_callable(callable));
                    };
                    let args = Args::new(Local::at(first), positional, keywords);
                    let Some(make) = ty.slots.make else {
                        return Err(self.raise_parts(
                            &TYPE_ERROR,
                            &[
                                Part::Text("cannot create '"),
                                Part::Name(ty.name),
                                Part::Text("' instances"),
                            ],
                        ));
                    };
                    self.enter_native()?;
                    let result = make(self, callable, args);
                    self.rt.native_depth -= 1;
                    return result.map(Call::Done);
                }
                Some(Kind::Class) => {
                    return self.call_class(ret, first, positional, keywords, frame_flags);
                }
                Some(Kind::HostFn) => {
                    let index = value
                        .cast::<HostFnObj>()
                        .and_then(|f| f.index.get().as_small_int())
                        .unwrap_or(0);
                    let args = Args::new(Local::at(first), positional, keywords);
                    return self.call_host(index as usize, args).map(Call::Done);
                }
                Some(Kind::StaticMethod | Kind::ClassMethod) => {
                    let inner = value.cast::<crate::object::Wrapper>().map(|w| w.function.get());
                    self.set(callable, inner.unwrap_or(Value::NONE));
                }
                Some(Kind::Instance) => match self.special(callable, qstr!("__call__")) {
                    Some(method) => {
                        // the method's local is on top: take it away before the arguments move
                        let word = self.get(method).word();
                        self.rt.stack.set_top(method.index());
                        self.insert_slots(first, 1)?;
                        self.set(Local::at(first), self.get(callable));
                        self.rt.stack.write(callable.index(), word);
                        positional += 1;
                    }
                    None => {
                        let part = self.native_part(callable);
                        let call = self.native_type_of(self.get(part)).slots.call;
                        match call {
                            Some(call) if part != callable => {
                                let args = Args::new(Local::at(first), positional, keywords);
                                return call(self, part, args).map(Call::Done);
                            }
                            _ => return Err(self.not_callable(callable)),
                        }
                    }
                },
                _ => {
                    let call = self.native_type_of(value).slots.call;
                    match call {
                        Some(call) => {
                            let args = Args::new(Local::at(first), positional, keywords);
                            return call(self, callable, args).map(Call::Done);
                        }
                        None => return Err(self.not_callable(callable)),
                    }
                }
            }
        }
    }

    fn not_callable(&mut self, object: Local) -> Raised {
        self.raise_parts(
            &TYPE_ERROR,
            &[Part::Text("'"), Part::TypeOf(object), Part::Text("' object isn't callable")],
        )
    }

    /// Shifts the slots from `at` to the top up by `n`; the gap is null.
    fn insert_slots(&mut self, at: usize, n: usize) -> Result<(), Raised> {
        let top = self.rt.stack.top();
        if !self.rt.stack.has_room(top, n) {
            return Err(self.recursion_error());
        }
        for _ in 0..n {
            self.rt.stack.push(raw::NULL);
        }
        let mut i = top;
        while i > at {
            i -= 1;
            let word = self.rt.stack.read(i);
            self.rt.stack.write(i + n, word);
        }
        for i in at..at + n {
            self.rt.stack.write(i, raw::NULL);
        }
        Ok(())
    }

    /// Runs native code that may get to itself again through the objects it works on.
    ///
    /// # Errors
    /// `RuntimeError` if that goes too deep; what `run` raises.
    pub(crate) fn nested<T>(
        &mut self,
        run: impl FnOnce(&mut Vm) -> Result<T, Raised>,
    ) -> Result<T, Raised> {
        self.enter_native()?;
        let result = run(self);
        self.rt.native_depth -= 1;
        result
    }

    fn enter_native(&mut self) -> Result<(), Raised> {
        if self.rt.native_depth >= self.rt.native_limit
            || !self.rt.stack.has_room(self.rt.stack.top(), 0)
        {
            return Err(self.recursion_error());
        }
        self.rt.native_depth += 1;
        Ok(())
    }

    fn call_host(&mut self, index: usize, args: Args) -> Res {
        self.enter_native()?;
        let result = crate::hostfn::call(self, index, args);
        self.rt.native_depth -= 1;
        result
    }

    /// Calls a native function.
    #[inline]
    pub(crate) fn call_native(
        &mut self,
        f: &'static NativeFn,
        first: usize,
        positional: usize,
        keywords: usize,
    ) -> Res {
        if keywords > 0 && !f.keywords {
            return Err(self.type_error("function doesn't take keyword arguments"));
        }
        if positional < f.min as usize || (f.max != VARIADIC && positional > f.max as usize) {
            let max = if f.max == VARIADIC { usize::MAX } else { f.max as usize };
            if positional < f.min as usize || positional > max {
                check_count(self, positional, f.min as usize, max)?;
            }
        }
        if f.binding == Binding::Method
            && positional > 0
            && self.get(Local::at(first)).is_kind(Kind::Instance)
        {
            self.receive_part(first);
        }
        self.enter_native()?;
        let result = (f.code)(self, Args::new(Local::at(first), positional, keywords));
        self.rt.native_depth -= 1;
        result
    }

    /// Replaces an instance by its built-in part, as receiver of a native method.
    fn receive_part(&mut self, first: usize) {
        if let Some(part) = self.native_part_of(self.get(Local::at(first))) {
            self.set(Local::at(first), part);
        }
    }

    /// Makes an instance and calls `__init__`.
    fn call_class(
        &mut self,
        ret: usize,
        first: usize,
        positional: usize,
        keywords: usize,
        frame_flags: u16,
    ) -> Result<Call, Raised> {
        let class = Local::at(ret);
        let (has_new, native) = match self.get(class).cast::<ClassObj>() {
            Some(c) => (
                self.class_lookup(self.get(class), qstr!("__new__")).is_some(),
                c.native_base.get().as_native_type(),
            ),
            None => (false, None),
        };
        let instance = if has_new {
            let args = Args::new(Local::at(first), positional, keywords);
            let made = self.call_new(class, args)?;
            let own = self.is_subclass(self.type_of(self.get(made)), self.get(class));
            if !own {
                return Ok(Call::Done(made));
            }
            made
        } else {
            let instance = self.new_instance(class)?;
            if let Some(native) = native {
                self.make_native_part(class, instance, native, first, positional, keywords)?;
            }
            instance
        };
        let init = self.class_lookup(self.get(class), qstr!("__init__"));
        let Some(init) = init else {
            if positional + keywords > 0 && native.is_none() && !has_new {
                return Err(
                    self.type_error("function takes 0 positional arguments but more were given")
                );
            }
            return Ok(Call::Done(instance));
        };
        let init = self.push(init);
        let extra = self.get(instance).word();
        let init_word = self.get(init).word();
        // back to callable and arguments, with the instance inserted as first of them; nothing
        // is allocated until both are on the stack again
        self.rt.stack.set_top(first + positional + 2 * keywords);
        let is_function = matches!(self.rt_kind(init_word), Some(Kind::Function));
        if is_function {
            if !has_new && native.is_none() {
                let key = self.get(class).word();
                let name = Value::qstr(qstr!("__init__")).word();
                self.rt.caches.set_attr(key, name, Found::Init, init_word);
            }
            self.insert_slots(first, 1)?;
            self.rt.stack.write(first, extra);
            self.rt.stack.write(ret, init_word);
            return self.enter_init(ret, first, positional + 1, keywords, frame_flags);
        }
        self.insert_slots(first, 1)?;
        self.rt.stack.write(first, extra);
        let keep = self.copy_below(ret, extra, init_word, first, positional + 1, keywords)?;
        Ok(Call::Done(keep))
    }

    /// Enters the `__init__` function in slot `ret`; the instance is its first argument.
    pub(crate) fn enter_init(
        &mut self,
        ret: usize,
        first: usize,
        positional: usize,
        keywords: usize,
        frame_flags: u16,
    ) -> Result<Call, Raised> {
        let flags = frame_flags | frame::INSTANCE;
        self.enter(ret, Local::at(ret), first, positional, keywords, flags, Local::at(first))
    }

    fn rt_kind(&self, word: crate::value::Word) -> Option<Kind> {
        if raw::is_ref(word) { Some(Kind::of_header(raw::header_of(word))) } else { None }
    }

    /// Calls an `__init__` that is no plain function, and keeps the instance over the call.
    fn copy_below(
        &mut self,
        ret: usize,
        instance: crate::value::Word,
        init: crate::value::Word,
        first: usize,
        positional: usize,
        keywords: usize,
    ) -> Res {
        // the class slot keeps the instance; the call is made on a copy above
        self.rt.stack.write(ret, instance);
        let callable = self.rt.stack.push(init);
        for i in 0..positional + 2 * keywords {
            let word = self.rt.stack.read(first + i);
            self.rt.stack.push(word);
        }
        let result = self.call(callable, Args::new(callable.offset(1), positional, keywords))?;
        if !self.get(result).is_none() {
            return Err(self.type_error("__init__() should return None"));
        }
        self.rt.stack.set_top(callable.index());
        Ok(Local::at(ret))
    }

    /// Calls `__new__` of a class.
    fn call_new(&mut self, class: Local, args: Args) -> Res {
        let found = self.class_lookup(self.get(class), qstr!("__new__"));
        let found = match found {
            Some(f) => self.push(f),
            None => return self.new_instance(class),
        };
        // `__new__` is a static method whether it says so or not
        let function = match self.get(found).cast::<crate::object::Wrapper>() {
            Some(w) => self.push(w.function.get()),
            None => found,
        };
        let first = self.push_copy(function);
        self.push_copy(class);
        for i in 0..args.len() + 2 * args.keywords() {
            self.push_copy(args.first().offset(i));
        }
        self.call(first, Args::new(first.offset(1), args.len() + 1, args.keywords()))
    }

    /// Makes the built-in part of an instance: at once with the arguments when the class has no
    /// `__init__` of its own (or the type is immutable), else empty.
    pub(crate) fn make_native_part(
        &mut self,
        class: Local,
        instance: Local,
        native: &'static crate::native::NativeType,
        first: usize,
        positional: usize,
        keywords: usize,
    ) -> Result<(), Raised> {
        let Some(make) = native.slots.make else {
            return Err(self.type_error("type is not an acceptable base type"));
        };
        let has_init = self.class_lookup(self.get(class), qstr!("__init__")).is_some();
        let scope = self.scope();
        let native_type = self.push(Value::from_ref(native));
        let exception = native.is_subtype(&crate::types::exception::BASE_EXCEPTION);
        let value = native.is_value();
        let args = if has_init && !exception && !value {
            Args::none()
        } else {
            Args::new(Local::at(first), positional, if exception { 0 } else { keywords })
        };
        let part = if has_init && !exception {
            // the base's `__init__`, if called, fills it; some types need arguments though, and
            // others have no use for those that are meant for `__init__`
            match make(self, native_type, args) {
                Ok(part) => part,
                Err(_) if self.raised_is(&TYPE_ERROR) => {
                    self.forget_raised();
                    let all = Args::new(Local::at(first), positional, keywords);
                    make(self, native_type, if value { Args::none() } else { all })?
                }
                Err(raised) => return Err(raised),
            }
        } else {
            make(self, native_type, args)?
        };
        self.set_native_part(instance, part);
        self.end_scope(scope);
        Ok(())
    }

    /// Makes the arguments of a function its locals and pushes its frame record; a generator
    /// function is finished by making the generator.
    #[expect(clippy::too_many_arguments, reason = "the parts of a call, all of them numbers")]
    fn enter(
        &mut self,
        ret: usize,
        function: Local,
        base: usize,
        positional: usize,
        keywords: usize,
        frame_flags: u16,
        extra: Local,
    ) -> Result<Call, Raised> {
        let Some(f) = self.get(function).cast::<FunctionObj>() else {
            return Err(self.not_callable(function));
        };
        let Some(code) = f.code() else { return Err(self.not_callable(function)) };
        let n_locals = code.n_locals as usize;
        let slots = code.frame_slots();
        let exc = EXC_WORDS * code.n_exc as usize;
        let simple = keywords == 0
            && code.n_kwonly == 0
            && code.flags & (flags::VAR_ARGS | flags::VAR_KEYWORDS) == 0
            && positional == code.n_pos as usize;
        let (generator, cells) = (code.flags & flags::GENERATOR != 0, code.n_cells != 0);
        if !self.rt.stack.has_room(base.max(self.rt.stack.top()), slots) {
            return Err(self.recursion_error());
        }
        if !simple {
            self.bind_arguments(function, base, positional, keywords)?;
        }
        self.fill_to(base + n_locals + exc, base + positional.min(n_locals), simple);
        if cells {
            self.make_cells(function, base)?;
        }
        if generator {
            return self.make_generator(function, base, n_locals + exc).map(Call::Done);
        }
        let Some(ip) = self.entry_of(function) else { return Err(self.not_callable(function)) };
        // the instance is the first argument, which may have become a cell just now
        let instance = self.get(extra);
        let extra = self.cell_value(instance).unwrap_or(instance).word();
        self.rt.stack.push_frame(Frame {
            function: self.get(function).word(),
            extra,
            ip,
            base: base as u32,
            ret: ret as u32,
            top: (base + n_locals + exc) as u32,
            exc: 0,
            flags: frame_flags,
        });
        Ok(Call::Frame)
    }

    /// Sets the top and clears what lies between the arguments and it.
    fn fill_to(&mut self, top: usize, arguments_end: usize, clear: bool) {
        let old = self.rt.stack.top();
        if clear {
            self.rt.stack.set_top(arguments_end.min(old));
        } else if old > top {
            self.rt.stack.set_top(top);
        }
        while self.rt.stack.top() < top {
            self.rt.stack.push(raw::NULL);
        }
    }

    /// Wraps the locals that inner functions use in cells.
    fn make_cells(&mut self, function: Local, base: usize) -> Result<(), Raised> {
        let mut i = 0;
        loop {
            let local = {
                let code = self.get(function).cast::<FunctionObj>().and_then(FunctionObj::code);
                match code.and_then(|c| cell_local(c, i)) {
                    Some(local) => Local::at(base + local),
                    None => return Ok(()),
                }
            };
            let cell = self.new_cell(local)?;
            self.set(local, self.get(cell));
            self.rt.stack.set_top(cell.index());
            i += 1;
        }
    }

    /// Distributes arguments over parameters: defaults, keywords, `*args` and `**kwargs`.
    fn bind_arguments(
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
        let n_locals = code.n_locals as usize;
        let n_named = n_pos + n_kw;
        // keywords and surplus arguments are copied above the frame's locals
        let copy_at = (base + n_locals).max(base + positional + 2 * keywords);
        let surplus = positional.saturating_sub(n_pos);
        if surplus > 0 && code_flags & flags::VAR_ARGS == 0 {
            check_count(self, positional, n_pos.saturating_sub(n_defaults), n_pos)?;
        }
        let extra = surplus + 2 * keywords;
        if !self.rt.stack.has_room(copy_at, extra + 4) {
            return Err(self.recursion_error());
        }
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
        if let Some(i) = place {
            let local = Local::at(base + i);
            if !self.get(local).is_null() {
                return Err(self.raise_parts(
                    &TYPE_ERROR,
                    &[
                        Part::Text("function got multiple values for argument '"),
                        Part::Name(q),
                        Part::Text("'"),
                    ],
                ));
            }
            self.set(local, self.get(value));
            return Ok(());
        }
        if code_flags & flags::VAR_KEYWORDS == 0 {
            return Err(self.raise_parts(
                &TYPE_ERROR,
                &[Part::Text("unexpected keyword argument '"), Part::Name(q), Part::Text("'")],
            ));
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
                    return Err(self.raise_parts(
                        &TYPE_ERROR,
                        &[
                            Part::Text("function missing required keyword argument '"),
                            Part::Name(name),
                            Part::Text("'"),
                        ],
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

    /// The value in a cell, if this is one.
    pub(crate) fn cell_value<'h>(&'h self, value: Value<'h>) -> Option<Value<'h>> {
        value.cast::<CellObj>().map(|c| c.value.get())
    }
}

/// The local that cell number `i` of a function wraps.
fn cell_local(code: &CodeObj, i: usize) -> Option<usize> {
    let n = code.n_cells as usize;
    let start = (code.start as usize).checked_sub(n)?;
    if i < n { code.bytes().get(start + i).map(|b| *b as usize) } else { None }
}
