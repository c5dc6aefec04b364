//! Memory that a method works with until it ends.

use snakelet_pool::{Attributes, Flags, Lease, NoRoom, Request};
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::MEMORY_ERROR;
use snakelet_vm::native::full::Full;
use zerocopy::{FromBytes, IntoBytes, KnownLayout};

use super::make::no_room;
use crate::Camera;

/// A block of a pool: of fast memory if there is room, of any other if not. Dropping it gives it back, however
/// the method ends.
pub(super) struct Scratch(Lease<'static>);

impl Scratch {
    /// Takes at least so many bytes, whose contents are not specified. Dead images are collected where there is
    /// no room.
    ///
    /// # Errors
    /// `MemoryError`, with the figures of the pool that came nearest.
    pub(super) fn new(cx: &mut Full<'_>, bytes: usize) -> Result<Self, Raised> {
        for attempt in 0..2 {
            match Self::place(cx, bytes) {
                Some(Ok(lease)) => return Ok(Scratch(lease)),
                Some(Err(_)) if attempt == 0 => cx.collect()?,
                Some(Err(error)) => return Err(no_room(cx, &error)),
                None => break,
            }
        }
        Err(cx.raise(&MEMORY_ERROR, "there are no pools to work with"))
    }

    /// The same without a collection; none if there is no room.
    pub(super) fn spare(cx: &mut Full<'_>, bytes: usize) -> Option<Self> {
        Self::place(cx, bytes)?.ok().map(Scratch)
    }

    fn place(cx: &mut Full<'_>, bytes: usize) -> Option<Result<Lease<'static>, NoRoom<'static>>> {
        let request = Request::new(bytes.max(1)).align(32).owner("scratch");
        cx.with_state_mut(|camera: &mut Camera| {
            camera.reclaim();
            let fast = camera.place(&request.want(Attributes::FAST));
            fast.or_else(|_| camera.place(&request.flags(Flags::ENOUGH)))
        })
    }

    /// The memory.
    pub(super) fn bytes(&mut self) -> &mut [u8] {
        self.0.as_mut_slice()
    }

    /// The memory as items of a type that any bits are a value of.
    pub(super) fn items<T>(&mut self) -> &mut [T]
    where
        T: FromBytes + IntoBytes + KnownLayout,
    {
        carve(self.bytes(), usize::MAX).0
    }
}

/// The first `n` items of a type in `bytes`, and the bytes behind them; as many as there is room for. Bytes that
/// are not aligned for the type have none.
pub(super) fn carve<T>(bytes: &mut [u8], n: usize) -> (&mut [T], &mut [u8])
where
    T: FromBytes + IntoBytes + KnownLayout,
{
    let n = n.min(bytes.len() / size_of::<T>().max(1));
    <[T]>::mut_from_prefix_with_elems(bytes, n).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_carved_into_items() {
        #[repr(align(8))]
        struct Aligned([u8; 32]);
        let mut memory = Aligned([1; 32]);
        let (words, rest) = carve::<u32>(&mut memory.0, 3);
        assert_eq!((words.len(), words[0], rest.len()), (3, 0x0101_0101, 20));
        let (rest, none) = carve::<u16>(rest, 100);
        assert_eq!((rest.len(), none.len()), (10, 0));
        assert_eq!(carve::<u32>(&mut memory.0[1..], 1).0.len(), 0);
    }
}
