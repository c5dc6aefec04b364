//! Checks for generated input: [`check_module`] is the whole of a fuzz target.
//!
//! The heart is a machine that runs bytecode without any values: every decision - which way a
//! condition goes, whether an instruction raises, when an iterator ends - is taken by a stream of
//! bytes. It keeps slots apart that a real stack mixes, and stops with a [`Violation`] where an
//! interpreter that trusts the verifier would go wrong. No input may bring verified code there.

use crate::mpy::Module;
use crate::verify::{Fault, is_state_probe, usual_scratch};
use crate::{BinaryOp, Instruction, Limits, Prelude, Verified, VerifyError, op, verify};
use alloc::vec;
use alloc::vec::Vec;

/// What went wrong in the machine: the verifier has accepted what it should not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What an instruction found.
    pub found: &'static str,
    /// The instruction's offset in the code.
    pub offset: usize,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The function returned a value.
    Returned,
    /// An exception left the function.
    Raised,
    /// The steps or the choices were used up.
    Stopped,
}

/// Parses a file, and if it is one, writes it back, lists it, verifies every function and runs
/// those that pass. Returns how many passed.
///
/// # Errors
/// If verified code does what it must not.
///
/// # Panics
/// If the file does not survive being written and parsed again.
pub fn check_module(bytes: &[u8], choices: &[u8]) -> Result<usize, Violation> {
    let Ok(module) = Module::parse(bytes) else { return Ok(0) };
    assert_eq!(Module::parse(&module.to_bytes()).as_ref(), Ok(&module));
    let mut listing = alloc::string::String::new();
    // Indices out of range end a listing with an error, which is no fault.
    let _ = module.disassemble(&mut listing);
    let mut passed = 0;
    for function in module.root.all() {
        let limits = Limits {
            strings: module.strings.len() as u32,
            objects: module.objects.len() as u32,
            children: function.children.len() as u32,
            small_int_bits: 63,
        };
        if let Ok(verified) = verify_with_enough(&function.data, &limits) {
            passed += 1;
            for start in [0, choices.len() / 2] {
                run(&function.data, &verified, choices.get(start..).unwrap_or(&[]))?;
            }
        }
    }
    Ok(passed)
}

/// Verifies with as much scratch memory as it takes.
///
/// # Errors
/// As [`verify()`], but never [`Fault::Scratch`] unless a megabyte is not enough.
pub fn verify_with_enough(data: &[u8], limits: &Limits) -> Result<Verified, VerifyError> {
    let mut words = usual_scratch(data.len());
    loop {
        match verify(data, limits, &mut vec![0xdead_beef; words]) {
            Err(VerifyError { fault: Fault::Scratch, .. }) if words < 1 << 18 => words *= 2,
            result => return result,
        }
    }
}

