//! Attributes, classes and names.

use crate::exception::classes::{self, ATTRIBUTE_ERROR};
use crate::native::leaf::{Answer, Leaf, LeafArgs, Obj};
use crate::native::{Constant, Contents, Name, Native, NativeFn};
use crate::object::value::Value;
use crate::object::{ClassObj, HashObj, Kind, ModuleObj, Slot, TupleObj};
use crate::protocol::object;
use crate::types::{class, property, sort};
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name, qstr};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        NativeFn::leaf::<1>(name!("callable"), 0, callable),
        function!("delattr", 2, 2, delattr),
        function!("dir", 0, 1, dir),
        NativeFn::leaf::<2>(name!("getattr"), 1, getattr),
        function!("globals", 0, 0, globals),
        function!("hasattr", 2, 2, hasattr),
        function!("hash", 1, 1, hash),
        function!("id", 1, 1, id),
        NativeFn::leaf::<2>(name!("isinstance"), 0, isinstance),
        NativeFn::leaf::<2>(name!("issubclass"), 0, issubclass),
        function!("locals", 0, 0, locals),
        NativeFn::leaf::<3>(name!("setattr"), 0, setattr),
    ],
    constants: &[
        (name!("Ellipsis"), Constant::computed(|_| Ok(Local::ELLIPSIS))),
        (name!("NotImplemented"), Constant::computed(|_| Ok(Local::NOT_IMPLEMENTED))),
        (name!("__build_class__"), Constant::Function(&class::BUILD_CLASS)),
        (name!("classmethod"), Constant::Type(&property::CLASSMETHOD)),
        (name!("object"), Constant::Type(&object::OBJECT)),
        (name!("property"), Constant::Type(&property::PROPERTY)),
        (name!("staticmethod"), Constant::Type(&property::STATICMETHOD)),
        (name!("super"), Constant::Type(&class::SUPER)),
        (name!("type"), Constant::Type(&class::TYPE)),
    ],
};

fn callable<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let (vm, value) = (cx.vm(), args.get::<0>().value());
    let is = match value.ref_kind() {
        Some(
            Kind::Function
            | Kind::Closure
            | Kind::BoundMethod
            | Kind::NativeFn
            | Kind::NativeType
            | Kind::Class
            | Kind::HostFn,
        ) => true,
        Some(Kind::Instance | Kind::Data) if vm.special_of(value, qstr!("__call__")).is_some() => {
            true
        }
        _ => false,
    };
    Ok(Obj::bool(is))
}

fn getattr<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let (object, name) = (args.get::<0>().value(), args.get::<1>().value());
    name.as_qstr()
        .and_then(|name| Obj::of_value(cx.vm().cached_value(object, name)?))
        .ok_or_else(|| cx.full(find_attribute))
}

fn find_attribute(vm: &mut Vm, args: Args) -> Res {
    let object = args.get(0);
    let name = vm.intern_local(args.get(1))?;
    let found = vm.find_attr(object, name);
    match args.opt(2) {
        Some(default) => Ok(vm.catch(found, &ATTRIBUTE_ERROR)?.flatten().unwrap_or(default)),
        None => match found? {
            Some(value) => Ok(value),
            None => Err(vm.no_attribute(object, name)),
        },
    }
}

fn hasattr(vm: &mut Vm, args: Args) -> Res {
    let name = vm.intern_local(args.get(1))?;
    let found = vm.find_attr(args.get(0), name);
    let found = vm.catch(found, &ATTRIBUTE_ERROR)?.flatten();
    Ok(Local::bool(found.is_some()))
}

fn setattr<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 3>) -> Answer<'h> {
    let [object, name, value] = [args.get::<0>(), args.get::<1>(), args.get::<2>()].map(Obj::value);
    match name.as_qstr() {
        Some(name) if cx.vm().store_cached(object, name, value) => Ok(Obj::NONE),
        _ => Err(cx.full(set_attribute)),
    }
}

