//! The walk over all paths, and what each instruction does to the abstract state.

use super::scan::scan;
use super::state::{Block, BlockKind, Kind, State};
use super::traits::{Quick, Traits};
use super::{Facts, Fault, StateProbe, Verified, VerifyError, check_operand, in_cell, local};
use crate::opcode::Flow;
use crate::prelude::Signature;
use crate::{Instruction, op};

pub(super) fn walk(
    code: &[u8],
    facts: &Facts<'_>,
    scratch: &mut [u32],
) -> Result<Verified, VerifyError> {
    let at_start = |fault| VerifyError { fault, offset: 0 };
    let (targets, rest) = scan(code, scratch)?;
    // The official compiler forgets the local `__class__` of a class that defines one, so locals
    // and stack together can be more than it says; each on its own is not.
    let limit = usize::from(facts.signature.n_state);
    let n_exc_stack = usize::from(facts.signature.n_exc_stack);
    let state = State::new(targets, rest, limit, n_exc_stack).map_err(at_start)?;

    // A path is walked again only when a slot turns out to be less certain than it seemed, which
    // in compiled code happens once or twice in a function.
    let budget = 16 * code.len() + 1000;
    let mut walker = Walker {
        code,
        facts,
        state,
        offset: 0,
        budget,
        n_locals: facts.n_locals,
        n_free: 0,
        stored: (u32::MAX, 0),
    };
    let mut from = Some(0);
    if walker.state.targets().first() == Some(&0) {
        walker.state.arrive(0, false).map_err(at_start)?;
        from = walker.state.resume().map_err(at_start)?;
    }
    while let Some(offset) = from {
        walker.path(offset).map_err(|fault| VerifyError { fault, offset: walker.offset })?;
        from = walker.state.resume().map_err(at_start)?;
    }
    let (stored, offset) = walker.stored;
    if stored < u32::from(walker.n_free) {
        return Err(VerifyError { fault: Fault::Operand, offset });
    }
    Ok(Verified {
        n_locals: facts.check_locals(walker.n_locals).map_err(at_start)?,
        n_stack: walker.state.peak as u16,
        n_exc: walker.state.peak_blocks as u16,
        n_free: walker.n_free,
    })
}

struct Walker<'a, 's> {
    code: &'a [u8],
    facts: &'a Facts<'a>,
    state: State<'s>,
    /// The instruction that is being looked at.
    offset: usize,
    budget: usize,
    /// The locals in use.
    n_locals: u32,
    /// The leading arguments that must be cells, as far as that is known.
    n_free: u16,
    /// The lowest local outside of the list of cells that an instruction stores to, and where.
    stored: (u32, usize),
}

impl Walker<'_, '_> {
    /// Follows a path until it ends or joins one that is known.
    fn path(&mut self, from: usize) -> Result<(), Fault> {
        self.offset = from;
        // Targets are where instructions begin, so none is jumped over by going on.
        let target = self.state.target_behind(from);
        let mut floor = self.state.floor(from);
        loop {
            self.budget = self.budget.checked_sub(1).ok_or(Fault::TooComplex)?;
            let Some(byte) = self.code.get(self.offset) else { return Err(Fault::End) };
            let next = match self.quick(*byte, floor) {
                Some(next) => next,
                None if *byte == op::RETURN_VALUE && self.returns(floor) => return Ok(()),
                None => {
                    let instruction =
                        Instruction::decode(self.code, self.offset).map_err(Fault::Decode)?;
                    check_operand(&instruction, self.facts.limits)?;
                    self.check_local(&instruction)?;
                    let Some(next) = self.step(&instruction)? else { return Ok(()) };
                    floor = self.state.floor(self.offset);
                    next
                }
            };
            if next == target {
                return self.go(next, None);
            }
            self.offset = next;
        }
    }

