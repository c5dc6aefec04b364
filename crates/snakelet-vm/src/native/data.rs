//! Objects of native types that carry Rust data.
//!
//! ```text
//!  header(number of values)  class | values, which the collector looks at | data, which it does not
//! ```
//!
//! The data is dropped when the object dies, in the sweep of a collection, or when the interpreter is: no
//! Python code runs then, and nothing is allocated. It moves when the object does, which never happens
//! while a leaf has a reference to it.

#![allow(unsafe_code)] // reaches data behind objects, and drops it

use core::any::TypeId;
use core::cell::Cell;
use core::marker::PhantomData;
use core::ops::Deref;
use core::ptr::NonNull;

use snakelet_gc::BLOCK;

use crate::native::full::Full;
#[cfg(feature = "streams")]
use crate::native::full::Held;
use crate::native::leaf::{Answer, Gc, Leaf, LeafArgs, Leave, Obj};
use crate::native::{Name, NativeFn, NativeType, Slots, TypeSlots};
use crate::object::value::{Value, Word};
use crate::object::{ArrayObj, DataObj, Kind, ViewObj, header, new_header, words_of};
use crate::{Args, Local, Raised, Res, Vm};

/// Rust data that objects of a native type carry.
///
/// It holds no Python values: those go to the object's values, where the collector finds them. Methods get
/// it shared, so that it changes through `Cell` and the like.
pub trait NativeData: Sized + Send + 'static {
    /// The type of the objects, made by [`NativeType::of`] for this data.
    const TYPE: &'static NativeType;
    /// Whether full natives may have the data exclusively, by
    /// [`Full::with_data_mut`](crate::native::full::Full::with_data_mut). Such data cannot be lent beside the
    /// interpreter.
    const EXCLUSIVE: bool = false;
    /// Python values that the state of a module keeps beside the data, by
    /// [`Full::set_state_value`](crate::native::full::Full::set_state_value).
    const STATE_VALUES: usize = 0;
    /// What the state of a module does between two instructions of the script, whenever the host is asked: it
    /// looks at what interrupts have noted, and calls back. It is not called while such a callback runs. What it
    /// raises is printed.
    const SERVE: Option<Serve> = None;

    /// Tells, in lines, what memory beside the heap the state of a module has, for `micropython.mem_info()`.
    fn report(&self, write: &mut dyn FnMut(&str)) {
        let _ = write;
    }
}

/// What the state of a module does between two instructions; see [`NativeData::SERVE`].
pub type Serve = for<'s> fn(&mut Full<'s>) -> Result<(), Raised>;

/// What a type knows of the data of its objects.
pub(crate) struct DataType {
    id: fn() -> TypeId,
    align: usize,
    /// Drops it, if there is anything to drop.
    drop: Option<unsafe fn(*mut u8)>,
    /// The bytes that it shows as a buffer.
    buffer: Option<ShowBytes>,
    /// The value that is shown as a buffer instead, if it is a `memoryview`.
    #[cfg(feature = "streams")]
    shown: Option<usize>,
    /// Tells what memory it has.
    report: Report,
    /// What it does between two instructions as the state of a module.
    serve: Option<Serve>,
}

/// Tells what memory the data of an object has.
type Report = for<'h> fn(Gc<'h, DataObj>, &mut dyn FnMut(&str));

/// Gives the bytes of an object with data, for as long as the interpreter is shared.
type ShowBytes = for<'h> fn(Leaf<'h>, Gc<'h, DataObj>) -> Option<&'h [Cell<u8>]>;

/// Drops data.
///
/// # Safety
/// It is a `T` that is not used again.
unsafe fn drop_data<T>(data: *mut u8) {
    // SAFETY: contract of this function.
    unsafe { data.cast::<T>().drop_in_place() }
}

impl DataType {
    const fn of<T: NativeData>() -> Self {
        const { assert!(align_of::<T>() <= BLOCK, "data is aligned to 16 at most") };
        Self {
            id: TypeId::of::<T>,
            align: align_of::<T>(),
            drop: if core::mem::needs_drop::<T>() { Some(drop_data::<T>) } else { None },
            buffer: None,
            #[cfg(feature = "streams")]
            shown: None,
            report: report_of::<T>,
            serve: T::SERVE,
        }
    }
}

