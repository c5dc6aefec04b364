//! The first look at a function's code: where instructions begin and where jumps go.

use core::cell::Cell;

use super::traits::{Form, Traits};
use super::{Fault, VerifyError};
use crate::{DecodeError, Instruction};

/// Finds the targets of all jumps and puts them at the beginning of the scratch memory, sorted and
/// each once. Returns them and the rest of the memory.
///
/// That they lie in the code and are where instructions begin is certain then; that an instruction
/// which can be reached is sound in itself is not.
pub(super) fn scan<'s>(
    code: &[u8],
    scratch: &'s mut [u32],
) -> Result<(&'s [u32], &'s mut [u32]), VerifyError> {
    let no_room = VerifyError { fault: Fault::Scratch, offset: 0 };
    // A bit for each byte: whether an instruction begins there.
    let room = scratch.len().wrapping_sub(code.len().div_ceil(32));
    let (targets, begins) = scratch.split_at_mut_checked(room).ok_or(no_room)?;
    begins.fill(0);
    let mut count = 0;
    let mut at = 0;
    while let Some(byte) = code.get(at) {
        if let Some(word) = begins.get_mut(at / 32) {
            *word |= 1 << (at % 32);
        }
        let offset = at;
        let fault = |fault| VerifyError { fault, offset };
        at = match Traits::of(*byte).form() {
            Form::Alone => at + 1,
            Form::Number => end_of_number(code, at + 1),
            Form::NumberAndByte => end_of_number(code, at + 1) + 1,
            Form::Other => {
                let instruction =
                    Instruction::decode(code, at).map_err(|error| fault(Fault::Decode(error)))?;
                let target = usize::try_from(instruction.arg).unwrap_or(usize::MAX);
                if target >= code.len() {
                    return Err(fault(Fault::Target));
                }
                *targets.get_mut(count).ok_or(fault(Fault::Scratch))? = target as u32;
                count += 1;
                instruction.next
            }
        };
        if at > code.len() {
            return Err(fault(Fault::Decode(DecodeError::Truncated)));
        }
    }
    let targets = targets.get_mut(..count).unwrap_or(&mut []);
    sort(targets);
    let mut distinct = 0;
    let mut last = None;
    for at in 0..count {
        let target = targets.get(at).copied();
        if last == target {
            continue;
        }
        last = target;
        let target = target.unwrap_or(u32::MAX);
        let begins = begins.get(target as usize / 32).is_some_and(|w| w & 1 << (target % 32) != 0);
        if !begins {
            return Err(VerifyError { fault: Fault::Target, offset: target as usize });
        }
        if let Some(place) = targets.get_mut(distinct) {
            *place = target;
        }
        distinct += 1;
    }
    let (targets, rest) = scratch.split_at_mut_checked(distinct).ok_or(no_room)?;
    Ok((targets, rest))
}

/// Returns where a number ends, past the code's end if it does not.
fn end_of_number(code: &[u8], mut at: usize) -> usize {
    while let Some(byte) = code.get(at)
        && byte & 0x80 != 0
    {
        at += 1;
    }
    at + 1
}

/// Sorts numbers that are nearly sorted already: Shell's sort with Knuth's gaps. The one of the
/// standard library is faster on long slices and takes 3 KB more of flash.
fn sort(numbers: &mut [u32]) {
    let numbers = Cell::from_mut(numbers).as_slice_of_cells();
    let mut gap = 1;
    while gap < numbers.len() / 3 {
        gap = 3 * gap + 1;
    }
    while gap > 0 {
        for at in gap..numbers.len() {
            let mut place = at;
            while let Some(low) = numbers.get(place.wrapping_sub(gap))
                && let Some(high) = numbers.get(place)
                && low > high
            {
                low.set(high.replace(low.get()));
                place -= gap;
            }
        }
        gap /= 3;
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::{Instructions, op};
    use proptest::prelude::*;
    use std::vec::Vec;

    proptest! {
        #[test]
        fn numbers_are_sorted(mut numbers: Vec<u32>) {
            let mut expected = numbers.clone();
            expected.sort_unstable();
            sort(&mut numbers);
            prop_assert_eq!(numbers, expected);
        }

        #[test]
        fn targets_are_those_of_the_instructions(code in likely_code()) {
            let mut expected = Vec::new();
            let mut begins = Vec::new();
            for instruction in Instructions::new(&code) {
                // Numbers in a longer form than need be are for the walk to find.
                let Ok(instruction) = instruction else { return Ok(()) };
                begins.push(instruction.offset as i64);
                if instruction.jumps() {
                    expected.push(instruction.arg);
                }
            }
            let sound = expected.iter().all(|target| begins.contains(target));
            expected.sort_unstable();
            expected.dedup();
            let mut scratch = [0; 200];
            match scan(&code, &mut scratch) {
                Ok((targets, rest)) => {
                    prop_assert!(sound);
                    prop_assert_eq!(targets.len() + rest.len(), 200);
                    prop_assert!(targets.iter().map(|at| i64::from(*at)).eq(expected));
                }
                Err(error) => {
                    prop_assert!(!sound);
                    prop_assert_eq!(error.fault, Fault::Target);
                }
            }
        }
    }

    /// Short jumps among instructions without an operand and with a short one.
    fn likely_code() -> impl Strategy<Value = Vec<u8>> {
        let one = prop_oneof![
            Just(std::vec![op::POP_TOP]),
            (0..0x80u8).prop_map(|arg| std::vec![op::LOAD_GLOBAL, arg]),
            (0x38..0x48u8).prop_map(|distance| std::vec![op::JUMP, distance]),
            (0..6u8).prop_map(|distance| std::vec![op::FOR_ITER, distance]),
            (0..2u8).prop_map(|cells| std::vec![op::MAKE_CLOSURE, 0, cells]),
        ];
        prop::collection::vec(one, 0..20).prop_map(|parts| parts.concat())
    }

    #[test]
    fn too_little_memory_is_told_from_bad_code() {
        let code = [op::JUMP, 0x42, op::JUMP, 0x40, op::JUMP, 0x3a];
        for words in 0..4 {
            let error = scan(&code, &mut std::vec![0; words]).err();
            assert_eq!(error.map(|e| e.fault), Some(Fault::Scratch), "{words}");
        }
        assert!(matches!(scan(&code, &mut [7; 4]), Ok(([0, 4], [_, _]))));
    }
}
