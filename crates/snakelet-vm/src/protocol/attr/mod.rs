//! Attributes: lookup, binding, storing and deleting.

mod cached;
mod change;
mod class;
mod instance;
mod module;
pub(crate) mod super_object;

use snakelet_qstr::Qstr;

use crate::exception::classes::ATTRIBUTE_ERROR;
use crate::native::{AttrOp, Attribute, Constant, Name, NativeFn};
use crate::object::value::Value;
use crate::object::{BoundMethod, FunctionObj, HostFnObj, Kind, Slot};
use crate::protocol::object;
use crate::vm::cache::Found;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, qstr};

/// What an attribute lookup found.
pub(crate) enum Attr {
    /// A value.
    Value(Local),
    /// A function that wants the receiver as its first argument.
    Method(Local, Local),
    /// Nothing.
    Absent,
}

/// What an instance has under a name, unbound.
pub(crate) enum Held<'h> {
    /// An attribute of its own, and its place.
    Itself(&'h Slot, usize),
    /// An attribute of its class.
    Class(Value<'h>),
}

/// The outcome of a lookup that every later one with the same key will have.
pub(crate) struct Cachable {
    pub(crate) found: Found,
    pub(crate) what: usize,
}

impl Vm {
    /// `obj.name`.
    ///
    /// # Errors
    /// `AttributeError`; what a property or `__getattr__` raises.
    pub fn get_attr(&mut self, object: Local, name: Qstr) -> Res {
        let found = self.lookup_attr(object, name)?;
        match self.take_attr(found)? {
            Some(value) => Ok(value),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// `obj.name`, or `None` if there is no such attribute.
    ///
    /// # Errors
    /// What a property or `__getattr__` raises; its `AttributeError` counts as absence.
    pub fn find_attr(&mut self, object: Local, name: Qstr) -> Result<Option<Local>, Raised> {
        let found = self.lookup_attr(object, name);
        match self.catch(found, &ATTRIBUTE_ERROR)? {
            Some(found) => self.take_attr(found),
            None => Ok(None),
        }
    }

    fn take_attr(&mut self, found: Attr) -> Result<Option<Local>, Raised> {
        match found {
            Attr::Value(value) => Ok(Some(value)),
            Attr::Method(function, receiver) => self.new_bound_method(function, receiver).map(Some),
            Attr::Absent => Ok(None),
        }
    }

    /// Raises the error for a missing attribute.
    pub(crate) fn no_attribute(&mut self, object: Local, name: Qstr) -> Raised {
        let value = self.get(object);
        if value.is_kind(Kind::Class) || value.is_kind(Kind::NativeType) {
            let class = self.type_name(value);
            return self.raise_parts(
                &ATTRIBUTE_ERROR,
                &[
                    Part::Text("type object '"),
                    Part::Name(class),
                    Part::Text("' has no attribute '"),
                    Part::Name(name.into()),
                    Part::Text("'"),
                ],
            );
        }
        self.raise_parts(
            &ATTRIBUTE_ERROR,
            &[
                Part::Text("'"),
                Part::TypeOf(object),
                Part::Text("' object has no attribute '"),
                Part::Name(name.into()),
                Part::Text("'"),
            ],
        )
    }

    /// Looks an attribute up without making a bound method.
    pub(crate) fn lookup_attr(&mut self, object: Local, name: Qstr) -> Result<Attr, Raised> {
        match self.get(object).ref_kind() {
            Some(Kind::Instance) => self.lookup_instance(object, name),
            Some(Kind::Class) => self.lookup_class(object, name),
            Some(Kind::NativeType) => self.lookup_native_type(object, name),
            Some(Kind::Module) => self.lookup_module(object, name),
            Some(Kind::NativeModule) => self.lookup_native_module(object, name),
            Some(Kind::Super) => self.lookup_super(object, name),
            _ => self.lookup_native(object, name),
        }
    }

    /// Makes a local that holds the type of an object.
    pub(crate) fn push_type_of(&self, object: Local) -> Local {
        self.push_here(self.type_of(self.get(object)))
    }

    /// Makes a local of a constant of a table.
    pub(crate) fn constant(&mut self, constant: Constant) -> Res {
        match constant {
            Constant::Function(f) => Ok(self.push(Value::from_ref(f))),
            Constant::Type(t) => Ok(self.push(Value::from_ref(t))),
            Constant::Module(m) => Ok(self.push(Value::from_ref(m))),
            Constant::Int(i) => self.new_int_64(i64::from(i)),
            Constant::Float(f) => self.new_float(*f),
            Constant::Name(q) => Ok(self.push(Value::qstr(q))),
            Constant::Computed(f) => f.0(self),
        }
    }

    /// Attributes of objects of native types.
    fn lookup_native(&mut self, object: Local, name: Qstr) -> Result<Attr, Raised> {
        let ty = self.native_type_of(self.get(object));
        if let Some(attr) = ty.slots.attr()
            && let Some(value) = attr(self, object, name, AttrOp::Load)?
        {
            return Ok(Attr::Value(value));
        }
        #[cfg(feature = "cpython")]
        if let Some(value) =
            crate::exception::classes::other_attribute(self, object, name, AttrOp::Load)?
        {
            return Ok(Attr::Value(value));
        }
        let found = ty.find(self, name).or_else(|| object::inherited(self, ty, name));
        match found {
            Some(Attribute::Function(f)) => {
                let function = self.push(Value::from_ref(f));
                let class = self.push_type_of(object);
                return self.bind(function, object, class);
            }
            Some(Attribute::Constant(c)) => return self.constant(*c).map(Attr::Value),
            None => {}
        }
        if name == qstr!("__class__") {
            return Ok(Attr::Value(self.push_type_of(object)));
        }
        Ok(Attr::Absent)
    }

    /// The name of a callable, for messages.
    pub(crate) fn callable_name(&self, callable: Value<'_>) -> Name {
        if let Some(f) = callable.as_native_fn() {
            return NativeFn::name(f);
        }
        if let Some(m) = callable.cast::<BoundMethod>() {
            return self.callable_name(m.function.get());
        }
        if let Some(f) = callable.cast::<HostFnObj>() {
            return f.name.get().as_qstr().unwrap_or(Qstr::EMPTY).into();
        }
        match callable.cast::<FunctionObj>() {
            Some(f) => crate::protocol::call::function::name_of(f).into(),
            None => Qstr::EMPTY.into(),
        }
    }

    /// Raises the error for a native method called on an object of another type.
    pub fn wrong_receiver(&mut self) -> Raised {
        self.type_error("wrong type of receiver")
    }

    /// Calls method `name` of an object.
    ///
    /// # Errors
    /// `AttributeError` if there is none; what it raises.
    pub fn call_method(&mut self, object: Local, name: Qstr, args: &[Local]) -> Res {
        match self.call_method_if(object, name, args)? {
            Some(result) => Ok(result),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// Calls a method of an object; `None` if it has none of that name.
    ///
    /// # Errors
    /// What it raises.
    pub(crate) fn call_method_if(
        &mut self,
        object: Local,
        name: Qstr,
        args: &[Local],
    ) -> Result<Option<Local>, Raised> {
        match self.lookup_attr(object, name)? {
            Attr::Absent => Ok(None),
            Attr::Value(function) => self.call_with(function, args).map(Some),
            Attr::Method(function, receiver) => {
                let first = self.push_copy(function);
                self.push_copy(receiver);
                for arg in args {
                    self.push_copy(*arg);
                }
                self.call(first, Args::new(first.offset(1), args.len() + 1, 0)).map(Some)
            }
        }
    }
}

impl NativeFn {
    pub(crate) fn name(f: &NativeFn) -> Name {
        f.name
    }
}
