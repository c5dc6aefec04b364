//! Loading `.mpy` files, verified function by function.
//!
//! What the file holds is read straight into the objects that stay: names and constants into the
//! module's [`Context`], which is made first, bytecode into its [`CodeObj`], items into their
//! tuple. Besides them only the verifier needs memory, and gives it back. Of a file that lies in flash
//! the bytecode stays there.

use core::convert::Infallible;

use snakelet_bytecode::Limits;
use snakelet_bytecode::mpy::{
    Builder, Data, FormatError, InMemory, MAX_DEPTH, Outcome, Piece, Read, ReadError, Singleton,
    read,
};
use snakelet_num::{bigint, float};
use snakelet_qstr::Qstr;

use super::verify::Verifier;
use crate::import::load::HostFile;
use crate::object::value::Value;
use crate::object::{CodeObj, Context, Kind, Slot, StrObj, TupleObj};
use crate::vm::alloc::CodeHead;
use crate::vm::host::FsError;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Bits of a small int: instructions with larger ones make big ints.
const SMALL_INT_BITS: u8 = 64;

/// Where a file is read from: one type, so that there is one reader.
enum Source<'a> {
    Memory(InMemory<'a>),
    File(&'a mut HostFile),
}

impl Read for Source<'_> {
    /// A file remembers what went wrong, and ends there.
    type Error = Infallible;

    #[inline]
    fn peek(&mut self, want: usize) -> Result<&[u8], Infallible> {
        match self {
            Source::Memory(bytes) => bytes.peek(want),
            Source::File(file) => file.peek(want),
        }
    }

    #[inline]
    fn advance(&mut self, n: usize) {
        match self {
            Source::Memory(bytes) => bytes.advance(n),
            Source::File(file) => file.advance(n),
        }
    }

    #[inline(always)]
    fn next(&mut self) -> Result<Option<u8>, Infallible> {
        match self {
            Source::Memory(bytes) => bytes.next(),
            Source::File(file) => file.next(),
        }
    }

    fn left(&self) -> usize {
        match self {
            Source::Memory(bytes) => bytes.left(),
            Source::File(file) => file.left(),
        }
    }

    fn in_place(&self, n: usize) -> Option<&'static [u8]> {
        match self {
            Source::Memory(bytes) => bytes.in_place(n),
            Source::File(_) => None,
        }
    }
}

type Loaded = Result<Local, ReadError<Infallible, Raised>>;

/// What the parts of a file become.
struct Loader<'v> {
    vm: &'v mut Vm,
    /// The module's names and constants.
    context: Local,
    /// How many names and constants there are so far.
    names: usize,
    objects: usize,
    /// For each open tuple or function how many of its items or children there are so far. The
    /// tuples and code objects themselves are the locals from `first` on.
    open: [u32; MAX_DEPTH],
    depth: usize,
    first: Local,
    /// The outermost function once it is complete.
    root: Local,
    verifier: Verifier,
}

impl Vm {
    /// Loads a `.mpy` file that lies in memory; gives the function that runs the module.
    ///
    /// # Errors
    /// `ValueError` if it is no such file, is of another version, or is not sound; `MemoryError`.
    pub fn load_mpy_bytes(&mut self, bytes: &[u8]) -> Res {
        self.load_mpy_source(Source::Memory(InMemory::new(bytes)))
    }

    /// Loads a `.mpy` file that is part of the program. Its functions run where they lie; names and
    /// constants are copied.
    ///
    /// # Errors
    /// As for [`Vm::load_mpy_bytes`].
    pub fn load_mpy_static(&mut self, bytes: &'static [u8]) -> Res {
        self.load_mpy_source(Source::Memory(InMemory::in_place(bytes)))
    }

    /// Loads a `.mpy` file from a `bytes` object.
    ///
    /// # Errors
    /// As for [`Vm::load_mpy_bytes`].
    pub(crate) fn load_mpy_local(&mut self, file: Local) -> Res {
        match self.load_mpy_if_whole(file)? {
            Some(function) => Ok(function),
            None => Err(self.format_error(FormatError::Truncated)),
        }
    }

