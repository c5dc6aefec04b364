//! `json`.
//!
//! Neither direction calls itself for what is nested: containers that are open are a chain of tuples in the heap.

mod dump;
mod load;

use snakelet_vm::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::Items;
use snakelet_vm::native::{Contents, NativeFn, NativeModule, Param};
use snakelet_vm::types::str::STR;
use snakelet_vm::{Raised, methods, name};

use crate::gather::{Gather, To};
use crate::json::dump::Separators;
use crate::json::load::Source;

/// `json`.
pub static JSON: NativeModule = NativeModule::new(
    name!("json"),
    &[Contents {
        functions: methods![
            NativeFn::full(name!("dump"), 2, 2, dump).keywords(),
            NativeFn::full(name!("dumps"), 1, 1, dumps).keywords(),
            NativeFn::full(name!("load"), 1, 1, |cx, args| {
                load::parse(cx, Source::stream(), args.or_none(0))
            }),
            NativeFn::full(name!("loads"), 1, 1, |cx, args| {
                load::parse(cx, Source::buffer(), args.or_none(0))
            }),
        ],
        constants: &[],
    }],
);

/// `dump(object, stream, *, separators=None)`
fn dump<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let [object, stream, given] = args.parse(
        cx,
        const {
            &[
                Param::required(name!("obj")),
                Param::required(name!("stream")),
                Param::keyword(name!("separators")),
            ]
        },
    )?;
    let separators = separators(cx, given)?;
    let stream = cx.variable(stream.unwrap_or(Held::NONE));
    let mut out = Gather::new(To::Stream);
    dump::write(cx, &mut out, stream, object.unwrap_or(Held::NONE), separators)?;
    out.flush(cx, stream)?;
    Ok(Held::NONE)
}

/// `dumps(object, *, separators=None)`
fn dumps<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let [object, given] = args.parse(
        cx,
        const { &[Param::required(name!("obj")), Param::keyword(name!("separators"))] },
    )?;
    let separators = separators(cx, given)?;
    let store = cx.variable(Held::NONE);
    let mut out = Gather::new(To::Store);
    dump::write(cx, &mut out, store, object.unwrap_or(Held::NONE), separators)?;
    out.finish(cx, store)
}

/// The two texts that a script gives in a list or tuple.
fn separators<'s>(
    cx: &mut Full<'s>,
    given: Option<Held<'s>>,
) -> Result<Option<Separators<'s>>, Raised> {
    let Some(given) = given.filter(|given| !cx.is_none(*given)) else { return Ok(None) };
    match cx.look(|cx| Ok(cx.get(given).items().map(Items::len)))? {
        Some(2) => {}
        Some(n) => {
            let n = cx.count(n)?;
            let text = "requested length 2 but object has length %s";
            return Err(cx.raise_about(&VALUE_ERROR, text, &[n]));
        }
        None => {
            return Err(cx.raise_about(&TYPE_ERROR, "object '%t' isn't a tuple or list", &[given]));
        }
    }
    let (item, key) = (cx.item_at(given, 0)?, cx.item_at(given, 1)?);
    for text in [item, key] {
        if cx.look(|cx| Ok(cx.as_text(cx.get(text)).is_none()))? && !cx.is_instance(text, &STR) {
            let message = "can't convert '%t' object to str implicitly";
            return Err(cx.raise_about(&TYPE_ERROR, message, &[text]));
        }
    }
    Ok(Some(Separators { item, key }))
}
