//! The host's services on a desktop system.

use core::ptr::NonNull;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::process::{Command, ExitStatus};
use std::string::{String, ToString};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use snakelet_vm::Hosts;
use snakelet_vm::host::{
    Clock, Console, Entropy, Environment, FileId, FileSystem, FsError, OpenMode, SeekFrom, Stat,
};

/// Standard input and output.
#[derive(Default)]
pub struct StdConsole {
    buffer: std::vec::Vec<u8>,
    /// Why some of the output is lost that was written since the last flush.
    lost: Option<FsError>,
}

/// Bytes after which output is written through.
const BUFFER: usize = 4096;

impl StdConsole {
    fn write_through(&mut self) {
        let mut out = io::stdout();
        let done = out.write_all(&self.buffer).and_then(|()| out.flush());
        self.buffer.clear();
        if let Err(e) = done {
            self.lost.get_or_insert(error(&e));
        }
    }
}

impl Console for StdConsole {
    fn write(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.write_through();
        }
    }
    fn write_error(&mut self, bytes: &[u8]) {
        self.write_through();
        let _ = io::stderr().write_all(bytes);
    }
    fn read(&mut self, buf: &mut [u8]) -> usize {
        self.write_through();
        io::stdin().read(buf).unwrap_or(0)
    }
    fn flush(&mut self) -> Result<(), FsError> {
        self.write_through();
        self.lost.take().map_or(Ok(()), Err)
    }
}

impl Drop for StdConsole {
    fn drop(&mut self) {
        self.write_through();
    }
}

/// All of these together, as [`Builder::desktop`](crate::Builder::desktop) gives them.
#[derive(Default)]
pub(crate) struct Desktop {
    console: StdConsole,
    clock: StdClock,
    entropy: StdEntropy,
    files: StdFiles,
}

impl Desktop {
    /// Lends the services that an interpreter has none of.
    ///
    /// # Safety
    /// The desktop lives until the interpreter is used no more, and nobody else uses it.
    #[allow(unsafe_code)] // a part of `engine`, beside the fields it names
    pub(crate) unsafe fn lend(desktop: NonNull<Self>, hosts: &mut Hosts) {
        // SAFETY: contract of this function; each service is lent once.
        let desktop = unsafe { &mut *desktop.as_ptr() };
        hosts.console.get_or_insert(&mut desktop.console);
        hosts.clock.get_or_insert(&mut desktop.clock);
        hosts.entropy.get_or_insert(&mut desktop.entropy);
        hosts.files.get_or_insert(&mut desktop.files);
    }
}

/// The system's clock.
pub struct StdClock(Instant);

impl Default for StdClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

/// The time since the first call in this process, for [`Builder::deadline`](crate::Builder::deadline) and
/// [`Interpreter::set_deadline`](crate::Interpreter::set_deadline). It never goes back.
pub fn monotonic() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

impl Clock for StdClock {
    fn ticks_us(&mut self) -> u64 {
        self.0.elapsed().as_micros() as u64
    }
    fn epoch_ns(&mut self) -> Option<u64> {
        SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|d| d.as_nanos() as u64)
    }
    fn sleep_us(&mut self, us: u64) {
        std::thread::sleep(Duration::from_micros(us));
    }
}

/// The system's random numbers.
#[derive(Default)]
pub struct StdEntropy;

impl Entropy for StdEntropy {
    fn fill(&mut self, buf: &mut [u8]) {
        if let Ok(mut file) = File::open("/dev/urandom") {
            let _ = file.read_exact(buf);
        }
    }
}

/// The system's files.
#[derive(Default)]
pub struct StdFiles {
    open: HashMap<u32, File>,
}

fn error(e: &io::Error) -> FsError {
    const EIO: i32 = 5;
    FsError(e.raw_os_error().unwrap_or(EIO))
}

const EBADF: FsError = FsError(9);

impl StdFiles {
    fn file(&mut self, id: FileId) -> Result<&mut File, FsError> {
        self.open.get_mut(&id.0).ok_or(EBADF)
    }
}

fn stat_of(meta: &fs::Metadata) -> Stat {
    let modified = meta.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
    Stat { is_dir: meta.is_dir(), size: meta.len(), modified: modified.map_or(0, |d| d.as_secs()) }
}

