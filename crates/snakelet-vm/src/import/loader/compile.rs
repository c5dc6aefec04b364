//! Compiling source text into the heap.

use snakelet_gc::Heap;

use heap_alloc::rc::Rc;

use snakelet_bytecode::{Prelude, Verified};
#[cfg(feature = "viper")]
use snakelet_compiler::Complaint;
use snakelet_compiler::{
    Compiled, Const, Error, ErrorKind, Fail, Function, Meter, Mode, Options, Sink, Source,
    SourceError, SyntaxError, compile,
};
use snakelet_num::bigint::Int;
use snakelet_qstr::{LONGEST_NAME, Qstr};

use super::budget::MAX_SHARE;
use super::watch::Watcher;
use crate::exception::classes::{INDENTATION_ERROR, OS_ERROR, RUNTIME_ERROR, SYNTAX_ERROR};
#[cfg(feature = "viper")]
use crate::exception::classes::{NOT_IMPLEMENTED_ERROR, VIPER_TYPE_ERROR};
use crate::native::NativeType;
use crate::object::copy;
use crate::object::value::{SWord, Value, raw};
use crate::object::{BigInt, CodeObj, Context, ExceptionObj, Kind, TupleObj};
use crate::protocol::call::function::head_of;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Bits of a small int in instructions.
const SMALL_INT_BITS: u8 = (usize::BITS - raw::INT_SHIFT) as u8;
/// Slots that the compiler's count of the stack may be short of what the loop uses: the rest of
/// an iterator, and what `with` puts on top.
const STACK_MARGIN: u16 = 4;
/// Names whose index is remembered.
const REMEMBERED: usize = 32;
const _: () = assert!(LONGEST_NAME == snakelet_compiler::LONGEST_NAME);
/// Names or constants of a module from which on their places are looked up.
const MANY: usize = 64;
/// Bytes at either end of a text from which its hash is made.
const HASHED: usize = 512;
/// Bits of a constant's hash: a small int of every target.
const HASH_MASK: SWord = 0x3fff_ffff;

/// What the text is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// A module.
    File,
    /// A statement at the prompt: values of expressions are printed.
    Single,
    /// An expression.
    Eval,
}

/// What a compilation failed in.
enum Stage {
    /// Reading the text or building its tree.
    Compile(Fail),
    /// Putting the result into the heap.
    Heap(Raised),
}

impl From<Raised> for Stage {
    fn from(raised: Raised) -> Self {
        Stage::Heap(raised)
    }
}

/// Puts what the compiler makes into lists in the heap.
struct HeapSink<'v> {
    vm: &'v mut Vm,
    names: Local,
    objects: Local,
    codes: Local,
    /// Dicts of where names, and constants by a hash, are in the lists; null while there are few.
    name_places: Local,
    object_places: Local,
    recent: [(Qstr, u32); REMEMBERED],
    /// What the compiler takes, when it must fit beside the heap's objects.
    meter: Option<Rc<Meter>>,
    /// What was free after the last collection for the compiler's sake.
    freed: usize,
    /// Leave as little garbage as possible, since memory has been too short.
    thrifty: bool,
    /// Has the host's hook, which comes back when the sink is dropped, even by a panic of the hook.
    watcher: Rc<Watcher>,
}

impl Drop for HeapSink<'_> {
    fn drop(&mut self) {
        self.vm.end_watch(&self.watcher);
    }
}

