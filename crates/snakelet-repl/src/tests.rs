//! The state machine against a small terminal, which shows what a person would see.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

#[cfg(feature = "edit")]
mod keys;
mod protocol;

use crate::{Action, EachName, Host, Names, Program, Repl};

/// A host that notes what happens.
#[derive(Default)]
struct Notes {
    /// What was written since it was last looked at.
    written: Vec<u8>,
    received: Vec<u8>,
    /// Bytes of a program that there is room for.
    room: Option<usize>,
}

impl Host for Notes {
    fn write(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
    }
    fn banner(&mut self) {
        self.write(b"banner\r\n");
    }
    fn receive(&mut self, byte: u8) -> bool {
        let fits = self.room.is_none_or(|room| self.received.len() < room);
        if fits {
            self.received.push(byte);
        }
        fits
    }
    fn forget(&mut self) {
        self.received.clear();
    }
    /// A block goes on until an empty line, an open bracket in any case.
    fn goes_on(&mut self, text: &[u8]) -> bool {
        let open = text.iter().filter(|b| **b == b'(').count();
        let closed = text.iter().filter(|b| **b == b')').count();
        open > closed || (text.starts_with(b"if ") && !text.ends_with(b"\n"))
    }
    fn names(&mut self, which: Names<'_>, each: EachName<'_>) {
        let names: &[&str] = match which {
            Names::Globals => &["_hidden", "largest", "larva", "print", "äpfel"],
            Names::Modules => &["machine", "math"],
            Names::Attributes(b"a.b") => &["__init__", "value"],
            Names::Attributes(_) => &[],
        };
        let written = &mut self.written;
        for name in names {
            each(name, &mut |bytes| written.extend_from_slice(bytes));
        }
    }
}

/// Text of the statements and programs that were run, and how often a start afresh was asked for.
#[derive(Default, Debug, PartialEq, Eq)]
struct Done {
    run: Vec<(Program, Vec<u8>)>,
    restarts: usize,
}

/// Feeds bytes; programs print nothing and have no errors.
fn feed(repl: &mut Repl<'_>, notes: &mut Notes, bytes: &[u8]) -> Done {
    let mut done = Done::default();
    for byte in bytes {
        match repl.push(*byte, notes) {
            Action::Wait => {}
            Action::Restart => {
                done.restarts += 1;
                repl.start(notes);
            }
            Action::Run(program) => {
                let text = match program {
                    Program::Typed => repl.typed().to_vec(),
                    _ => notes.received.clone(),
                };
                done.run.push((program, text));
                repl.ran(notes);
                repl.reported(notes);
            }
        }
    }
    done
}

/// The second column of a wide character.
#[cfg(feature = "edit")]
const WIDE: char = '\0';

/// What is on a terminal of one long line a row, where the cursor is at last: rows, and its row and column.
#[cfg(feature = "edit")]
fn screen(written: &[u8]) -> (Vec<String>, usize) {
    let text = std::str::from_utf8(written).unwrap();
    let (mut rows, mut column) = (vec![Vec::<char>::new()], 0_usize);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '\r' => column = 0,
            '\n' => rows.push(Vec::new()),
            '\x08' => column = column.checked_sub(1).expect("not before the row"),
            '\x07' => {}
            '\x1b' => {
                assert_eq!(chars.next(), Some('['));
                let mut number = String::new();
                let end = loop {
                    match chars.next().unwrap() {
                        c @ ('0'..='9' | ';') => number.push(c),
                        c => break c,
                    }
                };
                match end {
                    'D' => column = column.checked_sub(number.parse().unwrap()).unwrap(),
                    'C' => column += number.parse::<usize>().unwrap(),
                    'K' => row.truncate(column),
                    other => assert_eq!(other, 'm'),
                }
            }
            c => {
                let width = if matches!(c, '日' | '本') { 2 } else { 1 };
                row.resize(row.len().max(column + width), WIDE);
                row[column..column + width].fill(WIDE);
                row[column] = c;
                column += width;
            }
        }
    }
    let visible = |row: Vec<char>| row.into_iter().filter(|c| *c != WIDE).collect();
    (rows.into_iter().map(visible).collect(), column)
}
