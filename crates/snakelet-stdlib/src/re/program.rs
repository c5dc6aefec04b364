//! Compiled patterns: what they consist of, and how their bytes are read.
//!
//! ```text
//!  instructions u16 | groups u16 | threads u16 | stack u16 | instructions, 4 bytes each | sets
//! ```
//!
//! A set has a bit for each ASCII character (16 bytes), the number of its ranges, and ranges of two characters in
//! four bytes each, for the characters that are not ASCII.

/// Bytes before the first instruction.
pub(super) const HEAD: usize = 8;
/// Instructions that a pattern may have.
pub(super) const MOST: usize = 16_000;
/// Groups that a pattern may have, the whole match not counted.
pub(super) const MOST_GROUPS: usize = 50;
/// Places where a group begins or ends.
pub(super) const SLOTS: usize = 2 * (MOST_GROUPS + 1);
/// Bytes of a set before its ranges.
pub(super) const SET_HEAD: usize = 18;

/// What an instruction does.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Op {
    /// Ends a match.
    Match,
    /// Takes the character whose number is the operands.
    Char,
    /// Takes any character.
    Any,
    /// Takes a character of the class with this letter, as `\d` names it.
    Named,
    /// Takes a character of the set at this offset, or with 1 as the first operand one that is not in it.
    Set,
    /// Goes on here and at another instruction; with 1 as the first operand there first.
    Split,
    /// Goes on at another instruction.
    Jump,
    /// Notes the place in a slot.
    Save,
    /// Goes on at the beginning of the text.
    Begin,
    /// Goes on at its end.
    End,
    /// Goes on where a word begins or ends, or with 1 as the first operand where none does.
    Boundary,
}

/// An instruction.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Inst {
    pub(super) op: Op,
    /// The first operand.
    pub(super) a: u8,
    /// The second one.
    pub(super) b: u16,
}

impl Inst {
    pub(super) const fn new(op: Op, a: u8, b: u16) -> Self {
        Self { op, a, b }
    }
    /// One that takes a character.
    pub(super) const fn char(c: u32) -> Self {
        Self::new(Op::Char, c as u8, (c >> 8) as u16)
    }
    pub(super) const fn bytes(self) -> [u8; 4] {
        let [low, high] = self.b.to_le_bytes();
        [self.op as u8, self.a, low, high]
    }
    fn from_bytes([op, a, low, high]: [u8; 4]) -> Self {
        const OPS: [Op; 11] = [
            Op::Match,
            Op::Char,
            Op::Any,
            Op::Named,
            Op::Set,
            Op::Split,
            Op::Jump,
            Op::Save,
            Op::Begin,
            Op::End,
            Op::Boundary,
        ];
        let op = OPS.get(usize::from(op)).copied().unwrap_or(Op::Match);
        Self::new(op, a, u16::from_le_bytes([low, high]))
    }
    /// Whether it takes a character.
    pub(super) const fn takes(self) -> bool {
        matches!(self.op, Op::Char | Op::Any | Op::Named | Op::Set)
    }
}

/// Whether a character is in the class that `\d`, `\w`, `\s` and their capitals name. Only ASCII characters are
/// digits, letters and spaces.
pub(super) fn in_class(letter: u8, c: u32) -> bool {
    let c = u8::try_from(c).unwrap_or(0);
    let is_in = match letter | 0x20 {
        b'd' => c.is_ascii_digit(),
        b'w' => c.is_ascii_alphanumeric() || c == b'_',
        _ => matches!(c, b' ' | 9..=13),
    };
    is_in != letter.is_ascii_uppercase()
}

/// A compiled pattern.
#[derive(Copy, Clone)]
pub(super) struct Program<'p> {
    bytes: &'p [u8],
}

impl<'p> Program<'p> {
    pub(super) const fn new(bytes: &'p [u8]) -> Self {
        Self { bytes }
    }
    fn half(self, at: usize) -> usize {
        match self.bytes.get(at..) {
            Some([low, high, ..]) => u16::from_le_bytes([*low, *high]).into(),
            _ => 0,
        }
    }
    fn word(self, at: usize) -> u32 {
        match self.bytes.get(at..) {
            Some([a, b, c, d, ..]) => u32::from_le_bytes([*a, *b, *c, *d]),
            _ => 0,
        }
    }
    /// Instructions.
    pub(super) fn len(self) -> usize {
        self.half(0)
    }
    /// Groups, the whole match not counted.
    pub(super) fn groups(self) -> usize {
        self.half(2).min(MOST_GROUPS)
    }
    /// Instructions at which a thread may wait for a character, or be at the end.
    pub(super) fn threads(self) -> usize {
        self.half(4)
    }
    /// Instructions of which one is noted while another is followed.
    pub(super) fn stack(self) -> usize {
        self.half(6)
    }
    /// An instruction.
    #[inline]
    pub(super) fn inst(self, i: usize) -> Inst {
        match self.bytes.get(HEAD + 4 * i..) {
            Some([op, a, low, high, ..]) => Inst::from_bytes([*op, *a, *low, *high]),
            _ => Inst::new(Op::Match, 0, 0),
        }
    }
    /// Whether an instruction takes a character.
    #[inline]
    pub(super) fn accepts(self, inst: Inst, c: u32) -> bool {
        match inst.op {
            Op::Char => c == u32::from(inst.a) | u32::from(inst.b) << 8,
            Op::Any => true,
            Op::Named => in_class(inst.a, c),
            Op::Set => self.in_set(inst, c),
            _ => false,
        }
    }

    fn in_set(self, inst: Inst, c: u32) -> bool {
        let set = HEAD + 4 * self.len() + 2 * usize::from(inst.b);
        let negated = inst.a != 0;
        if c < 128 {
            let bits = self.bytes.get(set + c as usize / 8).copied().unwrap_or(0);
            return (bits >> (c % 8) & 1 != 0) != negated;
        }
        let ranges = self.half(set + SET_HEAD - 2);
        let is_in = (0..ranges).any(|i| {
            let range = set + SET_HEAD + 8 * i;
            (self.word(range)..=self.word(range + 4)).contains(&c)
        });
        is_in != negated
    }
}
