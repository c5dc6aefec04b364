//! Upper and lower case, and what sorts of characters a text has: of ASCII, as MicroPython.

use crate::protocol::buffer::Paced;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm};

use super::strip::is_space;

/// Makes a text of the same length, byte by byte; `map` is given the byte before as well.
fn mapped(vm: &mut Vm, args: Args, map: fn(u8, Option<u8>) -> u8) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let len = vm.text(text.local).len();
    vm.new_text_object(text.family.kind(), len, |vm, out| {
        let mut before = None;
        for (to, from) in vm.paced(out.iter_mut().zip(vm.text(text.local))) {
            *to = map(*from, before);
            before = Some(*from);
        }
    })
}

/// `lower()`, `casefold()`
pub(crate) fn lower(vm: &mut Vm, args: Args) -> Res {
    mapped(vm, args, |b, _| b.to_ascii_lowercase())
}

/// `upper()`
pub(crate) fn upper(vm: &mut Vm, args: Args) -> Res {
    mapped(vm, args, |b, _| b.to_ascii_uppercase())
}

/// `title()`
pub(crate) fn title(vm: &mut Vm, args: Args) -> Res {
    mapped(vm, args, |b, before| match before {
        Some(a) if a.is_ascii_alphabetic() => b.to_ascii_lowercase(),
        _ => b.to_ascii_uppercase(),
    })
}

/// `capitalize()`
pub(crate) fn capitalize(vm: &mut Vm, args: Args) -> Res {
    mapped(vm, args, |b, before| match before {
        Some(_) => b.to_ascii_lowercase(),
        None => b.to_ascii_uppercase(),
    })
}

/// `swapcase()`
pub(crate) fn swapcase(vm: &mut Vm, args: Args) -> Res {
    mapped(vm, args, |b, _| {
        if b.is_ascii_lowercase() { b.to_ascii_uppercase() } else { b.to_ascii_lowercase() }
    })
}

/// Whether a text has a certain property.
fn test(vm: &mut Vm, args: Args, property: fn(Bytes<'_>) -> bool) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    Ok(Local::bool(property(vm.paced(vm.text(text.local).iter()))))
}

type Bytes<'a> = Paced<'a, core::slice::Iter<'a, u8>>;

fn all(mut text: Bytes<'_>, is: fn(&u8) -> bool) -> bool {
    text.next().is_some_and(is) && text.all(is)
}

/// Whether there are letters and all are of the case that `is` tells.
fn all_letters(text: Bytes<'_>, is: fn(&u8) -> bool) -> bool {
    let mut letters = text.filter(|b| b.is_ascii_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(is)
}

/// `isspace()`
pub(crate) fn isspace(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |t| all(t, |b| is_space(*b)))
}

/// `isalpha()`
pub(crate) fn isalpha(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |t| all(t, u8::is_ascii_alphabetic))
}

/// `isdigit()`
pub(crate) fn isdigit(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |t| all(t, u8::is_ascii_digit))
}

/// `isalnum()`
pub(crate) fn isalnum(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |t| all(t, u8::is_ascii_alphanumeric))
}

/// `isupper()`
pub(crate) fn isupper(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |t| all_letters(t, u8::is_ascii_uppercase))
}

/// `islower()`
pub(crate) fn islower(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |t| all_letters(t, u8::is_ascii_lowercase))
}

/// `isascii()`
pub(crate) fn isascii(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |mut t| t.all(u8::is_ascii))
}

/// `isidentifier()`
pub(super) fn isidentifier(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |mut t| {
        let letter = |b: &u8| b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80;
        t.next().is_some_and(letter) && t.all(|b| letter(b) || b.is_ascii_digit())
    })
}

/// `isprintable()`
pub(super) fn isprintable(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |mut t| t.all(|b| *b >= b' ' && *b != 0x7f))
}

/// `istitle()`
pub(super) fn istitle(vm: &mut Vm, args: Args) -> Res {
    test(vm, args, |t| {
        let mut before = false;
        let mut any = false;
        for b in t {
            let letter = b.is_ascii_alphabetic();
            if letter && b.is_ascii_uppercase() == before {
                return false;
            }
            any |= letter;
            before = letter;
        }
        any
    })
}
