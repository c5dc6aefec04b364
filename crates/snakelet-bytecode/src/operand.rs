//! Instructions in and out of bytes: the decoder, its iterator, and the encoder's building blocks.
//!
//! Numbers are written seven bits a byte, the most significant first, with bit 7 set on all but
//! the last. Decoding accepts only the shortest form, as every compiler writes it; the interpreter
//! can then rely on a verified number's length. Jumps are the exception: they take one byte or
//! two, and both forms are in use.

use crate::opcode::{Count, OpInfo, Operand, info, op};

/// Why bytes are not an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes end within the instruction.
    Truncated,
    /// No opcode has this byte.
    UnknownOpcode,
    /// A number is too large or not in its shortest form.
    BadNumber,
}

/// A decoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Where it begins, in bytes from the start of the code.
    pub offset: usize,
    /// Where the next one begins.
    pub next: usize,
    /// The opcode's byte.
    pub byte: u8,
    /// The opcode's line in the table.
    pub info: &'static OpInfo,
    /// The operand: a number, an index, or for jumps the offset of the target, which can lie
    /// outside of the code. Zero where there is none.
    pub arg: i64,
    /// The operand's extra byte, zero where there is none.
    pub extra: u8,
}

impl Instruction {
    /// Decodes the instruction at an offset.
    ///
    /// # Errors
    /// See [`DecodeError`]; an offset at or past the end counts as truncated.
    pub fn decode(code: &[u8], offset: usize) -> Result<Instruction, DecodeError> {
        let byte = *code.get(offset).ok_or(DecodeError::Truncated)?;
        let info = info(byte).ok_or(DecodeError::UnknownOpcode)?;
        let mut bytes = Bytes { bytes: code, at: offset + 1 };
        let mut extra = 0;
        let arg = match info.operand {
            Operand::None => 0,
            Operand::Implied(base) => i64::from(byte - info.first) + i64::from(base),
            Operand::Qstr
            | Operand::Uint
            | Operand::Object
            | Operand::Local
            | Operand::Child
            | Operand::Call => i64::from(bytes.uint()?),
            Operand::Int => bytes.int()?,
            Operand::ChildCells => {
                let child = bytes.uint()?;
                extra = bytes.byte()?;
                i64::from(child)
            }
            Operand::Jump => bytes.jump(0x40, 0x4000)? + bytes.at as i64,
            Operand::JumpForward => bytes.jump(0, 0)? + bytes.at as i64,
            Operand::JumpUnwind => {
                let target = bytes.jump(0x40, 0x4000)? + bytes.at as i64;
                extra = bytes.byte()?;
                target
            }
        };
        Ok(Instruction { offset, next: bytes.at, byte, info, arg, extra })
    }

    /// Returns how many slots it takes from the stack.
    pub fn pops(&self) -> usize {
        self.count(self.info.pops)
    }

    /// Returns how many slots it leaves on the stack when control goes to the next instruction.
    pub fn pushes(&self) -> usize {
        self.count(self.info.pushes)
    }

    fn count(&self, count: Count) -> usize {
        let arg = self.arg as usize;
        match count {
            Count::Fixed(count) => usize::from(count),
            Count::Operand => arg,
            Count::Arguments(more) => (arg & 0xff) + 2 * (arg >> 8) + usize::from(more),
            Count::Cells(more) => usize::from(self.extra) + usize::from(more),
            Count::Starred => (arg & 0xff) + (arg >> 8) + 1,
            Count::Element => 1 + usize::from(arg & 3 == 1),
        }
    }

    /// Whether the operand is a jump's target.
    pub fn jumps(&self) -> bool {
        matches!(self.info.operand, Operand::Jump | Operand::JumpForward | Operand::JumpUnwind)
    }
}

/// Walks over the instructions of a function's code. After an error it ends.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    code: &'a [u8],
    at: usize,
}

impl<'a> Instructions<'a> {
    /// Starts at the first byte of `code`.
    pub fn new(code: &'a [u8]) -> Instructions<'a> {
        Instructions { code, at: 0 }
    }
}

impl Iterator for Instructions<'_> {
    type Item = Result<Instruction, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.code.len() {
            return None;
        }
        let decoded = Instruction::decode(self.code, self.at);
        self.at = match decoded {
            Ok(instruction) => instruction.next,
            Err(_) => self.code.len(),
        };
        Some(decoded)
    }
}

/// A place in a sequence of bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
}

