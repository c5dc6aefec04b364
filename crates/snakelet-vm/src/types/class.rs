//! `type`, `super`, and how a `class` statement makes a class.

use crate::exception::classes::TYPE_ERROR;
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, NativeFn, NativeType, VARIADIC, slots};
use crate::object::value::Value;
use crate::object::{ClassObj, HashObj, Instance, Kind, SuperObj};
use crate::protocol::call::Call;
use crate::vm::raised::Part;
use crate::vm::stack::Local;

use crate::{Args, Raised, Res, Vm, name, qstr};

/// `type`.
pub static TYPE: NativeType = NativeType::new(name!("type"), Kind::Class)
    .slots(slots!(Behaviour::NONE.make(make).print(print)));
/// `super`.
pub static SUPER: NativeType = NativeType::new(name!("super"), Kind::Super)
    .slots(slots!(Behaviour::NONE.make(make_super).print(print_super)))
    .sealed();

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    match args.len() {
        1 => Ok(vm.push_type_of(args.get(0))),
        3 => {
            let name = vm.intern_local(args.get(0))?;
            let part = vm.native_part(args.get(2));
            if !vm.get(args.get(1)).is_kind(Kind::Tuple)
                || !matches!(vm.get(part).ref_kind(), Some(Kind::Dict | Kind::OrderedDict))
            {
                return Err(vm.type_error("type takes 1 or 3 arguments"));
            }
            let dict = vm.copy_table(part, Kind::Dict)?;
            check_bases(vm, args.get(1))?;
            let class = vm.new_class(name, args.get(1), dict)?;
            finish_class(vm, class, Args::none())?;
            Ok(class)
        }
        _ => Err(vm.type_error("type takes 1 or 3 arguments")),
    }
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let name = vm.type_name(vm.get(object));
    vm.emit(out, b"<class '")?;
    vm.emit_name(out, name)?;
    vm.emit(out, b"'>")
}

fn make_super(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 2, 2)?;
    let class = args.get(0);
    let value = vm.get(class);
    if !value.is_kind(Kind::Class) && value.as_native_type().is_none() {
        return Err(vm.type_error("first argument to super() must be type"));
    }
    // an object of the class, or a class that derives from it, as in class methods
    let receiver = vm.get(args.get(1));
    let is_class = |v: Value<'_>| v.is_kind(Kind::Class) || v.as_native_type().is_some();
    let fits = if is_class(receiver) {
        vm.is_subclass(receiver, value)
    } else {
        vm.is_subclass(vm.type_of(receiver), value)
    };
    if !fits {
        return Err(vm.type_error("super(type, obj): obj must be an instance or subtype of type"));
    }
    vm.new_slots(Kind::Super, 0, &[class, args.get(1)])
}

fn print_super(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let parts = vm
        .get(object)
        .cast::<SuperObj>()
        .map(|s| (vm.push(s.class.get()), vm.push(s.receiver.get())));
    let Some((class, receiver)) = parts else { return Ok(()) };
    vm.emit(out, b"<super: ")?;
    vm.print(class, out, PrintKind::Str)?;
    vm.emit(out, b", ")?;
    vm.print(receiver, out, PrintKind::Str)?;
    vm.emit(out, b">")
}

/// `__build_class__`.
pub(crate) static BUILD_CLASS: NativeFn =
    NativeFn::new(name!("__build_class__"), 2, VARIADIC, build_class).static_method().keywords();

/// `__build_class__(body, name, *bases, **keywords)`: runs the body with a new dict of names.
fn build_class(vm: &mut Vm, args: Args) -> Res {
    let name = vm.intern_local(args.get(1))?;
    // every class has the name of its module, its own and some more
    let dict = vm.new_dict(4)?;
    let cell = vm.run_with_names(args.get(0), dict)?;
    let bases_from = args.skip(2);
    let bases = vm.new_tuple(bases_from.first(), bases_from.len())?;
    check_bases(vm, bases)?;
    let class = vm.new_class(name, bases, dict)?;
    // the body returns the cell of `__class__` if a method uses it
    if let Some(cell) = vm.get(cell).cast::<crate::object::CellObj>() {
        cell.value.set(vm.get(class));
    }
    finish_class(vm, class, bases_from)?;
    Ok(class)
}

