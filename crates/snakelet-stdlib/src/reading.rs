//! What the methods of streams that read have in common.

use snakelet_vm::Raised;
use snakelet_vm::native::full::{Full, FullArgs, Held};

/// How many bytes are asked for; all of them where there is no such argument, or a negative one.
pub(crate) fn wanted<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, i: usize) -> Result<usize, Raised> {
    match args.get(i) {
        Some(n) if !cx.is_none(n) => Ok(usize::try_from(cx.i64_of(n)?).unwrap_or(usize::MAX)),
        _ => Ok(usize::MAX),
    }
}

/// The buffer of `readinto`, which is filled piece by piece.
pub(crate) struct Target<'s> {
    buffer: Held<'s>,
    /// Bytes that were put into it.
    at: usize,
}

impl<'s> Target<'s> {
    /// Arguments 1 and 2: the buffer, and how many bytes it is to get at most. Gives that number as well.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn of(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<(Self, usize), Raised> {
        let buffer = args.or_none(1);
        let room = cx.look(|cx| Ok(cx.writable(cx.get(buffer))?.len()))?;
        Ok((Self { buffer, at: 0 }, wanted(cx, args, 2)?.min(room)))
    }

    /// Puts a piece behind what is there. If the code of a stream has made the buffer shorter, what has no room is
    /// lost.
    ///
    /// # Errors
    /// It can no longer be written.
    pub(crate) fn put(&mut self, cx: &mut Full<'s>, piece: &[u8]) -> Result<(), Raised> {
        cx.look(|cx| {
            let cells = cx.writable(cx.get(self.buffer))?.get(self.at..).unwrap_or_default();
            cells.iter().zip(piece).for_each(|(cell, byte)| cell.set(*byte));
            Ok(())
        })?;
        self.at += piece.len();
        Ok(())
    }
}
