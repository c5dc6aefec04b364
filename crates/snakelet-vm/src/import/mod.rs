//! Import: from a name to a module that has run.
//!
//! ```text
//! import_name -> absolute name -> for each component: sys.modules
//!                                 -> built-in that cannot be replaced
//!                                 -> files along sys.path or the package's __path__ (find)
//!                                 -> other built-in
//!                                 -> make the module, load its code
//! ```
//!
//! Nothing here runs a module's code: [`begin`] asks for that, and for being called again when it
//! has run; the module is in `sys.modules` then. So the interpreter loop runs the code in a frame
//! like any other ([`Import::Body`] of an `import` statement), and native code in a loop of its own.

mod find;
mod load;
pub(crate) mod loader;

pub(crate) use load::load_file;

use core::cell::Cell;

use snakelet_qstr::Qstr;

use crate::exception::classes::{IMPORT_ERROR, MODULE_NOT_FOUND_ERROR};
use crate::native::NativeModule;
use crate::object::value::Value;
use crate::object::{HashObj, Kind, ModuleObj};
use crate::vm::RootSlot;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

use find::Found;

/// Built-in modules that no file replaces.
const FIXED: &[Qstr] = &[
    qstr!("builtins"),
    qstr!("cmath"),
    qstr!("gc"),
    qstr!("math"),
    qstr!("micropython"),
    qstr!("sys"),
    qstr!("usys"),
    qstr!("vfs"),
];

/// What an import led to.
pub(crate) enum Import {
    /// The module, or what was wanted of it, is ready.
    Done(Local),
    /// This code of a module is to run; after [`finished`] or [`failed`] it is imported again.
    Body { module: Local, function: Local },
}

/// `import name`, `from name import ..`: `from` is `None` or the tuple of names wanted, `level`
/// the number of leading dots.
pub(crate) fn import_name(
    vm: &mut Vm,
    name: Qstr,
    from: Local,
    level: isize,
) -> Result<Import, Raised> {
    let text = vm.push(Value::qstr(name));
    let globals = vm.current_globals();
    let changed = vm.root(RootSlot::Builtins);
    if let Some(hook) = vm.dict_get_name(changed, Value::qstr(qstr!("__import__"))) {
        let hook = vm.push(hook);
        let level = vm.new_int(level)?;
        let args = [text, globals, Local::NONE, from, level];
        return vm.call_with(hook, &args).map(Import::Done);
    }
    begin(vm, text, globals, from, level)
}

/// What `__import__` does, as [`begin`] tells it.
pub(crate) fn import(vm: &mut Vm, name: Local, globals: Local, from: Local, level: isize) -> Res {
    loop {
        let scope = vm.scope();
        match begin(vm, name, globals, from, level)? {
            Import::Done(module) => return Ok(vm.end_scope_with(scope, module)),
            Import::Body { module, function } => {
                if let Err(raised) = vm.call_with(function, &[]) {
                    failed(vm, module);
                    return Err(raised);
                }
                finished(vm, module)?;
            }
        }
        vm.end_scope(scope);
    }
}

/// Binds a module whose code has run in its parent.
pub(crate) fn finished(vm: &mut Vm, module: Local) -> Result<(), Raised> {
    let scope = vm.scope();
    let Some(name) = module_name(vm, module) else { return Ok(()) };
    if let Some(globals) = vm.get(module).cast::<ModuleObj>().map(|m| vm.push(m.globals.get())) {
        vm.trim_table(globals);
    }
    // the module may have put something else in its place, or nothing
    if let Some(own) = vm.dict_get_name(vm.root(RootSlot::Modules), Value::qstr(name)) {
        let own = vm.push(own);
        let text = vm.push(Value::qstr(name));
        let bytes = vm.qstr_bytes(name);
        let len = bytes.len();
        if let Some(dot) = bytes.iter().rposition(|b| *b == b'.') {
            let (outer, last) = (part(vm, text, 0, dot)?, part(vm, text, dot + 1, len)?);
            let outer = vm.dict_get_name(vm.root(RootSlot::Modules), Value::qstr(outer));
            if let Some(outer) = outer.map(|o| vm.push(o)) {
                vm.set_attr(outer, last, own)?;
            }
        }
    } else {
        vm.set_root(RootSlot::Imported, module);
    }
    vm.end_scope(scope);
    Ok(())
}

