//! `micropython`.

use snakelet_gc::Heap;

use crate::native::leaf::Obj;
use crate::native::print::Out;
use crate::native::{Constant, Contents, NativeFn, NativeModule};
use crate::object::value::raw;
use crate::object::{Kind, Storage, StrObj};
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name};

/// `micropython`.
pub static MICROPYTHON: NativeModule = NativeModule::new(
    name!("micropython"),
    &[Contents {
        functions: methods![
            function!("alloc_emergency_exception_buf", 1, 1, alloc_emergency_exception_buf),
            NativeFn::leaf::<1>(name!("const"), 0, |_, args| Ok(args.get::<0>())),
            function!("heap_lock", 0, 0, heap_lock),
            NativeFn::leaf::<0>(name!("heap_locked"), 0, |cx, _| {
                cx.figure(|heap| heap.lock_depth().into())
            }),
            function!("heap_unlock", 0, 0, heap_unlock),
            // which character interrupts is the host's business
            NativeFn::leaf::<1>(name!("kbd_intr"), 0, |_, _| Ok(Obj::NONE)),
            NativeFn::leaf::<0>(name!("mem_current"), 0, |cx, _| cx.figure(Heap::used_bytes)),
            function!("mem_info", 0, 1, mem_info),
            NativeFn::leaf::<0>(name!("mem_peak"), 0, |cx, _| cx.figure(Heap::peak_bytes)),
            NativeFn::leaf::<0>(name!("mem_total"), 0, |cx, _| cx.figure(Heap::allocated_bytes)),
            function!("opt_level", 0, 1, opt_level),
            function!("qstr_info", 0, 1, qstr_info),
            function!("schedule", 2, 2, schedule),
            NativeFn::leaf::<0>(
                name!("stack_use"),
                0,
                |cx, _| Ok(cx.count(stack_bytes(cx.vm()).0))
            ),
        ],
        constants: &[
            #[cfg(feature = "io")]
            (name!("RingIO"), Constant::Type(&crate::stream::RING_IO)),
        ],
    }],
);

/// How much is set aside does not depend on the size that is asked for.
fn alloc_emergency_exception_buf(vm: &mut Vm, _args: Args) -> Res {
    vm.reserve_for_emergency()?;
    Ok(Local::NONE)
}

fn heap_lock(vm: &mut Vm, _args: Args) -> Res {
    vm.heap_mut().lock();
    Ok(Local::NONE)
}

fn heap_unlock(vm: &mut Vm, _args: Args) -> Res {
    let depth = vm.heap_mut().unlock();
    vm.new_int(depth as isize)
}

/// Bytes of the stack in use, and in all.
fn stack_bytes(vm: &Vm) -> (usize, usize) {
    let len = vm.rt.stack.slots();
    ((len - vm.locals_left().min(len)) * size_of::<usize>(), len * size_of::<usize>())
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

/// Prints a text in which `%` are the next numbers.
#[inline(never)]
fn print_figures(vm: &mut Vm, text: &str, figures: &[usize]) -> Result<(), Raised> {
    let mut figures = figures.iter();
    for (i, piece) in text.as_bytes().split(|byte| *byte == b'%').enumerate() {
        if i > 0 {
            let figure = figures.next().copied().unwrap_or(0);
            vm.emit_int(Out::Console, figure as isize)?;
        }
        vm.emit(Out::Console, piece)?;
    }
    Ok(())
}

fn mem_info(vm: &mut Vm, args: Args) -> Res {
    let heap = vm.heap_mut();
    let (total, current, peak) = (heap.allocated_bytes(), heap.used_bytes(), heap.peak_bytes());
    let stats = heap.stats();
    let (used, size) = stack_bytes(vm);
    print_figures(
        vm,
        "mem: total=%, current=%, peak=%\nstack: % out of %\n\
         GC: total: %, used: %, free: %\n \
         No. of 1-blocks: %, 2-blocks: %, max blk sz: %, max free sz: %\n",
        &[
            total,
            current,
            peak,
            used,
            size,
            stats.total,
            stats.used,
            stats.free,
            stats.one_block_count,
            stats.two_block_count,
            stats.max_block,
            stats.largest_free_run / snakelet_gc::BLOCK,
        ],
    )?;
    if let Some(console) = vm.rt.hosts.console.take() {
        vm.report_states(&mut |text| console.write(text.as_bytes()));
        vm.rt.hosts.console = Some(console);
    }
    if !args.is_empty()
        && let Some(console) = vm.rt.hosts.console.take()
    {
        // the whole map is written, which the host may wait for
        let poller = &vm.rt.poller;
        vm.heap.get_mut().block_map(
            &mut |head| Kind::of_header(raw::header_of(head.expose_provenance())).letter(),
            &mut |line| {
                console.write(line);
                console.write(b"\n");
                poller.ask_for_stop();
            },
        );
        vm.rt.hosts.console = Some(console);
        vm.charge_later(vm.heap.ask(Heap::total_bytes) / (4 * snakelet_gc::BLOCK));
    }
    Ok(Local::NONE)
}

fn qstr_info(vm: &mut Vm, args: Args) -> Res {
    let (count, bytes) = vm.qstr_usage();
    print_figures(
        vm,
        "qstr pool: n_pool=1, n_qstr=%, n_str_data_bytes=%, n_total_bytes=%\n",
        &[count, bytes, bytes + count * 2 * size_of::<usize>()],
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
