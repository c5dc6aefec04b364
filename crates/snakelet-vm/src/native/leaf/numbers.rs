//! The numbers that a leaf makes.

#![allow(unsafe_code)] // fills fresh objects

use core::mem::{MaybeUninit, offset_of};
use core::ptr::NonNull;
use core::slice;

use snakelet_num::bigint::{Error, Int, LIMB_BITS, Limb, SMALL_LIMBS, Small, Written};

use crate::exception::classes::{OVERFLOW_ERROR, ZERO_DIVISION_ERROR};
use crate::native::leaf::{Answer, Gc, Leaf, Leave, Obj, Request};
use crate::object::value::{SWord, Word, raw};
use crate::object::{
    BigInt, ComplexBox, FloatBox, Kind, TupleObj, header, new_header, words_of, words_with_bytes,
};

/// Holds the sum or product of two machine words.
#[cfg(target_pointer_width = "64")]
pub(crate) type Wide = i128;
/// Holds the sum or product of two machine words.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) type Wide = i64;

/// Limbs of a result that is computed on the native stack.
const STACK_LIMBS: usize = 512 / LIMB_BITS;
/// Limbs that are cleared at a time there.
const CHUNK: usize = 4;
const _: () = assert!(STACK_LIMBS.is_multiple_of(CHUNK));

/// Words in a block of the heap.
const BLOCK_WORDS: usize = snakelet_gc::BLOCK / size_of::<Word>();

/// Words of an int of so many limbs.
#[inline(always)]
const fn words_of_int(limbs: usize) -> usize {
    words_with_bytes::<BigInt>(limbs * size_of::<Limb>())
}

/// The int that fits a word, if this one does.
#[inline(always)]
fn small_of<'h>(int: Int<'_>) -> Option<Obj<'h>> {
    let i = match *int.magnitude() {
        [] => 0,
        [limb] if int.is_negative() => 0isize.checked_sub_unsigned(limb as usize)?,
        [limb] => SWord::try_from(limb).ok()?,
        _ => return None,
    };
    Obj::small_int(i)
}

/// An int in the making: nobody else refers to it.
struct FreshInt {
    at: NonNull<Word>,
    capacity: usize,
}

impl FreshInt {
    /// Its limbs, which are zero at first.
    fn limbs(&mut self) -> &mut [Limb] {
        // SAFETY: the object was allocated with room for so many limbs behind its header, and zeroed;
        // nobody else refers to it.
        unsafe { slice::from_raw_parts_mut(self.at.add(1).cast::<Limb>().as_ptr(), self.capacity) }
    }

    /// The int whose limbs were written. What it does not need is given back.
    fn finish<'h>(mut self, cx: Leaf<'h>, written: Written) -> Obj<'h> {
        let int = written.int(self.limbs());
        let heap = &cx.vm().heap;
        if let Some(small) = small_of(int) {
            // SAFETY: nobody refers to it.
            unsafe { heap.release(self.at) };
            return small;
        }
        let (negative, len) = (int.is_negative(), int.magnitude().len());
        let words = words_of_int(len);
        if words.div_ceil(BLOCK_WORDS) < words_of_int(self.capacity).div_ceil(BLOCK_WORDS) {
            // SAFETY: nobody refers to it.
            unsafe { heap.shrink(self.at, words) };
        }
        self.with(negative, len)
    }

    /// The int, of so many limbs.
    #[inline(always)]
    fn with<'h>(self, negative: bool, len: usize) -> Obj<'h> {
        debug_assert!(len <= self.capacity);
        // SAFETY: it is an object in the heap with so many limbs, and zeroed where it was not written.
        // From here on it is an int like others, that lives until something is collected, which takes
        // the interpreter exclusively, but it is shared through `'h`.
        unsafe {
            self.at.write(BigInt::header(negative, len));
            Gc::new(self.at.cast::<BigInt>().as_ref()).obj()
        }
    }
}

/// What writes the limbs of an int: a closure, without the parts of a `dyn FnMut` that nobody calls.
trait Calculation {
    fn write(&mut self, out: &mut [Limb]) -> Result<Written, Error>;
}

impl<F: FnMut(&mut [Limb]) -> Result<Written, Error>> Calculation for F {
    fn write(&mut self, out: &mut [Limb]) -> Result<Written, Error> {
        self(out)
    }
}

impl<'h> Leaf<'h> {
    /// Allocates an object of one block.
    #[inline(always)]
    fn block(self, header: Word) -> Result<NonNull<Word>, Leave> {
        match self.vm().heap.allocate_block(header) {
            Some(at) => {
                at.as_ptr().expose_provenance();
                Ok(at)
            }
            None => self.words(header, 1),
        }
    }