fn set_attribute(vm: &mut Vm, args: Args) -> Res {
    let name = vm.intern_local(args.get(1))?;
    vm.set_attr(args.get(0), name, args.get(2))?;
    vm.note_stored(args.get(0), name);
    Ok(Local::NONE)
}

fn delattr(vm: &mut Vm, args: Args) -> Res {
    let name = vm.intern_local(args.get(1))?;
    vm.del_attr(args.get(0), name)?;
    Ok(Local::NONE)
}

fn hash(vm: &mut Vm, args: Args) -> Res {
    let hash = vm.hash(args.get(0))?;
    vm.new_int(hash)
}

fn id(vm: &mut Vm, args: Args) -> Res {
    let id = vm.identity(args.get(0))?;
    vm.new_uint_64(id as u64)
}

fn is_class(value: Value<'_>) -> bool {
    matches!(value.ref_kind(), Some(Kind::Class | Kind::NativeType))
}

/// Whether a class derives from a class or from one in a tuple of classes.
fn derives(vm: &mut Vm, class: Local, from: Local) -> Result<bool, Raised> {
    if is_class(vm.get(from)) {
        return Ok(vm.is_subclass(vm.get(class), vm.get(from)));
    }
    if let Some(n) = vm.get(from).cast::<TupleObj>().map(TupleObj::len) {
        return vm.nested(|vm| {
            for i in 0..n {
                let scope = vm.scope();
                let item = vm.tuple_item(from, i);
                if derives(vm, class, item)? {
                    return Ok(true);
                }
                vm.end_scope(scope);
                vm.charge(1)?;
            }
            Ok(false)
        });
    }
    Err(vm.type_error("issubclass() arg 2 must be a class or a tuple of classes"))
}

/// Whether the class derives from the second argument, if that is a class.
fn derives_from<'h>(
    cx: Leaf<'h>,
    class: Value<'h>,
    args: LeafArgs<'h, 2>,
    else_call: Native,
) -> Answer<'h> {
    let from = args.get::<1>().value();
    if is_class(from) && is_class(class) {
        return Ok(Obj::bool(cx.vm().is_subclass(class, from)));
    }
    Err(cx.full(else_call))
}

fn isinstance<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let class = cx.vm().type_of(args.get::<0>().value());
    derives_from(cx, class, args, |vm, args| {
        let class = vm.push_type_of(args.get(0));
        derives(vm, class, args.get(1)).map(Local::bool)
    })
}

fn issubclass<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    derives_from(cx, args.get::<0>().value(), args, |vm, args| {
        if !is_class(vm.get(args.get(0))) {
            return Err(vm.type_error("issubclass() arg 1 must be a class"));
        }
        derives(vm, args.get(0), args.get(1)).map(Local::bool)
    })
}

fn globals(vm: &mut Vm, _args: Args) -> Res {
    Ok(vm.current_globals())
}

fn locals(vm: &mut Vm, _args: Args) -> Res {
    Ok(match vm.frame_names() {
        Some(names) => vm.push(names),
        None => vm.current_globals(),
    })
}

// --- dir -----------------------------------------------------------------------------------

fn dir(vm: &mut Vm, args: Args) -> Res {
    // a set of names: a class and its base may have the same
    let names = vm.new_set(0)?;
    match args.opt(0) {
        None => {
            let dict = locals(vm, args)?;
            add_keys(vm, names, dict)?;
        }
        Some(object) => {
            if let Some(method) = vm.special(object, qstr!("__dir__")) {
                let given = vm.call_with(method, &[object])?;
                let list = vm.list_from(given)?;
                sort::sort(vm, list, Local::NONE, false)?;
                return Ok(list);
            }
            add_attributes(vm, names, object)?;
        }
    }
    sorted(vm, names)
}

/// A sorted list of the names in a set.
fn sorted(vm: &mut Vm, names: Local) -> Res {
    let list = vm.list_from(names)?;
    sort::sort(vm, list, Local::NONE, false)?;
    Ok(list)
}