impl Bytes<'_> {
    #[inline(always)]
    pub(crate) fn byte(&mut self) -> Result<u8, DecodeError> {
        let byte = *self.bytes.get(self.at).ok_or(DecodeError::Truncated)?;
        self.at += 1;
        Ok(byte)
    }

    pub(crate) fn uint(&mut self) -> Result<u32, DecodeError> {
        let mut byte = self.byte()?;
        if byte == 0x80 {
            return Err(DecodeError::BadNumber);
        }
        let mut value = u32::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = self.byte()?;
            if value >= 1 << 25 {
                return Err(DecodeError::BadNumber);
            }
            value = value << 7 | u32::from(byte & 0x7f);
        }
        Ok(value)
    }

    fn int(&mut self) -> Result<i64, DecodeError> {
        let mut byte = self.byte()?;
        // Bit 6 of the first byte is the sign.
        let mut value = (i64::from(byte & 0x7f) ^ 0x40) - 0x40;
        let mut first = Some(value);
        while byte & 0x80 != 0 {
            byte = self.byte()?;
            // A first byte that only repeats the sign bit of the second could be left out.
            let redundant = first.take().is_some_and(|first| {
                first == 0 && byte & 0x40 == 0 || first == -1 && byte & 0x40 != 0
            });
            if redundant || !(-(1 << 56)..1 << 56).contains(&value) {
                return Err(DecodeError::BadNumber);
            }
            value = value << 7 | i64::from(byte & 0x7f);
        }
        Ok(value)
    }

    fn jump(&mut self, short_bias: i64, long_bias: i64) -> Result<i64, DecodeError> {
        let low = self.byte()?;
        if low & 0x80 == 0 {
            return Ok(i64::from(low) - short_bias);
        }
        let high = self.byte()?;
        Ok((i64::from(low & 0x7f) | i64::from(high) << 7) - long_bias)
    }
}

/// The bytes of one instruction or number, as the encoding functions return them.
///
/// ```
/// use snakelet_bytecode::{encode_uint, Encoded, op};
/// assert_eq!(encode_uint(200)[..], [0x81, 0x48]);
/// assert_eq!(Encoded::with_uint(op::LOAD_GLOBAL, 5)[..], [0x12, 5]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    bytes: [u8; Encoded::MAX],
    len: u8,
}

impl Encoded {
    /// The longest encoding of anything.
    const MAX: usize = 20;

    pub(crate) fn new() -> Encoded {
        Encoded { bytes: [0; Encoded::MAX], len: 0 }
    }

    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(usize::from(self.len)) {
            *place = byte;
            self.len += 1;
        }
    }

    fn extend(mut self, bytes: &[u8]) -> Encoded {
        for byte in bytes {
            self.push(*byte);
        }
        self
    }

    /// Encodes an instruction that has no operand, or carries it in its byte.
    pub fn plain(byte: u8) -> Encoded {
        Encoded::new().extend(&[byte])
    }

    /// Encodes an instruction with an unsigned number or an index.
    pub fn with_uint(byte: u8, value: u32) -> Encoded {
        Encoded::plain(byte).extend(&encode_uint(value))
    }

    /// Encodes an instruction that makes a closure over `cells` cells.
    pub fn with_cells(byte: u8, child: u32, cells: u8) -> Encoded {
        Encoded::with_uint(byte, child).extend(&[cells])
    }

    /// Encodes the shortest instruction that loads a small int.
    pub fn load_small_int(value: i64) -> Encoded {
        match value {
            -16..48 => {
                Encoded::plain((i64::from(op::LOAD_CONST_SMALL_INT_MULTI) + 16 + value) as u8)
            }
            _ => Encoded::plain(op::LOAD_CONST_SMALL_INT).extend(&encode_int(value)),
        }
    }

    /// Encodes the shortest instruction that loads a local variable.
    pub fn load_fast(local: u32) -> Encoded {
        match local {
            0..16 => Encoded::plain(op::LOAD_FAST_MULTI + local as u8),
            _ => Encoded::with_uint(op::LOAD_FAST_N, local),
        }
    }

    /// Encodes the shortest instruction that stores a local variable.
    pub fn store_fast(local: u32) -> Encoded {
        match local {
            0..16 => Encoded::plain(op::STORE_FAST_MULTI + local as u8),
            _ => Encoded::with_uint(op::STORE_FAST_N, local),
        }
    }

    /// Encodes a jump that lies at `offset` and goes to `target`, with its offset in one byte or
    /// in two (`wide`). An [`op::UNWIND_JUMP`]'s extra byte follows and is not part of it.
    ///
    /// Returns `None` if the distance does not fit that form.
    pub fn jump(byte: u8, offset: usize, target: usize, wide: bool) -> Option<Encoded> {
        let signed = byte <= op::POP_JUMP_IF_FALSE;
        let end = i64::try_from(offset).ok()? + if wide { 3 } else { 2 };
        let distance = i64::try_from(target).ok()? - end;
        let biased = match (signed, wide) {
            (true, false) => distance + 0x40,
            (true, true) => distance + 0x4000,
            (false, _) => distance,
        };
        let jump = Encoded::plain(byte);
        match (wide, biased) {
            (false, 0..0x80) => Some(jump.extend(&[biased as u8])),
            (true, 0..0x8000) => {
                Some(jump.extend(&[0x80 | (biased & 0x7f) as u8, (biased >> 7) as u8]))
            }
            _ => None,
        }
    }
}