    /// Applies one of the instructions that make up most of all code, in its usual form and where
    /// nothing is wrong, and returns where the path goes on. For all others it does nothing; what
    /// there is to know and to check about these too is in [`Walker::step`].
    #[inline(always)]
    fn quick(&mut self, byte: u8, floor: usize) -> Option<usize> {
        let traits = Traits::of(byte);
        let quick = traits.quick();
        let mut next = self.offset + 1;
        let mut pops = traits.pops();
        match quick {
            Quick::No => return None,
            Quick::Plain => {}
            Quick::LoadLocal => {
                let local = u32::from(byte) & 15;
                self.n_locals = self.n_locals.max(local + 1);
            }
            Quick::StoreLocal => {
                let local = u32::from(byte) & 15;
                if self.facts.cells[0] & 1 << local != 0 {
                    return None;
                }
                if local < self.stored.0 {
                    self.stored = (local, self.offset);
                }
                self.n_locals = self.n_locals.max(local + 1);
            }
            _ => {
                let operand = u32::from(*self.code.get(next)?);
                next += 1;
                let limit = match quick {
                    Quick::Object => self.facts.limits.objects,
                    Quick::Child => self.facts.limits.children,
                    Quick::String | Quick::LoadMethod => self.facts.limits.strings,
                    _ => {
                        pops += operand as usize;
                        0x80
                    }
                };
                // A larger number takes more bytes.
                if operand >= limit.min(0x80) {
                    return None;
                }
            }
        }
        let depth = self.state.depth();
        let mut bottom = depth.checked_sub(pops)?;
        if !self.state.are_values(bottom, depth) {
            return None;
        }
        if quick == Quick::CallMethod {
            bottom = bottom.checked_sub(2)?;
            if self.state.kind(bottom) != Kind::Method
                || self.state.kind(bottom + 1) != Kind::Receiver
            {
                return None;
            }
        }
        if bottom < floor {
            return None;
        }
        let done = match traits.pushes() {
            0 => {
                self.state.cut(bottom);
                true
            }
            1 => self.state.replace(bottom, [traits.kind()]),
            _ => self.state.replace(bottom, [Kind::Method, Kind::Receiver]),
        };
        done.then_some(next)
    }

    /// Whether there is a value to return.
    fn returns(&self, floor: usize) -> bool {
        let depth = self.state.depth();
        depth > floor && self.state.are_values(depth - 1, depth)
    }

    /// Brings the state to a target. `spared` is a block (counted from the innermost) that becomes
    /// active by this although the target is not its handler.
    fn go(&mut self, target: usize, spared: Option<usize>) -> Result<(), Fault> {
        for below in 0..self.state.n_blocks() {
            let Some(block) = self.state.block(below) else { continue };
            let enters = below == 0 && target == block.handler;
            if block.is_active(self.offset) != block.is_active(target)
                && (block.is_active(self.offset) || !enters)
                && spared != Some(below)
            {
                return Err(Fault::Target);
            }
        }
        let state = matches!(self.code.get(target), Some(&(op::END_FINALLY | op::WITH_CLEANUP)));
        self.state.arrive(target, state)
    }

    fn pop(&mut self) -> Result<Kind, Fault> {
        let floor = self.state.floor(self.offset);
        self.state.pop(floor)
    }

    fn pop_value(&mut self) -> Result<(), Fault> {
        if self.pop()?.is_value() { Ok(()) } else { Err(Fault::Kind) }
    }

    fn pop_values(&mut self, count: usize) -> Result<(), Fault> {
        (0..count).try_for_each(|_| self.pop_value())
    }

    fn pop_value_or_null(&mut self) -> Result<(), Fault> {
        let kind = self.pop()?;
        if kind.is_value() || kind == Kind::Null { Ok(()) } else { Err(Fault::Kind) }
    }

    fn pop_kind(&mut self, kind: Kind) -> Result<(), Fault> {
        if self.pop()? == kind { Ok(()) } else { Err(Fault::Kind) }
    }