    /// Makes a float.
    ///
    /// # Errors
    /// As for all functions here: room is asked for.
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    pub fn float(self, f: f64) -> Answer<'h> {
        crate::types::float::supported(self)?;
        const { assert!(words_of::<FloatBox>(0) * size_of::<Word>() <= snakelet_gc::BLOCK) };
        if let Some(obj) = Obj::small_float(f) {
            return Ok(obj);
        }
        let at = self.block(new_header(Kind::Float, 0))?;
        // SAFETY: the field lies inside the object, to which nothing refers yet.
        unsafe {
            at.cast::<u8>().add(FloatBox::OFFSET).cast::<f64>().write(raw::rounded(f));
            Ok(Gc::new(at.cast::<FloatBox>().as_ref()).obj())
        }
    }

    /// Makes a complex number of its real and its imaginary part.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn complex(self, (re, im): (f64, f64)) -> Answer<'h> {
        crate::types::complex::supported(self)?;
        let at = self.words(new_header(Kind::Complex, 0), words_of::<ComplexBox>(0))?;
        let field = |offset| {
            // SAFETY: callers give offsets of fields that are floats.
            unsafe { at.cast::<u8>().add(offset).cast::<f64>() }
        };
        // SAFETY: the fields lie inside the object, to which nothing refers yet.
        unsafe {
            field(offset_of!(ComplexBox, re)).write(raw::rounded(re));
            field(offset_of!(ComplexBox, im)).write(raw::rounded(im));
            Ok(Gc::new(at.cast::<ComplexBox>().as_ref()).obj())
        }
    }

    /// Makes a tuple of two.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn pair(self, first: Obj<'h>, second: Obj<'h>) -> Answer<'h> {
        let pair = self.allocate::<TupleObj>(Kind::Tuple, 2, words_of::<TupleObj>(2))?;
        for (slot, item) in pair.items().iter().zip([first, second]) {
            slot.set(item.value());
        }
        Ok(pair.obj())
    }

    /// Makes an int.
    pub(crate) fn wide(self, i: Wide) -> Answer<'h> {
        if let Ok(small) = SWord::try_from(i)
            && let Some(obj) = Obj::small_int(small)
        {
            return Ok(obj);
        }
        let magnitude = i.unsigned_abs();
        let limbs = [magnitude as Limb, (magnitude >> LIMB_BITS) as Limb];
        self.int_of(Int::new(i < 0, &limbs))
    }

    /// Makes an int.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn uint(self, i: u64) -> Answer<'h> {
        self.int_of(Small::from(i).int())
    }

    /// Makes an int that is the same as another one.
    ///
    /// # Errors
    /// Room is asked for.
    #[inline(never)]
    pub fn int_of(self, int: Int<'_>) -> Answer<'h> {
        if let Some(small) = small_of(int) {
            return Ok(small);
        }
        let from = int.magnitude();
        if cfg!(not(feature = "bigint")) && from.len() > SMALL_LIMBS {
            return Err(self.int_error(Error::Overflow));
        }
        let mut new = self.fresh_int(from.len())?;
        for (to, from) in new.limbs().iter_mut().zip(from) {
            *to = *from;
        }
        Ok(new.with(int.is_negative(), from.len()))
    }

    /// Makes an int that `compute` writes into as many limbs as it needs.
    ///
    /// # Errors
    /// Those of the calculation.
    #[inline(always)]
    pub(crate) fn int_by(
        self,
        limbs: usize,
        mut compute: impl FnMut(&mut [Limb]) -> Result<Written, Error>,
    ) -> Answer<'h> {
        self.int_by_any(limbs, &mut compute)
    }

    #[inline(never)]
    fn int_by_any(self, limbs: usize, calculation: &mut dyn Calculation) -> Answer<'h> {
        self.int_with(limbs, |out| calculation.write(out))
    }

    /// The same, compiled for one calculation.
    #[inline(always)]
    pub(crate) fn int_with(
        self,
        limbs: usize,
        compute: impl FnOnce(&mut [Limb]) -> Result<Written, Error>,
    ) -> Answer<'h> {
        if limbs <= STACK_LIMBS {
            let mut out = [const { MaybeUninit::<[Limb; CHUNK]>::uninit() }; STACK_LIMBS / CHUNK];
            // by chunks, and no more than are needed: most ints are short
            for chunk in out.iter_mut().take(limbs.div_ceil(CHUNK)) {
                chunk.write([0; CHUNK]);
            }
            // SAFETY: at least so many limbs were written, and the array is as long.
            let out = unsafe { slice::from_raw_parts_mut(out.as_mut_ptr().cast::<Limb>(), limbs) };
            return match compute(out) {
                Ok(written) => self.int_of(written.int(out)),
                Err(error) => Err(self.int_error(error)),
            };
        }
        if cfg!(not(feature = "bigint")) {
            return Err(self.int_error(Error::Overflow));
        }
        let mut new = self.fresh_int(limbs)?;
        match compute(new.limbs()) {
            Ok(written) => Ok(new.finish(self, written)),
            Err(error) => Err(self.int_error(error)),
        }
    }

    /// Makes room for an int of at most so many limbs.
    #[inline(always)]
    fn fresh_int(self, capacity: usize) -> Result<FreshInt, Leave> {
        if capacity > header::AUX_MAX >> 1 {
            return Err(self.no_room(usize::MAX));
        }
        let words = words_of_int(capacity);
        let at = self.words(BigInt::header(false, 0), words)?;
        Ok(FreshInt { at, capacity })
    }

    /// What an error of a calculation with ints raises.
    #[cold]
    #[inline(never)]
    pub(crate) fn int_error(self, error: Error) -> Leave {
        match error {
            Error::ZeroDivision => self.zero_division(),
            Error::Overflow => self.raise(&OVERFLOW_ERROR, "int too big to convert"),
            Error::Stopped => self.ask(Request::Poll),
            _ => self.no_room(usize::MAX),
        }
    }

    /// Raises the error for dividing by zero.
    #[cold]
    #[inline(never)]
    pub fn zero_division(self) -> Leave {
        self.raise(&ZERO_DIVISION_ERROR, "divide by zero")
    }
}
