//! `micropython`.

use snakelet_gc::Heap;

use crate::native::print::Out;
use crate::native::{Constant, Contents, NativeModule};
use crate::object::value::raw;
use crate::object::{Kind, Storage, StrObj};
use crate::stream::RING_IO;
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name};

/// `micropython`.
pub static MICROPYTHON: NativeModule = NativeModule::new(
    name!("micropython"),
    &[Contents {
        functions: methods![
            function!("alloc_emergency_exception_buf", 1, 1, alloc_emergency_exception_buf),
            function!("const", 1, 1, constant),
            function!("heap_lock", 0, 0, heap_lock),
            function!("heap_locked", 0, 0, heap_locked),
            function!("heap_unlock", 0, 0, heap_unlock),
            function!("kbd_intr", 1, 1, kbd_intr),
            function!("mem_current", 0, 0, mem_current),
            function!("mem_info", 0, 1, mem_info),
            function!("mem_peak", 0, 0, mem_peak),
            function!("mem_total", 0, 0, mem_total),
            function!("opt_level", 0, 1, opt_level),
            function!("qstr_info", 0, 1, qstr_info),
            function!("schedule", 2, 2, schedule),
            function!("stack_use", 0, 0, stack_use),
        ],
        constants: &[(name!("RingIO"), Constant::Type(&RING_IO))],
    }],
);

/// How much is set aside does not depend on the size that is asked for.
fn alloc_emergency_exception_buf(vm: &mut Vm, _args: Args) -> Res {
    vm.reserve_for_emergency()?;
    Ok(Local::NONE)
}

fn constant(_vm: &mut Vm, args: Args) -> Res {
    Ok(args.get(0))
}

fn heap_lock(vm: &mut Vm, _args: Args) -> Res {
    let depth = vm.heap_mut().lock();
    vm.new_int(depth as isize)
}

fn heap_unlock(vm: &mut Vm, _args: Args) -> Res {
    let depth = vm.heap_mut().unlock();
    vm.new_int(depth as isize)
}

fn heap_locked(vm: &mut Vm, _args: Args) -> Res {
    let depth = vm.heap.ask(Heap::lock_depth);
    vm.new_int(depth as isize)
}

/// Which character interrupts is the host's business.
fn kbd_intr(_vm: &mut Vm, _args: Args) -> Res {
    Ok(Local::NONE)
}

fn mem_total(vm: &mut Vm, _args: Args) -> Res {
    let bytes = vm.heap.ask(Heap::allocated_bytes);
    vm.new_int(bytes as isize)
}

fn mem_current(vm: &mut Vm, _args: Args) -> Res {
    let bytes = vm.heap.ask(Heap::used_bytes);
    vm.new_int(bytes as isize)
}

fn mem_peak(vm: &mut Vm, _args: Args) -> Res {
    let bytes = vm.heap.ask(Heap::peak_bytes);
    vm.new_int(bytes as isize)
}

/// Bytes of the stack in use, and in all.
fn stack_bytes(vm: &Vm) -> (usize, usize) {
    let len = vm.rt.stack.slots();
    ((len - vm.locals_left().min(len)) * size_of::<usize>(), len * size_of::<usize>())
}

fn stack_use(vm: &mut Vm, _args: Args) -> Res {
    let (used, _) = stack_bytes(vm);
    vm.new_int(used as isize)
}

fn opt_level(vm: &mut Vm, args: Args) -> Res {
    match args.opt(0) {
        Some(level) => {
            vm.rt.opt_level = vm.index_of(level)?.clamp(0, 3) as u8;
            Ok(Local::NONE)
        }
        None => vm.new_int(isize::from(vm.rt.opt_level)),
    }
}

fn schedule(vm: &mut Vm, args: Args) -> Res {
    vm.schedule(args.get(0), args.get(1))?;
    Ok(Local::NONE)
}

/// Prints texts, each followed by a number.
fn print_figures(vm: &mut Vm, figures: &[(&str, usize)]) -> Result<(), Raised> {
    for (text, number) in figures {
        vm.emit(Out::Console, text.as_bytes())?;
        vm.emit_int(Out::Console, *number as isize)?;
    }
    vm.emit(Out::Console, b"\n")
}

fn mem_info(vm: &mut Vm, args: Args) -> Res {
    let heap = vm.heap_mut();
    let (total, current, peak) = (heap.allocated_bytes(), heap.used_bytes(), heap.peak_bytes());
    let stats = heap.stats();
    let (used, size) = stack_bytes(vm);
    print_figures(vm, &[("mem: total=", total), (", current=", current), (", peak=", peak)])?;
    print_figures(vm, &[("stack: ", used), (" out of ", size)])?;
    print_figures(
        vm,
        &[("GC: total: ", stats.total), (", used: ", stats.used), (", free: ", stats.free)],
    )?;
    print_figures(
        vm,
        &[
            (" No. of 1-blocks: ", stats.one_block_count),
            (", 2-blocks: ", stats.two_block_count),
            (", max blk sz: ", stats.max_block),
            (", max free sz: ", stats.largest_free_run / snakelet_gc::BLOCK),
        ],
    )?;
    if !args.is_empty()
        && let Some(console) = vm.rt.hosts.console.take()
    {
        vm.heap_mut().block_map(
            &mut |head| Kind::of_header(raw::header_of(head.expose_provenance())).letter(),
            &mut |line| {
                console.write(line);
                console.write(b"\n");
            },
        );
        vm.rt.hosts.console = Some(console);
    }
    Ok(Local::NONE)
}

fn qstr_info(vm: &mut Vm, args: Args) -> Res {
    let (count, bytes) = vm.qstr_usage();
    print_figures(
        vm,
        &[
            ("qstr pool: n_pool=", 1),
            (", n_qstr=", count),
            (", n_str_data_bytes=", bytes),
            (", n_total_bytes=", bytes + count * 2 * size_of::<usize>()),
        ],
    )?;
    if args.is_empty() {
        return Ok(Local::NONE);
    }
    let table = vm.push_root(RootSlot::QstrTable);
    let len = vm.get(table).cast::<Storage>().map_or(0, |t| t.slots().len());
    for i in 0..len {
        let scope = vm.scope();
        let text = vm
            .get(table)
            .cast::<Storage>()
            .and_then(|t| t.slots().get(i))
            .filter(|slot| slot.get().cast::<StrObj>().is_some())
            .map(|slot| vm.push(slot.get()));
        if let Some(text) = text {
            vm.emit(Out::Console, b"Q(")?;
            vm.emit_str(Out::Console, text)?;
            vm.emit(Out::Console, b")\n")?;
        }
        vm.end_scope(scope);
    }
    Ok(Local::NONE)
}
