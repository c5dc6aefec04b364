//! Finding texts in texts.

use crate::native::args::Args;
use crate::object::TupleObj;
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

use super::Text;

/// Bytes after which a search pauses, so that the host can be polled.
const PAUSE: usize = 4096;

/// Bytes that are looked at in a step, and bytes that are not charged.
const BYTES_A_STEP: usize = 32;
const FREE: usize = 64;

/// How far a search came.
enum Seek {
    Found(usize),
    Absent,
    /// It is to be continued from here.
    Paused(usize),
}

/// Bytes that a search may look at, and those that it did beyond.
struct Budget {
    left: usize,
    looked: usize,
}

impl Budget {
    fn new() -> Self {
        Self { left: PAUSE, looked: 0 }
    }

    fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
        self.looked += bytes;
    }
}

/// Number of equal bytes at the front.
fn common(a: &[u8], b: &[u8]) -> usize {
    // pieces are compared many bytes at a time
    const PIECE: usize = 64;
    let mut at = 0;
    while let (Some(x), Some(y)) = (a.get(at..at + PIECE), b.get(at..at + PIECE))
        && x == y
    {
        at += PIECE;
    }
    let (a, b) = (a.get(at..).unwrap_or(&[]), b.get(at..).unwrap_or(&[]));
    at + a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

/// The first place of `needle` in `text`, from `from` on.
fn seek(text: &[u8], needle: &[u8], from: usize, budget: &mut Budget) -> Seek {
    let Some((first, rest)) = needle.split_first() else {
        return if from <= text.len() { Seek::Found(from) } else { Seek::Absent };
    };
    let Some(end) = (text.len() + 1).checked_sub(needle.len()) else { return Seek::Absent };
    let mut at = from;
    while at < end {
        let window = text.get(at..end.min(at + budget.left)).unwrap_or(&[]);
        match window.iter().position(|b| b == first) {
            None => {
                at += window.len();
                budget.spend(window.len());
            }
            Some(n) => {
                at += n;
                let same = match rest {
                    [] => 0,
                    _ => common(text.get(at + 1..).unwrap_or(&[]), rest),
                };
                budget.spend(n + 1 + same);
                if same == rest.len() {
                    return Seek::Found(at);
                }
                at += 1;
            }
        }
        if budget.left == 0 {
            return Seek::Paused(at);
        }
    }
    Seek::Absent
}

/// The last place of `needle` in `text` that is not behind `to`.
fn seek_back(text: &[u8], needle: &[u8], to: usize, budget: &mut Budget) -> Seek {
    let Some(last) = text.len().checked_sub(needle.len()) else { return Seek::Absent };
    let mut at = last.min(to);
    loop {
        let same = common(text.get(at..).unwrap_or(&[]), needle);
        budget.spend(1 + same);
        if same == needle.len() {
            return Seek::Found(at);
        }
        if at == 0 {
            return Seek::Absent;
        }
        at -= 1;
        if budget.left == 0 {
            return Seek::Paused(at);
        }
    }
}

impl Vm {
    /// The first place of `needle` inside the bytes `start..end` of a text.
    ///
    /// # Errors
    /// As for `charge`.
    pub(crate) fn find_text(
        &mut self,
        text: Local,
        needle: Local,
        start: usize,
        end: usize,
    ) -> Result<Option<usize>, Raised> {
        let mut from = start;
        loop {
            let bytes = self.text(text);
            let bytes = bytes.get(..end.min(bytes.len())).unwrap_or(&[]);
            let mut budget = Budget::new();
            let seek = seek(bytes, self.text(needle), from, &mut budget);
            if budget.looked >= FREE {
                self.charge((budget.looked / BYTES_A_STEP) as u32)?;
            }
            match seek {
                Seek::Found(at) => return Ok(Some(at)),
                Seek::Absent => return Ok(None),
                Seek::Paused(at) => from = at,
            }
        }
    }

    /// The last place of `needle` inside the bytes `start..end` of a text.
    ///
    /// # Errors
    /// As for `charge`.
    pub(crate) fn rfind_text(
        &mut self,
        text: Local,
        needle: Local,
        start: usize,
        end: usize,
    ) -> Result<Option<usize>, Raised> {
        let mut to = usize::MAX;
        loop {
            let bytes = self.text(text);
            let bytes = bytes.get(start..end.min(bytes.len())).unwrap_or(&[]);
            let mut budget = Budget::new();
            let seek = seek_back(bytes, self.text(needle), to, &mut budget);
            if budget.looked >= FREE {
                self.charge((budget.looked / BYTES_A_STEP) as u32)?;
            }
            match seek {
                Seek::Found(at) => return Ok(Some(start + at)),
                Seek::Absent => return Ok(None),
                Seek::Paused(at) => to = at,
            }
        }
    }

    /// The bytes that the arguments `start` and `end` of a method select; `None` if `start` lies
    /// behind the text or behind `end`.
    fn text_bounds(
        &mut self,
        text: Text,
        start: Local,
        end: Local,
    ) -> Result<Option<(usize, usize)>, Raised> {
        if self.get(start).is_null() {
            return Ok(Some((0, self.text(text.local).len())));
        }
        let mut places = [0, usize::MAX];
        for (place, arg) in places.iter_mut().zip([start, end]) {
            let value = self.get(arg);
            if value.is_null() || value.is_none() {
                continue;
            }
            let i = self.index_of(arg)?;
            *place = if i < 0 {
                let len = self.count_units(text.unit, self.text(text.local));
                usize::try_from(i.saturating_add(len as isize)).unwrap_or(0)
            } else {
                i as usize
            };
        }
        let [start, end] = places;
        let bytes = self.text(text.local);
        if start > self.count_units(text.unit, bytes) || start > end {
            return Ok(None);
        }
        let at = |index| self.offset_of_unit(text.unit, bytes, index);
        Ok(Some((at(start), at(end))))
    }

    /// The needle of a search: a text like the receiver, or for bytes a number.
    fn needle(&mut self, text: Text, arg: Local) -> Res {
        if text.family == super::Family::Bytes
            && let Some(i) = self.get(arg).as_small_int()
        {
            return match u8::try_from(i) {
                Ok(byte) => self.new_bytes(&[byte]),
                Err(_) => Err(self.value_error("bytes value out of range")),
            };
        }
        self.text_like(text, arg)
    }
}

/// The position of the first or last occurrence, in units.
fn position(vm: &mut Vm, args: Args, last: bool) -> Result<Option<usize>, Raised> {
    let text = vm.text_receiver(args.get(0))?;
    let needle = vm.needle(text, args.get(1))?;
    let Some((start, end)) = vm.text_bounds(text, args.get(2), args.get(3))? else {
        return Ok(None);
    };
    let found = if last {
        vm.rfind_text(text.local, needle, start, end)?
    } else {
        vm.find_text(text.local, needle, start, end)?
    };
    Ok(found.map(|at| {
        let before = vm.text(text.local).get(..at).unwrap_or(&[]);
        vm.count_units(text.unit, before)
    }))
}

fn find_or(vm: &mut Vm, args: Args, last: bool, must: bool) -> Res {
    match position(vm, args, last)? {
        Some(at) => vm.new_int(at as isize),
        None if must => Err(vm.value_error("substring not found")),
        None => Ok(vm.push(Value::tiny_int(-1))),
    }
}

/// `find(sub[, start[, end]])`
pub(crate) fn find(vm: &mut Vm, args: Args) -> Res {
    find_or(vm, args, false, false)
}

/// `rfind(sub[, start[, end]])`
pub(crate) fn rfind(vm: &mut Vm, args: Args) -> Res {
    find_or(vm, args, true, false)
}

/// `index(sub[, start[, end]])`
pub(crate) fn index(vm: &mut Vm, args: Args) -> Res {
    find_or(vm, args, false, true)
}

/// `rindex(sub[, start[, end]])`
pub(crate) fn rindex(vm: &mut Vm, args: Args) -> Res {
    find_or(vm, args, true, true)
}

/// `count(sub[, start[, end]])`
pub(crate) fn count(vm: &mut Vm, args: Args) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let needle = vm.needle(text, args.get(1))?;
    let Some((start, end)) = vm.text_bounds(text, args.get(2), args.get(3))? else {
        return vm.new_int(0);
    };
    let step = vm.text(needle).len();
    if step == 0 {
        let part = vm.text(text.local).get(start..end).unwrap_or(&[]);
        let n = vm.count_units(text.unit, part) + 1;
        return vm.new_int(n as isize);
    }
    let mut n = 0;
    let mut at = start;
    while let Some(found) = vm.find_text(text.local, needle, at, end)? {
        n += 1;
        at = found + step;
        vm.charge(1)?;
    }
    vm.new_int(n)
}