    fn push_values(&mut self, count: usize) -> Result<(), Fault> {
        self.budget = self.budget.checked_sub(count).ok_or(Fault::TooComplex)?;
        (0..count).try_for_each(|_| self.state.push(Kind::Value))
    }

    /// Applies an instruction to the state and brings it to its target, if it has one. Returns
    /// where the path goes on.
    fn step(&mut self, instruction: &Instruction) -> Result<Option<usize>, Fault> {
        match instruction.byte {
            op::DUP_TOP if self.state.top(0)? == Kind::State => return self.probe().map(Some),
            op::JUMP if self.ends_async_with(instruction)? => return Ok(None),
            _ => {}
        }
        self.apply(instruction)?;
        let target = instruction.arg as usize;
        match instruction.info.flow {
            Flow::Next | Flow::Protect | Flow::Resume => {}
            Flow::Leave => return Ok(None),
            Flow::Jump => {
                self.go(target, None)?;
                return Ok(None);
            }
            Flow::Branch(_) => self.branch(instruction, target)?,
        }
        Ok(Some(instruction.next))
    }

    /// Notes which local an instruction is about.
    fn check_local(&mut self, instruction: &Instruction) -> Result<(), Fault> {
        let Some(local) = local(instruction) else { return Ok(()) };
        self.n_locals = self.n_locals.max(local.saturating_add(1));
        let is_cell = self.facts.is_cell(local);
        if in_cell(instruction) {
            if !is_cell {
                if local >= u32::from(self.facts.signature.n_pos_args) {
                    return Err(Fault::Operand);
                }
                self.n_free = self.n_free.max(local as u16 + 1);
            }
        } else if matches!(
            instruction.info.first,
            op::STORE_FAST_MULTI | op::STORE_FAST_N | op::DELETE_FAST
        ) {
            if is_cell {
                return Err(Fault::Operand);
            }
            if local < self.stored.0 {
                self.stored = (local, instruction.offset);
            }
        }
        Ok(())
    }

    /// Applies what the instruction does on the way to the next one, or what it does before it
    /// jumps if it always does.
    fn apply(&mut self, instruction: &Instruction) -> Result<(), Fault> {
        let arg = instruction.arg as usize;
        let cells = usize::from(instruction.extra);
        match instruction.info.first {
            op::LOAD_CONST_STRING => self.state.push(Kind::Name),
            op::LOAD_CONST_NONE => self.state.push(Kind::None),
            op::LOAD_NULL => self.state.push(Kind::Null),
            op::LOAD_METHOD | op::LOAD_SUPER_METHOD => {
                self.pop_values(if instruction.byte == op::LOAD_METHOD { 1 } else { 3 })?;
                self.state.push(Kind::Method)?;
                self.state.push(Kind::Receiver)
            }
            op::CALL_FUNCTION | op::CALL_FUNCTION_VAR_KW => {
                self.pop_arguments(arg, instruction.byte == op::CALL_FUNCTION_VAR_KW)?;
                self.pop_value()?;
                self.state.push(Kind::Value)
            }
            op::CALL_METHOD | op::CALL_METHOD_VAR_KW => {
                self.pop_arguments(arg, instruction.byte == op::CALL_METHOD_VAR_KW)?;
                self.pop_kind(Kind::Receiver)?;
                self.pop_kind(Kind::Method)?;
                self.state.push(Kind::Value)
            }
            op::MAKE_FUNCTION_DEFARGS | op::MAKE_CLOSURE_DEFARGS => {
                self.pop_values(cells)?;
                self.pop_value_or_null()?;
                self.pop_value_or_null()?;
                self.state.push(Kind::Value)
            }
            op::STORE_ATTR | op::STORE_SUBSCR => {
                self.pop_values(if instruction.byte == op::STORE_ATTR { 1 } else { 2 })?;
                self.pop_value_or_null()
            }
            op::STORE_COMP => self.store_comp(arg),
            op::STORE_MAP => {
                self.pop_values(2)?;
                if self.state.top(0)?.is_value() { Ok(()) } else { Err(Fault::Kind) }
            }
            op::DUP_TOP => self.duplicate(1),
            op::DUP_TOP_TWO => self.duplicate(2),
            op::POP_TOP => match self.pop()? {
                kind if kind.is_value() || Kind::ITER.contains(&kind) => Ok(()),
                _ => Err(Fault::Kind),
            },
            op::ROT_TWO => self.rotate(2),
            op::ROT_THREE => self.rotate(3),
            op::GET_ITER_STACK => {
                self.pop_value()?;
                Kind::ITER.into_iter().try_for_each(|kind| self.state.push(kind))
            }
            op::FOR_ITER => {
                self.check_iterator()?;
                self.state.push(Kind::Value)
            }
            op::SETUP_WITH | op::SETUP_EXCEPT | op::SETUP_FINALLY => self.setup(instruction),
            op::POP_EXCEPT_JUMP => match self.state.pop_block()?.kind {
                BlockKind::Except => Ok(()),
                BlockKind::Finally | BlockKind::With => Err(Fault::Blocks),
            },
            op::WITH_CLEANUP => self.with_cleanup(),
            op::END_FINALLY => self.end_finally(),
            op::UNWIND_JUMP => self.unwind(instruction),
            op::YIELD_VALUE | op::YIELD_FROM
                if self.facts.signature.flags & Signature::GENERATOR == 0 =>
            {
                Err(Fault::Yield)
            }
            _ => {
                self.pop_values(instruction.pops())?;
                self.push_values(instruction.pushes())
            }
        }
    }

