//! Hashes and equality of values.
//!
//! A hash that needs no Python code is *simple*. Tables fold every hash to 20 bits.

use snakelet_num::bigint;

use crate::exception::classes;
use crate::object::value::{SWord, Value};
use crate::object::{BigInt, Kind, StrObj};
use crate::types::complex::{self, Parts};
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Bytes from which on texts are charged when they are compared.
const LONG: usize = 64;

/// Folds a hash to the 20 bits that tables keep; never 0.
pub(crate) const fn fold(hash: SWord) -> u32 {
    let h = hash as usize;
    #[cfg(target_pointer_width = "64")]
    let h = h ^ (h >> 32);
    // a multiplication spreads runs of small ints and aligned addresses over the table
    let h = (h as u32).wrapping_mul(0x9e37_79b1);
    let h = h >> 12;
    if h == 0 { 1 } else { h }
}

/// The hash of a float: that of the int that equals it, if there is one.
pub(crate) fn float_hash(value: f64) -> SWord {
    // ints of a word are their own hash
    let int = value as SWord;
    if Value::small_int(int).is_some() && int as f64 == value {
        int
    } else {
        bigint::hash_f64(value)
    }
}

impl Vm {
    /// The table hash of a value whose hash needs no Python code; `None` otherwise.
    // not torn into pieces that other functions have, too: see `Run::dispatch`
    #[cfg_attr(target_os = "none", allow(unsafe_code, reason = "a section of its own"))]
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[inline]
    pub(crate) fn simple_hash(&self, value: Value<'_>) -> Option<u32> {
        if let Some(q) = value.as_qstr() {
            return Some(self.qstr_hash(q));
        }
        if let Some(i) = value.as_small_int() {
            return Some(fold(i));
        }
        if let Some(text) = value.cast::<StrObj>() {
            let hash = text.hash();
            if hash != 0 {
                return Some(hash);
            }
        }
        self.simple_hash_other(value)
    }

    // no part of the short way, which needs no room on the machine's stack then
    #[inline(never)]
    fn simple_hash_other(&self, value: Value<'_>) -> Option<u32> {
        if let Some(b) = value.as_bool() {
            return Some(fold(b as SWord));
        }
        if let Some(h) = self.hash_of_str(value) {
            return Some(h);
        }
        if let Some(f) = value.as_float() {
            return Some(fold(float_hash(f)));
        }
        match value.ref_kind() {
            None => Some(fold(value.word() as SWord)),
            Some(Kind::BigInt) => {
                let b = value.cast::<BigInt>()?;
                self.charge_bytes_later(2 * size_of_val(b.limbs()));
                Some(fold(bigint::hash(b.int())))
            }
            _ => None,
        }
    }

    /// Python's `hash()`.
    ///
    /// # Errors
    /// `TypeError` for unhashable objects; what `__hash__` raises.
    pub fn hash(&mut self, object: Local) -> Result<SWord, Raised> {
        let value = self.get(object);
        if let Some(i) = value.as_small_int() {
            return Ok(i);
        }
        if let Some(f) = value.as_float() {
            return Ok(float_hash(f));
        }
        if let Some(h) = self.simple_hash(value) {
            if let Some(b) = value.as_bool() {
                return Ok(b as SWord);
            }
            if let Some(b) = value.cast::<BigInt>() {
                return Ok(bigint::hash(b.int()));
            }
            return Ok(h as SWord);
        }
        if value.has_specials() {
            return crate::protocol::instance::hash_instance(self, object);
        }
        let ty = self.native_type_of(value);
        if ty.unhashable {
            return Err(self.raise_parts(
                &classes::TYPE_ERROR,
                &[
                    Part::Text("unsupported type for __hash__: '"),
                    Part::TypeOf(object),
                    Part::Text("'"),
                ],
            ));
        }
        match ty.slots.hash() {
            Some(hash) => hash(self, object),
            None => self.identity_hash(object),
        }
    }

    /// The table hash of any value.
    pub(crate) fn table_hash(&mut self, key: Local) -> Result<u32, Raised> {
        match self.simple_hash(self.get(key)) {
            Some(h) => Ok(h),
            None => {
                let hash = self.hash(key)?;
                // an instance of a subclass of `str` is the same key as its text
                let part = self.native_part_of(self.get(key));
                match part.and_then(|part| self.hash_of_str(part)) {
                    Some(text) if text as SWord == hash => Ok(text),
                    _ => Ok(fold(hash)),
                }
            }
        }
    }

