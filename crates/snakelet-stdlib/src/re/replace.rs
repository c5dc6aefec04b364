//! `sub` and `split`.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{INDEX_ERROR, NOT_IMPLEMENTED_ERROR, TYPE_ERROR};
use snakelet_vm::native::full::{Full, FullArgs, Given, Held, Variable};
use snakelet_vm::native::leaf::Obj;

use crate::gather::{Gather, To};
use crate::re::program::{Program, SLOTS};
use crate::re::search::{NEVER, Places, Search, search};
use crate::re::{new_match, part, program_of};

/// What is looked for again and again in a text.
#[derive(Copy, Clone)]
struct Wanted<'s> {
    program: Held<'s>,
    text: Held<'s>,
    groups: usize,
    len: usize,
}

impl<'s> Wanted<'s> {
    fn new(cx: &mut Full<'s>, pattern: Held<'s>, text: Held<'s>) -> Result<Self, Raised> {
        let refuse = |cx: &mut Full<'s>, given| {
            let message = "can't convert '%t' object to str implicitly";
            Err(cx.raise_about(&TYPE_ERROR, message, &[given]))
        };
        // `None` is no program
        let program = cx.make(|cx| Ok(program_of(*cx, cx.get(pattern))?.unwrap_or(Obj::NONE)))?;
        if cx.is_none(program) {
            return refuse(cx, pattern);
        }
        let Some(len) = cx.look(|cx| Ok(cx.as_text(cx.get(text)).map(<[u8]>::len)))? else {
            return refuse(cx, text);
        };
        let groups = cx.look(|cx| {
            Ok(Program::new(cx.as_text(cx.get(program)).unwrap_or_default()).groups())
        })?;
        Ok(Self { program, text, groups, len })
    }

    /// Looks for the next match from a place on, where an empty one may not count.
    fn find(
        self,
        cx: &mut Full<'s>,
        start: usize,
        advances: bool,
        places: &mut Places,
    ) -> Result<bool, Raised> {
        cx.look(|cx| {
            let text = cx.as_text(cx.get(self.text)).unwrap_or_default();
            let wanted = Search {
                program: Program::new(cx.as_text(cx.get(self.program)).unwrap_or_default()),
                text,
                is_text: cx.is_str(cx.get(self.text)),
                start,
                end: text.len(),
                anchored: false,
                full: false,
                advances,
            };
            search(*cx, wanted, places)
        })
    }
}

/// The whole match.
fn whole(places: &Places) -> (usize, usize) {
    match places {
        [start, end, ..] => (*start as usize, *end as usize),
    }
}

/// A part of a replacement.
enum Token {
    /// These bytes of it.
    Plain(usize, usize),
    /// A byte.
    Byte(u8),
    /// What a group matched.
    Group(usize),
    End,
}

/// The part of a replacement that begins at a place, and where the next one does.
fn token(text: &[u8], at: usize) -> (Token, usize) {
    let number = |from: usize| {
        let digits = text.get(from..).unwrap_or_default();
        let n = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let value = digits.iter().take(n).fold(0usize, |value, byte| {
            value.saturating_mul(10).saturating_add((byte - b'0').into())
        });
        (n > 0).then_some((value, from + n))
    };
    let rest = text.get(at..).unwrap_or_default();
    let escape = match rest {
        [] => return (Token::End, at),
        [b'\\', escape, ..] => *escape,
        [_, others @ ..] => {
            let run = others.iter().take_while(|byte| **byte != b'\\').count();
            return (Token::Plain(at, at + 1 + run), at + 1 + run);
        }
    };
    let byte = match escape {
        b'0'..=b'9' => {
            let (group, next) = number(at + 1).unwrap_or((0, at + 2));
            return (Token::Group(group), next);
        }
        b'g' if rest.get(2) == Some(&b'<') => match number(at + 3) {
            Some((group, next)) if text.get(next) == Some(&b'>') => {
                return (Token::Group(group), next + 1);
            }
            _ => return (Token::Group(usize::MAX), at + 3),
        },
        b'\\' => b'\\',
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return (Token::Plain(at, at + 2), at + 2),
    };
    (Token::Byte(byte), at + 2)
}

fn plain(byte: u8, out: &mut [u8]) -> usize {
    if let Some(place) = out.first_mut() {
        *place = byte;
    }
    1
}

