//! Tuples, arrays, maps and sets.

use snakelet_vm::{Local, Vm};

use super::{Arguments, Place};
use crate::{Context, Error, FromPython, ToPython};

/// Items of a tuple or list of that length.
fn items_of(context: &mut Context<'_>, value: Local, n: usize) -> Result<Local, Error> {
    let vm = context.vm();
    let list = vm.list_from(value);
    let list = context.check(list)?;
    if context.vm().list_len(list) == n {
        Ok(list)
    } else {
        Err(crate::Exception::new("ValueError", "wrong number of items").into())
    }
}

fn item(vm: &mut Vm, list: Local, i: usize) -> Local {
    vm.push(vm.list_item(list, i))
}

macro_rules! tuples {
    ($($($t:ident $i:tt)*;)*) => {$(
        impl<$($t: ToPython),*> ToPython for ($($t,)*) {
            fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
                let items = self.to_locals(context)?;
                let tuple = context.vm().new_tuple_of(items.as_slice());
                context.place(tuple)
            }
        }
        impl<$($t: FromPython),*> FromPython for ($($t,)*) {
            fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
                let value = context.local_at(value);
                let list = items_of(context, value, [$($i),*].len())?;
                Ok(($({
                    let item = item(context.vm(), list, $i);
                    $t::from_python(context, item.into())?
                },)*))
            }
        }
    )*};
}

crate::convert::each_arity!(tuples);

#[cfg(feature = "alloc")]
pub(crate) use owned::{entries, items};

#[cfg(feature = "alloc")]
mod owned {
    use alloc::collections::{BTreeMap, BTreeSet};
    use alloc::vec::Vec;
    #[cfg(feature = "std")]
    use core::hash::{BuildHasher, Hash};
    #[cfg(feature = "std")]
    use std::collections::{HashMap, HashSet};

    use snakelet_vm::{Kind, Local};

    use crate::{Context, Error, FromPython, Place, ToPython};

    /// Converts the items of an iterable, one by one.
    pub(crate) fn items<T: FromPython>(
        context: &mut Context<'_>,
        value: Local,
    ) -> Result<Vec<T>, Error> {
        let list = context.vm().list_from(value);
        let list = context.check(list)?;
        let n = context.vm().list_len(list);
        let mut items = Vec::with_capacity(n);
        for i in 0..n {
            let item = context.scoped(|cx| {
                let vm = cx.vm();
                vm.charge_later(1);
                let item = vm.push(vm.list_item(list, i));
                T::from_python(cx, item.into())
            })?;
            items.push(item);
        }
        Ok(items)
    }

    /// Converts the entries of a dict, in their order.
    pub(crate) fn entries<K: FromPython, V: FromPython>(
        context: &mut Context<'_>,
        value: Local,
    ) -> Result<Vec<(K, V)>, Error> {
        let vm = context.vm();
        let dict = vm.native_part(value);
        if !matches!(vm.value(dict).ref_kind(), Some(Kind::Dict | Kind::OrderedDict)) {
            return Err(Error::type_error("dict"));
        }
        let n = vm.len(dict);
        let n = context.check(n)?;
        let (mut entries, mut at) = (Vec::with_capacity(n), 0);
        // converting may run Python code, which may change the dict
        while entries.len() < n {
            let entry = context.scoped(|cx| {
                cx.vm().charge_later(1);
                match cx.vm().dict_entry(dict, &mut at) {
                    Some((key, value)) => {
                        let key = K::from_python(cx, key.into())?;
                        Ok(Some((key, V::from_python(cx, value.into())?)))
                    }
                    None => Ok::<_, Error>(None),
                }
            })?;
            match entry {
                Some(entry) => entries.push(entry),
                None => break,
            }
        }
        Ok(entries)
    }

    /// Makes a dict.
    fn dict<'t, K: ToPython + 't, V: ToPython + 't>(
        context: &mut Context<'_>,
        entries: impl ExactSizeIterator<Item = (&'t K, &'t V)>,
    ) -> Result<Local, Error> {
        let dict = context.vm().new_dict(entries.len());
        let dict = context.check(dict)?;
        for (key, value) in entries {
            context.scoped(|cx| {
                cx.vm().charge_later(1);
                let key = cx.made(key)?;
                let value = cx.made(value)?;
                let done = cx.vm().table_set(dict, key, value);
                cx.check(done).map(drop)
            })?;
        }
        Ok(dict)
    }

    /// Makes a set.
    fn set<'t, T: ToPython + 't>(
        context: &mut Context<'_>,
        items: impl ExactSizeIterator<Item = &'t T>,
    ) -> Result<Local, Error> {
        let set = context.vm().new_set(items.len());
        let set = context.check(set)?;
        for item in items {
            context.scoped(|cx| {
                cx.vm().charge_later(1);
                let item = cx.made(item)?;
                let done = cx.vm().table_set(set, item, Local::NULL);
                cx.check(done).map(drop)
            })?;
        }
        Ok(set)
    }

    impl<T: FromPython, const N: usize> FromPython for [T; N] {
        fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
            let items = T::many_from_python(context, value)?;
            items
                .try_into()
                .map_err(|_| crate::Exception::new("ValueError", "wrong number of items").into())
        }
    }

    macro_rules! maps {
        ($(#[$attribute:meta])* $map:ident [$($more:ident)*] $($bound:tt)*) => {
            $(#[$attribute])*
            impl<K: FromPython + $($bound)*, V: FromPython $(, $more: BuildHasher + Default)*>
                FromPython for $map<K, V $(, $more)*>
            {
                fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
                    let value = context.local_at(value);
                    Ok(entries(context, value)?.into_iter().collect())
                }
            }
            $(#[$attribute])*
            impl<K: ToPython, V: ToPython $(, $more)*> ToPython for $map<K, V $(, $more)*> {
                fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
                    dict(context, self.iter()).map(Place::from)
                }
            }
        };
    }

    macro_rules! sets {
        ($(#[$attribute:meta])* $set:ident [$($more:ident)*] $($bound:tt)*) => {
            $(#[$attribute])*
            impl<T: FromPython + $($bound)* $(, $more: BuildHasher + Default)*>
                FromPython for $set<T $(, $more)*>
            {
                fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
                    let value = context.local_at(value);
                    let vm = context.vm();
                    let part = vm.native_part(value);
                    if !matches!(vm.value(part).ref_kind(), Some(Kind::Set | Kind::FrozenSet)) {
                        return Err(Error::type_error("set"));
                    }
                    Ok(items(context, value)?.into_iter().collect())
                }
            }
            $(#[$attribute])*
            impl<T: ToPython $(, $more)*> ToPython for $set<T $(, $more)*> {
                fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
                    set(context, self.iter()).map(Place::from)
                }
            }
        };
    }

    maps!(BTreeMap [] Ord);
    maps!(#[cfg(feature = "std")] HashMap [S] Eq + Hash);
    sets!(BTreeSet [] Ord);
    sets!(#[cfg(feature = "std")] HashSet [S] Eq + Hash);

    #[cfg(feature = "hashbrown")]
    mod hashed {
        use core::hash::{BuildHasher, Hash};

        use hashbrown::{HashMap, HashSet};
        use snakelet_vm::Kind;

        use super::{dict, entries, items, set};
        use crate::{Context, Error, FromPython, Place, ToPython};

        maps!(HashMap [S] Eq + Hash);
        sets!(HashSet [S] Eq + Hash);
    }
}