impl Vm {
    /// Compiles a text; gives the function that runs it.
    ///
    /// # Errors
    /// `SyntaxError` and its kind with file and line, `MemoryError`, `RuntimeError` for too deep
    /// nesting.
    pub fn compile_source(
        &mut self,
        source: &mut dyn Source,
        file_name: &[u8],
        input: Input,
    ) -> Res {
        if !self.may_compile() {
            return Err(self.recursion_error());
        }
        let mut share = 1;
        let mut thrifty = false;
        loop {
            let scope = self.scope();
            let loan = self.lend_compile_memory(share)?;
            let result = self.compile_once(source, file_name, input, thrifty);
            if !self.end_loan(loan) {
                return Err(self.memory_error());
            }
            match result {
                Err(Stage::Compile(Fail::Memory)) if loan.is_some() && share < MAX_SHARE => {
                    self.end_scope(scope);
                    share += 1;
                }
                Err(Stage::Compile(Fail::Memory)) if self.rt.compile_in_heap && !thrifty => {
                    self.end_scope(scope);
                    self.collect();
                    thrifty = true;
                }
                Ok(function) => {
                    #[cfg(feature = "listing")]
                    if self.rt.verbose >= 2 {
                        self.list_function(function)?;
                    }
                    return Ok(self.end_scope_with(scope, function));
                }
                Err(Stage::Heap(raised)) => return Err(raised),
                Err(Stage::Compile(fail)) => return Err(self.compile_error(fail, file_name)),
            }
        }
    }

    fn compile_once(
        &mut self,
        source: &mut dyn Source,
        file_name: &[u8],
        input: Input,
        thrifty: bool,
    ) -> Result<Local, Stage> {
        let names = self.new_list_empty()?;
        let objects = self.new_list_empty()?;
        let codes = self.new_list_empty()?;
        let (name_places, object_places) = (self.push(Value::NULL), self.push(Value::NULL));
        let budget = self.compile_budget();
        let meter =
            self.rt.compile_in_heap.then(|| Rc::new(Meter::new(self.heap.ask(Heap::free_bytes))));
        let watcher = Rc::new(self.begin_watch());
        let mut options = Options {
            file_name,
            mode: match input {
                Input::File => Mode::File,
                Input::Single => Mode::Single,
                Input::Eval => Mode::Eval,
            },
            optimisation: self.rt.opt_level,
            recursion_limit: self.rt.compile_depth,
            budget,
            meter: meter.clone(),
            small_int_bits: SMALL_INT_BITS,
            viper: cfg!(feature = "viper"),
            cpython: cfg!(feature = "cpython"),
            watch: Some(watcher.clone()),
        };
        let recent = [(Qstr::NULL, 0); REMEMBERED];
        let mut sink = HeapSink {
            vm: self,
            names,
            objects,
            codes,
            name_places,
            object_places,
            recent,
            meter,
            freed: usize::MAX,
            thrifty,
            watcher,
        };
        let result = compile(source, &mut options, &mut sink);
        drop(sink);
        let code = match result {
            Ok(Compiled { code, report }) => {
                self.rt.compile_peak = report.peak_bytes;
                code
            }
            Err(Error::Sink(raised)) => return Err(Stage::Heap(raised)),
            Err(Error::Fail(fail)) => return Err(Stage::Compile(fail)),
        };
        let code = self.push(self.list_item(codes, code as usize));
        Ok(self.finish_module(code, names, objects)?)
    }

    /// Compiles a text that lies outside the heap.
    ///
    /// # Errors
    /// As for [`Vm::compile_source`].
    pub fn compile_text(&mut self, text: &[u8], file_name: &[u8], input: Input) -> Res {
        let mut source = text;
        self.compile_source(&mut source, file_name, input)
    }

    /// Compiles the text of a `str` or `bytes` in the heap.
    ///
    /// # Errors
    /// As for [`Vm::compile_source`].
    #[expect(unsafe_code, reason = "lets the compiler read the heap while its sink writes there")]
    pub fn compile_local(&mut self, text: Local, file_name: &[u8], input: Input) -> Res {
        if self.get(text).as_qstr().is_some() {
            // interned text may be moved with its object: copy it once
            let copy = {
                let len = self.bytes_of(self.get(text)).map_or(0, <[u8]>::len);
                self.new_bytes_with(len, |vm, out| {
                    if let Some(b) = vm.bytes_of(vm.get(text)) {
                        copy(b, out);
                    }
                })?
            };
            return self.compile_local(copy, file_name, input);
        }
        self.pin(text);
        let Some(bytes) = self.bytes_of(self.get(text)) else {
            return Err(self.type_error("source should be a str or bytes"));
        };
        let (at, len) = (bytes.as_ptr(), bytes.len());
        // SAFETY: the object is pinned, so it stays where it is; it is immutable; and its local
        // keeps it alive until the compilation is over.
        let mut source = unsafe { core::slice::from_raw_parts(at, len) };
        self.compile_source(&mut source, file_name, input)
    }