fn report_of<T: NativeData>(object: Gc<'_, DataObj>, write: &mut dyn FnMut(&str)) {
    if let Some(data) = Data::<T>::of_object(object) {
        data.data().report(write);
    }
}

/// Tells what memory the data of an object has.
pub(in crate::native) fn report(object: Gc<'_, DataObj>, write: &mut dyn FnMut(&str)) {
    if let Some(known) = object.class.get().as_native_type().and_then(|ty| ty.slots.data()) {
        (known.report)(object, write);
    }
}

/// What the state of a module does between two instructions.
pub(in crate::native) fn serve(object: Gc<'_, DataObj>) -> Option<Serve> {
    object.class.get().as_native_type()?.slots.data()?.serve
}

/// Where data lies behind so many values.
#[inline(always)]
const fn offset(values: usize, align: usize) -> usize {
    // an alignment is a power of two
    (words_of::<DataObj>(values) * size_of::<Word>()).wrapping_add(align - 1) & !(align - 1)
}

/// A value of a function's type, which has no size.
///
/// # Safety
/// There was one.
#[inline(always)]
pub(in crate::native) const unsafe fn conjure<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0, "a function, or a closure that captures nothing") };
    // SAFETY: a value without bytes can be read anywhere, and the caller says that the type has values.
    unsafe { NonNull::<F>::dangling().read() }
}

/// The bytes that data of type `T` shows as a buffer.
fn bytes_of<'h, T, F>(_: Leaf<'h>, object: Gc<'h, DataObj>) -> Option<&'h [Cell<u8>]>
where
    T: NativeData,
    F: for<'a> Fn(&'a T) -> &'a [Cell<u8>] + Copy + 'static,
{
    // SAFETY: `TypeSlots::buffer` had a value of the function's type.
    let code = unsafe { conjure::<F>() };
    Some(code(Data::<T>::of_object(object)?.data()))
}

/// The same, of data that looks elsewhere for them.
fn bytes_found<'h, T, F>(cx: Leaf<'h>, object: Gc<'h, DataObj>) -> Option<&'h [Cell<u8>]>
where
    T: NativeData,
    F: for<'a> Fn(Seen<'a>, Data<'a, T>) -> Option<&'a [Cell<u8>]> + Copy + 'static,
{
    // SAFETY: `TypeSlots::view` had a value of the function's type.
    let code = unsafe { conjure::<F>() };
    code(Seen(cx), Data::of_object(object)?)
}

/// What an object may look at to find the bytes that it shows: it makes nothing and raises nothing.
#[derive(Copy, Clone)]
pub struct Seen<'h>(Leaf<'h>);

