//! `property`, `staticmethod` and `classmethod`.

use crate::native::args::Param;
use crate::native::{Behaviour, NativeType, slots};
use crate::object::{Kind, PropertyObj};
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, method, methods, name};

/// `property`.
pub static PROPERTY: NativeType = NativeType::new(name!("property"), Kind::Property)
    .slots(slots!(Behaviour::NONE.make(make_property)))
    .methods(methods![
        method!("getter", 2, 2, getter),
        method!("setter", 2, 2, setter),
        method!("deleter", 2, 2, deleter),
    ])
    .sealed();
/// `staticmethod`.
pub static STATICMETHOD: NativeType = NativeType::new(name!("staticmethod"), Kind::StaticMethod)
    .slots(slots!(Behaviour::NONE.make(make_static)))
    .sealed();
/// `classmethod`.
pub static CLASSMETHOD: NativeType = NativeType::new(name!("classmethod"), Kind::ClassMethod)
    .slots(slots!(Behaviour::NONE.make(make_class)))
    .sealed();

fn make_property(vm: &mut Vm, _class: Local, args: Args) -> Res {
    let [get, set, delete, _doc] = args.parse(
        vm,
        const {
            &[
                Param::optional(name!("fget")).or(Local::NONE),
                Param::optional(name!("fset")).or(Local::NONE),
                Param::optional(name!("fdel")).or(Local::NONE),
                Param::optional(name!("doc")).or(Local::NONE),
            ]
        },
    )?;
    vm.new_slots(Kind::Property, 0, &[get, set, delete])
}

/// A copy of a property with one accessor changed.
fn with(vm: &mut Vm, args: Args, which: usize) -> Res {
    let Some(p) = vm.get(args.get(0)).cast::<PropertyObj>() else {
        return Err(vm.wrong_receiver());
    };
    let mut parts = [vm.push(p.get.get()), vm.push(p.set.get()), vm.push(p.delete.get())];
    if let Some(part) = parts.get_mut(which) {
        *part = args.get(1);
    }
    vm.new_slots(Kind::Property, 0, &parts)
}

fn getter(vm: &mut Vm, args: Args) -> Res {
    with(vm, args, 0)
}

fn setter(vm: &mut Vm, args: Args) -> Res {
    with(vm, args, 1)
}

fn deleter(vm: &mut Vm, args: Args) -> Res {
    with(vm, args, 2)
}

fn make_static(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 1)?;
    vm.new_slots(Kind::StaticMethod, 0, &[args.get(0)])
}

fn make_class(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 1)?;
    vm.new_slots(Kind::ClassMethod, 0, &[args.get(0)])
}