    /// Brings a conditional jump's state to its target. The state is that of the way on.
    fn branch(&mut self, instruction: &Instruction, target: usize) -> Result<(), Fault> {
        match instruction.byte {
            op::JUMP_IF_TRUE_OR_POP | op::JUMP_IF_FALSE_OR_POP => {
                // The value is still in its slot, above the top.
                let kept = self.state.kind(self.state.depth());
                self.state.push(kept)?;
                self.go(target, None)?;
                self.pop()?;
            }
            op::FOR_ITER => {
                self.pop()?;
                let mut iterator = [Kind::Null; 4];
                for kind in iterator.iter_mut().rev() {
                    *kind = self.pop()?;
                }
                self.go(target, None)?;
                for kind in iterator {
                    self.state.push(kind)?;
                }
                self.state.push(Kind::Value)?;
            }
            _ => self.go(target, None)?,
        }
        Ok(())
    }

    fn pop_arguments(&mut self, arg: usize, starred: bool) -> Result<(), Fault> {
        if starred {
            self.pop_value()?;
        }
        for _ in 0..arg >> 8 & 0xff {
            self.pop_value()?;
            match self.pop()? {
                Kind::Name => {}
                Kind::Null if starred => {}
                _ => return Err(Fault::Kind),
            }
        }
        self.pop_values(arg & 0xff)
    }

    fn store_comp(&mut self, arg: usize) -> Result<(), Fault> {
        let pair = arg & 3 == 1;
        let container = self.state.top(arg >> 2)?;
        if !container.is_value() || arg >> 2 <= usize::from(pair) {
            return Err(Fault::Kind);
        }
        self.pop_values(1 + usize::from(pair))
    }

    fn duplicate(&mut self, count: usize) -> Result<(), Fault> {
        for _ in 0..count {
            let kind = self.state.top(count - 1)?;
            if !kind.is_value() {
                return Err(Fault::Kind);
            }
            self.state.push(kind)?;
        }
        Ok(())
    }

