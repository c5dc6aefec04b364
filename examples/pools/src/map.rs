//! What lies where, with the addresses of the board.
//!
//! A map is three levels of ranges: memories, their parts, and what lies in a part. Within one level
//! they follow each other without gaps, since what nobody uses is a range too.

use snakelet_pool::presets::{Board, Memory};
use snakelet_pool::{Attributes, BlockInfo, BlockState, Lease, MemoryPool, Reach};

use crate::camera::Camera;
use crate::failure::{Result, ensure, failed};
use crate::host::{HostPool, System};
use crate::units::grouped;

/// What a range is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A part of the Python heap.
    Heap,
    /// The stream buffer.
    Stream,
    /// A frame of a camera, both counted from 0.
    Frame { camera: usize, slot: u16 },
    /// Memory for a while.
    Scratch,
    /// A line buffer.
    Lines,
    /// A neural model.
    Model,
    /// Memory of a pool that nobody uses.
    Free,
    /// Memory that no part of the board's table has: variables, stack and buffers of drivers.
    Other,
}

/// A range that has one use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) owner: String,
    pub(crate) start: u64,
    pub(crate) size: u64,
}

/// A part of a memory: a pool, a part of the heap, the stream buffer, or what lies between.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// Attributes and reach of a pool.
    pub(crate) detail: String,
    pub(crate) start: u64,
    pub(crate) size: u64,
    pub(crate) items: Vec<Item>,
}

/// A memory of the board.
#[derive(Clone, Debug)]
pub(crate) struct Bank {
    pub(crate) name: &'static str,
    pub(crate) start: u64,
    pub(crate) size: u64,
    pub(crate) parts: Vec<Part>,
}

/// The memories of a board.
#[derive(Clone, Debug)]
pub(crate) struct Map {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) banks: Vec<Bank>,
    /// What is to be said of the run.
    pub(crate) notes: Vec<String>,
}

/// A block that somebody has, and what the parts of it are.
pub(crate) struct Holding {
    start: usize,
    len: usize,
    /// The uses with their lengths; the last one goes on to the end of the block.
    uses: Vec<(Kind, String, usize)>,
}

impl Holding {
    /// A block with one use.
    pub(crate) fn of(lease: &Lease<'_>, kind: Kind, owner: &str) -> Self {
        let (start, len) = (lease.address(), lease.len());
        Holding { start, len, uses: vec![(kind, owner.to_string(), len)] }
    }

    /// The frames of a camera.
    pub(crate) fn frames(index: usize, camera: &Camera<'_>) -> Option<Self> {
        let (lease, count, stride) = camera.memory()?;
        let frame = |slot| {
            let kind = Kind::Frame { camera: index, slot };
            (kind, format!("{} camera, frame {slot}", camera.name), stride)
        };
        let uses = (0..count).map(frame).collect();
        Some(Holding { start: lease.address(), len: lease.len(), uses })
    }

    /// The block's uses at its address on the board.
    fn items(&self, mut start: u64) -> Vec<Item> {
        let end = start + self.len as u64;
        let mut items = Vec::new();
        for (index, (kind, owner, len)) in self.uses.iter().enumerate() {
            let last = index + 1 == self.uses.len();
            let size = if last { end.saturating_sub(start) } else { *len as u64 };
            items.push(Item { kind: *kind, owner: owner.clone(), start, size });
            start += size;
        }
        items
    }
}

impl Map {
    /// Draws up the map: pools are asked for their blocks, and each block must be somebody's.
    pub(crate) fn new(system: &System<'_, '_>, holdings: &[Holding]) -> Result<Map> {
        let Board { name, title, memories, .. } = *system.board;
        let mut found = 0;
        let mut parts = Vec::new();
        for pool in system.pools {
            let part = pool_part(system, pool, holdings)?;
            found += part.items.iter().filter(|item| item.kind != Kind::Free).count();
            parts.push((pool.part.part.memory, part));
        }
        let held: usize = holdings.iter().map(|holding| holding.uses.len()).sum();
        ensure(found == held, || format!("of {held} uses {found} lie in a pool"))?;
        let plain = |part: &snakelet_pool::presets::Part, kind, owner: String| {
            let (start, size) = (system.board.address(part, 0), u64::from(part.length));
            let items = vec![Item { kind, owner: owner.clone(), start, size }];
            (part.memory, Part { name: owner, detail: String::new(), start, size, items })
        };
        for (index, part) in system.board.heap.iter().enumerate() {
            parts.push(plain(part, Kind::Heap, format!("Python heap, part {}", index + 1)));
        }
        parts.push(plain(&system.board.stream, Kind::Stream, "stream buffer".to_string()));
        let bank = |memory: &Memory| {
            let of_memory = parts.iter().filter(|(name, _)| *name == memory.name);
            let parts = of_memory.map(|(_, part)| part.clone()).collect();
            let Memory { name, start, length } = *memory;
            let mut bank = Bank { name, start, size: length.into(), parts };
            bank.fill_gaps();
            bank
        };
        let banks = memories.iter().map(bank).collect();
        let map = Map { name, title, banks, notes: Vec::new() };
        map.check()?;
        Ok(map)
    }

