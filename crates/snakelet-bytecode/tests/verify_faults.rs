//! What the verifier refuses, case by case.

use snakelet_bytecode::verify::Fault;
use snakelet_bytecode::{DecodeError, Limits, Signature, Verified, encode_sizes, op, verify};

const LIMITS: Limits = Limits { strings: 2, objects: 1, children: 1, small_int_bits: 31 };

/// A generator of two arguments with a stack of 12 and two exception blocks.
const SIGNATURE: Signature = Signature {
    n_state: 12,
    n_exc_stack: 2,
    flags: Signature::GENERATOR,
    n_pos_args: 2,
    n_kwonly_args: 0,
    n_def_pos_args: 0,
};

fn check(signature: Signature, cells: &[u8], code: &[u8]) -> Result<Verified, (Fault, usize)> {
    let names = 1 + signature.n_pos_args + signature.n_kwonly_args;
    let mut data = signature.encode().to_vec();
    data.extend_from_slice(&encode_sizes(u32::from(names), cells.len() as u16));
    data.extend(std::iter::repeat_n(0, names.into()));
    data.extend_from_slice(cells);
    data.extend_from_slice(code);
    verify(&data, &LIMITS, &mut [0; 1000]).map_err(|error| (error.fault, error.offset))
}

fn fault(code: &[u8]) -> Option<(Fault, usize)> {
    check(SIGNATURE, &[], code).err()
}

const END: [u8; 2] = [op::LOAD_CONST_NONE, op::RETURN_VALUE];

fn with_end(code: &[u8]) -> Vec<u8> {
    [code, &END].concat()
}

#[test]
fn code_that_runs_off_the_end() {
    assert_eq!(fault(&[]), Some((Fault::End, 0)));
    assert_eq!(fault(&[op::LOAD_CONST_NONE]), Some((Fault::End, 1)));
    assert_eq!(fault(&[op::JUMP, 0x40]), Some((Fault::Target, 0)));
    assert_eq!(fault(&END), None);
}

#[test]
fn what_is_no_instruction() {
    assert_eq!(fault(&with_end(&[0x00])), Some((Fault::Decode(DecodeError::UnknownOpcode), 0)));
    assert_eq!(fault(&[0x63, 0x12]), Some((Fault::Decode(DecodeError::Truncated), 1)));
    let overlong = with_end(&[op::LOAD_GLOBAL, 0x80, 0x01, op::POP_TOP]);
    assert_eq!(fault(&overlong), Some((Fault::Decode(DecodeError::BadNumber), 0)));
}

#[test]
fn operands_that_refer_to_nothing() {
    for (opcode, first_bad) in [
        (op::LOAD_GLOBAL, LIMITS.strings),
        (op::LOAD_CONST_OBJ, LIMITS.objects),
        (op::MAKE_FUNCTION, LIMITS.children),
    ] {
        let code = |index| with_end(&[opcode, index as u8, op::POP_TOP]);
        assert_eq!(fault(&code(first_bad - 1)), None);
        assert_eq!(fault(&code(first_bad)), Some((Fault::Operand, 0)));
    }
    let local = |index| with_end(&[op::LOAD_FAST_N, index, op::POP_TOP]);
    assert_eq!(fault(&local(11)), None);
    assert_eq!(fault(&local(12)), Some((Fault::Overflow, 0)));
}

#[test]
fn operands_without_a_meaning() {
    let small_int = [op::LOAD_CONST_SMALL_INT, 0x84, 0x80, 0x80, 0x80, 0x00, op::POP_TOP];
    assert_eq!(fault(&with_end(&small_int)), Some((Fault::Operand, 0)));
    let slice = [op::LOAD_CONST_NONE, op::BUILD_SLICE, 1, op::POP_TOP];
    assert_eq!(fault(&with_end(&slice)), Some((Fault::Operand, 1)));
    let comprehension = [op::BUILD_LIST, 0, op::LOAD_CONST_NONE, op::STORE_COMP, 7, op::POP_TOP];
    assert_eq!(fault(&with_end(&comprehension)), Some((Fault::Operand, 3)));
    assert_eq!(fault(&with_end(&[op::UNWIND_JUMP, 0x41, 0])), Some((Fault::Operand, 0)));
}

#[test]
fn jumps_out_of_the_code_or_into_an_instruction() {
    assert_eq!(fault(&with_end(&[op::JUMP, 0x3d])), Some((Fault::Target, 0)));
    assert_eq!(fault(&with_end(&[op::JUMP, 0x7f])), Some((Fault::Target, 0)));
    assert_eq!(fault(&with_end(&[op::JUMP, 0x41, op::LOAD_GLOBAL, 0])), Some((Fault::Target, 3)));
    assert_eq!(fault(&[op::JUMP, 0x3e]), None, "an endless loop is sound");
}

