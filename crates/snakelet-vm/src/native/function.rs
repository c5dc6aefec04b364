//! Functions in flash.

#![allow(unsafe_code)] // forgets the types of functions, which their tables remember

use crate::native::Name;
use crate::native::args::Param;
use crate::native::leaf::{Answer, Leaf, LeafArgs, Obj, Receiving};
use crate::object::value::{Word, raw};
use crate::object::{Kind, StaticHeader, header};
use crate::{Args, Res, Vm};

/// A native function that may run Python code: arguments lie on the VM stack, and so does the result.
pub(crate) type Native = fn(&mut Vm, Args) -> Res;

/// A leaf with a receiver, whose type and number of required arguments are forgotten.
pub(crate) type LeafMethod = for<'h> fn(Leaf<'h>, Obj<'h>, LeafArgs<'h, 0>) -> Answer<'h>;

/// A leaf without receiver, whose number of required arguments is forgotten.
pub(crate) type LeafFunction = for<'h> fn(Leaf<'h>, LeafArgs<'h, 0>) -> Answer<'h>;

/// What an attribute of a type does when it is found through an instance or the type.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Binding {
    /// Is given the receiver as first argument: of an instance its built-in part.
    Method,
    /// Is given the receiver as first argument, of an instance the instance itself.
    Whole,
    /// Is given no receiver: a static method or a module's function.
    Static,
    /// Is given the class it is looked up through.
    Class,
    /// Is called with the receiver when the attribute is read.
    Property,
}

/// How a function is called.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Convention {
    /// It may run Python code, and takes no keyword arguments.
    Full,
    /// It may run Python code; keyword arguments are passed on.
    Keywords,
    /// A leaf with a receiver.
    LeafMethod,
    /// A leaf without receiver.
    LeafFunction,
    /// A function of one float, without receiver.
    LeafFloat,
    /// A leaf whose arguments can be given by name.
    Named,
}

/// A function; the convention says which.
#[derive(Copy, Clone)]
union Code {
    full: Native,
    method: LeafMethod,
    function: LeafFunction,
    float: fn(f64) -> f64,
    named: &'static Named,
}

/// A leaf, and the parameters behind its receiver, which can be given by name. Where one is given by name,
/// the leaf gets an argument for each parameter; those that are not given are absent.
pub struct Named {
    leaf: NativeFn,
    parameters: &'static [Param],
}

/// How many parameters can be given by name.
pub(crate) const MOST_NAMED: usize = 6;

impl Named {
    /// Describes a leaf whose arguments can be given by these names. Those that must be given come first.
    pub const fn new(leaf: NativeFn, parameters: &'static [Param]) -> Self {
        assert!(leaf.is_leaf() && !matches!(leaf.convention, Convention::Named));
        let receiver = matches!(leaf.convention, Convention::LeafMethod) as usize;
        assert!(parameters.len() <= MOST_NAMED && leaf.min as usize - receiver <= parameters.len());
        Self { leaf, parameters }
    }
    /// The leaf.
    #[inline(always)]
    pub(crate) fn leaf(&self) -> &NativeFn {
        &self.leaf
    }
    /// The parameters behind its receiver.
    #[inline(always)]
    pub(crate) fn parameters(&self) -> &'static [Param] {
        self.parameters
    }
}

/// A function in flash: four words where these have 32 bits.
#[repr(C, align(16))]
pub struct NativeFn {
    /// Aux: of a leaf with a receiver what this may be (see [`NativeFn::takes`]); of others the number of
    /// arguments with which the call resumes the generator that is the first of them, which is sent the
    /// second.
    pub(super) header: StaticHeader,
    code: Code,
    /// The name.
    pub(crate) name: Name,
    /// Least number of positional arguments, the receiver included.
    pub(crate) min: u8,
    /// Most positional arguments; `VARIADIC` for no limit.
    pub(crate) max: u8,
    pub(crate) convention: Convention,
    pub(crate) binding: Binding,
}

/// As `max` of a function: any number of arguments.
pub const VARIADIC: u8 = u8::MAX;

/// A number of arguments with which no function is called.
const NEVER: usize = header::AUX_MAX;

