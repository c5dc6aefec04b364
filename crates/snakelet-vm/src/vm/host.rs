//! What an interpreter needs of the world outside, as traits with "absent" as default.

use core::mem::MaybeUninit;
use core::ptr::NonNull;

/// Where a script's output goes and its input comes from.
pub trait Console: Send {
    /// Writes bytes to the standard output.
    fn write(&mut self, bytes: &[u8]);
    /// Writes bytes to the standard error output.
    fn write_error(&mut self, bytes: &[u8]) {
        self.write(bytes);
    }
    /// Reads at most `buf.len()` bytes from the standard input; 0 at its end. A host whose [`Interrupt`] asks
    /// for something ends the wait with 0, too: it is asked then.
    fn read(&mut self, buf: &mut [u8]) -> usize {
        let _ = buf;
        0
    }
    /// Makes what was written visible: called at the end of each `print()` and `write()`, of `flush()`, and
    /// when a call of the host ends.
    ///
    /// # Errors
    /// Why something that was written since the last call is lost; an `OSError` in the script.
    fn flush(&mut self) -> Result<(), FsError> {
        Ok(())
    }
}

/// Time.
pub trait Clock: Send {
    /// Microseconds since any fixed moment.
    fn ticks_us(&mut self) -> u64;
    /// Nanoseconds since 1970-01-01 UTC, if known.
    fn epoch_ns(&mut self) -> Option<u64> {
        None
    }
    /// Waits.
    fn sleep_us(&mut self, us: u64);
}

/// Random bytes that cannot be foreseen.
pub trait Entropy: Send {
    /// Fills `buf`.
    fn fill(&mut self, buf: &mut [u8]);
}

/// An error of the host's file system: a POSIX error number.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct FsError(pub i32);

/// An open file of the host.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct FileId(pub u32);

/// How a file is opened.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenMode {
    /// May be read.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// Writes go to the end.
    pub append: bool,
    /// Is made if absent.
    pub create: bool,
    /// Must not exist.
    pub exclusive: bool,
    /// Is emptied.
    pub truncate: bool,
}

/// Where a seek counts from.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum SeekFrom {
    /// The start of the file.
    Start,
    /// The present position.
    Current,
    /// The end of the file.
    End,
}

/// What is known of a path.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Stat {
    /// Whether it is a directory.
    pub is_dir: bool,
    /// Size in bytes.
    pub size: u64,
    /// Seconds since 1970.
    pub modified: u64,
}

/// How much a file system holds.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Space {
    /// Bytes in a block.
    pub block_size: u64,
    /// Blocks in all.
    pub blocks: u64,
    /// Blocks that are free.
    pub free: u64,
}

/// The host's files. All paths are as the script gives them.
pub trait FileSystem: Send {
    /// Opens a file.
    fn open(&mut self, path: &str, mode: OpenMode) -> Result<FileId, FsError>;
    /// Closes a file.
    fn close(&mut self, file: FileId) -> Result<(), FsError>;
    /// Reads at most `buf.len()` bytes; 0 at the end.
    fn read(&mut self, file: FileId, buf: &mut [u8]) -> Result<usize, FsError>;
    /// Gives all that a file holds, if it lies in memory that stays where and as it is for good, as
    /// files in flash do: modules are then run from there.
    fn in_place(&mut self, file: FileId) -> Option<&'static [u8]> {
        let _ = file;
        None
    }
    /// Writes bytes, returns how many were taken.
    fn write(&mut self, file: FileId, bytes: &[u8]) -> Result<usize, FsError>;
    /// Moves the position, returns the new one.
    fn seek(&mut self, file: FileId, offset: i64, from: SeekFrom) -> Result<u64, FsError>;
    /// Makes what was written durable.
    fn flush(&mut self, file: FileId) -> Result<(), FsError> {
        let _ = file;
        Ok(())
    }
    /// What a path is.
    fn stat(&mut self, path: &str) -> Result<Stat, FsError>;
    /// Calls `entry` with the name and kind of each entry of a directory.
    fn list(&mut self, path: &str, entry: &mut dyn FnMut(&str, Stat)) -> Result<(), FsError>;
    /// Deletes a file.
    fn remove(&mut self, path: &str) -> Result<(), FsError>;
    /// Deletes an empty directory.
    fn remove_dir(&mut self, path: &str) -> Result<(), FsError>;
    /// Makes a directory.
    fn make_dir(&mut self, path: &str) -> Result<(), FsError>;
    /// Renames.
    fn rename(&mut self, from: &str, to: &str) -> Result<(), FsError>;
    /// Changes the current directory.
    fn change_dir(&mut self, path: &str) -> Result<(), FsError>;
    /// Gives the current directory.
    fn current_dir(&mut self, out: &mut dyn FnMut(&str)) -> Result<(), FsError>;
    /// How much the file system of a path holds; all zero if that is not known.
    fn space(&mut self, path: &str) -> Result<Space, FsError> {
        self.stat(path)?;
        Ok(Space::default())
    }
}

