//! Which blocks are in use.

use snakelet_vm::exception::errno;

use super::tree::Struct;
use super::{Failed, Flash, LittleFs, Map};
use crate::vfs::device::Fault;

impl LittleFs {
    /// Calls `each` with every block of metadata and files; the pair of a directory is met twice, in its place and where it
    /// is mentioned.
    pub(crate) fn each_block<D: Flash>(
        &mut self,
        disk: &mut D,
        mut each: impl FnMut(&mut D, u32) -> Result<(), Failed<D>>,
    ) -> Result<(), Failed<D>> {
        self.each_pair(disk, |fs, disk, dir| {
            for block in dir.pair {
                each(disk, block)?;
            }
            for entry in 0..dir.count {
                match fs.structure(disk, dir, entry)? {
                    Struct::Chain { head, size } => {
                        fs.each_in_chain(disk, head, size, |disk, block| {
                            each(disk, block)?;
                            Ok(true)
                        })?;
                    }
                    Struct::Directory(pair) => {
                        for block in pair {
                            each(disk, block)?;
                        }
                    }
                    _ => {}
                }
            }
            Ok(true)
        })
    }

    /// Finds out which blocks are in use.
    fn map<D: Flash>(&mut self, disk: &mut D) -> Result<(), Failed<D>> {
        self.is_mapped = false;
        disk.clear_notes(Map::Used)?;
        let blocks = self.blocks;
        for block in 0..blocks {
            disk.charge(1)?;
            // what is to come is in use as soon as it has come
            if disk.note(Map::Coming, block)? {
                disk.set_note(Map::Used, block, true)?;
            }
        }
        self.each_block(disk, |disk, block| {
            if block < blocks { disk.set_note(Map::Used, block, true) } else { Err(Fault::CORRUPT) }
        })?;
        self.is_mapped = true;
        Ok(())
    }

    /// Takes a free block, for something that is to become part of the file system.
    ///
    /// # Errors
    /// `ENOSPC`.
    pub(super) fn take<D: Flash>(&mut self, disk: &mut D) -> Result<u32, Failed<D>> {
        let mut is_new = !self.is_mapped;
        if is_new {
            self.map(disk)?;
        }
        loop {
            for _ in 0..self.blocks {
                disk.charge(1)?;
                let block = self.next.checked_rem(self.blocks).unwrap_or(0);
                self.next = block + 1;
                if !disk.note(Map::Used, block)? && !disk.note(Map::Coming, block)? {
                    disk.set_note(Map::Used, block, true)?;
                    disk.set_note(Map::Coming, block, true)?;
                    return Ok(block);
                }
            }
            if is_new {
                return Err(Fault::Errno(errno::ENOSPC));
            }
            // what was freed meanwhile was not noted
            self.map(disk)?;
            is_new = true;
        }
    }
}
