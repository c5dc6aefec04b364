//! What the host decides before an interpreter starts.

use core::mem::MaybeUninit;
use core::time::Duration;

use snakelet_vm::host::{
    Clock, CompileMemory, Console, Entropy, Environment, FileSystem, Interrupt,
};
use snakelet_vm::native::NativeModule;
use snakelet_vm::{Config, FrozenModule, TimeSource};

use crate::engine::{Engine, Lent, Services};
use crate::{Error, Interpreter};

/// Regions that a heap may have beside the first.
const MORE_REGIONS: usize = 3;

/// Sets an interpreter up; made by [`Interpreter::builder`].
#[must_use]
pub struct Builder<'m> {
    memory: Lent<'m, [MaybeUninit<u8>]>,
    more: [Option<&'m mut [MaybeUninit<u8>]>; MORE_REGIONS],
    too_many: bool,
    services: Services<'m>,
    #[cfg(feature = "std")]
    desktop: bool,
    machine_stack: Option<usize>,
    config: Config,
    fuel: Option<u64>,
    deadline: Option<(TimeSource, Duration)>,
    allocation_budget: Option<u64>,
    keep_gc_settings: bool,
    #[cfg(feature = "camera")]
    pub(crate) camera: Option<crate::camera::Parts>,
    #[cfg(feature = "alloc")]
    pub(crate) owned: crate::owned::Owned,
    #[cfg(feature = "machine")]
    pub(crate) board: Option<snakelet_machine::Board>,
}

impl<'m> Builder<'m> {
    pub(crate) fn new(memory: &'m mut [MaybeUninit<u8>]) -> Self {
        Self {
            memory: Lent::new(memory),
            more: [const { None }; MORE_REGIONS],
            too_many: false,
            services: Services::default(),
            #[cfg(feature = "std")]
            desktop: false,
            machine_stack: None,
            config: Config::default(),
            fuel: None,
            deadline: None,
            allocation_budget: None,
            keep_gc_settings: false,
            #[cfg(feature = "camera")]
            camera: None,
            #[cfg(feature = "alloc")]
            owned: crate::owned::Owned::default(),
            #[cfg(feature = "machine")]
            board: None,
        }
    }