    /// Makes a function of a code object and the lists of a module's names and constants.
    fn finish_module(&mut self, code: Local, names: Local, objects: Local) -> Res {
        let (n, m) = (self.list_len(names), self.list_len(objects));
        let context = self.new_context(Local::NULL, n, m)?;
        if let Some(c) = self.get(context).cast::<Context>() {
            for (i, slot) in c.names().iter().enumerate() {
                slot.set(self.list_item(names, i));
            }
            for (i, slot) in c.objects().iter().enumerate() {
                slot.set(self.list_item(objects, i));
            }
        }
        self.new_function(code, context, Local::NULL, Local::NULL)
    }

    fn compile_error(&mut self, fail: Fail, file_name: &[u8]) -> Raised {
        match fail {
            Fail::Syntax(error) => match self.syntax_error(&error, file_name) {
                Ok(exception) => self.raise(exception),
                Err(raised) => raised,
            },
            Fail::Memory => self.memory_error(),
            Fail::Recursion => self.recursion_error(),
            Fail::Overflow => self.raise_text(&RUNTIME_ERROR, "bytecode overflow"),
            Fail::LongName => self.name_too_long(),
            Fail::Source(SourceError) => self.raise_text(&OS_ERROR, "cannot read source"),
            // the fuel is used up, or the host has a wish
            Fail::Stopped => match self.poll(0) {
                Err(raised) => raised,
                Ok(()) => self.stop(),
            },
        }
    }

    fn syntax_error(&mut self, error: &SyntaxError, file_name: &[u8]) -> Res {
        let class = match error.kind() {
            ErrorKind::Syntax => &SYNTAX_ERROR,
            ErrorKind::Indentation => &INDENTATION_ERROR,
        };
        let text = self.new_str(error.message.text().as_bytes())?;
        let file = self.intern(file_name)?;
        let file = self.push(Value::qstr(file));
        // no function: the column is in its place
        let column = self.new_int(error.column as SWord)?;
        self.error_at(class, text, [file, column], error.line)
    }

    /// Makes an exception about a line of a file.
    fn error_at(
        &mut self,
        class: &'static NativeType,
        text: Local,
        [file, place]: [Local; 2],
        line: u32,
    ) -> Res {
        let exception = self.new_exception(class, text)?;
        let line = self.new_int(line as SWord)?;
        let list = self.new_list_empty()?;
        for item in [file, line, place] {
            self.list_append(list, item)?;
        }
        if let Some(e) = self.get(exception).cast::<ExceptionObj>() {
            e.traceback.set(self.get(list));
        }
        Ok(exception)
    }
}

