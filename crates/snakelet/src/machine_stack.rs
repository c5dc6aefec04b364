//! How much of the machine's stack the thread that calls an interpreter has left.

#![cfg_attr(
    any(target_os = "linux", target_os = "android"),
    allow(unsafe_code) // asks the C library where the thread's stack ends
)]

#[cfg(feature = "std")]
use std::thread::{self, ThreadId};

/// What is known of the machine's stack.
pub(crate) struct MachineStack {
    /// What the host said.
    bytes: Option<usize>,
    /// The thread that called last, and the lowest address of its stack.
    #[cfg(feature = "std")]
    last: Option<(ThreadId, Option<usize>)>,
}

impl MachineStack {
    pub(crate) fn new(bytes: Option<usize>) -> Self {
        Self {
            bytes,
            #[cfg(feature = "std")]
            last: None,
        }
    }

    /// Bytes that a call of the interpreter may take.
    pub(crate) fn left(&mut self) -> Option<usize> {
        if self.bytes.is_some() {
            return self.bytes;
        }
        self.left_of_thread()
    }

    #[cfg(feature = "std")]
    fn left_of_thread(&mut self) -> Option<usize> {
        let here = 0u8;
        Some((&raw const here).addr().saturating_sub(self.lowest()?))
    }

    #[cfg(not(feature = "std"))]
    fn left_of_thread(&mut self) -> Option<usize> {
        None
    }

    /// The lowest address of this thread's stack.
    #[cfg(feature = "std")]
    fn lowest(&mut self) -> Option<usize> {
        let this = thread::current().id();
        match self.last {
            Some((last, lowest)) if last == this => lowest,
            _ => {
                let lowest = lowest_address();
                self.last = Some((this, lowest));
                lowest
            }
        }
    }
}

#[cfg(all(feature = "std", not(miri), any(target_os = "linux", target_os = "android")))]
fn lowest_address() -> Option<usize> {
    use core::mem::MaybeUninit;
    use core::ptr;

    let mut attributes = MaybeUninit::uninit();
    // SAFETY: it fills the attributes of a thread that runs, or fails.
    if unsafe { libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) } != 0 {
        return None;
    }
    let (mut start, mut size, mut guard) = (ptr::null_mut(), 0, 0);
    // SAFETY: the attributes were filled, are only read meanwhile, and are given back once.
    let failed = unsafe {
        let mut attributes = attributes.assume_init();
        let failed =
            libc::pthread_attr_getstack(&raw const attributes, &raw mut start, &raw mut size)
                | libc::pthread_attr_getguardsize(&raw const attributes, &raw mut guard);
        libc::pthread_attr_destroy(&raw mut attributes);
        failed
    };
    (failed == 0 && size > 0).then(|| start.addr().saturating_add(guard))
}

#[cfg(all(feature = "std", any(miri, not(any(target_os = "linux", target_os = "android")))))]
fn lowest_address() -> Option<usize> {
    None
}
