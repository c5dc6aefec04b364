//! JSON to objects.
//!
//! As in MicroPython, commas and colons are taken for white space, so that a comma behind the last item does no harm.

use snakelet_num::utf8;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::exception::errno;
use snakelet_vm::name;
use snakelet_vm::native::full::{Full, Given, Held, Outer, Variable};
use snakelet_vm::types::dict::DICT;

use crate::gather::{Gather, To};

/// Bytes that are fetched at a time.
const PIECE: usize = 128;

/// Where the text comes from.
pub(super) struct Source {
    piece: [u8; PIECE],
    /// The next byte of the piece, and the end of it.
    at: usize,
    len: usize,
    /// Bytes fetched from a buffer.
    offset: usize,
    is_stream: bool,
}

impl Source {
    pub(super) const fn buffer() -> Self {
        Self { piece: [0; PIECE], at: 0, len: 0, offset: 0, is_stream: false }
    }
    pub(super) const fn stream() -> Self {
        Self { is_stream: true, ..Self::buffer() }
    }

    /// Fetches a piece if the last one is used up; whether there is one.
    fn fetch<'s>(&mut self, cx: &mut Full<'s>, from: Held<'s>) -> Result<bool, Raised> {
        if self.at < self.len {
            return Ok(true);
        }
        cx.charge(4)?;
        self.at = 0;
        self.len = if self.is_stream {
            let piece = &mut self.piece;
            match cx.scope(|cx, outer| cx.read_stream(outer.held(from), piece))? {
                Some(n) => n.min(PIECE),
                None => return Err(cx.raise_os_error(errno::EAGAIN)),
            }
        } else {
            let (piece, offset) = (&mut self.piece, self.offset);
            cx.with_bytes(from, |bytes| bytes.part(offset, bytes.len()).copy_to(piece))?
        };
        self.offset += self.len;
        Ok(self.len > 0)
    }

    /// The next byte, which stays.
    fn peek<'s>(&mut self, cx: &mut Full<'s>, from: Held<'s>) -> Result<Option<u8>, Raised> {
        if !self.fetch(cx, from)? {
            return Ok(None);
        }
        Ok(self.piece.get(self.at).copied())
    }

    /// The next byte.
    fn next<'s>(&mut self, cx: &mut Full<'s>, from: Held<'s>) -> Result<Option<u8>, Raised> {
        let byte = self.peek(cx, from)?;
        self.at += 1;
        Ok(byte)
    }

    /// The next byte, where the text may not end.
    fn must<'s>(&mut self, cx: &mut Full<'s>, from: Held<'s>) -> Result<u8, Raised> {
        match self.next(cx, from)? {
            Some(byte) => Ok(byte),
            None => Err(wrong(cx)),
        }
    }
}

#[cold]
fn wrong(cx: &mut Full<'_>) -> Raised {
    cx.raise(&VALUE_ERROR, "syntax error in JSON")
}

/// The places of a call.
#[derive(Copy, Clone)]
struct Places<'s> {
    /// Where the text comes from.
    from: Held<'s>,
    /// The innermost container that is open; at the end the result.
    top: Variable<'s>,
    /// Containers further out: a chain of tuples.
    chain: Variable<'s>,
    /// A key that waits for its value.
    key: Variable<'s>,
    /// For what is gathered.
    store: Variable<'s>,
}

impl<'s> Places<'s> {
    /// The same in a scope inside.
    fn inside<'t>(self, outer: Outer<'s, 't>) -> Places<'t> {
        Places {
            from: outer.held(self.from),
            top: outer.variable(self.top),
            chain: outer.variable(self.chain),
            key: outer.variable(self.key),
            store: outer.variable(self.store),
        }
    }
}

/// Reads a text in which there is one object.
struct Parser {
    source: Source,
    text: Gather,
    /// Containers that are open.
    depth: usize,
    /// Whether the innermost one is a dict, and whether a key of it waits for its value.
    is_dict: bool,
    has_key: bool,
}

