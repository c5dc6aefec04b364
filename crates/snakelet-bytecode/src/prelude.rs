//! The prelude of a function: what precedes its instructions.
//!
//! ```text
//! signature   n_state - 1, n_exc_stack, flags and argument counts, their bits interleaved
//! sizes       n_info and n_cells, their bits interleaved
//! n_info      the function's name, the arguments' names, then the line table
//! n_cells     the locals, a byte each, that the function keeps in cells
//! code        instructions, up to the end of the function's data
//! ```
//!
//! Names are indices into the module's table of strings. Interleaving keeps the usual function's
//! signature in one byte or two. The format is that of MicroPython's `py/bc.h`.

use crate::lines::LineTable;
use crate::operand::{Bytes, DecodeError, Encoded};

/// How a function is called and what room it needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Locals and stack, in values; at least one.
    pub n_state: u16,
    /// Exception blocks that are open at once.
    pub n_exc_stack: u16,
    /// [`Signature::GENERATOR`] and the like.
    pub flags: u8,
    /// Arguments that can be given by position, closed-over cells first.
    pub n_pos_args: u16,
    /// Arguments that can be given by name only.
    pub n_kwonly_args: u16,
    /// Positional arguments that have a default.
    pub n_def_pos_args: u16,
}

impl Signature {
    /// Flag: a call makes a generator.
    pub const GENERATOR: u8 = 1;
    /// Flag: takes `**kwargs`.
    pub const VAR_KEYWORDS: u8 = 2;
    /// Flag: takes `*args`.
    pub const VAR_ARGS: u8 = 4;
    /// Flag: some keyword-only arguments have defaults.
    pub const DEF_KEYWORDS: u8 = 8;

    /// Returns how many locals the arguments take, `*args` and `**kwargs` included.
    pub fn n_arg_locals(&self) -> u32 {
        u32::from(self.n_pos_args)
            + u32::from(self.n_kwonly_args)
            + u32::from(self.flags & Signature::VAR_ARGS != 0)
            + u32::from(self.flags & Signature::VAR_KEYWORDS != 0)
    }

    /// Encodes it; no state at all is written as a state of one.
    pub fn encode(&self) -> Encoded {
        let mut out = Encoded::new();
        let (mut s, mut e) = (self.n_state.saturating_sub(1), self.n_exc_stack);
        let (mut f, mut a) = (self.flags & 0xf, self.n_pos_args);
        let (mut k, mut d) = (self.n_kwonly_args, self.n_def_pos_args);
        // xSSSSEAA
        let mut byte = (s & 0xf) << 3 | (e & 1) << 2 | a & 3;
        (s, e, a) = (s >> 4, e >> 1, a >> 2);
        while s | e | u16::from(f) | a | k | d != 0 {
            out.push(byte as u8 | 0x80);
            // xFSSKAED
            byte = u16::from(f & 1) << 6 | (s & 3) << 4 | (k & 1) << 3 | (a & 1) << 2;
            byte |= (e & 1) << 1 | d & 1;
            (s, e, f, a, k, d) = (s >> 2, e >> 1, f >> 1, a >> 1, k >> 1, d >> 1);
        }
        out.push(byte as u8);
        out
    }

