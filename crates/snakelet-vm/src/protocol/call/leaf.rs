//! Calls of leaf natives, and what they ask for.

#![allow(unsafe_code)] // calls functions whose types their tables have forgotten

use core::num::NonZeroUsize;

use snakelet_gc::Heap;
use snakelet_qstr::Qstr;

use crate::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use crate::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj, Request};
use crate::native::{Convention, MOST_NAMED, Named, NativeFn};
use crate::object::value::{SWord, Value, Word, raw};
use crate::object::{Kind, Slot};
use crate::vm::Scope;
use crate::vm::poll::StopReason;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm};

/// How often a leaf is called again for want of room: first memory is collected, then objects are moved
/// together, and then it is another allocation of the leaf that finds no room.
const MOST_ATTEMPTS: u8 = 4;
/// The same in stress mode, where each allocation of the leaf is refused once.
const MOST_STRESSED: u8 = 40;

/// What a leaf was called with: its receiver if it has one, and where `count` arguments lie.
#[derive(Copy, Clone)]
struct Given {
    receiver: Local,
    args: Local,
    count: usize,
}

/// Code that runs as a leaf, and may be run again: a closure, without the parts of a `dyn FnMut` that
/// nobody calls.
trait Attempt<T> {
    fn attempt(&mut self, cx: Leaf<'_>) -> Result<T, Leave>;
}

impl<T, F: for<'h> FnMut(Leaf<'h>) -> Result<T, Leave>> Attempt<T> for F {
    fn attempt(&mut self, cx: Leaf<'_>) -> Result<T, Leave> {
        self(cx)
    }
}

impl Vm {
    /// Calls a leaf; the arguments lie on the stack from slot `first` on. Gives the word of the result.
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[inline(never)]
    pub(crate) fn call_leaf(
        &mut self,
        f: &'static NativeFn,
        first: usize,
        positional: usize,
        keywords: usize,
    ) -> Result<NonZeroUsize, Raised> {
        let f = match f.as_named() {
            Some(named) if keywords != 0 => {
                return self.call_named_leaf(named, first, positional, keywords);
            }
            Some(named) => named.leaf(),
            None => f,
        };
        if keywords != 0 || positional < f.min as usize || positional > f.max as usize {
            self.check_arguments(f, first, positional, keywords)?;
        }
        if f.convention == Convention::LeafMethod && !f.takes(self.rt.stack.read(first)) {
            return self.call_adapted_leaf(f, first, positional);
        }
        match self.enter_leaf(f, first, positional) {
            Ok(word) => Ok(word),
            Err(leave) => self.serve(leave, f, first, positional),
        }
    }

    /// As [`Vm::call_leaf`], for the interpreter loop; `first` is where the first argument lies.
    ///
    /// # Safety
    /// `first` is a slot of the stack, and the arguments are live values below its top.
    #[inline(always)]
    pub(crate) unsafe fn quick_leaf(
        &mut self,
        f: &'static NativeFn,
        first: *mut Word,
        positional: usize,
    ) -> Result<NonZeroUsize, Raised> {
        let index = self.rt.stack.index(first);
        if positional < f.min as usize || positional > f.max as usize {
            return self.call_leaf(f, index, positional, 0);
        }
        // SAFETY: there they lie (contract of this function); they are only changed through shared cells.
        let args = unsafe { core::slice::from_raw_parts(first.cast::<Slot>(), positional) };
        let answer = if f.convention == Convention::LeafFunction {
            // SAFETY: it is a leaf function, and there are enough arguments.
            unsafe { f.call_function(Leaf::new(self), LeafArgs::new(args)) }
        } else if f.convention == Convention::LeafMethod
            && let Some((receiver, args)) = args.split_first()
            && f.takes(receiver.word())
            && let Some(receiver) = Obj::of_value(receiver.get())
        {
            // SAFETY: it is a leaf method that takes the receiver, and there are enough arguments.
            unsafe { f.call_method(Leaf::new(self), receiver, LeafArgs::new(args)) }
        } else {
            return self.call_leaf(f, index, positional, 0);
        };
        match answer.map(Obj::non_zero) {
            Ok(word) => Ok(word),
            Err(leave) => self.serve(leave, f, index, positional),
        }
    }