    /// Takes the topmost slot down by `count - 1`.
    fn rotate(&mut self, count: usize) -> Result<(), Fault> {
        let bottom = self.state.depth().checked_sub(count).ok_or(Fault::Underflow)?;
        let floor = self.state.floor(self.offset);
        let top = self.state.depth() - 1;
        let moved = self.state.top(0)?;
        let mut kinds = [moved; 3];
        for (above, kind) in kinds.iter_mut().take(count).enumerate().skip(1) {
            *kind = self.state.kind(bottom + above - 1);
        }
        for (above, kind) in kinds.iter().take(count).enumerate() {
            let fixed = Kind::ITER.contains(kind) || *kind == Kind::State;
            // What lies below the floor may be swapped for what serves as well: see `setup`.
            if fixed || bottom < floor && !kind.is_value() {
                return Err(Fault::Kind);
            }
            self.state.set(bottom + above, *kind)?;
        }
        // The two slots of a state have come to lie under the context manager again, in order.
        if count == 3 && kinds == [Kind::StateValue, Kind::StateCause, Kind::Value] {
            self.state.pop(0)?;
            self.state.pop(0)?;
            self.state.set(top - 2, Kind::State)?;
            self.state.push(Kind::Value)?;
        }
        Ok(())
    }

    fn check_iterator(&self) -> Result<(), Fault> {
        let mut kinds = [Kind::Null; 4];
        for (below, kind) in kinds.iter_mut().rev().enumerate() {
            *kind = self.state.top(below)?;
        }
        match kinds {
            Kind::ITER => Ok(()),
            [Kind::Null, object, Kind::Null, Kind::Null] if object.is_value() => Ok(()),
            _ => Err(Fault::Kind),
        }
    }

    fn setup(&mut self, instruction: &Instruction) -> Result<(), Fault> {
        let kind = match instruction.byte {
            op::SETUP_EXCEPT => BlockKind::Except,
            op::SETUP_FINALLY => BlockKind::Finally,
            _ => BlockKind::With,
        };
        if kind == BlockKind::With {
            self.pop_value()?;
            self.state.push(Kind::Method)?;
            self.state.push(Kind::Receiver)?;
            // For the method that enters the context manager.
            self.state.reserve(2)?;
        }
        // The handler is to know of objects only that they are objects, so that `async with` can
        // swap one for another while an exception may still come.
        for slot in 0..self.state.depth() {
            if self.state.kind(slot).is_value() {
                self.state.set(slot, Kind::Value)?;
            }
        }
        let handler = instruction.arg as usize;
        let depth = self.state.depth();
        self.state.push_block(Block { kind, handler, depth, settled: false })?;
        if self.state.n_blocks() > usize::from(self.facts.signature.n_exc_stack) {
            return Err(Fault::Blocks);
        }
        self.state.push(match kind {
            BlockKind::Except => Kind::Exception,
            BlockKind::Finally | BlockKind::With => Kind::State,
        })?;
        self.go(handler, None)?;
        self.state.pop(0)?;
        if kind == BlockKind::With { self.state.push(Kind::Value) } else { Ok(()) }
    }

    /// The innermost block, if it is active and its state is on top of the stack.
    fn finished_block(&self) -> Result<Block, Fault> {
        let block = self.state.block(0).ok_or(Fault::Blocks)?;
        if !block.is_active(self.offset) || self.state.depth() != block.depth + 1 {
            return Err(Fault::Blocks);
        }
        if self.state.top(0)?.is_state() { Ok(block) } else { Err(Fault::Kind) }
    }

    fn with_cleanup(&mut self) -> Result<(), Fault> {
        let block = self.finished_block()?;
        if block.kind != BlockKind::With || block.settled {
            return Err(Fault::Blocks);
        }
        self.pop()?;
        self.pop_kind(Kind::Receiver)?;
        self.pop_kind(Kind::Method)?;
        // Exit function, receiver, a state of two slots, and an argument more.
        self.state.reserve(5)?;
        self.state.set_block(Block { depth: block.depth - 2, settled: true, ..block })?;
        self.state.push(Kind::State)
    }

    fn end_finally(&mut self) -> Result<(), Fault> {
        let block = self.finished_block()?;
        let settled = match block.kind {
            BlockKind::Except => false,
            BlockKind::Finally => StateProbe::at(self.code, block.handler).is_some(),
            BlockKind::With => true,
        };
        if block.settled != settled {
            return Err(Fault::Blocks);
        }
        self.pop()?;
        self.state.pop_block()?;
        Ok(())
    }

