//! What is done with paths.

use snakelet_vm::exception::errno;
use snakelet_vm::host::OpenMode;

use super::dir::{ARCHIVE, DIRECTORY, Entry};
use super::file::File;
use super::name::Name;
use super::{Disk, ENTRY, Failed, Volume, Width};
use crate::vfs::bytes::put;
use crate::vfs::device::Fault;
use crate::vfs::path::Path;

impl Volume {
    /// The directory whose entry this is.
    fn dir_of<E>(&self, entry: &Entry) -> Result<u32, Fault<E>> {
        if !entry.is_dir() {
            return Err(Fault::Errno(errno::ENOENT));
        }
        if self.has(entry.cluster) { Ok(entry.cluster) } else { Err(Fault::CORRUPT) }
    }

    /// The directory at a path. It must not lie in the one of `moved`.
    fn walk<D: Disk>(
        &self,
        disk: &mut D,
        path: &str,
        moved: Option<u32>,
    ) -> Result<u32, Failed<D>> {
        let mut dir = self.root_dir();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let name = Name::new(part).map_err(Fault::Errno)?;
            match self.find_in(disk, dir, &name)? {
                Some(entry) => dir = self.dir_of(&entry)?,
                None => return Err(Fault::Errno(errno::ENOENT)),
            }
            if moved == Some(dir) {
                return Err(Fault::Errno(errno::EINVAL));
            }
        }
        Ok(dir)
    }

    /// The directory at a path.
    pub(crate) fn find_dir<D: Disk>(&self, disk: &mut D, path: &Path) -> Result<u32, Failed<D>> {
        self.walk(disk, path.text(), None)
    }

    /// What is at a path: `None` for the root.
    pub(crate) fn find<D: Disk>(
        &self,
        disk: &mut D,
        path: &Path,
    ) -> Result<Option<Entry>, Failed<D>> {
        let Some((dir, name)) = path.split() else { return Ok(None) };
        let dir = self.walk(disk, dir, None)?;
        let name = Name::new(name).map_err(Fault::Errno)?;
        match self.find_in(disk, dir, &name)? {
            Some(entry) => Ok(Some(entry)),
            None => Err(Fault::Errno(errno::ENOENT)),
        }
    }

    /// Opens a file.
    pub(crate) fn open<D: Disk>(
        &mut self,
        disk: &mut D,
        path: &Path,
        mode: OpenMode,
    ) -> Result<File, Failed<D>> {
        let Some((dir, name)) = path.split() else { return Err(Fault::Errno(errno::EISDIR)) };
        let dir = self.walk(disk, dir, None)?;
        let name = Name::new(name).map_err(Fault::Errno)?;
        let entry = match self.find_in(disk, dir, &name)? {
            Some(entry) if entry.is_dir() => return Err(Fault::Errno(errno::EISDIR)),
            Some(_) if mode.exclusive => return Err(Fault::Errno(errno::EEXIST)),
            Some(mut entry) if mode.truncate => {
                let first = entry.cluster;
                (entry.cluster, entry.size, entry.time) = (0, 0, disk.now());
                entry.attributes |= ARCHIVE;
                let (sector, at) = entry.place;
                disk.write(sector, at, &entry.raw())?;
                if first != 0 {
                    self.free_chain(disk, first)?;
                }
                self.sync(disk)?;
                entry
            }
            Some(entry) => entry,
            None if mode.create => {
                let time = disk.now();
                let entry = self.add_entry(disk, dir, &name, (ARCHIVE, 0, 0, time))?;
                self.sync(disk)?;
                entry
            }
            None => return Err(Fault::Errno(errno::ENOENT)),
        };
        Ok(File::new(self, &entry, mode))
    }

    /// Makes a directory.
    pub(crate) fn make_dir<D: Disk>(&mut self, disk: &mut D, path: &Path) -> Result<(), Failed<D>> {
        let Some((dir, name)) = path.split() else { return Err(Fault::Errno(errno::EEXIST)) };
        let dir = self.walk(disk, dir, None)?;
        let name = Name::new(name).map_err(Fault::Errno)?;
        if self.find_in(disk, dir, &name)?.is_some() {
            return Err(Fault::Errno(errno::EEXIST));
        }
        let cluster = self.append(disk, None)?;
        let made = self.fill_dir(disk, dir, cluster).and_then(|time| {
            self.add_entry(disk, dir, &name, (DIRECTORY, cluster, 0, time)).map(drop)
        });
        if let Err(error) = made {
            // as far as that works, the cluster is given back
            let _ = self.free_chain(disk, cluster);
            return Err(error);
        }
        self.sync(disk)
    }

    /// Writes the first entries of a new directory.
    fn fill_dir<D: Disk>(&self, disk: &mut D, above: u32, cluster: u32) -> Result<u32, Failed<D>> {
        let time = disk.now();
        self.clear_cluster(disk, cluster)?;
        let sector = self.sector_of(cluster)?;
        let mut dots = Entry::dots(cluster, time);
        disk.write(sector, 0, &dots.raw())?;
        put(&mut dots.short.bytes, 0, b"..");
        dots.cluster = self.above(above);
        disk.write(sector, ENTRY, &dots.raw())?;
        Ok(time)
    }

    /// What a directory notes as the cluster of the one above.
    fn above(&self, dir: u32) -> u32 {
        if dir == self.root_dir() { 0 } else { dir }
    }

    /// Removes a file, or a directory that is empty.
    pub(crate) fn remove<D: Disk>(
        &mut self,
        disk: &mut D,
        path: &Path,
        is_dir: bool,
    ) -> Result<(), Failed<D>> {
        let Some(entry) = self.find(disk, path)? else { return Err(Fault::Errno(errno::EACCES)) };
        match (entry.is_dir(), is_dir) {
            (true, false) => return Err(Fault::Errno(errno::EISDIR)),
            (false, true) => return Err(Fault::Errno(errno::ENOTDIR)),
            (true, true) => {
                let dir = self.dir_of(&entry)?;
                if !self.is_empty_dir(disk, dir)? {
                    return Err(Fault::Errno(errno::EACCES));
                }
            }
            _ => {}
        }
        self.delete(disk, &entry)?;
        self.sync(disk)
    }

    /// Deletes an entry, and frees what it has.
    fn delete<D: Disk>(&mut self, disk: &mut D, entry: &Entry) -> Result<(), Failed<D>> {
        self.delete_entry(disk, entry)?;
        if entry.cluster != 0 {
            self.free_chain(disk, entry.cluster)?;
        }
        Ok(())
    }

    /// Gives a file or directory another path; a file that was there is removed.
    pub(crate) fn rename<D: Disk>(
        &mut self,
        disk: &mut D,
        from: &Path,
        to: &Path,
    ) -> Result<(), Failed<D>> {
        let Some(old) = self.find(disk, from)? else { return Err(Fault::Errno(errno::EACCES)) };
        let Some((dir, name)) = to.split() else { return Err(Fault::Errno(errno::EEXIST)) };
        let moved = if old.is_dir() { Some(self.dir_of(&old)?) } else { None };
        let dir = self.walk(disk, dir, moved)?;
        let name = Name::new(name).map_err(Fault::Errno)?;
        if let Some(there) = self.find_in(disk, dir, &name)?
            && there.place != old.place
        {
            if there.is_dir() || old.is_dir() {
                return Err(Fault::Errno(errno::EEXIST));
            }
            self.delete(disk, &there)?;
        }
        self.add_entry(disk, dir, &name, (old.attributes, old.cluster, old.size, old.time))?;
        self.delete_entry(disk, &old)?;
        if let Some(moved) = moved {
            let above = self.above(dir);
            let sector = self.sector_of(moved)?;
            let mut mark = [0; 2];
            disk.read(sector, ENTRY, &mut mark)?;
            if mark == *b".." {
                let high = if self.width == Width::Fat32 { above >> 16 } else { 0 };
                disk.write(sector, ENTRY + 20, &(high as u16).to_le_bytes())?;
                disk.write(sector, ENTRY + 26, &(above as u16).to_le_bytes())?;
            }
        }
        self.sync(disk)
    }
}