    /// Calls a leaf once. The number of arguments and the receiver were checked.
    #[inline(always)]
    fn enter_leaf(
        &mut self,
        f: &'static NativeFn,
        first: usize,
        positional: usize,
    ) -> Result<NonZeroUsize, Leave> {
        let args = self.rt.stack.values(first, positional);
        let cx = Leaf::new(self);
        let answer = match (f.convention, args.split_first()) {
            (Convention::LeafMethod, Some((receiver, args))) if f.takes(receiver.word()) => {
                let receiver = Obj::or_none(receiver.get());
                // SAFETY: it is a leaf method that takes the receiver, and callers have checked that there
                // are enough arguments.
                unsafe { f.call_method(cx, receiver, LeafArgs::new(args)) }
            }
            (Convention::LeafFunction, _) => {
                // SAFETY: it is a leaf function, and callers have checked that there are enough arguments.
                unsafe { f.call_function(cx, LeafArgs::new(args)) }
            }
            (Convention::LeafFloat, Some((x, _))) => match f.of_float() {
                Some(code) => float_function(cx, Obj::or_none(x.get()), code),
                None => Err(cx.wrong_receiver()),
            },
            _ => Err(cx.wrong_receiver()),
        };
        answer.map(Obj::non_zero)
    }

    /// Calls a leaf that cannot be given its receiver as it is: of an instance of a Python class it is
    /// given the built-in part, of another buffer than `bytes` a copy. What it makes of the copy of a
    /// `bytearray` becomes a `bytearray`.
    #[cold]
    #[inline(never)]
    fn call_adapted_leaf(
        &mut self,
        f: &'static NativeFn,
        first: usize,
        positional: usize,
    ) -> Result<NonZeroUsize, Raised> {
        let receiver = Local::at(first);
        if self.get(receiver).is_kind(Kind::Instance) {
            self.receive_part(first);
        }
        let is_array = self.get(receiver).is_kind(Kind::ByteArray);
        let is_taken = self.may_receive(f, first);
        if !is_taken && self.buffer(self.get(receiver)).is_some() {
            let bytes = self.bytes_from_buffer(receiver)?;
            self.set(receiver, self.get(bytes));
        }
        if !self.may_receive(f, first) {
            return Err(self.wrong_receiver());
        }
        let word = self.take_leaf(f, first, positional)?;
        if is_taken || !is_array {
            return Ok(word);
        }
        let scope = self.scope();
        let made = self.rt.stack.push(word.get());
        let made = crate::types::array::as_bytearrays(self, made)?;
        let word = Obj::or_none(self.get(made)).non_zero();
        self.end_scope(scope);
        Ok(word)
    }

    #[inline(never)]
    fn may_receive(&self, f: &NativeFn, first: usize) -> bool {
        f.takes(self.rt.stack.read(first))
    }

    /// Calls a leaf that takes its receiver.
    #[inline(never)]
    fn take_leaf(
        &mut self,
        f: &'static NativeFn,
        first: usize,
        positional: usize,
    ) -> Result<NonZeroUsize, Raised> {
        match self.enter_leaf(f, first, positional) {
            Ok(word) => Ok(word),
            Err(leave) => self.serve(leave, f, first, positional),
        }
    }

    /// Calls a leaf with arguments of which some are given by name.
    #[cold]
    #[inline(never)]
    fn call_named_leaf(
        &mut self,
        named: &'static Named,
        first: usize,
        positional: usize,
        keywords: usize,
    ) -> Result<NonZeroUsize, Raised> {
        let (f, parameters) = (named.leaf(), named.parameters());
        let receivers = usize::from(f.convention == Convention::LeafMethod);
        if positional < receivers {
            self.check_arguments(f, first, positional, 0)?;
        }
        let args = Args::new(Local::at(first), positional, keywords).skip(receivers);
        let mut places = [Local::NULL; MOST_NAMED];
        args.parse_into(self, parameters, &mut places)?;
        let start = self.rt.stack.top();
        for receiver in 0..receivers {
            self.push_copy(Local::at(first + receiver));
        }
        for place in places.iter().take(parameters.len()) {
            self.push_copy(*place);
        }
        let given = receivers + parameters.len();
        if receivers > 0 && !self.may_receive(f, start) {
            return self.call_adapted_leaf(f, start, given);
        }
        self.take_leaf(f, start, given)
    }

