//! The abstract state of a frame, and its copies for the targets of jumps.
//!
//! Everything lies in the caller's scratch words:
//!
//! ```text
//! targets   their offsets in the code, sorted
//! records   for each target the place of its record, 0 while control has not reached it
//! blocks    the current state's exception blocks, two words each
//! room      the current state's slots, a kind in each word, from the beginning up; and from the
//!           end down the records: depth | blocks << 16, next pending, target, slots (a kind in 4
//!           bits each), blocks
//! ```

use super::Fault;

/// What is known of a slot on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// An object.
    Value,
    /// The object `None`, for certain.
    None,
    /// An interned string, for certain.
    Name,
    /// An exception, for certain.
    Exception,
    /// Null.
    Null,
    /// The function of a method load.
    Method,
    /// The receiver of a method load, or null.
    Receiver,
    /// The slots of an iterator.
    Iter0,
    Iter1,
    Iter2,
    Iter3,
    /// The state of a `finally`: stands for one slot or two.
    State,
    /// The two slots of a state that is known not to be `None` or an exception.
    StateValue,
    StateCause,
}

impl Kind {
    const ALL: [Kind; 14] = [
        Kind::Value,
        Kind::None,
        Kind::Name,
        Kind::Exception,
        Kind::Null,
        Kind::Method,
        Kind::Receiver,
        Kind::Iter0,
        Kind::Iter1,
        Kind::Iter2,
        Kind::Iter3,
        Kind::State,
        Kind::StateValue,
        Kind::StateCause,
    ];

    /// By number, for any four bits.
    const PADDED: [Kind; 16] = {
        let mut kinds = [Kind::StateCause; 16];
        let mut number = 0;
        while number < Kind::ALL.len() {
            kinds[number] = Kind::ALL[number];
            number += 1;
        }
        kinds
    };

    pub(super) const ITER: [Kind; 4] = [Kind::Iter0, Kind::Iter1, Kind::Iter2, Kind::Iter3];

    #[inline(always)]
    pub(super) fn from_bits(bits: u32) -> Kind {
        Kind::PADDED[bits as usize & 15]
    }

    pub(super) fn is_value(self) -> bool {
        matches!(self, Kind::Value | Kind::None | Kind::Name | Kind::Exception)
    }

    /// Whether it can be the state of a `finally`.
    pub(super) fn is_state(self) -> bool {
        matches!(self, Kind::State | Kind::None | Kind::Exception)
    }

    /// The kind that is all that is known if either of two is true; `state` says which it is to
    /// be if it can be a value or a state.
    fn join(self, other: Kind, state: bool) -> Option<Kind> {
        if self == other {
            Some(self)
        } else if self.is_state()
            && other.is_state()
            && (state || self == Kind::State || other == Kind::State)
        {
            Some(Kind::State)
        } else if self.is_value() && other.is_value() {
            Some(Kind::Value)
        } else {
            None
        }
    }
}

/// What an exception block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    Except,
    Finally,
    With,
}

/// An exception block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    /// The offset of its handler.
    pub(super) handler: usize,
    /// The depth of the stack at which exceptions find it; for an active block, below its state.
    pub(super) depth: usize,
    /// Whether the handler has taken a context manager from under the state.
    pub(super) settled: bool,
}

impl Block {
    fn to_words(self) -> [u32; 2] {
        let depth = self.depth as u32 & 0xffff;
        [self.handler as u32, depth | (self.kind as u32) << 16 | u32::from(self.settled) << 18]
    }

    fn from_words(words: [u32; 2]) -> Block {
        Block {
            kind: match words[1] >> 16 & 3 {
                0 => BlockKind::Except,
                1 => BlockKind::Finally,
                _ => BlockKind::With,
            },
            handler: words[0] as usize,
            depth: words[1] as usize & 0xffff,
            settled: words[1] >> 18 & 1 != 0,
        }
    }

    pub(super) fn is_active(&self, offset: usize) -> bool {
        self.handler <= offset
    }
}

/// Blocks can be nested this deeply, whatever the prelude declares.
const MAX_BLOCKS: usize = 255;

