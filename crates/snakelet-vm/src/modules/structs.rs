//! `struct`.

use crate::native::print::Out;
use crate::native::{Contents, NativeModule, VARIADIC};
use crate::object::value::Value;
use crate::object::{Kind, TupleObj};
use crate::protocol::buffer::Bytes;
use crate::types::array::new_array_sized;
use crate::types::pack::{Order, code_size};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name};

/// `struct`.
pub static STRUCT: NativeModule = NativeModule::new(
    name!("struct"),
    &[Contents {
        functions: methods![
            function!("calcsize", 1, 1, calcsize),
            function!("pack", 1, VARIADIC, pack),
            function!("pack_into", 3, VARIADIC, pack_into),
            function!("unpack", 2, 3, unpack_from),
            function!("unpack_from", 2, 3, unpack_from),
        ],
        constants: &[],
    }],
);

/// A part of a format: a code and how often it comes (for `s`, the length).
struct Item {
    code: u8,
    count: usize,
    /// Offset of the first of them in the structure.
    offset: usize,
    /// Bytes of each.
    size: usize,
}

impl Item {
    /// How many values it takes or gives.
    fn values(&self) -> usize {
        match self.code {
            b'x' => 0,
            b's' => 1,
            _ => self.count,
        }
    }
}

/// Reads a format, item by item.
struct Format {
    text: Local,
    at: usize,
    native: bool,
    order: Order,
    /// Where the next item goes, before it is aligned.
    offset: usize,
}

impl Format {
    fn new(vm: &mut Vm, text: Local) -> Result<Self, Raised> {
        if vm.bytes_of(vm.get(text)).is_none() {
            return Err(vm.bad_implicit_conversion(text));
        }
        let (at, native, order) = match vm.text(text).first() {
            Some(b'<') => (1, false, Order::Little),
            Some(b'>' | b'!') => (1, false, Order::Big),
            Some(b'=') => (1, false, Order::NATIVE),
            Some(b'@') => (1, true, Order::NATIVE),
            _ => (0, true, Order::NATIVE),
        };
        Ok(Self { text, at, native, order, offset: 0 })
    }

    fn next(&mut self, vm: &mut Vm) -> Result<Option<Item>, Raised> {
        let mut count = None;
        let code = loop {
            let Some(byte) = vm.text(self.text).get(self.at).copied() else {
                return match count {
                    Some(_) => Err(vm.value_error("bad typecode")),
                    None => Ok(None),
                };
            };
            self.at += 1;
            match byte {
                b'0'..=b'9' => {
                    let n: usize = count.unwrap_or(0);
                    count = Some(n.saturating_mul(10).saturating_add((byte - b'0').into()));
                }
                b' ' | b'\t' | b'\n' if count.is_none() => {}
                _ => break byte,
            }
        };
        let count = count.unwrap_or(1);
        let size = match code {
            b'x' | b's' | b'c' | b'?' => Some(1),
            _ => code_size(code, self.native),
        };
        let Some(size) = size else { return Err(vm.value_error("bad typecode")) };
        let offset = if self.native {
            self.offset.checked_next_multiple_of(size)
        } else {
            Some(self.offset)
        };
        let end = offset.and_then(|at| at.checked_add(count.checked_mul(size)?));
        match (offset, end) {
            (Some(offset), Some(end)) if end <= isize::MAX as usize / 4 => {
                self.offset = end;
                Ok(Some(Item { code, count, offset, size }))
            }
            _ => Err(vm.memory_error()),
        }
    }
}

/// Bytes of a structure, and how many values it has.
fn measure(vm: &mut Vm, format: Local) -> Result<(usize, usize), Raised> {
    let mut items = Format::new(vm, format)?;
    let mut values = 0;
    while let Some(item) = items.next(vm)? {
        values += item.values();
        vm.charge(1)?;
    }
    Ok((items.offset, values))
}

fn calcsize(vm: &mut Vm, args: Args) -> Res {
    let (size, _) = measure(vm, args.get(0))?;
    vm.new_int(size as isize)
}

/// Where a structure of `size` bytes begins in a buffer of `len` bytes.
fn start_of(vm: &mut Vm, offset: Option<Local>, len: usize, size: usize) -> Result<usize, Raised> {
    let offset = match offset {
        Some(offset) => vm.index_of(offset)?,
        None => 0,
    };
    let start = if offset < 0 { offset.saturating_add(len as isize) } else { offset };
    match usize::try_from(start) {
        Ok(start) if start.checked_add(size).is_some_and(|end| end <= len) => Ok(start),
        _ => Err(vm.value_error("buffer too small")),
    }
}