/// `replace(old, new[, count])`
pub(crate) fn replace(vm: &mut Vm, args: Args) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let old = vm.text_like(text, args.get(1))?;
    let new = vm.text_like(text, args.get(2))?;
    let mut left = match args.opt(3) {
        Some(n) => usize::try_from(vm.index_of(n)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let len = vm.text(text.local).len();
    let step = vm.text(old).len();
    if left == 0 || vm.find_text(text.local, old, 0, len)?.is_none() {
        return Ok(text.local);
    }
    let out = vm.new_text()?;
    let mut copied = 0;
    let mut at = 0;
    while left > 0 {
        let Some(found) = vm.find_text(text.local, old, at, len)? else { break };
        vm.emit_bytes_of(out, text.local, copied, found)?;
        vm.emit_str(out, new)?;
        copied = found + step;
        at = copied;
        left -= 1;
        if step == 0 {
            if at >= len {
                break;
            }
            at = text.unit.next(vm.text(text.local), at);
        }
        vm.charge(1)?;
    }
    vm.emit_bytes_of(out, text.local, copied, len)?;
    finish(vm, text, out)
}

/// Makes a text of the family of `text` of what was emitted.
pub(super) fn finish(vm: &mut Vm, text: Text, out: crate::native::print::Out) -> Res {
    match text.family {
        super::Family::Str => vm.finish_text(out),
        super::Family::Bytes => vm.finish_bytes(out),
    }
}

fn has_affix(vm: &mut Vm, args: Args, at_end: bool) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let affix = args.get(1);
    let Some((start, end)) = vm.text_bounds(text, args.get(2), args.get(3))? else {
        return Ok(Local::FALSE);
    };
    let choices = vm.get(affix).cast::<TupleObj>().map(TupleObj::len);
    for i in 0..choices.unwrap_or(1) {
        let scope = vm.scope();
        let one = if choices.is_some() { vm.tuple_item(affix, i) } else { affix };
        let one = vm.text_like(text, one)?;
        let part = vm.text(text.local).get(start..end).unwrap_or(&[]);
        let one = vm.text(one);
        vm.charge_later(1);
        vm.charge_bytes_later(one.len().min(part.len()));
        if if at_end { part.ends_with(one) } else { part.starts_with(one) } {
            return Ok(Local::TRUE);
        }
        vm.end_scope(scope);
    }
    Ok(Local::FALSE)
}

