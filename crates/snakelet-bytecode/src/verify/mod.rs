//! The verifier: what bytecode must keep to before it runs.
//!
//! After a first look that finds instructions and jumps (`scan`), it walks every path through a
//! function's instructions with an abstract stack, whose slots have a kind instead of a value, and
//! an abstract stack of exception blocks (`walk`). What it accepts, an
//! interpreter can run without looking at sizes, indices or depths. It accepts all that the
//! official compiler emits, and needs no memory but the scratch words that the caller gives.
//!
//! ## What holds in a verified function
//!
//! 1. Every instruction that can be reached is one of the table, its numbers are in their shortest
//!    form, indices of strings, constants and children are in range, small ints fit, control never
//!    runs off the end, and jumps go to instructions.
//! 2. On every path to an instruction the stack has the same depth (but see 5) and the same kinds
//!    of slots, and never more than [`Verified::n_stack`] slots, [`Verified::n_exc`] blocks.
//! 3. An instruction finds what it is made for. Ordinary operands are objects, never null; null
//!    is found only where the table says `-or-null`; a method call finds what a method load left
//!    there; [`FOR_ITER`](op::FOR_ITER) finds the four slots that
//!    [`GET_ITER_STACK`](op::GET_ITER_STACK) made, or `null object null null` (a generator
//!    expression's own argument, which may be any object); keywords are interned strings. Not
//!    checked are the *types* of objects: of containers, of the mark of starred arguments, of
//!    default arguments, of cells to close over.
//! 4. A local that is read by `LOAD_DEREF` and its like is in the prelude's list of cells, or one
//!    of the first [`Verified::n_free`] arguments, which must be cells: whoever makes the function
//!    must close over at least that many. No other instruction stores to such a local.
//! 5. The state of an unfinished `finally` lies on top of the stack when its part begins, in one
//!    slot (`None` or an exception) or two (a value to return or where to jump, and a number that
//!    says which). Only [`WITH_CLEANUP`](op::WITH_CLEANUP) and [`END_FINALLY`](op::END_FINALLY)
//!    touch it, and the latter always meets the innermost block's own state.
//! 6. A block is *active* once control has reached its handler, that is from there on in the code;
//!    a jump never takes it back. Until then nothing below the depth at which the block was
//!    entered is taken off the stack. A return drops active blocks without regard to the stack.
//! 7. [`UNWIND_JUMP`](op::UNWIND_JUMP) and the handler of a block find free slots for what they
//!    put on the stack: two above the current depth, one (`except`) or two above the block's.
//!    `WITH_CLEANUP` finds one above a state of two slots and two above one of one slot,
//!    [`SETUP_WITH`](op::SETUP_WITH) three above the context manager.
//!
//! `async with` is the one statement whose code looks into the state of a `finally`: it compares
//! it with `BaseException`, a name that the script can give any meaning. See [`is_state_probe`].

mod measure;
mod scan;
mod state;
mod traits;
mod walk;

pub use measure::measure;

use crate::operand::DecodeError;
use crate::prelude::{Prelude, Signature};
use crate::{BinaryOp, Instruction, op};

/// What a function's instructions can refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The length of the module's table of strings.
    pub strings: u32,
    /// The length of the module's table of constant objects.
    pub objects: u32,
    /// How many children the function has.
    pub children: u32,
    /// How many bits a small int has, at most 64.
    pub small_int_bits: u8,
}

/// What a verified function needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Its locals, arguments included.
    pub n_locals: u16,
    /// The slots of stack that it really uses. A frame must have these *and* the locals: what the
    /// prelude declares for both together can be too little by one or two.
    pub n_stack: u16,
    /// The exception blocks that are really open at once.
    pub n_exc: u16,
    /// How many of its first arguments must be cells.
    pub n_free: u16,
}

