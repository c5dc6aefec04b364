//! The making of an interpreter, and the table of the types of all kinds: what has to know every floor.

#![allow(unsafe_code)] // takes the host's memory into use

use core::cell::Cell;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use snakelet_gc::Heap;

use crate::native::NativeType;
use crate::native::leaf::LeafState;
use crate::object::Kind;
use crate::object::value::{Value, Word, raw};
use crate::types;
use crate::vm::cache::{CacheTable, Caches};
use crate::vm::fuel::POLL_INTERVAL;
use crate::vm::heap_cell::HeapCell;
use crate::vm::poll::{Poller, StopReason};
use crate::vm::stack::Stack;
use crate::vm::stepping::Stepping;
use crate::vm::usage::Account;
use crate::vm::weak::{FreeFrom, WeakTables};
use crate::vm::{Config, Execute, RootSlot, Runtime, Vm, roots};
use crate::{Raised, qstr};

/// Slots that a stack has at least: the constants, and what natives use without asking.
const LEAST_SLOTS: usize = 128;

impl Vm {
    /// Makes an interpreter in the memory that the host gives: the stack first, then the heap.
    ///
    /// Returns `None` if the memory is too small (less than about 4 KiB).
    ///
    /// # Safety
    /// Nobody else uses `memory`, or the caches and services in `config`, while the interpreter lives,
    /// and they live as long. The caches have no entries.
    ///
    /// A [`Local`](crate::Local) or [`Args`](crate::Args) is only used with the interpreter that it is of, and
    /// not after it was released by the end of its scope or native function; the same holds for a
    /// [`Scope`](crate::Scope). The [`Heap`](crate::Heap) is not exchanged for another one, and nothing that a
    /// value refers to is released from it. Nobody gets at an interpreter without whoever has made this promise.
    // The loop is reached through a pointer that is taken here, and this function, the loop and
    // what it alone uses are `#[inline]`: so they are compiled together with the crate that makes
    // the interpreter. A firmware can build that one for speed, and this one for size.
    #[inline]
    pub unsafe fn new(memory: NonNull<[MaybeUninit<u8>]>, config: Config) -> Option<Vm> {
        // SAFETY: nobody else uses the memory and what the configuration names while the interpreter lives, and
        // they live as long: that is what the caller promises.
        unsafe { Self::with_loop(memory, config, crate::run::execute) }
    }

    /// As [`Vm::new`], with the interpreter loop.
    ///
    /// # Safety
    /// As for [`Vm::new`].
    unsafe fn with_loop(
        memory: NonNull<[MaybeUninit<u8>]>,
        config: Config,
        execute: Execute,
    ) -> Option<Vm> {
        let start = memory.cast::<u8>();
        let skip = start.align_offset(16);
        let len = memory.len().checked_sub(skip)? & !15;
        let slots = match config.stack_slots {
            0 => (len / size_of::<Word>() / 8).clamp(LEAST_SLOTS, 1 << 16),
            n => n.max(LEAST_SLOTS),
        };
        // slots are named by 32 bits
        u32::try_from(slots).ok()?;
        let stack_bytes = slots.checked_mul(size_of::<Word>())?.checked_next_multiple_of(16)?;
        let cache_bytes = match config.caches {
            Some(_) => 0,
            None => size_of::<CacheTable>().next_multiple_of(16),
        };
        let taken = stack_bytes.checked_add(cache_bytes)?;
        let heap_bytes = len.checked_sub(taken).filter(|n| *n >= 1024)?;
        // SAFETY: `skip` and `taken` lie inside the memory.
        let (stack_at, heap_at) = unsafe { (start.add(skip), start.add(skip).add(taken)) };
        let caches = match config.caches {
            Some(caches) => caches,
            None => {
                // SAFETY: behind the stack there are `cache_bytes`, aligned to 16.
                let table = unsafe { stack_at.add(stack_bytes) }.cast::<CacheTable>();
                // SAFETY: the place is aligned and nobody else's, and zeros are a table.
                unsafe { table.write_bytes(0, 1) };
                table
            }
        };
        // SAFETY: the table is this interpreter's alone and has no entries.
        let caches = unsafe { Caches::new(caches) };
        // SAFETY: the first part of the memory is the stack's alone, and aligned.
        let stack = unsafe { Stack::new(stack_at.cast::<Word>(), slots) };
        let mut heap = Heap::new();
        // SAFETY: the rest is the heap's alone.
        if !unsafe { heap.add_region(heap_at, heap_bytes) } {
            return None;
        }
        let mut hosts = config.hosts;
        let poller = Poller::new(hosts.interrupt.take());
        let mut vm = Vm {
            heap: HeapCell::new(heap),
            rt: Runtime {
                stack,
                leaf: LeafState::default(),
                roots: [raw::NULL; roots::COUNT],
                free_from: FreeFrom::default(),
                weak_tables: WeakTables::default(),
                caches,
                hosts,
                #[cfg(feature = "thread")]
                threads: crate::vm::threads::Threads::new(),
                poller,
                undisturbed: false,
                access: None,
                steps: 0,
                stop_reason: StopReason::default(),
                account: Account::default(),
                ticks: Cell::new(POLL_INTERVAL),
                debt: Cell::new(0),
                execute,
                granted: POLL_INTERVAL,
                fuel: None,
                stepping: Stepping::default(),
                native_depth: 0,
                machine_end: 0,
                finalisable: 0,
                finalising: false,
                native_limit: if config.native_limit == 0 { 100 } else { config.native_limit },
                opt_level: 0,
                #[cfg(feature = "process")]
                system_error: 0,
                #[cfg(feature = "listing")]
                verbose: 0,
                compile_budget: config.compile_budget,
                compile_in_heap: config.compile_in_heap,
                compile_peak: 0,
                compile_depth: if config.compile_depth == 0 { 100 } else { config.compile_depth },
                modules: crate::modules::MODULES,
                added_modules: config.modules,
                library: config.library,
                frozen: config.frozen,
                #[cfg(feature = "frozen")]
                frozen_library: config.frozen_library,
                trust: config.trust,
                platform: if config.platform.is_empty() { "snakelet" } else { config.platform },
                in_callback: false,
                serves: false,
                serve_by: u64::MAX,
                keep_gc_settings: false,
                reserve: 0,
                is_short: false,
                host_functions: None,
            },
        };
        vm.boot().ok()?;
        Some(vm)
    }

