//! What scripts see of the host's services, and of services that are absent or fail.

use std::collections::BTreeMap;
use std::mem::MaybeUninit;

use snakelet::host::{Clock, Environment, FileId, FileSystem, FsError, OpenMode, SeekFrom, Stat};
use snakelet::{FrozenModule, Interpreter};

fn memory() -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); 256 << 10]
}

/// Runs a script and gives its variable `result` as text, or the error that ended it.
fn result(python: &mut Interpreter<'_>, script: &str) -> String {
    let text = python.exec(script).and_then(|()| python.eval("str(result)"));
    text.unwrap_or_else(|error| error.to_string())
}

const ENODEV: i32 = 19;
const ENOENT: i32 = 2;
const EIO: i32 = 5;

/// Files in memory that can only be read; reading `limit` bytes of one fails.
#[derive(Default)]
struct Shelf {
    files: BTreeMap<&'static str, &'static [u8]>,
    open: BTreeMap<u32, (&'static [u8], usize)>,
    limit: Option<usize>,
    opened: u32,
    /// Whether files may be used where they lie.
    in_flash: bool,
}

impl FileSystem for Shelf {
    fn open(&mut self, path: &str, _mode: OpenMode) -> Result<FileId, FsError> {
        let data = self.files.get(path).ok_or(FsError(ENOENT))?;
        self.opened += 1;
        self.open.insert(self.opened, (*data, 0));
        Ok(FileId(self.opened))
    }
    fn close(&mut self, file: FileId) -> Result<(), FsError> {
        self.open.remove(&file.0).map(drop).ok_or(FsError(EIO))
    }
    fn read(&mut self, file: FileId, buf: &mut [u8]) -> Result<usize, FsError> {
        let (data, at) = self.open.get_mut(&file.0).ok_or(FsError(EIO))?;
        if self.limit.is_some_and(|limit| *at >= limit) {
            return Err(FsError(EIO));
        }
        let n = buf.len().min(data.len() - *at).min(7);
        buf[..n].copy_from_slice(&data[*at..*at + n]);
        *at += n;
        Ok(n)
    }
    fn in_place(&mut self, file: FileId) -> Option<&'static [u8]> {
        self.open.get(&file.0).filter(|_| self.in_flash).map(|(data, _)| *data)
    }
    fn write(&mut self, _file: FileId, _bytes: &[u8]) -> Result<usize, FsError> {
        Err(FsError(EIO))
    }
    fn seek(&mut self, file: FileId, offset: i64, from: SeekFrom) -> Result<u64, FsError> {
        let (data, at) = self.open.get_mut(&file.0).ok_or(FsError(EIO))?;
        let base = match from {
            SeekFrom::Start => 0,
            SeekFrom::Current => *at as i64,
            SeekFrom::End => data.len() as i64,
        };
        *at = usize::try_from(base + offset).map_err(|_| FsError(EIO))?.min(data.len());
        Ok(*at as u64)
    }
    fn stat(&mut self, path: &str) -> Result<Stat, FsError> {
        match self.files.get(path) {
            Some(data) => Ok(Stat { is_dir: false, size: data.len() as u64, modified: 9 }),
            None => Err(FsError(ENOENT)),
        }
    }
    fn list(&mut self, _path: &str, entry: &mut dyn FnMut(&str, Stat)) -> Result<(), FsError> {
        self.files.keys().for_each(|name| entry(name, Stat::default()));
        Ok(())
    }
    fn remove(&mut self, _path: &str) -> Result<(), FsError> {
        Err(FsError(EIO))
    }
    fn remove_dir(&mut self, _path: &str) -> Result<(), FsError> {
        Err(FsError(EIO))
    }
    fn make_dir(&mut self, _path: &str) -> Result<(), FsError> {
        Err(FsError(EIO))
    }
    fn rename(&mut self, _from: &str, _to: &str) -> Result<(), FsError> {
        Err(FsError(EIO))
    }
    fn change_dir(&mut self, _path: &str) -> Result<(), FsError> {
        Err(FsError(EIO))
    }
    fn current_dir(&mut self, out: &mut dyn FnMut(&str)) -> Result<(), FsError> {
        out("/");
        Ok(())
    }
}

const SIX: (&str, &[u8]) =
    ("six.py", b"# more than one buffer of text, so that it comes in pieces\nresult = 6\n");

#[test]
fn without_services_everything_fails_politely() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let script = "
import os, time, vfs
result = []
for f in (lambda: open('x'), lambda: os.stat('x'), lambda: os.urandom(2),
          lambda: os.putenv('a', 'b'), lambda: vfs.VfsPosix().open('x', 'r')):
    try:
        f()
        result.append('done')
    except OSError as e:
        result.append(e.errno)
time.sleep(100)
result.append(os.listdir('/'))
result.append(os.getcwd())
result.append(os.getenv('PATH'))
try:
    import absent
except ImportError:
    result.append('no module')
";
    assert_eq!(
        result(&mut python, script),
        format!("[{ENODEV}, {ENODEV}, {ENODEV}, 1, {ENODEV}, [], '/', None, 'no module']")
    );
}