impl FileSystem for StdFiles {
    fn open(&mut self, path: &str, mode: OpenMode) -> Result<FileId, FsError> {
        const EISDIR: FsError = FsError(21);
        let file = OpenOptions::new()
            .read(mode.read)
            .write(mode.write && !mode.append)
            .append(mode.append)
            .create(mode.create && !mode.exclusive)
            .create_new(mode.exclusive)
            .truncate(mode.truncate)
            .open(path)
            .map_err(|e| error(&e))?;
        if file.metadata().is_ok_and(|m| m.is_dir()) {
            return Err(EISDIR);
        }
        // the lowest free number, as scripts know it of descriptors
        let mut id = 0;
        while self.open.contains_key(&id) {
            id += 1;
        }
        self.open.insert(id, file);
        Ok(FileId(id))
    }
    fn close(&mut self, file: FileId) -> Result<(), FsError> {
        self.open.remove(&file.0).map(|_| ()).ok_or(EBADF)
    }
    fn read(&mut self, file: FileId, buf: &mut [u8]) -> Result<usize, FsError> {
        self.file(file)?.read(buf).map_err(|e| error(&e))
    }
    fn write(&mut self, file: FileId, bytes: &[u8]) -> Result<usize, FsError> {
        self.file(file)?.write(bytes).map_err(|e| error(&e))
    }
    fn seek(&mut self, file: FileId, offset: i64, from: SeekFrom) -> Result<u64, FsError> {
        const EINVAL: FsError = FsError(22);
        let from = match from {
            SeekFrom::Start => io::SeekFrom::Start(u64::try_from(offset).map_err(|_| EINVAL)?),
            SeekFrom::Current => io::SeekFrom::Current(offset),
            SeekFrom::End => io::SeekFrom::End(offset),
        };
        self.file(file)?.seek(from).map_err(|e| error(&e))
    }
    fn flush(&mut self, file: FileId) -> Result<(), FsError> {
        self.file(file)?.flush().map_err(|e| error(&e))
    }
    fn stat(&mut self, path: &str) -> Result<Stat, FsError> {
        fs::metadata(path).map(|m| stat_of(&m)).map_err(|e| error(&e))
    }
    fn list(&mut self, path: &str, entry: &mut dyn FnMut(&str, Stat)) -> Result<(), FsError> {
        for item in fs::read_dir(path).map_err(|e| error(&e))? {
            let item = item.map_err(|e| error(&e))?;
            let stat = item.metadata().map(|m| stat_of(&m)).unwrap_or_default();
            entry(&item.file_name().to_string_lossy(), stat);
        }
        Ok(())
    }
    fn remove(&mut self, path: &str) -> Result<(), FsError> {
        fs::remove_file(path).map_err(|e| error(&e))
    }
    fn remove_dir(&mut self, path: &str) -> Result<(), FsError> {
        fs::remove_dir(path).map_err(|e| error(&e))
    }
    fn make_dir(&mut self, path: &str) -> Result<(), FsError> {
        fs::create_dir(path).map_err(|e| error(&e))
    }
    fn rename(&mut self, from: &str, to: &str) -> Result<(), FsError> {
        fs::rename(from, to).map_err(|e| error(&e))
    }
    fn change_dir(&mut self, path: &str) -> Result<(), FsError> {
        std::env::set_current_dir(path).map_err(|e| error(&e))
    }
    fn current_dir(&mut self, out: &mut dyn FnMut(&str)) -> Result<(), FsError> {
        let dir = std::env::current_dir().map_err(|e| error(&e))?;
        out(&dir.to_string_lossy());
        Ok(())
    }
}

/// Environment variables: those of the process, with changes that only the script sees.
#[derive(Default)]
pub struct StdEnvironment {
    changed: HashMap<String, Option<String>>,
    has_shell: bool,
}

impl StdEnvironment {
    /// Lets scripts run commands of the system by `os.system`, with all that the process may do.
    #[must_use]
    pub fn with_shell(mut self) -> Self {
        self.has_shell = true;
        self
    }
}

impl Environment for StdEnvironment {
    fn get(&mut self, name: &str, value: &mut dyn FnMut(&str)) {
        match self.changed.get(name) {
            Some(Some(text)) => value(text),
            Some(None) => {}
            // a name with `=` or NUL is that of no variable
            None if name.is_empty() || name.contains(['=', '\0']) => {}
            None => {
                if let Ok(text) = std::env::var(name) {
                    value(&text);
                }
            }
        }
    }
    fn list(&mut self, each: &mut dyn FnMut(&str, &str)) {
        for (name, value) in std::env::vars_os() {
            if let (Some(name), Some(value)) = (name.to_str(), value.to_str())
                && !self.changed.contains_key(name)
            {
                each(name, value);
            }
        }
        for (name, value) in &self.changed {
            if let Some(value) = value {
                each(name, value);
            }
        }
    }
    fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), FsError> {
        self.changed.insert(name.to_string(), value.map(ToString::to_string));
        Ok(())
    }
    fn run(&mut self, command: &str) -> Result<i32, FsError> {
        if !self.has_shell {
            return Err(FsError(snakelet_vm::exception::errno::EPERM));
        }
        let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
        shell.arg(if cfg!(windows) { "/C" } else { "-c" }).arg(command);
        for (name, value) in &self.changed {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let status = shell.status().map_err(|error| FsError(error.raw_os_error().unwrap_or(5)))?;
        Ok(wait_status(status))
    }
}

/// The status of a program's end as `wait` of POSIX has it.
#[cfg(unix)]
fn wait_status(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::into_raw(status)
}

/// The status of a program's end: its exit code.
#[cfg(not(unix))]
fn wait_status(status: ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}
