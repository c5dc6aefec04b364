//! `sys`.

use snakelet_qstr::Qstr;

use crate::exception::classes::SYSTEM_EXIT;
use crate::native::print::{Out, PrintKind};
use crate::native::{Constant, Contents, NativeModule};
use crate::object::value::{Value, raw};
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name, qstr};

/// `sys`.
pub static SYS: NativeModule = NativeModule::new(
    name!("sys"),
    &[Contents {
        functions: methods![
            function!("atexit", 1, 1, atexit),
            function!("exc_info", 0, 0, exc_info),
            function!("exit", 0, 1, exit),
            function!("getsizeof", 1, 1, getsizeof),
            function!("intern", 1, 1, intern),
            function!("print_exception", 1, 2, print_exception),
        ],
        constants: &[
            (name!("argv"), Constant::computed(argv)),
            (name!("byteorder"), Constant::Name(BYTE_ORDER)),
            (name!("implementation"), Constant::computed(implementation)),
            (name!("maxsize"), Constant::computed(maxsize)),
            (name!("modules"), Constant::computed(modules)),
            (name!("path"), Constant::computed(path)),
            (name!("platform"), Constant::computed(platform)),
            (name!("ps1"), Constant::Name(qstr!(">>> "))),
            (name!("ps2"), Constant::Name(qstr!("... "))),
            #[cfg(feature = "io")]
            (name!("stderr"), Constant::computed(|vm| crate::stream::standard(vm, 2))),
            #[cfg(feature = "io")]
            (name!("stdin"), Constant::computed(|vm| crate::stream::standard(vm, 0))),
            #[cfg(feature = "io")]
            (name!("stdout"), Constant::computed(|vm| crate::stream::standard(vm, 1))),
            (name!("tracebacklimit"), Constant::Int(1000)),
            (name!("version"), Constant::computed(version)),
            (name!("version_info"), Constant::computed(version_info)),
        ],
    }],
);

const BYTE_ORDER: Qstr =
    if cfg!(target_endian = "little") { qstr!("little") } else { qstr!("big") };

/// The version of MicroPython whose language and modules these are.
pub const COMPATIBLE: [i16; 3] = [1, 29, 0];
/// Version of the `.mpy` format, with the bits of small ints that such a file may rely on.
const MPY: i16 = 6 | (30 << 5);

impl Vm {
    /// `sys.path`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn sys_path(&mut self) -> Res {
        if cfg!(feature = "sys")
            && let Some(changed) = self.module_override(&SYS, qstr!("path"))
        {
            return Ok(self.push(changed));
        }
        if self.root(RootSlot::Path).is_null() {
            let scope = self.scope();
            let list = self.new_list_empty()?;
            for entry in [qstr!(""), qstr!(".frozen")] {
                let entry = self.push(Value::qstr(entry));
                self.list_append(list, entry)?;
            }
            self.set_root(RootSlot::Path, list);
            self.end_scope(scope);
        }
        Ok(self.push_root(RootSlot::Path))
    }

    /// `sys.argv`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn sys_argv(&mut self) -> Res {
        if self.root(RootSlot::Argv).is_null() {
            let list = self.new_list_empty()?;
            self.set_root(RootSlot::Argv, list);
        }
        Ok(self.push_root(RootSlot::Argv))
    }

    /// Calls the function that was given to `sys.atexit`, once.
    ///
    /// # Errors
    /// What it raises.
    pub fn run_at_exit(&mut self) -> Result<(), crate::Raised> {
        let scope = self.scope();
        let function = self.push_root(RootSlot::AtExit);
        self.set_root(RootSlot::AtExit, Local::NULL);
        if !self.get(function).is_null() && !self.get(function).is_none() {
            self.call_with(function, &[])?;
        }
        self.end_scope(scope);
        Ok(())
    }
}

fn argv(vm: &mut Vm) -> Res {
    vm.sys_argv()
}

fn path(vm: &mut Vm) -> Res {
    vm.sys_path()
}

fn modules(vm: &mut Vm) -> Res {
    Ok(vm.push_root(RootSlot::Modules))
}

fn platform(vm: &mut Vm) -> Res {
    let name = vm.rt.platform;
    vm.new_str(name.as_bytes())
}

fn maxsize(vm: &mut Vm) -> Res {
    vm.new_int(isize::MAX)
}

fn version(vm: &mut Vm) -> Res {
    vm.new_str(concat!("3.4.0; Snakelet ", env!("CARGO_PKG_VERSION")).as_bytes())
}

fn version_info(vm: &mut Vm) -> Res {
    let first = vm.push(Value::tiny_int(3));
    vm.push(Value::tiny_int(4));
    vm.push(Value::tiny_int(0));
    vm.new_tuple(first, 3)
}

fn implementation(vm: &mut Vm) -> Res {
    let first = vm.push(Value::tiny_int(COMPATIBLE[0]));
    vm.push(Value::tiny_int(COMPATIBLE[1]));
    vm.push(Value::tiny_int(COMPATIBLE[2]));
    vm.push(Value::qstr(qstr!("")));
    let version = vm.new_tuple(first, 4)?;
    let name = vm.push(Value::qstr(qstr!("micropython")));
    let machine = vm.new_str(b"Snakelet")?;
    let mpy = vm.push(Value::tiny_int(MPY));
    vm.new_attr_tuple(
        &[qstr!("name"), qstr!("version"), qstr!("_machine"), qstr!("_mpy")],
        &[name, version, machine, mpy],
    )
}

/// Returns the function that was set before.
fn atexit(vm: &mut Vm, args: Args) -> Res {
    let old = match vm.root(RootSlot::AtExit) {
        f if f.is_null() => Local::NONE,
        _ => vm.push_root(RootSlot::AtExit),
    };
    vm.set_root(RootSlot::AtExit, args.get(0));
    Ok(old)
}

fn exit(vm: &mut Vm, args: Args) -> Res {
    let exception = match args.opt(0) {
        Some(code) => vm.new_exception(&SYSTEM_EXIT, code)?,
        None => vm.new_exception_no_args(&SYSTEM_EXIT)?,
    };
    Err(vm.raise(exception))
}

fn exc_info(vm: &mut Vm, _args: Args) -> Res {
    let Some(exception) = vm.handled_exception().map(|e| vm.push(e)) else {
        return vm.new_tuple_of(&[Local::NONE, Local::NONE, Local::NONE]);
    };
    let class = vm.push_type_of(exception);
    vm.new_tuple_of(&[class, exception, Local::NONE])
}

fn getsizeof(vm: &mut Vm, args: Args) -> Res {
    let word = vm.get(args.get(0)).word();
    let at = core::ptr::NonNull::new(core::ptr::with_exposed_provenance_mut(word));
    let words = match at {
        Some(at) if raw::is_ref(word) && vm.heap.contains(word) => vm.heap.capacity_words(at),
        _ => 0,
    };
    vm.new_int((words * size_of::<usize>()) as isize)
}

fn intern(vm: &mut Vm, args: Args) -> Res {
    let q = vm.intern_local(args.get(0))?;
    Ok(vm.push(Value::qstr(q)))
}

fn print_exception(vm: &mut Vm, args: Args) -> Res {
    let out = match args.opt(1) {
        Some(file) => Out::Stream(file),
        None => Out::Console,
    };
    if vm.is_exception_value(args.get(0)) {
        vm.print_exception(args.get(0), out)?;
    } else {
        vm.print(args.get(0), out, PrintKind::Str)?;
        vm.emit(out, b"\n")?;
    }
    Ok(Local::NONE)
}
