//! The behaviour of types: what each can do, packed for flash.
//!
//! Of some twenty slots most types have a handful. So a type refers to three words that say which ones there are
//! and where, and behind them lie those only.

#![allow(unsafe_code)] // entries whose types their numbers tell

use core::mem::offset_of;
use core::ptr;
use core::slice;

use snakelet_qstr::Qstr;

use crate::native::data::DataType;
use crate::native::print::{Out, PrintKind};
use crate::native::stream::StreamFns;
use crate::native::{AttrOp, BinaryOp, LeafBinary, LeafUnary, Maybe, NativeFn, Subscr};
use crate::object::value::{SWord, Value};
use crate::{Args, Local, Raised, Res, Vm};

macro_rules! behaviour {
    ($($(#[$doc:meta])* $name:ident: $ty:ty;)*) => {
        /// The numbers of slots.
        #[expect(non_camel_case_types, reason = "each is named as its function")]
        #[derive(Copy, Clone)]
        #[repr(u8)]
        pub(crate) enum Slot { $($name,)* }

        /// What lies in a slot; its number says which.
        #[derive(Copy, Clone)]
        pub(crate) union Entry {
            /// An entry that was not set.
            none: (),
            $($(#[$doc])* pub(in crate::native) $name: $ty,)*
        }

        /// Behaviour of a type that is written down; a slot that is absent means that the operation is not
        /// supported. [`slots!`] packs it.
        ///
        /// Objects are passed as locals. Where `Option` is returned, `None` means "not mine": the next
        /// type is asked, or the operation is refused.
        #[derive(Copy, Clone)]
        pub(crate) struct Behaviour { $($name: Option<$ty>,)* }

        impl Behaviour {
            /// No behaviour.
            pub(crate) const NONE: Self = Self { $($name: None,)* };

            $(
                $(#[$doc])*
                #[allow(dead_code, reason = "only the VM's own types are made like this")]
                pub(crate) const fn $name(mut self, entry: $ty) -> Self {
                    self.$name = Some(entry);
                    self
                }
            )*
            /// How many slots there are.
            pub(crate) const fn count(&self) -> usize {
                0 $(+ self.$name.is_some() as usize)*
            }
            /// Packs them.
            pub(crate) const fn pack<const N: usize>(&self) -> Packed<N> {
                let mut packed = Packed::NONE;
                $(if let Some(entry) = self.$name {
                    packed = packed.with(Slot::$name, Entry { $name: entry });
                })*
                packed
            }
        }

        impl Slots {
            $(
                $(#[$doc])*
                #[allow(dead_code, reason = "features leave out what asks for some")]
                #[inline(always)]
                pub(crate) fn $name(self) -> Option<$ty> {
                    // SAFETY: what lies under this number was set as this field: `with` is called with a number
                    // and the field of the same name.
                    self.entry(Slot::$name).map(|entry| unsafe { entry.$name })
                }
            )*
        }
    };
}

behaviour! {
    /// Computes a binary operation as a leaf; it is asked before `binary`.
    binary_leaf: LeafBinary;
    /// `obj[index]`, `obj[index] = value` and `del obj[index]` as leaf methods; the last two may be
    /// missing. The first of them.
    subscripted: *const NativeFn;
    /// The next item; `None` at the end.
    next: fn(&mut Vm, Local) -> Maybe;
    /// Makes an iterator.
    iter: fn(&mut Vm, Local) -> Res;
    /// Length.
    len: fn(&Vm, Value<'_>) -> usize;
    /// `item in obj` as a leaf method with one argument.
    membership: &'static NativeFn;
    /// Truth; absent: decided by `len`, else true.
    truth: fn(&Vm, Value<'_>) -> bool;
    /// Computes a binary operation with this object on the left. In-place operators arrive as
    /// `BinaryOp::Inplace*`; when they give `None` the plain operator is tried.
    binary: fn(&mut Vm, BinaryOp, Local, Local) -> Maybe;
    /// Makes an object when the type is called: the type (or a subclass of it), then the arguments.
    make: fn(&mut Vm, Local, Args) -> Res;
    /// What is known of the Rust data of its objects.
    data: &'static DataType;
    /// The leaf function that `make` calls, of a type whose objects carry Rust data.
    constructor: &'static NativeFn;
    /// Attributes beside those in `methods`.
    attr: fn(&mut Vm, Local, Qstr, AttrOp) -> Maybe;
    /// Computes a unary operation other than those with slots of their own.
    unary_leaf: LeafUnary;
    /// Hash; absent: identity. Types whose objects have none are marked beside.
    hash: fn(&mut Vm, Local) -> Result<SWord, Raised>;
    /// Prints it.
    print: fn(&mut Vm, Local, Out, PrintKind) -> Result<(), Raised>;
    /// How many methods for subscription there are.
    subscript_count: usize;
    /// `obj[index]`.
    subscr: fn(&mut Vm, Local, Local, Subscr) -> Res;
    /// `item in obj`.
    contains: fn(&mut Vm, Local, Local) -> Result<bool, Raised>;
    /// What a stream does that is no file of the host.
    stream: &'static StreamFns;
    /// Called when an unreferenced object with a finaliser is found.
    finalise: fn(&mut Vm, Local);
}

/// Places that are noted in a word.
const PLACES: usize = 8;
/// Words with the places of all slots.
const WORDS: usize = (Slot::finalise as usize + 1).div_ceil(PLACES);

/// The slots that there are. The first words say by four bits for each slot where its entry lies: the distance from
/// the beginning, in machine words, or 0 if there is none.
#[repr(C)]
pub(crate) struct Packed<const N: usize> {
    places: [u32; WORDS],
    entries: [Entry; N],
}

const _: () = assert!(size_of::<Entry>() == size_of::<usize>());
/// The place of the first entry.
const FIRST: usize = offset_of!(Packed<0>, entries) / size_of::<usize>();

// SAFETY: all entries are functions, numbers, or references and pointers to statics, which are shared.
unsafe impl<const N: usize> Sync for Packed<N> {}

impl<const N: usize> Packed<N> {
    const NONE: Self = Packed { places: [0; WORDS], entries: [Entry { none: () }; N] };

    /// Where the entry of a slot lies, or 0.
    const fn place(&self, slot: usize) -> usize {
        (self.places[slot / PLACES] >> (slot % PLACES * 4) & 15) as usize
    }

    /// Sets a slot, while a program is compiled. The entry is the field that is named as the slot.
    const fn with(mut self, slot: Slot, entry: Entry) -> Self {
        let slot = slot as usize;
        let mut place = self.place(slot);
        if place == 0 {
            place = FIRST;
            let mut other = 0;
            while other < self.places.len() * PLACES {
                if self.place(other) >= place {
                    place = self.place(other) + 1;
                }
                other += 1;
            }
            assert!(place < 16, "places have four bits");
            self.places[slot / PLACES] |= (place as u32) << (slot % PLACES * 4);
        }
        self.entries[place - FIRST] = entry;
        self
    }
}

/// The slots of a type.
#[derive(Copy, Clone)]
pub(crate) struct Slots(*const u32);

// SAFETY: it refers to a `Packed`, which is shared and never changes.
unsafe impl Sync for Slots {}
// SAFETY: it refers to a `Packed`, which threads may share and which never changes, and owns nothing.
unsafe impl Send for Slots {}

impl Slots {
    /// No behaviour.
    pub(crate) const NONE: Self = Self::of(const { &Packed::<0>::NONE });

    /// Slots that were packed.
    pub(crate) const fn of<const N: usize>(packed: &'static Packed<N>) -> Self {
        Slots(ptr::from_ref(packed).cast())
    }

    /// What lies in a slot.
    #[inline(always)]
    fn entry(self, slot: Slot) -> Option<&'static Entry> {
        let slot = slot as usize;
        // SAFETY: it points to a `Packed`, which begins with a word for so many slots.
        let places = unsafe { *self.0.add(slot / PLACES) };
        let place = places >> (slot % PLACES * 4) & 15;
        if place == 0 {
            return None;
        }
        // SAFETY: so many machine words behind the beginning lies an entry of the `Packed`, which is a static.
        Some(unsafe { &*self.0.cast::<Entry>().add(place as usize) })
    }

    /// The leaf methods for subscription.
    pub(crate) fn subscripts(self) -> &'static [NativeFn] {
        match (self.subscripted(), self.subscript_count()) {
            // SAFETY: `with_subscripts` has set both as those of a static slice.
            (Some(first), Some(count)) => unsafe { slice::from_raw_parts(first, count) },
            _ => &[],
        }
    }
    /// The leaf method that reads an item.
    pub(crate) fn subscript(self) -> Option<&'static NativeFn> {
        // SAFETY: it is the first of a static slice that is not empty.
        self.subscripted().map(|first| unsafe { &*first })
    }
}

impl Behaviour {
    /// Sets subscription: leaf methods that read, store and delete; the last two may be missing.
    pub(crate) const fn subscripts(self, methods: &'static [NativeFn]) -> Self {
        assert!(!methods.is_empty());
        self.subscripted(methods.as_ptr()).subscript_count(methods.len())
    }
}

/// Packs the behaviour of a type.
macro_rules! slots {
    ($behaviour:expr) => {
        const {
            const WRITTEN: $crate::native::Behaviour = $behaviour;
            $crate::native::Slots::of(const { &WRITTEN.pack::<{ WRITTEN.count() }>() })
        }
    };
}
pub(crate) use slots;

/// Behaviour of a type whose objects carry Rust data.
pub struct TypeSlots(pub(in crate::native) Packed<5>);

impl TypeSlots {
    /// That of objects of which this is known.
    pub(in crate::native) const fn with_data(data: &'static DataType) -> Self {
        TypeSlots(Packed::NONE.with(Slot::data, Entry { data }))
    }
    /// Changes what is known of the data.
    pub(in crate::native) const fn data(self, data: &'static DataType) -> Self {
        TypeSlots(self.0.with(Slot::data, Entry { data }))
    }
    /// Sets what calling the type does, by a leaf function.
    pub(in crate::native) const fn made(
        self,
        make: fn(&mut Vm, Local, Args) -> Res,
        constructor: &'static NativeFn,
    ) -> Self {
        let made = self.0.with(Slot::make, Entry { make });
        TypeSlots(made.with(Slot::constructor, Entry { constructor }))
    }
    /// Sets what finds attributes beside methods.
    pub(in crate::native) const fn found_by(
        self,
        attr: fn(&mut Vm, Local, Qstr, AttrOp) -> Maybe,
    ) -> Self {
        TypeSlots(self.0.with(Slot::attr, Entry { attr }))
    }
    /// Makes the objects their own iterators.
    pub(in crate::native) const fn iterator(self, next: fn(&mut Vm, Local) -> Maybe) -> Self {
        let next = self.0.with(Slot::next, Entry { next });
        TypeSlots(next.with(Slot::iter, Entry { iter: |_, object| Ok(object) }))
    }
    /// Makes the objects streams, which give their lines when they are iterated over.
    #[cfg(feature = "streams")]
    pub(in crate::native) const fn streaming(
        self,
        stream: &'static StreamFns,
        next: fn(&mut Vm, Local) -> Maybe,
    ) -> Self {
        TypeSlots(self.iterator(next).0.with(Slot::stream, Entry { stream }))
    }
    /// Sets what is done with objects that died.
    #[cfg(feature = "streams")]
    pub(in crate::native) const fn finalised(self, finalise: fn(&mut Vm, Local)) -> Self {
        TypeSlots(self.0.with(Slot::finalise, Entry { finalise }))
    }
    /// Sets subscription: leaf methods that read, store and delete; the last two may be missing.
    pub const fn subscripts(self, methods: &'static [NativeFn]) -> Self {
        assert!(!methods.is_empty());
        let first = self.0.with(Slot::subscripted, Entry { subscripted: methods.as_ptr() });
        let count = Entry { subscript_count: methods.len() };
        TypeSlots(first.with(Slot::subscript_count, count))
    }
}
