//! `gc`.

use snakelet_gc::Heap;

use crate::native::leaf::Obj;
use crate::native::{Contents, NativeFn, NativeModule};
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
            NativeFn::leaf::<0>(name!("isenabled"), 0, |cx, _| Ok(Obj::bool(
                cx.vm().heap.ask(Heap::is_enabled)
            ))),
            NativeFn::leaf::<0>(name!("mem_alloc"), 0, |cx, _| cx.figure(Heap::used_bytes)),
            NativeFn::leaf::<0>(name!("mem_free"), 0, |cx, _| cx.figure(Heap::free_bytes)),
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
