//! Sorting lists.
//!
//! Lists of small ints only or of strings only are sorted in place: equal ones cannot be told
//! apart, so it does not matter that quicksort is not stable. All others are sorted by a stable
//! merge sort on a copy, since comparing may run Python code that changes the list.

use core::cmp::Ordering;

use crate::exception::classes::VALUE_ERROR;
use crate::object::value::Value;
use crate::object::{Kind, Slot};
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Below so many items insertion is the quickest.
const FEW: usize = 12;

/// Reverses items in place.
pub(crate) fn reverse(items: &[Slot]) {
    let n = items.len();
    for i in 0..n / 2 {
        swap(items, i, n - 1 - i);
    }
}

fn swap(items: &[Slot], i: usize, j: usize) {
    if let (Some(a), Some(b)) = (items.get(i), items.get(j)) {
        let word = a.get();
        a.set(b.get());
        b.set(word);
    }
}

/// Sorts a list; equal items keep their order, with `reverse` too.
///
/// # Errors
/// What comparing and `key` raise; `ValueError` if they change the list; `MemoryError`.
pub(crate) fn sort(vm: &mut Vm, list: Local, key: Local, reversed: bool) -> Result<(), Raised> {
    let n = vm.list_len(list);
    if n < 2 && vm.get(key).is_none() {
        return Ok(());
    }
    if vm.get(key).is_none() {
        if sort_simple(vm, list)? {
            if reversed {
                reverse(vm.items_of(vm.get(list)));
            }
            return Ok(());
        }
        let scope = vm.scope();
        let items = vm.list_slice(list, 0, n)?;
        let sorted = merge_sort(vm, items, 1, reversed)?;
        put_back(vm, list, sorted, 1, n)?;
        vm.end_scope(scope);
        return Ok(());
    }
    let scope = vm.scope();
    // keys and items in turn
    let pairs = vm.new_list_sized(2 * n)?;
    for i in 0..n {
        let inner = vm.scope();
        let item = vm.push(vm.list_item(list, i));
        if vm.get(item).is_null() {
            return Err(changed(vm));
        }
        vm.list_set(pairs, 2 * i + 1, vm.get(item));
        let result = vm.call_with(key, &[item])?;
        vm.list_set(pairs, 2 * i, vm.get(result));
        vm.end_scope(inner);
    }
    let sorted = merge_sort(vm, pairs, 2, reversed)?;
    put_back(vm, list, sorted, 2, n)?;
    vm.end_scope(scope);
    Ok(())
}

fn changed(vm: &mut Vm) -> Raised {
    vm.raise_text(&VALUE_ERROR, "list modified during sort")
}

/// Stores the sorted items in the list: the last of each group of `stride`.
fn put_back(
    vm: &mut Vm,
    list: Local,
    sorted: Local,
    stride: usize,
    n: usize,
) -> Result<(), Raised> {
    if vm.list_len(list) != n {
        return Err(changed(vm));
    }
    let from = vm.items_of(vm.get(sorted)).iter().skip(stride - 1).step_by(stride);
    for (to, from) in vm.items_of(vm.get(list)).iter().zip(from) {
        to.set(from.get());
    }
    Ok(())
}

// --- ints and strings ----------------------------------------------------------------------

/// Sorts a list of small ints only or of strings only; false if it is neither.
fn sort_simple(vm: &mut Vm, list: Local) -> Result<bool, Raised> {
    let items = vm.items_of(vm.get(list));
    let n = items.len();
    let ints = items.iter().all(|s| s.get().as_small_int().is_some());
    let strings =
        !ints && items.iter().all(|s| s.get().as_qstr().is_some() || s.get().is_kind(Kind::Str));
    if !ints && !strings {
        return Ok(false);
    }
    vm.charge(work(n))?;
    let items = vm.items_of(vm.get(list));
    if ints {
        quicksort(items, &|a, b| a.as_small_int().cmp(&b.as_small_int()), work(n));
    } else {
        quicksort(items, &|a, b| vm.str_of(a).cmp(&vm.str_of(b)), work(n));
    }
    Ok(true)
}

/// About `n * log2(n)`.
fn work(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX).saturating_mul(usize::BITS - n.leading_zeros())
}

type Compare<'a> = &'a dyn Fn(Value<'_>, Value<'_>) -> Ordering;

