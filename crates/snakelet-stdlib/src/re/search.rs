//! Runs programs: all ways in which a pattern can match are followed at once, character by character (Pike's virtual
//! machine), so that the time is that for the text times that for the pattern, whatever the pattern is.
//!
//! ```text
//!  mark of each instruction | slots of the thread at hand | stack | two lists: instruction, then slots of each thread
//! ```

use core::cell::Cell;

use snakelet_vm::native::leaf::{Leaf, Leave};

use crate::re::program::{Inst, Op, Program, SLOTS};
use crate::re::text::decode;

/// Bytes of memory that are taken from the machine's stack.
const LOCAL: usize = 512;
/// A place that a thread has not come to.
pub(super) const NEVER: u32 = u32::MAX;

/// Where the groups of a match begin and end, two places for each.
pub(super) type Places = [u32; SLOTS];

/// What is looked for, and where.
#[derive(Copy, Clone)]
pub(super) struct Search<'h> {
    pub(super) program: Program<'h>,
    pub(super) text: &'h [u8],
    /// Whether the text is a `str`.
    pub(super) is_text: bool,
    /// Where to begin, and where the text is taken to end.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether the match has to begin there, and whether it has to end at the end.
    pub(super) anchored: bool,
    pub(super) full: bool,
    /// Whether it must not be empty where the search begins.
    pub(super) advances: bool,
}

/// Words that a search writes.
#[derive(Copy, Clone)]
struct Memory<'m>(&'m [Cell<u8>]);

impl Memory<'_> {
    #[inline]
    fn get(self, i: usize) -> u32 {
        match self.0.get(4 * i..) {
            Some([a, b, c, d, ..]) => u32::from_le_bytes([a.get(), b.get(), c.get(), d.get()]),
            _ => 0,
        }
    }
    #[inline]
    fn set(self, i: usize, word: u32) {
        if let Some([a, b, c, d, ..]) = self.0.get(4 * i..) {
            let [e, f, g, h] = word.to_le_bytes();
            a.set(e);
            b.set(f);
            c.set(g);
            d.set(h);
        }
    }
}

/// Threads in the order in which they are preferred.
#[derive(Copy, Clone)]
struct List {
    first: usize,
    len: usize,
}

/// The state of a search.
struct Machine<'h, 'm> {
    search: Search<'h>,
    memory: Memory<'m>,
    /// Slots of a thread.
    slots: usize,
    /// Where the slots of the thread at hand lie, and the stack.
    own: usize,
    stack: usize,
    /// Instructions that were followed.
    work: usize,
}

/// Looks for a match; its places are written to `places`, and those of groups that took no part are [`NEVER`].
///
/// # Errors
/// Room is asked for; the script is to end.
pub(super) fn search(cx: Leaf<'_>, search: Search<'_>, places: &mut Places) -> Result<bool, Leave> {
    let program = search.program;
    let slots = 2 * (program.groups() + 1);
    let own = program.len();
    let stack = own + slots;
    let lists = stack + 2 * program.stack();
    let list = program.threads() * (slots + 1);
    let bytes = 4 * (lists + 2 * list);
    let local = [const { Cell::new(0) }; LOCAL];
    let memory = if bytes <= LOCAL { &local[..] } else { cx.writable(cx.bytearray(bytes)?)? };
    let mut machine = Machine { search, memory: Memory(memory), slots, own, stack, work: 0 };
    let first = List { first: lists, len: 0 };
    let second = List { first: lists + list, len: 0 };
    machine.run(cx, [first, second], places)
}

