//! `re`: regular expressions whose time is linear in the text.
//!
//! A pattern is compiled to a small program ([`compile`]), which [`search`] follows in all ways at once. What needs more
//! than that - what a group matched, further on in the pattern - does not exist.

mod compile;
mod program;
mod replace;
mod search;
mod text;

use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::INDEX_ERROR;
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{
    Contents, Data, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{methods, name};

use crate::re::program::{Program, SLOTS};
use crate::re::search::{NEVER, Places, Search};

/// `re`.
pub static RE: NativeModule = NativeModule::new(
    name!("re"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<1>(name!("compile"), 1, compile_pattern),
            NativeFn::leaf::<2>(name!("match"), 1, |cx, args| module(cx, args, Mode::MATCH)),
            NativeFn::leaf::<2>(name!("search"), 1, |cx, args| module(cx, args, Mode::SEARCH)),
            NativeFn::leaf::<2>(name!("fullmatch"), 1, |cx, args| module(cx, args, Mode::FULL)),
            NativeFn::full(name!("sub"), 3, 5, replace::sub),
            NativeFn::full(name!("split"), 2, 4, replace::split),
        ],
        constants: &[],
    }],
);

/// A compiled pattern; value 0 is its program, a `bytes`.
struct Regex;

impl NativeData for Regex {
    const TYPE: &'static NativeType = &REGEX;
}

static REGEX: NativeType =
    NativeType::of(name!("re"), const { &TypeSlots::of::<Regex>() }).sealed().methods(methods![
        NativeFn::on::<Regex, 1, _>(name!("match"), 2, |cx, regex, args| {
            method(cx, regex, args, Mode::MATCH)
        }),
        NativeFn::on::<Regex, 1, _>(name!("search"), 2, |cx, regex, args| {
            method(cx, regex, args, Mode::SEARCH)
        }),
        NativeFn::on::<Regex, 1, _>(name!("fullmatch"), 2, |cx, regex, args| {
            method(cx, regex, args, Mode::FULL)
        }),
        NativeFn::full_method(name!("sub"), 3, 5, replace::sub),
        NativeFn::full_method(name!("split"), 2, 3, replace::split),
    ]);

/// A match, of so many groups with the whole; value 0 is the text, value 1 a `bytes` of the places.
struct Match(usize);

impl NativeData for Match {
    const TYPE: &'static NativeType = &MATCH;
}

static MATCH: NativeType =
    NativeType::of(name!("match"), const { &TypeSlots::of::<Match>() }).sealed().methods(methods![
        NativeFn::on::<Match, 0, _>(name!("group"), 1, group),
        NativeFn::on::<Match, 0, _>(name!("groups"), 1, groups),
        NativeFn::on::<Match, 0, _>(name!("span"), 1, |cx, found, args| {
            let (start, end) = span(cx, found, args)?;
            cx.pair(start, end)
        }),
        NativeFn::on::<Match, 0, _>(name!("start"), 1, |cx, found, args| {
            Ok(span(cx, found, args)?.0)
        }),
        NativeFn::on::<Match, 0, _>(
            name!("end"),
            1,
            |cx, found, args| Ok(span(cx, found, args)?.1)
        ),
        NativeFn::on::<Match, 0, _>(name!("__repr__"), 0, |cx, found, _| {
            let digits = [b'0' + (found.0 / 10) as u8, b'0' + (found.0 % 10) as u8];
            let digits = digits.get(usize::from(found.0 < 10)..).unwrap_or_default();
            let text = b"<match num=".iter().chain(digits).chain(b">");
            cx.str_of(12 + digits.len(), |out| {
                out.iter_mut().zip(text).for_each(|(place, byte)| *place = *byte);
            })
        }),
    ]);

/// Where a match begins and ends.
#[derive(Copy, Clone)]
struct Mode {
    anchored: bool,
    full: bool,
}

impl Mode {
    const SEARCH: Self = Self { anchored: false, full: false };
    const MATCH: Self = Self { anchored: true, full: false };
    const FULL: Self = Self { anchored: true, full: true };
}

/// The program of a compiled pattern, or of one that is compiled now; `None` for what is neither.
fn program_of<'h>(cx: Leaf<'h>, pattern: Obj<'h>) -> Result<Option<Obj<'h>>, Leave> {
    if let Some(regex) = Data::<Regex>::of(pattern) {
        return Ok(Some(regex.value(0)));
    }
    match cx.as_text(pattern) {
        Some(text) => compile::compile(cx, text, cx.is_str(pattern)).map(Some),
        None => Ok(None),
    }
}

/// `compile(pattern, flags=0)`
fn compile_pattern<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let pattern = args.get::<0>();
    if Data::<Regex>::of(pattern).is_some() {
        return Ok(pattern);
    }
    let program = program_of(cx, pattern)?.ok_or_else(|| cx.text(0))?;
    Ok(cx.new_data(&[program], Regex)?.obj())
}

fn module<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>, mode: Mode) -> Answer<'h> {
    let program = program_of(cx, args.get::<0>())?.ok_or_else(|| cx.text(0))?;
    let text = args.get::<1>();
    let bytes = cx.as_text(text).ok_or_else(|| cx.text(1))?;
    look_for(cx, program, text, (0, bytes.len()), mode)
}

fn method<'h>(
    cx: Leaf<'h>,
    regex: Data<'h, Regex>,
    args: LeafArgs<'h, 1>,
    mode: Mode,
) -> Answer<'h> {
    let text = args.get::<0>();
    let bytes = cx.as_text(text).ok_or_else(|| cx.text(0))?;
    let is_text = cx.is_str(text);
    let bound = |i, usual| match args.opt(i) {
        Some(given) => Ok(offset_of(cx, bytes, is_text, cx.i64(given, i)?)),
        None => Ok(usual),
    };
    let start = bound(1, 0)?;
    let end = bound(2, bytes.len())?.max(start);
    look_for(cx, regex.value(0), text, (start, end), mode)
}

