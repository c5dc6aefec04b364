//! Native functions, types and modules: static tables that lie in flash.
//!
//! Adding a method is one line in a type's table plus its function:
//!
//! ```ignore
//! pub static LIST: NativeType = NativeType::new(name!("list"), Kind::List)
//!     .methods(&[method("append", 2, 2, append), method("pop", 1, 2, pop)])
//!     .subscr(subscr)
//!     .iter(iter);
//! ```
//!
//! The tables are objects like those in the heap: they have a header, and a value refers to them
//! by address.

#[cfg(feature = "addresses")]
pub mod address;
pub(crate) mod args;
pub(crate) mod data;
pub mod full;
mod function;
pub mod leaf;
mod name;
mod object;
pub mod pack;
pub mod print;
mod slots;
mod state;
pub mod stream;

use snakelet_qstr::Qstr;

use crate::native::leaf::{Leaf, Leave, Obj};
use crate::object::value::Value;
use crate::object::{HeapObject, Kind, StaticHeader};
use crate::{Local, Raised, Res, Vm};

pub use args::Param;
pub use data::{Data, NativeData, Seen, Serve};
pub(crate) use function::Convention;
pub(crate) use function::MOST_NAMED;
pub(crate) use function::Native;
pub use function::{Binding, Named, NativeFn, VARIADIC};
pub use name::Name;
pub use slots::TypeSlots;
pub(crate) use slots::{Behaviour, Slots, slots};
pub use snakelet_bytecode::opcode::{BinaryOp, UnaryOp};

/// What a subscription does.
#[derive(Copy, Clone)]
pub enum Subscr {
    /// Reads.
    Load,
    /// Stores the value.
    Store(Local),
    /// Deletes.
    Delete,
}

/// What an attribute access does.
#[derive(Copy, Clone)]
pub enum AttrOp {
    /// Reads.
    Load,
    /// Stores the value.
    Store(Local),
    /// Deletes.
    Delete,
}

/// What a type slot returns that may decline: `None` means "not mine".
pub(crate) type Maybe = Result<Option<Local>, Raised>;

/// A unary operation as a leaf; `None` means "not mine". It may ask for room and raise exceptions only.
pub type LeafUnary = for<'h> fn(Leaf<'h>, UnaryOp, Obj<'h>) -> Result<Option<Obj<'h>>, Leave>;

/// A binary operation as a leaf; `None` means "not mine". It may ask for room and raise exceptions only.
pub type LeafBinary =
    for<'h> fn(Leaf<'h>, BinaryOp, Obj<'h>, Obj<'h>) -> Result<Option<Obj<'h>>, Leave>;

/// A type in flash.
#[repr(C, align(16))]
pub struct NativeType {
    header: StaticHeader,
    /// The name.
    pub name: Name,
    /// The kind of its instances.
    pub kind: Kind,
    /// Whether hashing an instance is a `TypeError`.
    pub unhashable: bool,
    /// Whether Python classes may derive from it.
    pub subclassable: bool,
    /// The type it derives from; `object` if none.
    pub base: Option<&'static NativeType>,
    /// Behaviour.
    pub(crate) slots: Slots,
    /// Methods and class attributes.
    pub methods: &'static [NativeFn],
    /// Methods that it has in common with other types, and attributes that are no functions: few types
    /// have either.
    pub contents: Option<&'static Contents>,
}

// two blocks, and there are nearly a hundred of them
#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<NativeType>() == 32);