/// Takes a module whose code raised out of `sys.modules`.
pub(crate) fn failed(vm: &mut Vm, module: Local) {
    let scope = vm.scope();
    if let Some(name) = module_name(vm, module) {
        let name = vm.push(Value::qstr(name));
        let modules = vm.push_root(RootSlot::Modules);
        // a name is hashable, so this raises nothing that would hide the first exception
        let _ = vm.table_remove(modules, name);
    }
    vm.end_scope(scope);
}

fn module_name(vm: &Vm, module: Local) -> Option<Qstr> {
    vm.get(module).cast::<ModuleObj>()?.name.get().as_qstr()
}

/// Imports up to the first module whose code has not run. Gives the last module of a dotted name if
/// `from` is not `None`, else the first. `False` asks for the last one under the name `__main__`.
fn begin(
    vm: &mut Vm,
    name: Local,
    globals: Local,
    from: Local,
    level: isize,
) -> Result<Import, Raised> {
    let name = match usize::try_from(level) {
        Ok(0) => name,
        Ok(level) => absolute(vm, name, globals, level)?,
        Err(_) => return Err(vm.value_error("negative import level")),
    };
    let len = vm.bytes_of(vm.get(name)).map_or(0, <[u8]>::len);
    if len == 0 {
        return Err(vm.value_error("empty module name"));
    }
    if len > snakelet_qstr::LONGEST_NAME {
        return Err(vm.name_too_long());
    }
    let top = vm.push(Value::NULL);
    let outer = vm.push(Value::NULL);
    let mut start = 0;
    while start <= len {
        let rest = vm.bytes_of(vm.get(name)).and_then(|b| b.get(start..)).unwrap_or(&[]);
        // an empty first part begins with the dot
        let skip = usize::from(start == 0);
        let behind = rest.get(skip..).unwrap_or(&[]);
        let Ok(dot) = vm.count_while(behind, |b| b != b'.') else { return Err(vm.ending()) };
        let end = start + skip + dot;
        let scope = vm.scope();
        let full = part(vm, name, 0, end)?;
        let last = part(vm, name, start, end)?;
        let main = end == len && vm.get(from).is(Value::FALSE);
        let module = match import_at(vm, full, last, outer, main)? {
            Import::Done(module) => module,
            body @ Import::Body { .. } => return Ok(body),
        };
        vm.set(outer, vm.get(module));
        if vm.get(top).is_null() {
            vm.set(top, vm.get(module));
        }
        vm.end_scope(scope);
        start = end + 1;
    }
    Ok(Import::Done(if vm.get(from).is_none() { top } else { outer }))
}

/// Bytes `start..end` of a string, interned.
fn part(vm: &mut Vm, text: Local, start: usize, end: usize) -> Result<Qstr, Raised> {
    let bytes = vm.bytes_of(vm.get(text)).and_then(|b| b.get(start..end)).unwrap_or(&[]);
    if let Some(q) = vm.find_qstr(bytes) {
        return Ok(q);
    }
    let new = vm.new_str_with(end - start, |vm, out| {
        if let Some(bytes) = vm.bytes_of(vm.get(text)).and_then(|b| b.get(start..end)) {
            let _ = vm.copy_bytes(bytes.into(), Cell::from_mut(out).as_slice_of_cells());
        }
    })?;
    vm.intern_local(new)
}

/// Turns a name relative to the importing module, `level` dots up, into an absolute one.
fn absolute(vm: &mut Vm, name: Local, globals: Local, level: usize) -> Res {
    let globals =
        if vm.get(globals).cast::<HashObj>().is_some() { globals } else { vm.current_globals() };
    let find = |name: Qstr| vm.dict_get_name(vm.get(globals), Value::qstr(name));
    // a package is its own first level; a module that runs as the main one knows its package
    let package = find(qstr!("__package__")).filter(|p| vm.str_of(*p).is_some());
    let is_package = package.is_some() || find(qstr!("__path__")).is_some();
    let base = vm.push(package.or_else(|| find(qstr!("__name__"))).unwrap_or(Value::NULL));
    let mut left = level - usize::from(is_package);
    let bytes = vm.bytes_of(vm.get(base)).unwrap_or(&[]);
    let mut end = bytes.len();
    while left > 0 && end > 0 {
        end -= 1;
        if bytes.get(end) == Some(&b'.') {
            left -= 1;
        }
    }
    if end == 0 {
        return Err(vm.raise_text(&IMPORT_ERROR, "can't perform relative import"));
    }
    let empty = vm.bytes_of(vm.get(name)).is_none_or(<[u8]>::is_empty);
    let out = vm.new_text()?;
    vm.emit_bytes_of(out, base, 0, end)?;
    if !empty {
        vm.emit(out, b".")?;
        vm.emit_str(out, name)?;
    }
    vm.finish_text(out)
}