#[test]
fn modules_are_read_piece_by_piece_and_their_files_closed() {
    let mut memory = memory();
    let mut shelf = Shelf { files: BTreeMap::from([SIX]), ..Shelf::default() };
    let mut python = Interpreter::builder(&mut memory).files(&mut shelf).build().unwrap();
    assert_eq!(result(&mut python, "from six import result"), "6");
    assert_eq!(result(&mut python, "result = open('six.py').read()[-11:]"), "result = 6\n");
    assert_eq!(
        result(&mut python, "import gc, os\ngc.collect()\nresult = os.listdir()"),
        "['six.py']"
    );
    drop(python);
    assert_eq!(shelf.opened, 2);
    assert!(shelf.open.is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_an_os_error_and_leaves_no_module() {
    let mut memory = memory();
    let mut shelf = Shelf { files: BTreeMap::from([SIX]), limit: Some(14), ..Shelf::default() };
    let mut python = Interpreter::builder(&mut memory).files(&mut shelf).build().unwrap();
    let script = "
import sys
try:
    import six
except OSError as e:
    result = ['error', 'six' in sys.modules]
";
    assert_eq!(result(&mut python, script), "['error', False]");
    drop(python);
    assert!(shelf.open.is_empty());
}

#[test]
fn modules_in_flash_are_used_where_they_lie() {
    let mut memory = memory();
    // reading would fail
    let mut shelf = Shelf { limit: Some(0), in_flash: true, ..Shelf::default() };
    shelf.files.insert("text.py", b"def f(): return __file__\n");
    let mpy = include_bytes!("../../snakelet-bytecode/tests/fixtures/functions.mpy");
    shelf.files.insert("compiled.mpy", mpy);
    shelf.files.insert("broken.mpy", &mpy[..100]);
    let mut python = Interpreter::builder(&mut memory).files(&mut shelf).build().unwrap();
    python.set_path([""]).unwrap();
    let script = "
import text, compiled
result = [text.f(), compiled.defaults(0)]
try:
    import broken
except ValueError as e:
    result.append(str(e))
";
    let expected = "['text.py', (0, 1, 'two'), 'incompatible .mpy file']";
    assert_eq!(result(&mut python, script), expected);
    drop(python);
    assert!(shelf.open.is_empty());
}

#[test]
fn a_package_in_the_program_imports_its_own_modules() {
    static MODULES: &[FrozenModule] = &[
        FrozenModule { name: "kit/__init__.py", data: b"from .parts import bolt\n" },
        FrozenModule { name: "kit/parts.py", data: b"bolt = __name__ + ' in ' + __file__\n" },
        FrozenModule {
            name: "compiled.mpy",
            data: include_bytes!("../../snakelet-bytecode/tests/fixtures/functions.mpy"),
        },
    ];
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).frozen(MODULES).build().unwrap();
    assert_eq!(
        result(&mut python, "import kit\nresult = kit.bolt, kit.__path__"),
        "('kit.parts in kit/parts.py', ['.frozen/kit'])"
    );
    assert_eq!(
        result(&mut python, "import compiled\nresult = compiled.defaults(0), compiled.__file__"),
        "((0, 1, 'two'), 'compiled.mpy')"
    );
}

/// A clock that only moves when somebody sleeps.
#[derive(Default)]
struct Sleepy {
    us: u64,
}

impl Clock for Sleepy {
    fn ticks_us(&mut self) -> u64 {
        self.us
    }
    fn epoch_ns(&mut self) -> Option<u64> {
        Some(self.us * 1000)
    }
    fn sleep_us(&mut self, us: u64) {
        self.us += us;
    }
}

#[test]
fn sleeping_takes_as_long_as_asked_and_runs_callbacks() {
    let mut memory = memory();
    let mut clock = Sleepy::default();
    let mut python = Interpreter::builder(&mut memory).clock(&mut clock).build().unwrap();
    let script = "
import micropython, time
result = []
micropython.schedule(result.append, 'called')
time.sleep_ms(250)
time.sleep(1.5)
time.sleep_us(7)
result.append(time.ticks_us())
result.append(time.gmtime()[:6])
";
    assert_eq!(result(&mut python, script), "['called', 1750007, (1970, 1, 1, 0, 0, 1)]");
}

/// One variable that can be changed.
struct Single(Option<String>);

impl Environment for Single {
    fn get(&mut self, name: &str, value: &mut dyn FnMut(&str)) {
        if let (Some(text), "HOME") = (&self.0, name) {
            value(text);
        }
    }
    fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), FsError> {
        if name != "HOME" {
            return Err(FsError(EIO));
        }
        self.0 = value.map(str::to_string);
        Ok(())
    }
}

#[test]
fn variables_are_the_hosts() {
    let mut memory = memory();
    let mut environment = Single(Some("/burrow".to_string()));
    let mut python =
        Interpreter::builder(&mut memory).environment(&mut environment).build().unwrap();
    let script = "
import os
result = [os.getenv('HOME'), os.getenv('NEST', 'none')]
os.putenv('HOME', '/tree')
result.append(os.getenv('HOME'))
os.unsetenv('HOME')
result.append(os.getenv('HOME'))
try:
    os.putenv('NEST', 'x')
except OSError as e:
    result.append(e.errno)
";
    assert_eq!(result(&mut python, script), "['/burrow', 'none', '/tree', None, 5]");
}

#[test]
#[cfg(unix)]
fn commands_run_where_the_host_lets_them() {
    use snakelet::desktop::StdEnvironment;

    let run = |mut environment: StdEnvironment, script: &str| {
        let mut memory = vec![std::mem::MaybeUninit::uninit(); 256 << 10];
        let mut python = snakelet::Interpreter::builder(&mut memory)
            .environment(&mut environment)
            .build()
            .unwrap();
        python.exec(script).map_err(|error| error.to_string())
    };
    let script = "
import os
os.putenv('SNAKELET_CODE', '3')
assert os.system('exit 0') == 0 and os.system('exit $SNAKELET_CODE') == 3 << 8
os.errno(7)
assert os.errno() == 7
";
    assert_eq!(run(StdEnvironment::default().with_shell(), script), Ok(()));
    let refused = run(StdEnvironment::default(), "import os\nos.system('true')").unwrap_err();
    assert!(refused.contains("EPERM"), "{refused}");
}
