//! Patterns to programs.
//!
//! A pattern is gone through twice: to count, and to write. Nothing is put before what is written already: whether a
//! group or a character is repeated, or an alternative is followed by another, is looked up ahead in the pattern. A
//! group that is repeated several times is compiled as often.

use core::cell::Cell;

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::leaf::{Answer, Leaf, Leave};

use crate::re::program::{HEAD, Inst, MOST, MOST_GROUPS, Op, SET_HEAD, in_class};
use crate::re::text::decode;

/// Groups that may be open inside one another.
const DEEPEST: usize = 32;
/// No instruction.
const NOWHERE: u16 = u16::MAX;
/// As often as one likes.
const ENDLESS: u16 = u16::MAX;
/// The last character there is.
const LAST: u32 = 0x10_ffff;

/// How often something is taken.
#[derive(Copy, Clone)]
struct Repeat {
    least: u16,
    most: u16,
    lazy: bool,
}

/// A group that is open.
#[derive(Copy, Clone)]
struct Frame {
    /// Where its content begins in the pattern.
    start: usize,
    /// Where the pattern goes on behind it.
    after: usize,
    /// Its number, and that of groups before its content; 0 for one without a number.
    group: usize,
    groups: usize,
    repeat: Repeat,
    /// How often it was compiled.
    copies: u16,
    /// The first instruction of the copy.
    first: usize,
    /// The `Split` whose other way is the next alternative.
    split: u16,
    /// A chain of jumps from the ends of alternatives to the end of the group.
    jumps: u16,
    /// A chain of `Split` whose other way is behind the group.
    exits: u16,
}