    fn decode(bytes: &mut Bytes<'_>) -> Result<Signature, DecodeError> {
        let mut byte = u32::from(bytes.byte()?);
        let (mut s, mut e, mut a) = (byte >> 3 & 0xf, byte >> 2 & 1, byte & 3);
        let (mut f, mut k, mut d) = (0, 0, 0);
        let mut n = 0;
        while byte & 0x80 != 0 {
            byte = u32::from(bytes.byte()?);
            // Sixteen more bits of each is what the counts can hold.
            if n == 16 || n > 6 && byte >> 4 & 3 != 0 {
                return Err(DecodeError::BadNumber);
            }
            s |= (byte >> 4 & 3) << (2 * n.min(6) + 4);
            e |= (byte >> 1 & 1) << (n + 1);
            f |= (byte >> 6 & 1) << n;
            a |= (byte >> 2 & 1) << (n + 2);
            k |= (byte >> 3 & 1) << n;
            d |= (byte & 1) << n;
            n += 1;
        }
        let narrow = |count: u32| u16::try_from(count).map_err(|_| DecodeError::BadNumber);
        let signature = Signature {
            n_state: narrow(s + 1)?,
            n_exc_stack: narrow(e)?,
            flags: u8::try_from(f).ok().filter(|f| *f < 16).ok_or(DecodeError::BadNumber)?,
            n_pos_args: narrow(a)?,
            n_kwonly_args: narrow(k)?,
            n_def_pos_args: narrow(d)?,
        };
        Ok(signature)
    }
}

/// Encodes the sizes of the info section and the cell section.
pub fn encode_sizes(mut n_info: u32, mut n_cells: u16) -> Encoded {
    let mut out = Encoded::new();
    loop {
        // xIIIIIIC
        let byte = ((n_info & 0x3f) << 1) as u8 | (n_cells & 1) as u8;
        (n_info, n_cells) = (n_info >> 6, n_cells >> 1);
        if n_info == 0 && n_cells == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

fn decode_sizes(bytes: &mut Bytes<'_>) -> Result<(usize, usize), DecodeError> {
    let (mut n_info, mut n_cells) = (0usize, 0usize);
    // Five groups hold any size that this crate accepts, nine the 256 locals a cell can be.
    for n in 0..9 {
        let byte = bytes.byte()?;
        let info = usize::from(byte >> 1 & 0x3f);
        if n >= 5 && info != 0 {
            return Err(DecodeError::BadNumber);
        }
        n_info |= info << (6 * n.min(4));
        n_cells |= usize::from(byte & 1) << n;
        if byte & 0x80 == 0 {
            return Ok((n_info, n_cells));
        }
    }
    Err(DecodeError::BadNumber)
}

/// A function's data, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prelude<'a> {
    /// How it is called and what room it needs.
    pub signature: Signature,
    /// The index of its name.
    pub name: u32,
    /// The locals to be put in cells before it runs.
    pub cells: &'a [u8],
    /// Which instructions belong to which line.
    pub lines: LineTable<'a>,
    /// Its instructions.
    pub code: &'a [u8],
    /// Where the instructions begin in the function's data.
    pub code_start: usize,
    arg_names: &'a [u8],
}

impl<'a> Prelude<'a> {
    /// Takes a function's data apart.
    ///
    /// # Errors
    /// If the data end too early, or a size or index is out of the format's range. Whether the
    /// indices exist and the cells are locals is for [`verify`](crate::verify()) to say.
    pub fn decode(data: &'a [u8]) -> Result<Prelude<'a>, DecodeError> {
        let mut bytes = Bytes { bytes: data, at: 0 };
        let signature = Signature::decode(&mut bytes)?;
        let (n_info, n_cells) = decode_sizes(&mut bytes)?;
        let rest = data.get(bytes.at..).ok_or(DecodeError::Truncated)?;
        let (info, rest) = rest.split_at_checked(n_info).ok_or(DecodeError::Truncated)?;
        let (cells, code) = rest.split_at_checked(n_cells).ok_or(DecodeError::Truncated)?;

        let mut names = Bytes { bytes: info, at: 0 };
        let name = names.uint()?;
        let args_start = names.at;
        for _ in 0..u32::from(signature.n_pos_args) + u32::from(signature.n_kwonly_args) {
            names.uint()?;
        }
        let (names, lines) = info.split_at_checked(names.at).ok_or(DecodeError::Truncated)?;
        Ok(Prelude {
            signature,
            name,
            cells,
            lines: LineTable::new(lines),
            code,
            code_start: data.len() - code.len(),
            arg_names: names.get(args_start..).unwrap_or(&[]),
        })
    }

    /// Returns the indices of the argument names: first those that can be given by position, then
    /// the keyword-only ones.
    pub fn arg_names(&self) -> ArgNames<'a> {
        ArgNames(Bytes { bytes: self.arg_names, at: 0 })
    }
}

/// The indices of a function's argument names, in order.
#[derive(Clone, Debug)]
pub struct ArgNames<'a>(Bytes<'a>);

