//! What a slice selects of a sequence.

use crate::object::{BigInt, Kind, SliceObj};
use crate::stack::Local;
use crate::value::SWord;
use crate::{Raised, Vm};

/// The items that a slice selects: `start`, `start + step`, ..; `count` of them.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) step: SWord,
    pub(crate) count: usize,
}

impl Span {
    /// Behind the last item, for a step of 1.
    pub(crate) fn end(&self) -> usize {
        self.start + self.count
    }
}

impl Vm {
    /// What a slice object selects of `len` items.
    ///
    /// # Errors
    /// `ValueError` for a step of 0; `TypeError` for parts that are no indices.
    pub(crate) fn slice_span(&mut self, slice: Local, len: usize) -> Result<Span, Raised> {
        let scope = self.scope();
        let Some(s) = self.get(slice).cast::<SliceObj>() else { return Err(self.wrong_receiver()) };
        let [start, stop, step] =
            [s.start.get(), s.stop.get(), s.step.get()].map(|part| self.push(part));
        let step = self.slice_part(step)?.unwrap_or(1);
        let start = self.slice_part(start)?;
        let stop = self.slice_part(stop)?;
        self.end_scope(scope);
        if step == 0 {
            return Err(self.value_error("slice step can't be zero"));
        }
        let len = len as SWord;
        let (lowest, highest) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let place = |part: Option<SWord>, default| match part {
            None => default,
            Some(i) if i < 0 => i.saturating_add(len).max(lowest),
            Some(i) => i.min(highest),
        };
        let (first, last) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
        let (start, stop) = (place(start, first), place(stop, last));
        let distance = if step > 0 { stop - start } else { start - stop };
        let count = if distance <= 0 {
            0
        } else {
            (distance as usize - 1) / step.unsigned_abs() + 1
        };
        Ok(Span { start: usize::try_from(start).unwrap_or(0), step, count })
    }

    /// A part of a slice; numbers too large for a word are cut to it.
    fn slice_part(&mut self, part: Local) -> Result<Option<SWord>, Raised> {
        let value = self.get(part);
        if value.is_none() || value.is_null() {
            return Ok(None);
        }
        if value.is_kind(Kind::BigInt) {
            let negative = value.cast::<BigInt>().is_some_and(BigInt::is_negative);
            return Ok(Some(if negative { SWord::MIN } else { SWord::MAX }));
        }
        self.index_of(part).map(Some)
    }
}