/// Bits of a kind in the aux field of a leaf's header.
const KIND_BITS: u32 = 6;
const KINDS: usize = (1 << KIND_BITS) - 1;
/// Set in the aux field of a leaf, so that it is no number of arguments.
const IS_LEAF: usize = 1 << (2 * KIND_BITS + 8);
const _: () = assert!(Kind::NativeModule as usize <= KINDS);
const _: () = assert!(IS_LEAF << header::AUX_SHIFT <= u32::MAX as usize);

impl NativeFn {
    const fn with(name: Name, min: u8, max: u8, convention: Convention, code: Code) -> Self {
        Self {
            header: StaticHeader::new(Kind::NativeFn, NEVER),
            code,
            name,
            min,
            max,
            convention,
            binding: Binding::Method,
        }
    }

    /// Describes a function with `min` to `max` positional arguments.
    pub(crate) const fn new(name: Name, min: u8, max: u8, code: Native) -> Self {
        Self::with(name, min, max, Convention::Full, Code { full: code })
    }

    /// Describes a leaf method with a receiver as `R` says, `REQUIRED` arguments and up to `optional`
    /// more.
    pub(crate) const fn method<R: Receiving, const REQUIRED: usize>(
        name: Name,
        optional: u8,
        code: for<'h> fn(Leaf<'h>, R::As<'h>, LeafArgs<'h, REQUIRED>) -> Answer<'h>,
    ) -> Self {
        const { assert!(REQUIRED < 16) };
        // SAFETY: `R::As` and `Obj` are transparent over pointers that are not null (contract of
        // `Receiving`), and `LeafArgs` is transparent over a slice whatever is required, so that the two
        // types of functions are called alike. Callers give what `takes` allows, and that many arguments.
        let code = unsafe {
            core::mem::transmute::<
                for<'h> fn(Leaf<'h>, R::As<'h>, LeafArgs<'h, REQUIRED>) -> Answer<'h>,
                LeafMethod,
            >(code)
        };
        let min = 1 + REQUIRED as u8;
        let max = if optional == VARIADIC { VARIADIC } else { min + optional };
        let mut new = Self::with(name, min, max, Convention::LeafMethod, Code { method: code });
        let kinds = R::FIRST as usize | (R::LAST as usize - R::FIRST as usize) << KIND_BITS;
        let aux = kinds | (R::IMMEDIATES as usize) << (2 * KIND_BITS) | IS_LEAF;
        new.header = StaticHeader::new(Kind::NativeFn, aux);
        new
    }

    /// Describes a leaf function of a module with `REQUIRED` arguments and up to `optional` more.
    pub const fn leaf<const REQUIRED: usize>(
        name: Name,
        optional: u8,
        code: for<'h> fn(Leaf<'h>, LeafArgs<'h, REQUIRED>) -> Answer<'h>,
    ) -> Self {
        const { assert!(REQUIRED < 16) };
        // SAFETY: `LeafArgs` is transparent over a slice whatever is required, so that the two types of
        // functions are called alike. Callers give that many arguments.
        let code = unsafe {
            core::mem::transmute::<
                for<'h> fn(Leaf<'h>, LeafArgs<'h, REQUIRED>) -> Answer<'h>,
                LeafFunction,
            >(code)
        };
        let min = REQUIRED as u8;
        let max = if optional == VARIADIC { VARIADIC } else { min + optional };
        let mut new = Self::with(name, min, max, Convention::LeafFunction, Code { function: code });
        new.binding = Binding::Static;
        new
    }

    /// Describes a function of a module that makes a float of one. What is not a number or infinite
    /// though its argument was neither is out of its domain.
    pub const fn float(name: Name, code: fn(f64) -> f64) -> Self {
        let mut new = Self::with(name, 1, 1, Convention::LeafFloat, Code { float: code });
        new.binding = Binding::Static;
        new
    }

    /// Lets the arguments of a leaf be given by name: `named` is `const { &Named::new(..) }`.
    pub const fn named(named: &'static Named) -> Self {
        let leaf = &named.leaf;
        let code = Code { named };
        let mut new = Self::with(leaf.name, leaf.min, leaf.max, Convention::Named, code);
        new.binding = leaf.binding;
        new
    }

    /// Says that a call with so many arguments resumes the generator that is the first, and sends
    /// it the second if there is one.
    pub(crate) const fn resuming(mut self, arguments: usize) -> Self {
        self.header = StaticHeader::new(Kind::NativeFn, arguments);
        self
    }
    /// Whether a call with so many arguments does that.
    #[inline(always)]
    pub(crate) fn resumes(&self, arguments: usize) -> bool {
        self.header.aux() == arguments
    }
    /// Lets arguments be given by name to a function that may run Python code, which parses them with
    /// [`FullArgs::parse`](crate::native::full::FullArgs::parse) or asks for one of them. Names of a leaf's arguments are
    /// described by [`Named`] instead.
    pub const fn keywords(mut self) -> Self {
        // of a leaf the convention says what its code is
        if matches!(self.convention, Convention::Full) {
            self.convention = Convention::Keywords;
        }
        self
    }
    /// Makes it a static method.
    pub(crate) const fn static_method(mut self) -> Self {
        self.binding = Binding::Static;
        self
    }
    /// Makes it a class method: the first argument is the class.
    pub(crate) const fn class_method(mut self) -> Self {
        self.binding = Binding::Class;
        self
    }
    /// Gives it instances of Python classes as they are, not their built-in parts.
    pub(crate) const fn whole(mut self) -> Self {
        self.binding = Binding::Whole;
        self
    }
    /// Makes it an attribute that is computed when it is read; `min` and `max` are 1.
    pub(crate) const fn property(mut self) -> Self {
        self.binding = Binding::Property;
        self
    }

    /// Whether it is a leaf.
    #[inline(always)]
    pub(crate) const fn is_leaf(&self) -> bool {
        self.convention as u8 >= Convention::LeafMethod as u8
    }
    /// Whether a leaf with a receiver may be given the value in this word as receiver.
    #[inline(always)]
    pub(crate) fn takes(&self, receiver: Word) -> bool {
        let aux = self.header.aux();
        if raw::is_ref(receiver) {
            let kind = Kind::of_header(raw::header_of(receiver)) as usize;
            kind.wrapping_sub(aux & KINDS) <= aux >> KIND_BITS & KINDS
        } else {
            receiver != raw::NULL && aux >> (2 * KIND_BITS) >> (receiver & 7) & 1 != 0
        }
    }
    /// The function, if it may run Python code.
    #[inline(always)]
    pub(crate) fn full_code(&self) -> Option<Native> {
        match self.convention {
            // SAFETY: functions of these conventions were made with such code.
            Convention::Full | Convention::Keywords => Some(unsafe { self.code.full }),
            _ => None,
        }
    }
    /// The leaf and its parameters, if its arguments can be given by name.
    #[inline(always)]
    pub(crate) fn as_named(&self) -> Option<&'static Named> {
        match self.convention {
            // SAFETY: functions of this convention were made with such a description.
            Convention::Named => Some(unsafe { self.code.named }),
            _ => None,
        }
    }
    /// Calls a leaf method.
    ///
    /// # Safety
    /// The convention is that of a leaf method, it takes the receiver, and there are at least `min - 1`
    /// arguments.
    #[inline(always)]
    pub(crate) unsafe fn call_method<'h>(
        &self,
        cx: Leaf<'h>,
        receiver: Obj<'h>,
        args: LeafArgs<'h, 0>,
    ) -> Answer<'h> {
        // SAFETY: the contract of this function is that of `method`.
        (unsafe { self.code.method })(cx, receiver, args)
    }
    /// Calls a leaf function.
    ///
    /// # Safety
    /// The convention is that of a leaf function, and there are at least `min` arguments.
    #[inline(always)]
    pub(crate) unsafe fn call_function<'h>(
        &self,
        cx: Leaf<'h>,
        args: LeafArgs<'h, 0>,
    ) -> Answer<'h> {
        // SAFETY: the contract of this function is that of `leaf`.
        (unsafe { self.code.function })(cx, args)
    }
    /// The function of a float, if it is one.
    #[inline(always)]
    pub(crate) fn of_float(&self) -> Option<fn(f64) -> f64> {
        match self.convention {
            // SAFETY: functions of this convention were made with such code.
            Convention::LeafFloat => Some(unsafe { self.code.float }),
            _ => None,
        }
    }
}
