//! Private names: within a class `C`, CPython takes `__x` for `_C__x`.

use crate::memory::{Budget, Buf};
use crate::{Fail, LONGEST_NAME};

/// The classes around what is compiled.
pub(super) struct Private<'b> {
    /// Whether there are such names at all: MicroPython has none.
    wanted: bool,
    /// Names of the classes without leading underscores, outermost first.
    classes: Buf<'b, u8>,
    /// Where each of them begins.
    starts: Buf<'b, u32>,
    /// A name that was put together.
    name: Buf<'b, u8>,
}

impl<'b> Private<'b> {
    pub(super) fn new(budget: &'b Budget, wanted: bool) -> Self {
        Private {
            wanted,
            classes: Buf::new(budget),
            starts: Buf::new(budget),
            name: Buf::new(budget),
        }
    }

    /// Begins the body of a class.
    pub(super) fn enter(&mut self, class: &[u8]) {
        if self.wanted {
            let underscores = class.iter().take_while(|byte| **byte == b'_').count();
            self.starts.push(self.classes.len() as u32);
            self.classes.extend(class.get(underscores..).unwrap_or_default());
        }
    }

    /// Ends it.
    pub(super) fn leave(&mut self) {
        if let Some(start) = self.starts.pop() {
            self.classes.truncate(start as usize);
        }
    }

    /// What a name in the text stands for.
    pub(super) fn name<'t>(&'t mut self, text: &'t [u8]) -> &'t [u8] {
        let Some(start) = self.starts.last().copied() else { return text };
        let class = self.classes.get(start as usize..).unwrap_or_default();
        if !text.starts_with(b"__") || text.ends_with(b"__") || class.is_empty() {
            return text;
        }
        let budget = self.name.budget();
        if class.len() + text.len() >= LONGEST_NAME {
            budget.fail(Fail::LongName);
            return text;
        }
        self.name.clear();
        self.name.push(b'_');
        self.name.extend(class);
        self.name.extend(text);
        // without memory it is empty, and the compilation ends
        &self.name
    }
}