impl Machine<'_, '_> {
    fn run(
        &mut self,
        cx: Leaf<'_>,
        [mut now, mut next]: [List; 2],
        places: &mut Places,
    ) -> Result<bool, Leave> {
        let Search { program, text, is_text, start, end, anchored, full, advances } = self.search;
        let text = text.get(..end).unwrap_or(text);
        let begins_with = self.beginning();
        let mut found = false;
        let mut at = start;
        loop {
            let mut c = decode(text, at, is_text);
            if now.len == 0 {
                if found || anchored && at > start {
                    break;
                }
                // nothing has begun: go to where something can
                if let Some(first) = begins_with.filter(|_| !anchored) {
                    let mut skipped = 0;
                    while let Some((character, width)) = c {
                        if program.accepts(first, character) {
                            break;
                        }
                        at += width;
                        skipped += 1;
                        if skipped % 256 == 0 {
                            cx.spend(128)?;
                        }
                        c = decode(text, at, is_text);
                    }
                    cx.charge(skipped % 256 / 2);
                    if c.is_none() {
                        break;
                    }
                }
            }
            if !found && (!anchored || at == start) {
                for slot in 0..self.slots {
                    self.memory.set(self.own + slot, NEVER);
                }
                self.follow(&mut now, 0, at);
            }
            next.len = 0;
            for thread in 0..now.len {
                let base = now.first + thread * (self.slots + 1);
                let number = self.memory.get(base) as usize;
                let inst = program.inst(number);
                if inst.op == Op::Match {
                    if full && at < text.len() || advances && at == start {
                        continue;
                    }
                    for (slot, place) in places.iter_mut().take(self.slots).enumerate() {
                        *place = self.memory.get(base + 1 + slot);
                    }
                    found = true;
                    // those behind it are preferred less
                    break;
                }
                if let Some((character, width)) = c
                    && program.accepts(inst, character)
                {
                    for slot in 0..self.slots {
                        self.memory.set(self.own + slot, self.memory.get(base + 1 + slot));
                    }
                    self.follow(&mut next, number + 1, at + width);
                }
            }
            self.work += 2 + now.len;
            if self.work >= 256 {
                cx.spend(core::mem::take(&mut self.work))?;
            }
            let Some((_, width)) = c else { break };
            at += width;
            core::mem::swap(&mut now, &mut next);
        }
        cx.charge(self.work);
        Ok(found)
    }

    /// The instruction that takes the first character, if it is the only one.
    fn beginning(&self) -> Option<Inst> {
        let program = self.search.program;
        let saves = (0..program.len()).take_while(|i| program.inst(*i).op == Op::Save).count();
        Some(program.inst(saves)).filter(|inst| inst.takes())
    }

    /// Adds to a list the threads that an instruction leads to without taking a character, at a place in the text.
    fn follow(&mut self, list: &mut List, from: usize, at: usize) {
        let program = self.search.program;
        // each instruction is followed once at each place
        let mark = (at - self.search.start) as u32 + 1;
        let mut depth = 0;
        let mut number = from;
        loop {
            let mut goes_on = false;
            if number < program.len() && self.memory.get(number) != mark {
                self.memory.set(number, mark);
                self.work += 1;
                let inst = program.inst(number);
                goes_on = true;
                match inst.op {
                    Op::Jump => number = inst.b.into(),
                    Op::Split => {
                        let other = usize::from(inst.b);
                        let (first, second) =
                            if inst.a == 0 { (number + 1, other) } else { (other, number + 1) };
                        self.push(&mut depth, second, NEVER);
                        number = first;
                    }
                    Op::Save => {
                        let slot = self.own + usize::from(inst.a);
                        // a number beyond all instructions says that a slot is restored
                        self.push(
                            &mut depth,
                            program.len() + usize::from(inst.a),
                            self.memory.get(slot),
                        );
                        self.memory.set(slot, at as u32);
                        number += 1;
                    }
                    Op::Begin | Op::End | Op::Boundary => {
                        goes_on = self.holds(inst.op, inst.a, at);
                        number += 1;
                    }
                    _ => {
                        let base = list.first + list.len * (self.slots + 1);
                        list.len += 1;
                        self.memory.set(base, number as u32);
                        for slot in 0..self.slots {
                            self.memory.set(base + 1 + slot, self.memory.get(self.own + slot));
                        }
                        goes_on = false;
                    }
                }
            }
            while !goes_on {
                let Some(top) = usize::checked_sub(depth, 1) else { return };
                depth = top;
                number = self.memory.get(self.stack + 2 * top) as usize;
                let old = self.memory.get(self.stack + 2 * top + 1);
                goes_on = number < program.len();
                if !goes_on {
                    self.memory.set(self.own + number - program.len(), old);
                }
            }
        }
    }

    fn push(&self, depth: &mut usize, number: usize, old: u32) {
        self.memory.set(self.stack + 2 * *depth, number as u32);
        self.memory.set(self.stack + 2 * *depth + 1, old);
        *depth += 1;
    }

    /// Whether what takes no character holds at a place.
    fn holds(&self, op: Op, a: u8, at: usize) -> bool {
        let Search { text, end, .. } = self.search;
        let is_word = |at: Option<usize>| {
            let byte = at.filter(|at| *at < end).and_then(|at| text.get(at));
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        match op {
            Op::Begin => at == 0,
            Op::End => at == end,
            _ => (is_word(at.checked_sub(1)) != is_word(Some(at))) != (a != 0),
        }
    }
}