struct Compiler<'h, 'o> {
    cx: Leaf<'h>,
    pattern: &'h [u8],
    is_text: bool,
    at: usize,
    /// Where the program goes, and how many instructions it will have; nowhere while they are counted.
    out: Option<(&'o [Cell<u8>], usize)>,
    len: usize,
    /// Bytes of sets.
    sets: usize,
    groups: usize,
    most_groups: usize,
    threads: usize,
    stack: usize,
    frames: [Frame; DEEPEST],
    depth: usize,
}

/// Compiles a pattern, which is a `str` or `bytes`.
///
/// # Errors
/// `ValueError`; room is asked for.
pub(super) fn compile<'h>(cx: Leaf<'h>, pattern: &'h [u8], is_text: bool) -> Answer<'h> {
    let mut counted = Compiler::new(cx, pattern, is_text, None);
    counted.run()?;
    let len = counted.len;
    let size = HEAD + 4 * len + counted.sets;
    let head =
        [len as u16, counted.most_groups as u16, counted.threads as u16, counted.stack as u16];
    let mut done = Ok(());
    let made = cx.bytes(size, |out| {
        let out = Cell::from_mut(out).as_slice_of_cells();
        for (place, byte) in out.iter().zip(head.iter().flat_map(|half| half.to_le_bytes())) {
            place.set(byte);
        }
        done = Compiler::new(cx, pattern, is_text, Some((out, len))).run();
    })?;
    done.map(|()| made)
}

#[cold]
fn wrong(cx: Leaf<'_>) -> Leave {
    cx.raise(&VALUE_ERROR, "error in regex")
}

impl<'h, 'o> Compiler<'h, 'o> {
    fn new(
        cx: Leaf<'h>,
        pattern: &'h [u8],
        is_text: bool,
        out: Option<(&'o [Cell<u8>], usize)>,
    ) -> Self {
        let once = Repeat { least: 1, most: 1, lazy: false };
        let frame = Frame {
            start: 0,
            after: pattern.len(),
            group: 0,
            groups: 0,
            repeat: once,
            copies: 0,
            first: 0,
            split: NOWHERE,
            jumps: NOWHERE,
            exits: NOWHERE,
        };
        Self {
            cx,
            pattern,
            is_text,
            at: 0,
            out,
            len: 0,
            sets: 0,
            groups: 0,
            most_groups: 0,
            threads: 0,
            stack: 1,
            frames: [frame; DEEPEST],
            depth: 0,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.pattern.get(at).copied()
    }

    fn set_byte(&self, at: usize, byte: u8) {
        if let Some(place) = self.out.and_then(|(out, _)| out.get(at)) {
            place.set(byte);
        }
    }

    /// Adds an instruction; gives its number.
    fn emit(&mut self, op: Op, a: u8, b: u16) -> Result<u16, Leave> {
        self.put(Inst::new(op, a, b))
    }

    fn put(&mut self, inst: Inst) -> Result<u16, Leave> {
        if self.len >= MOST {
            return Err(wrong(self.cx));
        }
        if self.len % 64 == 63 {
            self.cx.spend(64)?;
        }
        let number = self.len;
        for (i, byte) in inst.bytes().into_iter().enumerate() {
            self.set_byte(HEAD + 4 * number + i, byte);
        }
        self.len += 1;
        if inst.takes() || inst.op == Op::Match {
            self.threads += 1;
        } else if matches!(inst.op, Op::Split | Op::Save) {
            self.stack += 1;
        }
        Ok(number as u16)
    }

    /// Lets an instruction go on at the one that comes next.
    fn lead_here(&self, number: u16) {
        if number != NOWHERE {
            let [low, high] = (self.len as u16).to_le_bytes();
            self.set_byte(HEAD + 4 * usize::from(number) + 2, low);
            self.set_byte(HEAD + 4 * usize::from(number) + 3, high);
        }
    }

    /// The same for all instructions of a chain.
    fn lead_all_here(&self, chain: u16) {
        let mut number = chain;
        while let Some((out, _)) = self.out.filter(|_| number != NOWHERE) {
            let next = match out.get(HEAD + 4 * usize::from(number) + 2..) {
                Some([low, high, ..]) => u16::from_le_bytes([low.get(), high.get()]),
                _ => NOWHERE,
            };
            self.lead_here(number);
            number = next;
        }
    }

    fn frame(&mut self) -> &mut Frame {
        &mut self.frames[self.depth.min(DEEPEST - 1)]
    }

    fn run(&mut self) -> Result<(), Leave> {
        self.begin_copy()?;
        loop {
            match self.byte(self.at) {
                None if self.depth == 0 => break,
                None => return Err(wrong(self.cx)),
                Some(b')') if self.depth == 0 => return Err(wrong(self.cx)),
                Some(b')') => self.end_copy()?,
                Some(b'|') => self.end_alternative()?,
                Some(b'(') => self.open()?,
                Some(_) => self.atom()?,
            }
        }
        self.end_copy()?;
        self.emit(Op::Match, 0, 0)?;
        Ok(())
    }

    /// Begins to compile the group that was opened last.
    fn begin_copy(&mut self) -> Result<(), Leave> {
        let first = self.len;
        let frame = self.frame();
        frame.first = first;
        frame.jumps = NOWHERE;
        let (start, groups, group) = (frame.start, frame.groups, frame.group);
        self.at = start;
        self.groups = groups;
        if group > 0 || self.depth == 0 {
            self.emit(Op::Save, 2 * group as u8, 0)?;
        } else {
            // each copy has an instruction, so that their number is bounded
            let next = self.len as u16 + 1;
            self.emit(Op::Jump, 0, next)?;
        }
        self.begin_alternative()
    }

    fn begin_alternative(&mut self) -> Result<(), Leave> {
        let (_, is_bar) = self.scan(self.at, true)?;
        let split = if is_bar { self.emit(Op::Split, 0, 0)? } else { NOWHERE };
        self.frame().split = split;
        Ok(())
    }

    fn end_alternative(&mut self) -> Result<(), Leave> {
        let jumps = self.frame().jumps;
        let jump = self.emit(Op::Jump, 0, jumps)?;
        let frame = self.frame();
        frame.jumps = jump;
        let split = frame.split;
        self.lead_here(split);
        self.at += 1;
        self.begin_alternative()
    }

    fn end_copy(&mut self) -> Result<(), Leave> {
        let frame = *self.frame();
        self.lead_all_here(frame.jumps);
        if frame.group > 0 || self.depth == 0 {
            self.emit(Op::Save, 2 * frame.group as u8 + 1, 0)?;
        }
        self.frame().copies += 1;
        self.next_copy()
    }

    /// Goes on behind a copy of a group, or before the first one: with another one, or behind the group.
    fn next_copy(&mut self) -> Result<(), Leave> {
        let Frame { repeat, copies, first, exits, after, .. } = *self.frame();
        let lazy = u8::from(repeat.lazy);
        if copies < repeat.least {
            return self.begin_copy();
        }
        if repeat.most == ENDLESS && copies > 0 {
            // what has matched nothing ends here, and does not begin again: its first instruction was followed
            self.emit(Op::Split, 1 - lazy, first as u16)?;
        } else if copies < repeat.most {
            let exit = self.emit(Op::Split, lazy, exits)?;
            self.frame().exits = exit;
            return self.begin_copy();
        }
        self.lead_all_here(exits);
        self.at = after;
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Opens a group.
    fn open(&mut self) -> Result<(), Leave> {
        let is_plain = self.pattern.get(self.at..).is_some_and(|rest| rest.starts_with(b"(?:"));
        let start = self.at + if is_plain { 3 } else { 1 };
        if !is_plain && self.byte(start) == Some(b'?') || self.depth + 1 >= DEEPEST {
            return Err(wrong(self.cx));
        }
        let (end, _) = self.scan(start, false)?;
        let mut group = 0;
        if !is_plain {
            self.groups += 1;
            group = self.groups;
            self.most_groups = self.most_groups.max(group);
            if group > MOST_GROUPS {
                return Err(wrong(self.cx));
            }
        }
        let (repeat, after) = self.repeat(end + 1)?;
        // groups inside of it are only counted when it is compiled
        if repeat.most == 0 {
            return Err(wrong(self.cx));
        }
        let groups = self.groups;
        self.depth += 1;
        *self.frame() = Frame {
            start,
            after,
            group,
            groups,
            repeat,
            copies: 0,
            first: self.len,
            split: NOWHERE,
            jumps: NOWHERE,
            exits: NOWHERE,
        };
        self.next_copy()
    }

    /// Finds the end of a group in the pattern; or the end of an alternative, and whether another one follows.
    fn scan(&self, from: usize, to_bar: bool) -> Result<(usize, bool), Leave> {
        let (mut at, mut depth) = (from, 0usize);
        while let Some(byte) = self.byte(at) {
            match byte {
                b'\\' => at += 1,
                b'[' => {
                    at += usize::from(self.byte(at + 1) == Some(b'^'));
                    // a bracket that comes first stands for itself
                    while let Some(byte) = self.byte(at + 1) {
                        at += 1 + usize::from(byte == b'\\');
                        if at % 256 == 0 {
                            self.cx.spend(64)?;
                        }
                        if self.byte(at + 1) == Some(b']') {
                            break;
                        }
                    }
                    at += 1;
                }
                b'(' => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                b'|' if depth == 0 && to_bar => return Ok((at, true)),
                _ => {}
            }
            at += 1;
            if at % 256 == 0 {
                self.cx.spend(64)?;
            }
        }
        self.cx.charge((at - from) / 8);
        Ok((at, false))
    }

    /// How often what ends here is taken, and where the pattern goes on.
    fn repeat(&self, at: usize) -> Result<(Repeat, usize), Leave> {
        let (least, most, mut after) = match self.byte(at) {
            Some(b'*') => (0, ENDLESS, at + 1),
            Some(b'+') => (1, ENDLESS, at + 1),
            Some(b'?') => (0, 1, at + 1),
            Some(b'{') => match self.counts(at) {
                Some(counts) => counts,
                None => return Ok((Repeat { least: 1, most: 1, lazy: false }, at)),
            },
            _ => return Ok((Repeat { least: 1, most: 1, lazy: false }, at)),
        };
        let lazy = self.byte(after) == Some(b'?');
        after += usize::from(lazy);
        // a repetition cannot be repeated
        let more = matches!(self.byte(after), Some(b'*' | b'+' | b'?'));
        if least > most || more || self.byte(after) == Some(b'{') && self.counts(after).is_some() {
            return Err(wrong(self.cx));
        }
        Ok((Repeat { least, most, lazy }, after))
    }

    /// The numbers in `{2}`, `{2,}`, `{,3}` and `{2,3}`; anything else in braces stands for itself.
    fn counts(&self, at: usize) -> Option<(u16, u16, usize)> {
        let (least, comma) = self.count(at + 1);
        let (most, end) = match self.byte(comma)? {
            b',' => {
                let (most, end) = self.count(comma + 1);
                (most.unwrap_or(ENDLESS), end)
            }
            _ => (least?, comma),
        };
        if end == comma + 1 && least.is_none() || self.byte(end)? != b'}' {
            return None;
        }
        Some((least.unwrap_or(0), most, end + 1))
    }

    fn count(&self, from: usize) -> (Option<u16>, usize) {
        let (mut at, mut count) = (from, 0u16);
        while let Some(byte @ b'0'..=b'9') = self.byte(at) {
            // more than any program can hold
            count = count.saturating_mul(10).saturating_add((byte - b'0').into()).min(ENDLESS - 1);
            at += 1;
        }
        ((at > from).then_some(count), at)
    }

    /// Compiles something that is no group, with how often it is taken.
    fn atom(&mut self) -> Result<(), Leave> {
        let inst = self.single()?;
        let (repeat, after) = self.repeat(self.at)?;
        self.at = after;
        let lazy = u8::from(repeat.lazy);
        for _ in 0..repeat.least {
            self.put(inst)?;
        }
        if repeat.most == ENDLESS {
            if repeat.least > 0 {
                let back = self.len as u16 - 1;
                self.emit(Op::Split, 1 - lazy, back)?;
                return Ok(());
            }
            let split = self.emit(Op::Split, lazy, 0)?;
            self.put(inst)?;
            self.emit(Op::Jump, 0, split)?;
            self.lead_here(split);
            return Ok(());
        }
        let mut exits = NOWHERE;
        for _ in repeat.least..repeat.most {
            exits = self.emit(Op::Split, lazy, exits)?;
            self.put(inst)?;
        }
        self.lead_all_here(exits);
        Ok(())
    }

    /// The instruction for what comes next.
    fn single(&mut self) -> Result<Inst, Leave> {
        let c = self.char()?;
        Ok(match u8::try_from(c) {
            Ok(b'.') => Inst::new(Op::Any, 0, 0),
            Ok(b'^') => Inst::new(Op::Begin, 0, 0),
            Ok(b'$') => Inst::new(Op::End, 0, 0),
            Ok(b'[') => self.set()?,
            Ok(b'*' | b'+' | b'?') => return Err(wrong(self.cx)),
            Ok(b'{') if self.counts(self.at - 1).is_some() => return Err(wrong(self.cx)),
            Ok(b'\\') => match self.byte(self.at) {
                Some(letter @ (b'b' | b'B')) => {
                    self.at += 1;
                    Inst::new(Op::Boundary, u8::from(letter == b'B'), 0)
                }
                Some(b'1'..=b'9') => return Err(wrong(self.cx)),
                _ => match self.escape()? {
                    Ok(c) => Inst::char(c),
                    Err(letter) => Inst::new(Op::Named, letter, 0),
                },
            },
            _ => Inst::char(c),
        })
    }

    /// The next character of the pattern.
    fn char(&mut self) -> Result<u32, Leave> {
        match decode(self.pattern, self.at, self.is_text) {
            Some((c, width)) => {
                self.at += width;
                Ok(c)
            }
            None => Err(wrong(self.cx)),
        }
    }

    /// What stands behind a backslash: a character, or the letter of a class.
    fn escape(&mut self) -> Result<Result<u32, u8>, Leave> {
        let c = self.char()?;
        Ok(Ok(match u8::try_from(c) {
            Ok(letter @ (b'd' | b'D' | b'w' | b'W' | b's' | b'S')) => return Ok(Err(letter)),
            Ok(b'n') => 10,
            Ok(b'r') => 13,
            Ok(b't') => 9,
            Ok(b'f') => 12,
            Ok(b'v') => 11,
            Ok(b'0') => 0,
            Ok(b'x') => {
                let digit =
                    |i| self.byte(self.at + i).and_then(|byte| char::from(byte).to_digit(16));
                match (digit(0), digit(1)) {
                    (Some(high), Some(low)) => {
                        self.at += 2;
                        high << 4 | low
                    }
                    _ => c,
                }
            }
            _ => c,
        }))
    }

    /// A set, behind its bracket.
    fn set(&mut self) -> Result<Inst, Leave> {
        let negated = self.byte(self.at) == Some(b'^');
        self.at += usize::from(negated);
        let set = self.sets;
        let offset = u16::try_from(set / 2).map_err(|_| wrong(self.cx))?;
        self.sets += SET_HEAD;
        let mut ranges = 0u16;
        let mut is_first = true;
        loop {
            let c = self.char()?;
            if c == u32::from(b']') && !is_first {
                break;
            }
            is_first = false;
            let first = if c == u32::from(b'\\') { self.escape()? } else { Ok(c) };
            let range = match first {
                Err(letter) => {
                    self.add(set, &mut ranges, 0, 127, |c| in_class(letter, c))?;
                    if letter.is_ascii_uppercase() {
                        self.add(set, &mut ranges, 128, LAST, |_| true)?;
                    }
                    continue;
                }
                Ok(first) => (first, self.last_of(first)?),
            };
            self.add(set, &mut ranges, range.0, range.1, |_| true)?;
        }
        let [low, high] = ranges.to_le_bytes();
        self.set_set_byte(set + SET_HEAD - 2, |_| low);
        self.set_set_byte(set + SET_HEAD - 1, |_| high);
        Ok(Inst::new(Op::Set, u8::from(negated), offset))
    }

    /// The last character of a range in a set whose first one this is.
    fn last_of(&mut self, first: u32) -> Result<u32, Leave> {
        let rest = self.pattern.get(self.at..).unwrap_or_default();
        let class = |letter: &u8| matches!(*letter, b'd' | b'D' | b'w' | b'W' | b's' | b'S');
        match rest {
            [b'-', b']', ..] => return Ok(first),
            [b'-', b'\\', letter, ..] if class(letter) => return Ok(first),
            [b'-', ..] => self.at += 1,
            _ => return Ok(first),
        }
        let c = self.char()?;
        let last = if c == u32::from(b'\\') { self.escape()?.unwrap_or(0) } else { c };
        if last < first { Err(wrong(self.cx)) } else { Ok(last) }
    }

    /// Adds the characters of a range to a set of which `choose` says so; those that are not ASCII without asking.
    fn add(
        &mut self,
        set: usize,
        ranges: &mut u16,
        first: u32,
        last: u32,
        choose: impl Fn(u32) -> bool,
    ) -> Result<(), Leave> {
        self.cx.charge(2);
        for c in (first..=last.min(127)).filter(|c| choose(*c)) {
            self.set_set_byte(set + c as usize / 8, |bits| bits | 1 << (c % 8));
        }
        if last >= 128 {
            *ranges = ranges.checked_add(1).ok_or_else(|| wrong(self.cx))?;
            let bounds = [first.max(128), last].map(u32::to_le_bytes);
            for (i, byte) in bounds.into_iter().flatten().enumerate() {
                self.set_set_byte(self.sets + i, |_| byte);
            }
            self.sets += 8;
        }
        Ok(())
    }

    /// Changes a byte of the sets.
    fn set_set_byte(&self, at: usize, change: impl FnOnce(u8) -> u8) {
        if let Some((out, len)) = self.out
            && let Some(place) = out.get(HEAD + 4 * len + at)
        {
            place.set(change(place.get()));
        }
    }
}