impl Iterator for ArgNames<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.0.uint().ok()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::encode_uint;
    use proptest::prelude::*;
    use std::vec::Vec;

    proptest! {
        #[test]
        fn signatures_survive(
            n_state in 1..u16::MAX, n_exc_stack: u16, flags in 0..16u8, n_pos_args: u16,
            n_kwonly_args: u16, n_def_pos_args: u16, shift in 0..16u32,
        ) {
            let signature = Signature {
                n_state: (n_state >> shift).max(1),
                n_exc_stack: n_exc_stack >> shift,
                flags,
                n_pos_args: n_pos_args >> shift,
                n_kwonly_args: n_kwonly_args >> shift,
                n_def_pos_args: n_def_pos_args >> shift,
            };
            let bytes = signature.encode();
            let mut at = Bytes { bytes: &bytes, at: 0 };
            prop_assert_eq!(Signature::decode(&mut at), Ok(signature));
            prop_assert_eq!(at.at, bytes.len());
        }

        #[test]
        fn sizes_survive(n_info in 0..1u32 << 30, n_cells in 0..256u16, shift in 0..30u32) {
            let bytes = encode_sizes(n_info >> shift, n_cells);
            let mut at = Bytes { bytes: &bytes, at: 0 };
            let sizes = ((n_info >> shift) as usize, usize::from(n_cells));
            prop_assert_eq!(decode_sizes(&mut at), Ok(sizes));
        }

        #[test]
        fn decoding_never_panics(data: Vec<u8>) {
            let _ = Prelude::decode(&data);
        }

        #[test]
        fn the_parts_of_a_prelude_are_found(
            name in 0..5000u32, args in prop::collection::vec(0..5000u32, 0..6),
            lines: Vec<u8>, cells in prop::collection::vec(0..5u8, 0..4), code: Vec<u8>,
        ) {
            let mut info = encode_uint(name).to_vec();
            for arg in &args {
                info.extend_from_slice(&encode_uint(*arg));
            }
            info.extend_from_slice(&lines);
            let signature =
                Signature { n_state: 9, n_pos_args: args.len() as u16, ..Signature::default() };
            let mut data = signature.encode().to_vec();
            data.extend_from_slice(&encode_sizes(info.len() as u32, cells.len() as u16));
            data.extend_from_slice(&info);
            data.extend_from_slice(&cells);
            data.extend_from_slice(&code);

            let prelude = Prelude::decode(&data).unwrap();
            prop_assert_eq!(prelude.signature, signature);
            prop_assert_eq!(prelude.name, name);
            prop_assert_eq!(prelude.arg_names().collect::<Vec<_>>(), args);
            prop_assert_eq!(prelude.lines, LineTable::new(&lines));
            prop_assert_eq!(prelude.cells, cells);
            prop_assert_eq!(prelude.code, &code[..]);
            prop_assert_eq!(&data[prelude.code_start..], &code[..]);
        }
    }

    #[test]
    fn a_module_without_arguments_has_a_signature_of_one_byte() {
        let signature = Signature { n_state: 3, ..Signature::default() };
        assert_eq!(signature.encode()[..], [0x10]);
    }

    #[test]
    fn endless_signatures_and_sizes_are_refused() {
        let endless = [0x80; 40];
        assert_eq!(Prelude::decode(&endless), Err(DecodeError::BadNumber));
        let mut data = std::vec![0x08];
        data.extend_from_slice(&endless);
        assert_eq!(Prelude::decode(&data), Err(DecodeError::BadNumber));
    }
}
