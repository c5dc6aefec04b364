//! The part of the text that is at hand.

use crate::memory::{Budget, Buf};
use crate::token::Span;
use crate::{Fail, Source};

/// A window over a text: all of it where it lies in memory, else what was read since the last
/// statement began.
pub(super) enum Window<'s, 'b> {
    Whole(&'s [u8]),
    Part { source: &'s mut dyn Source, base: u32, bytes: Buf<'b, u8>, ended: bool },
}

/// How much is read at a time.
const STEP: usize = 64;

impl<'s, 'b> Window<'s, 'b> {
    pub(super) fn new(source: &'s mut dyn Source, budget: &'b Budget) -> Self {
        if source.contiguous().is_some() {
            let source: &'s dyn Source = source;
            return Window::Whole(source.contiguous().unwrap_or_default());
        }
        Window::Part { source, base: 0, bytes: Buf::new(budget), ended: false }
    }

    /// The bytes of a span as far as they are at hand.
    pub(super) fn get(&self, span: Span) -> &[u8] {
        let rest = self.from(span.start);
        let len = (span.end.saturating_sub(span.start)) as usize;
        rest.get(..len).unwrap_or(rest)
    }

    /// The bytes from an offset on that are at hand.
    pub(super) fn from(&self, start: u32) -> &[u8] {
        match self {
            Window::Whole(text) => text.get(start as usize..).unwrap_or_default(),
            Window::Part { base, bytes, .. } => {
                start.checked_sub(*base).and_then(|at| bytes.get(at as usize..)).unwrap_or_default()
            }
        }
    }

    /// Returns one byte, reading on where it is not yet at hand; nothing at the end of the text.
    #[inline]
    pub(super) fn byte(&mut self, offset: u32) -> Option<u8> {
        match self.from(offset).first() {
            Some(&byte) => Some(byte),
            None => self.read_on(offset),
        }
    }

    #[cold]
    #[inline(never)]
    fn read_on(&mut self, offset: u32) -> Option<u8> {
        while self.grow() {
            if let Some(&byte) = self.from(offset).first() {
                return Some(byte);
            }
        }
        None
    }

    /// Reads on; answers whether there was more.
    fn grow(&mut self) -> bool {
        let Window::Part { source, base, bytes, ended } = self else { return false };
        if *ended {
            return false;
        }
        let mut chunk = [0; STEP];
        let at = base.saturating_add(bytes.len() as u32);
        let n = match source.read_at(at, &mut chunk) {
            Ok(n) if at < u32::MAX => n,
            Ok(_) => {
                bytes.budget().overflow();
                0
            }
            Err(error) => {
                bytes.budget().fail(Fail::Source(error));
                0
            }
        };
        bytes.extend(chunk.get(..n).unwrap_or(&chunk));
        *ended = n == 0 || bytes.budget().failed();
        !*ended
    }

    /// Gives up what lies before an offset.
    pub(super) fn forget(&mut self, start: u32) {
        if let Window::Part { base, bytes, .. } = self {
            bytes.drop_front(start.saturating_sub(*base) as usize);
            *base = (*base).max(start);
        }
    }

    /// Begins anew at an offset.
    pub(super) fn seek(&mut self, start: u32) {
        match self {
            Window::Part { base, bytes, ended, .. } if *base != start => {
                bytes.clear();
                *base = start;
                *ended = false;
            }
            _ => {}
        }
    }
}
