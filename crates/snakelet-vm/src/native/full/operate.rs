//! What a full native can do with objects: whatever Python can.

use crate::Raised;
use crate::native::full::{Full, Given, Held};
use crate::native::print::PrintKind;
use crate::native::{BinaryOp, Name, NativeType, Subscr, UnaryOp};
use crate::object::value::SWord;
use crate::protocol::buffer::Bytes;

impl<'s> Full<'s> {
    /// Calls an object.
    ///
    /// # Errors
    /// What it raises, as for all functions here.
    pub fn call(&mut self, callable: Held<'s>, args: &[Held<'s>]) -> Given<'s> {
        self.0.call_with(callable.0, Held::locals(args)).map(Held::of)
    }
    /// The built-in function or class of this name, if there is one; variables of the script do not count.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn builtin(&mut self, name: Name) -> Result<Option<Held<'s>>, Raised> {
        let name = self.0.intern_name(name)?;
        Ok(self.0.find_builtin(name)?.map(Held::of))
    }
    /// Calls a method.
    ///
    /// # Errors
    /// `AttributeError`; what it raises.
    pub fn call_method(&mut self, object: Held<'s>, name: Name, args: &[Held<'s>]) -> Given<'s> {
        let name = self.0.intern_name(name)?;
        self.0.call_method(object.0, name, Held::locals(args)).map(Held::of)
    }
    /// Reads an attribute.
    ///
    /// # Errors
    /// `AttributeError`; what a property raises.
    pub fn attribute(&mut self, object: Held<'s>, name: Name) -> Given<'s> {
        let name = self.0.intern_name(name)?;
        self.0.get_attr(object.0, name).map(Held::of)
    }
    /// Reads an attribute that may be missing.
    ///
    /// # Errors
    /// What a property raises.
    pub fn find_attribute(
        &mut self,
        object: Held<'s>,
        name: Name,
    ) -> Result<Option<Held<'s>>, Raised> {
        let name = self.0.intern_name(name)?;
        Ok(self.0.find_attr(object.0, name)?.map(Held::of))
    }
    /// Sets an attribute.
    ///
    /// # Errors
    /// `AttributeError`; what a property raises.
    pub fn set_attribute(
        &mut self,
        object: Held<'s>,
        name: Name,
        value: Held<'s>,
    ) -> Result<(), Raised> {
        let name = self.0.intern_name(name)?;
        self.0.set_attr(object.0, name, value.0)
    }
    /// `object[key]`.
    ///
    /// # Errors
    /// `KeyError`, `IndexError`, `TypeError`; what `__getitem__` raises.
    pub fn item(&mut self, object: Held<'s>, key: Held<'s>) -> Given<'s> {
        self.0.subscr(object.0, key.0, Subscr::Load).map(Held::of)
    }
    /// `object[i]`.
    ///
    /// # Errors
    /// As for [`Full::item`].
    pub fn item_at(&mut self, object: Held<'s>, i: usize) -> Given<'s> {
        let i = self.count(i)?;
        self.item(object, i)
    }
    /// `object[key] = value`.
    ///
    /// # Errors
    /// As for [`Full::item`].
    pub fn set_item(
        &mut self,
        object: Held<'s>,
        key: Held<'s>,
        value: Held<'s>,
    ) -> Result<(), Raised> {
        self.0.subscr(object.0, key.0, Subscr::Store(value.0)).map(|_| ())
    }
    /// `del object[key]`.
    ///
    /// # Errors
    /// As for [`Full::item`].
    pub fn delete_item(&mut self, object: Held<'s>, key: Held<'s>) -> Result<(), Raised> {
        self.0.subscr(object.0, key.0, Subscr::Delete).map(|_| ())
    }
    /// Appends an item to a list; does nothing to an object that is none.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn append(&mut self, list: Held<'s>, item: Held<'s>) -> Result<(), Raised> {
        self.0.list_append(list.0, item.0)
    }
    /// `len(object)`.
    ///
    /// # Errors
    /// `TypeError`; what `__len__` raises.
    pub fn len(&mut self, object: Held<'s>) -> Result<usize, Raised> {
        self.0.len(object.0)
    }
    /// `item in container`.
    ///
    /// # Errors
    /// `TypeError`; what comparing raises.
    pub fn contains(&mut self, container: Held<'s>, item: Held<'s>) -> Result<bool, Raised> {
        self.0.contains(container.0, item.0)
    }
    /// `bool(object)`.
    ///
    /// # Errors
    /// What `__bool__` raises.
    pub fn truth(&mut self, object: Held<'s>) -> Result<bool, Raised> {
        self.0.truth(object.0)
    }
    /// `left == right`.
    ///
    /// # Errors
    /// What `__eq__` raises.
    pub fn equal(&mut self, left: Held<'s>, right: Held<'s>) -> Result<bool, Raised> {
        self.0.equal(left.0, right.0)
    }
    /// `left < right`.
    ///
    /// # Errors
    /// `TypeError`; what `__lt__` raises.
    pub fn less(&mut self, left: Held<'s>, right: Held<'s>) -> Result<bool, Raised> {
        self.0.less(left.0, right.0)
    }
    /// `hash(object)`.
    ///
    /// # Errors
    /// `TypeError`; what `__hash__` raises.
    pub fn hash(&mut self, object: Held<'s>) -> Result<SWord, Raised> {
        self.0.hash(object.0)
    }
    /// `left op right`.
    ///
    /// # Errors
    /// `TypeError`; what the operator raises.
    pub fn binary(&mut self, op: BinaryOp, left: Held<'s>, right: Held<'s>) -> Given<'s> {
        self.0.binary_op(op, left.0, right.0).map(Held::of)
    }
    /// `op object`.
    ///
    /// # Errors
    /// `TypeError`; what the operator raises.
    pub fn unary(&mut self, op: UnaryOp, object: Held<'s>) -> Given<'s> {
        self.0.unary_op(op, object.0).map(Held::of)
    }
    /// `iter(object)`.
    ///
    /// # Errors
    /// `TypeError`; what `__iter__` raises.
    pub fn iter(&mut self, object: Held<'s>) -> Given<'s> {
        self.0.get_iter(object.0).map(Held::of)
    }
    /// The next item of an iterator; `None`, Rust's, at its end.
    ///
    /// # Errors
    /// What the iterator raises.
    pub fn next(&mut self, iterator: Held<'s>) -> Result<Option<Held<'s>>, Raised> {
        Ok(self.0.iter_next(iterator.0)?.map(Held::of))
    }
    /// `isinstance(object, class)` of a class in flash.
    pub fn is_instance(&self, object: Held<'s>, class: &'static NativeType) -> bool {
        self.0.is_instance_of(self.0.get(object.0), class)
    }
    /// Whether it is `None`, Python's.
    pub fn is_none(&self, object: Held<'s>) -> bool {
        self.0.get(object.0).is_none()
    }
    /// The int that an object is, as `__index__` gives it.
    ///
    /// # Errors
    /// `TypeError`; `OverflowError` beyond 64 bits.
    pub fn i64_of(&mut self, object: Held<'s>) -> Result<i64, Raised> {
        self.0.i64_of(object.0)
    }
    /// The int that an object is, modulo 2 to the 64th.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn u64_wrapping_of(&mut self, object: Held<'s>) -> Result<u64, Raised> {
        self.0.u64_wrapping_of(object.0)
    }
    /// The int that an object is, as an object.
    ///
    /// # Errors
    /// `TypeError`; what `__index__` raises.
    pub fn int_of(&mut self, object: Held<'s>) -> Given<'s> {
        self.0.int_of(object.0).map(Held::of)
    }
    /// The float that an object is, as `__float__` gives it.
    ///
    /// # Errors
    /// `TypeError`; what `__float__` raises.
    pub fn float_of(&mut self, object: Held<'s>) -> Result<f64, Raised> {
        self.0.float_of(object.0)
    }
    /// `str(object)` or `repr(object)`.
    ///
    /// # Errors
    /// What `__str__` or `__repr__` raises.
    pub fn text_of(&mut self, object: Held<'s>, kind: PrintKind) -> Given<'s> {
        self.0.to_text(object.0, kind).map(Held::of)
    }
    /// Shows the bytes of a buffer to `work`: of `str`, `bytes`, `bytearray`, an array, a `memoryview`, or data that
    /// shows itself as one. Anything else is a `TypeError`.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn with_bytes<T>(
        &mut self,
        object: Held<'s>,
        work: impl FnOnce(Bytes<'_>) -> T,
    ) -> Result<T, Raised> {
        self.0.check_buffer(object.0)?;
        let bytes = self.0.buffer(self.0.get(object.0)).map_or(Bytes::NONE, |buffer| buffer.bytes);
        Ok(work(bytes))
    }

    /// Reads at most `buf.len()` bytes of a stream; 0 at its end, `None` if there is nothing to read yet.
    ///
    /// # Errors
    /// `OSError` if the object is no stream or cannot be read; what an object of a script raises.
    pub fn read_stream(
        &mut self,
        stream: Held<'s>,
        buf: &mut [u8],
    ) -> Result<Option<usize>, Raised> {
        self.0.stream_read(stream.0, buf)
    }
    /// Writes bytes to a stream: all of them, unless it takes no more.
    ///
    /// # Errors
    /// `OSError` if the object is no stream or cannot be written; what an object of a script raises.
    pub fn write_stream(&mut self, stream: Held<'s>, bytes: &[u8]) -> Result<(), Raised> {
        self.0.write_to_stream(stream.0, bytes)
    }

    /// Raises an exception with a text.
    pub fn raise(&mut self, class: &'static NativeType, text: &str) -> Raised {
        self.0.raise_text(class, text)
    }
    /// Raises an exception without arguments.
    pub fn raise_no_args(&mut self, class: &'static NativeType) -> Raised {
        self.0.raise_no_args(class)
    }
    /// Raises an exception with a text about values: `%t` in it is the type of the next value, `%r` its
    /// `repr()`, `%s` its `str()`.
    pub fn raise_about(
        &mut self,
        class: &'static NativeType,
        text: &'static str,
        values: &[Held<'s>],
    ) -> Raised {
        self.0.raise_about(class, text, Held::locals(values))
    }
    /// Asks a stream which of these events have come: 1 to read, 4 to write, 8 an error, 16 the end.
    ///
    /// # Errors
    /// `OSError` if it is no stream; what its code raises.
    #[cfg(feature = "io")]
    pub fn poll_stream(&mut self, stream: Held<'s>, events: u16) -> Result<u16, Raised> {
        let scope = self.0.scope();
        let ready = crate::stream::ready(&mut self.0, stream.0, events)?;
        self.0.end_scope(scope);
        Ok(ready)
    }
    /// Raises an `OSError` with a number.
    pub fn raise_os_error(&mut self, errno: i32) -> Raised {
        self.0.os_error(errno)
    }
    /// Raises an object as `raise` does: an exception, or an instance of an exception class; `TypeError` for others.
    pub fn raise_object(&mut self, exception: Held<'s>) -> Raised {
        self.0.raise_object(exception.0)
    }
    /// Turns an error of a class into `Ok(None)`; a stop by the host is of no class.
    ///
    /// # Errors
    /// Errors of other classes.
    pub fn catch<T>(
        &mut self,
        result: Result<T, Raised>,
        class: &'static NativeType,
    ) -> Result<Option<T>, Raised> {
        self.0.catch(result, class)
    }
    /// Takes an exception back, as an object.
    ///
    /// # Errors
    /// It is a stop by the host, which must be passed on.
    pub fn take_exception(&mut self, raised: Raised) -> Given<'s> {
        // a function that is to be left for a while has to pass that on
        #[cfg(any(feature = "idle", feature = "thread"))]
        {
            self.0.rt.stepping.wish = None;
        }
        let raised = self.0.genuine(raised);
        self.0.take_raised(raised).map(Held::of)
    }
    /// Raises the `TypeError` for a receiver of a wrong type.
    pub fn wrong_receiver(&mut self) -> Raised {
        self.0.wrong_receiver()
    }
}
