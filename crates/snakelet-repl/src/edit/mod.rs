//! The prompt for people: a line that is edited, in a statement of one or more lines.
//!
//! The statement lies in one buffer. Lines that were entered stay as they are; the one that is being typed begins at
//! `start`, and all keys work inside of it. What a key changes is shown at once, in as few bytes as the
//! terminals of MicroPython's tools expect.

mod buffer;
#[cfg(feature = "colour")]
mod colour;
mod complete;
mod history;
mod keys;

use crate::control;
use crate::host::Host;
pub use buffer::width;
use buffer::{Buffer, columns};
use complete::Completion;
use history::History;
use keys::{Key, Keys};

/// Spaces of a block.
const INDENT: &[u8] = b"    ";
const ERASE: &[u8] = b"\x1b[K";
const BELL: &[u8] = b"\x07";

/// What a byte makes of what is typed.
pub(crate) enum Typed {
    Nothing,
    /// A control character that means something at an empty line.
    Control(u8),
    /// The statement is complete.
    Statement,
}

/// Whether lines of a block are indented by themselves.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Indent {
    On,
    /// The line has just been indented, and nothing typed yet.
    Fresh,
    /// Not any more in this statement: it is typed, or comes from a tool, with indentation of its own.
    Off,
}

#[derive(Debug)]
pub(crate) struct Prompt<'m> {
    text: Buffer<'m>,
    /// Where the line begins that is being typed.
    start: usize,
    cursor: usize,
    keys: Keys,
    history: History<'m>,
    /// How many lines back in the history; 0 is the line itself.
    age: usize,
    indent: Indent,
    #[cfg(feature = "colour")]
    colour: bool,
}

impl<'m> Prompt<'m> {
    pub(crate) const fn new(line: &'m mut [u8], history: &'m mut [u8]) -> Self {
        Self {
            text: Buffer::new(line),
            start: 0,
            cursor: 0,
            keys: Keys::new(),
            history: History::new(history),
            age: 0,
            indent: Indent::On,
            #[cfg(feature = "colour")]
            colour: false,
        }
    }

    /// Forgets what was typed, and asks for another statement.
    pub(crate) fn begin<H: Host + ?Sized>(&mut self, host: &mut H) {
        self.text.remove(0..usize::MAX);
        self.indent = Indent::On;
        self.begin_line(host);
    }

    fn begin_line<H: Host + ?Sized>(&mut self, host: &mut H) {
        self.start = self.text.len();
        self.cursor = self.start;
        self.age = 0;
        host.prompt(self.start == 0);
        self.indent_line(host);
    }

    pub(crate) fn text(&self) -> &[u8] {
        self.text.bytes()
    }

    pub(crate) fn history(&self) -> &[u8] {
        self.history.bytes()
    }

