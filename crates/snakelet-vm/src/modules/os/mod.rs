//! `os`.

#[cfg(feature = "files")]
mod files;

use crate::exception::errno;
#[cfg(feature = "environ")]
use crate::native::{Constant, NativeFn};
use crate::native::{Contents, NativeModule};
use crate::object::copy;
#[cfg(feature = "environ")]
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name, qstr, vfs};

/// `os`.
pub static OS: NativeModule = NativeModule::new(
    name!("os"),
    &[
        Contents {
            functions: methods![
                #[cfg(feature = "process")]
                function!("errno", 0, 1, error_number),
                function!("getenv", 1, 2, getenv),
                function!("putenv", 2, 2, putenv),
                #[cfg(feature = "process")]
                function!("system", 1, 1, system),
                function!("uname", 0, 0, uname),
                function!("unsetenv", 1, 1, unsetenv),
                function!("urandom", 1, 1, urandom),
            ],
            constants: &[
                #[cfg(feature = "environ")]
                (name!("environ"), Constant::computed(environ)),
            ],
        },
        #[cfg(feature = "files")]
        files::CONTENTS,
    ],
);

fn uname(vm: &mut Vm, _args: Args) -> Res {
    let platform = vm.rt.platform;
    let system = vm.new_str(platform.as_bytes())?;
    let release = vm.new_str(env!("CARGO_PKG_VERSION").as_bytes())?;
    let machine = vm.new_str(b"Snakelet")?;
    vm.new_attr_tuple(
        &[
            qstr!("sysname"),
            qstr!("nodename"),
            qstr!("release"),
            qstr!("version"),
            qstr!("machine"),
        ],
        &[system, system, release, release, machine],
    )
}

fn urandom(vm: &mut Vm, args: Args) -> Res {
    let n = vm.index_of(args.get(0))?;
    let Ok(n) = usize::try_from(n) else { return Err(vm.value_error("negative count")) };
    let entropy = vm.rt.hosts.entropy.take();
    let Some(entropy) = entropy else { return Err(vm.os_error(errno::ENODEV)) };
    let bytes = vm.new_bytes_with(n, |_, out| entropy.fill(out));
    vm.rt.hosts.entropy = Some(entropy);
    bytes
}

/// Longest value of a variable of the environment.
const VALUE_MAX: usize = 1024;

fn getenv(vm: &mut Vm, args: Args) -> Res {
    vfs::check_path(vm, args.get(0))?;
    let mut value = [0; VALUE_MAX];
    let mut len = None;
    if let Some(environment) = vm.rt.hosts.environment.take() {
        environment.get(vm.path_text(args.get(0)), &mut |text| {
            let n = text.len().min(value.len());
            if let (Some(to), Some(from)) = (value.get_mut(..n), text.as_bytes().get(..n)) {
                copy(from, to);
                len = Some(n);
            }
        });
        vm.rt.hosts.environment = Some(environment);
    }
    match len.and_then(|n| value.get(..n)) {
        Some(text) => vm.new_str(text),
        None => Ok(args.opt(1).unwrap_or(Local::NONE)),
    }
}

fn set_variable(vm: &mut Vm, name: Local, value: Option<Local>) -> Res {
    vfs::check_path(vm, name)?;
    if let Some(value) = value {
        vfs::check_path(vm, value)?;
    }
    let Some(environment) = vm.rt.hosts.environment.take() else {
        return Err(vm.os_error(errno::EPERM));
    };
    let done = environment.set(vm.path_text(name), value.map(|v| vm.path_text(v)));
    vm.rt.hosts.environment = Some(environment);
    match done {
        Ok(()) => Ok(Local::NONE),
        Err(e) => Err(vm.os_error(e.0)),
    }
}

fn putenv(vm: &mut Vm, args: Args) -> Res {
    set_variable(vm, args.get(0), args.opt(1))
}

fn unsetenv(vm: &mut Vm, args: Args) -> Res {
    set_variable(vm, args.get(0), None)
}

/// `system(command)`: runs a command of the host's and waits for its end.
#[cfg(feature = "process")]
fn system(vm: &mut Vm, args: Args) -> Res {
    vfs::check_path(vm, args.get(0))?;
    // what the script has printed comes first
    vm.flush_console()?;
    let Some(environment) = vm.rt.hosts.environment.take() else {
        return Err(vm.os_error(errno::EPERM));
    };
    let result = environment.run(vm.path_text(args.get(0)));
    vm.rt.hosts.environment = Some(environment);
    match result {
        Ok(status) => vm.new_int(status as isize),
        Err(error) => Err(vm.os_error(error.0)),
    }
}

/// `errno([number])`: the number of the system's last error, which a script may set.
#[cfg(feature = "process")]
fn error_number(vm: &mut Vm, args: Args) -> Res {
    match args.opt(0) {
        Some(number) => {
            let number = vm.index_of(number)?;
            vm.rt.system_error = number as i32;
            Ok(Local::NONE)
        }
        None => vm.new_int(vm.rt.system_error as isize),
    }
}

/// A dict of the variables of the environment.
#[cfg(feature = "environ")]
fn variables(vm: &mut Vm) -> Res {
    let dict = vm.new_dict(0)?;
    let Some(environment) = vm.rt.hosts.environment.take() else { return Ok(dict) };
    let mut done = Ok(());
    environment.list(&mut |name, value| {
        if done.is_ok() {
            done = set_item(vm, dict, name, value);
        }
    });
    vm.rt.hosts.environment = Some(environment);
    done.map(|()| dict)
}

#[cfg(feature = "environ")]
fn set_item(vm: &mut Vm, dict: Local, name: &str, value: &str) -> Result<(), crate::Raised> {
    let scope = vm.scope();
    let name = vm.new_str(name.as_bytes())?;
    let value = vm.new_str(value.as_bytes())?;
    vm.table_set(dict, name, value)?;
    vm.end_scope(scope);
    Ok(())
}

/// `os.environ`: an object of a class that the library has in Python. It is made once it is asked for, of the variables
/// and of what changes them; the class cannot import that, since a file may be in the place of `os`.
#[cfg(feature = "environ")]
fn environ(vm: &mut Vm) -> Res {
    let name = vm.intern(b"_environ")?;
    let name = vm.push(Value::qstr(name));
    let globals = vm.current_globals();
    let module = crate::import::import(vm, name, globals, Local::NONE, 0)?;
    let class = vm.intern(b"Environ")?;
    let class = vm.get_attr(module, class)?;
    let variables = variables(vm)?;
    let put = vm.push(Value::from_ref(&PUTENV));
    let unset = vm.push(Value::from_ref(&UNSETENV));
    let environ = vm.call_with(class, &[variables, put, unset])?;
    let attribute = vm.intern(b"environ")?;
    vm.set_module_attr(qstr!("os"), attribute, environ)?;
    Ok(environ)
}

#[cfg(feature = "environ")]
static PUTENV: NativeFn = function!("putenv", 2, 2, putenv);
#[cfg(feature = "environ")]
static UNSETENV: NativeFn = function!("unsetenv", 1, 1, unsetenv);
