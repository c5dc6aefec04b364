//! `object`, and the special methods of native types as attributes.
//!
//! Operators on objects of native types go through the slots of their types. A Python class that
//! derives from one calls what it overrides by name, as in `list.__getitem__(self, i)`: one table
//! of functions over the slots serves all types.

use snakelet_qstr::Qstr;

use crate::exception::classes::STOP_ITERATION;
use crate::native::print::PrintKind;
use crate::native::{
    AttrOp, Attribute, Behaviour, BinaryOp, NativeFn, NativeType, Subscr, UnaryOp, VARIADIC, slots,
};
use crate::object::value::Value;
use crate::object::{ClassObj, Instance, Kind};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name};

/// `object`.
pub(crate) static OBJECT: NativeType = NativeType::new(name!("object"), Kind::Object)
    .slots(slots!(Behaviour::NONE.make(make)))
    .methods(methods![
        method!("__init__", 1, VARIADIC, init).keywords().whole(),
        method!("__new__", 1, VARIADIC, new).keywords().static_method(),
        method!("__setattr__", 3, 3, setattr).whole(),
        method!("__delattr__", 2, 2, delattr).whole(),
        // what the last class of a chain of `super()` calls
        method!("__init_subclass__", 1, 1, |_, _| Ok(Local::NONE)).class_method(),
    ]);

/// A special method that a native type has if `when` says so.
struct Special {
    function: NativeFn,
    when: fn(&NativeType) -> bool,
}

macro_rules! specials {
    ($($name:literal $args:literal $code:expr, $when:expr;)*) => {
        static SPECIALS: &[Special] = &[$(
            Special { function: method!($name, $args, $args, $code), when: $when },
        )*];
    };
}

const fn code(op: BinaryOp) -> u8 {
    op as u8
}

specials! {
    "__repr__" 1 |vm, args| text(vm, args, PrintKind::Repr), |_| true;
    "__str__" 1 |vm, args| text(vm, args, PrintKind::Str), |_| true;
    "__hash__" 1 hash, |t| !t.unhashable;
    "__eq__" 2 binary::<{ code(BinaryOp::Equal) }>, |_| true;
    "__ne__" 2 not_equal, |_| true;
    "__len__" 1 len, |t| t.slots.len().is_some();
    "__bool__" 1 truth, |t| t.slots.truth().is_some();
    "__getitem__" 2 get_item, |t| t.has_subscripts();
    "__setitem__" 3 set_item, |t| t.has_subscripts() && t.unhashable;
    "__delitem__" 2 delete_item, |t| t.has_subscripts() && t.unhashable;
    "__contains__" 2 contains, |t| t.slots.contains().is_some() || t.slots.membership().is_some();
    "__iter__" 1 iter, |t| t.slots.iter().is_some();
    "__next__" 1 next, |t| t.slots.next().is_some();
    "__lt__" 2 binary::<{ code(BinaryOp::Less) }>, has_binary;
    "__gt__" 2 binary::<{ code(BinaryOp::More) }>, has_binary;
    "__le__" 2 binary::<{ code(BinaryOp::LessEqual) }>, has_binary;
    "__ge__" 2 binary::<{ code(BinaryOp::MoreEqual) }>, has_binary;
    "__add__" 2 binary::<{ code(BinaryOp::Add) }>, has_binary;
    "__sub__" 2 binary::<{ code(BinaryOp::Subtract) }>, has_binary;
    "__mul__" 2 binary::<{ code(BinaryOp::Multiply) }>, has_binary;
    "__truediv__" 2 binary::<{ code(BinaryOp::TrueDivide) }>, has_binary;
    "__floordiv__" 2 binary::<{ code(BinaryOp::FloorDivide) }>, has_binary;
    "__mod__" 2 binary::<{ code(BinaryOp::Modulo) }>, has_binary;
    "__pow__" 2 binary::<{ code(BinaryOp::Power) }>, has_binary;
    "__and__" 2 binary::<{ code(BinaryOp::And) }>, has_binary;
    "__or__" 2 binary::<{ code(BinaryOp::Or) }>, has_binary;
    "__xor__" 2 binary::<{ code(BinaryOp::Xor) }>, has_binary;
    "__lshift__" 2 binary::<{ code(BinaryOp::Lshift) }>, has_binary;
    "__rshift__" 2 binary::<{ code(BinaryOp::Rshift) }>, has_binary;
    "__iadd__" 2 binary::<{ code(BinaryOp::InplaceAdd) }>, is_mutable;
    "__imul__" 2 binary::<{ code(BinaryOp::InplaceMultiply) }>, is_mutable;
    "__ior__" 2 binary::<{ code(BinaryOp::InplaceOr) }>, is_mutable;
    "__neg__" 1 |vm, args| unary(vm, args, UnaryOp::Negative), has_unary;
    "__pos__" 1 |vm, args| unary(vm, args, UnaryOp::Positive), has_unary;
    "__invert__" 1 |vm, args| unary(vm, args, UnaryOp::Invert), has_unary;
}

