//! Open files.
//!
//! A file of few bytes lies in the log of its directory, and in the buffer of its handle while it is open. Another one is a chain of blocks.
//! Blocks of a chain are never written again: what is written goes to a new block, which begins with what the old one had before that
//! place, and what is behind it follows when the file is flushed. The directory learns of the new chain when the file is
//! synchronised; until then the old file is there.

use snakelet_vm::exception::errno;
use snakelet_vm::host::{OpenMode, SeekFrom};

use super::tree::{Place, Struct};
use super::{
    Attribute, CTZ, Data, FILE_MAX, Failed, Flash, INLINE, LittleFs, Map, NO_BLOCK, Pair, TIME,
    size, tag,
};
use crate::vfs::bytes::put;
use crate::vfs::device::Fault;

/// The file is too long.
const EFBIG: i32 = 27;

/// An open file. Its buffer has as many bytes as the file system gathers, and the name behind them.
#[derive(Copy, Clone, Debug)]
pub(crate) struct File {
    /// The first pair of its directory, and the length of its name.
    directory: Pair,
    name_len: u8,
    is_inline: bool,
    reads: bool,
    writes: bool,
    appends: bool,
    /// Whether the directory does not know all.
    changed: bool,
    /// Whether something could not be written: the directory keeps what it has then, and the file is of no use any more.
    failed: bool,
    /// The last block of the chain, and its size.
    chain: (u32, u32),
    /// Bytes of the file, and where it is read and written next.
    size: u32,
    at: u32,
    /// The block that is written, as long as one is: where it goes on, and from where on bytes are in the buffer.
    writing: Option<Writing>,
    /// A block of the chain, and its number.
    found: Option<(u32, u32)>,
    /// What the directory says of it, and the file system's generation when it said so.
    noted: Struct,
    generation: u32,
}

#[derive(Copy, Clone, Debug)]
struct Writing {
    block: u32,
    /// The block before it, which is new as well, if there is one, and where in the file it ends.
    before: Option<(u32, u32)>,
    at: u32,
    start: u32,
}

impl File {
    /// Opens the file of an entry.
    pub(super) fn open<D: Flash>(
        fs: &LittleFs,
        disk: &mut D,
        place: &Place,
        name: &str,
        mode: OpenMode,
        is_new: bool,
    ) -> Result<Self, Failed<D>> {
        let noted = fs.structure(disk, &place.dir, place.entry)?;
        let (is_inline, chain, len) = match noted {
            Struct::Directory(_) => return Err(Fault::Errno(errno::EISDIR)),
            Struct::Nothing => (true, (NO_BLOCK, 0), 0),
            Struct::Inline { size } => (true, (NO_BLOCK, 0), size),
            Struct::Chain { head, size } => (false, (head, size), size),
        };
        let mut file = Self {
            directory: place.head,
            name_len: name.len() as u8,
            is_inline,
            reads: mode.read,
            writes: mode.write,
            appends: mode.append,
            changed: is_new,
            failed: false,
            chain,
            size: len,
            at: 0,
            writing: None,
            found: None,
            noted,
            generation: fs.generation,
        };
        disk.keep(fs.cache_size, name.as_bytes())?;
        if mode.truncate && !is_new {
            (file.is_inline, file.size, file.chain) = (true, 0, (NO_BLOCK, 0));
            file.changed = true;
        } else if is_inline && len > 0 {
            file.load(fs, disk, place, len)?;
        }
        Ok(file)
    }

    /// Reads a file that lies in its directory into the buffer.
    fn load<D: Flash>(
        &mut self,
        fs: &LittleFs,
        disk: &mut D,
        place: &Place,
        len: u32,
    ) -> Result<(), Failed<D>> {
        let log = super::dir::Log { dir: &place.dir, attributes: &[] };
        let found = log.find(disk, place.entry, 0x7ff, INLINE)?;
        let Some((found, Data::Block(block, start))) = found else { return Err(Fault::CORRUPT) };
        if len > fs.cache_size || size(found) != len {
            // of a file system that was made for larger buffers
            return Err(Fault::Errno(errno::EINVAL));
        }
        let mut done = 0;
        while done < len {
            let mut piece = [0; 32];
            let piece = piece.get_mut(..((len - done) as usize).min(32)).unwrap_or_default();
            disk.read(block, start + done, piece)?;
            disk.keep(done, piece)?;
            done += piece.len() as u32;
        }
        Ok(())
    }