    /// Loads a `.mpy` file from a `bytes` object; `None` if that holds only the beginning.
    ///
    /// # Errors
    /// As for [`Vm::load_mpy_bytes`].
    pub(crate) fn load_mpy_if_whole(&mut self, file: Local) -> Result<Option<Local>, Raised> {
        self.with_pinned_bytes(file, |vm, bytes| {
            match vm.load_mpy_parts(Source::Memory(InMemory::new(bytes))) {
                Err(ReadError::Format(FormatError::Truncated)) => Ok(None),
                outcome => vm.loaded(outcome).map(Some),
            }
        })
    }

    /// Works with the contents of a `bytes` object while other objects are made.
    #[expect(unsafe_code, reason = "reads one object of the heap while others are made")]
    fn with_pinned_bytes<T>(
        &mut self,
        object: Local,
        work: impl FnOnce(&mut Vm, &[u8]) -> Result<T, Raised>,
    ) -> Result<T, Raised> {
        self.pin(object);
        let Some(bytes) = self.get(object).cast::<StrObj>().map(StrObj::bytes) else {
            return Err(self.wrong_receiver());
        };
        let (at, len) = (bytes.as_ptr(), bytes.len());
        // SAFETY: the object is pinned, so it stays where it is; it is immutable; and its local
        // keeps it alive until the work is done.
        work(self, unsafe { core::slice::from_raw_parts(at, len) })
    }

    fn load_mpy_source(&mut self, source: Source<'_>) -> Res {
        let outcome = self.load_mpy_parts(source);
        self.loaded(outcome)
    }

    pub(in crate::import) fn load_mpy_file(&mut self, file: &mut HostFile) -> Res {
        let outcome = self.load_mpy_parts(Source::File(file));
        match file.failed {
            Some(FsError(number)) => Err(self.os_error(number)),
            None => self.loaded(outcome),
        }
    }

    fn loaded(&mut self, outcome: Loaded) -> Res {
        outcome.map_err(|error| match error {
            ReadError::Builder(raised) => raised,
            ReadError::Source(never) => match never {},
            ReadError::Format(error) => self.format_error(error),
        })
    }

    fn load_mpy_parts(&mut self, source: Source<'_>) -> Loaded {
        if Verifier::BELIEVES && !self.rt.trust.is_given() {
            let error = self.value_error("incompatible .mpy file: bytecode not verified");
            return Err(ReadError::Builder(error));
        }
        let scope = self.scope();
        let context = self.push(Value::NULL);
        let root = self.push(Value::NULL);
        let first = Local::at(self.rt.stack.top());
        let mut loader = Loader {
            vm: self,
            context,
            names: 0,
            objects: 0,
            open: [0; MAX_DEPTH],
            depth: 0,
            first,
            root,
            verifier: Verifier::new(),
        };
        read(source, &mut loader, SMALL_INT_BITS)?;
        let function = self.new_function(root, context, Local::NULL, Local::NULL);
        Ok(self.end_scope_with(scope, function.map_err(ReadError::Builder)?))
    }

    fn format_error(&mut self, error: FormatError) -> Raised {
        match error {
            FormatError::Native => self.value_error("incompatible .mpy file: holds machine code"),
            _ => self.value_error("incompatible .mpy file"),
        }
    }
}