impl<'h> Seen<'h> {
    /// What a leaf sees of it.
    pub const fn new(cx: Leaf<'h>) -> Self {
        Self(cx)
    }
    /// The state that a module keeps in this interpreter.
    pub fn state<T: NativeData>(self) -> Option<&'h T> {
        self.0.state()
    }
    /// The bytes of a `bytearray` or `array`, such as one of the object's values.
    pub fn array(self, object: Obj<'h>) -> Option<&'h [Cell<u8>]> {
        Some(object.cast::<ArrayObj>()?.object().cells())
    }
    /// The bytes of a `bytearray` or `array`, or those of one that a `memoryview` shows, if they may be written.
    pub fn writable(self, object: Obj<'h>) -> Option<&'h [Cell<u8>]> {
        // what other data shows may be found by this very function
        let array = match object.cast::<ViewObj>() {
            Some(view) => view.object().base.get().cast::<ArrayObj>().is_some(),
            None => object.cast::<ArrayObj>().is_some(),
        };
        if array { self.0.vm().writable_buffer(object.value()) } else { None }
    }
}

impl TypeSlots {
    /// Behaviour of objects that carry data of type `T`.
    pub const fn of<T: NativeData>() -> Self {
        Self::with_data(const { &DataType::of::<T>() })
    }
    /// Shows the bytes that `code` gives as a buffer, which scripts may read and write. `code` is a function,
    /// or a closure that captures nothing.
    pub const fn buffer<T, F>(self, code: F) -> Self
    where
        T: NativeData,
        F: for<'a> Fn(&'a T) -> &'a [Cell<u8>] + Copy + 'static,
    {
        let _ = code;
        self.data(const { &DataType { buffer: Some(bytes_of::<T, F>), ..DataType::of::<T>() } })
    }
    /// The same where the bytes lie elsewhere, and may be gone: none are shown then. They are looked for at
    /// each access, also by a `memoryview`.
    pub const fn view<T, F>(self, code: F) -> Self
    where
        T: NativeData,
        F: for<'a> Fn(Seen<'a>, Data<'a, T>) -> Option<&'a [Cell<u8>]> + Copy + 'static,
    {
        let _ = code;
        self.data(const { &DataType { buffer: Some(bytes_found::<T, F>), ..DataType::of::<T>() } })
    }
    /// Shows as a buffer what value `I` of the object does, if that is a `memoryview`: there is no buffer otherwise.
    #[cfg(feature = "streams")]
    pub const fn shows<T: NativeData, const I: usize>(self) -> Self {
        self.data(const { &DataType { shown: Some(I), ..DataType::of::<T>() } })
    }
    /// Sets what is done with an object that died and is watched (`Full::watch`). What that raises is dropped.
    /// `code` is a function, or a closure that captures nothing.
    #[cfg(feature = "streams")]
    pub const fn finalise<F>(self, code: F) -> Self
    where
        F: for<'s> Fn(&mut Full<'s>, Held<'s>) -> Result<(), Raised> + Copy + 'static,
    {
        let _ = code;
        self.finalised(finalise::<F>)
    }
    /// Sets what calling the type does: a leaf function that makes an object.
    pub const fn construct(self, function: &'static NativeFn) -> Self {
        self.made(make, function)
    }
}

/// Does what the type says with an object that died.
#[cfg(feature = "streams")]
fn finalise<F>(vm: &mut Vm, object: Local)
where
    F: for<'s> Fn(&mut Full<'s>, Held<'s>) -> Result<(), Raised> + Copy + 'static,
{
    // SAFETY: `TypeSlots::finalise` had a value of the function's type.
    let code = unsafe { conjure::<F>() };
    // nobody is left to hear of an error; a stop by the host is kept elsewhere
    let _ = code(Full::new(vm), Held::of(object));
}

/// The `memoryview` that an object shows in its own place.
#[cfg(feature = "streams")]
pub(crate) fn shown_view(value: Value<'_>) -> Option<Value<'_>> {
    let object = value.cast::<DataObj>()?;
    let shown = object.class.get().as_native_type()?.slots.data()?.shown?;
    object
        .values()
        .get(shown)
        .map(|slot| slot.get())
        .filter(|value| value.is_kind(Kind::MemoryView))
}

/// Without streams of other crates none does.
#[cfg(not(feature = "streams"))]
pub(crate) fn shown_view(_: Value<'_>) -> Option<Value<'_>> {
    None
}

/// Makes an object with Rust data.
fn make(vm: &mut Vm, class: Local, args: Args) -> Res {
    let ty = vm.get(class).as_native_type();
    let Some(function) = ty.and_then(|ty| ty.slots.constructor()) else {
        return Err(vm.wrong_receiver());
    };
    vm.call_native(function, args.first().index(), args.len(), args.keywords())
}

impl NativeType {
    /// Describes a type whose objects carry Rust data: `slots` are made by [`TypeSlots::of`].
    pub const fn of(name: Name, slots: &'static TypeSlots) -> Self {
        Self::new(name, Kind::Data).slots(Slots::of(&slots.0))
    }
}

impl NativeFn {
    /// Describes a leaf method of objects that carry data of type `T`, with `REQUIRED` arguments and up to
    /// `optional` more. `code` is a function, or a closure that captures nothing.
    pub const fn on<T, const REQUIRED: usize, F>(name: Name, optional: u8, code: F) -> Self
    where
        T: NativeData,
        F: for<'h> Fn(Leaf<'h>, Data<'h, T>, LeafArgs<'h, REQUIRED>) -> Answer<'h> + Copy + 'static,
    {
        // a value without size, of which the method makes another one
        let _ = code;
        Self::method::<DataObj, REQUIRED>(name, optional, call_on::<T, REQUIRED, F>)
    }
}

/// Calls a method with the data of its receiver.
fn call_on<'h, T, const REQUIRED: usize, F>(
    cx: Leaf<'h>,
    object: Gc<'h, DataObj>,
    args: LeafArgs<'h, REQUIRED>,
) -> Answer<'h>
where
    T: NativeData,
    F: for<'a> Fn(Leaf<'a>, Data<'a, T>, LeafArgs<'a, REQUIRED>) -> Answer<'a> + Copy + 'static,
{
    let Some(native) = Data::of_object(object) else { return Err(cx.wrong_receiver()) };
    // SAFETY: `NativeFn::on` had a value of the function's type.
    let code = unsafe { conjure::<F>() };
    code(cx, native, args)
}