impl NativeType {
    /// Describes a type whose instances are objects of `kind`, with no behaviour yet.
    pub(crate) const fn new(name: Name, kind: Kind) -> Self {
        Self {
            header: StaticHeader::new(Kind::NativeType, 0),
            name,
            kind,
            unhashable: false,
            subclassable: true,
            base: None,
            slots: Slots::NONE,
            methods: &[],
            contents: None,
        }
    }
    /// Describes a type that inherits the behaviour of `base` where it sets none of its own.
    pub const fn derived(name: Name, base: &'static NativeType) -> Self {
        let mut new = Self::new(name, base.kind);
        new.slots = base.slots;
        new.unhashable = base.unhashable;
        new.base = Some(base);
        new
    }
    /// Sets the behaviour.
    pub(crate) const fn slots(mut self, slots: Slots) -> Self {
        self.slots = slots;
        self
    }
    /// Sets the methods.
    pub const fn methods(mut self, methods: &'static [NativeFn]) -> Self {
        self.methods = methods;
        self
    }
    /// Sets the methods that it has in common with other types, and the attributes that are no functions.
    pub const fn contents(mut self, contents: &'static Contents) -> Self {
        self.contents = Some(contents);
        self
    }
    /// The methods that it has in common with other types.
    pub(crate) fn shared(&self) -> &'static [NativeFn] {
        self.contents.map_or(&[], |contents| contents.functions)
    }
    /// The attributes that are no functions.
    pub(crate) fn constants(&self) -> &'static [(Name, Constant)] {
        self.contents.map_or(&[], |contents| contents.constants)
    }
    /// The methods in both tables.
    pub(crate) fn all_methods(&self) -> impl Iterator<Item = &'static NativeFn> + use<> {
        self.shared().iter().chain(self.methods)
    }
    /// Makes hashing an instance a `TypeError`.
    pub const fn unhashable(mut self) -> Self {
        self.unhashable = true;
        self
    }
    /// Forbids deriving from it.
    pub const fn sealed(mut self) -> Self {
        self.subclassable = false;
        self
    }
    /// Whether objects can be subscripted at all.
    pub(crate) fn has_subscripts(&self) -> bool {
        self.slots.subscr().is_some() || self.slots.subscripted().is_some()
    }
    /// The method or function of this name, here or in a base.
    pub(crate) fn find(&'static self, vm: &Vm, name: Qstr) -> Option<Attribute> {
        let mut ty = self;
        loop {
            if let Some(found) = find_function(vm, ty.methods, name) {
                return Some(Attribute::Function(found));
            }
            if let Some(contents) = ty.contents {
                if let Some(found) = find_function(vm, contents.functions, name) {
                    return Some(Attribute::Function(found));
                }
                if let Some(found) = find_constant(vm, contents.constants, name) {
                    return Some(Attribute::Constant(found));
                }
            }
            ty = ty.base?;
        }
    }

    /// The method or function that a name of its own table stands for, which may be that of a base.
    pub(crate) fn find_name(&'static self, name: Name) -> Option<Attribute> {
        self.all_methods().find(|f| f.name.same(name)).map(Attribute::Function)
    }

    /// Whether its objects never change, so that their constructor alone gives them their value.
    pub(crate) fn is_value(&self) -> bool {
        matches!(
            self.kind,
            Kind::Tuple
                | Kind::BigInt
                | Kind::Float
                | Kind::Complex
                | Kind::Str
                | Kind::Bytes
                | Kind::FrozenSet
        )
    }

    /// Whether its objects are sequences that can be repeated by multiplication.
    pub(crate) fn is_sequence(&self) -> bool {
        matches!(
            self.kind,
            Kind::Tuple | Kind::List | Kind::Str | Kind::Bytes | Kind::ByteArray | Kind::Array
        )
    }

    /// Whether this is `other` or derives from it.
    pub(crate) fn is_subtype(&'static self, other: &NativeType) -> bool {
        let mut ty = self;
        loop {
            if core::ptr::eq(ty, other) {
                return true;
            }
            match ty.base {
                Some(base) => ty = base,
                None => return false,
            }
        }
    }
}

