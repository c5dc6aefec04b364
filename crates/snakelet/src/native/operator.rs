//! The special methods of a class, by setters with names of their own.

use alloc::boxed::Box;

use snakelet_vm::Local;
use snakelet_vm::exception::classes::STOP_ITERATION;

use crate::native::class::Part;
use crate::native::function::method;
use crate::native::{Call, Callable, Class, Failure, Method};
use crate::{Context, Error};

/// An operator: it declines where an argument does not convert.
struct Declining<'m>(Box<dyn Callable + 'm>);

impl Callable for Declining<'_> {
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        match self.0.call(context, call) {
            Err(Failure::Argument(Error::Exception(e)))
                if matches!(e.base(), "TypeError" | "OverflowError") =>
            {
                Ok(Local::NOT_IMPLEMENTED)
            }
            result => result,
        }
    }
    fn fault(&self) -> Option<&'static str> {
        self.0.fault()
    }
}

/// A method that gives its receiver, whatever its function returns; without a function it does nothing else.
struct Chaining<'m>(Option<Box<dyn Callable + 'm>>);

impl Callable for Chaining<'_> {
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        if let Some(function) = &self.0 {
            function.call(context, call)?;
        }
        Ok(call.args.opt(0).unwrap_or(Local::NONE))
    }
    fn fault(&self) -> Option<&'static str> {
        self.0.as_ref()?.fault()
    }
}

/// `__iter__`: an iterator over what the function returns.
struct Iterating<'m>(Box<dyn Callable + 'm>);

impl Callable for Iterating<'_> {
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        let items = self.0.call(context, call)?;
        let iterator = context.vm().get_iter(items);
        Ok(context.check(iterator)?)
    }
    fn fault(&self) -> Option<&'static str> {
        self.0.fault()
    }
}

/// `__next__`: ends where the function returns `None`.
struct Ending<'m>(Box<dyn Callable + 'm>);

impl Callable for Ending<'_> {
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        let item = self.0.call(context, call)?;
        if item != Local::NONE && !context.vm().value(item).is_none() {
            return Ok(item);
        }
        let stop = context.vm().raise_no_args(&STOP_ITERATION);
        Ok(context.check(Err(stop))?)
    }
    fn fault(&self) -> Option<&'static str> {
        self.0.fault()
    }
}

/// `__exit__`: of the object alone; the exception is not passed on.
struct Exiting<'m>(Box<dyn Callable + 'm>);

impl Callable for Exiting<'_> {
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        let args = snakelet_vm::Args::new(call.args.first(), call.args.len().min(1), 0);
        self.0.call(context, Call { args, ..call })
    }
    fn fault(&self) -> Option<&'static str> {
        self.0.fault()
    }
}

macro_rules! setters {
    ($($kind:ident $name:ident $special:literal $doc:literal;)*) => {
        #[allow(clippy::should_implement_trait, reason = "they describe operators of Python")]
        impl<'m, T: Send + 'static> Class<'m, T> {
            $(
                #[doc = concat!("Sets ", $doc, ", `", $special, "`.")]
                pub fn $name<P: 'm>(self, function: impl Method<T, P> + 'm) -> Self {
                    self.set($special, Part::Method(setters!($kind function)))
                }
            )*
        }
    };
    (plain $function:ident) => { method($function) };
    (declining $function:ident) => { Box::new(Declining(method($function))) };
}

setters! {
    declining add "__add__" "`object + other`";
    declining radd "__radd__" "`other + object`";
    declining iadd "__iadd__" "`object += other`; the result is what the variable is afterwards";
    declining sub "__sub__" "`object - other`";
    declining rsub "__rsub__" "`other - object`";
    declining mul "__mul__" "`object * other`";
    declining rmul "__rmul__" "`other * object`";
    declining matmul "__matmul__" "`object @ other`";
    declining truediv "__truediv__" "`object / other`";
    declining floordiv "__floordiv__" "`object // other`";
    declining modulo "__mod__" "`object % other`";
    declining pow "__pow__" "`object ** other`";
    declining bitand "__and__" "`object & other`";
    declining bitor "__or__" "`object | other`";
    declining bitxor "__xor__" "`object ^ other`";
    declining lshift "__lshift__" "`object << other`";
    declining rshift "__rshift__" "`object >> other`";
    declining eq "__eq__" "`object == other`; without [`hash`](Class::hash), the object is not hashable then";
    declining ne "__ne__" "`object != other`; by default the contrary of [`eq`](Class::eq)";
    declining lt "__lt__" "`object < other`";
    declining le "__le__" "`object <= other`";
    declining gt "__gt__" "`object > other`";
    declining ge "__ge__" "`object >= other`";
    plain neg "__neg__" "`-object`";
    plain pos "__pos__" "`+object`";
    plain invert "__invert__" "`~object`";
    plain abs "__abs__" "`abs(object)`";
    plain hash "__hash__" "`hash(object)`, an int";
    plain truth "__bool__" "the truth of an object";
    plain str "__str__" "`str(object)`";
    plain repr "__repr__" "`repr(object)`";
    plain len "__len__" "`len(object)`";
    plain get_item "__getitem__" "`object[key]`";
    plain set_item "__setitem__" "`object[key] = value`";
    plain del_item "__delitem__" "`del object[key]`";
    plain contains "__contains__" "`item in object`";
    plain call "__call__" "`object(..)`";
}

impl<'m, T: Send + 'static> Class<'m, T> {
    /// Sets what is iterated over, `__iter__`: the items of what the function returns, a vector for instance.
    pub fn iter<P: 'm>(self, function: impl Method<T, P> + 'm) -> Self {
        self.set("__iter__", Part::Method(Box::new(Iterating(method(function)))))
    }

    /// Makes objects iterators, `__next__` and `__iter__`: the function returns the next item, and `None` at the end.
    pub fn next<P: 'm>(self, function: impl Method<T, P> + 'm) -> Self {
        self.set("__iter__", Part::Method(Box::new(Chaining(None))))
            .set("__next__", Part::Method(Box::new(Ending(method(function)))))
    }

    /// Sets what `with object as name` does first, `__enter__`. The name stands for the object itself.
    pub fn enter<P: 'm>(self, function: impl Method<T, P> + 'm) -> Self {
        self.set("__enter__", Part::Method(Box::new(Chaining(Some(method(function))))))
    }

    /// Sets what the end of a `with` block does, `__exit__`, however it ends. If the function returns `true`, an
    /// exception that ended it goes no further.
    pub fn exit<P: 'm>(self, function: impl Method<T, P> + 'm) -> Self {
        self.set("__exit__", Part::Method(Box::new(Exiting(method(function)))))
    }
}