    /// Gives a leaf that has left what it asks for, and calls it again.
    #[cold]
    #[inline(never)]
    fn serve(
        &mut self,
        leave: Leave,
        f: &'static NativeFn,
        first: usize,
        positional: usize,
    ) -> Result<NonZeroUsize, Raised> {
        let receiver = Local::at(first);
        let receivers = usize::from(f.convention == Convention::LeafMethod);
        let (args, count) = (receiver.offset(receivers), positional - receivers);
        let mut leave = leave;
        let mut attempt = 0;
        let result = loop {
            match self.take_request(leave) {
                Request::Full(code) => break self.call_full(code, first, positional),
                Request::Special(name, text) => {
                    match self.call_special(name, text, args, positional) {
                        Ok(None) => {}
                        Ok(Some(word)) => break Ok(word),
                        Err(raised) => break Err(raised),
                    }
                }
                request => {
                    let given = Given { receiver, args, count };
                    if let Err(raised) = self.grant_request(request, given, &mut attempt) {
                        break Err(raised);
                    }
                }
            }
            self.rt.leaf.attempt.set(attempt);
            self.rt.leaf.made.set(0);
            match self.enter_leaf(f, first, positional) {
                Ok(word) => break Ok(word),
                Err(again) => leave = again,
            }
        };
        self.rt.leaf.attempt.set(0);
        self.rt.leaf.search.done.set(false);
        result
    }

    /// Takes what a leaf asks for; nothing of its call is left but a search that was made.
    fn take_request(&mut self, _leave: Leave) -> Request {
        self.rt.leaf.attempt.set(0);
        let request = self.rt.leaf.request.take();
        if !matches!(request, Request::Room(_)) {
            self.rt.leaf.search.done.set(false);
        }
        request
    }

    fn call_full(
        &mut self,
        code: crate::native::Native,
        first: usize,
        positional: usize,
    ) -> Result<NonZeroUsize, Raised> {
        self.enter_native()?;
        let result = code(self, Args::new(Local::at(first), positional, 0));
        self.rt.native_depth -= 1;
        Ok(Obj::or_none(self.get(result?)).non_zero())
    }

    /// Calls a leaf, or another native function, with these arguments.
    ///
    /// # Errors
    /// What it raises.
    #[inline(never)]
    pub(crate) fn call_native_with(&mut self, f: &'static NativeFn, args: &[Local]) -> Res {
        let first = self.rt.stack.top();
        for arg in args {
            self.push_copy(*arg);
        }
        let result = self.call_native(f, first, args.len(), 0)?;
        Ok(self.end_scope_with(Scope::from(first), result))
    }

    /// Calls the special method of a leaf's first argument, or puts something else in its place.
    fn call_special(
        &mut self,
        name: Qstr,
        text: &'static str,
        args: Local,
        positional: usize,
    ) -> Result<Option<NonZeroUsize>, Raised> {
        if let Some(method) = self.special(args, name) {
            let all = [args, args.offset(1)];
            let result = self.call_with(method, all.get(..positional).unwrap_or(&all))?;
            return Ok(Some(Obj::or_none(self.get(result)).non_zero()));
        }
        if let Some(part) = self.native_part_of(self.get(args)) {
            self.set(args, part);
            return Ok(None);
        }
        if !text.is_empty() {
            return Err(self.raise_about(&TYPE_ERROR, text, &[args]));
        }
        self.grant_request(Request::Float(0), Given { receiver: args, args, count: 1 }, &mut 0)?;
        Ok(None)
    }

