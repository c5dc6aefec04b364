//! Taking texts apart.

use crate::native::args::Param;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, qstr};

use super::Text;
use super::strip::is_space;

/// The separator, null for white space, and how often to split.
fn split_args(vm: &mut Vm, args: Args) -> Result<(Text, Local, usize), Raised> {
    let text = vm.text_receiver(args.get(0))?;
    let [sep, max] = args.skip(1).parse(
        vm,
        const {
            &[
                Param::optional(qstr!("sep"), Local::NONE),
                Param::optional(qstr!("maxsplit"), Local::NULL),
            ]
        },
    )?;
    let max = if vm.get(max).is_null() { -1 } else { vm.index_of(max)? };
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    if vm.get(sep).is_none() {
        return Ok((text, Local::NULL, max));
    }
    let sep = vm.text_like(text, sep)?;
    if vm.text(sep).is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    Ok((text, sep, max))
}

fn append(vm: &mut Vm, list: Local, text: Text, start: usize, end: usize) -> Result<(), Raised> {
    let scope = vm.scope();
    let part = vm.subtext(text.local, start, end)?;
    vm.list_append(list, part)?;
    vm.end_scope(scope);
    vm.charge(1)
}

/// The first place from `at` on where bytes are (or are not) white space.
fn skip(vm: &Vm, text: Text, at: usize, space: bool) -> usize {
    let rest = vm.text(text.local).get(at..).unwrap_or(&[]);
    at + vm.paced(rest.iter()).take_while(|b| is_space(**b) == space).count()
}

/// Where the bytes before `at` that are (or are not) white space begin.
fn skip_back(vm: &Vm, text: Text, at: usize, space: bool) -> usize {
    let rest = vm.text(text.local).get(..at).unwrap_or(&[]);
    at - vm.paced(rest.iter().rev()).take_while(|b| is_space(**b) == space).count()
}

/// `split(sep=None, maxsplit=-1)`
pub(crate) fn split(vm: &mut Vm, args: Args) -> Res {
    let (text, sep, max) = split_args(vm, args)?;
    let list = vm.new_list_empty()?;
    let len = vm.text(text.local).len();
    let mut n = 0;
    let mut at = 0;
    if vm.get(sep).is_null() {
        loop {
            let start = skip(vm, text, at, true);
            if start >= len {
                return Ok(list);
            }
            if n == max {
                append(vm, list, text, start, len)?;
                return Ok(list);
            }
            at = skip(vm, text, start, false);
            append(vm, list, text, start, at)?;
            n += 1;
        }
    }
    let step = vm.text(sep).len();
    while n < max
        && let Some(found) = vm.find_text(text.local, sep, at, len)?
    {
        append(vm, list, text, at, found)?;
        at = found + step;
        n += 1;
    }
    append(vm, list, text, at, len)?;
    Ok(list)
}

/// `rsplit(sep=None, maxsplit=-1)`
pub(crate) fn rsplit(vm: &mut Vm, args: Args) -> Res {
    let (text, sep, max) = split_args(vm, args)?;
    let list = vm.new_list_empty()?;
    let mut end = vm.text(text.local).len();
    let mut n = 0;
    if vm.get(sep).is_null() {
        loop {
            end = skip_back(vm, text, end, true);
            if end == 0 {
                break;
            }
            let start = if n == max { 0 } else { skip_back(vm, text, end, false) };
            append(vm, list, text, start, end)?;
            end = start;
            n += 1;
        }
    } else {
        let step = vm.text(sep).len();
        while n < max
            && let Some(found) = vm.rfind_text(text.local, sep, 0, end)?
        {
            append(vm, list, text, found + step, end)?;
            end = found;
            n += 1;
        }
        append(vm, list, text, 0, end)?;
    }
    // the parts came from the end
    let n = vm.list_len(list);
    for i in 0..n / 2 {
        vm.charge(1)?;
        let (a, b) = (vm.list_item(list, i), vm.list_item(list, n - 1 - i));
        vm.list_set(list, i, b);
        vm.list_set(list, n - 1 - i, a);
    }
    Ok(list)
}

/// `splitlines(keepends=False)`
pub(crate) fn splitlines(vm: &mut Vm, args: Args) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let [keep] =
        args.skip(1).parse(vm, const { &[Param::optional(qstr!("keepends"), Local::FALSE)] })?;
    let keep = vm.truth(keep)?;
    let list = vm.new_list_empty()?;
    let mut at = 0;
    loop {
        let rest = vm.text(text.local).get(at..).unwrap_or(&[]);
        if rest.is_empty() {
            return Ok(list);
        }
        let is_end = |b: &u8| matches!(b, b'\n' | b'\r');
        let line = vm.paced(rest.iter()).position(is_end).unwrap_or(rest.len());
        let end = match rest.get(line..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        let shown = if keep { line + end } else { line };
        append(vm, list, text, at, at + shown)?;
        at += line + end;
    }
}

fn parts(vm: &mut Vm, args: Args, last: bool) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let sep = vm.text_like(text, args.get(1))?;
    let step = vm.text(sep).len();
    if step == 0 {
        return Err(vm.value_error("empty separator"));
    }
    let len = vm.text(text.local).len();
    let found = if last {
        vm.rfind_text(text.local, sep, 0, len)?
    } else {
        vm.find_text(text.local, sep, 0, len)?
    };
    let (before, sep, after) = match found {
        Some(at) => {
            let before = vm.subtext(text.local, 0, at)?;
            (before, sep, vm.subtext(text.local, at + step, len)?)
        }
        None => {
            let empty = vm.subtext(text.local, 0, 0)?;
            if last { (empty, empty, text.local) } else { (text.local, empty, empty) }
        }
    };
    vm.new_tuple_of(&[before, sep, after])
}

/// `partition(sep)`
pub(crate) fn partition(vm: &mut Vm, args: Args) -> Res {
    parts(vm, args, false)
}

/// `rpartition(sep)`
pub(crate) fn rpartition(vm: &mut Vm, args: Args) -> Res {
    parts(vm, args, true)
}
