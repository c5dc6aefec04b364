//! `gc`.

use snakelet_gc::Heap;

use crate::native::{Contents, NativeModule};
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name};

/// `gc`.
pub static GC: NativeModule = NativeModule::new(
    name!("gc"),
    &[Contents {
        functions: methods![
            function!("collect", 0, 1, collect),
            function!("disable", 0, 0, disable),
            function!("enable", 0, 0, enable),
            function!("isenabled", 0, 0, is_enabled),
            function!("mem_alloc", 0, 0, mem_alloc),
            function!("mem_free", 0, 0, mem_free),
            function!("threshold", 0, 1, threshold),
        ],
        constants: &[],
    }],
);

fn collect(vm: &mut Vm, _args: Args) -> Res {
    vm.charge_later(vm.collection_work(vm.heap.ask(Heap::used_bytes)));
    let freed = vm.collect();
    vm.new_int(freed as isize)
}

fn disable(vm: &mut Vm, _args: Args) -> Res {
    vm.heap_mut().set_enabled(false);
    Ok(Local::NONE)
}

fn enable(vm: &mut Vm, _args: Args) -> Res {
    vm.heap_mut().set_enabled(true);
    Ok(Local::NONE)
}

fn is_enabled(vm: &mut Vm, _args: Args) -> Res {
    Ok(Local::bool(vm.heap.ask(Heap::is_enabled)))
}

fn mem_alloc(vm: &mut Vm, _args: Args) -> Res {
    let used = vm.heap.ask(Heap::used_bytes);
    vm.new_int(used as isize)
}

fn mem_free(vm: &mut Vm, _args: Args) -> Res {
    let free = vm.heap.ask(Heap::free_bytes);
    vm.new_int(free as isize)
}

fn threshold(vm: &mut Vm, args: Args) -> Res {
    match args.opt(0) {
        Some(bytes) => {
            let bytes = usize::try_from(vm.index_of(bytes)?).ok();
            vm.heap_mut().set_threshold(bytes);
            Ok(Local::NONE)
        }
        None => {
            let bytes = vm.heap.ask(Heap::threshold).map_or(-1, |b| b as isize);
            vm.new_int(bytes)
        }
    }
}