    pub(crate) fn load_history(&mut self, lines: &[u8]) {
        for line in lines.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if core::str::from_utf8(line).is_ok_and(|line| !line.chars().any(char::is_control)) {
                self.history.add(line);
            }
        }
    }

    #[cfg(feature = "colour")]
    pub(crate) fn set_colour(&mut self, colour: bool) {
        self.colour = colour;
    }

    pub(crate) fn push<H: Host + ?Sized>(&mut self, byte: u8, host: &mut H) -> Typed {
        let Some(key) = self.keys.push(byte) else { return Typed::Nothing };
        let is_empty = self.text.len() == self.start;
        match key {
            Key::Control(control::C) => return Typed::Control(control::C),
            Key::Control(control::D) if is_empty && self.start > 0 => {
                host.write(b"\r\n");
                return Typed::Statement;
            }
            Key::Control(c @ (control::A | control::B | control::D | control::E))
                if is_empty && self.start == 0 =>
            {
                return Typed::Control(c);
            }
            Key::Enter => return self.enter(host),
            key => self.edit(key, host),
        }
        Typed::Nothing
    }

    /// The line is complete.
    fn enter<H: Host + ?Sized>(&mut self, host: &mut H) -> Typed {
        host.write(b"\r\n");
        self.history.add(self.text.part(self.start..usize::MAX));
        if self.text.len() == 0 {
            self.begin(host);
            return Typed::Nothing;
        }
        if !host.goes_on(self.text.bytes()) {
            return Typed::Statement;
        }
        if self.text.insert(self.text.len(), b"\n") {
            self.begin_line(host);
        } else {
            // the statement is longer than there is room for
            host.write(BELL);
            self.begin(host);
        }
        Typed::Nothing
    }

    /// Begins a line of a block with the indentation of the line before it, and more behind a colon; not behind two
    /// empty lines, which end the block.
    fn indent_line<H: Host + ?Sized>(&mut self, host: &mut H) {
        if self.indent == Indent::Off {
            return;
        }
        self.indent = Indent::On;
        let Some(lines) = self.text.bytes().strip_suffix(b"\n") else { return };
        let mut back = lines.rsplit(|byte| *byte == b'\n');
        let last = back.next().unwrap_or_default();
        let is_blank = |line: &[u8]| line.iter().all(|byte| *byte == b' ');
        if is_blank(last) && back.next().is_some_and(is_blank) {
            return;
        }
        let spaces = last.iter().take_while(|byte| **byte == b' ').count();
        let levels = spaces / INDENT.len() + usize::from(last.ends_with(b":"));
        for _ in 0..levels {
            if self.text.insert(self.cursor, INDENT) {
                self.cursor += INDENT.len();
                host.write(INDENT);
                self.indent = Indent::Fresh;
            }
        }
    }

    /// What a key does to the line.
    fn edit<H: Host + ?Sized>(&mut self, key: Key, host: &mut H) {
        let end = self.text.len();
        let fresh = self.indent == Indent::Fresh;
        if fresh {
            self.indent = Indent::On;
        }
        match key {
            Key::Character if fresh && self.keys.text() == b" " => {
                // the block has another indentation: this is its first space
                self.indent = Indent::Off;
                let by = INDENT.len() - 1;
                self.back(columns(self.text.part(self.cursor - by..self.cursor)), host);
                self.text.remove(self.cursor - by..self.cursor);
                self.cursor -= by;
            }
            // a tool sends the indentation that is there already
            Key::Control(control::TAB) if fresh => self.indent = Indent::Off,
            Key::Control(control::TAB) => self.tab(host),
            Key::Character => {
                let mut character = [0; 4];
                let len = self.keys.text().len();
                for (place, byte) in character.iter_mut().zip(self.keys.text()) {
                    *place = *byte;
                }
                self.insert(character.get(..len).unwrap_or_default(), host);
            }
            Key::Backspace => {
                let before = self.text.part(self.start..self.cursor);
                let in_indent =
                    before.len() >= INDENT.len() && before.iter().all(|byte| *byte == b' ');
                let from = match in_indent {
                    true => self.cursor - INDENT.len(),
                    false => self.text.before(self.cursor, self.start),
                };
                self.cut(from, self.cursor, host);
            }
            Key::Delete | Key::Control(control::D) => {
                self.cut(self.cursor, self.text.after(self.cursor), host);
            }
            Key::KillWordLeft | Key::Control(control::W) => {
                self.cut(self.word_left(), self.cursor, host);
            }
            Key::KillWordRight => self.cut(self.cursor, self.word_right(), host),
            Key::Control(control::K) => self.cut(self.cursor, end, host),
            Key::Control(control::U) => self.cut(self.start, self.cursor, host),
            Key::Left | Key::Control(control::B) => {
                self.go_to(self.text.before(self.cursor, self.start), host);
            }
            Key::Right | Key::Control(control::F) => {
                self.go_to(self.text.after(self.cursor), host);
            }
            Key::WordLeft => self.go_to(self.word_left(), host),
            Key::WordRight => self.go_to(self.word_right(), host),
            Key::Home | Key::Control(control::A) => self.go_to(self.start, host),
            Key::End | Key::Control(control::E) => self.go_to(end, host),
            Key::Up | Key::Control(control::P) => self.recall(self.age + 1, host),
            Key::Down | Key::Control(control::N) if self.age > 0 => {
                self.recall(self.age - 1, host);
            }
            Key::Control(control::L) => {
                host.write(b"\x1b[H\x1b[2J");
                host.prompt(self.start == 0);
                self.show_line(host);
            }
            Key::Down | Key::Control(_) | Key::Enter => {}
        }
    }

    // --- changes ---------------------------------------------------------------------------

    fn insert<H: Host + ?Sized>(&mut self, new: &[u8], host: &mut H) {
        let at = self.cursor;
        if !self.text.insert(at, new) {
            host.write(BELL);
            return;
        }
        self.cursor += new.len();
        self.show_from(at, at, false, host);
    }

    /// Removes a part of the line at whose end, or start, the cursor is.
    fn cut<H: Host + ?Sized>(&mut self, from: usize, to: usize, host: &mut H) {
        if from >= to {
            return;
        }
        self.back(columns(self.text.part(from..self.cursor)), host);
        self.text.remove(from..to);
        self.cursor = from;
        self.show_from(from, from, true, host);
    }

    /// Puts a line of the history in the place of this one; none for the age 0.
    fn recall<H: Host + ?Sized>(&mut self, age: usize, host: &mut H) {
        let old = match age.checked_sub(1) {
            None => &[][..],
            Some(number) => match self.history.get(number) {
                Some(old) => old,
                None => return,
            },
        };
        let before = columns(self.text.part(self.start..usize::MAX));
        let back = columns(self.text.part(self.start..self.cursor));
        self.text.remove(self.start..usize::MAX);
        let fits = self.text.insert(self.start, old);
        self.age = age;
        let shorter = columns(self.text.part(self.start..usize::MAX)) < before;
        self.back(back, host);
        self.cursor = self.text.len();
        self.show_from(self.start, self.start, shorter, host);
        if !fits {
            host.write(BELL);
        }
    }

    fn tab<H: Host + ?Sized>(&mut self, host: &mut H) {
        let before = self.text.part(0..self.cursor);
        if before.last().is_some_and(u8::is_ascii_whitespace) {
            return self.insert(INDENT, host);
        }
        match complete::complete(self.text.part(self.start..self.cursor), host) {
            Completion::Nothing => {}
            Completion::Insert(bytes, len) => {
                self.insert(bytes.get(..len).unwrap_or_default(), host);
            }
            Completion::Shown => {
                host.prompt(self.start == 0);
                self.show_line(host);
            }
        }
    }

    // --- words -----------------------------------------------------------------------------

    /// The beginning of the word at or before the cursor.
    fn word_left(&self) -> usize {
        let line = self.text.part(self.start..self.cursor);
        let word = line.iter().rposition(|byte| is_word(*byte)).map_or(0, |at| at + 1);
        let before = line.get(..word).unwrap_or_default();
        self.start + before.iter().rposition(|byte| !is_word(*byte)).map_or(0, |at| at + 1)
    }

    /// The end of the word at or behind the cursor.
    fn word_right(&self) -> usize {
        let line = self.text.part(self.cursor..usize::MAX);
        let word = line.iter().position(|byte| is_word(*byte)).unwrap_or(line.len());
        let behind = line.get(word..).unwrap_or_default();
        let len = behind.iter().position(|byte| !is_word(*byte)).unwrap_or(behind.len());
        self.cursor + word + len
    }

    // --- the screen ------------------------------------------------------------------------

    /// Moves the terminal's cursor back by columns.
    fn back<H: Host + ?Sized>(&self, columns: usize, host: &mut H) {
        match b"\x08\x08\x08\x08".get(..columns) {
            Some(few) => host.write(few),
            None => step(columns, b"D", host),
        }
    }

    /// Moves the cursor to a position in the line.
    fn go_to<H: Host + ?Sized>(&mut self, to: usize, host: &mut H) {
        if to < self.cursor {
            self.back(columns(self.text.part(to..self.cursor)), host);
        } else if self.is_coloured() && to > self.cursor {
            step(columns(self.text.part(self.cursor..to)), b"C", host);
        } else {
            host.write(self.text.part(self.cursor..to));
        }
        self.cursor = to;
    }

    /// Shows the line again on a new line of the terminal, behind its prompt.
    fn show_line<H: Host + ?Sized>(&mut self, host: &mut H) {
        self.show_from(self.start, self.start, false, host);
    }

    /// Shows what stands from a position on, and puts the terminal's cursor where it should be; it is at `shown` now.
    /// Where the line got shorter, the rest of it is erased.
    fn show_from<H: Host + ?Sized>(
        &mut self,
        from: usize,
        shown: usize,
        erase: bool,
        host: &mut H,
    ) {
        #[cfg(feature = "colour")]
        if self.colour {
            // the colours of what stands before may have changed
            self.back(columns(self.text.part(self.start..shown)), host);
            colour::show(self.text.bytes(), self.start, host);
            if erase {
                host.write(ERASE);
            }
            self.back(columns(self.text.part(self.cursor..usize::MAX)), host);
            return;
        }
        let _ = shown;
        if erase {
            host.write(ERASE);
        }
        host.write(self.text.part(from..usize::MAX));
        self.back(columns(self.text.part(self.cursor..usize::MAX)), host);
    }

    #[cfg(feature = "colour")]
    fn is_coloured(&self) -> bool {
        self.colour
    }

    #[cfg(not(feature = "colour"))]
    #[expect(clippy::unused_self, reason = "as with colours")]
    fn is_coloured(&self) -> bool {
        false
    }
}

/// Moves the terminal's cursor by columns, in the direction that a letter tells.
fn step<H: Host + ?Sized>(columns: usize, letter: &[u8], host: &mut H) {
    let mut digits = [0; 20];
    let (mut at, mut rest) = (digits.len(), columns);
    while rest > 0 {
        at -= 1;
        if let Some(place) = digits.get_mut(at) {
            *place = b'0' + (rest % 10) as u8;
        }
        rest /= 10;
    }
    host.write(b"\x1b[");
    host.write(digits.get(at..).unwrap_or_default());
    host.write(letter);
}

/// Whether a byte is a part of a word, which the keys for words go over.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}