    /// Reads; 0 at the end.
    pub(crate) fn read<D: Flash>(
        &mut self,
        fs: &mut LittleFs,
        disk: &mut D,
        out: &mut [u8],
    ) -> Result<usize, Failed<D>> {
        if !self.reads {
            return Err(Fault::Errno(errno::EBADF));
        }
        self.check()?;
        if self.writing.is_some() {
            self.sync(fs, disk)?;
        }
        let wanted = out.len().min(self.size.saturating_sub(self.at) as usize);
        let mut done = 0;
        while done < wanted {
            let room = out.get_mut(done..wanted).unwrap_or_default();
            let n = self.read_at(fs, disk, self.at, room)?;
            (done, self.at) = (done + n, self.at + n as u32);
        }
        Ok(done)
    }

    /// Reads of the chain, or of the buffer, up to the end of a block.
    fn read_at<D: Flash>(
        &mut self,
        fs: &LittleFs,
        disk: &mut D,
        at: u32,
        room: &mut [u8],
    ) -> Result<usize, Failed<D>> {
        if self.is_inline {
            disk.kept(at, room)?;
            return Ok(room.len());
        }
        let (index, inside) = fs.chain_index(at);
        let block = match self.found {
            Some((block, known)) if known == index => block,
            _ => {
                let (block, _) = fs.chain_find(disk, self.chain, at)?;
                self.found = Some((block, index));
                block
            }
        };
        let Some(left) = fs.block_size.checked_sub(inside).filter(|left| *left > 0) else {
            return Err(Fault::CORRUPT);
        };
        let n = room.len().min(left as usize);
        disk.read(block, inside, room.get_mut(..n).unwrap_or_default())?;
        Ok(n)
    }

    /// Writes all bytes.
    pub(crate) fn write<D: Flash>(
        &mut self,
        fs: &mut LittleFs,
        disk: &mut D,
        data: &[u8],
    ) -> Result<usize, Failed<D>> {
        if !self.writes {
            return Err(Fault::Errno(errno::EBADF));
        }
        self.check()?;
        let written = self.write_all(fs, disk, data);
        if written.is_err() {
            self.give_up(fs, disk);
        }
        written.map(|()| data.len())
    }

    /// Raises if something could not be written.
    fn check<E>(&self) -> Result<(), Fault<E>> {
        if self.failed { Err(Fault::Errno(errno::EIO)) } else { Ok(()) }
    }

    /// Gives blocks back that were written and will not be part of the file. What fails then is left to the next time that the
    /// file system is mounted.
    fn give_up<D: Flash>(&mut self, fs: &LittleFs, disk: &mut D) {
        self.failed = true;
        let Some(writing) = self.writing.take() else { return };
        let _ = disk.set_note(Map::Coming, writing.block, false);
        if let Some((block, size)) = writing.before {
            let _ = fs.each_in_chain(disk, block, size, |disk, block| {
                let is_new = disk.note(Map::Coming, block)?;
                disk.set_note(Map::Coming, block, false)?;
                Ok(is_new)
            });
        }
    }

    fn write_all<D: Flash>(
        &mut self,
        fs: &mut LittleFs,
        disk: &mut D,
        data: &[u8],
    ) -> Result<(), Failed<D>> {
        if self.appends && self.at < self.size {
            self.at = self.size;
        }
        if self.at > self.size && !data.is_empty() {
            let to = self.at;
            self.at = self.size;
            while self.at < to {
                let zeros = [0; 32];
                let n = zeros.len().min((to - self.at) as usize);
                disk.charge(1)?;
                self.put(fs, disk, zeros.get(..n).unwrap_or_default())?;
            }
        }
        self.put(fs, disk, data)
    }

    fn put<D: Flash>(
        &mut self,
        fs: &mut LittleFs,
        disk: &mut D,
        data: &[u8],
    ) -> Result<(), Failed<D>> {
        let end = u32::try_from(data.len()).ok().and_then(|len| self.at.checked_add(len));
        let Some(end) = end.filter(|end| *end <= FILE_MAX) else {
            return Err(Fault::Errno(EFBIG));
        };
        if data.is_empty() {
            return Ok(());
        }
        self.changed = true;
        if self.is_inline && end.max(self.size) <= fs.inline_max() {
            disk.keep(self.at, data)?;
            self.at = end;
            self.size = self.size.max(end);
            return Ok(());
        }
        if self.writing.is_none() {
            self.begin(fs, disk)?;
        }
        self.stream(fs, disk, data)?;
        self.size = self.size.max(self.at);
        Ok(())
    }