/// An entry found in a type's or module's tables.
pub(crate) enum Attribute {
    Function(&'static NativeFn),
    Constant(&'static Constant),
}

fn find_function(vm: &Vm, functions: &'static [NativeFn], name: Qstr) -> Option<&'static NativeFn> {
    functions.iter().find(|function| function.name.is(vm, name))
}

fn find_constant(
    vm: &Vm,
    constants: &'static [(Name, Constant)],
    name: Qstr,
) -> Option<&'static Constant> {
    constants.iter().find(|(known, _)| known.is(vm, name)).map(|(_, constant)| constant)
}

/// A value that a table in flash can name.
#[derive(Copy, Clone)]
pub enum Constant {
    /// A function.
    Function(&'static NativeFn),
    /// A type.
    Type(&'static NativeType),
    /// A module.
    Module(&'static NativeModule),
    /// An int.
    Int(i32),
    /// A float, by reference: there are hundreds of constants and few of them are floats.
    Float(&'static f64),
    /// An interned string.
    Name(Qstr),
    /// Computed each time it is read: a value of the interpreter's own.
    Computed(Computation),
}

/// How a value of the interpreter's own is computed.
#[derive(Copy, Clone)]
pub struct Computation(pub(crate) fn(&mut Vm) -> Res);

impl Constant {
    /// What is computed each time it is read.
    pub(crate) const fn computed(function: fn(&mut Vm) -> Res) -> Self {
        Self::Computed(Computation(function))
    }
}

/// What a module does when it is first imported.
pub(crate) type Init = for<'s> fn(&mut full::Full<'s>) -> Result<(), Raised>;

/// What is in a module or a part of it that is written in a file of its own, or in a type beside its own methods.
pub struct Contents {
    /// The functions, each described by [`function!`](crate::function).
    pub functions: &'static [NativeFn],
    /// Everything else.
    pub constants: &'static [(Name, Constant)],
}

/// A module in flash.
#[repr(C, align(16))]
pub struct NativeModule {
    header: StaticHeader,
    /// The name by which it is imported.
    pub name: Name,
    /// Its contents.
    pub contents: &'static [Contents],
    /// Run once, when the module is first imported.
    pub(crate) init: Option<Init>,
}

impl NativeModule {
    /// Describes a module.
    pub const fn new(name: Name, contents: &'static [Contents]) -> Self {
        Self { header: StaticHeader::new(Kind::NativeModule, 0), name, contents, init: None }
    }
    /// Sets a function that is run when the module is first imported, to set the state that it keeps.
    pub const fn init(mut self, init: Init) -> Self {
        self.init = Some(init);
        self
    }
    /// Gives everything in it by name, until an error.
    pub(crate) fn for_each(
        &'static self,
        each: &mut dyn FnMut(Name, Constant) -> Result<(), Raised>,
    ) -> Result<(), Raised> {
        for part in self.contents {
            for function in part.functions {
                each(function.name, Constant::Function(function))?;
            }
            for (name, constant) in part.constants {
                each(*name, *constant)?;
            }
        }
        Ok(())
    }
    pub(crate) fn find(&'static self, vm: &Vm, name: Qstr) -> Option<Constant> {
        for part in self.contents {
            if let Some(function) = find_function(vm, part.functions, name) {
                return Some(Constant::Function(function));
            }
            if let Some(constant) = find_constant(vm, part.constants, name) {
                return Some(*constant);
            }
        }
        None
    }
}

#[expect(unsafe_code, reason = "static objects are objects too")]
mod objects {
    use super::{HeapObject, Kind, NativeFn, NativeModule, NativeType};
    // SAFETY: `repr(C)` with a header first, never written; only these statics have the kinds.
    unsafe impl HeapObject for NativeFn {
        const FIRST: Kind = Kind::NativeFn;
        const LAST: Kind = Kind::NativeFn;
    }
    // SAFETY: `repr(C)` with a header first that is never written, and only a `NativeType` has the kind.
    unsafe impl HeapObject for NativeType {
        const FIRST: Kind = Kind::NativeType;
        const LAST: Kind = Kind::NativeType;
    }
    // SAFETY: `repr(C)` with a header first that is never written, and only a `NativeModule` has the kind.
    unsafe impl HeapObject for NativeModule {
        const FIRST: Kind = Kind::NativeModule;
        const LAST: Kind = Kind::NativeModule;
    }

    impl crate::Vm {
        /// Makes a local that holds a native function.
        pub fn push_function(&self, function: &'static NativeFn) -> crate::Local {
            self.push(super::Value::from_ref(function))
        }
    }

    impl super::Value<'_> {
        /// The native type, if this is one.
        #[inline(always)]
        pub fn as_native_type(self) -> Option<&'static NativeType> {
            // SAFETY: objects of this kind are statics.
            self.cast::<NativeType>().map(|t| unsafe { &*core::ptr::from_ref(t) })
        }
        /// The native function, if this is one.
        #[inline(always)]
        pub fn as_native_fn(self) -> Option<&'static NativeFn> {
            // SAFETY: objects of this kind are statics.
            self.cast::<NativeFn>().map(|t| unsafe { &*core::ptr::from_ref(t) })
        }
        /// The native module, if this is one.
        #[inline]
        pub fn as_native_module(self) -> Option<&'static NativeModule> {
            // SAFETY: objects of this kind are statics.
            self.cast::<NativeModule>().map(|t| unsafe { &*core::ptr::from_ref(t) })
        }
    }
}

/// Looks a name up at compile time and describes a method: `method!("append", 2, 2, append)`.
/// The numbers count the receiver.
#[macro_export]
macro_rules! method {
    ($name:literal, $min:expr, $max:expr, $code:expr) => {
        $crate::native::NativeFn::new($crate::name!($name), $min, $max, $code)
    };
}

/// Makes the table of a type's methods or a module's functions, each described by [`method!`] or
/// [`function!`](crate::function).
#[macro_export]
macro_rules! methods {
    ($($method:expr),* $(,)?) => {{
        static METHODS: &[$crate::native::NativeFn] = &[$($method),*];
        METHODS
    }};
}

/// Looks a name up at compile time and describes a module's function:
/// `function!("sqrt", 1, 1, sqrt)`.
#[macro_export]
macro_rules! function {
    ($name:literal, $min:expr, $max:expr, $code:expr) => {
        $crate::method!($name, $min, $max, $code).static_method()
    };
}