fn has_unary(ty: &NativeType) -> bool {
    ty.slots.unary_leaf().is_some()
}

fn has_binary(ty: &NativeType) -> bool {
    ty.slots.binary().is_some() || ty.slots.binary_leaf().is_some()
}

fn is_mutable(ty: &NativeType) -> bool {
    has_binary(ty) && ty.unhashable
}

/// An attribute that a native type does not list but has: what `object` has, and the special
/// methods that its slots stand for.
pub(crate) fn inherited(vm: &Vm, ty: &NativeType, name: Qstr) -> Option<Attribute> {
    if let Some(found) = OBJECT.find(vm, name) {
        return Some(found);
    }
    let special = SPECIALS.iter().find(|s| s.function.name.is(vm, name))?;
    (special.when)(ty).then_some(Attribute::Function(&special.function))
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, 0)?;
    vm.new_slots(Kind::Object, 0, &[])
}

/// The native type that the class of an instance derives from.
fn native_base(class: Value<'_>) -> Option<&'static NativeType> {
    class.cast::<ClassObj>()?.native_base.get().as_native_type()
}

/// `object.__init__`: makes the built-in part of an instance anew.
fn init(vm: &mut Vm, args: Args) -> Res {
    let object = args.get(0);
    let native = vm.get(object).cast::<Instance>().and_then(|i| native_base(i.class()));
    let Some(native) = native else {
        if vm.is_python_instance(object) {
            args.check(vm, 1, 1)?;
        }
        return Ok(Local::NONE);
    };
    let given = args.len() > 1 || args.keywords() > 0;
    let Some(make) = native.slots.make().filter(|_| given || !native.is_value()) else {
        return Ok(Local::NONE);
    };
    let class = vm.push(Value::from_ref(native));
    let part = make(vm, class, args.skip(1))?;
    vm.set_native_part(object, part);
    Ok(Local::NONE)
}

/// `object.__new__`, which serves native types too: the class says which.
fn new(vm: &mut Vm, args: Args) -> Res {
    let class = args.get(0);
    // a native type makes its objects of something
    if let Some(native) = vm.get(class).as_native_type()
        && let Some(make) = native.slots.make()
        && (args.len() > 1 || core::ptr::eq(native, &OBJECT))
    {
        return make(vm, class, args.skip(1));
    }
    if !vm.get(class).is_kind(Kind::Class) {
        return Err(vm.type_error("arg must be user-type"));
    }
    let instance = vm.new_instance(class)?;
    if let Some(native) = native_base(vm.get(class)) {
        let rest = args.skip(1);
        let first = rest.first().index();
        vm.make_native_part(class, instance, native, first, rest.len(), rest.keywords())?;
    }
    Ok(instance)
}

fn change(vm: &mut Vm, args: Args, op: AttrOp) -> Res {
    let object = args.get(0);
    let name = vm.intern_local(args.get(1))?;
    if !vm.is_python_instance(object) {
        match op {
            AttrOp::Store(value) => vm.set_attr(object, name, value)?,
            _ => vm.del_attr(object, name)?,
        }
    } else if !vm.change_instance_directly(object, name, op)? {
        return Err(vm.no_attribute(object, name));
    }
    Ok(Local::NONE)
}

fn setattr(vm: &mut Vm, args: Args) -> Res {
    change(vm, args, AttrOp::Store(args.get(2)))
}

fn delattr(vm: &mut Vm, args: Args) -> Res {
    change(vm, args, AttrOp::Delete)
}

// --- special methods -----------------------------------------------------------------------

fn text(vm: &mut Vm, args: Args, kind: PrintKind) -> Res {
    let object = args.get(0);
    let out = vm.new_text()?;
    if vm.is_python_instance(object) {
        vm.print_plain(object, out)?;
    } else {
        vm.print(object, out, kind)?;
    }
    vm.finish_text(out)
}

fn hash(vm: &mut Vm, args: Args) -> Res {
    let object = args.get(0);
    let hash =
        if vm.is_python_instance(object) { vm.identity_hash(object)? } else { vm.hash(object)? };
    vm.new_int(hash)
}

/// A binary operator of the receiver's type only.
fn try_binary(vm: &mut Vm, op: BinaryOp, args: Args) -> Res {
    let (left, right) = (args.get(0), vm.native_part(args.get(1)));
    let slots = vm.native_type_of(vm.get(left)).slots;
    if let Some(result) = vm.binary_slot(slots, op, left, right)? {
        return Ok(result);
    }
    if op == BinaryOp::Equal && vm.get(left).is(vm.get(right)) {
        return Ok(Local::TRUE);
    }
    Ok(Local::NOT_IMPLEMENTED)
}

fn binary<const OP: u8>(vm: &mut Vm, args: Args) -> Res {
    match BinaryOp::from_index(OP) {
        Some(op) => try_binary(vm, op, args),
        None => Ok(Local::NOT_IMPLEMENTED),
    }
}

fn not_equal(vm: &mut Vm, args: Args) -> Res {
    let equal = try_binary(vm, BinaryOp::Equal, args)?;
    if vm.get(equal).is(Value::NOT_IMPLEMENTED) {
        return Ok(equal);
    }
    let equal = vm.truth(equal)?;
    Ok(Local::bool(!equal))
}

fn unary(vm: &mut Vm, args: Args, op: UnaryOp) -> Res {
    vm.unary_op(op, args.get(0))
}

fn len(vm: &mut Vm, args: Args) -> Res {
    let n = vm.len(args.get(0))?;
    vm.new_int(n as isize)
}

fn truth(vm: &mut Vm, args: Args) -> Res {
    vm.truth(args.get(0)).map(Local::bool)
}

fn get_item(vm: &mut Vm, args: Args) -> Res {
    vm.subscr(args.get(0), args.get(1), Subscr::Load)
}

fn set_item(vm: &mut Vm, args: Args) -> Res {
    vm.subscr(args.get(0), args.get(1), Subscr::Store(args.get(2)))
}

fn delete_item(vm: &mut Vm, args: Args) -> Res {
    vm.subscr(args.get(0), args.get(1), Subscr::Delete)
}

fn contains(vm: &mut Vm, args: Args) -> Res {
    vm.contains(args.get(0), args.get(1)).map(Local::bool)
}

fn iter(vm: &mut Vm, args: Args) -> Res {
    vm.get_iter(args.get(0))
}

fn next(vm: &mut Vm, args: Args) -> Res {
    match vm.iter_next(args.get(0))? {
        Some(item) => Ok(item),
        None => Err(no_more(vm)),
    }
}

fn no_more(vm: &mut Vm) -> Raised {
    vm.raise_no_args(&STOP_ITERATION)
}