/// Reads a text, which is in a buffer or comes from a stream.
///
/// # Errors
/// `ValueError`; what the stream raises.
pub(super) fn parse<'s>(cx: &mut Full<'s>, source: Source, from: Held<'s>) -> Given<'s> {
    let places = Places {
        from,
        top: cx.variable(Held::NONE),
        chain: cx.variable(Held::NONE),
        key: cx.variable(Held::NONE),
        store: cx.variable(Held::NONE),
    };
    let text = Gather::new(To::Store);
    let mut parser = Parser { source, text, depth: 0, is_dict: false, has_key: false };
    loop {
        let byte = parser.source.must(cx, from)?;
        let is_whole = match byte {
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => continue,
            b']' | b'}' => {
                cx.scope(|cx, outer| parser.close(cx, places.inside(outer), byte == b'}'))?
            }
            _ => cx.scope(|cx, outer| parser.value(cx, places.inside(outer), byte))?,
        };
        if is_whole {
            break;
        }
    }
    while let Some(byte) = parser.source.next(cx, from)? {
        if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            return Err(wrong(cx));
        }
    }
    Ok(places.top.held())
}

impl Parser {
    /// Closes the innermost container; whether that was the outermost one.
    fn close<'s>(
        &mut self,
        cx: &mut Full<'s>,
        places: Places<'s>,
        is_brace: bool,
    ) -> Result<bool, Raised> {
        if self.depth == 0 || self.is_dict != is_brace || self.has_key {
            return Err(wrong(cx));
        }
        self.depth -= 1;
        if self.depth == 0 {
            return Ok(true);
        }
        let link = places.chain.held();
        let top = cx.item_at(link, 1)?;
        let further = cx.item_at(link, 0)?;
        cx.set(places.top, top);
        cx.set(places.chain, further);
        self.is_dict = cx.is_instance(top, &DICT);
        Ok(false)
    }

    /// Reads a value that begins with this byte, or the beginning of a container, and puts it where it belongs;
    /// whether it is all there is.
    fn value<'s>(
        &mut self,
        cx: &mut Full<'s>,
        places: Places<'s>,
        byte: u8,
    ) -> Result<bool, Raised> {
        cx.charge(1)?;
        let is_key = self.is_dict && !self.has_key;
        let (value, opens) = match byte {
            b'"' => (self.string(cx, places)?, false),
            _ if is_key => return Err(wrong(cx)),
            b'[' => (cx.list(&[])?, true),
            b'{' => (cx.dict(0)?, true),
            b'-' | b'0'..=b'9' => (self.number(cx, places, byte)?, false),
            b'n' => (self.word(cx, places, b"ull", Held::NONE)?, false),
            b't' => (self.word(cx, places, b"rue", Held::bool(true))?, false),
            b'f' => (self.word(cx, places, b"alse", Held::bool(false))?, false),
            _ => return Err(wrong(cx)),
        };
        if is_key {
            cx.set(places.key, value);
            self.has_key = true;
            return Ok(false);
        }
        let top = places.top.held();
        if self.depth == 0 {
            cx.set(places.top, value);
        } else if self.is_dict {
            cx.set_item(top, places.key.held(), value)?;
            self.has_key = false;
        } else {
            cx.append(top, value)?;
        }
        if opens {
            if self.depth > 0 {
                let link = cx.tuple(&[places.chain.held(), top])?;
                cx.set(places.chain, link);
                cx.set(places.top, value);
            }
            self.depth += 1;
            self.is_dict = byte == b'{';
        }
        Ok(self.depth == 0)
    }

    /// The rest of a word, which stands for a value.
    fn word<'s>(
        &mut self,
        cx: &mut Full<'s>,
        places: Places<'s>,
        rest: &[u8],
        value: Held<'s>,
    ) -> Given<'s> {
        for wanted in rest {
            if self.source.must(cx, places.from)? != *wanted {
                return Err(wrong(cx));
            }
        }
        Ok(value)
    }

    /// A number that begins with this byte.
    fn number<'s>(&mut self, cx: &mut Full<'s>, places: Places<'s>, first: u8) -> Given<'s> {
        let (mut int, mut digits, mut signs, mut is_float) = (0i64, 0, 0, false);
        let mut byte = first;
        self.text.clear();
        loop {
            match byte {
                b'0'..=b'9' => {
                    digits += 1;
                    int = int.wrapping_mul(10).wrapping_add((byte - b'0').into());
                }
                b'.' | b'e' | b'E' => is_float = true,
                _ => signs += 1,
            }
            self.text.put(cx, places.store, &[byte])?;
            byte = match self.source.peek(cx, places.from)? {
                Some(byte @ (b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) => byte,
                _ => break,
            };
            self.source.at += 1;
        }
        // a sign stands in front, and so many digits surely fit
        let is_plain = !is_float && signs == usize::from(first == b'-');
        if is_plain && (1..=18).contains(&digits) {
            return cx.int(if first == b'-' { -int } else { int });
        }
        let name = if is_float { name!("float") } else { name!("int") };
        let Some(convert) = cx.builtin(name)? else { return Err(wrong(cx)) };
        let text = self.text.finish(cx, places.store)?;
        let number = cx.call(convert, &[text]);
        match cx.catch(number, &VALUE_ERROR)? {
            Some(number) => Ok(number),
            None => Err(wrong(cx)),
        }
    }

    /// A text, behind its quotation mark.
    fn string<'s>(&mut self, cx: &mut Full<'s>, places: Places<'s>) -> Given<'s> {
        self.text.clear();
        loop {
            if !self.source.fetch(cx, places.from)? {
                return Err(wrong(cx));
            }
            let Source { piece, at, len, .. } = &mut self.source;
            let rest = piece.get(*at..*len).unwrap_or_default();
            let run = rest.iter().take_while(|byte| !matches!(**byte, b'"' | b'\\')).count();
            self.text.put(cx, places.store, rest.get(..run).unwrap_or_default())?;
            *at += run;
            match self.source.peek(cx, places.from)? {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.source.at += 1;
                    self.escape(cx, places)?;
                }
                // another piece has begun
                _ => {}
            }
        }
        self.source.at += 1;
        self.text.finish(cx, places.store)
    }

    /// What stands behind a backslash.
    fn escape<'s>(&mut self, cx: &mut Full<'s>, places: Places<'s>) -> Result<(), Raised> {
        let byte = match self.source.must(cx, places.from)? {
            b'b' => 8,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => return self.code(cx, places),
            byte => byte,
        };
        self.text.put(cx, places.store, &[byte])
    }

    /// The character of a number behind `\u`, or of two that are halves of one. A half of its own stands for no
    /// character.
    fn code<'s>(&mut self, cx: &mut Full<'s>, places: Places<'s>) -> Result<(), Raised> {
        let mut code = self.hex(cx, places)?;
        while (0xd800..0xdc00).contains(&code) {
            if self.source.peek(cx, places.from)? != Some(b'\\') {
                break;
            }
            self.source.at += 1;
            if self.source.peek(cx, places.from)? != Some(b'u') {
                self.character(cx, places, code)?;
                return self.escape(cx, places);
            }
            self.source.at += 1;
            let second = self.hex(cx, places)?;
            if (0xdc00..0xe000).contains(&second) {
                code = 0x1_0000 + ((code - 0xd800) << 10 | (second - 0xdc00));
            } else {
                self.character(cx, places, code)?;
                code = second;
            }
        }
        self.character(cx, places, code)
    }

    fn character<'s>(
        &mut self,
        cx: &mut Full<'s>,
        places: Places<'s>,
        code: u32,
    ) -> Result<(), Raised> {
        self.text.put(cx, places.store, utf8::encode(code, &mut [0; utf8::LONGEST]))
    }

    /// Four hexadecimal digits.
    fn hex<'s>(&mut self, cx: &mut Full<'s>, places: Places<'s>) -> Result<u32, Raised> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.source.must(cx, places.from)?;
            match char::from(byte).to_digit(16) {
                Some(digit) => code = code << 4 | digit,
                None => return Err(wrong(cx)),
            }
        }
        Ok(code)
    }
}