    /// Begins to write at the position.
    fn begin<D: Flash>(&mut self, fs: &mut LittleFs, disk: &mut D) -> Result<(), Failed<D>> {
        self.found = None;
        if self.is_inline || self.at == 0 {
            let block = fs.take(disk)?;
            disk.erase(block)?;
            // bytes before the position are in the buffer already, and those behind it will be written now
            let at = if self.is_inline { self.at } else { 0 };
            self.writing = Some(Writing { block, before: None, at, start: 0 });
            if self.is_inline {
                (self.is_inline, self.size, self.chain) = (false, self.at, (NO_BLOCK, 0));
            }
            return Ok(());
        }
        let (block, _) = fs.chain_find(disk, self.chain, self.at - 1)?;
        self.extend(fs, disk, block, None)
    }

    /// Goes on in a new block behind the one with the byte before the position, which may be new as well.
    fn extend<D: Flash>(
        &mut self,
        fs: &mut LittleFs,
        disk: &mut D,
        last: u32,
        before: Option<(u32, u32)>,
    ) -> Result<(), Failed<D>> {
        let (index, inside) = fs.chain_index(self.at - 1);
        let used = inside + 1;
        let block = fs.take(disk)?;
        disk.erase(block)?;
        self.writing = Some(Writing { block, before, at: 0, start: 0 });
        let position = self.at;
        if used < fs.block_size {
            // the block is not full: what is in it comes along
            let mut done = 0;
            while done < used {
                let mut piece = [0; 32];
                let piece = piece.get_mut(..((used - done) as usize).min(32)).unwrap_or_default();
                disk.read(last, done, piece)?;
                self.gather(fs, disk, piece)?;
                done += piece.len() as u32;
            }
        } else {
            let index = index + 1;
            let pointers = index.trailing_zeros() + 1;
            let mut pointer = last;
            for i in 0..pointers {
                self.gather(fs, disk, &pointer.to_le_bytes())?;
                if i + 1 < pointers {
                    pointer = fs.pointer(disk, pointer, i)?;
                }
            }
        }
        self.at = position;
        Ok(())
    }

    /// Adds bytes to the block that is written, for which there is room.
    fn gather<D: Flash>(
        &mut self,
        fs: &LittleFs,
        disk: &mut D,
        data: &[u8],
    ) -> Result<(), Failed<D>> {
        let mut rest = data;
        while !rest.is_empty() {
            let Some(mut writing) = self.writing else { return Err(Fault::CORRUPT) };
            let gathered = writing.at - writing.start;
            let n = rest.len().min((fs.cache_size - gathered) as usize);
            disk.keep(gathered, rest.get(..n).unwrap_or_default())?;
            rest = rest.get(n..).unwrap_or_default();
            writing.at += n as u32;
            self.writing = Some(writing);
            if writing.at - writing.start == fs.cache_size {
                self.program(disk)?;
            }
        }
        Ok(())
    }

    /// Programs what is in the buffer.
    fn program<D: Flash>(&mut self, disk: &mut D) -> Result<(), Failed<D>> {
        let Some(writing) = self.writing else { return Ok(()) };
        let mut done = writing.start;
        while done < writing.at {
            let mut piece = [0; 32];
            let piece = piece.get_mut(..((writing.at - done) as usize).min(32)).unwrap_or_default();
            disk.kept(done - writing.start, piece)?;
            disk.program(writing.block, done, piece)?;
            done += piece.len() as u32;
        }
        disk.flush()?;
        self.writing = Some(Writing { start: writing.at, ..writing });
        Ok(())
    }

    /// Writes bytes at the position, in as many blocks as that takes.
    fn stream<D: Flash>(
        &mut self,
        fs: &mut LittleFs,
        disk: &mut D,
        data: &[u8],
    ) -> Result<(), Failed<D>> {
        let mut rest = data;
        while !rest.is_empty() {
            let Some(writing) = self.writing else { return Err(Fault::CORRUPT) };
            if writing.at == fs.block_size {
                self.program(disk)?;
                let before = Some((writing.block, self.at));
                self.extend(fs, disk, writing.block, before)?;
                continue;
            }
            let n = rest.len().min((fs.block_size - writing.at) as usize);
            self.gather(fs, disk, rest.get(..n).unwrap_or_default())?;
            self.at += n as u32;
            rest = rest.get(n..).unwrap_or_default();
        }
        Ok(())
    }

