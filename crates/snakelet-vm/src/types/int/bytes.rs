//! Ints from and to bytes.

use snakelet_num::bigint::{self, Endian};

use super::arith::operand;
use crate::exception::classes::OVERFLOW_ERROR;
use crate::native::args::Param;
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, name};

/// The byte order that an argument names: big if it is absent.
fn endian(vm: &mut Vm, order: Local) -> Result<Endian, Raised> {
    let order = vm.get(order);
    match vm.str_of(order) {
        Some(b"little") => Ok(Endian::Little),
        Some(b"big") => Ok(Endian::Big),
        None if order.is_null() => Ok(Endian::Big),
        None => Err(vm.type_error("byteorder must be str")),
        Some(_) => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
    }
}

/// `int.from_bytes(bytes, byteorder='big', *, signed=False)`
pub(super) fn from_bytes(vm: &mut Vm, args: Args) -> Res {
    let [data, order, signed] = args.skip(1).parse(
        vm,
        const {
            &[
                Param::required(name!("bytes")),
                Param::optional(name!("byteorder")),
                Param::keyword(name!("signed")).or(Local::FALSE),
            ]
        },
    )?;
    let endian = endian(vm, order)?;
    let signed = vm.truth(signed)?;
    let data = if vm.buffer(vm.get(data)).is_some() {
        vm.bytes_from_buffer(data)?
    } else if super::arith::int_ref(vm.get(data)).is_some() {
        return Err(vm.type_error("object with buffer protocol required"));
    } else {
        let class = vm.push(Value::from_ref(&crate::types::bytes::BYTES));
        vm.call_with(class, &[data])?
    };
    vm.charge_bytes(vm.bytes_of(vm.get(data)).map_or(0, <[u8]>::len))?;
    let limbs = bigint::from_bytes_len(vm.bytes_of(vm.get(data)).unwrap_or(&[]));
    vm.leaf_local(|cx| {
        let bytes = cx.vm().bytes_of(cx.vm().get(data)).unwrap_or(&[]);
        cx.int_by(limbs, |limbs| bigint::from_bytes(limbs, bytes, endian, signed))
    })
}

/// `int.to_bytes(length=1, byteorder='big', *, signed=False)`
pub(super) fn to_bytes(vm: &mut Vm, args: Args) -> Res {
    let this = args.get(0);
    if super::int_ref(vm.get(this)).is_none() {
        return Err(vm.wrong_receiver());
    }
    let [length, order, signed] = args.skip(1).parse(
        vm,
        const {
            &[
                Param::optional(name!("length")),
                Param::optional(name!("byteorder")),
                Param::keyword(name!("signed")).or(Local::FALSE),
            ]
        },
    )?;
    let number = if vm.get(length).is_null() { 1 } else { vm.index_of(length)? };
    let length = vm.new_int(number)?;
    let endian = endian(vm, order)?;
    let signed = vm.truth(signed)?;
    let Ok(len) = usize::try_from(number) else {
        return Err(vm.value_error("length argument must be non-negative"));
    };
    if !signed && operand(vm, this).int().is_negative() {
        return Err(vm.raise_text(&OVERFLOW_ERROR, "can't convert negative int to unsigned"));
    }
    vm.charge_bytes(len)?;
    let mut result = Ok(());
    let bytes = vm.new_bytes_with(len, |vm, out| {
        result = bigint::to_bytes(out, operand(vm, this).int(), endian, signed);
    })?;
    match result {
        Ok(()) => Ok(bytes),
        Err(_) => {
            Err(vm.raise_about(&OVERFLOW_ERROR, "value would overflow a %s byte buffer", &[length]))
        }
    }
}