/// An object with data of type `T`, while a leaf runs; dereferences to the data.
pub struct Data<'h, T>(Gc<'h, DataObj>, PhantomData<&'h T>);

impl<T> Clone for Data<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Data<'_, T> {}

impl<T: NativeData> Deref for Data<'_, T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        self.data()
    }
}

/// Where the data of an object lies.
#[inline(always)]
fn data_of(object: &DataObj, align: usize) -> NonNull<u8> {
    let offset = offset(object.header.aux(), align);
    // SAFETY: the data lies behind the values, inside the object.
    unsafe { NonNull::from(object).cast::<u8>().add(offset) }
}

impl<'h, T: NativeData> Data<'h, T> {
    /// The data, for as long as the leaf runs.
    #[inline(always)]
    pub fn data(self) -> &'h T {
        // SAFETY: a `Data` is only made of objects whose type has data of this type, which was written
        // behind the values when the object was made. The object lives, and stays where it is, through
        // `'h`, and is shared while a leaf runs.
        unsafe { data_of(self.0.object(), align_of::<T>()).cast::<T>().as_ref() }
    }
    /// The object, if its type has data of type `T`.
    #[inline]
    pub(in crate::native) fn of_object(object: Gc<'h, DataObj>) -> Option<Self> {
        carries::<T>(&object).then_some(Self(object, PhantomData))
    }
    /// The object that a value is, if it carries data of type `T`.
    pub fn of(obj: Obj<'h>) -> Option<Self> {
        Self::of_object(obj.cast::<DataObj>()?)
    }
    /// The same as a value.
    pub fn obj(self) -> Obj<'h> {
        self.0.obj()
    }
    /// Value number `i` of the object; `None` if there are fewer, and for one that was never set.
    pub fn value(self, i: usize) -> Obj<'h> {
        self.0.object().values().get(i).map_or(Obj::NONE, |slot| Obj::or_none(slot.get()))
    }
    /// Changes value number `i` of the object, if there is one.
    pub fn set_value(self, i: usize, value: Obj<'h>) {
        if let Some(slot) = self.0.object().values().get(i) {
            slot.set(value.value());
        }
    }
}

impl<'h> Leaf<'h> {
    /// Makes an object that carries data, with these values.
    ///
    /// # Errors
    /// Room is asked for, and the data dropped: the leaf is called again. `TypeError` if
    /// [`NativeData::TYPE`] is not a type for this data.
    pub fn new_data<T: NativeData>(
        self,
        values: &[Obj<'h>],
        data: T,
    ) -> Result<Data<'h, T>, Leave> {
        let data = Cell::new(Some(data));
        self.allocate_data(values.len(), &|i| values.get(i).copied(), &data)
    }

    /// The data of type `T` that an object carries: of an instance of a class that derives from the type, its built-in
    /// part.
    pub fn data<T: NativeData>(self, object: Obj<'h>) -> Option<Data<'h, T>> {
        let part = self.vm().native_part_of(object.value()).and_then(Obj::of_value);
        Data::of(part.unwrap_or(object))
    }

    /// As [`Leaf::new_data`], of data that stays in its place if there is no room, and values that are found one by one.
    pub(in crate::native) fn new_data_of<T: NativeData>(
        self,
        n: usize,
        value: &dyn Fn(usize) -> Option<Obj<'h>>,
        data: &Cell<Option<T>>,
    ) -> Answer<'h> {
        Ok(self.allocate_data(n, value, data)?.obj())
    }