/// `startswith(prefix[, start[, end]])`
pub(crate) fn startswith(vm: &mut Vm, args: Args) -> Res {
    has_affix(vm, args, false)
}

/// `endswith(suffix[, start[, end]])`
pub(crate) fn endswith(vm: &mut Vm, args: Args) -> Res {
    has_affix(vm, args, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_all(text: &[u8], needle: &[u8]) -> (Option<usize>, Option<usize>) {
        let mut from = 0;
        let first = loop {
            match seek(text, needle, from, &mut Budget::new()) {
                Seek::Found(at) => break Some(at),
                Seek::Absent => break None,
                Seek::Paused(at) => from = at,
            }
        };
        let mut to = usize::MAX;
        let last = loop {
            match seek_back(text, needle, to, &mut Budget::new()) {
                Seek::Found(at) => break Some(at),
                Seek::Absent => break None,
                Seek::Paused(at) => to = at,
            }
        };
        (first, last)
    }

    #[test]
    fn first_and_last_place_are_found() {
        assert_eq!(find_all(b"abcabc", b"bc"), (Some(1), Some(4)));
        assert_eq!(find_all(b"abc", b""), (Some(0), Some(3)));
        assert_eq!(find_all(b"", b""), (Some(0), Some(0)));
        assert_eq!(find_all(b"ab", b"abc"), (None, None));
        assert_eq!(find_all(b"aab", b"ab"), (Some(1), Some(1)));
    }

    #[test]
    fn a_paused_search_goes_on_where_it_was() {
        let mut text = [b'a'; 3 * PAUSE];
        text[PAUSE + 7] = b'b';
        assert_eq!(find_all(&text, b"b"), (Some(PAUSE + 7), Some(PAUSE + 7)));
        assert_eq!(find_all(&text, b"aab"), (Some(PAUSE + 5), Some(PAUSE + 5)));
        assert_eq!(find_all(&text, b"bb"), (None, None));
    }
}