/// A global allocator that may be lent memory of the interpreter's heap while source text is
/// compiled.
///
/// # Safety
/// Once [`CompileMemory::take_back`] has returned true, the memory is not used any more.
#[expect(unsafe_code, reason = "memory is handed to and fro")]
pub unsafe trait CompileMemory: Sync {
    /// Serves allocations from `memory` too, until it is taken back.
    ///
    /// # Safety
    /// The memory is valid and nobody else uses it until then.
    unsafe fn lend(&self, memory: NonNull<[MaybeUninit<u8>]>);
    /// Ends the loan; false if part of the memory is in use, which then stays lent.
    fn take_back(&self, memory: NonNull<[MaybeUninit<u8>]>) -> bool;
}

/// Variables that the host's surroundings hand to programs.
pub trait Environment: Send {
    /// Calls `value` with the value of a variable, if it is set.
    fn get(&mut self, name: &str, value: &mut dyn FnMut(&str));
    /// Calls `each` with name and value of every variable that can be listed; by default with none.
    fn list(&mut self, each: &mut dyn FnMut(&str, &str)) {
        let _ = each;
    }
    /// Sets a variable, or removes it.
    fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), FsError>;
    /// Runs a command in the system's shell and waits for it; gives what the system says of its end, as `wait` of POSIX
    /// does. A host that runs none answers `EPERM`, which is what this does by itself.
    fn run(&mut self, command: &str) -> Result<i32, FsError> {
        let _ = command;
        Err(FsError(crate::exception::errno::EPERM))
    }
}

/// The host's services for one interpreter.
#[derive(Default)]
pub struct Hosts {
    /// Output and input; without one, output is dropped.
    pub console: Option<&'static mut dyn Console>,
    /// Time; without one, it stands still.
    pub clock: Option<&'static mut dyn Clock>,
    /// Files; without them, nothing can be opened or imported from a path.
    pub files: Option<&'static mut dyn FileSystem>,
    /// Environment variables; without them, none is set.
    pub environment: Option<&'static mut dyn Environment>,
    /// Randomness; without it, random numbers begin alike each time.
    pub entropy: Option<&'static mut dyn Entropy>,
    /// Is asked now and then whether the script is to be interrupted.
    pub interrupt: Option<&'static mut dyn Interrupt>,
    /// Takes what a compilation needs out of the heap; without it, the global allocator has
    /// memory of its own.
    pub compile_memory: Option<&'static dyn CompileMemory>,
}

/// What the host wants of a running script.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Go on.
    Continue,
    /// Raise `KeyboardInterrupt`.
    Interrupt,
    /// Stop for good; no handler of the script sees it.
    Stop,
}

/// The host's poll hook.
pub trait Interrupt: Send {
    /// Is called after at most [`POLL_INTERVAL`](crate::POLL_INTERVAL) steps of the interpreter.
    fn poll(&mut self) -> Wish;
}
