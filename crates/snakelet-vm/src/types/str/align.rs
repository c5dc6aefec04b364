//! Texts in fields of a width.

use crate::exception::classes::TYPE_ERROR;
use crate::object::copy;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm};

use super::search::finish;
use super::{Family, Text};

/// Where a text stands in its field.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Side {
    Left,
    Middle,
    Right,
}

fn aligned(vm: &mut Vm, args: Args, side: Side) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let width = vm.index_of(args.get(1))?;
    let fill = match args.opt(2) {
        Some(fill) => vm.text_like(text, fill)?,
        None if text.family == Family::Bytes => vm.new_bytes(b" ")?,
        None => vm.new_char(' ')?,
    };
    if vm.unit_of(vm.get(fill)).count(vm.text(fill)) != 1 {
        return Err(vm.raise_text(&TYPE_ERROR, "the fill character must be one character long"));
    }
    let count = vm.count_units(text.unit, vm.text(text.local));
    let pad = usize::try_from(width).unwrap_or(0).saturating_sub(count);
    let before = match side {
        Side::Left => 0,
        Side::Middle => pad / 2,
        Side::Right => pad,
    };
    if pad == 0 {
        return Ok(text.local);
    }
    padded(vm, text, fill, before, pad - before)
}

/// The text with `before` and `after` fill characters around it.
fn padded(vm: &mut Vm, text: Text, fill: Local, before: usize, after: usize) -> Res {
    let unit = vm.text(fill).len();
    let len = vm.text(text.local).len();
    let all = before
        .checked_add(after)
        .and_then(|n| n.checked_mul(unit))
        .and_then(|n| n.checked_add(len));
    let Some(all) = all else { return Err(vm.memory_error()) };
    vm.new_text_object(text.family.kind(), all, |vm, out| {
        let (fill, middle) = (vm.text(fill), vm.text(text.local));
        let Some((head, rest)) = out.split_at_mut_checked(before * unit) else { return };
        let Some((body, tail)) = rest.split_at_mut_checked(middle.len()) else { return };
        copy(middle, body);
        for part in [head, tail] {
            if let [byte] = fill {
                part.fill(*byte);
                vm.charge_bytes_later(part.len());
                continue;
            }
            for to in vm.paced(part.chunks_exact_mut(unit.max(1))) {
                copy(fill, to);
            }
        }
    })
}

/// `center(width[, fill])`
pub(crate) fn center(vm: &mut Vm, args: Args) -> Res {
    aligned(vm, args, Side::Middle)
}

/// `ljust(width[, fill])`
pub(crate) fn ljust(vm: &mut Vm, args: Args) -> Res {
    aligned(vm, args, Side::Left)
}

/// `rjust(width[, fill])`
pub(crate) fn rjust(vm: &mut Vm, args: Args) -> Res {
    aligned(vm, args, Side::Right)
}

/// `zfill(width)`
pub(crate) fn zfill(vm: &mut Vm, args: Args) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let width = usize::try_from(vm.index_of(args.get(1))?).unwrap_or(0);
    let bytes = vm.text(text.local);
    let pad = width.saturating_sub(vm.count_units(text.unit, bytes));
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    if pad == 0 {
        return Ok(text.local);
    }
    let Some(all) = bytes.len().checked_add(pad) else { return Err(vm.memory_error()) };
    let made = vm.new_text_object(text.family.kind(), all, |vm, out| {
        let (front, rest) = vm.text(text.local).split_at_checked(sign).unwrap_or_default();
        let (to_front, to_rest) = out.split_at_mut(sign);
        copy(front, to_front);
        let (zeros, digits) = to_rest.split_at_mut(pad);
        zeros.fill(b'0');
        copy(rest, digits);
    })?;
    vm.charge_bytes(all)?;
    Ok(made)
}

/// `expandtabs(tabsize=8)`
pub(crate) fn expandtabs(vm: &mut Vm, args: Args) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let size = match args.opt(1) {
        Some(size) => usize::try_from(vm.index_of(size)?).unwrap_or(0),
        None => 8,
    };
    let out = vm.new_text()?;
    let (mut at, mut column) = (0, 0usize);
    loop {
        let rest = vm.text(text.local).get(at..).unwrap_or(&[]);
        let is_stop = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r');
        let run = vm.paced(rest.iter()).position(is_stop);
        let plain = rest.get(..run.unwrap_or(rest.len())).unwrap_or(rest);
        let (len, stop) = (plain.len(), rest.get(plain.len()).copied());
        column += text.unit.count(plain);
        vm.emit_bytes_of(out, text.local, at, at + len)?;
        at += len + 1;
        match stop {
            None => break,
            Some(b'\t') => {
                let spaces = size - column.checked_rem(size).unwrap_or(0);
                for _ in 0..spaces {
                    vm.emit(out, b" ")?;
                    vm.charge(1)?;
                }
                column += spaces;
            }
            Some(end) => {
                vm.emit(out, &[end])?;
                vm.charge(1)?;
                column = 0;
            }
        }
    }
    finish(vm, text, out)
}
