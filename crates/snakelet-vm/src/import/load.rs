//! Loading the code of a module that was found.

use core::convert::Infallible;

use snakelet_bytecode::mpy::Read;
use snakelet_qstr::Qstr;

use super::find::{self, Found};
use crate::object::copy;
use crate::vfs::{self, Place};
use crate::vm::host::{FileId, FileSystem, FsError, SeekFrom};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

/// Bytes of a file that are read at a time.
const CHUNK: usize = 128;
/// How a `.mpy` file begins.
const MPY_MAGIC: u8 = b'M';

/// Makes a function of the code of a module, or the `__init__` of a package, with its dict as global
/// variables; `None` if it has none.
pub(super) fn load(vm: &mut Vm, globals: Local, found: Found) -> Result<Option<Local>, Raised> {
    let path = if found.package {
        #[cfg(feature = "cpython")]
        {
            let is_list = vm.get(found.path).is_kind(crate::object::Kind::List);
            let list = if is_list { found.path } else { vm.new_list(found.path, 1)? };
            vm.dict_set_name(globals, qstr!("__path__"), list)?;
            if is_list {
                return Ok(None);
            }
        }
        #[cfg(not(feature = "cpython"))]
        vm.dict_set_name(globals, qstr!("__path__"), found.path)?;
        match find::file(vm, found.path, qstr!("__init__"))? {
            Some(path) => path,
            // a directory without `__init__` is a package too
            None => return Ok(None),
        }
    } else {
        found.path
    };
    let function = match find::frozen(vm, path) {
        Some(module) => {
            let name = vm.intern(module.name.as_bytes())?;
            set_file(vm, globals, name)?;
            match module.data.first() {
                Some(&MPY_MAGIC) => vm.load_mpy_static(module.data)?,
                _ => compile(vm, module.name.as_bytes(), Text::Outside(module.data))?,
            }
        }
        None => {
            let name = vm.intern_local(path)?;
            set_file(vm, globals, name)?;
            load_file(vm, path)?
        }
    };
    vm.with_globals(function, globals).map(Some)
}

fn set_file(vm: &mut Vm, globals: Local, name: Qstr) -> Result<(), Raised> {
    let text = vm.push(crate::object::value::Value::qstr(name));
    vm.dict_set_name(globals, qstr!("__file__"), text)
}

/// Makes a function of the code in a file.
pub(crate) fn load_file(vm: &mut Vm, path: Local) -> Res {
    let is_mpy = vm.path_text(path).ends_with(".mpy");
    let (place, inner) = vfs::lookup(vm, path)?;
    if let Place::Host = place {
        let file = vfs::open_to_read(vm, inner)?;
        let in_place = vm.rt.hosts.files.as_mut().and_then(|files| files.in_place(file));
        let function = match in_place {
            Some(bytes) if is_mpy => vm.load_mpy_static(bytes),
            Some(text) => with_name(vm, path, |vm, name| compile(vm, name, Text::Outside(text))),
            None if is_mpy => load_host_mpy(vm, file),
            None => compile_file(vm, path, file),
        };
        // the file was only read: an error while closing it loses nothing
        let _ = vm.try_files(|_, files| files.close(file));
        return function;
    }
    #[cfg(feature = "files")]
    if is_mpy {
        return vfs::with_file(vm, path, load_stream);
    }
    let bytes = vfs::read_whole(vm, path)?;
    with_name(vm, path, |vm, name| compile(vm, name, Text::Heap(bytes)))
}

/// Loads a `.mpy` file from a stream. It says itself where it ends, so that a script's stream need
/// not be asked once more for what comes behind.
#[cfg(feature = "files")]
fn load_stream(vm: &mut Vm, stream: Local) -> Res {
    let room = crate::stream::reading_room(vm, stream)?;
    let mut bytes = Local::NULL;
    loop {
        let (more, ended) = crate::stream::read_on(vm, stream, room, bytes)?;
        bytes = more;
        if ended {
            return vm.load_mpy_local(bytes);
        }
        if let Some(function) = vm.load_mpy_if_whole(bytes)? {
            return Ok(function);
        }
    }
}

/// Passes on a copy of a path, which the compiler notes in what it makes.
fn with_name(vm: &mut Vm, path: Local, then: impl FnOnce(&mut Vm, &[u8]) -> Res) -> Res {
    let mut name = [0; vfs::PATH_MAX];
    let n = vm.path_text(path).len().min(name.len());
    if let (Some(to), Some(from)) = (name.get_mut(..n), vm.path_text(path).as_bytes().get(..n)) {
        copy(from, to);
    }
    then(vm, name.get(..n).unwrap_or(&[]))
}

/// A host file as a sequence of bytes.
pub(super) struct HostFile {
    files: &'static mut dyn FileSystem,
    file: FileId,
    /// Where the next read goes on.
    at: u32,
    /// Bytes `start..end` are what lies before it.
    buffer: [u8; CHUNK],
    start: usize,
    end: usize,
    /// The file's length, if the host can tell.
    len: usize,
    /// What went wrong when it was read.
    pub(super) failed: Option<FsError>,
}

