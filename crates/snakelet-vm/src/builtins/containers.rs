//! Containers and iteration.

use crate::exception::classes::STOP_ITERATION;
use crate::native::args::Param;
use crate::native::leaf::{Answer, Leaf, LeafArgs, Wide};
use crate::native::{Constant, Contents, NativeFn};
use crate::object::{Kind, ListObj};
use crate::run::generator;
use crate::types::{dict, iter, list, range, set, slice, sort, tuple};
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name, qstr};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        function!("all", 1, 1, all),
        function!("any", 1, 1, any),
        function!("iter", 1, 2, make_iter),
        NativeFn::leaf::<1>(name!("len"), 0, len),
        function!("sorted", 1, 1, sorted).keywords(),
    ],
    constants: &[
        (name!("dict"), Constant::Type(&dict::DICT)),
        (name!("enumerate"), Constant::Type(&iter::ENUMERATE)),
        (name!("filter"), Constant::Type(&iter::FILTER)),
        (name!("frozenset"), Constant::Type(&set::FROZENSET)),
        (name!("list"), Constant::Type(&list::LIST)),
        (name!("map"), Constant::Type(&iter::MAP)),
        (name!("next"), Constant::Function(&NEXT)),
        (name!("range"), Constant::Type(&range::RANGE)),
        (name!("reversed"), Constant::Type(&iter::REVERSED)),
        (name!("set"), Constant::Type(&set::SET)),
        (name!("slice"), Constant::Type(&slice::SLICE)),
        (name!("tuple"), Constant::Type(&tuple::TUPLE)),
        (name!("zip"), Constant::Type(&iter::ZIP)),
    ],
};

static NEXT: NativeFn = NativeFn::new(name!("next"), 1, 2, next).static_method().resuming(1);

/// Whether an iterable has an item whose truth is `wanted`.
fn find_truth(vm: &mut Vm, iterable: Local, wanted: bool) -> Result<bool, Raised> {
    let none = vm.for_each_while(iterable, |vm, item| Ok(vm.truth(item)? != wanted))?;
    Ok(!none)
}

fn all(vm: &mut Vm, args: Args) -> Res {
    find_truth(vm, args.get(0), false).map(|found| Local::bool(!found))
}

fn any(vm: &mut Vm, args: Args) -> Res {
    find_truth(vm, args.get(0), true).map(Local::bool)
}

fn make_iter(vm: &mut Vm, args: Args) -> Res {
    match args.opt(1) {
        Some(sentinel) => iter::over_calls(vm, args.get(0), sentinel),
        None => vm.get_iter(args.get(0)),
    }
}

fn len<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let value = args.get::<0>().value();
    if let Some(list) = value.cast::<ListObj>() {
        return Ok(cx.count(list.len()));
    }
    if value.has_specials() {
        return Err(cx.full(len_of));
    }
    match cx.vm().native_type_of(value).slots.len() {
        // a range can be longer than what fits a word
        Some(len) => cx.wide(len(cx.vm(), value) as Wide),
        None => Err(cx.full(len_of)),
    }
}

fn len_of(vm: &mut Vm, args: Args) -> Res {
    let n = vm.len(args.get(0))?;
    vm.new_int(n as isize)
}

fn next(vm: &mut Vm, args: Args) -> Res {
    let iterator = args.get(0);
    if let Some(default) = args.opt(1) {
        return Ok(vm.iter_next(iterator)?.unwrap_or(default));
    }
    // the exception of these carries what they returned
    if vm.get(iterator).is_kind(Kind::Generator) {
        return generator::send_value(vm, iterator, Local::NONE);
    }
    if let Some(method) = vm.special(iterator, qstr!("__next__")) {
        return vm.call_with(method, &[iterator]);
    }
    vm.set_root(RootSlot::Stopped, Local::NULL);
    if let Some(item) = vm.iter_next(iterator)? {
        return Ok(item);
    }
    // of an iterator around a Python one: what that raised
    let stop = vm.push_root(RootSlot::Stopped);
    vm.set_root(RootSlot::Stopped, Local::NULL);
    let passes_on = vm.get(iterator).is_kind(Kind::Native) && !vm.get(stop).is_null();
    Err(if passes_on { vm.raise(stop) } else { vm.raise_no_args(&STOP_ITERATION) })
}

fn sorted(vm: &mut Vm, args: Args) -> Res {
    let [iterable, key, reverse] = args.parse(
        vm,
        const {
            &[
                Param::required(name!("iterable")),
                Param::keyword(name!("key")).or(Local::NONE),
                Param::keyword(name!("reverse")).or(Local::FALSE),
            ]
        },
    )?;
    let reverse = vm.truth(reverse)?;
    let list = vm.list_from(iterable)?;
    sort::sort(vm, list, key, reverse)?;
    Ok(list)
}
