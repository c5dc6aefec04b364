//! Ints from other objects, and numbers of native code from objects.

use snakelet_num::bigint::{self, Digits, DigitsError, Round};

use super::arith::{int_ref, operand, word};
use crate::exception::classes::{OVERFLOW_ERROR, TYPE_ERROR, VALUE_ERROR};
use crate::native::leaf::{Answer, Leaf, Wide};
use crate::object::Kind;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, name, qstr};

/// `int(x=0, base=10)`
pub(super) fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    let named = args.find_keyword(vm, name!("base"));
    match named {
        Some(_) if args.keywords() == 1 => {
            crate::protocol::call::parse::check_count(vm, args.len(), 1, 1)?
        }
        _ => args.check(vm, 0, 2)?,
    }
    match (args.opt(0), named.or(args.opt(1))) {
        (None, _) => vm.new_int(0),
        (Some(object), None) => vm.convert_to_int(object),
        (Some(text), Some(base)) => {
            let base = vm.index_of(base)?;
            match vm.number_text(text)? {
                Some(source) => parse(vm, text, source, base),
                None => Err(vm.raise_about(
                    &TYPE_ERROR,
                    "can't convert '%t' object to str implicitly",
                    &[text],
                )),
            }
        }
    }
}

/// Reads the int that a text shows.
fn parse(vm: &mut Vm, original: Local, source: Local, base: isize) -> Res {
    let bad_base = "int() arg 2 must be >= 2 and <= 36";
    let number = base;
    let Ok(base) = u8::try_from(base) else { return Err(vm.value_error(bad_base)) };
    let bytes = vm.bytes_of(vm.get(source)).unwrap_or(&[]);
    let limbs = match Digits::parse(bytes, base, &mut |n| vm.spend(n)) {
        Ok(digits) => {
            if let Some(i) = digits.to_i64() {
                return vm.new_int_64(i);
            }
            digits.limbs()
        }
        Err(DigitsError::Base) => return Err(vm.value_error(bad_base)),
        Err(_) => {
            vm.end_calculation()?;
            let base = vm.new_int(number)?;
            let text = "invalid syntax for integer with base %s: %r";
            return Err(vm.raise_about(&VALUE_ERROR, text, &[base, original]));
        }
    };
    vm.leaf_local(|cx| {
        let text = cx.vm().bytes_of(cx.vm().get(source)).unwrap_or(&[]);
        cx.int_by(limbs, |limbs| {
            let poll = &mut |n| cx.vm().spend(n);
            let digits = Digits::parse(text, base, poll).map_err(|_| bigint::Error::Stopped)?;
            digits.write(limbs, poll)
        })
    })
}

impl Vm {
    /// The text of a number, a `str` or the `bytes` of a buffer; `None` for other objects.
    pub(crate) fn number_text(&mut self, object: Local) -> Result<Option<Local>, Raised> {
        let object = self.native_part(object);
        let value = self.get(object);
        if self.bytes_of(value).is_some() {
            return Ok(Some(object));
        }
        if self.buffer(value).is_none() {
            return Ok(None);
        }
        self.bytes_from_buffer(object).map(Some)
    }

    /// What `int()` makes of an object.
    ///
    /// # Errors
    /// `TypeError`, `ValueError`, `OverflowError`, what `__int__` raises.
    pub(crate) fn convert_to_int(&mut self, object: Local) -> Res {
        if let Some(f) = self.get(object).as_float() {
            return self.int_from_f64(f, Round::Zero);
        }
        if let Some(method) = self.special(object, qstr!("__int__")) {
            let result = self.call_with(method, &[object])?;
            if int_ref(self.get(result)).is_some() {
                return self.int_of(result);
            }
            return Err(self.type_error("__int__ should return an int"));
        }
        if let Some(text) = self.number_text(object)? {
            return parse(self, object, text, 10);
        }
        let part = self.native_part(object);
        match self.get(part).as_float() {
            Some(f) => self.int_from_f64(f, Round::Zero),
            None => self.int_of(object),
        }
    }

    /// The int that an object is or that its `__index__` gives, as an int proper.
    ///
    /// # Errors
    /// `TypeError` if it is none; what `__index__` raises.
    pub fn int_of(&mut self, object: Local) -> Res {
        let value = self.get(object);
        if value.as_small_int().is_some() || value.is_kind(Kind::BigInt) {
            return Ok(object);
        }
        if let Some(b) = value.as_bool() {
            return self.new_int(b.into());
        }
        // an instance of a subclass of int is one, whatever its `__index__` says
        let part = self.native_part(object);
        if int_ref(self.get(part)).is_some() {
            return self.int_of(part);
        }
        if let Some(method) = self.special(object, qstr!("__index__")) {
            let result = self.call_with(method, &[object])?;
            if int_ref(self.get(result)).is_some() {
                return self.int_of(result);
            }
        }
        Err(self.raise_about(&TYPE_ERROR, "can't convert %t to int", &[object]))
    }

    /// An int as 64 bits with sign.
    ///
    /// # Errors
    /// `OverflowError` if it does not fit; `TypeError` if it is no int.
    pub fn i64_of(&mut self, object: Local) -> Result<i64, Raised> {
        if let Some(i) = word(self.get(object)) {
            return Ok(i as i64);
        }
        let scope = self.scope();
        let int = self.int_of(object)?;
        let value = bigint::to_i64(operand(self, int).int());
        self.end_scope(scope);
        match value {
            Some(i) => Ok(i),
            None => Err(self.word_overflow()),
        }
    }

    /// The lowest 64 bits of an int.
    ///
    /// # Errors
    /// `TypeError` if it is no int.
    pub fn u64_wrapping_of(&mut self, object: Local) -> Result<u64, Raised> {
        if let Some(i) = word(self.get(object)) {
            return Ok(i as i64 as u64);
        }
        let scope = self.scope();
        let int = self.int_of(object)?;
        let value = bigint::to_u64_wrapping(operand(self, int).int());
        self.end_scope(scope);
        Ok(value)
    }

    /// Makes the int next to a float.
    ///
    /// # Errors
    /// `OverflowError` for infinities, `ValueError` for NaN, `MemoryError`.
    pub fn int_from_f64(&mut self, f: f64, round: Round) -> Res {
        self.leaf_local(|cx| cx.int_from_f64(f, round))
    }

    /// Raises the error for an int that does not fit a machine word.
    #[cold]
    pub fn word_overflow(&mut self) -> Raised {
        self.raise_text(&OVERFLOW_ERROR, WORD_OVERFLOW)
    }
}

/// The text of the error for an int that does not fit a machine word.
pub(crate) const WORD_OVERFLOW: &str = "overflow converting long int to machine word";

impl<'h> Leaf<'h> {
    /// Makes the int next to a float.
    ///
    /// # Errors
    /// `OverflowError` for infinities, `ValueError` for NaN; room is asked for.
    pub fn int_from_f64(self, f: f64, round: Round) -> Answer<'h> {
        if f.is_nan() {
            return Err(self.raise(&VALUE_ERROR, "can't convert NaN to int"));
        }
        if f.is_infinite() {
            return Err(self.raise(&OVERFLOW_ERROR, "can't convert inf to int"));
        }
        // saturates: what is as large goes the long way
        let i = f as i32;
        if i != i32::MIN && i != i32::MAX {
            let by = match round {
                Round::Floor if f < f64::from(i) => -1,
                Round::Ceil if f > f64::from(i) => 1,
                _ => 0,
            };
            return self.wide(Wide::from(i) + by);
        }
        self.int_by(bigint::from_f64_len(f), |limbs| bigint::from_f64(limbs, f, round))
    }
}