/// A sorted list of the attributes of an object, without asking its `__dir__`.
pub(crate) fn attribute_names(vm: &mut Vm, object: Local) -> Res {
    let names = vm.new_set(0)?;
    add_attributes(vm, names, object)?;
    sorted(vm, names)
}

/// A sorted list of the names that a program finds without an import: variables of `__main__` and built-in names.
pub(crate) fn global_names(vm: &mut Vm) -> Res {
    let names = vm.new_set(0)?;
    let main = vm.main_dict();
    add_keys(vm, names, main)?;
    super::BUILTINS.for_each(&mut |name, _| add_name(vm, names, name))?;
    for class in classes::all() {
        add_name(vm, names, class.name)?;
    }
    let changed = vm.push_root(RootSlot::Builtins);
    if !vm.get(changed).is_null() {
        add_keys(vm, names, changed)?;
    }
    sorted(vm, names)
}

/// A sorted list of the modules that are part of the program, and of those that were imported.
pub(crate) fn module_names(vm: &mut Vm) -> Res {
    let names = vm.new_set(0)?;
    for module in vm.native_modules() {
        add_name(vm, names, module.name)?;
    }
    let imported = vm.push_root(RootSlot::Modules);
    add_keys(vm, names, imported)?;
    sorted(vm, names)
}

fn add_name(vm: &mut Vm, names: Local, name: Name) -> Result<(), Raised> {
    let scope = vm.scope();
    let name = vm.push_name(name)?;
    vm.table_set(names, name, Local::NULL)?;
    vm.end_scope(scope);
    Ok(())
}

fn add_keys(vm: &mut Vm, names: Local, dict: Local) -> Result<(), Raised> {
    let mut at = 0;
    loop {
        let scope = vm.scope();
        let Some((key, _)) = vm.get(dict).cast::<HashObj>().and_then(|h| h.entry(at)) else {
            return Ok(());
        };
        at += 1;
        if vm.str_of(key).is_some() {
            let key = vm.push(key);
            vm.table_set(names, key, Local::NULL)?;
        }
        vm.end_scope(scope);
        vm.charge(1)?;
    }
}

fn add_attributes(vm: &mut Vm, names: Local, object: Local) -> Result<(), Raised> {
    let value = vm.get(object);
    if let Some(module) = value.as_native_module() {
        add_name(vm, names, name!("__name__"))?;
        if let Some(stored) = vm.module_overrides(module).map(|stored| vm.push(stored)) {
            add_keys(vm, names, stored)?;
        }
        return module.for_each(&mut |name, _| add_name(vm, names, name));
    }
    if let Some(module) = value.cast::<ModuleObj>() {
        let dict = vm.push(module.globals.get());
        return add_keys(vm, names, dict);
    }
    let class = if is_class(value) {
        object
    } else {
        if vm.is_python_instance(object) {
            let dict = vm.instance_dict(object)?;
            add_keys(vm, names, dict)?;
        }
        vm.push_type_of(object)
    };
    let n = vm.get(class).cast::<ClassObj>().map_or(0, |c| c.mro_items().len());
    for i in 0..n {
        let scope = vm.scope();
        let dict = vm
            .get(class)
            .cast::<ClassObj>()
            .and_then(|c| c.mro_items().get(i).map(Slot::get)?.cast::<ClassObj>())
            .map(|c| vm.push(c.dict.get()));
        if let Some(dict) = dict {
            add_keys(vm, names, dict)?;
        }
        vm.end_scope(scope);
    }
    let mut native = match vm.get(class).cast::<ClassObj>() {
        Some(c) => c.native_base.get().as_native_type(),
        None => vm.get(class).as_native_type(),
    };
    while let Some(ty) = native {
        for function in ty.all_methods() {
            add_name(vm, names, function.name)?;
        }
        for (name, _) in ty.constants() {
            add_name(vm, names, *name)?;
        }
        native = ty.base;
    }
    Ok(())
}
