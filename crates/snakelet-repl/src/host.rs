//! What the state machine needs of the world.

/// What names are asked for by the key TAB.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Names<'t> {
    /// Names that a program can use: variables of `__main__`, and built-in ones.
    Globals,
    /// Modules that can be imported.
    Modules,
    /// Attributes of what an expression like `a.b` stands for, in which nothing is called.
    Attributes(&'t [u8]),
}

/// What [`Host::names`] calls with a name, and with what it may write by.
pub type EachName<'a> = &'a mut dyn FnMut(&str, &mut dyn FnMut(&[u8]));

/// The world of a [`Repl`](crate::Repl).
///
/// Only [`write`](Host::write) must be there; a host of tools has [`receive`](Host::receive) and
/// [`forget`](Host::forget) too, one for people the rest.
pub trait Host {
    /// Sends bytes to the terminal or the tool as they are: lines end in `\r\n` here.
    fn write(&mut self, bytes: &[u8]);

    /// Writes the lines that introduce the interpreter, each with its end. Tools look for the word `MicroPython`.
    fn banner(&mut self) {
        self.write(b"MicroPython; Snakelet\r\n");
    }

    /// Writes the prompt of the first line of a statement, or that of its other lines.
    fn prompt(&mut self, first: bool) {
        self.write(if first { b">>> " } else { b"... " });
    }

    /// Keeps a byte of a program that comes in paste or raw mode; whether there was room. After `false` no more
    /// bytes come before [`forget`](Host::forget).
    fn receive(&mut self, byte: u8) -> bool {
        let _ = byte;
        false
    }

    /// Forgets the bytes that were received.
    fn forget(&mut self) {}

    /// Whether a statement whose lines so far are `text`, without the end of the last one, goes on in another line.
    fn goes_on(&mut self, text: &[u8]) -> bool {
        let _ = text;
        false
    }

    /// Calls `each` with names, each of them once and in the order in which they are to be shown, and with
    /// what does the same as [`Host::write`]. Called twice where names are shown.
    fn names(&mut self, which: Names<'_>, each: EachName<'_>) {
        let _ = (which, each);
    }
}