    fn allocate_data<T: NativeData>(
        self,
        n: usize,
        value: &dyn Fn(usize) -> Option<Obj<'h>>,
        data: &Cell<Option<T>>,
    ) -> Result<Data<'h, T>, Leave> {
        let ty = T::TYPE;
        let fits = ty.slots.data().is_some_and(|known| (known.id)() == TypeId::of::<T>());
        if !fits || ty.kind != Kind::Data || n > header::AUX_MAX {
            return Err(self.wrong_receiver());
        }
        let start = offset(n, align_of::<T>());
        let words = (start + size_of::<T>()).div_ceil(size_of::<Word>());
        let finaliser = if core::mem::needs_drop::<T>() { header::FINALISER } else { 0 };
        let at = self.words(new_header(Kind::Data, n) | finaliser, words)?;
        let Some(data) = data.take() else { return Err(self.wrong_receiver()) };
        // SAFETY: the object has that many words and nothing else refers to it yet; the data begins at an
        // offset that is aligned for it, in an object that is aligned to at least as much.
        let object = unsafe {
            at.cast::<u8>().add(start).cast::<T>().write(data);
            Gc::<DataObj>::new(at.cast::<DataObj>().as_ref())
        };
        object.class.set(Value::from_ref(ty));
        for (i, slot) in object.values().iter().enumerate() {
            slot.set(value(i).unwrap_or(Obj::NONE).value());
        }
        Ok(Data(object, PhantomData))
    }
}

/// The data of an object, if its type has data of type `T`.
pub(crate) fn data<T: NativeData>(object: &DataObj) -> Option<&T> {
    // SAFETY: an object whose type has data of this type has a `T` behind its values, written when it was
    // made; it is only shared while the object lives.
    carries::<T>(object).then(|| unsafe { data_of(object, align_of::<T>()).cast::<T>().as_ref() })
}

/// Whether the type of an object has data of type `T`.
#[inline]
fn carries<T: NativeData>(object: &DataObj) -> bool {
    let data = object.class.get().as_native_type().and_then(|ty| ty.slots.data());
    data.is_some_and(|data| (data.id)() == TypeId::of::<T>())
}

/// Drops the data of an object that has died. Called by the collector.
pub(crate) fn release(object: *mut Word) {
    // SAFETY: the collector passes the address of an object of this kind, whose words are still there.
    let object = unsafe { &*object.cast::<DataObj>() };
    if let Some(data) = object.class.get().as_native_type().and_then(|ty| ty.slots.data())
        && let Some(drop) = data.drop
    {
        // SAFETY: objects of a type with this data have it there, and it is released once.
        unsafe { drop(data_of(object, data.align).as_ptr()) };
    }
}

/// The data that `find` finds in an interpreter, exclusively, if its type has data of type `T`.
pub(crate) fn data_mut<T: NativeData>(
    vm: &mut Vm,
    find: impl FnOnce(&Vm) -> Option<&DataObj>,
) -> Option<&mut T> {
    const { assert!(T::EXCLUSIVE, "data that full natives may have exclusively says so") };
    let object = find(vm).filter(|object| carries::<T>(object))?;
    let at = data_of(object, align_of::<T>()).addr().get();
    let at = core::ptr::with_exposed_provenance_mut::<T>(at);
    // SAFETY: an object whose type has data of this type has a `T` behind its values, written when it was
    // made, and the address of each object is exposed then. The interpreter is borrowed exclusively as long
    // as the reference lives, so that the object stays and no leaf or buffer has a reference to its data;
    // and data that is exclusive is never lent beside the interpreter (`Vm::with_data`).
    Some(unsafe { &mut *at })
}

/// The bytes that an object shows as a buffer.
pub(crate) fn buffer_of<'h>(vm: &'h Vm, object: &'h DataObj) -> Option<&'h [Cell<u8>]> {
    let data = object.class.get().as_native_type()?.slots.data()?;
    data.buffer?(Leaf::new(vm), Gc::new(object))
}