#[test]
fn a_stack_that_is_too_short_or_too_deep() {
    assert_eq!(fault(&[op::RETURN_VALUE]), Some((Fault::Underflow, 0)));
    assert_eq!(fault(&with_end(&[op::ROT_THREE])), Some((Fault::Underflow, 0)));
    assert_eq!(fault(&with_end(&[0x80, op::BUILD_TUPLE, 2])), Some((Fault::Underflow, 1)));
    let deep = [&[0x80; 12][..], &[op::BUILD_TUPLE, 12, op::RETURN_VALUE]].concat();
    assert_eq!(fault(&deep), None);
    assert_eq!(fault(&[&[0x80], &deep[..]].concat()), Some((Fault::Overflow, 12)));
    let unpacked = [0x80, op::UNPACK_SEQUENCE, 13, op::RETURN_VALUE];
    assert_eq!(fault(&unpacked), Some((Fault::Overflow, 1)));
}

#[test]
fn paths_that_meet_with_different_stacks() {
    let code = [op::LOAD_CONST_TRUE, op::POP_JUMP_IF_TRUE, 0x41, 0x80, op::LOAD_CONST_NONE, 0x63];
    assert_eq!(fault(&code).map(|(fault, _)| fault), Some(Fault::Join));
    // Once within a block, once without.
    let code = [0x80, op::POP_JUMP_IF_TRUE, 0x42, op::SETUP_EXCEPT, 2, 0x51, 0x63, op::END_FINALLY];
    assert_eq!(fault(&with_end(&code)), Some((Fault::Join, 3)));
    let growing = [0x80, op::JUMP, 0x3d];
    assert_eq!(fault(&growing).map(|(fault, _)| fault), Some(Fault::Join));
}

#[test]
fn null_where_an_object_is_needed() {
    assert_eq!(fault(&[op::LOAD_NULL, op::RETURN_VALUE]), Some((Fault::Kind, 1)));
    assert_eq!(fault(&with_end(&[op::LOAD_NULL, op::DUP_TOP])), Some((Fault::Kind, 1)));
    assert_eq!(fault(&with_end(&[op::LOAD_NULL, op::STORE_FAST_MULTI])), Some((Fault::Kind, 1)));
    let delete = [op::LOAD_NULL, 0x80, op::STORE_ATTR, 0];
    assert_eq!(fault(&with_end(&delete)), None, "this is how an attribute is deleted");
    let maybe = [0x80, op::JUMP_IF_TRUE_OR_POP, 1, op::LOAD_NULL, op::RETURN_VALUE];
    assert!(matches!(fault(&maybe), Some((Fault::Join | Fault::Kind, _))));
}

#[test]
fn calls_of_what_is_no_method_or_without_keywords() {
    let call = [0x80, 0x80, op::CALL_METHOD, 0, op::RETURN_VALUE];
    assert_eq!(fault(&call), Some((Fault::Kind, 2)));
    let method = [0x80, op::LOAD_METHOD, 0, op::CALL_FUNCTION, 0, op::RETURN_VALUE];
    assert_eq!(fault(&method), Some((Fault::Kind, 3)));
    let keyword = |name: &[u8]| {
        [&[0x80], name, &[0x80, op::CALL_FUNCTION, 0x82, 0x00, op::RETURN_VALUE]].concat()
    };
    assert_eq!(fault(&keyword(&[op::LOAD_CONST_STRING, 0])), None);
    assert_eq!(fault(&keyword(&[0x80])), Some((Fault::Kind, 3)));
    assert_eq!(fault(&keyword(&[op::LOAD_NULL])), Some((Fault::Kind, 3)));
}

#[test]
fn iterators_that_are_taken_apart_or_made_up() {
    let iterate = |iterator: &[u8]| {
        [iterator, &[op::FOR_ITER, 3, op::POP_TOP, op::JUMP, 0x3b], &END].concat()
    };
    assert_eq!(fault(&iterate(&[0x80, op::GET_ITER_STACK])), None);
    assert_eq!(fault(&iterate(&[op::LOAD_NULL, 0x80, op::LOAD_NULL, op::LOAD_NULL])), None);
    assert_eq!(fault(&iterate(&[0x80, 0x80, 0x80, 0x80])), Some((Fault::Kind, 4)));
    let cut = [0x80, op::GET_ITER_STACK, op::POP_TOP, 0x80];
    assert_eq!(fault(&iterate(&cut)), Some((Fault::Kind, 4)));
    assert_eq!(fault(&[0x80, op::GET_ITER_STACK, 0x63]), Some((Fault::Kind, 2)));
    assert_eq!(fault(&[0x80, op::GET_ITER_STACK, op::ROT_TWO, 0x63]), Some((Fault::Kind, 2)));
}

#[test]
fn locals_that_ought_to_hold_cells() {
    let read = |local| with_end(&[op::LOAD_DEREF, local, op::POP_TOP]);
    assert_eq!(check(SIGNATURE, &[], &read(1)).map(|v| v.n_free), Ok(2));
    assert_eq!(fault(&read(2)), Some((Fault::Operand, 0)), "no argument, no cell");
    assert_eq!(check(SIGNATURE, &[2], &read(2)).map(|v| v.n_free), Ok(0));
    let overwrite = with_end(&[op::LOAD_CONST_NONE, op::STORE_FAST_MULTI + 2]);
    assert_eq!(check(SIGNATURE, &[], &overwrite).err(), None);
    assert_eq!(check(SIGNATURE, &[2], &overwrite).err(), Some((Fault::Operand, 1)));
    let delete = [&[op::DELETE_FAST, 0][..], &read(0)].concat();
    assert_eq!(fault(&delete), Some((Fault::Operand, 0)));
}