/// `unpack(format, buffer)`, `unpack_from(format, buffer, offset=0)`
fn unpack_from(vm: &mut Vm, args: Args) -> Res {
    let (size, values) = measure(vm, args.get(0))?;
    let buffer = args.get(1);
    let len = vm.check_buffer(buffer)?;
    let start = start_of(vm, args.opt(2), len, size)?;
    let tuple = vm.new_tuple_with(values, |_, _| Value::NONE.into())?;
    let mut items = Format::new(vm, args.get(0))?;
    let mut n = 0;
    while let Some(item) = items.next(vm)? {
        for i in 0..item.values() {
            let scope = vm.scope();
            let at = start + item.offset + i * item.size;
            let value = read(vm, buffer, at, &item, items.order)?;
            if let Some(tuple) = vm.get(tuple).cast::<TupleObj>()
                && let Some(slot) = tuple.items().get(n)
            {
                slot.set(vm.get(value));
            }
            n += 1;
            vm.end_scope(scope);
            vm.charge(1)?;
        }
    }
    Ok(tuple)
}

fn read(vm: &mut Vm, buffer: Local, at: usize, item: &Item, order: Order) -> Res {
    let len = match item.code {
        b's' => item.count,
        b'c' => 1,
        _ => {
            let mut raw = [0; 8];
            let raw = raw.get_mut(..item.size).unwrap_or(&mut []);
            vm.read_buffer(buffer, at, raw);
            let raw = order.join(raw.iter().copied());
            if item.code == b'?' {
                return Ok(Local::bool(raw != 0));
            }
            return vm.unpack_number(item.code, item.size, raw);
        }
    };
    vm.new_bytes_with(len, |vm, out| {
        vm.read_buffer(buffer, at, out);
    })
}

/// `pack(format, *values)`
fn pack(vm: &mut Vm, args: Args) -> Res {
    let (size, _) = measure(vm, args.get(0))?;
    let buffer = new_array_sized(vm, Kind::ByteArray, b'B', size)?;
    write_all(vm, args.get(0), buffer, 0, args.skip(1))?;
    vm.finish_bytes(Out::Buffer(buffer))
}

/// `pack_into(format, buffer, offset, *values)`
fn pack_into(vm: &mut Vm, args: Args) -> Res {
    let (size, _) = measure(vm, args.get(0))?;
    let buffer = args.get(1);
    let len = vm.check_writable_buffer(buffer)?;
    let start = start_of(vm, args.opt(2), len, size)?;
    write_all(vm, args.get(0), buffer, start, args.skip(3))?;
    Ok(Local::NONE)
}

/// Writes values into a buffer; ends early if there are too few.
fn write_all(
    vm: &mut Vm,
    format: Local,
    buffer: Local,
    start: usize,
    values: Args,
) -> Result<(), Raised> {
    let mut items = Format::new(vm, format)?;
    let mut n = 0;
    while let Some(item) = items.next(vm)? {
        if item.code == b'x' {
            put(vm, buffer, start + item.offset, item.count, Bytes::Fixed(&[]));
            continue;
        }
        for i in 0..item.values() {
            let Some(value) = values.opt(n) else { return Ok(()) };
            let at = start + item.offset + i * item.size;
            let scope = vm.scope();
            write(vm, buffer, at, &item, items.order, value)?;
            vm.end_scope(scope);
            n += 1;
            vm.charge(1)?;
        }
    }
    Ok(())
}

fn write(
    vm: &mut Vm,
    buffer: Local,
    at: usize,
    item: &Item,
    order: Order,
    value: Local,
) -> Result<(), Raised> {
    if matches!(item.code, b's' | b'c') {
        vm.check_buffer(value)?;
        let len = if item.code == b's' { item.count } else { 1 };
        put(vm, buffer, at, len, vm.buffer_bytes(value));
        return Ok(());
    }
    let raw = if item.code == b'?' {
        u64::from(vm.truth(value)?)
    } else {
        vm.pack_number(item.code, value)?
    };
    let bytes = order.split(raw, item.size);
    put(vm, buffer, at, item.size, Bytes::Fixed(&bytes));
    Ok(())
}

/// Writes `len` bytes: those given, then zeros.
fn put(vm: &Vm, buffer: Local, at: usize, len: usize, bytes: Bytes<'_>) {
    vm.charge_bytes_later(len);
    if let Some(cells) = vm.writable_buffer(vm.get(buffer))
        && let Some(cells) = cells.get(at..at.saturating_add(len))
    {
        let n = bytes.len().min(len);
        let (front, rest) = cells.split_at(n);
        bytes.copy_to_cells(front);
        rest.iter().for_each(|cell| cell.set(0));
    }
}