    /// Adds a region to the heap, anywhere in memory. There may be three beside the first.
    pub fn region(mut self, memory: &'m mut [MaybeUninit<u8>]) -> Self {
        match self.more.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(memory),
            None => self.too_many = true,
        }
        self
    }
    /// Sets the size of the interpreter's stack in words; it lies at the start of the first region
    /// and is an eighth of it by default. A call takes about ten words and one a local variable. The
    /// stack has at least 128 words; one that leaves no room for a heap makes `build` fail.
    pub fn stack_slots(mut self, slots: usize) -> Self {
        self.config.stack_slots = slots;
        self
    }
    /// Sets how often built-in functions and the host's may call into Python inside one another.
    /// Each such call takes some hundred bytes to a few kilobytes of the machine's stack.
    pub fn native_depth(mut self, depth: u16) -> Self {
        self.config.native_limit = depth;
        self
    }
    /// Sets how many bytes of the machine's stack a call of the interpreter may take, counted from where the
    /// host calls it. Native code that would need more raises `RuntimeError`. Without it, a desktop
    /// system is asked how much the thread has left, and elsewhere only
    /// [`native_depth`](Builder::native_depth) bounds what is taken.
    pub fn machine_stack(mut self, bytes: usize) -> Self {
        self.machine_stack = Some(bytes);
        self
    }
    /// Sets how deep source text may nest; 100 levels unless this is called. Each level takes some hundred bytes of the
    /// machine's stack. Where it is known how much of that is left, text is only compiled if all levels have
    /// room: half a kilobyte each on 32-bit targets, one on 64-bit ones, in release builds.
    pub fn source_depth(mut self, depth: u16) -> Self {
        self.config.compile_depth = depth;
        self
    }
    /// Sets how many bytes a compilation may take from the global allocator; by default a quarter of the
    /// heap's size, at least 16 KiB. One that needs more is a `MemoryError`. Where the allocator
    /// borrows from the heap ([`compile_memory`](Builder::compile_memory)), the heap is the limit.
    pub fn compile_budget(mut self, bytes: usize) -> Self {
        self.config.compile_budget = bytes;
        self
    }
    /// Limits the steps that scripts may make until [`Interpreter::set_fuel`] grants more.
    pub fn fuel(mut self, steps: u64) -> Self {
        self.fuel = Some(steps);
        self
    }
    /// Lets scripts run until so much time has passed by `clock` since the interpreter was built, or until
    /// [`Interpreter::set_deadline`] sets another moment. On a desktop system the clock is
    /// [`desktop::monotonic`](crate::desktop::monotonic).
    pub fn deadline(mut self, clock: TimeSource, duration: Duration) -> Self {
        self.deadline = Some((clock, duration));
        self
    }
    /// Limits the bytes that scripts may allocate, all objects taken together, until
    /// [`Interpreter::set_allocation_budget`] grants more.
    pub fn allocation_budget(mut self, bytes: u64) -> Self {
        self.allocation_budget = Some(bytes);
        self
    }
    /// Sets whether `gc.disable()` and `gc.threshold()` outlast the call of the host in which a script uses them,
    /// as they should at a prompt. Otherwise each call finds the collector as the one before has found it.
    pub fn keep_gc_settings(mut self, keep: bool) -> Self {
        self.keep_gc_settings = keep;
        self
    }
    /// Promises that all bytecode is sound. A program without the feature `verify` loads `.mpy` files only then; with
    /// it they are verified all the same.
    ///
    /// # Safety
    /// As for [`Trust::in_all_bytecode`](snakelet_vm::Trust::in_all_bytecode): each `.mpy` file that the interpreter
    /// ever loads, whoever hands it over and wherever an import finds it, was made by Snakelet's or MicroPython's
    /// cross compiler and is unchanged since.
    #[expect(unsafe_code, reason = "passes a promise on")]
    pub unsafe fn trust_bytecode(mut self) -> Self {
        // SAFETY: the caller promises just this.
        self.config.trust = unsafe { snakelet_vm::Trust::in_all_bytecode() };
        self
    }
    /// Sets the modules that scripts find without a file system.
    pub fn frozen(mut self, modules: &'static [FrozenModule]) -> Self {
        self.config.frozen = modules;
        self
    }
    /// Sets the native modules that scripts can import beside the built-in ones, before which they are
    /// looked for.
    pub fn modules(mut self, modules: &'static [&'static NativeModule]) -> Self {
        self.config.modules = modules;
        self
    }
    /// Sets what `sys.platform` says.
    pub fn platform(mut self, name: &'static str) -> Self {
        self.config.platform = name;
        self
    }
    /// Sets where output goes and input comes from.
    pub fn console(mut self, console: &'m mut dyn Console) -> Self {
        self.services.console = Some(Lent::new(console));
        self
    }
    /// Sets the clock.
    pub fn clock(mut self, clock: &'m mut dyn Clock) -> Self {
        self.services.clock = Some(Lent::new(clock));
        self
    }
    /// Sets the files that scripts may open and import.
    pub fn files(mut self, files: &'m mut dyn FileSystem) -> Self {
        self.services.files = Some(Lent::new(files));
        self
    }
    /// Sets the environment variables.
    pub fn environment(mut self, environment: &'m mut dyn Environment) -> Self {
        self.services.environment = Some(Lent::new(environment));
        self
    }
    /// Sets the source of random numbers.
    pub fn entropy(mut self, entropy: &'m mut dyn Entropy) -> Self {
        self.services.entropy = Some(Lent::new(entropy));
        self
    }
    /// Sets the hook that is asked now and then whether to go on.
    pub fn interrupt(mut self, hook: &'m mut dyn Interrupt) -> Self {
        self.services.interrupt = Some(Lent::new(hook));
        self
    }
    /// Lets compilations take memory from the heap: the global allocator is lent a part of it
    /// meanwhile. See [`region_alloc`](crate::region_alloc).
    pub fn compile_memory(mut self, memory: &'static dyn CompileMemory) -> Self {
        self.services.compile_memory = Some(memory);
        self
    }
    /// Gives scripts the desktop's standard input and output, clock, files and random numbers,
    /// where no other service is set.
    #[cfg(feature = "std")]
    pub fn desktop(mut self) -> Self {
        self.desktop = true;
        self
    }

    /// Starts the interpreter.
    ///
    /// # Errors
    /// [`Error::Memory`] if the first region is too small (below about 4 KiB), or another one is
    /// or there are too many. With a camera, `ValueError` if memories overlap or its slots are in use.
    #[cfg_attr(
        not(any(feature = "camera", feature = "machine")),
        expect(unused_mut, reason = "for the camera and the board")
    )]
    pub fn build(mut self) -> Result<Interpreter<'m>, Error> {
        #[cfg(feature = "camera")]
        let camera = match self.camera.take() {
            None => None,
            Some(mut parts) => {
                #[cfg(feature = "machine")]
                let library = &crate::machine::WITH_CAMERA;
                #[cfg(not(feature = "machine"))]
                let library = crate::camera::LIBRARY;
                self.config.library = library;
                parts.keep_out_heap(self.memory.range());
                for region in self.more.iter().flatten() {
                    let core::ops::Range { start, end } = region.as_ptr_range();
                    parts.keep_out_heap(start.addr()..end.addr());
                }
                Some(parts.finish()?)
            }
        };
        let engine = Engine::new(
            self.memory,
            self.services,
            #[cfg(feature = "std")]
            self.desktop,
            self.machine_stack,
            self.config,
            #[cfg(feature = "alloc")]
            self.owned,
        );
        let Some(mut engine) = engine.filter(|_| !self.too_many) else {
            return Err(Error::Memory);
        };
        for region in self.more.into_iter().flatten() {
            if !engine.add_region(region) {
                return Err(Error::Memory);
            }
        }
        let vm = engine.vm_mut();
        vm.set_reserve();
        vm.keep_gc_settings(self.keep_gc_settings);
        vm.set_fuel(self.fuel);
        vm.set_allocation_budget(self.allocation_budget);
        vm.set_deadline(self.deadline);
        #[cfg_attr(
            not(any(feature = "camera", feature = "machine")),
            expect(unused_mut, reason = "for what the state of a module is")
        )]
        let mut interpreter = Interpreter::new(engine);
        #[cfg(feature = "camera")]
        if let Some(camera) = camera {
            interpreter.set_state(camera)?;
        }
        #[cfg(feature = "machine")]
        if let Some(board) = self.board.take() {
            interpreter.set_state(board)?;
        }
        Ok(interpreter)
    }
}