impl HeapSink<'_> {
    /// Lets the compiler have what the heap has left, if both share one memory. When that may soon
    /// be too little, garbage is collected, unless there can be hardly any.
    fn settle(&mut self) -> Result<(), Raised> {
        let Some(meter) = &self.meter else { return Ok(()) };
        let (used, free) = (meter.used(), self.vm.heap.ask(Heap::free_bytes));
        let is_worth_it = free < self.freed - self.freed / 8;
        if free < used || (self.thrifty || free / 2 < used) && is_worth_it {
            // without finalisers: they are code, which might want the compiler
            self.vm.heap.get_mut().collect(&mut self.vm.rt);
            self.freed = self.vm.heap.ask(Heap::free_bytes);
        }
        let free = self.vm.heap.ask(Heap::free_bytes);
        meter.set_limit(free);
        if free < used { Err(self.vm.memory_error()) } else { Ok(()) }
    }

    fn make(&mut self, value: &Const<'_>) -> Res {
        let vm = &mut *self.vm;
        match *value {
            Const::None => Ok(Local::NONE),
            Const::Bool(b) => Ok(Local::bool(b)),
            Const::Ellipsis => Ok(Local::ELLIPSIS),
            Const::Small(i) => vm.new_int_64(i),
            Const::Int { negative, magnitude } => vm.new_big(Int::new(negative, magnitude)),
            Const::Float(f) => vm.new_float(f),
            Const::Imaginary(f) => vm.new_complex(0.0, f),
            // a long text is hardly ever a name
            Const::Str(text) if text.len() > LONGEST_NAME => vm.new_str(text),
            Const::Str(text) => match vm.find_qstr(text) {
                Some(q) => Ok(vm.push(Value::qstr(q))),
                None => vm.new_str(text),
            },
            Const::Bytes(bytes) => vm.new_bytes(bytes),
            Const::Tuple(items) => {
                let scope = vm.scope();
                let list = vm.new_list_sized(items.len())?;
                for (i, item) in items.iter().enumerate() {
                    let inner = self.vm.scope();
                    let item = self.make(item)?;
                    self.vm.list_set(list, i, self.vm.get(item));
                    self.vm.end_scope(inner);
                }
                let tuple = self.vm.tuple_from_list(list)?;
                Ok(self.vm.end_scope_with(scope, tuple))
            }
        }
    }

    /// Makes a local of a number that is the same for constants that are the same.
    fn push_hash(&self, constant: Local) -> Local {
        let hash = self.hash(self.vm.get(constant)) & HASH_MASK;
        self.vm.push(Value::small_int(hash).unwrap_or(Value::NONE))
    }

    fn hash(&self, value: Value<'_>) -> SWord {
        let hash = if let Some(bytes) = self.vm.bytes_of(value) {
            // of a long text its length and its ends are enough to tell it from most others
            let (ends, last) = bytes.split_at_checked(HASHED).unwrap_or((bytes, &[]));
            let last = last.rchunks(HASHED).next().unwrap_or_default();
            let hash =
                snakelet_qstr::hash_bytes(ends).wrapping_add(snakelet_qstr::hash_bytes(last));
            hash as SWord ^ bytes.len() as SWord
        } else if let Some(f) = value.as_float() {
            let bits = f.to_bits();
            (bits ^ bits >> 32) as SWord
        } else if let Some(tuple) = value.cast::<TupleObj>() {
            let hashes = tuple.items().iter().map(|item| self.hash(item.get()));
            hashes.fold(1, |hash: SWord, item| hash.wrapping_mul(31).wrapping_add(item))
        } else if let Some(big) = value.cast::<BigInt>() {
            self.vm.charge_bytes_later(2 * size_of_val(big.limbs()));
            snakelet_num::bigint::hash(big.int())
        } else {
            value.word() as SWord
        };
        hash.wrapping_add(value.ref_kind().map_or(0, |kind| kind as SWord))
    }

    /// Finds a key in the places of a list's items.
    fn find_place(
        &mut self,
        places: Local,
        list: Local,
        key: Local,
    ) -> Result<Option<usize>, Raised> {
        if self.vm.get(places).is_null() {
            // the list has just become too long to be searched through
            let scope = self.vm.scope();
            let dict = self.vm.new_dict(2 * MANY)?;
            self.vm.set(places, self.vm.get(dict));
            self.vm.end_scope(scope);
            for i in 0..self.vm.list_len(list) {
                let scope = self.vm.scope();
                let item = self.vm.push(self.vm.list_item(list, i));
                let key = if list == self.objects { self.push_hash(item) } else { item };
                self.set_place(places, key, i)?;
                self.vm.end_scope(scope);
            }
        }
        let found = self.vm.dict_get(places, key)?;
        Ok(found.and_then(|place| self.vm.get(place).as_small_int()).map(|i| i as usize))
    }

    /// Notes the place of an item, if there are many.
    fn note_place(&mut self, places: Local, key: Local, place: usize) -> Result<(), Raised> {
        if self.vm.get(places).is_null() {
            return Ok(());
        }
        self.set_place(places, key, place)
    }

    fn set_place(&mut self, places: Local, key: Local, place: usize) -> Result<(), Raised> {
        let value = self.vm.push(Value::small_int(place as SWord).unwrap_or(Value::NONE));
        self.vm.table_set(places, key, value).map(|_| ())
    }

    /// Whether two constants are the same one.
    fn same(&self, a: Value<'_>, b: Value<'_>) -> bool {
        if a.is(b) {
            return true;
        }
        match (a.ref_kind(), b.ref_kind()) {
            (Some(Kind::Str), Some(Kind::Str))
            | (Some(Kind::Bytes), Some(Kind::Bytes))
            | (Some(Kind::BigInt), Some(Kind::BigInt)) => self.vm.simple_eq(a, b) == Some(true),
            (Some(Kind::Float), Some(Kind::Float)) => {
                a.as_float().map(f64::to_bits) == b.as_float().map(f64::to_bits)
            }
            // they nest no deeper than the source text
            (Some(Kind::Tuple), Some(Kind::Tuple)) => {
                let (Some(a), Some(b)) = (a.cast::<TupleObj>(), b.cast::<TupleObj>()) else {
                    return false;
                };
                let pairs = || a.items().iter().zip(b.items());
                a.len() == b.len() && pairs().all(|(a, b)| self.same(a.get(), b.get()))
            }
            _ => false,
        }
    }
}