    /// Checks that on each level the ranges follow each other and their sizes add up.
    pub(crate) fn check(&self) -> Result<()> {
        for bank in &self.banks {
            let parts = bank.parts.iter().map(|part| (part.start, part.size));
            check_sum(bank.name, (bank.start, bank.size), parts)?;
            for part in &bank.parts {
                let items = part.items.iter().map(|item| (item.start, item.size));
                check_sum(&part.name, (part.start, part.size), items)?;
            }
        }
        Ok(())
    }

    /// All ranges of the lowest level.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.banks.iter().flat_map(|bank| &bank.parts).flat_map(|part| &part.items)
    }
}

impl Bank {
    /// Adds parts for what lies between the others.
    fn fill_gaps(&mut self) {
        self.parts.sort_by_key(|part| part.start);
        let mut parts = Vec::new();
        let mut next = self.start;
        let gap = |start: u64, end: u64| {
            let (name, size) = ("unassigned".to_string(), end - start);
            let items = vec![Item { kind: Kind::Other, owner: name.clone(), start, size }];
            Part { name, detail: String::new(), start, size, items }
        };
        for part in self.parts.drain(..) {
            if part.start > next {
                parts.push(gap(next, part.start));
            }
            next = part.start + part.size;
            parts.push(part);
        }
        let end = self.start + self.size;
        if next < end {
            parts.push(gap(next, end));
        }
        self.parts = parts;
    }
}

fn check_sum(
    name: &str,
    (start, size): (u64, u64),
    parts: impl Iterator<Item = (u64, u64)>,
) -> Result<()> {
    let mut next = start;
    for (start, size) in parts {
        ensure(start == next && size > 0, || format!("{name} has a range at {next:#x}"))?;
        next += size;
    }
    let sum = next - start;
    ensure(sum == size, || format!("{name} has {} bytes, not {}", grouped(size), grouped(sum)))
}

fn pool_part(system: &System<'_, '_>, pool: &HostPool<'_>, holdings: &[Holding]) -> Result<Part> {
    let HostPool { part, pool } = pool;
    let mut runs = Vec::new();
    pool.walk(&mut |run| runs.push(run));
    let mut items = Vec::new();
    for BlockInfo { start, len, state } in runs {
        let address = system.address(start).ok_or_else(|| failed("a run in no pool"))?;
        if state == BlockState::Free {
            let (kind, owner, size) = (Kind::Free, "free".to_string(), len as u64);
            items.push(Item { kind, owner, start: address, size });
            continue;
        }
        let of = holdings.iter().find(|holding| (holding.start, holding.len) == (start, len));
        let of = of.ok_or_else(|| failed(format!("the block at {address:#x} is nobody's")))?;
        items.extend(of.items(address));
    }
    Ok(Part {
        name: format!("pool '{}'", part.name),
        detail: format!("{}, reached by {}", attributes(part.attributes), reach(part.reach)),
        start: system.board.address(&part.part, 0),
        size: part.part.length.into(),
        items,
    })
}

fn attributes(attributes: Attributes) -> String {
    let names: Vec<&str> = attributes.iter_names().map(|(name, _)| name).collect();
    if names.is_empty() { "bulk".to_string() } else { names.join(" ") }
}

fn reach(reach: Reach) -> String {
    let names: Vec<&str> = reach.iter_names().map(|(name, _)| name).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(start: u64, size: u64) -> Item {
        Item { kind: Kind::Free, owner: "free".to_string(), start, size }
    }

    /// Start and size of a part, and of what lies in it.
    type Ranges<'a> = (u64, u64, &'a [(u64, u64)]);

    fn map(parts: &[Ranges<'_>]) -> Map {
        let part = |(start, size, items): &Ranges<'_>| Part {
            name: "part".to_string(),
            detail: String::new(),
            start: *start,
            size: *size,
            items: items.iter().map(|(start, size)| item(*start, *size)).collect(),
        };
        let parts = parts.iter().map(part).collect();
        let bank = Bank { name: "RAM", start: 0x100, size: 0x100, parts };
        Map { name: "test", title: "TEST", banks: vec![bank], notes: Vec::new() }
    }

    #[test]
    fn gaps_are_parts() {
        let mut map = map(&[(0x180, 0x20, &[(0x180, 0x20)]), (0x110, 0x10, &[(0x110, 0x10)])]);
        assert!(map.check().is_err());
        map.banks[0].fill_gaps();
        assert!(map.check().is_ok());
        let starts: Vec<u64> = map.items().map(|item| item.start).collect();
        assert_eq!(starts, [0x100, 0x110, 0x120, 0x180, 0x1A0]);
    }

    #[test]
    fn sums_that_are_wrong_are_noticed() {
        assert!(map(&[(0x100, 0x100, &[(0x100, 0x80), (0x180, 0x80)])]).check().is_ok());
        for items in [
            &[(0x100, 0x80), (0x180, 0x7F)][..],
            &[(0x100, 0x80), (0x181, 0x7F)],
            &[(0x100, 0x90), (0x180, 0x80)],
            &[(0x100, 0x100), (0x200, 0)],
            &[],
        ] {
            assert!(map(&[(0x100, 0x100, items)]).check().is_err(), "{items:x?}");
        }
    }
}
