//! What the key TAB does at a name: completes it, or shows what it could become.

use super::buffer::columns;
use crate::host::{Host, Names};

/// The most bytes that are put in at a time.
const LONGEST: usize = 48;
/// Columns of a name, with the space behind it, and of a line of names.
const SLOT: usize = 16;
const LINE: usize = 4 * SLOT;

const IMPORT: &[u8] = b"import ";

/// What comes of the text before the cursor.
pub(super) enum Completion {
    Nothing,
    /// These bytes follow.
    Insert([u8; LONGEST], usize),
    /// The names were shown, below the line.
    Shown,
}

/// Completes the name at the end of `text`, which is what stands before the cursor in its line.
pub(super) fn complete<H: Host + ?Sized>(text: &[u8], host: &mut H) -> Completion {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | 0x80..);
    let start = text.iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
    let (before, chain) = text.split_at_checked(start).unwrap_or((&[], text));
    let dot = chain.iter().rposition(|byte| *byte == b'.');
    let (object, word) = match dot {
        Some(dot) => (chain.get(..dot), chain.get(dot + 1..).unwrap_or_default()),
        None => (None, chain),
    };
    let which = match object {
        Some(object) => Names::Attributes(object),
        None if before.starts_with(IMPORT) || before == b"from " => Names::Modules,
        None => Names::Globals,
    };
    let mut found = Found::default();
    host.names(which, &mut |name, _| {
        if fits(name, word) {
            found.add(name.as_bytes(), word.len());
        }
    });
    if found.count == 0 {
        // the word that most often begins a line and is no name
        return match IMPORT.strip_prefix(word) {
            Some(rest) if before.is_empty() && object.is_none() && !word.is_empty() => {
                Completion::Insert(copy(rest), rest.len())
            }
            _ => Completion::Nothing,
        };
    }
    if found.len > 0 || found.count == 1 {
        return Completion::Insert(found.rest, found.len);
    }
    show(which, word, host);
    Completion::Shown
}

/// Whether a word is the beginning of a name. Names that begin with `_` are only of interest to who asks for them.
fn fits(name: &str, word: &[u8]) -> bool {
    name.as_bytes().starts_with(word) && !(word.is_empty() && name.starts_with('_'))
}

/// What all names have in common behind the word.
struct Found {
    count: usize,
    rest: [u8; LONGEST],
    len: usize,
}

impl Default for Found {
    fn default() -> Self {
        Self { count: 0, rest: [0; LONGEST], len: 0 }
    }
}

impl Found {
    fn add(&mut self, name: &[u8], from: usize) {
        let rest = name.get(from..).unwrap_or_default();
        if self.count == 0 {
            self.rest = copy(rest);
            self.len = rest.len().min(LONGEST);
        } else {
            let known = self.rest.iter().take(self.len);
            self.len = known.zip(rest).take_while(|(a, b)| a == b).count();
        }
        self.count += 1;
        // not in the middle of a character
        while self.len > 0
            && core::str::from_utf8(self.rest.get(..self.len).unwrap_or_default()).is_err()
        {
            self.len -= 1;
        }
    }
}

fn copy(bytes: &[u8]) -> [u8; LONGEST] {
    let mut all = [0; LONGEST];
    for (place, byte) in all.iter_mut().zip(bytes) {
        *place = *byte;
    }
    all
}

/// Shows the names that a word could become, in columns.
fn show<H: Host + ?Sized>(which: Names<'_>, word: &[u8], host: &mut H) {
    let mut column = LINE;
    host.names(which, &mut |name, write| {
        if !fits(name, word) {
            return;
        }
        let mut gap = column.next_multiple_of(SLOT) - column;
        if gap < 2 {
            gap += SLOT;
        }
        let len = columns(name.as_bytes());
        if column + gap + len <= LINE {
            for _ in 0..gap {
                write(b" ");
            }
            column += gap + len;
        } else {
            write(b"\r\n");
            column = len;
        }
        write(name.as_bytes());
    });
    host.write(b"\r\n");
}
