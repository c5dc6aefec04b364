//! Frames that a method looks at while it runs code of the script.

use snakelet_vm::Raised;
use snakelet_vm::native::full::{Full, Held};

use super::make::{Pixels, image};
use crate::Camera;

/// Runs `work` while the frame that an image lies in, if it does, can neither be recycled nor change its shape.
pub(super) fn with<'s, T>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    work: impl FnOnce(&mut Full<'s>) -> Result<T, Raised>,
) -> Result<T, Raised> {
    let source = cx.look(|cx| {
        Ok(match image(*cx, cx.get(this))?.pixels {
            Pixels::Frame { source, .. } => Some(usize::from(source)),
            _ => None,
        })
    })?;
    let Some(source) = source else { return work(cx) };
    count(cx, source, true);
    let done = work(cx);
    count(cx, source, false);
    done
}

fn count(cx: &mut Full<'_>, source: usize, more: bool) {
    cx.with_state_mut(|camera: &mut Camera| {
        if let Some((source, _)) = camera.source_mut(source) {
            source.uses =
                if more { source.uses.saturating_add(1) } else { source.uses.saturating_sub(1) };
        }
    });
}
