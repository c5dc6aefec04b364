//! Values that the host keeps.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

use snakelet_vm::{Local, Raised, Vm};

use crate::sync::{Arc, AtomicBool, Ordering, Weak};

/// A value of an interpreter that the host keeps alive; whatever moves in the heap, it stays the
/// same object.
///
/// A handle may be cloned, sent to other threads, and outlive its interpreter, of which it is no
/// use then. When the last clone is dropped, the value is given up at the next call.
#[derive(Clone)]
pub struct Handle(Arc<Place>);

/// A number under which the interpreter keeps a value.
struct Place {
    number: usize,
    owner: Arc<Owner>,
}

/// What makes an interpreter known to its handles.
#[derive(Default)]
struct Owner {
    /// A handle was dropped since the last look.
    dropped: AtomicBool,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.owner.dropped.store(true, Ordering::Release);
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

/// The handles of an interpreter.
#[derive(Default)]
pub(crate) struct Roots {
    owner: Arc<Owner>,
    places: RefCell<Vec<Weak<Place>>>,
}

impl Roots {
    /// Makes a handle.
    pub(crate) fn keep(&self, vm: &mut Vm, value: Local) -> Result<Handle, Raised> {
        self.release(vm);
        let number = {
            let places = self.places.borrow();
            let free = places.iter().position(|p| p.strong_count() == 0);
            free.unwrap_or(places.len())
        };
        vm.set_host_root(number, value)?;
        let place = Arc::new(Place { number, owner: Arc::clone(&self.owner) });
        let mut places = self.places.borrow_mut();
        match places.get_mut(number) {
            Some(old) => *old = Arc::downgrade(&place),
            None => places.push(Arc::downgrade(&place)),
        }
        Ok(Handle(place))
    }

    /// Gives up the values of handles that were dropped.
    pub(crate) fn release(&self, vm: &mut Vm) {
        // each call of the host's comes here, so the look costs no more than a read
        if !self.owner.dropped.load(Ordering::Relaxed)
            || !self.owner.dropped.swap(false, Ordering::Acquire)
        {
            return;
        }
        let mut places = self.places.borrow_mut();
        for (number, place) in places.iter().enumerate() {
            if place.strong_count() == 0 {
                vm.clear_host_root(number);
            }
        }
        while places.last().is_some_and(|p| p.strong_count() == 0) {
            places.pop();
        }
    }

    /// Makes a local of the value of a handle; `None` if it belongs to another interpreter.
    pub(crate) fn value(&self, vm: &Vm, handle: &Handle) -> Option<Local> {
        Arc::ptr_eq(&handle.0.owner, &self.owner).then(|| vm.host_root(handle.0.number))
    }
}