    /// Ends what is written: what was behind it follows.
    fn flush<D: Flash>(&mut self, fs: &mut LittleFs, disk: &mut D) -> Result<(), Failed<D>> {
        if self.writing.is_none() {
            return Ok(());
        }
        let position = self.at;
        while self.at < self.chain.1.min(self.size) {
            let mut piece = [0; 32];
            let left = (self.chain.1.min(self.size) - self.at) as usize;
            let room = piece.get_mut(..left.min(32)).unwrap_or_default();
            let n = self.read_at(fs, disk, self.at, room)?;
            self.stream(fs, disk, piece.get(..n).unwrap_or_default())?;
        }
        self.program(disk)?;
        if let Some(writing) = self.writing {
            self.chain = (writing.block, self.at);
        }
        self.size = self.at;
        (self.writing, self.found, self.at) = (None, None, position);
        Ok(())
    }

    /// Moves the position.
    pub(crate) fn seek<D: Flash>(
        &mut self,
        fs: &mut LittleFs,
        disk: &mut D,
        offset: i64,
        from: SeekFrom,
    ) -> Result<u64, Failed<D>> {
        let base = match from {
            SeekFrom::Start => 0,
            SeekFrom::Current => i64::from(self.at),
            SeekFrom::End => i64::from(self.size),
        };
        let to = base.checked_add(offset).and_then(|to| u32::try_from(to).ok());
        let Some(to) = to.filter(|to| *to <= FILE_MAX) else {
            return Err(Fault::Errno(errno::EINVAL));
        };
        if to != self.at && self.writing.is_some() {
            self.sync(fs, disk)?;
        }
        self.at = to;
        Ok(to.into())
    }

    /// Has the directory know what was written.
    pub(crate) fn sync<D: Flash>(
        &mut self,
        fs: &mut LittleFs,
        disk: &mut D,
    ) -> Result<(), Failed<D>> {
        // what could not be written was said then
        if !self.changed || self.failed {
            return Ok(());
        }
        let done = self.commit(fs, disk);
        if done.is_err() {
            self.give_up(fs, disk);
        }
        done
    }

    fn commit<D: Flash>(&mut self, fs: &mut LittleFs, disk: &mut D) -> Result<(), Failed<D>> {
        self.flush(fs, disk)?;
        let mut raw = [0; 255];
        let name = raw.get_mut(..self.name_len.into()).unwrap_or_default();
        disk.kept(fs.cache_size, name)?;
        let name = core::str::from_utf8(name).map_err(|_| Fault::CORRUPT)?;
        fs.finish_move(disk)?;
        let (mut place, is_there) = fs.find_in(disk, self.directory, name)?;
        if !is_there {
            return Err(Fault::Errno(errno::ENOENT));
        }
        if self.generation != fs.generation
            && fs.structure(disk, &place.dir, place.entry)? != self.noted
        {
            // another file has the name now
            return Err(Fault::Errno(errno::EIO));
        }
        let mut chain = [0; 8];
        let noted;
        let structure = if self.is_inline {
            let tag = tag(INLINE, place.entry, self.size);
            noted = Struct::Inline { size: self.size };
            Attribute { tag, data: Data::Kept }
        } else {
            let (head, size) = self.chain;
            put(&mut chain, 0, &head.to_le_bytes());
            put(&mut chain, 4, &size.to_le_bytes());
            noted = Struct::Chain { head, size };
            Attribute { tag: tag(CTZ, place.entry, 8), data: Data::Bytes(&chain) }
        };
        let time = disk.now().to_le_bytes();
        let attributes =
            [structure, Attribute { tag: tag(TIME, place.entry, 8), data: Data::Bytes(&time) }];
        let most = if fs.keeps_time { 2 } else { 1 };
        fs.commit(disk, &mut place.dir, attributes.get(..most).unwrap_or_default(), [0; 3])?;
        (self.changed, self.noted) = (false, noted);
        self.generation = fs.generation;
        if !self.is_inline {
            let (head, size) = self.chain;
            fs.each_in_chain(disk, head, size, |disk, block| {
                let is_new = disk.note(Map::Coming, block)?;
                disk.set_note(Map::Coming, block, false)?;
                Ok(is_new)
            })?;
        }
        Ok(())
    }
}