fn check_bases(vm: &mut Vm, bases: Local) -> Result<(), Raised> {
    for i in 0..vm.sequence_len(bases) {
        let scope = vm.scope();
        let base = vm.tuple_item(bases, i);
        let value = vm.get(base);
        if !value.is_kind(Kind::Class) && value.as_native_type().is_none() {
            return Err(vm.type_error("type is not an acceptable base type"));
        }
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(())
}

/// Calls `__set_name__` of the attributes and `__init_subclass__` of the base.
fn finish_class(vm: &mut Vm, class: Local, keywords: Args) -> Result<(), Raised> {
    let dict = match vm.get(class).cast::<ClassObj>() {
        Some(c) => vm.push(c.dict.get()),
        None => return Ok(()),
    };
    if has_instances(vm, dict) {
        set_names(vm, class, dict)?;
    }
    // `__new__`, `__init_subclass__` and `__class_getitem__` need no decorator
    let hook = vm.get(class).cast::<ClassObj>().and_then(|c| {
        let mro = c.mro_items();
        vm.mro_lookup(mro.get(1..)?, qstr!("__init_subclass__"))
    });
    if let Some(hook) = hook {
        let hook = vm.push(hook);
        let function = match vm.get(hook).cast::<crate::object::Wrapper>() {
            Some(w) => vm.push(w.function.get()),
            None => hook,
        };
        let first = vm.push_copy(function);
        vm.push_copy(class);
        for i in 0..keywords.keywords() {
            let (name, value) = keywords.keyword(i);
            vm.push_copy(name);
            vm.push_copy(value);
        }
        vm.call(first, Args::new(first.offset(1), 1, keywords.keywords()))?;
    } else if keywords.keywords() > 0 {
        return Err(vm.raise_parts(
            &TYPE_ERROR,
            &[Part::Text("__init_subclass__() takes no keyword arguments")],
        ));
    }
    Ok(())
}

/// Whether a value of a dict is an instance of a Python class.
fn has_instances(vm: &Vm, dict: Local) -> bool {
    let Some(h) = vm.get(dict).cast::<HashObj>() else { return false };
    vm.paced_to_end(0..h.used())
        .any(|at| h.entry(at).is_some_and(|(_, value)| value.cast::<Instance>().is_some()))
}

/// Calls `__set_name__` of the attributes of a class.
fn set_names(vm: &mut Vm, class: Local, dict: Local) -> Result<(), Raised> {
    // a copy: `__set_name__` may change the class
    let dict = vm.copy_table(dict, Kind::Dict)?;
    let mut at = 0;
    loop {
        let scope = vm.scope();
        let Some((key, value)) = vm
            .get(dict)
            .cast::<HashObj>()
            .and_then(|h| h.entry(at))
            .map(|(k, v)| (vm.push(k), vm.push(v)))
        else {
            break;
        };
        at += 1;
        if vm.is_python_instance(value)
            && let Some(method) = vm.special(value, qstr!("__set_name__"))
        {
            vm.call_with(method, &[value, class, key])?;
        }
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(())
}

impl Vm {
    /// Calls a function without arguments whose local names live in a dict.
    ///
    /// # Errors
    /// What it raises.
    pub(crate) fn run_with_names(&mut self, function: Local, names: Local) -> Res {
        let first = self.push_copy(function);
        match self.prepare_call(first.index(), first.index() + 1, 0, 0, 0)? {
            Call::Done(result) => Ok(result),
            Call::Frame => {
                self.set_frame_names(names);
                self.run_entry()
            }
        }
    }
}
