#![cfg_attr(not(test), no_std)]
//! MicroPython's prompt as a state machine over bytes.
//!
//! A [`Repl`] is given the bytes that come from a terminal or a serial line, one at a time, and tells what is to be
//! done: run a program, start afresh, or nothing. It does no input or output, and knows no interpreter; what it
//! needs of the world it asks of a [`Host`]. Its memory is two buffers that are lent to it, so that it
//! never allocates: one for the statement that is being typed, one for the lines typed before.
//!
//! There are four modes:
//!
//! | mode | enters by | is for |
//! |---|---|---|
//! | friendly | start, CTRL-B | people: line editing, history, completion, indentation |
//! | paste | CTRL-E at `>>>` | text with its own indentation |
//! | raw | CTRL-A at `>>>` | tools: a program, CTRL-D, `OK`, its output, 0x04, its error, 0x04 |
//! | raw paste | CTRL-E `A` CTRL-A in raw mode | tools: the same with flow control |
//!
//! The protocol of the raw modes is that of MicroPython's `docs/reference/repl.rst`; the keys are those of its
//! prompt. See `docs/prompt.md` for a table.
//!
#![cfg_attr(feature = "edit", doc = "```")]
#![cfg_attr(not(feature = "edit"), doc = "```ignore")]
//! use snakelet_repl::{Action, Host, Program, Repl};
//!
//! /// Shows in a vector what a terminal would show.
//! struct Screen(Vec<u8>);
//!
//! impl Host for Screen {
//!     fn write(&mut self, bytes: &[u8]) {
//!         self.0.extend_from_slice(bytes);
//!     }
//! }
//!
//! let (mut line, mut history) = ([0; 256], [0; 256]);
//! let mut repl = Repl::new(&mut line, &mut history);
//! let mut screen = Screen(Vec::new());
//! repl.start(&mut screen);
//! for byte in b"1+13\x022\x04\r" { // goes back over the 3, inserts a 2 and deletes the 3
//!     if let Action::Run(program) = repl.push(*byte, &mut screen) {
//!         assert_eq!(program, Program::Typed);
//!         assert_eq!(repl.typed(), b"1+12");
//!         // here the program would be run
//!         repl.ran(&mut screen);
//!         // here its error would be printed
//!         repl.reported(&mut screen);
//!     }
//! }
//! assert!(screen.0.ends_with(b"\r\n>>> "));
//! ```
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `edit` (default) | friendly and paste mode; without it a line is for tools, and nothing is echoed |
//! | `colour` | [`Repl::set_colour`] |
//! | `testing` | the check that the fuzz target shares with the tests; needs `std` |

mod host;
mod raw;

#[cfg(feature = "edit")]
mod edit;
#[cfg(not(feature = "edit"))]
#[path = "absent.rs"]
mod edit;

mod repl;

#[cfg(all(feature = "edit", any(test, feature = "testing")))]
pub mod testing;
#[cfg(test)]
mod tests;

#[cfg(feature = "edit")]
pub use edit::width;
pub use host::{EachName, Host, Names};
pub use repl::{Action, Program, Repl};

// examples of the guide are compiled and run
#[cfg(doctest)]
#[doc = include_str!("../../../docs/prompt.md")]
struct Guide;

/// The control characters that mean something.
mod control {
    pub(crate) const A: u8 = 0x01;
    pub(crate) const B: u8 = 0x02;
    pub(crate) const C: u8 = 0x03;
    pub(crate) const D: u8 = 0x04;
    pub(crate) const E: u8 = 0x05;
    #[cfg(feature = "edit")]
    pub(crate) use self::keys::*;

    #[cfg(feature = "edit")]
    mod keys {
        pub(crate) const F: u8 = 0x06;
        pub(crate) const BACKSPACE: u8 = 0x08;
        pub(crate) const TAB: u8 = 0x09;
        pub(crate) const K: u8 = 0x0B;
        pub(crate) const L: u8 = 0x0C;
        pub(crate) const N: u8 = 0x0E;
        pub(crate) const P: u8 = 0x10;
        pub(crate) const U: u8 = 0x15;
        pub(crate) const W: u8 = 0x17;
        pub(crate) const ESCAPE: u8 = 0x1B;
        pub(crate) const DELETE: u8 = 0x7F;
    }
}
