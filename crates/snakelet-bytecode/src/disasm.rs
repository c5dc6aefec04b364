//! Listings of bytecode, as MicroPython prints them when it is given `-v -v`.

use crate::opcode::{self, BinaryOp, Operand, UnaryOp, op};
use crate::viper::{self, ViperOp};
use crate::{DecodeError, Instruction, Prelude};
use core::fmt::{self, Write};

/// What a listing names that is not in the function's data.
pub trait Names {
    /// Writes a string of the module's table.
    fn string(&self, index: u32, out: &mut dyn Write) -> fmt::Result;

    /// Writes a constant object of the module's table as `repr` does.
    fn object(&self, index: u32, out: &mut dyn Write) -> fmt::Result;

    /// Returns the address at which an object lies, or a number that stands for it.
    fn object_address(&self, index: u32) -> usize {
        index as usize
    }

    /// Returns the address at which a child lies, or a number that stands for it.
    fn child_address(&self, index: u32) -> usize {
        index as usize
    }
}

/// Lists a function, given its data. `descriptor` and `address` are printed as the places where
/// its code object and its data lie.
///
/// Instructions that cannot be decoded end the listing with a line that says so.
///
/// # Errors
/// Those of `out`, and an error if the prelude cannot be decoded.
pub fn disassemble(
    out: &mut dyn Write,
    data: &[u8],
    names: &dyn Names,
    descriptor: usize,
    address: usize,
) -> fmt::Result {
    let prelude = Prelude::decode(data).map_err(|_| fmt::Error)?;
    out.write_str("File ")?;
    names.string(0, out)?;
    out.write_str(", code block '")?;
    names.string(prelude.name, out)?;
    writeln!(out, "' (descriptor: {descriptor:x}, bytecode @{address:x} {} bytes)", data.len())?;
    list_prelude(out, data, &prelude, names)?;
    let mut at = 0;
    while at < prelude.code.len() {
        match Instruction::decode(prelude.code, at) {
            Ok(instruction) => {
                list_instruction(out, &instruction, names)?;
                at = instruction.next;
            }
            Err(error) => match prelude.code.get(at..) {
                // no part of the format: the interpreter's own compiler makes it
                Some([viper::OPCODE, number, ..]) => {
                    let op = ViperOp::ALL.get(usize::from(*number));
                    write!(out, "{at:02} VIPER {op:?}")?;
                    at += 2;
                }
                _ => {
                    out.write_str(match error {
                        DecodeError::UnknownOpcode => "unknown opcode",
                        DecodeError::Truncated => "truncated instruction",
                        DecodeError::BadNumber => "malformed number",
                    })?;
                    at = usize::MAX;
                }
            },
        }
        out.write_char('\n')?;
    }
    Ok(())
}

fn list_prelude(
    out: &mut dyn Write,
    data: &[u8],
    prelude: &Prelude<'_>,
    names: &dyn Names,
) -> fmt::Result {
    writeln!(
        out,
        "Raw bytecode (code_info_size={}, bytecode_size={}):",
        prelude.code_start,
        prelude.code.len()
    )?;
    for row in data.chunks(16) {
        for byte in row {
            write!(out, " {byte:02x}")?;
        }
        out.write_char('\n')?;
    }
    out.write_str("arg names:")?;
    for name in prelude.arg_names() {
        out.write_char(' ')?;
        names.string(name, out)?;
    }
    writeln!(out, "\n(N_STATE {})", prelude.signature.n_state)?;
    writeln!(out, "(N_EXC_STACK {})", prelude.signature.n_exc_stack)?;
    for cell in prelude.cells {
        writeln!(out, "(INIT_CELL {cell})")?;
    }
    writeln!(out, "  bc=0 line=1")?;
    for (offset, line) in prelude.lines.entries() {
        writeln!(out, "  bc={offset} line={line}")?;
    }
    Ok(())
}

fn list_instruction(
    out: &mut dyn Write,
    instruction: &Instruction,
    names: &dyn Names,
) -> fmt::Result {
    let arg = instruction.arg;
    let index = arg as u32;
    let name = opcode::name(instruction.byte).unwrap_or_default();
    write!(out, "{:02} {name}", instruction.offset)?;
    match instruction.info.operand {
        Operand::None => Ok(()),
        Operand::Implied(_) => {
            write!(out, " {arg}")?;
            match operator(instruction) {
                Some(method) => write!(out, " {method}"),
                None => Ok(()),
            }
        }
        Operand::Qstr => {
            let quoted = matches!(
                instruction.byte,
                op::LOAD_CONST_STRING | op::IMPORT_NAME | op::IMPORT_FROM
            );
            let quote = if quoted { "'" } else { "" };
            write!(out, " {quote}")?;
            names.string(index, out)?;
            out.write_str(quote)
        }
        Operand::Object => {
            write!(out, " {:x}=", names.object_address(index))?;
            names.object(index, out)
        }
        Operand::Child => write!(out, " {:x}", names.child_address(index)),
        Operand::ChildCells => {
            write!(out, " {:x} {}", names.child_address(index), instruction.extra)
        }
        Operand::Call => write!(out, " n={} nkw={}", arg & 0xff, arg >> 8 & 0xff),
        Operand::JumpUnwind => write!(out, " {arg} {}", instruction.extra),
        Operand::Uint | Operand::Int | Operand::Local | Operand::Jump | Operand::JumpForward => {
            write!(out, " {arg}")
        }
    }
}

/// Returns the method that is printed behind an operator. MicroPython's standard build knows
/// no in-place methods but two.
fn operator(instruction: &Instruction) -> Option<&'static str> {
    let index = instruction.byte - instruction.info.first;
    match instruction.info.first {
        op::UNARY_OP_MULTI => UnaryOp::from_index(index).map(UnaryOp::method),
        op::BINARY_OP_MULTI => BinaryOp::from_index(index).map(|op| match op {
            BinaryOp::InplaceAdd | BinaryOp::InplaceSubtract => op.method(),
            _ if (BinaryOp::InplaceOr as u8..=BinaryOp::InplacePower as u8).contains(&index) => "",
            _ => op.method(),
        }),
        _ => None,
    }
}