/// Gives the module `full`, whose last component is `last`, in the package `outer` (or null).
fn import_at(
    vm: &mut Vm,
    full: Qstr,
    last: Qstr,
    outer: Local,
    main: bool,
) -> Result<Import, Raised> {
    let path = vm.sys_path()?;
    if last == Qstr::EMPTY {
        return Err(vm.value_error("empty module name"));
    }
    // one that has just run, and took itself out of `sys.modules`
    let imported = vm.push_root(RootSlot::Imported);
    if module_name(vm, imported) == Some(full) {
        vm.set_root(RootSlot::Imported, Local::NULL);
        return Ok(Import::Done(imported));
    }
    // an empty search path asks for the built-in one, whatever was imported before
    if vm.sequence_len(path) > 0
        && let Some(module) = vm.dict_get_name(vm.root(RootSlot::Modules), Value::qstr(full))
    {
        return Ok(Import::Done(vm.push(module)));
    }
    let found = if vm.get(outer).is_null() {
        if FIXED.contains(&last)
            && let Some(module) = builtin(vm, last)?
        {
            return Ok(Import::Done(module));
        }
        if last == qstr!("__main__") {
            return main_module(vm).map(Import::Done);
        }
        match find::along_path(vm, path, last)? {
            Some(found) => Some(found),
            None => match builtin(vm, last)? {
                Some(module) => return Ok(Import::Done(module)),
                None => find::in_library(vm, last)?,
            },
        }
    } else {
        if vm.get(outer).is_kind(Kind::NativeModule)
            && let Some(inner) = vm.find_attr(outer, last)?
        {
            return Ok(Import::Done(inner));
        }
        match vm.find_attr(outer, qstr!("__path__"))? {
            Some(path) if vm.str_of(vm.get(path)).is_some() => find::below(vm, path, last)?,
            #[cfg(feature = "cpython")]
            Some(path) if matches!(vm.get(path).ref_kind(), Some(Kind::List | Kind::Tuple)) => {
                find::along_path(vm, path, last)?
            }
            _ => None,
        }
    };
    match found {
        Some(found) => make(vm, full, last, outer, main, found),
        None => Err(vm.raise_named(&MODULE_NOT_FOUND_ERROR, "no module named '", full, "'")),
    }
}

impl Vm {
    /// The native modules: first those that the host has added, last the interpreter's own, of which a library may
    /// have a larger one.
    pub(crate) fn native_modules(&self) -> impl Iterator<Item = &'static NativeModule> + 'static {
        self.rt.added_modules.iter().chain(self.rt.library).chain(self.rt.modules).copied()
    }
    /// The native module of just this name.
    fn native_module(&self, name: Qstr) -> Option<&'static NativeModule> {
        self.native_modules().find(|module| module.name.is(self, name))
    }
}

/// The native module of a name; `uos` is an old name of `os`, and so on.
pub(crate) fn native_module(vm: &Vm, name: Qstr) -> Option<&'static NativeModule> {
    vm.native_module(name).or_else(|| {
        // by its text: nobody may have interned it yet
        let name = vm.qstr_bytes(name).strip_prefix(b"u")?;
        let module = vm.native_modules().find(|module| module.name.text().as_bytes() == name)?;
        let is_fixed =
            FIXED.iter().any(|fixed| *fixed != qstr!("sys") && module.name.is(vm, *fixed));
        (!is_fixed).then_some(module)
    })
}

/// Makes a local of the native module of a name, and sets it up.
fn builtin(vm: &mut Vm, name: Qstr) -> Result<Option<Local>, Raised> {
    let Some(module) = native_module(vm, name) else { return Ok(None) };
    let local = vm.push(Value::from_ref(module));
    if let Some(init) = module.init {
        let scope = vm.scope();
        init(crate::native::full::Full::new(vm)).map_err(|raised| vm.genuine(raised))?;
        let modules = vm.push_root(RootSlot::Modules);
        let name = vm.intern_name(module.name)?;
        vm.dict_set_name(modules, name, local)?;
        vm.end_scope(scope);
    }
    Ok(Some(local))
}

