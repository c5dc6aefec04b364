//! Sorting lists.
//!
//! Lists of small ints only or of strings only are sorted in place: equal ones cannot be told
//! apart, so it does not matter that quicksort is not stable. All others are sorted by a stable
//! merge sort on a copy, since comparing may run Python code that changes the list.

use core::cell::Cell;
use core::cmp::Ordering;

use crate::exception::classes::VALUE_ERROR;
use crate::object::value::Value;
use crate::object::{Kind, Slot};
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Below so many items insertion is the quickest.
const FEW: usize = 12;

/// Comparisons after which they are charged.
const PAUSE: usize = 512;

/// Bytes from which on strings are charged when they are compared.
const LONG: usize = 64;

/// Reverses items in place.
pub(crate) fn reverse(vm: &Vm, items: &[Slot]) {
    let n = items.len();
    for i in vm.paced(0..n / 2) {
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
                reverse(vm, vm.items_of(vm.get(list)));
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

/// How to compare values, if all are small ints or all are strings.
fn simple_order<'h>(vm: &Vm, keys: impl Iterator<Item = Value<'h>> + Clone) -> Option<Order> {
    if vm.paced_to_end(keys.clone()).all(|k| k.as_small_int().is_some()) {
        return Some(|_, a, b| a.as_small_int().cmp(&b.as_small_int()));
    }
    if vm.paced_to_end(keys).all(|k| k.as_qstr().is_some() || k.is_kind(Kind::Str)) {
        return Some(compare_texts);
    }
    None
}

/// The order of two strings; they count as equal when the script is to end, which ends a sort soon.
fn compare_texts(vm: &Vm, a: Value<'_>, b: Value<'_>) -> Ordering {
    let (a, b) = (vm.str_of(a), vm.str_of(b));
    let len = a.map_or(0, <[u8]>::len).min(b.map_or(0, <[u8]>::len));
    if len >= LONG {
        vm.charge_bytes_later(len);
        if vm.is_ending() {
            return Ordering::Equal;
        }
    }
    a.cmp(&b)
}

/// Sorts a list of small ints only or of strings only; false if it is neither.
fn sort_simple(vm: &mut Vm, list: Local) -> Result<bool, Raised> {
    let items = vm.items_of(vm.get(list));
    let Some(order) = simple_order(vm, items.iter().map(Slot::get)) else { return Ok(false) };
    quicksort(items, &Paced::new(vm, order), work(items.len()));
    // what a stop has left is a list of the same items
    vm.end_calculation()?;
    Ok(true)
}

type Order = fn(&Vm, Value<'_>, Value<'_>) -> Ordering;

/// An order that charges for comparing.
struct Paced<'v> {
    vm: &'v Vm,
    order: Order,
    compared: Cell<usize>,
}

impl<'v> Paced<'v> {
    fn new(vm: &'v Vm, order: Order) -> Self {
        Self { vm, order, compared: Cell::new(0) }
    }
}

impl Compare for Paced<'_> {
    #[inline]
    fn compare(&self, a: Value<'_>, b: Value<'_>) -> Ordering {
        let n = self.compared.get() + 1;
        self.compared.set(n);
        if n.is_multiple_of(PAUSE) {
            self.vm.charge_later(PAUSE);
        }
        (self.order)(self.vm, a, b)
    }

    fn is_over(&self) -> bool {
        self.vm.is_ending()
    }
}

/// About `n * log2(n)`.
fn work(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX).saturating_mul(usize::BITS - n.leading_zeros())
}

/// How items are compared.
trait Compare {
    fn compare(&self, a: Value<'_>, b: Value<'_>) -> Ordering;

    /// Whether the rest need not be sorted.
    fn is_over(&self) -> bool;

    /// Whether item `i` goes before item `j`.
    #[inline]
    fn less(&self, items: &[Slot], i: usize, j: usize) -> bool {
        match (items.get(i), items.get(j)) {
            (Some(a), Some(b)) => self.compare(a.get(), b.get()) == Ordering::Less,
            _ => false,
        }
    }
}

/// Quicksort; goes over to heapsort when `budget` comparisons were not enough.
fn quicksort(items: &[Slot], compare: &impl Compare, budget: u32) {
    let mut items = items;
    let mut budget = budget.saturating_mul(2);
    while items.len() > FEW {
        let Some(left) = budget.checked_sub(items.len() as u32) else {
            heapsort(items, compare);
            return;
        };
        budget = left;
        if items.len() >= PAUSE && compare.is_over() {
            return;
        }
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
fn partition(items: &[Slot], compare: &impl Compare) -> usize {
    let n = items.len();
    let less = |i: usize, j: usize| compare.less(items, i, j);
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

fn insertion_sort(items: &[Slot], compare: &impl Compare) {
    for i in 1..items.len() {
        let Some(slot) = items.get(i) else { return };
        let item = slot.get();
        let mut at = i;
        while let Some(before) = at.checked_sub(1).and_then(|k| items.get(k)) {
            if compare.compare(item, before.get()) != Ordering::Less {
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

fn heapsort(items: &[Slot], compare: &impl Compare) {
    let sift = |mut root: usize, end: usize| {
        loop {
            let mut child = 2 * root + 1;
            if child >= end {
                return;
            }
            let less = |i: usize, j: usize| compare.less(items, i, j);
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
        if end.is_multiple_of(PAUSE) && compare.is_over() {
            return;
        }
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
    let keys = vm.items_of(vm.get(items)).iter().step_by(stride).map(Slot::get);
    if let Some(order) = simple_order(vm, keys) {
        let (a, b) = (vm.items_of(vm.get(from)), vm.items_of(vm.get(to)));
        let in_first = merge_simple(&Paced::new(vm, order), a, b, stride, reversed);
        vm.end_calculation()?;
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

/// Like the loop of [`merge_sort`], for groups that are compared without Python code; whether
/// the result lies in the first of the two slices.
fn merge_simple(
    order: &Paced<'_>,
    first: &[Slot],
    second: &[Slot],
    stride: usize,
    reversed: bool,
) -> bool {
    let n = first.len() / stride;
    let key = |items: &'_ [Slot], i: usize, other: usize| match (
        items.get(i * stride),
        items.get(other * stride),
    ) {
        (Some(a), Some(b)) if reversed => order.compare(b.get(), a.get()),
        (Some(a), Some(b)) => order.compare(a.get(), b.get()),
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
            if order.is_over() {
                return in_first;
            }
            for place in order.vm.paced_to_end(start..end) {
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
    let in_order = middle >= end || !precedes(vm, from, stride, middle, middle - 1, reversed)?;
    let (mut left, mut right) = (start, middle);
    for place in start..end {
        vm.charge(1)?;
        let take_right = if in_order || left >= middle {
            left >= middle
        } else if right >= end {
            false
        } else {
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
    use super::{Compare, heapsort, quicksort, work};
    use crate::object::Slot;
    use crate::object::value::Value;
    use core::cmp::Ordering;
    use std::vec::Vec;

    struct Ints;

    impl Compare for Ints {
        fn compare(&self, a: Value<'_>, b: Value<'_>) -> Ordering {
            a.as_small_int().cmp(&b.as_small_int())
        }
        fn is_over(&self) -> bool {
            false
        }
    }

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
                assert_eq!(sorted_by(|s| quicksort(s, &Ints, work(n)), &numbers), expected);
                assert_eq!(sorted_by(|s| quicksort(s, &Ints, 0), &numbers), expected);
                assert_eq!(sorted_by(|s| heapsort(s, &Ints), &numbers), expected);
            }
        }
    }
}