impl HostFile {
    /// Takes the host's files out of the interpreter; nothing runs that could miss them.
    fn begin(vm: &mut Vm, file: FileId) -> Option<Self> {
        let files = vm.rt.hosts.files.take()?;
        let len = usize::MAX;
        Some(Self { files, file, at: 0, buffer: [0; CHUNK], start: 0, end: 0, len, failed: None })
    }
    /// Finds out how long the file is.
    fn measure(&mut self) -> Result<(), FsError> {
        if let Ok(len) = self.files.seek(self.file, 0, SeekFrom::End) {
            self.files.seek(self.file, 0, SeekFrom::Start)?;
            self.len = usize::try_from(len).unwrap_or(usize::MAX);
        }
        Ok(())
    }
    fn finish(self, vm: &mut Vm) {
        vm.rt.hosts.files = Some(self.files);
    }
}

impl Read for HostFile {
    type Error = Infallible;

    fn peek(&mut self, want: usize) -> Result<&[u8], Infallible> {
        while self.end - self.start < want.min(CHUNK) {
            if self.start > 0 {
                for i in self.start..self.end {
                    let byte = self.buffer.get(i).copied().unwrap_or(0);
                    if let Some(to) = self.buffer.get_mut(i - self.start) {
                        *to = byte;
                    }
                }
                (self.start, self.end) = (0, self.end - self.start);
            }
            let room = self.buffer.get_mut(self.end..).unwrap_or(&mut []);
            match self.files.read(self.file, room).map(|n| n.min(room.len())) {
                Ok(0) => break,
                Ok(n) => {
                    self.end += n;
                    self.at = self.at.wrapping_add(n as u32);
                }
                Err(error) => {
                    self.failed = Some(error);
                    (self.start, self.end) = (0, 0);
                    break;
                }
            }
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or(&[]))
    }

    fn advance(&mut self, n: usize) {
        self.start = (self.start + n).min(self.end);
    }

    fn left(&self) -> usize {
        let taken = self.at as usize - (self.end - self.start);
        if self.len == usize::MAX { self.len } else { self.len.saturating_sub(taken) }
    }
}

fn load_host_mpy(vm: &mut Vm, file: FileId) -> Res {
    let Some(mut source) = HostFile::begin(vm, file) else {
        return Err(vm.os_error(crate::exception::errno::ENODEV));
    };
    let function = match source.measure() {
        Ok(()) => vm.load_mpy_file(&mut source),
        Err(FsError(number)) => Err(vm.os_error(number)),
    };
    source.finish(vm);
    function
}

#[cfg(feature = "compiler")]
use snakelet_compiler::SourceError;

#[cfg(feature = "compiler")]
impl snakelet_compiler::Source for HostFile {
    fn read_at(&mut self, offset: u32, buf: &mut [u8]) -> Result<usize, SourceError> {
        if offset != self.at {
            let to = i64::from(offset);
            self.files.seek(self.file, to, SeekFrom::Start).map_err(|_| SourceError)?;
            self.at = offset;
        }
        let n = self.files.read(self.file, buf).map_err(|_| SourceError)?;
        self.at = self.at.wrapping_add(n as u32);
        Ok(n)
    }
}

#[cfg(feature = "compiler")]
fn compile_file(vm: &mut Vm, path: Local, file: FileId) -> Res {
    with_name(vm, path, |vm, name| {
        let Some(mut source) = HostFile::begin(vm, file) else {
            return Err(vm.os_error(crate::exception::errno::ENODEV));
        };
        let function = vm.compile_source(&mut source, name, crate::import::loader::Input::File);
        source.finish(vm);
        function
    })
}

/// Source text.
#[cfg_attr(not(feature = "compiler"), expect(dead_code, reason = "the compiler reads it"))]
enum Text<'a> {
    /// Outside the heap.
    Outside(&'a [u8]),
    /// A `bytes` object.
    Heap(Local),
}

#[cfg(feature = "compiler")]
fn compile(vm: &mut Vm, name: &[u8], text: Text<'_>) -> Res {
    match text {
        Text::Outside(text) => vm.compile_text(text, name, crate::import::loader::Input::File),
        Text::Heap(text) => vm.compile_local(text, name, crate::import::loader::Input::File),
    }
}

#[cfg(not(feature = "compiler"))]
fn compile(vm: &mut Vm, _name: &[u8], _text: Text<'_>) -> Res {
    Err(no_compiler(vm))
}

#[cfg(not(feature = "compiler"))]
fn compile_file(vm: &mut Vm, _path: Local, _file: FileId) -> Res {
    Err(no_compiler(vm))
}

#[cfg(not(feature = "compiler"))]
fn no_compiler(vm: &mut Vm) -> Raised {
    vm.raise_text(&crate::exception::classes::IMPORT_ERROR, "script compilation not supported")
}
