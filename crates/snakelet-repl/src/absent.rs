//! In the place of the prompt for people: a line for tools, which looks at control characters alone.

use core::marker::PhantomData;

use crate::control;
use crate::host::Host;

/// What a byte makes of what is typed.
pub(crate) enum Typed {
    Nothing,
    /// A control character that means something at an empty line.
    Control(u8),
    /// There is no such thing here.
    #[expect(dead_code, reason = "the prompt for people makes it")]
    Statement,
}

#[derive(Debug)]
pub(crate) struct Prompt<'m>(PhantomData<&'m mut [u8]>);

impl<'m> Prompt<'m> {
    pub(crate) const fn new(_: &'m mut [u8], _: &'m mut [u8]) -> Self {
        Self(PhantomData)
    }

    pub(crate) fn begin<H: Host + ?Sized>(&mut self, _: &mut H) {}

    pub(crate) fn push<H: Host + ?Sized>(&mut self, byte: u8, _: &mut H) -> Typed {
        match byte {
            control::A | control::B | control::D => Typed::Control(byte),
            _ => Typed::Nothing,
        }
    }

    pub(crate) fn text(&self) -> &[u8] {
        &[]
    }
}
