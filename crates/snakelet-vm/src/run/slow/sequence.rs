//! Building and unpacking.

use crate::exception::classes::VALUE_ERROR;
use crate::object::Kind;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

pub(in crate::run) fn build_set(vm: &mut Vm, n: usize) -> Res {
    let first = vm.rt.stack.top() - n;
    let scope = vm.scope();
    let set = vm.new_set(n)?;
    for i in 0..n {
        vm.table_set(set, Local::at(first + i), Local::NULL)?;
    }
    Ok(vm.end_scope_with(scope, set))
}

/// Replaces the sequence on top of the stack by its `n` items, the first topmost.
pub(in crate::run) fn unpack(vm: &mut Vm, sequence: Local, n: usize) -> Result<(), Raised> {
    let at = sequence.index();
    let known =
        matches!(vm.get(sequence).ref_kind(), Some(Kind::Tuple | Kind::NamedTuple | Kind::List));
    let items = if known { sequence } else { collect_exactly(vm, sequence, n)? };
    let len = vm.sequence_len(items);
    check_unpacked(vm, len, n, n)?;
    if !vm.rt.stack.has_room(vm.rt.stack.top(), n) {
        return Err(vm.recursion_error());
    }
    let first = vm.rt.stack.top();
    for i in (0..n).rev() {
        vm.push_sequence_item(items, i);
    }
    move_down(vm, first, at, n);
    Ok(())
}

/// Moves `n` slots from `from` down to `to` and makes them the top of the stack.
pub(super) fn move_down(vm: &Vm, from: usize, to: usize, n: usize) {
    vm.rt.stack.set_top((from + n).max(to + n));
    for i in 0..n {
        let word = vm.rt.stack.read(from + i);
        vm.rt.stack.write(to + i, word);
    }
    vm.rt.stack.set_top(to + n);
}

fn check_unpacked(vm: &mut Vm, len: usize, least: usize, most: usize) -> Result<(), Raised> {
    if len < least {
        return Err(vm.raise_parts(
            &VALUE_ERROR,
            &[
                Part::Text("need more than "),
                Part::Int(len as isize),
                Part::Text(" values to unpack"),
            ],
        ));
    }
    if len > most {
        return Err(vm.raise_parts(
            &VALUE_ERROR,
            &[
                Part::Text("too many values to unpack (expected "),
                Part::Int(most as isize),
                Part::Text(")"),
            ],
        ));
    }
    Ok(())
}

/// Makes a list of at most `n + 1` items of an iterable.
fn collect_exactly(vm: &mut Vm, iterable: Local, n: usize) -> Res {
    let list = vm.new_list_empty()?;
    let iterator = vm.get_iter(iterable)?;
    for _ in 0..=n {
        let scope = vm.scope();
        let Some(item) = vm.iter_next(iterator)? else { break };
        vm.list_append(list, item)?;
        vm.end_scope(scope);
    }
    Ok(list)
}

/// Replaces the sequence on top of the stack by `before` items, a list of the middle, and `after`
/// items; the first item topmost.
pub(in crate::run) fn unpack_starred(
    vm: &mut Vm,
    sequence: Local,
    before: usize,
    after: usize,
) -> Result<(), Raised> {
    let at = sequence.index();
    let items = vm.new_list_empty()?;
    vm.list_extend(items, sequence)?;
    let len = vm.list_len(items);
    check_unpacked(vm, len, before + after, usize::MAX)?;
    if !vm.rt.stack.has_room(vm.rt.stack.top(), before + after + 1) {
        return Err(vm.recursion_error());
    }
    let middle = vm.list_slice(items, before, len - after)?;
    let first = vm.rt.stack.top();
    for i in (len - after..len).rev() {
        vm.push_sequence_item(items, i);
    }
    vm.push_copy(middle);
    for i in (0..before).rev() {
        vm.push_sequence_item(items, i);
    }
    move_down(vm, first, at, before + after + 1);
    Ok(())
}
