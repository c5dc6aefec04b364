//! `bytes`.

use crate::native::args::Param;
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, NativeType, slots};
use crate::object::Kind;
use crate::object::value::SWord;
use crate::protocol::operator::is_integer;
use crate::types::str::{self, Family, over, render};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, methods, name, qstr};

/// `bytes`.
pub static BYTES: NativeType = NativeType::new(name!("bytes"), Kind::Bytes)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .binary_leaf(str::binary_leaf)
            .binary(str::binary)
            .len(|vm, value| vm.bytes_of(value).map_or(0, <[u8]>::len))
            .hash(|vm, value| Ok(vm.hash_of_str(vm.get(value)).unwrap_or(0) as SWord))
            .subscripts(str::SUBSCRIPTS)
            .membership(&str::MEMBERSHIP)
            .iter(over)
    ))
    .contents(&str::METHODS)
    .methods(methods![str::DECODE, str::HEX, str::FROM_HEX,]);

/// What `bytes` or `bytearray` are made of.
pub(crate) enum Source {
    /// So many zeros.
    Zeros(usize),
    /// The bytes of a buffer.
    Buffer(Local),
    /// Numbers.
    Iterable(Local),
}

impl Source {
    /// Tells what the arguments of a constructor say.
    pub(crate) fn of(vm: &mut Vm, args: Args) -> Result<Source, Raised> {
        let [source, encoding, errors] = args.parse(
            vm,
            const {
                &[
                    Param::optional(name!("source")),
                    Param::optional(name!("encoding")),
                    Param::optional(name!("errors")),
                ]
            },
        )?;
        if vm.get(source).is_null() {
            return Ok(Source::Zeros(0));
        }
        let is_alone = vm.get(encoding).is_null() && vm.get(errors).is_null();
        let part = vm.native_part(source);
        if vm.str_of(vm.get(part)).is_some() {
            if is_alone {
                return Err(vm.type_error("string argument without an encoding"));
            }
            return str::encode_with(vm, part, encoding, errors).map(Source::Buffer);
        }
        if !is_alone {
            return Err(vm.type_error("wrong number of arguments"));
        }
        let value = vm.get(part);
        let has_bytes = vm.buffer(value).is_some();
        if is_integer(value) || (!has_bytes && vm.special(source, qstr!("__index__")).is_some()) {
            return match usize::try_from(vm.index_of(part)?) {
                Ok(n) => Ok(Source::Zeros(n)),
                Err(_) => Err(vm.value_error("negative count")),
            };
        }
        Ok(if has_bytes { Source::Buffer(part) } else { Source::Iterable(source) })
    }
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    if args.len() == 1
        && args.keywords() == 0
        && let Some(method) = vm.special(args.get(0), qstr!("__bytes__"))
        && vm.native_part_of(vm.get(args.get(0))).is_none_or(|part| vm.str_of(part).is_none())
    {
        return vm.call_with(method, &[args.get(0)]);
    }
    let source = match Source::of(vm, args)? {
        Source::Zeros(len) => return vm.new_bytes_with(len, |_, _| {}),
        Source::Buffer(buffer) => return vm.bytes_from_buffer(buffer),
        Source::Iterable(source) => source,
    };
    let out = vm.new_text()?;
    vm.for_each(source, |vm, item| {
        let Ok(byte) = u8::try_from(vm.index_of(item)?) else {
            return Err(vm.value_error("bytes value out of range"));
        };
        vm.emit(out, &[byte])
    })?;
    vm.finish_bytes(out)
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    render::quoted(vm, object, out, Family::Bytes)
}