/// Puts a replacement, with what groups matched.
fn expand<'s>(
    cx: &mut Full<'s>,
    out: &mut Gather,
    store: Variable<'s>,
    wanted: Wanted<'s>,
    replacement: Held<'s>,
    places: &Places,
) -> Result<(), Raised> {
    let mut at = 0;
    loop {
        let (token, next) =
            cx.look(|cx| Ok(token(cx.as_text(cx.get(replacement)).unwrap_or_default(), at)))?;
        at = next;
        match token {
            Token::End => return Ok(()),
            Token::Plain(start, end) => {
                out.put_part(cx, store, replacement, (start, end), plain)?;
            }
            Token::Byte(byte) => out.put(cx, store, &[byte])?,
            Token::Group(group) if group > wanted.groups => {
                return Err(cx.raise(&INDEX_ERROR, "invalid group reference"));
            }
            Token::Group(group) => {
                let place = |i| places.get(i).copied().filter(|place| *place != NEVER);
                if let (Some(start), Some(end)) = (place(2 * group), place(2 * group + 1)) {
                    let range = (start as usize, end as usize);
                    out.put_part(cx, store, wanted.text, range, plain)?;
                }
            }
        }
    }
}

/// `sub(pattern, replacement, text, count=0, flags=0)`; of a compiled pattern a method.
pub(super) fn sub<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (replacement, text) = (args.or_none(1), args.or_none(2));
    let wanted = Wanted::new(cx, args.or_none(0), text)?;
    let count = args.get(3).map_or(Ok(0), |count| cx.i64_of(count))?;
    let is_called = cx.look(|cx| Ok(cx.as_text(cx.get(replacement)).is_none()))?;
    let mut left = if count > 0 { count as u64 } else { u64::MAX };
    let store = cx.variable(Held::NONE);
    let mut out = Gather::new(To::Store);
    let mut places = [NEVER; SLOTS];
    // what follows an empty match may begin where that one is
    let (mut copied, mut was_empty, mut any) = (0, false, false);
    while left > 0 && wanted.find(cx, copied, was_empty, &mut places)? {
        let (start, end) = whole(&places);
        any = true;
        left -= 1;
        out.put_part(cx, store, text, (copied, start), plain)?;
        if is_called {
            cx.scope(|cx, outer| {
                let text = outer.held(text);
                let found =
                    cx.make(|cx| new_match(*cx, cx.get(text), wanted.groups + 1, &places))?;
                let given = cx.call(outer.held(replacement), &[found])?;
                if cx.look(|cx| Ok(cx.as_text(cx.get(given)).is_none()))? {
                    let message = "can't convert '%t' object to str implicitly";
                    return Err(cx.raise_about(&TYPE_ERROR, message, &[given]));
                }
                out.put_part(cx, outer.variable(store), given, (0, usize::MAX), plain)
            })?;
        } else {
            expand(cx, &mut out, store, wanted, replacement, &places)?;
        }
        copied = end;
        was_empty = start == end;
    }
    if !any {
        return Ok(text);
    }
    out.put_part(cx, store, text, (copied, wanted.len), plain)?;
    if cx.look(|cx| Ok(cx.is_str(cx.get(text))))? {
        out.finish(cx, store)
    } else {
        out.finish_bytes(cx, store)
    }
}

/// `split(pattern, text, count=0, flags=0)`; of a compiled pattern a method. Ends at an empty match.
pub(super) fn split<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let text = args.or_none(1);
    let wanted = Wanted::new(cx, args.or_none(0), text)?;
    let count = args.get(2).map_or(Ok(0), |count| cx.i64_of(count))?;
    if wanted.groups > 0 {
        return Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "splitting with sub-captures"));
    }
    let mut left = if count > 0 { count as u64 } else { u64::MAX };
    let parts = cx.list(&[])?;
    let mut places = [NEVER; SLOTS];
    let mut at = 0;
    loop {
        let found = left > 0 && at < wanted.len && wanted.find(cx, at, false, &mut places)?;
        let (start, end) = whole(&places);
        let is_last = !found || start == end;
        let (until, next) = if is_last { (wanted.len, wanted.len) } else { (start, end) };
        cx.scope(|cx, outer| {
            let text = outer.held(text);
            let piece = cx.make(|cx| part(*cx, cx.get(text), at, until))?;
            cx.append(outer.held(parts), piece)
        })?;
        cx.charge(1)?;
        if is_last {
            return Ok(parts);
        }
        at = next;
        left -= 1;
    }
}