    /// Runs code as a leaf that asks for nothing but room and exceptions.
    ///
    /// # Errors
    /// What it raises; `MemoryError`.
    #[inline(always)]
    pub(crate) fn leaf<T>(
        &mut self,
        mut run: impl for<'h> FnMut(Leaf<'h>) -> Result<T, Leave>,
    ) -> Result<T, Raised> {
        match run(Leaf::new(self)) {
            Ok(done) => Ok(done),
            Err(leave) => self.leaf_again(leave, Local::NULL, Local::NULL, &mut run),
        }
    }

    /// As [`Vm::leaf`], for a leaf that may ask for another receiver and argument in the places of these.
    #[inline(always)]
    pub(crate) fn leaf_with<T>(
        &mut self,
        receiver: Local,
        argument: Local,
        mut run: impl for<'h> FnMut(Leaf<'h>) -> Result<T, Leave>,
    ) -> Result<T, Raised> {
        match run(Leaf::new(self)) {
            Ok(done) => Ok(done),
            Err(leave) => self.leaf_again(leave, receiver, argument, &mut run),
        }
    }

    /// As [`Vm::leaf`]; the result becomes a local.
    #[inline(always)]
    pub(crate) fn leaf_local(
        &mut self,
        mut run: impl for<'h> FnMut(Leaf<'h>) -> Answer<'h>,
    ) -> Res {
        self.leaf_word(&mut |cx: Leaf<'_>| run(cx).map(Obj::non_zero))
    }

    #[inline(never)]
    fn leaf_word(&mut self, run: &mut dyn Attempt<NonZeroUsize>) -> Res {
        let word = match run.attempt(Leaf::new(self)) {
            Ok(word) => word,
            Err(leave) => self.leaf_again(leave, Local::NULL, Local::NULL, run)?,
        };
        Ok(self.rt.stack.push(word.get()))
    }

    /// As [`Vm::leaf`]; the result, if there is one, becomes a local.
    #[inline(always)]
    pub(crate) fn leaf_option(
        &mut self,
        mut run: impl for<'h> FnMut(Leaf<'h>) -> Result<Option<Obj<'h>>, Leave>,
    ) -> Result<Option<Local>, Raised> {
        self.leaf_option_result(&mut run)
    }

    /// The same for a binary operator, compiled where it is used.
    #[inline(always)]
    pub(crate) fn leaf_operator(
        &mut self,
        mut run: impl for<'h> FnMut(Leaf<'h>) -> Result<Option<Obj<'h>>, Leave>,
    ) -> Result<Option<Local>, Raised> {
        let word = self.leaf(|cx| Ok(run(cx)?.map(Obj::non_zero)))?;
        Ok(word.map(|word| self.rt.stack.push(word.get())))
    }

    /// The one function that does it, for whatever is run.
    #[inline(never)]
    fn leaf_option_result(
        &mut self,
        run: &mut dyn for<'h> FnMut(Leaf<'h>) -> Result<Option<Obj<'h>>, Leave>,
    ) -> Result<Option<Local>, Raised> {
        self.leaf_operator(run)
    }

    /// Runs a leaf again that has left.
    #[cold]
    #[inline(never)]
    fn leaf_again<T>(
        &mut self,
        leave: Leave,
        receiver: Local,
        args: Local,
        run: &mut dyn Attempt<T>,
    ) -> Result<T, Raised> {
        let mut leave = leave;
        let mut attempt = 0;
        loop {
            let count = usize::from(args != Local::NULL);
            self.satisfy(leave, Given { receiver, args, count }, &mut attempt)?;
            match run.attempt(Leaf::new(self)) {
                Ok(done) => {
                    self.rt.leaf.attempt.set(0);
                    self.rt.leaf.search.done.set(false);
                    return Ok(done);
                }
                Err(again) => leave = again,
            }
        }
    }

    /// Does what a leaf asks for, and prepares another attempt.
    #[inline(never)]
    fn satisfy(&mut self, leave: Leave, given: Given, attempt: &mut u8) -> Result<(), Raised> {
        let request = self.take_request(leave);
        if let Err(raised) = self.grant_request(request, given, attempt) {
            self.rt.leaf.search.done.set(false);
            return Err(raised);
        }
        self.rt.leaf.attempt.set(*attempt);
        self.rt.leaf.made.set(0);
        Ok(())
    }

    /// Does what a leaf asks for, so that it can be called again.
    fn grant_request(
        &mut self,
        request: Request,
        given: Given,
        attempt: &mut u8,
    ) -> Result<(), Raised> {
        let Given { receiver, args, count } = given;
        if let Some(i) = request.argument() {
            // what another crate asks for need not be there; and it may ask for ever
            if i >= count || self.get(args.offset(i)).is_null() {
                return Err(self.wrong_receiver());
            }
            self.charge(1)?;
        }
        let scope = self.scope();
        match request {
            Request::Room(words) => {
                *attempt += 1;
                self.make_free(words, *attempt)?;
            }
            Request::Raise(class, text, values) => {
                // SAFETY: nothing was collected since the leaf had the values.
                let values = values.map(|word| self.push(unsafe { Value::from_word(word) }));
                return Err(self.raise_about(class, text, &values));
            }
            Request::RaiseValue(class, raw::NULL) => return Err(self.raise_no_args(class)),
            Request::RaiseValue(class, word) => {
                // SAFETY: nothing was collected since the leaf had the value.
                let value = self.push(unsafe { Value::from_word(word) });
                return Err(self.raise_value(class, value));
            }
            Request::Index(i) => {
                let index = self.index_of(args.offset(i))?;
                self.set_index(args.offset(i), index);
            }
            Request::Subscript(i) => {
                let index = self.subscript_of(receiver, args.offset(i))?;
                self.set_index(args.offset(i), index);
            }
            Request::Slice(i) => self.answer_slice(args.offset(i))?,
            Request::Text(i) => {
                let arg = args.offset(i);
                match self.native_part_of(self.get(arg)) {
                    Some(part) if self.str_of(part).is_some() => self.set(arg, part),
                    _ => return Err(self.bad_implicit_conversion(arg)),
                }
            }
            Request::Sequence(i) => {
                let sequence = self.sequence_from(args.offset(i))?;
                self.set(args.offset(i), self.get(sequence));
            }
            Request::Find(i, within) => self.answer_find(receiver, args.offset(i), within)?,
            Request::Truth(i) => {
                let truth = self.truth(args.offset(i))?;
                self.set(args.offset(i), Value::bool(truth));
            }
            Request::Float(i) => {
                let f = self.float_of(args.offset(i))?;
                let f = self.new_float(f)?;
                self.set(args.offset(i), self.get(f));
            }
            Request::Complex(i) => {
                let (re, im) = self.complex_of(args.offset(i))?;
                let number = self.new_complex(re, im)?;
                self.set(args.offset(i), self.get(number));
            }
            Request::Poll => self.poll(0)?,
            Request::None | Request::Full(_) | Request::Special(..) => {
                return Err(self.wrong_receiver());
            }
        }
        self.end_scope(scope);
        Ok(())
    }

    /// Sets a place to an int that fits a word, or to the nearest one that does.
    pub(crate) fn set_index(&self, place: Local, index: SWord) {
        let index = index.clamp(raw::INT_MIN, raw::INT_MAX);
        self.set(place, Value::small_int(index).unwrap_or(Value::NONE));
    }

    fn answer_find(
        &mut self,
        receiver: Local,
        key: Local,
        [start, end]: [usize; 2],
    ) -> Result<(), Raised> {
        let place = if self.hash_obj(receiver).is_none() {
            crate::types::sequence::find(self, receiver, key, start, end)?
        } else {
            let simple = self.simple_hash(self.get(key));
            let hash = match simple {
                Some(hash) => hash,
                None => self.key_hash(receiver, key)?,
            };
            let place = self.table_find_hash(receiver, key, hash)?;
            self.rt.leaf.search.hash.set(hash);
            self.rt.leaf.search.complex.set(simple.is_none());
            place
        };
        self.rt.leaf.search.place.set(place.unwrap_or(usize::MAX));
        self.rt.leaf.search.done.set(true);
        Ok(())
    }

    /// Makes room for an object of so many words, for the `attempt`-th time in a call.
    fn make_free(&mut self, words: usize, attempt: u8) -> Result<(), Raised> {
        if self.heap.exceeds_budget(words) {
            return Err(self.stop_for(StopReason::AllocationBudget));
        }
        let due = self.heap.ask(Heap::wants_collect);
        let stressed = self.heap.ask(Heap::is_stressed);
        let refused = self.heap.ask(Heap::refused);
        let most = if stressed { MOST_STRESSED } else { MOST_ATTEMPTS };
        // a refusal is no lack of memory: the heap is locked, or a test lets an allocation fail
        let hopeless = !due && (refused || !self.heap.ask(Heap::is_enabled));
        if attempt > most
            || hopeless
            || stressed && refused
            || words > isize::MAX as usize / size_of::<Word>()
        {
            return Err(self.memory_error());
        }
        self.collect_for_more()?;
        let enough = self.heap.ask(Heap::free_bytes) >= words.saturating_mul(size_of::<Word>());
        if !enough {
            return Err(self.memory_error());
        }
        if attempt > 1 && !stressed {
            // one who asks again needs room for several objects
            self.compact_for_more(if attempt > 2 { usize::MAX } else { words })?;
        }
        Ok(())
    }
}

/// Computes a function of one float.
#[inline(never)]
fn float_function<'h>(cx: Leaf<'h>, x: Obj<'h>, f: fn(f64) -> f64) -> Answer<'h> {
    let x = cx.real(x, 0)?;
    cx.in_domain(f(x), x, 0.0)
}

impl<'h> Leaf<'h> {
    /// Makes a float of the value of a function of two numbers; what is not a number or infinite without
    /// reason is out of its domain.
    ///
    /// # Errors
    /// `ValueError`, or room is asked for.
    pub fn in_domain(self, value: f64, x: f64, y: f64) -> Answer<'h> {
        if value.is_nan() && !x.is_nan() && !y.is_nan()
            || value.is_infinite() && !x.is_infinite() && !y.is_infinite()
        {
            return Err(self.domain_error());
        }
        self.float(value)
    }

    /// Raises the error for a number for which a function has no value.
    #[cold]
    #[inline(never)]
    pub fn domain_error(self) -> Leave {
        self.raise(&VALUE_ERROR, "math domain error")
    }
}