#[test]
fn yields_outside_of_generators() {
    let code = [op::LOAD_CONST_NONE, op::YIELD_VALUE, op::RETURN_VALUE];
    assert_eq!(fault(&code), None);
    let function = Signature { flags: 0, ..SIGNATURE };
    assert_eq!(check(function, &[], &code).err(), Some((Fault::Yield, 1)));
}

#[test]
fn preludes_that_contradict_themselves() {
    let defaults = Signature { n_def_pos_args: 3, ..SIGNATURE };
    assert_eq!(check(defaults, &[], &END).err(), Some((Fault::Prelude, 0)));
    let cramped = Signature { n_state: 1, ..SIGNATURE };
    assert_eq!(check(cramped, &[], &END).err(), Some((Fault::Overflow, 0)));
    assert_eq!(check(SIGNATURE, &[12], &END).err(), Some((Fault::Overflow, 0)));
}

#[test]
fn a_sound_try_statement_passes() {
    let code = [
        &[op::SETUP_EXCEPT, 2, op::POP_EXCEPT_JUMP, 3][..],
        &[op::POP_TOP, op::POP_EXCEPT_JUMP, 0],
        &END,
    ];
    let verified = check(SIGNATURE, &[], &code.concat());
    assert_eq!(verified, Ok(Verified { n_locals: 2, n_stack: 1, n_exc: 1, n_free: 0 }));
}

#[test]
fn blocks_that_are_left_or_entered_on_the_wrong_way() {
    assert_eq!(fault(&with_end(&[op::POP_EXCEPT_JUMP, 0])), Some((Fault::Blocks, 0)));
    assert_eq!(fault(&with_end(&[0x51, op::END_FINALLY])), Some((Fault::Blocks, 1)));
    assert_eq!(fault(&with_end(&[op::UNWIND_JUMP, 0x41, 1])), Some((Fault::Blocks, 0)));
    // A jump over the handler would make the block look active.
    let over = [op::SETUP_FINALLY, 3, op::JUMP, 0x42, 0x51, op::END_FINALLY, 0x51, 0x63];
    assert_eq!(fault(&over), Some((Fault::Target, 2)));
    // A jump back from the handler would make it look inactive.
    let back = [op::SETUP_FINALLY, 1, 0x51, op::JUMP, 0x3d];
    assert_eq!(fault(&back).map(|(fault, _)| fault), Some(Fault::Target));
    // The outer block's handler lies before the inner one's.
    let crossed = [op::SETUP_FINALLY, 4, op::SETUP_FINALLY, 3, 0x51, 0x63, 0x51, 0x51, 0x63];
    assert_eq!(fault(&crossed), Some((Fault::Target, 2)));
}

#[test]
fn blocks_nested_deeper_than_declared() {
    let nested = |depth: u8| {
        let mut code = Vec::new();
        for level in 0..depth {
            code.extend_from_slice(&[op::SETUP_FINALLY, 4 * (depth - 1 - level) + 1]);
        }
        code.push(op::LOAD_CONST_NONE);
        for _ in 0..depth {
            code.extend_from_slice(&[op::END_FINALLY, op::LOAD_CONST_NONE]);
        }
        code.push(op::RETURN_VALUE);
        code
    };
    assert_eq!(fault(&nested(2)), None);
    assert_eq!(fault(&nested(3)), Some((Fault::Blocks, 4)));
}

#[test]
fn slots_of_an_outer_block_are_not_taken() {
    let code = |body: &[u8]| {
        let handler = [op::POP_EXCEPT_JUMP, 3, op::POP_TOP, op::POP_EXCEPT_JUMP, 0];
        with_end(&[&[0x80, op::SETUP_EXCEPT, 4], body, &handler].concat())
    };
    assert_eq!(fault(&code(&[0x80, op::POP_TOP])), None);
    assert_eq!(fault(&code(&[op::POP_TOP, 0x80])), Some((Fault::Underflow, 3)));
}

#[test]
fn the_state_of_a_finally_is_not_touched() {
    let finally = |part: &[u8]| {
        [&[op::SETUP_FINALLY, 1, op::LOAD_CONST_NONE][..], part, &[op::END_FINALLY], &END].concat()
    };
    assert_eq!(fault(&finally(&[])), None);
    assert_eq!(fault(&finally(&[op::POP_TOP, 0x51])), Some((Fault::Kind, 3)));
    assert_eq!(fault(&finally(&[op::DUP_TOP, op::POP_TOP])), Some((Fault::Kind, 3)));
    assert_eq!(fault(&finally(&[0x80, op::ROT_TWO, op::POP_TOP])), Some((Fault::Kind, 4)));
    assert_eq!(fault(&finally(&[0x51])), Some((Fault::Blocks, 4)));
}
