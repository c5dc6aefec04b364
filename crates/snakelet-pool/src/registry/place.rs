//! The choice of a pool for a request.
//!
//! 1. **P1** A size of 0, an alignment that is no power of two, and what overflows when it is rounded up
//!    are errors; no pool is touched.
//! 2. **P2** `CACHE` rounds size and alignment up to the pool's line.
//! 3. **P3** Candidates are the pools that all who must can reach, which are not lent, not transient if
//!    the request is persistent, and have room for it.
//! 4. **P4** A pool with just the wanted attributes comes first.
//! 5. **P5** `STRICT`: then those that have all of them, the fewest others first; otherwise the request
//!    fails.
//! 6. **P6** Then those that have some of them, the most first.
//! 7. **P7** Then bulk memory, the longest free run first. A request for bulk memory is only placed there.
//! 8. **P8** `ENOUGH`: bulk memory, then any that is not transient, in each case the longest free run
//!    first, whatever else is wanted. With `STRICT` only among those that have all wanted attributes.
//!
//! Where the rules leave a choice, the pool that was added first is taken.

use core::alloc::Layout;

use super::Pools;
use crate::{Attributes, Flags, Lease, MemoryPool, NoRoom, NoRoomReason, PoolInfo, Request};

/// The pool that comes nearest to having room.
struct Nearest<'p> {
    pool: &'p dyn MemoryPool,
    /// The largest block that it would give.
    largest: usize,
    /// Whether that is enough.
    fits: bool,
}

impl<'p> Pools<'p> {
    /// Places a request in the pool that suits it best.
    ///
    /// # Errors
    /// If no pool has room, with the figures of the one that came nearest.
    pub fn place(&self, request: &Request) -> Result<Lease<'p>, NoRoom<'p>> {
        self.place_among(request, u32::MAX)
    }

    /// Places a request, or runs `collect` and tries once more: what is held by garbage may be free then.
    ///
    /// # Errors
    /// As for [`Pools::place`].
    pub fn place_or_collect(
        &self,
        request: &Request,
        collect: impl FnOnce(),
    ) -> Result<Lease<'p>, NoRoom<'p>> {
        match self.place(request) {
            Err(NoRoom { reason: NoRoomReason::Full | NoRoomReason::NoRecord, .. }) => {
                collect();
                self.place(request)
            }
            placed => placed,
        }
    }

    /// Places a request among the pools whose bit is set in `among`.
    pub(super) fn place_among(
        &self,
        request: &Request,
        among: u32,
    ) -> Result<Lease<'p>, NoRoom<'p>> {
        let Request { size, align, .. } = *request;
        let reason = if !align.is_power_of_two() {
            Some(NoRoomReason::Align { align })
        } else if size == 0 || Layout::from_size_align(size, align).is_err() {
            Some(NoRoomReason::Size)
        } else {
            None
        };
        if let Some(reason) = reason {
            return Err(self.refusal(request, reason));
        }
        let mut left = among;
        loop {
            // an earlier pool is only displaced by a better one
            let (mut best, mut chosen) = (EXCLUDED, None);
            let (mut nearest, mut candidates) = (None, 0);
            for (index, pool) in self.pools() {
                let bit = 1 << index;
                if among & bit == 0 {
                    continue;
                }
                let info = pool.info();
                let Some(layout) = rounded(&info, request) else {
                    return Err(self.refusal(request, NoRoomReason::Size));
                };
                let largest = pool.largest(layout.align());
                let rank = rank(&info, request, largest);
                if rank == EXCLUDED {
                    continue;
                }
                candidates += 1;
                let fits = largest >= layout.size();
                if nearest.as_ref().is_none_or(|nearest: &Nearest<'_>| largest > nearest.largest) {
                    nearest = Some(Nearest { pool, largest, fits });
                }
                if fits && rank > best && left & bit != 0 {
                    (best, chosen) = (rank, Some((bit, pool, layout)));
                }
            }
            let Some((bit, pool, layout)) = chosen else {
                return Err(self.no_room(request, nearest, candidates));
            };
            if let Some(block) = pool.allocate(layout, request.flags.contains(Flags::PERSIST)) {
                return Ok(Lease::new(pool, block));
            }
            // no record is left, or another thread came first
            left &= !bit;
        }
    }

    /// Why a request cannot be placed, with the figures of the pool that came nearest.
    #[cold]
    fn no_room(
        &self,
        request: &Request,
        nearest: Option<Nearest<'p>>,
        candidates: usize,
    ) -> NoRoom<'p> {
        let mut error = self.refusal(request, NoRoomReason::NoPool);
        error.candidates = candidates;
        if let Some(Nearest { pool, largest, fits }) = nearest {
            let stats = pool.stats();
            // a block in the middle of a run needs two more records
            let records = !fits || stats.spare_records > 1;
            error.reason = if records { NoRoomReason::Full } else { NoRoomReason::NoRecord };
            (error.pool, error.free, error.largest) = (pool.info().name, stats.free, largest);
        }
        error
    }

    fn refusal(&self, request: &Request, reason: NoRoomReason) -> NoRoom<'p> {
        let Request { size: asked, reach, owner, .. } = *request;
        NoRoom { reason, owner, asked, reach, pool: "", free: 0, largest: 0, candidates: 0 }
    }
}

/// The request's size and alignment in this pool; none if they overflow.
fn rounded(info: &PoolInfo<'_>, request: &Request) -> Option<Layout> {
    let Request { mut size, mut align, flags, .. } = *request;
    if flags.contains(Flags::CACHE) {
        size = size.checked_next_multiple_of(info.line)?;
        align = align.max(info.line);
    }
    Layout::from_size_align(size, align).ok()
}

/// How well attributes suit that are just the wanted ones.
const MOST: u32 = 0xFF;
/// What a pool that the rules exclude ranks.
const EXCLUDED: u64 = 0;

/// How well a pool with this longest run suits, room aside; [`EXCLUDED`] if the rules exclude it.
fn rank(info: &PoolInfo<'_>, request: &Request, largest: usize) -> u64 {
    // how well the attributes suit, and then the length
    let suits = |attributes: u32, len: usize| {
        u64::from(attributes + 1) << 48 | (len as u64).min((1 << 48) - 1)
    };
    let Request { want, flags, .. } = *request;
    let has = info.attributes;
    let strict = flags.contains(Flags::STRICT);
    let transient = has.contains(Attributes::TRANSIENT);
    if !info.reach.contains(request.reach)
        || transient && flags.intersects(Flags::PERSIST | Flags::ENOUGH)
        || strict && !has.contains(want)
    {
        return EXCLUDED;
    }
    // where bulk memory is taken or wanted, the longest run counts
    let bulk = has.is_empty();
    if flags.contains(Flags::ENOUGH) {
        return suits(bulk.into(), largest);
    }
    if has == want {
        return suits(MOST, if bulk { largest } else { 0 });
    }
    if want.is_empty() {
        return EXCLUDED;
    }
    if bulk {
        return suits(0, largest);
    }
    let counted = if strict { has.difference(want) } else { has.intersection(want) };
    match counted.bits().count_ones() {
        count if strict => suits(MOST - 1 - count, 0),
        0 => EXCLUDED,
        count => suits(count, 0),
    }
}