    /// Makes what every interpreter has, in a heap without objects.
    pub(crate) fn boot(&mut self) -> Result<(), Raised> {
        let scope = self.scope();
        let error = self.new_exception_no_args(&crate::exception::classes::MEMORY_ERROR)?;
        self.set_root(RootSlot::MemoryError, error);
        let spare = self.new_exception_no_args(&crate::exception::classes::EXCEPTION)?;
        self.set_root(RootSlot::Emergency, spare);
        let modules = self.new_dict(0)?;
        self.set_root(RootSlot::Modules, modules);
        let main = self.new_dict(0)?;
        self.set_root(RootSlot::Main, main);
        let name = self.push(Value::qstr(qstr!("__main__")));
        self.dict_set_name(main, qstr!("__name__"), name)?;
        self.end_scope(scope);
        Ok(())
    }

    /// The type of objects of a kind that have no type of their own.
    pub(crate) fn type_of_kind(kind: Kind) -> &'static NativeType {
        match kind {
            Kind::Float => &types::float::FLOAT,
            Kind::Complex => &types::complex::COMPLEX,
            Kind::BigInt => &types::int::INT,
            Kind::Str => &types::str::STR,
            Kind::Bytes => &types::bytes::BYTES,
            Kind::Range => &types::range::RANGE,
            Kind::Slice => &types::slice::SLICE,
            Kind::Tuple | Kind::NamedTuple => &types::tuple::TUPLE,
            Kind::List => &types::list::LIST,
            Kind::Dict => &types::dict::DICT,
            Kind::OrderedDict => &types::dict::ORDERED_DICT,
            Kind::Set => &types::set::SET,
            Kind::FrozenSet => &types::set::FROZENSET,
            Kind::ByteArray => &types::array::BYTEARRAY,
            Kind::Array => &types::array::ARRAY,
            Kind::MemoryView => &types::memoryview::MEMORYVIEW,
            Kind::Function => &types::function::FUNCTION,
            Kind::Closure => &types::function::CLOSURE,
            Kind::Cell => &types::function::CELL,
            Kind::BoundMethod => &types::function::BOUND_METHOD,
            Kind::HostFn | Kind::NativeFn => &types::function::BUILTIN_FUNCTION,
            Kind::CodeObject => &types::function::CODE,
            Kind::Generator => &crate::run::generator::GENERATOR,
            Kind::Module | Kind::NativeModule => &types::module::MODULE,
            Kind::Class | Kind::NativeType => &types::class::TYPE,
            Kind::Exception => &crate::exception::classes::BASE_EXCEPTION,
            Kind::Property => &types::property::PROPERTY,
            Kind::StaticMethod => &types::property::STATICMETHOD,
            Kind::ClassMethod => &types::property::CLASSMETHOD,
            Kind::Super => &types::class::SUPER,
            Kind::Iter => &types::iter::ITERATOR,
            Kind::DictView => &types::dict::DICT_VIEW,
            Kind::Deque => &types::deque::DEQUE,
            _ => &crate::protocol::object::OBJECT,
        }
    }
}