/// Quicksort; goes over to heapsort when `budget` comparisons were not enough.
fn quicksort(items: &[Slot], compare: Compare<'_>, budget: u32) {
    let mut items = items;
    let mut budget = budget.saturating_mul(2);
    while items.len() > FEW {
        let Some(left) = budget.checked_sub(items.len() as u32) else {
            heapsort(items, compare);
            return;
        };
        budget = left;
        let at = partition(items, compare);
        let (Some(low), Some(high)) = (items.get(..at), items.get(at + 1..)) else { return };
        // recursion into the shorter part keeps the depth below log2(n)
        let (short, long) = if low.len() < high.len() { (low, high) } else { (high, low) };
        quicksort(short, compare, budget / 2);
        items = long;
    }
    insertion_sort(items, compare);
}

/// Splits items around one of them; returns its place.
fn partition(items: &[Slot], compare: Compare<'_>) -> usize {
    let n = items.len();
    let less = |i: usize, j: usize| match (items.get(i), items.get(j)) {
        (Some(a), Some(b)) => compare(a.get(), b.get()) == Ordering::Less,
        _ => false,
    };
    // the median of three goes to the front
    let (first, middle, last) = (0, n / 2, n - 1);
    let median = if less(first, middle) {
        if less(middle, last) {
            middle
        } else if less(first, last) {
            last
        } else {
            first
        }
    } else if less(first, last) {
        first
    } else if less(middle, last) {
        last
    } else {
        middle
    };
    swap(items, first, median);
    let (mut low, mut high) = (1, n - 1);
    loop {
        while low <= high && less(low, 0) {
            low += 1;
        }
        while low <= high && less(0, high) {
            high -= 1;
        }
        if low >= high {
            break;
        }
        swap(items, low, high);
        low += 1;
        high -= 1;
    }
    swap(items, 0, high);
    high
}

fn insertion_sort(items: &[Slot], compare: Compare<'_>) {
    for i in 1..items.len() {
        let Some(slot) = items.get(i) else { return };
        let item = slot.get();
        let mut at = i;
        while let Some(before) = at.checked_sub(1).and_then(|k| items.get(k)) {
            if compare(item, before.get()) != Ordering::Less {
                break;
            }
            if let Some(to) = items.get(at) {
                to.set(before.get());
            }
            at -= 1;
        }
        if let Some(to) = items.get(at) {
            to.set(item);
        }
    }
}

fn heapsort(items: &[Slot], compare: Compare<'_>) {
    let sift = |mut root: usize, end: usize| {
        loop {
            let mut child = 2 * root + 1;
            if child >= end {
                return;
            }
            let less = |i: usize, j: usize| match (items.get(i), items.get(j)) {
                (Some(a), Some(b)) => compare(a.get(), b.get()) == Ordering::Less,
                _ => false,
            };
            if child + 1 < end && less(child, child + 1) {
                child += 1;
            }
            if !less(root, child) {
                return;
            }
            swap(items, root, child);
            root = child;
        }
    };
    let n = items.len();
    for root in (0..n / 2).rev() {
        sift(root, n);
    }
    for end in (1..n).rev() {
        swap(items, 0, end);
        sift(0, end);
    }
}

// --- all others ----------------------------------------------------------------------------

/// Sorts groups of `stride` items by their first one; returns the list that holds the result,
/// which is `items` or a new one.
fn merge_sort(vm: &mut Vm, items: Local, stride: usize, reversed: bool) -> crate::Res {
    let n = vm.list_len(items) / stride;
    if n < 2 {
        return Ok(items);
    }
    let mut from = items;
    let mut to = vm.new_list_sized(n * stride)?;
    if let Some(compare) = simple_order(vm, items, stride) {
        vm.charge(work(n))?;
        let (a, b) = (vm.items_of(vm.get(from)), vm.items_of(vm.get(to)));
        let in_first = merge_simple(vm, a, b, stride, reversed, compare);
        return Ok(if in_first { from } else { to });
    }
    let mut width = 1;
    while width < n {
        let mut start = 0;
        while start < n {
            let middle = (start + width).min(n);
            let end = (middle + width).min(n);
            merge(vm, from, to, stride, [start, middle, end], reversed)?;
            start = end;
        }
        (from, to) = (to, from);
        width *= 2;
    }
    Ok(from)
}

type Order = fn(&Vm, Value<'_>, Value<'_>) -> Ordering;

/// How to compare the first items of groups, if all are small ints or all are strings.
fn simple_order(vm: &Vm, items: Local, stride: usize) -> Option<Order> {
    let items = vm.items_of(vm.get(items));
    let mut keys = items.iter().step_by(stride).map(Slot::get);
    if keys.clone().all(|k| k.as_small_int().is_some()) {
        return Some(|_, a, b| a.as_small_int().cmp(&b.as_small_int()));
    }
    if keys.all(|k| k.as_qstr().is_some() || k.is_kind(Kind::Str)) {
        return Some(|vm, a, b| vm.str_of(a).cmp(&vm.str_of(b)));
    }
    None
}