/// Why a function is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The prelude or an instruction cannot be decoded.
    Decode(DecodeError),
    /// The prelude contradicts itself.
    Prelude,
    /// An operand refers to something that does not exist, or has no meaning.
    Operand,
    /// A jump leaves the code, goes into an instruction, or enters or leaves an exception block
    /// on the wrong way.
    Target,
    /// Control runs off the end.
    End,
    /// The stack is too short for what an instruction takes.
    Underflow,
    /// More slots are needed than declared.
    Overflow,
    /// A slot holds something else than the instruction needs.
    Kind,
    /// Different paths come with different stacks.
    Join,
    /// Blocks are nested more deeply than declared, or are left without having been entered.
    Blocks,
    /// A function that is no generator yields.
    Yield,
    /// The paths are so entangled that no compiler made them.
    TooComplex,
    /// The scratch memory is too small: to be tried again with more.
    Scratch,
}

/// A fault and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// What is wrong.
    pub fault: Fault,
    /// The offset in the code of the instruction that is at fault.
    pub offset: usize,
}

/// Returns how many scratch words suffice for most functions with `len` bytes of data.
pub const fn usual_scratch(len: usize) -> usize {
    len / 2 + 64
}

/// Verifies a function, given its data: prelude and instructions.
///
/// The contents of `scratch` do not matter before and mean nothing after. What it must hold
/// depends on the number of jumps and the depth of the stack at their targets; see
/// [`usual_scratch`].
///
/// # Errors
/// The first fault found. With [`Fault::Scratch`] nothing is said of the function: give more.
pub fn verify(data: &[u8], limits: &Limits, scratch: &mut [u32]) -> Result<Verified, VerifyError> {
    let prelude = Prelude::decode(data)
        .map_err(|error| VerifyError { fault: Fault::Decode(error), offset: 0 })?;
    verify_prelude(&prelude, limits, scratch)
}

/// Verifies a function whose prelude has been decoded already, as [`verify`] does.
///
/// # Errors
/// As for [`verify`].
pub fn verify_prelude(
    prelude: &Prelude<'_>,
    limits: &Limits,
    scratch: &mut [u32],
) -> Result<Verified, VerifyError> {
    let facts = Facts::gather(prelude, limits).map_err(|fault| VerifyError { fault, offset: 0 })?;
    walk::walk(prelude.code, &facts, scratch)
}

/// Whether the operator `ExceptionMatch` that ends at offset `next` in the code belongs to an
/// `async with` and asks whether the state of a `finally` is an exception.
///
/// The paths behind it expect stacks of different depths. For them to be what they expect, the
/// interpreter must there answer by whether the left operand *is an exception*, whatever the right
/// one is.
pub fn is_state_probe(code: &[u8], next: usize) -> bool {
    let Ok(jump) = Instruction::decode(code, next) else { return false };
    jump.byte == op::POP_JUMP_IF_FALSE
        && code.get(jump.next..jump.next + 2) == Some(&[op::DUP_TOP, op::ROT_THREE])
}

const EXCEPTION_MATCH: u8 = op::BINARY_OP_MULTI + BinaryOp::ExceptionMatch as u8;

/// The beginning of the `finally` part of an `async with`.
#[derive(Clone, Copy, Debug)]
struct StateProbe {
    /// Where it goes on if the state is an exception.
    exception: usize,
    /// Where it goes on if it is not.
    other: usize,
}

impl StateProbe {
    /// Recognises the probe by its instructions: `DUP_TOP`, `LOAD_GLOBAL BaseException`, the
    /// comparison, the jump. No other handler begins by duplicating its state.
    fn at(code: &[u8], handler: usize) -> Option<StateProbe> {
        let dup = Instruction::decode(code, handler).ok()?;
        let load = Instruction::decode(code, dup.next).ok()?;
        let compare = Instruction::decode(code, load.next).ok()?;
        let shape = [dup.byte, load.byte, compare.byte];
        if shape != [op::DUP_TOP, op::LOAD_GLOBAL, EXCEPTION_MATCH]
            || !is_state_probe(code, compare.next)
        {
            return None;
        }
        let jump = Instruction::decode(code, compare.next).ok()?;
        let other = usize::try_from(jump.arg).ok()?;
        let rotations = code.get(other..other.checked_add(2)?)?;
        (rotations == [op::ROT_THREE; 2]).then_some(StateProbe { exception: jump.next, other })
    }

