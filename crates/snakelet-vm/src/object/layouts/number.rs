//! Numbers that do not fit a word.

use snakelet_num::bigint::Limb;

use super::{Header, Kind, Word, new_header};

/// A float that does not fit a word.
#[repr(C)]
pub(crate) struct FloatBox {
    header: Header,
    value: f64,
}

impl FloatBox {
    pub(crate) const OFFSET: usize = core::mem::offset_of!(FloatBox, value);
    pub(crate) fn get(&self) -> f64 {
        self.value
    }
}

/// A complex number.
#[repr(C)]
pub(crate) struct ComplexBox {
    header: Header,
    /// Real part.
    pub(crate) re: f64,
    /// Imaginary part.
    pub(crate) im: f64,
}

/// A big int: aux is the number of limbs shifted left by one, with the sign in bit 0.
#[repr(C)]
pub(crate) struct BigInt {
    header: Header,
}

impl BigInt {
    /// The header of one with so many limbs.
    pub(crate) fn header(negative: bool, limbs: usize) -> Word {
        new_header(Kind::BigInt, limbs << 1 | usize::from(negative))
    }
    /// Its value.
    pub(crate) fn int(&self) -> snakelet_num::bigint::Int<'_> {
        snakelet_num::bigint::Int::of_trimmed(self.is_negative(), self.limbs())
    }
    /// Whether it is below zero.
    pub(crate) fn is_negative(&self) -> bool {
        self.header.aux() & 1 != 0
    }
    /// The magnitude, least significant limb first; the last limb is not zero.
    pub(crate) fn limbs(&self) -> &[Limb] {
        let n = self.header.aux() >> 1;
        // SAFETY: the object was allocated with room for the limbs its header counts.
        unsafe { core::slice::from_raw_parts(core::ptr::from_ref(self).add(1).cast::<Limb>(), n) }
    }
}
