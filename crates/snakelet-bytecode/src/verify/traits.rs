//! What the verifier must know of an instruction to deal with the usual ones quickly: a table that
//! the compiler derives from that of the opcodes.

use super::state::Kind;
use crate::opcode::{Count, Flow, N_LINES, OpInfo, Operand, line, line_number, op};

/// How an instruction's end is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Form {
    /// A jump, or no instruction: by decoding it.
    Other,
    /// It has no operand.
    Alone,
    /// It has a number behind it.
    Number,
    /// It has a number and a byte behind it.
    NumberAndByte,
}

/// What is special about an instruction that takes objects from the stack, puts at most one slot
/// there and goes on to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Quick {
    /// It is not of this sort.
    No,
    /// Nothing.
    Plain,
    /// It names one of the first locals.
    LoadLocal,
    /// It stores to one of the first locals.
    StoreLocal,
    /// Its operand is an index of a string.
    String,
    /// Its operand is an index of a constant.
    Object,
    /// Its operand is an index of a child.
    Child,
    /// It takes as many objects more as its operand says.
    Take,
    /// As [`Quick::Take`]; the operand has another meaning if it is large.
    Call,
    /// As [`Quick::Call`], and takes a method from below that.
    CallMethod,
    /// As [`Quick::String`], and leaves a method.
    LoadMethod,
}

const FORMS: [Form; 4] = [Form::Other, Form::Alone, Form::Number, Form::NumberAndByte];
const QUICKS: [Quick; 16] = [
    Quick::No,
    Quick::Plain,
    Quick::LoadLocal,
    Quick::StoreLocal,
    Quick::String,
    Quick::Object,
    Quick::Child,
    Quick::Take,
    Quick::Call,
    Quick::CallMethod,
    Quick::LoadMethod,
    Quick::No,
    Quick::No,
    Quick::No,
    Quick::No,
    Quick::No,
];

/// Form in bits 0 and 1, `Quick` in 2 to 5, what it takes in 6 and 7, what it leaves in 8 and 9,
/// the kind of that in 10 to 13.
#[derive(Clone, Copy)]
pub(super) struct Traits(u16);

impl Traits {
    #[inline(always)]
    pub(super) fn of(byte: u8) -> Traits {
        TABLE.get(line_number(byte)).copied().unwrap_or(Traits(0))
    }
    #[inline(always)]
    pub(super) fn form(self) -> Form {
        FORMS[usize::from(self.0) & 3]
    }
    #[inline(always)]
    pub(super) fn quick(self) -> Quick {
        QUICKS[usize::from(self.0) >> 2 & 15]
    }
    /// How many objects it takes.
    #[inline(always)]
    pub(super) fn pops(self) -> usize {
        usize::from(self.0) >> 6 & 3
    }
    /// How many slots it leaves.
    #[inline(always)]
    pub(super) fn pushes(self) -> usize {
        usize::from(self.0) >> 8 & 3
    }
    /// What it leaves in a single slot.
    #[inline(always)]
    pub(super) fn kind(self) -> Kind {
        Kind::from_bits(u32::from(self.0) >> 10)
    }

    const fn derive(info: &OpInfo) -> Traits {
        let form = match info.operand {
            Operand::None | Operand::Implied(_) => Form::Alone,
            Operand::ChildCells => Form::NumberAndByte,
            Operand::Jump | Operand::JumpForward | Operand::JumpUnwind => Form::Other,
            _ => Form::Number,
        };
        let (mut quick, mut pops, pushes) = match (info.pops, info.pushes, info.flow) {
            (Count::Fixed(pops @ 0..=3), Count::Fixed(pushes @ 0..=1), Flow::Next) => {
                (Quick::Plain, pops, pushes)
            }
            (Count::Operand, Count::Fixed(1), Flow::Next) => (Quick::Take, 0, 1),
            _ => (Quick::No, 0, 0),
        };
        let mut pushes = pushes;
        if matches!(quick, Quick::Plain) {
            quick = match info.operand {
                Operand::None | Operand::Implied(_) => Quick::Plain,
                Operand::Qstr => Quick::String,
                Operand::Object => Quick::Object,
                Operand::Child => Quick::Child,
                _ => Quick::No,
            };
        }
        let mut kind = Kind::Value;
        match info.first {
            op::LOAD_FAST_MULTI => quick = Quick::LoadLocal,
            op::STORE_FAST_MULTI => quick = Quick::StoreLocal,
            op::LOAD_CONST_STRING => kind = Kind::Name,
            op::LOAD_CONST_NONE => kind = Kind::None,
            op::LOAD_NULL => kind = Kind::Null,
            op::CALL_FUNCTION => (quick, pops, pushes) = (Quick::Call, 1, 1),
            op::CALL_METHOD => (quick, pops, pushes) = (Quick::CallMethod, 0, 1),
            op::LOAD_METHOD => (quick, pops, pushes) = (Quick::LoadMethod, 1, 2),
            // These take or leave something that is no object, or are not always allowed.
            op::LOAD_SUPER_METHOD
            | op::MAKE_FUNCTION_DEFARGS
            | op::STORE_MAP
            | op::BUILD_SLICE
            | op::WITH_CLEANUP
            | op::YIELD_VALUE
            | op::YIELD_FROM => quick = Quick::No,
            _ => {}
        }
        Traits(
            form as u16
                | (quick as u16) << 2
                | (pops as u16) << 6
                | (pushes as u16) << 8
                | (kind as u16) << 10,
        )
    }
}

static TABLE: [Traits; N_LINES] = {
    let mut table = [Traits(0); N_LINES];
    let mut number = 0;
    while number < N_LINES {
        table[number] = Traits::derive(line(number));
        number += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instruction;

    #[test]
    fn traits_are_what_was_packed() {
        for form in FORMS {
            assert_eq!(FORMS[form as usize], form);
        }
        for quick in QUICKS.iter().take(11) {
            assert_eq!(QUICKS[*quick as usize], *quick);
        }
        let load = Traits::of(op::LOAD_METHOD);
        assert_eq!((load.quick(), load.pops(), load.pushes()), (Quick::LoadMethod, 1, 2));
        assert_eq!(Traits::of(op::LOAD_CONST_NONE).kind(), Kind::None);
        assert_eq!(Traits::of(0).quick(), Quick::No);
    }

    #[test]
    fn plain_instructions_are_as_the_opcode_table_says() {
        for byte in 0..=255u8 {
            let traits = Traits::of(byte);
            if matches!(traits.quick(), Quick::No | Quick::CallMethod) {
                continue;
            }
            let code = [byte, 0, 0];
            let instruction = Instruction::decode(&code, 0).unwrap();
            assert_eq!(traits.pops(), instruction.pops(), "{byte:#x}");
            assert_eq!(traits.pushes(), instruction.pushes(), "{byte:#x}");
            let length = 1 + usize::from(traits.form() == Form::Number);
            assert_eq!(instruction.next, length, "{byte:#x}");
        }
    }
}