impl Sink for HeapSink<'_> {
    type Error = Raised;
    type Code = u32;

    fn qstr(&mut self, text: &[u8]) -> Result<u32, Raised> {
        self.in_heap(|sink| sink.add_name(text))
    }

    fn is_interned(&mut self, text: &[u8]) -> bool {
        // as where the constant is made
        text.len() <= LONGEST_NAME && self.vm.find_qstr(text).is_some()
    }

    fn constant(&mut self, value: &Const<'_>) -> Result<u32, Raised> {
        self.in_heap(|sink| sink.add_constant(value))
    }

    #[cfg(feature = "viper")]
    fn complain(
        &mut self,
        complaint: Complaint,
        line: u32,
        function: u32,
        parts: &[&[u8]],
    ) -> Option<Raised> {
        self.vm.take_hook(&self.watcher);
        let complaint = self.complaint(complaint, line, function, parts);
        self.vm.lend_hook(&self.watcher);
        Some(match complaint {
            Ok(exception) => self.vm.raise(exception),
            Err(raised) => raised,
        })
    }

    fn function(&mut self, function: &Function<'_, u32>) -> Result<u32, Raised> {
        self.in_heap(|sink| sink.add_function(function))
    }
}

#[cfg(feature = "viper")]
impl HeapSink<'_> {
    /// Makes the exception of a complaint about types.
    fn complaint(
        &mut self,
        complaint: Complaint,
        line: u32,
        function: u32,
        parts: &[&[u8]],
    ) -> Res {
        let vm = &mut *self.vm;
        let class = match complaint {
            Complaint::Type => &VIPER_TYPE_ERROR,
            Complaint::NotImplemented => &NOT_IMPLEMENTED_ERROR,
        };
        let out = vm.new_text()?;
        for part in parts {
            vm.emit(out, part)?;
        }
        let text = vm.finish_text(out)?;
        // the first name is that of the file
        let [file, function] = [0, function as usize].map(|i| vm.push(vm.list_item(self.names, i)));
        vm.error_at(class, text, [file, function], line)
    }
}