/// Runs a verified function, for as long as there are choices.
///
/// # Errors
/// If an instruction finds something that it must not.
pub fn run(data: &[u8], verified: &Verified, choices: &[u8]) -> Result<End, Violation> {
    let Ok(prelude) = Prelude::decode(data) else {
        return Err(Violation { found: "no prelude", offset: 0 });
    };
    let mut locals = vec![Slot::Plain; usize::from(verified.n_locals)];
    for (index, local) in locals.iter_mut().enumerate() {
        if index < usize::from(verified.n_free)
            || prelude.cells.iter().any(|c| usize::from(*c) == index)
        {
            *local = Slot::Cell;
        }
    }
    let mut machine = Machine {
        code: prelude.code,
        verified,
        choices: choices.iter(),
        stack: Vec::new(),
        blocks: Vec::new(),
        locals,
        ip: 0,
    };
    loop {
        match machine.step() {
            Ok(Step::On) => {}
            Ok(Step::End(end)) => return Ok(end),
            Err(found) => return Err(Violation { found, offset: machine.ip }),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Plain,
    None,
    Name,
    Exception,
    /// The answer to whether a state is an exception.
    Answer(bool),
    Cell,
    Null,
    Method,
    Receiver,
    Iter(usize),
    /// Where an unfinished jump goes.
    Destination(usize),
    /// What is unfinished: a return (-1), or a jump through this many blocks.
    Cause(i16),
}

impl Slot {
    fn is_object(self) -> bool {
        matches!(
            self,
            Slot::Plain | Slot::None | Slot::Name | Slot::Exception | Slot::Answer(_) | Slot::Cell
        )
    }
}

#[derive(Clone, Copy)]
struct Block {
    handler: usize,
    depth: usize,
    finally: bool,
}

enum Step {
    On,
    End(End),
}

struct Machine<'a> {
    code: &'a [u8],
    verified: &'a Verified,
    choices: core::slice::Iter<'a, u8>,
    stack: Vec<Slot>,
    blocks: Vec<Block>,
    locals: Vec<Slot>,
    ip: usize,
}

type Found<T> = Result<T, &'static str>;

impl Machine<'_> {
    fn step(&mut self) -> Found<Step> {
        let Some(choice) = self.choices.next().copied() else {
            return Ok(Step::End(End::Stopped));
        };
        let instruction =
            Instruction::decode(self.code, self.ip).map_err(|_| "no instruction here")?;
        // An exception can come from outside at any instruction.
        if choice >= 0xf8 {
            return self.raise();
        }
        let ended = self.execute(&instruction, choice & 1 != 0, choice & 2 != 0)?;
        self.room(0)?;
        if self.blocks.len() > usize::from(self.verified.n_exc) {
            return Err("too many blocks");
        }
        Ok(ended)
    }

    /// Checks that there are free slots.
    fn room(&self, more: usize) -> Found<()> {
        let fits = self.stack.len() + more <= usize::from(self.verified.n_stack);
        if fits { Ok(()) } else { Err("the stack is full") }
    }

    fn pop(&mut self) -> Found<Slot> {
        self.stack.pop().ok_or("the stack is empty")
    }

    fn pop_object(&mut self) -> Found<Slot> {
        let slot = self.pop()?;
        if slot.is_object() { Ok(slot) } else { Err("no object") }
    }

    fn pop_objects(&mut self, count: usize) -> Found<()> {
        (0..count).try_for_each(|_| self.pop_object().map(|_| ()))
    }

    fn pop_object_or_null(&mut self) -> Found<()> {
        match self.pop()? {
            slot if slot.is_object() || slot == Slot::Null => Ok(()),
            _ => Err("neither object nor null"),
        }
    }

    fn pop_exactly(&mut self, slot: Slot) -> Found<()> {
        if self.pop()? == slot { Ok(()) } else { Err("another kind of slot") }
    }

    fn push(&mut self, slots: &[Slot]) -> Found<()> {
        self.stack.extend_from_slice(slots);
        self.room(0)
    }

    fn top(&self, below: usize) -> Found<Slot> {
        let index = self.stack.len().checked_sub(below + 1).ok_or("the stack is too short")?;
        self.stack.get(index).copied().ok_or("the stack is too short")
    }

    fn local(&mut self, instruction: &Instruction) -> Found<&mut Slot> {
        self.locals.get_mut(instruction.arg as usize).ok_or("no such local")
    }

    fn go(&mut self, target: i64) -> Found<Step> {
        self.ip = usize::try_from(target).map_err(|_| "a jump to before the code")?;
        Ok(Step::On)
    }

    fn execute(&mut self, instruction: &Instruction, way: bool, other_way: bool) -> Found<Step> {
        let arg = instruction.arg as usize;
        match instruction.info.first {
            op::LOAD_CONST_STRING => self.push(&[Slot::Name])?,
            op::LOAD_CONST_NONE => self.push(&[Slot::None])?,
            op::LOAD_NULL => self.push(&[Slot::Null])?,
            op::LOAD_FAST_N | op::LOAD_FAST_MULTI => {
                let local = *self.local(instruction)?;
                self.push(&[local])?;
            }
            op::LOAD_DEREF | op::DELETE_DEREF | op::STORE_DEREF => {
                if *self.local(instruction)? != Slot::Cell {
                    return Err("a local without its cell");
                }
                match instruction.byte {
                    op::LOAD_DEREF => self.push(&[Slot::Plain])?,
                    op::STORE_DEREF => self.pop_objects(1)?,
                    _ => {}
                }
            }
            op::STORE_FAST_N | op::STORE_FAST_MULTI => {
                *self.local(instruction)? = self.pop_object()?;
            }
            op::DELETE_FAST => *self.local(instruction)? = Slot::Plain,
            op::LOAD_METHOD | op::LOAD_SUPER_METHOD => {
                self.pop_objects(if instruction.byte == op::LOAD_METHOD { 1 } else { 3 })?;
                self.push(&[Slot::Method, Slot::Receiver])?;
            }
            op::CALL_FUNCTION
            | op::CALL_FUNCTION_VAR_KW
            | op::CALL_METHOD
            | op::CALL_METHOD_VAR_KW => self.call(instruction)?,
            op::MAKE_FUNCTION_DEFARGS | op::MAKE_CLOSURE_DEFARGS => {
                self.pop_objects(usize::from(instruction.extra))?;
                self.pop_object_or_null()?;
                self.pop_object_or_null()?;
                self.push(&[Slot::Plain])?;
            }
            op::STORE_ATTR | op::STORE_SUBSCR => {
                self.pop_objects(if instruction.byte == op::STORE_ATTR { 1 } else { 2 })?;
                self.pop_object_or_null()?;
            }
            op::STORE_COMP => {
                let container = self.top(arg >> 2)?;
                self.pop_objects(1 + usize::from(arg & 3 == 1))?;
                if !container.is_object() {
                    return Err("no container");
                }
            }
            op::DUP_TOP => self.duplicate()?,
            op::DUP_TOP_TWO => {
                let pair = [self.top(1)?, self.top(0)?];
                if !pair.iter().all(|slot| slot.is_object()) {
                    return Err("duplicates what is no object");
                }
                self.push(&pair)?;
            }
            op::POP_TOP => match self.pop()? {
                Slot::Iter(_) => {}
                slot if slot.is_object() => {}
                _ => return Err("drops what is neither object nor iterator"),
            },
            op::ROT_TWO | op::ROT_THREE => {
                let count = if instruction.byte == op::ROT_TWO { 2 } else { 3 };
                let start = self.stack.len().checked_sub(count).ok_or("the stack is too short")?;
                let slots = self.stack.get_mut(start..).unwrap_or(&mut []);
                if slots.iter().any(|slot| matches!(slot, Slot::Iter(_))) {
                    return Err("an iterator is moved");
                }
                slots.rotate_right(1);
            }
            op::GET_ITER_STACK => {
                self.pop_objects(1)?;
                self.push(&[Slot::Iter(0), Slot::Iter(1), Slot::Iter(2), Slot::Iter(3)])?;
            }
            op::FOR_ITER => {
                self.check_iterator()?;
                if way {
                    self.push(&[Slot::Plain])?;
                } else {
                    self.stack.truncate(self.stack.len() - 4);
                    return self.go(instruction.arg);
                }
            }
            op::JUMP => return self.go(instruction.arg),
            op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_FALSE => {
                let jumps = match self.pop_object()? {
                    Slot::Answer(answer) => answer == (instruction.byte == op::POP_JUMP_IF_TRUE),
                    _ => way,
                };
                if jumps {
                    return self.go(instruction.arg);
                }
            }
            op::JUMP_IF_TRUE_OR_POP | op::JUMP_IF_FALSE_OR_POP => {
                let object = self.pop_object()?;
                if way {
                    self.push(&[object])?;
                    return self.go(instruction.arg);
                }
            }
            op::SETUP_WITH => {
                self.pop_objects(1)?;
                self.push(&[Slot::Method, Slot::Receiver])?;
                self.room(2)?;
                self.enter(arg, true);
                self.push(&[Slot::Plain])?;
            }
            op::SETUP_EXCEPT | op::SETUP_FINALLY => {
                self.enter(arg, instruction.byte == op::SETUP_FINALLY);
            }
            op::POP_EXCEPT_JUMP => {
                self.blocks.pop().ok_or("leaves no block")?;
                return self.go(instruction.arg);
            }
            op::WITH_CLEANUP => self.with_cleanup(way)?,
            op::END_FINALLY => return self.end_finally(instruction),
            op::UNWIND_JUMP => {
                self.push(&[Slot::Destination(arg)])?;
                self.room(1)?;
                return self.unwind(i16::from(instruction.extra));
            }
            op::RETURN_VALUE => return self.leave(),
            op::RAISE_LAST | op::RAISE_OBJ | op::RAISE_FROM => {
                self.pop_objects(usize::from(instruction.byte - op::RAISE_LAST))?;
                return self.raise();
            }
            op::BINARY_OP_MULTI
                if instruction.byte - op::BINARY_OP_MULTI == BinaryOp::ExceptionMatch as u8 =>
            {
                self.pop_objects(1)?;
                let is_exception = self.pop_object()? == Slot::Exception;
                let probes = is_state_probe(self.code, instruction.next);
                self.push(&[if probes { Slot::Answer(is_exception) } else { Slot::Plain }])?;
            }
            _ => {
                self.pop_objects(instruction.pops())?;
                for _ in 0..instruction.pushes() {
                    self.push(&[Slot::Plain])?;
                }
            }
        }
        // Most instructions can raise when half of their work is done.
        if other_way && way && self.choices.next().is_some_and(|choice| choice & 7 == 0) {
            return self.raise();
        }
        self.go(instruction.next as i64)
    }

    fn call(&mut self, instruction: &Instruction) -> Found<()> {
        let starred = matches!(instruction.byte, op::CALL_FUNCTION_VAR_KW | op::CALL_METHOD_VAR_KW);
        self.pop_objects(usize::from(starred))?;
        for _ in 0..instruction.arg >> 8 & 0xff {
            self.pop_objects(1)?;
            match self.pop()? {
                Slot::Name => {}
                Slot::Null if starred => {}
                _ => return Err("no keyword"),
            }
        }
        self.pop_objects(instruction.arg as usize & 0xff)?;
        if matches!(instruction.byte, op::CALL_METHOD | op::CALL_METHOD_VAR_KW) {
            self.pop_exactly(Slot::Receiver)?;
            self.pop_exactly(Slot::Method)?;
        } else {
            self.pop_objects(1)?;
        }
        self.push(&[Slot::Plain])
    }

    fn duplicate(&mut self) -> Found<()> {
        match self.top(0)? {
            // The probe of an `async with` looks at whatever state there is.
            Slot::Cause(_) if self.at_handler() => self.push(&[Slot::Plain]),
            slot if slot.is_object() => self.push(&[slot]),
            _ => Err("duplicates what is no object"),
        }
    }

    fn at_handler(&self) -> bool {
        self.blocks.last().is_some_and(|block| block.handler == self.ip)
    }

    fn check_iterator(&self) -> Found<()> {
        match [self.top(3)?, self.top(2)?, self.top(1)?, self.top(0)?] {
            [Slot::Iter(0), Slot::Iter(1), Slot::Iter(2), Slot::Iter(3)] => Ok(()),
            [Slot::Null, object, Slot::Null, Slot::Null] if object.is_object() => Ok(()),
            _ => Err("no iterator"),
        }
    }

    fn enter(&mut self, handler: usize, finally: bool) {
        self.blocks.push(Block { handler, depth: self.stack.len(), finally });
    }

    fn with_cleanup(&mut self, swallow: bool) -> Found<()> {
        let state = self.pop()?;
        let value = match state {
            Slot::None | Slot::Exception => {
                self.room(3)?;
                None
            }
            Slot::Cause(_) => {
                self.room(2)?;
                Some(self.pop()?)
            }
            _ => return Err("no state to clean up under"),
        };
        self.pop_exactly(Slot::Receiver)?;
        self.pop_exactly(Slot::Method)?;
        let swallowed = swallow && state == Slot::Exception;
        if let Some(value) = value {
            self.push(&[value])?;
        }
        self.push(&[if swallowed { Slot::None } else { state }])
    }

    fn end_finally(&mut self, instruction: &Instruction) -> Found<Step> {
        let block = self.blocks.pop().ok_or("no block ends")?;
        if block.handler > self.ip {
            return Err("the end of a block that is not active");
        }
        match self.pop()? {
            Slot::None => self.go(instruction.next as i64),
            Slot::Exception => self.raise(),
            Slot::Cause(-1) => self.leave(),
            Slot::Cause(blocks) => self.unwind(blocks),
            _ => Err("no state"),
        }
    }

    /// Returns the topmost value.
    fn leave(&mut self) -> Found<Step> {
        let value = self.pop_object()?;
        while let Some(block) = self.blocks.last().copied() {
            if block.finally && block.handler > self.ip {
                self.cut(block.depth)?;
                self.push(&[value, Slot::Cause(-1)])?;
                return self.go(block.handler as i64);
            }
            self.blocks.pop();
        }
        Ok(Step::End(End::Returned))
    }

    /// Goes through blocks to the destination on top of the stack.
    fn unwind(&mut self, mut blocks: i16) -> Found<Step> {
        while blocks & 0x7f > 0 {
            blocks -= 1;
            let block = self.blocks.last().copied().ok_or("leaves no block")?;
            if block.finally && block.handler > self.ip {
                if self.stack.len() != block.depth + 1 {
                    return Err("a jump out of a block at the wrong depth");
                }
                self.push(&[Slot::Cause(blocks)])?;
                return self.go(block.handler as i64);
            }
            if block.finally {
                let destination = self.pop()?;
                match self.pop()? {
                    Slot::None | Slot::Exception => {}
                    Slot::Cause(_) => {
                        self.pop()?;
                    }
                    _ => return Err("no state to drop"),
                }
                if self.stack.len() != block.depth {
                    return Err("a state at the wrong depth");
                }
                self.push(&[destination])?;
            }
            self.blocks.pop();
        }
        let Slot::Destination(target) = self.pop()? else { return Err("no destination") };
        if blocks & 0x80 != 0 {
            self.check_iterator()?;
            self.stack.truncate(self.stack.len() - 4);
        }
        self.go(target as i64)
    }

    fn raise(&mut self) -> Found<Step> {
        while let Some(block) = self.blocks.last().copied() {
            if block.handler > self.ip {
                self.cut(block.depth)?;
                self.push(&[Slot::Exception])?;
                return self.go(block.handler as i64);
            }
            self.blocks.pop();
        }
        Ok(Step::End(End::Raised))
    }

    /// Takes the stack down to a block's depth.
    fn cut(&mut self, depth: usize) -> Found<()> {
        if self.stack.len() < depth {
            return Err("slots of an outer block are gone");
        }
        self.stack.truncate(depth);
        Ok(())
    }
}