/// The module in whose dict the main script runs.
fn main_module(vm: &mut Vm) -> Res {
    let globals = vm.push_root(RootSlot::Main);
    register(vm, qstr!("__main__"), globals)
}

/// Makes a module and puts it in `sys.modules`.
pub(crate) fn register(vm: &mut Vm, name: Qstr, globals: Local) -> Res {
    let text = vm.push(Value::qstr(name));
    let module = vm.new_slots(Kind::Module, 0, &[globals, text])?;
    let modules = vm.push_root(RootSlot::Modules);
    vm.dict_set_name(modules, name, module)?;
    Ok(module)
}

/// Makes the module that was found.
fn make(
    vm: &mut Vm,
    full: Qstr,
    last: Qstr,
    outer: Local,
    main: bool,
    found: Found,
) -> Result<Import, Raised> {
    // every module has its own name, its file's and some more
    let globals = vm.new_dict(4)?;
    let name = vm.push(Value::qstr(full));
    let shown = if main && !found.package {
        // what imports relative to the module begin with
        if !vm.get(outer).is_null() {
            let package = vm.get_attr(outer, qstr!("__name__"))?;
            vm.dict_set_name(globals, qstr!("__package__"), package)?;
        }
        vm.push(Value::qstr(qstr!("__main__")))
    } else {
        name
    };
    vm.dict_set_name(globals, qstr!("__name__"), shown)?;
    let module = register(vm, full, globals)?;
    match load::load(vm, globals, found) {
        Ok(Some(function)) => Ok(Import::Body { module, function }),
        Ok(None) => {
            if !vm.get(outer).is_null() {
                vm.set_attr(outer, last, module)?;
            }
            Ok(Import::Done(module))
        }
        Err(raised) => {
            failed(vm, module);
            Err(raised)
        }
    }
}

/// `from module import name`: an attribute, or a module of the package.
pub(crate) fn import_from(vm: &mut Vm, module: Local, name: Qstr) -> Result<Import, Raised> {
    if let Some(value) = vm.find_attr(module, name)? {
        return Ok(Import::Done(value));
    }
    if vm.find_attr(module, qstr!("__path__"))?.is_some() {
        let package = vm.get_attr(module, qstr!("__name__"))?;
        let full =
            vm.build_text(&[Part::Str(package), Part::Text("."), Part::Name(name.into())])?;
        return begin(vm, full, Local::NULL, Local::TRUE, 0);
    }
    Err(vm.raise_named(&IMPORT_ERROR, "cannot import name '", name, "'"))
}

/// `from module import *`: the names in `__all__`, or all that do not begin with an underscore.
pub(crate) fn import_star(vm: &mut Vm, module: Local, names: Local) -> Result<(), Raised> {
    if let Some(all) = vm.find_attr(module, qstr!("__all__"))? {
        if !matches!(vm.get(all).ref_kind(), Some(Kind::List | Kind::Tuple)) {
            return Err(vm.raise_parts(
                &crate::exception::classes::TYPE_ERROR,
                &[Part::Text("object '"), Part::TypeOf(all), Part::Text("' isn't a tuple or list")],
            ));
        }
        let mut i = 0;
        while i < vm.sequence_len(all) {
            let scope = vm.scope();
            let item = vm.push_sequence_item(all, i);
            let name = vm.intern_local(item)?;
            let value = vm.get_attr(module, name)?;
            vm.dict_set_name(names, name, value)?;
            vm.end_scope(scope);
            i += 1;
        }
        return Ok(());
    }
    let globals = match vm.get(module).cast::<ModuleObj>() {
        Some(m) => vm.push(m.globals.get()),
        None => vm.get_attr(module, qstr!("__dict__"))?,
    };
    let mut at = 0;
    loop {
        let scope = vm.scope();
        let entry = vm.get(globals).cast::<HashObj>().and_then(|h| h.entry(at));
        let Some((key, value)) = entry else { break };
        at += 1;
        let value = vm.push(value);
        if let Some(name) = key.as_qstr()
            && !vm.qstr_bytes(name).starts_with(b"_")
        {
            vm.dict_set_name(names, name, value)?;
        }
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(())
}