impl Loader<'_> {
    /// Gives a constant its place: in the innermost open tuple, or in the table.
    fn constant(&mut self, value: Local) {
        let value = self.vm.get(value);
        match self.depth.checked_sub(1) {
            Some(last) => {
                let tuple = self.vm.get(self.first.offset(last)).cast::<TupleObj>();
                place(tuple.map(TupleObj::items), &mut self.open, last, value);
            }
            None => {
                let context = self.vm.get(self.context).cast::<Context>();
                if let Some(slot) = context.and_then(|c| c.objects().get(self.objects)) {
                    slot.set(value);
                }
                self.objects += 1;
            }
        }
    }

    /// The object that was made last, a tuple or code, becomes the innermost open one.
    fn enter(&mut self) -> Result<(), Raised> {
        let Some(count) = self.open.get_mut(self.depth) else { return Err(self.bad()) };
        *count = 0;
        self.depth += 1;
        if self.vm.locals_left() < crate::vm::stack::RESERVE {
            return Err(self.vm.recursion_error());
        }
        Ok(())
    }

    fn name(&mut self, name: Qstr) {
        let context = self.vm.get(self.context).cast::<Context>();
        if let Some(slot) = context.and_then(|c| c.names().get(self.names)) {
            slot.set(Value::qstr(name));
        }
        self.names += 1;
    }

    fn bad(&mut self) -> Raised {
        self.vm.format_error(FormatError::BadObject)
    }

    /// Makes an object of the bytes of a piece: where the source has them in one place of these,
    /// else of those in a `bytes` object.
    fn of_bytes<R: Read>(
        &mut self,
        data: &mut Data<'_, R>,
        make: impl FnOnce(&mut Vm, &[u8]) -> Res,
    ) -> Outcome<Local, R, Raised> {
        if let Some(bytes) = data.whole()? {
            return make(self.vm, bytes).map_err(ReadError::Builder);
        }
        let mut taken = Ok(());
        let len = data.len();
        let bytes = self.vm.new_bytes_with(len, |_, out| taken = data.fill(out));
        let bytes = bytes.map_err(ReadError::Builder)?;
        taken?;
        self.vm.with_pinned_bytes(bytes, make).map_err(ReadError::Builder)
    }

    fn code<R: Read>(&mut self, data: &mut Data<'_, R>) -> Outcome<(), R, Raised> {
        if let Some(bytes) = data.in_place() {
            return self.vm.new_code_outside(bytes).map(drop).map_err(ReadError::Builder);
        }
        let mut taken = Ok(());
        let head = CodeHead::UNKNOWN;
        let len = data.len();
        let made = self.vm.new_code(head, len, |_, out| taken = data.fill(out));
        made.map_err(ReadError::Builder)?;
        taken
    }
}

/// Puts a value into the next of the slots of open object number `number`.
fn place(slots: Option<&[Slot]>, open: &mut [u32; MAX_DEPTH], number: usize, value: Value<'_>) {
    let Some(count) = open.get_mut(number) else { return };
    if let Some(slot) = slots.and_then(|slots| slots.get(*count as usize)) {
        slot.set(value);
    }
    *count += 1;
}

/// Raises the error for a constant that is none, or what has ended the search for one.
#[cold]
fn bad_object(vm: &mut Vm) -> Raised {
    match vm.end_calculation() {
        Ok(()) => vm.format_error(FormatError::BadObject),
        Err(raised) => raised,
    }
}

fn int(vm: &mut Vm, text: &[u8]) -> Res {
    let Ok(digits) = bigint::Digits::parse(text, 10, &mut |n| vm.spend(n)) else {
        return Err(bad_object(vm));
    };
    vm.leaf_local(|cx| {
        cx.int_by(digits.limbs(), |limbs| digits.write(limbs, &mut |n| cx.vm().spend(n)))
    })
}

fn float(vm: &mut Vm, text: &[u8]) -> Res {
    if cfg!(not(feature = "float")) {
        return vm.new_float(0.0);
    }
    match float::parse::<f64>(text, &mut |n| vm.spend(n)) {
        Ok(f) => vm.new_float(f),
        Err(_) => Err(bad_object(vm)),
    }
}

fn complex(vm: &mut Vm, text: &[u8]) -> Res {
    if cfg!(not(feature = "complex")) {
        return vm.new_complex(0.0, 0.0);
    }
    match float::parse_complex::<f64>(text, &mut |n| vm.spend(n)) {
        Ok((re, im)) => vm.new_complex(re, im),
        Err(_) => Err(bad_object(vm)),
    }
}