    /// Leaves blocks as the interpreter will: runs the handlers of those that are not active, and
    /// drops the state of those that are.
    fn unwind(&mut self, instruction: &Instruction) -> Result<(), Fault> {
        self.state.reserve(2)?;
        let mut depth = self.state.depth();
        for _ in 0..instruction.extra & 0x7f {
            let block = self.state.pop_block()?;
            match (block.kind, block.is_active(self.offset)) {
                (BlockKind::Except, _) => {}
                (BlockKind::Finally, true) => {
                    let probes = StateProbe::at(self.code, block.handler).is_some();
                    let below = self.state.depth() - depth;
                    if probes || depth != block.depth + 1 || !self.state.top(below)?.is_state() {
                        return Err(Fault::Blocks);
                    }
                    depth = block.depth;
                }
                (BlockKind::With, true) => return Err(Fault::Blocks),
                (BlockKind::Finally, false) | (BlockKind::With, false) => {
                    if depth != block.depth {
                        return Err(Fault::Blocks);
                    }
                    let managers = match block.kind {
                        BlockKind::With => 2,
                        _ => usize::from(StateProbe::at(self.code, block.handler).is_some()),
                    };
                    depth = depth.checked_sub(managers).ok_or(Fault::Underflow)?;
                }
            }
        }
        while self.state.depth() > depth {
            self.pop()?;
        }
        if instruction.extra & 0x80 != 0 {
            for _ in Kind::ITER {
                self.pop()?;
            }
        }
        Ok(())
    }

    /// The `finally` part of an `async with` begins: it finds out whether its state, on top of the
    /// stack, is an exception. Returns where it goes on if so.
    fn probe(&mut self) -> Result<usize, Fault> {
        let block = self.finished_block()?;
        let probe = StateProbe::at(self.code, block.handler).ok_or(Fault::Kind)?;
        if block.kind != BlockKind::Finally || block.handler != self.offset || block.settled {
            return Err(Fault::Blocks);
        }
        self.state.reserve(2)?;
        let manager = self.state.depth().checked_sub(2).ok_or(Fault::Underflow)?;
        if !self.state.kind(manager).is_value() || manager < self.state.floor(self.offset) {
            return Err(Fault::Kind);
        }
        self.state.set_block(Block { depth: block.depth - 1, settled: true, ..block })?;
        self.state.pop(0)?;
        self.state.push(Kind::StateValue)?;
        self.state.push(Kind::StateCause)?;
        self.go(probe.other, None)?;
        self.state.pop(0)?;
        self.state.pop(0)?;
        self.state.push(Kind::Exception)?;
        Ok(probe.exception)
    }

    /// Recognises the jump that ends the body of an `async with` that went well: `None` and the
    /// context manager have been swapped, and it goes into the middle of the `finally` part. If it
    /// is one, brings the state there.
    fn ends_async_with(&mut self, instruction: &Instruction) -> Result<bool, Fault> {
        let target = instruction.arg as usize;
        let Some(block) = self.state.block(0) else { return Ok(false) };
        if block.kind != BlockKind::Finally || block.is_active(self.offset) {
            return Ok(false);
        }
        if StateProbe::at(self.code, block.handler).is_none_or(|probe| probe.joined() != target) {
            return Ok(false);
        }
        let none = self.state.depth().checked_sub(2).ok_or(Fault::Underflow)?;
        if none + 1 != block.depth
            || self.state.top(1)? != Kind::None
            || !self.state.top(0)?.is_value()
        {
            return Err(Fault::Kind);
        }
        self.state.set_block(Block { depth: none, settled: true, ..block })?;
        self.state.set(none, Kind::State)?;
        self.go(target, Some(0))?;
        Ok(true)
    }
}