    /// Equality of two values that needs no Python code; `None` if it might.
    // not torn into pieces that other functions have, too: see `Run::dispatch`
    #[cfg_attr(target_os = "none", allow(unsafe_code, reason = "a section of its own"))]
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[inline]
    pub(crate) fn simple_eq(&self, a: Value<'_>, b: Value<'_>) -> Option<bool> {
        if a.is(b) {
            // a NaN is not equal to itself
            return match a.as_float() {
                Some(f) => Some(!f.is_nan()),
                None if a.is_kind(Kind::Complex) => None,
                None if a.has_specials() => None,
                None => Some(true),
            };
        }
        if (a.as_qstr().is_some() && b.as_qstr().is_some())
            || (a.as_small_int().is_some() && b.as_small_int().is_some())
        {
            return Some(false);
        }
        self.simple_eq_other(a, b)
    }

    fn simple_eq_other(&self, a: Value<'_>, b: Value<'_>) -> Option<bool> {
        let (ka, kb) = (a.ref_kind(), b.ref_kind());
        if let (Some(x), Some(y)) = (a.cast::<StrObj>(), b.cast::<StrObj>())
            && ka == kb
        {
            // different hashes, once they are known, tell different texts
            let differ = x.hash() != y.hash() && x.hash() != 0 && y.hash() != 0;
            if differ {
                return Some(false);
            }
            let (x, y) = (x.bytes(), y.bytes());
            if x.len() >= LONG {
                self.charge_for_texts(x, y);
            }
            return Some(x == y);
        }
        if let (Some(x), Some(y)) = (self.str_of(a), self.str_of(b)) {
            return Some(x == y);
        }
        if let (Some(x), Some(y)) = (number(a), number(b)) {
            if let (Number::Big(x), Number::Big(y)) = (&x, &y) {
                self.charge_bytes_later(size_of_val(x.limbs()).min(size_of_val(y.limbs())));
            }
            return Some(x.equals(&y));
        }
        // objects that no other type claims to equal
        let plain = |v: Value<'_>, k: Option<Kind>| match k {
            None => true,
            Some(Kind::Str | Kind::BigInt | Kind::Float) => true,
            Some(Kind::Function | Kind::NativeFn | Kind::Class | Kind::NativeType) => !v.is_null(),
            _ => false,
        };
        if plain(a, ka) && plain(b, kb) { Some(false) } else { None }
    }
}

impl Vm {
    /// Charges for the comparison of two texts.
    #[cold]
    #[inline(never)]
    fn charge_for_texts(&self, a: &[u8], b: &[u8]) {
        if a.len() == b.len() {
            self.charge_bytes_later(a.len());
        }
    }
}

/// A number, for comparing those of different types.
enum Number<'a> {
    Small(SWord),
    Big(&'a BigInt),
    Float(f64),
    Complex(Parts),
}

fn number<'a>(v: Value<'a>) -> Option<Number<'a>> {
    if let Some(i) = v.as_small_int() {
        return Some(Number::Small(i));
    }
    if let Some(b) = v.as_bool() {
        return Some(Number::Small(b as SWord));
    }
    if let Some(f) = v.as_float() {
        return Some(Number::Float(f));
    }
    if let Some(b) = v.cast::<BigInt>() {
        return Some(Number::Big(b));
    }
    complex::parts(v).map(Number::Complex)
}

impl Number<'_> {
    fn equals(&self, other: &Number<'_>) -> bool {
        use Number::{Big, Complex, Float, Small};
        match (self, other) {
            (Small(a), Small(b)) => a == b,
            (Big(a), Big(b)) => a.is_negative() == b.is_negative() && a.limbs() == b.limbs(),
            (Small(_), Big(_)) | (Big(_), Small(_)) => false,
            (Float(a), Float(b)) => a == b,
            (Small(i), Float(f)) | (Float(f), Small(i)) => {
                let small = bigint::Small::from(*i as i64);
                bigint::cmp_f64(small.int(), *f) == Some(core::cmp::Ordering::Equal)
            }
            (Big(b), Float(f)) | (Float(f), Big(b)) => {
                let int = b.int();
                bigint::cmp_f64(int, *f) == Some(core::cmp::Ordering::Equal)
            }
            (Complex(a), Complex(b)) => a == b,
            (Complex((re, im)), n) | (n, Complex((re, im))) => *im == 0.0 && n.equals(&Float(*re)),
        }
    }
}