impl core::ops::Deref for Encoded {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&[])
    }
}

/// Encodes an unsigned number.
pub fn encode_uint(value: u32) -> Encoded {
    let mut encoded = Encoded::new();
    let groups = (32 - value.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let more = if group == 0 { 0 } else { 0x80 };
        encoded.push(more | (value >> (7 * group)) as u8 & 0x7f);
    }
    encoded
}

/// Encodes a signed number.
pub fn encode_int(value: i64) -> Encoded {
    let mut encoded = Encoded::new();
    // The bits that differ from the sign, and one that shows it.
    let bits = 65 - (value ^ (value >> 63)).leading_zeros();
    for group in (0..bits.div_ceil(7)).rev() {
        let more = if group == 0 { 0 } else { 0x80 };
        encoded.push(more | (value >> (7 * group)) as u8 & 0x7f);
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode_one(bytes: &[u8]) -> Result<Instruction, DecodeError> {
        let instruction = Instruction::decode(bytes, 0)?;
        assert_eq!(instruction.next, bytes.len(), "all bytes belong to the instruction");
        Ok(instruction)
    }

    proptest! {
        #[test]
        fn unsigned_operands_survive(value: u32) {
            let bytes = Encoded::with_uint(op::LOAD_FAST_N, value);
            prop_assert_eq!(decode_one(&bytes).map(|i| i.arg), Ok(i64::from(value)));
        }

        #[test]
        fn small_ints_survive(value: i64, shift in 0..64u32) {
            let value = value >> shift;
            let bytes = Encoded::load_small_int(value);
            prop_assert_eq!(decode_one(&bytes).map(|i| i.arg), Ok(value));
        }

        #[test]
        fn jumps_survive(offset in 0..40_000usize, distance in -0x4000..0x4000i64, kind in 0..3usize) {
            let byte = [op::JUMP, op::FOR_ITER, op::POP_JUMP_IF_TRUE][kind];
            let target = offset as i64 + 3 + distance;
            prop_assume!(target >= 0);
            for wide in [false, true] {
                let Some(jump) = Encoded::jump(byte, offset, target as usize, wide) else { continue };
                let mut code = std::vec![op::POP_TOP; offset];
                code.extend_from_slice(&jump);
                prop_assert_eq!(Instruction::decode(&code, offset).map(|i| i.arg), Ok(target));
            }
        }

        #[test]
        fn decoding_never_panics(code: std::vec::Vec<u8>) {
            for instruction in Instructions::new(&code).flatten() {
                prop_assert!(instruction.next > instruction.offset);
                prop_assert!(instruction.next <= code.len());
            }
        }
    }

    extern crate std;

    #[test]
    fn small_ints_take_the_shortest_form() {
        let lengths = [(-17, 2), (-16, 1), (47, 1), (48, 2), (63, 2), (64, 3), (-64, 2), (-65, 3)];
        for (value, len) in lengths {
            assert_eq!(Encoded::load_small_int(value).len(), len, "{value}");
        }
        assert_eq!(encode_int(i64::MIN).len(), 10);
    }

    #[test]
    fn overlong_numbers_are_refused() {
        let overlong: [&[u8]; 4] = [
            &[op::LOAD_FAST_N, 0x80, 0x01],
            &[op::LOAD_CONST_SMALL_INT, 0x80, 0x01],
            &[op::LOAD_CONST_SMALL_INT, 0xff, 0x7f],
            &[op::LOAD_FAST_N, 0x90, 0x80, 0x80, 0x80, 0x00],
        ];
        for bytes in overlong {
            assert_eq!(decode_one(bytes), Err(DecodeError::BadNumber), "{bytes:x?}");
        }
    }

    #[test]
    fn a_cut_instruction_is_truncated() {
        let code = [op::MAKE_CLOSURE, 0x81, 0x02, 0x03];
        assert_eq!(decode_one(&code).map(|i| (i.arg, i.extra)), Ok((0x82, 3)));
        for end in 0..code.len() {
            assert_eq!(decode_one(&code[..end]), Err(DecodeError::Truncated));
        }
    }
}
