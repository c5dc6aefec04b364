//! The names of a unit: their texts, and an index for when there are many.
//!
//! The index is a table of places with open addressing. It reports the places that it looks at, so that
//! names which were made to collide can be stopped like any other work; a library's table would not.

use super::NameId;
use crate::memory::{Budget, Buf};

/// Places of the index that are looked at between two reports of that work.
const PROBED: usize = 64;

/// So many names of a unit need no index, which would take more memory than small units do.
const FEW_NAMES: usize = 56;

/// See the module.
pub(super) struct Names<'b> {
    budget: &'b Budget,
    /// Texts of names, each after its length in two bytes.
    texts: Buf<'b, u8>,
    /// How many names there are.
    count: usize,
    /// Where the texts of names lie, plus one, each at the place that its hash tells or at the next
    /// free one, which has a zero. Empty while there are few names, which are searched through.
    index: Buf<'b, u32>,
}

impl<'b> Names<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        Names { budget, texts: Buf::new(budget), count: 0, index: Buf::new(budget) }
    }

    /// Forgets all names, and gives up the memory of many; whether there were so many.
    pub(super) fn clear(&mut self) -> bool {
        self.texts.clear();
        self.count = 0;
        let many = !self.index.is_empty();
        if many {
            self.index.shrink();
            self.texts.shrink();
        }
        many
    }

    pub(super) fn text(&self, name: NameId) -> &[u8] {
        stored(&self.texts, name.0)
    }

    /// Finds a name that the unit knows.
    pub(super) fn known(&self, text: &[u8]) -> Option<NameId> {
        if self.count > FEW_NAMES {
            let first = hash(text) as usize;
            // no more names than there are places
            for looked in 0..self.index.len() {
                let at = self.index.get((first + looked) & self.mask())?.checked_sub(1)?;
                if stored(&self.texts, at) == text {
                    return Some(NameId(at));
                }
                // names that were made to collide
                if looked % PROBED == PROBED - 1 {
                    self.budget.work(PROBED / 4);
                    if self.budget.failed() {
                        return None;
                    }
                }
            }
            return None;
        }
        places(&self.texts, self.count).find(|at| stored(&self.texts, *at) == text).map(NameId)
    }

    /// Finds or adds a name.
    pub(super) fn intern(&mut self, text: &[u8]) -> NameId {
        if let Some(name) = self.known(text) {
            return name;
        }
        let at = self.texts.len() as u32;
        let Ok(len) = u16::try_from(text.len()) else {
            self.budget.overflow();
            return NameId(0);
        };
        if !self.texts.reserve(text.len() + 2) {
            return NameId(0);
        }
        self.texts.extend(&len.to_le_bytes());
        self.texts.extend(text);
        self.count += 1;
        if self.count > FEW_NAMES {
            self.extend_index(at);
        }
        NameId(at)
    }

    /// Enters a new name in the index, or all of them if they are searched through no longer, or if
    /// the index gets a greater one's place: one in eight places stays free.
    fn extend_index(&mut self, new: u32) {
        if self.count * 8 <= self.index.len() * 7 {
            return self.enter(new);
        }
        let places = (self.count * 8 / 7 + 1).next_power_of_two();
        self.index.shrink();
        self.index.zero(places);
        let mut at = 0;
        for _ in 0..self.count {
            self.enter(at);
            at += stored(&self.texts, at).len() as u32 + 2;
        }
    }

    fn enter(&mut self, at: u32) {
        let first = hash(stored(&self.texts, at)) as usize;
        let mask = self.mask();
        for looked in 0..self.index.len() {
            match self.index.get_mut((first + looked) & mask) {
                Some(entry) if *entry == 0 => {
                    *entry = at + 1;
                    return;
                }
                _ if looked % PROBED == PROBED - 1 => self.budget.work(PROBED / 4),
                _ => {}
            }
            if self.budget.failed() {
                return;
            }
        }
    }

    fn mask(&self) -> usize {
        self.index.len().wrapping_sub(1)
    }
}

/// Where the texts of `names` names lie, one behind the other.
fn places(texts: &[u8], names: usize) -> impl Iterator<Item = u32> {
    let mut next = 0;
    (0..names).map(move |_| {
        let at = next;
        next += stored(texts, at).len() as u32 + 2;
        at
    })
}

fn stored(texts: &[u8], at: u32) -> &[u8] {
    let rest = texts.get(at as usize..).unwrap_or_default();
    match rest.split_first_chunk::<2>() {
        Some((len, text)) => text.get(..u16::from_le_bytes(*len) as usize).unwrap_or_default(),
        None => &[],
    }
}

fn hash(text: &[u8]) -> u32 {
    let fold = |hash: u32, &byte: &u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.iter().fold(0x811c_9dc5, fold)
}
