//! The code of one function while it grows.
//!
//! Jumps are written with the number of their label in place of the distance, in the longer of
//! their two forms. When the function is complete [`Assembler::relax`] shortens those that it can
//! and fills in the distances. Rules for what is left out as dead and for how jumps are sized are
//! those of MicroPython's `py/emitbc.c`.

use snakelet_bytecode::{Encoded, LineBuilder, op};

use crate::memory::{Budget, Buf};

/// A place in the code that can be jumped to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Label(u16);

/// Set in an entry of the table of jumps whose jump takes the short form.
const SHORT: u32 = 1 << 31;
/// A jump's bytes before it is sized: instruction, label.
const LONG_BYTES: usize = 3;

pub(crate) struct Assembler<'b> {
    bytes: Buf<'b, u8>,
    /// Offsets of the jumps, in order.
    jumps: Buf<'b, u32>,
    /// Offsets of the labels that were placed.
    labels: Buf<'b, u32>,
    /// For each line that code comes from: bytes of code and lines since the entry before, both in
    /// seven-bit groups.
    lines: Buf<'b, u8>,
    line: u32,
    line_offset: u32,
    stack: i32,
    max_stack: i32,
    /// The last instruction never goes on to the next: until a label is placed code is left out.
    dead: bool,
}

impl<'b> Assembler<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Assembler {
            bytes: Buf::new(budget),
            jumps: Buf::new(budget),
            labels: Buf::new(budget),
            lines: Buf::new(budget),
            line: 1,
            line_offset: 0,
            stack: 0,
            max_stack: 0,
            dead: false,
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn max_stack(&self) -> u32 {
        self.max_stack.max(0) as u32
    }

    /// How many values are on the stack here.
    #[cfg(feature = "viper")]
    pub(crate) fn height(&self) -> i32 {
        self.stack
    }

    /// The line that code comes from.
    #[cfg(feature = "viper")]
    pub(crate) fn current_line(&self) -> u32 {
        self.line
    }

    pub(crate) fn label(&mut self) -> Label {
        let number = self.labels.len() as u16;
        if usize::from(number) != self.labels.len() {
            self.labels.budget().overflow();
        }
        self.labels.push(u32::MAX);
        Label(number)
    }

    /// Places a label here.
    pub(crate) fn place(&mut self, label: Label) {
        self.dead = false;
        let here = self.bytes.len() as u32;
        if let Some(at) = self.labels.get_mut(usize::from(label.0)) {
            *at = here;
        }
    }

    /// Accounts for values that come or go other than by an instruction in the order of the code.
    pub(crate) fn adjust(&mut self, by: i32) {
        self.stack = self.stack.saturating_add(by);
        self.max_stack = self.max_stack.max(self.stack);
    }

    /// Leaves out what follows, up to the next label.
    pub(crate) fn end_flow(&mut self) {
        self.dead = true;
    }

    pub(crate) fn emit(&mut self, by: i32, code: &[u8]) {
        self.adjust(by);
        if self.dead {
            return;
        }
        if self.bytes.len() > (SHORT / 2) as usize {
            return self.bytes.budget().overflow();
        }
        self.bytes.extend(code);
    }

    pub(crate) fn jump(&mut self, by: i32, code: u8, label: Label) {
        let at = self.bytes.len() as u32;
        let [low, high] = label.0.to_le_bytes();
        self.emit(by, &[code, low, high]);
        if !self.dead {
            self.jumps.push(at);
        }
    }

    /// Notes that the code from here on comes from a line.
    pub(crate) fn line(&mut self, line: u32) {
        if line <= self.line {
            return;
        }
        let here = self.bytes.len() as u32;
        put_groups(&mut self.lines, here - self.line_offset);
        put_groups(&mut self.lines, line - self.line);
        self.line = line;
        self.line_offset = here;
    }

    /// Sizes the jumps and fills in their distances.
    pub(crate) fn relax(&mut self, budget: &'b Budget) {
        // How many of the jumps up to and including each are short, by the sizes of the last round.
        let mut shorts = Buf::new(budget);
        shorts.zero(self.jumps.len());
        while self.shorten(&shorts) {
            budget.work(self.jumps.len());
            let mut count = 0;
            for (sum, jump) in shorts.iter_mut().zip(self.jumps.iter()) {
                count += jump >> 31;
                *sum = count;
            }
        }
        if !self.fill(&shorts) {
            budget.overflow();
        }
    }

    /// Gives the short form to the jumps that it suffices for; answers whether there were any more.
    fn shorten(&mut self, shorts: &[u32]) -> bool {
        let mut any = false;
        for index in 0..self.jumps.len() {
            let Some(&jump) = self.jumps.get(index) else { break };
            if jump & SHORT != 0 {
                continue;
            }
            let from = jump as i32 - before(index, shorts);
            let Some((code, to)) = self.target(jump, shorts) else { continue };
            let distance = to - from - 2;
            let signed = code <= op::POP_JUMP_IF_FALSE;
            let range = if signed { -64..=63 } else { 0..=127 };
            if range.contains(&distance) {
                any = true;
                if let Some(jump) = self.jumps.get_mut(index) {
                    *jump |= SHORT;
                }
            }
        }
        any
    }

    /// The instruction of a jump, and where its label lies by the given sizes.
    fn target(&self, jump: u32, shorts: &[u32]) -> Option<(u8, i32)> {
        let bytes = self.bytes.get((jump & !SHORT) as usize..)?;
        let &[code, low, high] = bytes.first_chunk::<LONG_BYTES>()?;
        let label = *self.labels.get(usize::from(u16::from_le_bytes([low, high])))?;
        let index = self.jumps.partition_point(|jump| jump & !SHORT < label);
        Some((code, label as i32 - before(index, shorts)))
    }

    /// Writes the jumps in their final form, closing up the code; answers whether they all can be.
    fn fill(&mut self, shorts: &[u32]) -> bool {
        let mut write = 0;
        let mut read = 0;
        for index in 0..self.jumps.len() {
            let Some(&jump) = self.jumps.get(index) else { break };
            let at = (jump & !SHORT) as usize;
            let Some((code, to)) = self.target(jump, shorts) else { return false };
            self.bytes.move_down(read..at, write);
            write += at - read;
            let jump = usize::try_from(to)
                .ok()
                .and_then(|to| Encoded::jump(code, write, to, jump & SHORT == 0));
            let Some(jump) = jump else { return false };
            // Not beyond what was read: a jump's final form is never longer.
            for byte in jump.iter() {
                if let Some(place) = self.bytes.get_mut(write) {
                    *place = *byte;
                }
                write += 1;
            }
            read = at + LONG_BYTES;
        }
        let len = self.bytes.len();
        self.bytes.move_down(read..len, write);
        self.bytes.truncate(write + len - read);
        true
    }

    /// Appends the line table, in the official form; the jumps have been sized.
    pub(crate) fn line_table(&self, out: &mut Buf<'_, u8>) {
        let mut builder = LineBuilder::new();
        let mut groups = self.lines.iter().copied();
        let (mut offset, mut line, mut index, mut short) = (0u32, 1u32, 0, 0u32);
        while let Some(bytes) = take_groups(&mut groups) {
            offset += bytes;
            line += take_groups(&mut groups).unwrap_or(0);
            while let Some(&jump) = self.jumps.get(index).filter(|jump| *jump & !SHORT < offset) {
                short += jump >> 31;
                index += 1;
            }
            builder.note((offset - short) as usize, line, &mut |byte| out.push(byte));
        }
    }
}

fn before(index: usize, shorts: &[u32]) -> i32 {
    index.checked_sub(1).and_then(|last| shorts.get(last)).map_or(0, |&count| count as i32)
}

fn put_groups(out: &mut Buf<'_, u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8)
}

fn take_groups(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut value = 0u32;
    let mut shift = 0;
    loop {
        let byte = bytes.next()?;
        value |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
}
