//! What a full native can have of the interpreter and of the host.

use core::cell::Cell;

use snakelet_gc::Heap;

use crate::Raised;
use crate::native::data::{Data, NativeData, data_mut};
use crate::native::full::{Full, Given, Held};
use crate::native::print::{Out, PrintKind};
#[cfg(feature = "streams")]
use crate::native::{Behaviour, NativeType, slots};
use crate::object::DataObj;
#[cfg(feature = "streams")]
use crate::object::{Kind, NativeObj};
#[cfg(feature = "streams")]
use crate::{Local, Vm, name};

impl<'s> Full<'s> {
    /// Charges for `work` steps, and asks the host when it is time.
    ///
    /// # Errors
    /// The host stops the script.
    pub fn charge(&mut self, work: u32) -> Result<(), Raised> {
        self.0.charge(work)
    }
    /// Writes a text to the console.
    ///
    /// # Errors
    /// The host stops the script.
    pub fn write(&mut self, text: &str) -> Result<(), Raised> {
        self.0.emit(Out::Console, text.as_bytes())
    }
    /// Writes `str()` or `repr()` of an object to the console.
    ///
    /// # Errors
    /// What its methods raise.
    pub fn print(&mut self, object: Held<'s>, kind: PrintKind) -> Result<(), Raised> {
        self.0.print(object.0, Out::Console, kind)
    }
    /// Microseconds since a fixed moment; 0 without a clock.
    pub fn ticks_us(&mut self) -> u64 {
        self.0.clock_us()
    }
    /// Nanoseconds since 1970, or since the start if the date is not known.
    pub fn epoch_ns(&mut self) -> u64 {
        self.0.epoch_ns()
    }
    /// Waits so many microseconds, and runs scheduled callbacks and asks the host meanwhile; returns at once
    /// without a clock. It is the last thing that a function does: where a script has threads, others run meanwhile, and
    /// this is an error that the function has to pass on; its result is `None`, Python's, when the time is over.
    ///
    /// # Errors
    /// Other threads run; the host stops the script.
    pub fn sleep_us(&mut self, us: u64) -> Result<(), Raised> {
        self.0.sleep_us(us)
    }
    /// The same for a function that has more to do: no other thread runs meanwhile.
    ///
    /// # Errors
    /// The host stops the script.
    pub fn block_us(&mut self, us: u64) -> Result<(), Raised> {
        self.0.block_us(us)
    }
    /// Waits for that moment of [`Full::ticks_us`], or for something to happen: the function is to look again what
    /// there is to do. Where the host makes the script's steps, it does the waiting, until it makes the next one: then
    /// this is an error that the function has to pass on, and its result is `None`, Python's. Otherwise a part of the
    /// time passes here, during which callbacks run; false without a clock.
    ///
    /// # Errors
    /// The host is to wait, or stops the script.
    #[cfg(feature = "idle")]
    pub fn idle(&mut self, until: Option<u64>) -> Result<bool, Raised> {
        self.0.idle(until)
    }
    /// Lets some time pass, at most up to that moment of [`Full::ticks_us`], for a function that looks again and again
    /// whether something has happened; false without a clock.
    ///
    /// # Errors
    /// The host stops the script.
    pub fn pause(&mut self, until: u64) -> Result<bool, Raised> {
        self.0.charge(1)?;
        self.0.nap(Some(until))
    }
    /// Says by which moment of [`Full::ticks_us`] the states of modules want to do what they do between two instructions
    /// ([`NativeData::SERVE`]), so that no wait of the script is longer: the earlier of this moment and the one that was
    /// named before. They are asked then, and have to say again what they wish.
    pub fn serve_by(&mut self, us: u64) {
        self.0.rt.serve_by = self.0.rt.serve_by.min(us);
    }
    /// Fills `bytes` with randomness of the host; false if it has none, and they stay as they are.
    pub fn entropy(&mut self, bytes: &mut [u8]) -> bool {
        match &mut self.0.rt.hosts.entropy {
            Some(entropy) => {
                entropy.fill(bytes);
                true
            }
            None => false,
        }
    }
    /// Makes an object that carries data, with these values.
    ///
    /// # Errors
    /// `MemoryError`; `TypeError` if [`NativeData::TYPE`] is not a type for this data.
    pub fn new_data<T: NativeData>(&mut self, values: &[Held<'s>], data: T) -> Given<'s> {
        // taken by the attempt that finds room
        let data = Cell::new(Some(data));
        self.make(|cx| cx.new_data_of(values.len(), &|i| values.get(i).map(|v| cx.get(*v)), &data))
    }
    /// Lets the type's finaliser run when nothing refers to an object with data any more; its value `i` is used for that.
    /// The data must not be one that is dropped.
    ///
    /// # Errors
    /// `MemoryError`.
    #[cfg(feature = "streams")]
    pub fn watch<T: NativeData>(&mut self, object: Held<'s>, i: usize) -> Result<(), Raised> {
        const { assert!(!core::mem::needs_drop::<T>(), "what died is looked at once more") };
        let scope = self.0.scope();
        let watch = Held::of(self.0.new_native(&WATCH, &[object.local()])?);
        self.look(|cx| {
            if let Some(data) = cx.data::<T>(cx.get(object)) {
                data.set_value(i, cx.get(watch));
            }
            Ok(())
        })?;
        self.0.end_scope(scope);
        Ok(())
    }
    /// `vfs.mount(object, path, readonly, mkfs)` of an object that is a file system.
    ///
    /// # Errors
    /// `OSError`; what the object's `mount` raises.
    #[cfg(feature = "files")]
    pub fn mount(
        &mut self,
        object: Held<'s>,
        path: Held<'s>,
        readonly: Held<'s>,
        mkfs: Held<'s>,
    ) -> Result<(), Raised> {
        let [object, path, readonly, mkfs] = [object, path, readonly, mkfs].map(Held::local);
        crate::vfs::mount(&mut self.0, object, path, readonly, mkfs)
    }
    /// `vfs.umount(which)`.
    ///
    /// # Errors
    /// `OSError`; what the object's `umount` raises.
    #[cfg(feature = "files")]
    pub fn umount(&mut self, which: Held<'s>) -> Result<(), Raised> {
        crate::vfs::umount(&mut self.0, which.local())
    }
    /// `vfs.mount()`: a list of what is mounted, and where.
    ///
    /// # Errors
    /// `MemoryError`.
    #[cfg(feature = "files")]
    pub fn mounted(&mut self) -> Given<'s> {
        crate::vfs::mounted(&mut self.0).map(Held::of)
    }
    /// Shows the data of an object to `work`.
    ///
    /// # Errors
    /// `TypeError` if it has no data of this type.
    pub fn with_data<T: NativeData, R>(
        &mut self,
        object: Held<'s>,
        work: impl FnOnce(&T) -> R,
    ) -> Result<R, Raised> {
        let mut work = Some(work);
        let found = self.look(|cx| {
            let data = Data::<T>::of(cx.get(object));
            Ok(data.and_then(|data| work.take().map(|work| work(&data))))
        })?;
        found.ok_or_else(|| self.wrong_receiver())
    }
    /// Lends the data of an object to `work` exclusively: nothing else refers to it meanwhile. The data is of
    /// a type that says so ([`NativeData::EXCLUSIVE`]).
    ///
    /// # Errors
    /// `TypeError` if it has no data of this type.
    pub fn with_data_mut<T: NativeData, R>(
        &mut self,
        object: Held<'s>,
        work: impl FnOnce(&mut T) -> R,
    ) -> Result<R, Raised> {
        match data_mut(&mut self.0, |vm| vm.get(object.0).cast::<DataObj>()) {
            Some(data) => Ok(work(data)),
            None => Err(self.wrong_receiver()),
        }
    }
    /// Lends the state that a module keeps in this interpreter to `work`, exclusively; `None` if it keeps none.
    /// The state is of a type that says so ([`NativeData::EXCLUSIVE`]).
    pub fn with_state_mut<T: NativeData, R>(
        &mut self,
        work: impl FnOnce(&mut T) -> R,
    ) -> Option<R> {
        self.0.state_mut().map(work)
    }
    /// Collects, so that the data of objects that nothing refers to is dropped.
    ///
    /// # Errors
    /// The host stops the script meanwhile.
    pub fn collect(&mut self) -> Result<(), Raised> {
        let work = self.0.collection_work(self.0.heap_figure(Heap::used_bytes));
        self.0.collect();
        self.0.charge(u32::try_from(work).unwrap_or(u32::MAX))
    }
    /// Sets the state that a module keeps in this interpreter, which [`Leaf::state`](crate::native::leaf::Leaf::state)
    /// finds by its type. It takes the place of one of the same type.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn set_state<T: NativeData>(&mut self, state: T) -> Result<(), Raised> {
        self.0.keep_state(state)
    }
}

/// Dies with the object in its slot, and has that object's type deal with it.
#[cfg(feature = "streams")]
pub(crate) static WATCH: NativeType = NativeType::new(name!("watch"), Kind::Native)
    .slots(slots!(Behaviour::NONE.finalise(finalise_watched)))
    .sealed();

#[cfg(feature = "streams")]
fn finalise_watched(vm: &mut Vm, watch: Local) {
    let Some(watch) = vm.get(watch).cast::<NativeObj>() else { return };
    let object = vm.push(watch.get(0));
    let ty = vm.native_type_of(vm.get(object));
    if let Some(finalise) = ty.slots.finalise() {
        finalise(vm, object);
    }
}