impl<R: Read> Builder<R> for Loader<'_> {
    type Error = Raised;

    fn tables(&mut self, strings: u32, objects: u32) -> Result<(), Raised> {
        let context = self.vm.new_context(Local::NULL, strings as usize, objects as usize)?;
        self.vm.set(self.context, self.vm.get(context));
        self.vm.keep_only(self.root);
        Ok(())
    }

    fn fixed_string(&mut self, string: Qstr) -> Result<(), Raised> {
        self.name(string);
        Ok(())
    }

    fn piece(&mut self, piece: Piece, data: &mut Data<'_, R>) -> Outcome<(), R, Raised> {
        self.vm.charge(data.len() as u32 / 8 + 1).map_err(ReadError::Builder)?;
        if piece == Piece::Code {
            return self.code(data);
        }
        let scope = self.vm.scope();
        let in_place = data.in_place();
        let object = self.of_bytes(data, |vm, bytes| match piece {
            Piece::String => {
                let name = vm.intern_text(bytes, in_place)?;
                Ok(vm.push(Value::qstr(name)))
            }
            Piece::Str => vm.new_constant(Kind::Str, bytes, in_place),
            Piece::Int => int(vm, bytes),
            Piece::Float => float(vm, bytes),
            Piece::Complex => complex(vm, bytes),
            Piece::Bytes | Piece::Code => vm.new_constant(Kind::Bytes, bytes, in_place),
        })?;
        match self.vm.get(object).as_qstr() {
            Some(name) if piece == Piece::String => self.name(name),
            _ => self.constant(object),
        }
        self.vm.end_scope(scope);
        Ok(())
    }

    fn singleton(&mut self, singleton: Singleton) -> Result<(), Raised> {
        self.constant(match singleton {
            Singleton::None => Local::NONE,
            Singleton::False => Local::FALSE,
            Singleton::True => Local::TRUE,
            Singleton::Ellipsis => Local::ELLIPSIS,
        });
        Ok(())
    }

    fn begin_tuple(&mut self, len: u32) -> Result<(), Raised> {
        self.vm.new_tuple_sized(len as usize)?;
        self.enter()
    }

    fn end_tuple(&mut self) -> Result<(), Raised> {
        self.depth = self.depth.saturating_sub(1);
        let tuple = self.first.offset(self.depth);
        self.constant(tuple);
        self.vm.rt.stack.set_top(tuple.index());
        Ok(())
    }

    fn children(&mut self, count: u32) -> Result<(), Raised> {
        let code = self.first.offset(self.depth);
        let scope = self.vm.scope();
        let limits = Limits {
            strings: self.names as u32,
            objects: self.objects as u32,
            children: count,
            small_int_bits: SMALL_INT_BITS,
        };
        match self.verifier.head(self.vm, code, &limits)? {
            Some(head) => self.vm.set_code_head(code, head),
            None => return Err(self.bad()),
        }
        if count > 0 {
            let children = self.vm.new_tuple_sized(count as usize)?;
            if let Some(c) = self.vm.get(code).cast::<CodeObj>() {
                c.children.set(self.vm.get(children));
            }
        }
        self.vm.end_scope(scope);
        self.enter()
    }

    fn end_function(&mut self) -> Result<(), Raised> {
        self.depth = self.depth.saturating_sub(1);
        let code = self.first.offset(self.depth);
        match self.depth.checked_sub(1) {
            Some(last) => {
                let parent = self.vm.get(self.first.offset(last)).cast::<CodeObj>();
                let children = parent.and_then(|p| p.children.get().cast::<TupleObj>());
                let slots = children.map(TupleObj::items);
                place(slots, &mut self.open, last, self.vm.get(code));
            }
            None => self.vm.set(self.root, self.vm.get(code)),
        }
        self.vm.rt.stack.set_top(code.index());
        Ok(())
    }
}