/// The abstract state and the records of it.
pub(super) struct State<'s> {
    targets: &'s [u32],
    records: &'s mut [u32],
    blocks: &'s mut [u32],
    room: &'s mut [u32],
    /// Where the records begin in the room.
    arena: usize,
    /// The place of the record that waits to be walked from, 0 for none.
    pending: u32,
    depth: usize,
    /// How many of the slots stand for two.
    doubles: usize,
    n_blocks: usize,
    limit: usize,
    /// The most slots and blocks that have been in use.
    pub(super) peak: usize,
    pub(super) peak_blocks: usize,
}

impl<'s> State<'s> {
    /// Lays the scratch memory out for a function with these targets, which are sorted.
    pub(super) fn new(
        targets: &'s [u32],
        scratch: &'s mut [u32],
        limit: usize,
        n_exc_stack: usize,
    ) -> Result<State<'s>, Fault> {
        let n_blocks = n_exc_stack.min(targets.len()).min(MAX_BLOCKS);
        let split = |rest: &'s mut [u32], len| rest.split_at_mut_checked(len).ok_or(Fault::Scratch);
        let (records, rest) = split(scratch, targets.len())?;
        let (blocks, room) = split(rest, 2 * n_blocks)?;
        records.fill(0);
        Ok(State {
            targets,
            records,
            blocks,
            arena: room.len(),
            room,
            pending: 0,
            depth: 0,
            doubles: 0,
            n_blocks: 0,
            limit,
            peak: 0,
            peak_blocks: 0,
        })
    }

    /// The targets, sorted.
    pub(super) fn targets(&self) -> &'s [u32] {
        self.targets
    }

    /// The first target behind `offset`, `usize::MAX` if there is none.
    pub(super) fn target_behind(&self, offset: usize) -> usize {
        let number = self.targets.partition_point(|at| *at as usize <= offset);
        self.targets.get(number).map_or(usize::MAX, |at| *at as usize)
    }

    #[inline(always)]
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The kind of a slot, counted from the bottom.
    #[inline(always)]
    pub(super) fn kind(&self, slot: usize) -> Kind {
        Kind::from_bits(self.room.get(slot).copied().unwrap_or(0))
    }

    /// The kind of the slot `below` the topmost, if there is one.
    pub(super) fn top(&self, below: usize) -> Result<Kind, Fault> {
        let slot = self.depth.checked_sub(below + 1).ok_or(Fault::Underflow)?;
        Ok(self.kind(slot))
    }

    /// Whether the slots from `from` up to (not including) `to` hold objects.
    #[inline(always)]
    pub(super) fn are_values(&self, from: usize, to: usize) -> bool {
        let slots = self.room.get(from..to).unwrap_or(&[]);
        for bits in slots {
            if *bits > Kind::Exception as u32 {
                return false;
            }
        }
        true
    }

    /// Takes the slots from `bottom` on away, none of which is a [`Kind::State`].
    #[inline(always)]
    pub(super) fn cut(&mut self, bottom: usize) {
        self.depth = bottom;
    }

    /// Puts slots that are no [`Kind::State`] in the place of those from `bottom` on, none of which
    /// is one either. `false`, and nothing is done, if there is no room.
    #[inline(always)]
    pub(super) fn replace<const N: usize>(&mut self, bottom: usize, kinds: [Kind; N]) -> bool {
        let depth = bottom + N;
        let peak = depth + self.doubles;
        if depth >= self.arena || depth > self.limit || peak > usize::from(u16::MAX) {
            return false;
        }
        let Some(slots) = self.room.get_mut(bottom..depth) else { return false };
        for (slot, kind) in slots.iter_mut().zip(kinds) {
            *slot = kind as u32;
        }
        self.depth = depth;
        self.peak = self.peak.max(peak);
        true
    }

    /// Changes the kind of a slot that is in use.
    pub(super) fn set(&mut self, slot: usize, kind: Kind) -> Result<(), Fault> {
        self.doubles -= usize::from(self.kind(slot) == Kind::State).min(self.doubles);
        self.put(slot, kind)
    }

    fn put(&mut self, slot: usize, kind: Kind) -> Result<(), Fault> {
        // The first word of the room may not become a record: 0 means "none".
        if slot + 1 >= self.arena {
            return Err(Fault::Scratch);
        }
        *self.room.get_mut(slot).ok_or(Fault::Scratch)? = kind as u32;
        self.doubles += usize::from(kind == Kind::State);
        self.reserve(0)
    }

    pub(super) fn push(&mut self, kind: Kind) -> Result<(), Fault> {
        self.depth += 1;
        self.put(self.depth - 1, kind)
    }

    /// Takes the topmost slot, which must lie above `floor`.
    pub(super) fn pop(&mut self, floor: usize) -> Result<Kind, Fault> {
        if self.depth <= floor {
            return Err(Fault::Underflow);
        }
        self.depth -= 1;
        let kind = self.kind(self.depth);
        self.doubles -= usize::from(kind == Kind::State).min(self.doubles);
        Ok(kind)
    }

    /// Checks that there is room for more slots.
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), Fault> {
        let peak = self.depth + self.doubles + more;
        self.peak = self.peak.max(peak);
        // The official compiler counts on one of several nested states being a single slot.
        let overflows = self.depth + more > self.limit || peak > usize::from(u16::MAX);
        if overflows { Err(Fault::Overflow) } else { Ok(()) }
    }

    pub(super) fn n_blocks(&self) -> usize {
        self.n_blocks
    }

    /// The block `below` the innermost.
    pub(super) fn block(&self, below: usize) -> Option<Block> {
        let at = self.n_blocks.checked_sub(below + 1)?;
        match self.blocks.get(2 * at..2 * at + 2)? {
            [first, second] => Some(Block::from_words([*first, *second])),
            _ => None,
        }
    }

    /// Replaces the innermost block.
    pub(super) fn set_block(&mut self, block: Block) -> Result<(), Fault> {
        let at = self.n_blocks.checked_sub(1).ok_or(Fault::Blocks)?;
        let words = self.blocks.get_mut(2 * at..2 * at + 2).ok_or(Fault::Blocks)?;
        words.copy_from_slice(&block.to_words());
        Ok(())
    }

    pub(super) fn push_block(&mut self, block: Block) -> Result<(), Fault> {
        self.n_blocks += 1;
        self.peak_blocks = self.peak_blocks.max(self.n_blocks);
        self.set_block(block)
    }

    pub(super) fn pop_block(&mut self) -> Result<Block, Fault> {
        let block = self.block(0).ok_or(Fault::Blocks)?;
        self.n_blocks -= 1;
        Ok(block)
    }

    /// The depth below which nothing can be taken: that of the innermost block that an exception
    /// at `offset` would find.
    pub(super) fn floor(&self, offset: usize) -> usize {
        (0..self.n_blocks)
            .filter_map(|below| self.block(below))
            .find(|block| !block.is_active(offset))
            .map_or(0, |block| block.depth)
    }

    /// Brings the current state to a target. Where it tells something new, the target's record
    /// becomes what is true of both, and the target will be walked from (again).
    ///
    /// `state` says that the target is an instruction that takes the state of a `finally`.
    pub(super) fn arrive(&mut self, target: usize, state: bool) -> Result<(), Fault> {
        let index = self.targets.binary_search(&(target as u32)).map_err(|_| Fault::Target)?;
        let place = self.records.get(index).copied().unwrap_or(0) as usize;
        if place == 0 {
            let place = self.store(index)?;
            return self.queue(place);
        }
        let head = self.depth as u32 | (self.n_blocks as u32) << 16;
        let (slots, blocks) = self.spans(place);
        if self.room.get(place) != Some(&head)
            || self.room.get(blocks) != self.blocks.get(..2 * self.n_blocks)
        {
            return Err(Fault::Join);
        }
        let (stack, records) = self.room.split_at_mut_checked(self.depth).ok_or(Fault::Scratch)?;
        let mut news = false;
        for (slot, bits) in stack.iter().enumerate() {
            let at = (slots.start + slot / 8).checked_sub(self.depth);
            let word = at.and_then(|at| records.get_mut(at)).ok_or(Fault::Scratch)?;
            let shift = slot % 8 * 4;
            let known = Kind::from_bits(*word >> shift);
            let here = Kind::from_bits(*bits);
            let joined = known.join(here, state && slot + 1 == self.depth).ok_or(Fault::Join)?;
            if joined != known {
                *word = *word & !(15 << shift) | (joined as u32) << shift;
                news = true;
            }
        }
        if news { self.queue(place) } else { Ok(()) }
    }

    /// Where slots and blocks of a record lie in the room.
    fn spans(&self, place: usize) -> (core::ops::Range<usize>, core::ops::Range<usize>) {
        let head = self.room.get(place).copied().unwrap_or(0);
        let slots = place + 3;
        let blocks = slots + (head as usize & 0xffff).div_ceil(8);
        (slots..blocks, blocks..blocks + 2 * (head >> 16) as usize)
    }

    fn store(&mut self, index: usize) -> Result<usize, Fault> {
        let words = self.depth.div_ceil(8);
        let size = 3 + words + 2 * self.n_blocks;
        let place = self.arena.checked_sub(size).filter(|place| *place > self.depth);
        let place = place.ok_or(Fault::Scratch)?;
        let (stack, records) = self.room.split_at_mut_checked(place).ok_or(Fault::Scratch)?;
        let [head, next, target, packed @ ..] = records else { return Err(Fault::Scratch) };
        *head = self.depth as u32 | (self.n_blocks as u32) << 16;
        *next = NOT_PENDING;
        *target = self.targets.get(index).copied().unwrap_or(0);
        let mut stack = stack.get(..self.depth).unwrap_or(&[]);
        let mut blocks = self.blocks.get(..2 * self.n_blocks).ok_or(Fault::Blocks)?.iter();
        for word in packed {
            if stack.is_empty() {
                match blocks.next() {
                    Some(from) => *word = *from,
                    None => break,
                }
            } else {
                let (kinds, rest) = stack.split_at_checked(8).unwrap_or((stack, &[]));
                *word = kinds.iter().rev().fold(0, |word, kind| word << 4 | kind & 15);
                stack = rest;
            }
        }
        *self.records.get_mut(index).ok_or(Fault::Target)? = place as u32;
        self.arena = place;
        Ok(place)
    }

    fn queue(&mut self, place: usize) -> Result<(), Fault> {
        let next = self.room.get_mut(place + 1).ok_or(Fault::Scratch)?;
        if *next == NOT_PENDING {
            *next = self.pending;
            self.pending = place as u32;
        }
        Ok(())
    }

    /// Takes a target that waits to be walked from: makes its record the current state and
    /// returns its offset.
    pub(super) fn resume(&mut self) -> Result<Option<usize>, Fault> {
        let place = self.pending as usize;
        if place == 0 {
            return Ok(None);
        }
        let (slots, blocks) = self.spans(place);
        // Records that came later may have taken the room that the stack needs now.
        let (stack, records) = self.room.split_at_mut_checked(self.arena).ok_or(Fault::Scratch)?;
        let record = place.checked_sub(self.arena).and_then(|at| records.get_mut(at..));
        let Some([head, next, target, packed @ ..]) = record else { return Err(Fault::Scratch) };
        self.pending = core::mem::replace(next, NOT_PENDING);
        self.depth = *head as usize & 0xffff;
        self.n_blocks = (*head >> 16) as usize;
        let stack = stack.get_mut(..self.depth).ok_or(Fault::Scratch)?;
        self.doubles = 0;
        for (slot, to) in stack.iter_mut().enumerate() {
            let word = packed.get(slot / 8).copied().unwrap_or(0);
            *to = word >> (slot % 8 * 4) & 15;
            self.doubles += usize::from(*to == Kind::State as u32);
        }
        let from = packed.get(slots.len()..slots.len() + blocks.len()).ok_or(Fault::Scratch)?;
        let to = self.blocks.get_mut(..from.len()).ok_or(Fault::Scratch)?;
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        Ok(Some(*target as usize))
    }
}

/// In a record's link: it is not in the list of pending ones.
const NOT_PENDING: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_is_true_of_both() {
        for one in Kind::ALL {
            assert_eq!(Kind::from_bits(one as u32), one);
            for other in Kind::ALL {
                let joined = one.join(other, false);
                assert_eq!(joined, other.join(one, false), "{one:?}, {other:?}");
                if let Some(joined) = joined {
                    assert_eq!(joined.join(one, false), Some(joined), "{one:?}, {other:?}");
                }
            }
        }
        assert_eq!(Kind::None.join(Kind::Exception, true), Some(Kind::State));
        assert_eq!(Kind::None.join(Kind::Exception, false), Some(Kind::Value));
        assert_eq!(Kind::Value.join(Kind::State, true), None);
        assert_eq!(Kind::Value.join(Kind::Null, false), None);
    }
}
