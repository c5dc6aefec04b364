//! Files in memory.

use std::collections::BTreeMap;

use snakelet::host::{FileId, FileSystem, FsError, OpenMode, SeekFrom, Stat};

const ENOENT: FsError = FsError(2);
const EBADF: FsError = FsError(9);

/// Files by their names, and those that are open with their positions.
#[derive(Default)]
pub(crate) struct Shelf {
    files: BTreeMap<String, Vec<u8>>,
    open: BTreeMap<u32, (String, usize)>,
    opened: u32,
}

impl Shelf {
    /// How many files are open.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    fn opened(&mut self, file: FileId) -> Result<(&mut Vec<u8>, &mut usize), FsError> {
        let (name, at) = self.open.get_mut(&file.0).ok_or(EBADF)?;
        Ok((self.files.get_mut(name).ok_or(ENOENT)?, at))
    }
}

impl FileSystem for Shelf {
    fn open(&mut self, path: &str, mode: OpenMode) -> Result<FileId, FsError> {
        if mode.create {
            self.files.entry(path.to_owned()).or_default();
        }
        let data = self.files.get_mut(path).ok_or(ENOENT)?;
        if mode.truncate {
            data.clear();
        }
        self.opened += 1;
        self.open.insert(self.opened, (path.to_owned(), 0));
        Ok(FileId(self.opened))
    }
    fn close(&mut self, file: FileId) -> Result<(), FsError> {
        self.open.remove(&file.0).map(drop).ok_or(EBADF)
    }
    fn read(&mut self, file: FileId, buf: &mut [u8]) -> Result<usize, FsError> {
        let (data, at) = self.opened(file)?;
        // in small pieces
        let n = buf.len().min(data.len().saturating_sub(*at)).min(300);
        buf[..n].copy_from_slice(&data[*at..*at + n]);
        *at += n;
        Ok(n)
    }
    fn write(&mut self, file: FileId, bytes: &[u8]) -> Result<usize, FsError> {
        let (data, at) = self.opened(file)?;
        data.resize(data.len().max(*at + bytes.len()), 0);
        data[*at..*at + bytes.len()].copy_from_slice(bytes);
        *at += bytes.len();
        Ok(bytes.len())
    }
    fn seek(&mut self, file: FileId, offset: i64, from: SeekFrom) -> Result<u64, FsError> {
        let (data, at) = self.opened(file)?;
        let base = match from {
            SeekFrom::Start => 0,
            SeekFrom::Current => *at as i64,
            SeekFrom::End => data.len() as i64,
        };
        *at = usize::try_from(base + offset).map_err(|_| EBADF)?;
        Ok(*at as u64)
    }
    fn stat(&mut self, path: &str) -> Result<Stat, FsError> {
        let data = self.files.get(path).ok_or(ENOENT)?;
        Ok(Stat { is_dir: false, size: data.len() as u64, modified: 0 })
    }
    fn list(&mut self, _: &str, entry: &mut dyn FnMut(&str, Stat)) -> Result<(), FsError> {
        self.files.keys().for_each(|name| entry(name, Stat::default()));
        Ok(())
    }
    fn remove(&mut self, path: &str) -> Result<(), FsError> {
        self.files.remove(path).map(drop).ok_or(ENOENT)
    }
    fn remove_dir(&mut self, _: &str) -> Result<(), FsError> {
        Err(ENOENT)
    }
    fn make_dir(&mut self, _: &str) -> Result<(), FsError> {
        Err(ENOENT)
    }
    fn rename(&mut self, _: &str, _: &str) -> Result<(), FsError> {
        Err(ENOENT)
    }
    fn change_dir(&mut self, _: &str) -> Result<(), FsError> {
        Err(ENOENT)
    }
    fn current_dir(&mut self, out: &mut dyn FnMut(&str)) -> Result<(), FsError> {
        out("/");
        Ok(())
    }
}