    /// Where the path of a body that ended normally joins.
    fn joined(&self) -> usize {
        self.other + 2
    }
}

/// What the prelude says and what there is to refer to.
struct Facts<'l> {
    limits: &'l Limits,
    signature: Signature,
    /// The locals that arguments and cells take.
    n_locals: u32,
    /// The locals in the prelude's list of cells, a bit each.
    cells: [u32; 8],
}

impl<'l> Facts<'l> {
    fn gather(prelude: &Prelude<'_>, limits: &'l Limits) -> Result<Facts<'l>, Fault> {
        let signature = prelude.signature;
        if signature.n_def_pos_args > signature.n_pos_args
            || prelude.name >= limits.strings
            || prelude.arg_names().any(|index| index >= limits.strings)
        {
            return Err(Fault::Prelude);
        }
        let mut facts = Facts { limits, signature, n_locals: 0, cells: [0; 8] };
        facts.n_locals = signature.n_arg_locals();
        for cell in prelude.cells {
            facts.cells[usize::from(cell / 32)] |= 1 << (cell % 32);
            facts.n_locals = facts.n_locals.max(u32::from(*cell) + 1);
        }
        facts.check_locals(facts.n_locals)?;
        Ok(facts)
    }

    /// Checks that the declared state has room for so many locals.
    fn check_locals(&self, n_locals: u32) -> Result<u16, Fault> {
        match u16::try_from(n_locals) {
            Ok(n_locals) if n_locals <= self.signature.n_state => Ok(n_locals),
            _ => Err(Fault::Overflow),
        }
    }

    fn is_cell(&self, local: u32) -> bool {
        let word = self.cells.get(local as usize / 32);
        word.is_some_and(|word| word & 1 << (local % 32) != 0)
    }
}

/// Returns the local that an instruction is about.
fn local(instruction: &Instruction) -> Option<u32> {
    match instruction.info.first {
        op::LOAD_FAST_N | op::LOAD_DEREF | op::STORE_FAST_N | op::STORE_DEREF => {}
        op::DELETE_FAST | op::DELETE_DEREF | op::LOAD_FAST_MULTI | op::STORE_FAST_MULTI => {}
        _ => return None,
    }
    u32::try_from(instruction.arg).ok()
}

/// Whether an instruction is about what is in a local's cell.
fn in_cell(instruction: &Instruction) -> bool {
    matches!(instruction.byte, op::LOAD_DEREF | op::STORE_DEREF | op::DELETE_DEREF)
}

fn check_operand(instruction: &Instruction, limits: &Limits) -> Result<(), Fault> {
    use crate::opcode::Operand;
    let arg = instruction.arg;
    let fits = match instruction.info.operand {
        Operand::Qstr => arg < i64::from(limits.strings),
        Operand::Object => arg < i64::from(limits.objects),
        Operand::Child | Operand::ChildCells => arg < i64::from(limits.children),
        Operand::Call => arg <= 0xffff,
        Operand::Int => {
            let unused = 64u8.saturating_sub(limits.small_int_bits).min(63);
            (arg << unused) >> unused == arg
        }
        Operand::JumpUnwind => instruction.extra & 0x7f != 0,
        Operand::Uint => match instruction.byte {
            op::BUILD_SLICE => arg == 2 || arg == 3,
            op::STORE_COMP => arg & 3 != 3,
            op::UNPACK_EX => arg <= 0xffff,
            _ => true,
        },
        _ => true,
    };
    if fits { Ok(()) } else { Err(Fault::Operand) }
}