impl HeapSink<'_> {
    /// Does work of the sink's, in which allocations may ask the host.
    fn in_heap(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<u32, Raised>,
    ) -> Result<u32, Raised> {
        self.vm.take_hook(&self.watcher);
        let result = work(self);
        self.vm.lend_hook(&self.watcher);
        result
    }

    fn add_name(&mut self, text: &[u8]) -> Result<u32, Raised> {
        let scope = self.vm.scope();
        let q = self.vm.intern(text)?;
        let place = q.id() as usize % REMEMBERED;
        if let Some((known, index)) = self.recent.get(place)
            && *known == q
        {
            return Ok(*index);
        }
        let name = self.vm.push(Value::qstr(q));
        let names = self.vm.items_of(self.vm.get(self.names));
        let (value, n) = (self.vm.get(name), names.len());
        let known = if n < MANY {
            names.iter().position(|slot| slot.get().is(value))
        } else {
            self.find_place(self.name_places, self.names, name)?
        };
        let index = match known {
            Some(i) => i,
            None => {
                self.vm.list_append(self.names, name)?;
                self.note_place(self.name_places, name, n)?;
                n
            }
        };
        if let Some(entry) = self.recent.get_mut(place) {
            *entry = (q, index as u32);
        }
        self.vm.end_scope(scope);
        self.settle()?;
        Ok(index as u32)
    }

    fn add_constant(&mut self, value: &Const<'_>) -> Result<u32, Raised> {
        let scope = self.vm.scope();
        let made = self.make(value)?;
        let n = self.vm.list_len(self.objects);
        let candidates = if n < MANY {
            0..n
        } else {
            let hash = self.push_hash(made);
            let place = self.find_place(self.object_places, self.objects, hash)?;
            place.map_or(0..0, |i| i..i + 1)
        };
        let known = candidates
            .into_iter()
            .find(|i| self.same(self.vm.list_item(self.objects, *i), self.vm.get(made)));
        let index = match known {
            Some(i) => i,
            None => {
                self.vm.list_append(self.objects, made)?;
                if !self.vm.get(self.object_places).is_null() {
                    let hash = self.push_hash(made);
                    self.note_place(self.object_places, hash, n)?;
                }
                n
            }
        };
        self.vm.end_scope(scope);
        self.settle()?;
        Ok(index as u32)
    }

    fn add_function(&mut self, function: &Function<'_, u32>) -> Result<u32, Raised> {
        self.vm.charge(function.code.len() as u32 / 4 + 1)?;
        let scope = self.vm.scope();
        let len = function.prelude.len().saturating_add(function.code.len());
        let head = Prelude::decode(function.prelude).ok().and_then(|prelude| {
            let n_locals = u16::try_from(function.n_locals).ok()?;
            let s = prelude.signature;
            let n_stack = s.n_state.saturating_sub(n_locals).saturating_add(STACK_MARGIN);
            head_of(&prelude, &Verified { n_locals, n_stack, n_exc: s.n_exc_stack, n_free: 0 })
        });
        let Some(head) = head else {
            return Err(self.vm.raise_text(&RUNTIME_ERROR, "bytecode overflow"));
        };
        let code = self.vm.new_code(head, len, |_, out| {
            let mut rest = out.iter_mut();
            function.prelude.iter().zip(rest.by_ref()).for_each(|(from, to)| *to = *from);
            function.code.iter().zip(rest).for_each(|(from, to)| *to = *from);
        })?;
        if !function.children.is_empty() {
            let children = self.vm.new_tuple_sized(function.children.len())?;
            if let (Some(t), Some(c)) =
                (self.vm.get(children).cast::<TupleObj>(), self.vm.get(code).cast::<CodeObj>())
            {
                for (slot, child) in t.items().iter().zip(function.children) {
                    slot.set(self.vm.list_item(self.codes, *child as usize));
                }
                c.children.set(self.vm.get(children));
            }
        }
        let n = self.vm.list_len(self.codes);
        self.vm.list_append(self.codes, code)?;
        self.vm.end_scope(scope);
        self.settle()?;
        Ok(n as u32)
    }
}
