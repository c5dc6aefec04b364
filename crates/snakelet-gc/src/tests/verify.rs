//! The checker finds what is broken on purpose.

use std::vec;

use super::{Vm, heap, leaf, node, object, set};
use crate::{BLOCK, CheckError, header, table};

#[test]
fn a_traced_word_or_root_that_is_no_head_is_found() {
    let mut heap = heap(4096);
    let top = node(&mut heap, &[0, 3, 0, 0]);
    let mut vm = Vm { roots: vec![top], ..Vm::default() };
    assert_eq!(heap.check(&mut vm), Ok(()));
    set(top, 2, top + BLOCK);
    let error = CheckError::Dangling { object: top, index: 3, word: top + BLOCK };
    assert_eq!(heap.check(&mut vm), Err(error));
    set(top, 2, 0);
    vm.roots.push(top + 20 * BLOCK);
    assert_eq!(heap.check(&mut vm), Err(CheckError::DanglingRoot(top + 20 * BLOCK)));
}

#[test]
fn wrong_counts_are_found() {
    let mut heap = heap(4096);
    let mut vm = Vm::default();
    let first = leaf(&mut heap, 1).unwrap();
    heap.settled += 1;
    assert_eq!(heap.check(&mut vm), Err(CheckError::Used(1)));
    heap.settled -= 1;
    // SAFETY: the header of a live object.
    unsafe { *object(first).as_mut() |= header::FINALISER };
    assert_eq!(heap.check(&mut vm), Err(CheckError::Finalisers(1)));
    // SAFETY: nothing was collected since the object was made, so it is live and has a header.
    unsafe { *object(first).as_mut() = header::GREY };
    assert_eq!(heap.check(&mut vm), Err(CheckError::Grey(first)));
}

#[test]
fn a_layout_beyond_the_object_is_found() {
    let mut heap = heap(4096);
    let top = node(&mut heap, &[0]);
    // SAFETY: the header of a live object.
    unsafe { *object(top).as_mut() += 9 << header::AUX_SHIFT };
    assert_eq!(heap.check(&mut Vm::default()), Err(CheckError::Layout(top)));
}

#[test]
fn a_broken_table_is_found() {
    let mut heap = heap(4096);
    let mut vm = Vm::default();
    let first = leaf(&mut heap, 1).unwrap();
    let region = &mut heap.regions[0];
    table::set_tails(region.table_mut(), 5, 6);
    assert_eq!(heap.check(&mut vm), Err(CheckError::Run));
    heap.retire_run();
    let region = &mut heap.regions[0];
    table::set_tails(region.table_mut(), 5, 6);
    assert_eq!(heap.check(&mut vm), Err(CheckError::StrayTail(first + 5 * BLOCK)));
    let region = &mut heap.regions[0];
    table::clear(region.table_mut(), 5, 6);
    region.table_mut()[0].hi |= 1;
    assert_eq!(heap.check(&mut vm), Err(CheckError::Marked(first)));
    let region = &mut heap.regions[0];
    region.table_mut()[0].hi = 0;
    table::set_object(region.table_mut(), 100, 1);
    assert_eq!(heap.check(&mut vm), Err(CheckError::Uncovered(first + 100 * BLOCK)));
}