/// The offset of a character of a text; of its end, or its beginning, for one beyond it.
fn offset_of(cx: Leaf<'_>, bytes: &[u8], is_text: bool, index: i64) -> usize {
    let index = usize::try_from(index).unwrap_or(if index < 0 { 0 } else { usize::MAX });
    if !is_text || index == 0 || index >= bytes.len() {
        return index.min(bytes.len());
    }
    let mut firsts = bytes.iter().enumerate().filter(|(_, byte)| **byte & 0xc0 != 0x80);
    let offset = firsts.nth(index).map_or(bytes.len(), |(offset, _)| offset);
    cx.charge_bytes(offset);
    offset
}

fn look_for<'h>(
    cx: Leaf<'h>,
    program: Obj<'h>,
    text: Obj<'h>,
    (start, end): (usize, usize),
    Mode { anchored, full }: Mode,
) -> Answer<'h> {
    let is_text = cx.is_str(text);
    let bytes = cx.as_text(text).unwrap_or_default();
    let program = Program::new(cx.as_text(program).unwrap_or_default());
    let mut places = [NEVER; SLOTS];
    let wanted =
        Search { program, text: bytes, is_text, start, end, anchored, full, advances: false };
    if !search::search(cx, wanted, &mut places)? {
        return Ok(Obj::NONE);
    }
    new_match(cx, text, program.groups() + 1, &places)
}

fn new_match<'h>(cx: Leaf<'h>, text: Obj<'h>, groups: usize, places: &Places) -> Answer<'h> {
    let kept = cx.bytes(8 * groups, |out| {
        let bytes = places.iter().flat_map(|place| place.to_le_bytes());
        out.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
    })?;
    Ok(cx.new_data(&[text, kept], Match(groups))?.obj())
}

/// Where group `n` of a match begins and ends, if it took part.
fn places_of<'h>(cx: Leaf<'h>, found: Data<'h, Match>, n: usize) -> Option<(usize, usize)> {
    let places = cx.as_text(found.value(1)).unwrap_or_default();
    let place = |i: usize| match places.get(4 * i..) {
        Some([a, b, c, d, ..]) => u32::from_le_bytes([*a, *b, *c, *d]),
        _ => NEVER,
    };
    let (start, end) = (place(2 * n), place(2 * n + 1));
    (start != NEVER && end != NEVER).then_some((start as usize, end as usize))
}

/// The number of a group that argument 0 is; without it the whole match.
fn number_of<'h>(
    cx: Leaf<'h>,
    found: Data<'h, Match>,
    args: LeafArgs<'h, 0>,
) -> Result<usize, Leave> {
    let Some(given) = args.opt(0) else { return Ok(0) };
    let number = cx.i64(given, 0)?;
    match usize::try_from(number) {
        Ok(number) if number < found.0 => Ok(number),
        _ => Err(cx.raise_value(&INDEX_ERROR, given)),
    }
}

/// A part of a text, as a text of the same type.
fn part<'h>(cx: Leaf<'h>, text: Obj<'h>, start: usize, end: usize) -> Answer<'h> {
    let part = cx.as_text(text).and_then(|text| text.get(start..end)).unwrap_or_default();
    let copy = |out: &mut [u8]| {
        Bytes::from(part).copy_to(out);
    };
    if cx.is_str(text) { cx.str_of(part.len(), copy) } else { cx.bytes(part.len(), copy) }
}

fn group_text<'h>(cx: Leaf<'h>, found: Data<'h, Match>, n: usize) -> Answer<'h> {
    match places_of(cx, found, n) {
        Some((start, end)) => part(cx, found.value(0), start, end),
        None => Ok(Obj::NONE),
    }
}

/// `group(number=0)`
fn group<'h>(cx: Leaf<'h>, found: Data<'h, Match>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    group_text(cx, found, number_of(cx, found, args)?)
}

/// `groups(default=None)`
fn groups<'h>(cx: Leaf<'h>, found: Data<'h, Match>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let mut texts = cx.begin_tuple(found.0.saturating_sub(1))?;
    for n in 1..found.0 {
        let text = group_text(cx, found, n)?;
        texts.push(if text.is_none() { args.opt(0).unwrap_or(text) } else { text });
    }
    Ok(texts.finish())
}

/// Bytes of which the characters are counted between two polls, and bytes a step.
const PIECE: usize = 64 << 10;
const BYTES_A_STEP: usize = 64;

/// Where a group begins and ends, in characters; -1 if it took no part.
fn span<'h>(
    cx: Leaf<'h>,
    found: Data<'h, Match>,
    args: LeafArgs<'h, 0>,
) -> Result<(Obj<'h>, Obj<'h>), Leave> {
    let text = found.value(0);
    let (bytes, is_text) = (cx.as_text(text).unwrap_or_default(), cx.is_str(text));
    let Some((start, end)) = places_of(cx, found, number_of(cx, found, args)?) else {
        let none = cx.int(-1)?;
        return Ok((none, none));
    };
    let count = |part: Option<&[u8]>| {
        let mut n = 0;
        for piece in part.unwrap_or_default().chunks(PIECE) {
            cx.spend(piece.len() / BYTES_A_STEP)?;
            n += text::count(piece, is_text);
        }
        Ok(n)
    };
    let before = count(bytes.get(..start))?;
    let inside = count(bytes.get(start..end))?;
    Ok((cx.count(before), cx.count(before + inside)))
}