/// Like the loop of [`merge_sort`], for groups that are compared without Python code; whether
/// the result lies in the first of the two slices.
fn merge_simple(
    vm: &Vm,
    first: &[Slot],
    second: &[Slot],
    stride: usize,
    reversed: bool,
    compare: Order,
) -> bool {
    let n = first.len() / stride;
    let key = |items: &'_ [Slot], i: usize, other: usize| match (
        items.get(i * stride),
        items.get(other * stride),
    ) {
        (Some(a), Some(b)) if reversed => compare(vm, b.get(), a.get()),
        (Some(a), Some(b)) => compare(vm, a.get(), b.get()),
        _ => Ordering::Equal,
    };
    let (mut from, mut to) = (first, second);
    let mut width = 1;
    let mut in_first = true;
    while width < n {
        let mut start = 0;
        while start < n {
            let middle = (start + width).min(n);
            let end = (middle + width).min(n);
            let (mut left, mut right) = (start, middle);
            for place in start..end {
                let take_right =
                    right < end && (left >= middle || key(from, right, left) == Ordering::Less);
                let next = if take_right { &mut right } else { &mut left };
                let group = from.get(*next * stride..(*next + 1) * stride).unwrap_or(&[]);
                let places = to.get(place * stride..).unwrap_or(&[]);
                for (to, from) in places.iter().zip(group) {
                    to.set(from.get());
                }
                *next += 1;
            }
            start = end;
        }
        (from, to) = (to, from);
        in_first = !in_first;
        width *= 2;
    }
    in_first
}

/// Merges groups `start..middle` and `middle..end` of `from` into the same places of `to`.
fn merge(
    vm: &mut Vm,
    from: Local,
    to: Local,
    stride: usize,
    [start, middle, end]: [usize; 3],
    reversed: bool,
) -> Result<(), Raised> {
    let copy = |vm: &Vm, group: usize, place: usize| {
        for k in 0..stride {
            let value = vm.list_item(from, group * stride + k);
            vm.list_set(to, place * stride + k, value);
        }
    };
    vm.charge(1)?;
    let in_order = middle >= end || !precedes(vm, from, stride, middle, middle - 1, reversed)?;
    let (mut left, mut right) = (start, middle);
    for place in start..end {
        let take_right = if in_order || left >= middle {
            left >= middle
        } else if right >= end {
            false
        } else {
            vm.charge(1)?;
            precedes(vm, from, stride, right, left, reversed)?
        };
        if take_right {
            copy(vm, right, place);
            right += 1;
        } else {
            copy(vm, left, place);
            left += 1;
        }
    }
    Ok(())
}

/// Whether group `i` must come before group `j`.
fn precedes(
    vm: &mut Vm,
    items: Local,
    stride: usize,
    i: usize,
    j: usize,
    reversed: bool,
) -> Result<bool, Raised> {
    let (i, j) = if reversed { (j, i) } else { (i, j) };
    let scope = vm.scope();
    let a = vm.push(vm.list_item(items, i * stride));
    let b = vm.push(vm.list_item(items, j * stride));
    let less = vm.less(a, b)?;
    vm.end_scope(scope);
    Ok(less)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{heapsort, quicksort, work};
    use crate::object::Slot;
    use crate::object::value::Value;
    use std::vec::Vec;

    fn sorted_by(sort: impl Fn(&[Slot]), numbers: &[i16]) -> Vec<isize> {
        let slots: Vec<Slot> = numbers
            .iter()
            .map(|n| {
                let slot = Slot::default();
                slot.set(Value::tiny_int(*n));
                slot
            })
            .collect();
        sort(&slots);
        slots.iter().filter_map(|s| s.get().as_small_int()).collect()
    }

    #[test]
    fn quicksort_and_heapsort_sort() {
        let mut seed = 7u32;
        for n in [0usize, 1, 2, 11, 13, 40, 333, 2000] {
            for spread in [1i16, 5, 30000] {
                let numbers: Vec<i16> = (0..n)
                    .map(|i| {
                        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12345);
                        if seed & 1 << 30 == 0 { (seed >> 16) as i16 % spread } else { i as i16 }
                    })
                    .collect();
                let mut expected: Vec<isize> = numbers.iter().map(|n| *n as isize).collect();
                expected.sort();
                let compare = |a: Value<'_>, b: Value<'_>| a.as_small_int().cmp(&b.as_small_int());
                assert_eq!(sorted_by(|s| quicksort(s, &compare, work(n)), &numbers), expected);
                assert_eq!(sorted_by(|s| quicksort(s, &compare, 0), &numbers), expected);
                assert_eq!(sorted_by(|s| heapsort(s, &compare), &numbers), expected);
            }
        }
    }
}
