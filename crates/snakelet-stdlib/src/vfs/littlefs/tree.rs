//! What is done with paths.

use snakelet_vm::exception::errno;
use snakelet_vm::host::OpenMode;

use super::dir::{Match, pair_bytes};
use super::file::File;
use super::{
    Attribute, CREATE, CTZ, DELETE, DIR_STRUCT, DIRECTORY, Data, Dir, Failed, Flash, HARD_TAIL,
    INLINE, LittleFs, NAME_MAX, NO_ID, Pair, REGULAR, ROOT, SOFT_TAIL, TIME, id, kind, size, tag,
    xor,
};
use crate::vfs::bytes::le32;
use crate::vfs::device::Fault;
use crate::vfs::path::Path;

/// What an entry has.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Struct {
    Nothing,
    Directory(Pair),
    /// A file of so many bytes that lie here.
    Inline {
        size: u32,
    },
    /// A file with its last block.
    Chain {
        head: u32,
        size: u32,
    },
}

/// Where an entry is.
#[derive(Copy, Clone, Debug)]
pub(super) struct Place {
    /// The first pair of the directory, and the one with the entry.
    pub(super) head: Pair,
    pub(super) dir: Dir,
    pub(super) entry: u32,
}

/// What is known of a path.
pub(crate) struct Found {
    pub(crate) is_dir: bool,
    pub(crate) size: u32,
    /// Nanoseconds since 1970, or 0.
    pub(crate) time: u64,
}

/// Where a directory is listed.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Cursor {
    pair: Pair,
    entry: u32,
}

impl LittleFs {
    /// What an entry of a pair has.
    pub(super) fn structure<D: Flash>(
        &self,
        disk: &mut D,
        dir: &Dir,
        entry: u32,
    ) -> Result<Struct, Failed<D>> {
        let mut raw = [0; 8];
        let found = dir.get(self, disk, tag(0x700, 0, 0), tag(DIR_STRUCT, entry, 0), &mut raw)?;
        let pair = [le32(&raw, 0), le32(&raw, 4)];
        let [head, len] = pair;
        Ok(match found.map(|tag| (kind(tag), size(tag))) {
            Some((DIR_STRUCT, 8)) => Struct::Directory(pair),
            Some((INLINE, size)) => Struct::Inline { size },
            Some((CTZ, 8)) if len > 0 && len <= super::FILE_MAX => {
                Struct::Chain { head, size: len }
            }
            Some((CTZ, 8)) => Struct::Inline { size: 0 },
            None => Struct::Nothing,
            _ => return Err(Fault::CORRUPT),
        })
    }

    /// Looks for a name in a directory: where it is, or would be.
    pub(super) fn find_in<D: Flash>(
        &self,
        disk: &mut D,
        head: Pair,
        name: &str,
    ) -> Result<(Place, bool), Failed<D>> {
        let mut pair = head;
        for _ in 0..self.blocks {
            let (dir, found) = self.fetch_match(disk, pair, Some(name.as_bytes()))?;
            let (entry, is_there) = match found {
                Match::Found(entry, _) => (entry, true),
                Match::Before(entry) => (entry, false),
                Match::Behind if dir.is_split => {
                    pair = dir.tail;
                    continue;
                }
                Match::Behind => (dir.count, false),
            };
            return Ok((Place { head, dir, entry }, is_there));
        }
        Err(Fault::CORRUPT)
    }

    /// The first pair of the directory at a path.
    fn walk<D: Flash>(&self, disk: &mut D, path: &str) -> Result<Pair, Failed<D>> {
        let mut pair = ROOT;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let (place, is_there) = self.find_in(disk, pair, part)?;
            if !is_there {
                return Err(Fault::Errno(errno::ENOENT));
            }
            match self.structure(disk, &place.dir, place.entry)? {
                Struct::Directory(inner) => pair = inner,
                _ => return Err(Fault::Errno(errno::ENOTDIR)),
            }
        }
        Ok(pair)
    }

    /// Where a path is, or would be; `None` for the root.
    fn locate<'p, D: Flash>(
        &self,
        disk: &mut D,
        path: &'p Path,
    ) -> Result<Option<(Place, &'p str, bool)>, Failed<D>> {
        let Some((above, name)) = path.split() else { return Ok(None) };
        let head = self.walk(disk, above)?;
        let (place, is_there) = self.find_in(disk, head, name)?;
        Ok(Some((place, name, is_there)))
    }

    /// What is at a path.
    pub(crate) fn find<D: Flash>(&self, disk: &mut D, path: &Path) -> Result<Found, Failed<D>> {
        let Some((place, _, is_there)) = self.locate(disk, path)? else {
            return Ok(Found { is_dir: true, size: 0, time: 0 });
        };
        if !is_there {
            return Err(Fault::Errno(errno::ENOENT));
        }
        let mut raw = [0; 8];
        place.dir.get(self, disk, tag(0x7ff, 0, 0), tag(TIME, place.entry, 8), &mut raw)?;
        let (is_dir, size) = shown(self.structure(disk, &place.dir, place.entry)?);
        Ok(Found { is_dir, size, time: u64::from_le_bytes(raw) })
    }

    /// Where the directory at a path is listed from.
    pub(crate) fn list<D: Flash>(&self, disk: &mut D, path: &Path) -> Result<Cursor, Failed<D>> {
        Ok(Cursor { pair: self.walk(disk, path.text())?, entry: 0 })
    }

    /// The next entry of a directory; its name is written to `name`, and the length of it given.
    pub(crate) fn next_entry<D: Flash>(
        &self,
        disk: &mut D,
        cursor: &mut Cursor,
        name: &mut [u8],
    ) -> Result<Option<(usize, Found)>, Failed<D>> {
        for _ in 0..self.blocks {
            let dir = self.fetch(disk, cursor.pair)?;
            while cursor.entry < dir.count {
                let entry = cursor.entry;
                cursor.entry += 1;
                let found = dir.get(self, disk, tag(0x700, 0, 0), tag(0, entry, 0), name)?;
                if let Some(tag) = found.filter(|tag| matches!(kind(*tag), REGULAR | DIRECTORY)) {
                    let (is_dir, bytes) = shown(self.structure(disk, &dir, entry)?);
                    let len = (size(tag) as usize).min(name.len());
                    return Ok(Some((len, Found { is_dir, size: bytes, time: 0 })));
                }
            }
            if !dir.is_split {
                return Ok(None);
            }
            *cursor = Cursor { pair: dir.tail, entry: 0 };
        }
        Err(Fault::CORRUPT)
    }

    /// Opens a file, whose buffer is the one that is worked with.
    pub(crate) fn open<D: Flash>(
        &mut self,
        disk: &mut D,
        path: &Path,
        mode: OpenMode,
    ) -> Result<File, Failed<D>> {
        let Some((mut place, name, is_there)) = self.locate(disk, path)? else {
            return Err(Fault::Errno(errno::EISDIR));
        };
        check_name(name)?;
        if is_there && mode.exclusive {
            return Err(Fault::Errno(errno::EEXIST));
        }
        if !is_there {
            if !mode.create {
                return Err(Fault::Errno(errno::ENOENT));
            }
            self.finish_move(disk)?;
            (place, _) = self.find_in(disk, place.head, name)?;
            let attributes = [
                Attribute { tag: tag(CREATE, place.entry, 0), data: Data::Bytes(&[]) },
                named(REGULAR, place.entry, name),
                Attribute { tag: tag(INLINE, place.entry, 0), data: Data::Bytes(&[]) },
            ];
            self.commit(disk, &mut place.dir, &attributes, [0; 3])?;
            (place, _) = self.find_in(disk, place.head, name)?;
        }
        File::open(self, disk, &place, name, mode, !is_there)
    }

    /// The last pair of the directory that begins with one.
    fn last_of<D: Flash>(&self, disk: &mut D, head: Pair) -> Result<Dir, Failed<D>> {
        let mut dir = self.fetch(disk, head)?;
        for _ in 0..self.blocks {
            if !dir.is_split {
                return Ok(dir);
            }
            dir = self.fetch(disk, dir.tail)?;
        }
        Err(Fault::CORRUPT)
    }

    /// Makes a directory.
    pub(crate) fn make_dir<D: Flash>(
        &mut self,
        disk: &mut D,
        path: &Path,
    ) -> Result<(), Failed<D>> {
        self.finish_move(disk)?;
        let Some((mut place, name, is_there)) = self.locate(disk, path)? else {
            return Err(Fault::Errno(errno::EEXIST));
        };
        check_name(name)?;
        if is_there {
            return Err(Fault::Errno(errno::EEXIST));
        }
        let mut last = self.last_of(disk, place.head)?;
        let pair = self.take_pair(disk)?;
        let made = self.link_dir(disk, &mut place, &mut last, name, pair);
        self.release_pair(disk, pair)?;
        made
    }

    /// Writes an empty directory, and has the last pair of the one above and the entry mention it.
    fn link_dir<D: Flash>(
        &mut self,
        disk: &mut D,
        place: &mut Place,
        last: &mut Dir,
        name: &str,
        pair: Pair,
    ) -> Result<(), Failed<D>> {
        let revision = self.stale_revision(disk, pair)?;
        let mut new = Dir { pair, tail: last.tail, revision, ..Dir::EMPTY };
        self.write_block(disk, &mut new, &[], (0, 0), [0; 3])?;
        let raw = pair_bytes(pair);
        let tail = Attribute { tag: tag(SOFT_TAIL, NO_ID, 8), data: Data::Bytes(&raw) };
        let is_same = last.pair == place.dir.pair;
        if !is_same {
            // a directory that the list has and no other mentions takes room, and is no harm
            self.commit(disk, last, &[tail], [0; 3])?;
            (*place, _) = self.find_in(disk, place.head, name)?;
        }
        let entry = place.entry;
        let attributes = [
            Attribute { tag: tag(CREATE, entry, 0), data: Data::Bytes(&[]) },
            named(DIRECTORY, entry, name),
            Attribute { tag: tag(DIR_STRUCT, entry, 8), data: Data::Bytes(&raw) },
            tail,
        ];
        let most = if is_same { 4 } else { 3 };
        self.commit(disk, &mut place.dir, attributes.get(..most).unwrap_or_default(), [0; 3])
    }

    /// Removes a file, or a directory that is empty.
    pub(crate) fn remove<D: Flash>(
        &mut self,
        disk: &mut D,
        path: &Path,
        is_dir: bool,
    ) -> Result<(), Failed<D>> {
        self.finish_move(disk)?;
        let Some((mut place, _, is_there)) = self.locate(disk, path)? else {
            return Err(Fault::Errno(errno::EINVAL));
        };
        if !is_there {
            return Err(Fault::Errno(errno::ENOENT));
        }
        let inner = match self.structure(disk, &place.dir, place.entry)? {
            Struct::Directory(_) if !is_dir => return Err(Fault::Errno(errno::EISDIR)),
            Struct::Directory(pair) => Some(self.empty_dir(disk, pair)?),
            _ if is_dir => return Err(Fault::Errno(errno::ENOTDIR)),
            _ => None,
        };
        self.generation = self.generation.wrapping_add(1);
        let delete = Attribute { tag: tag(DELETE, place.entry, 0), data: Data::Bytes(&[]) };
        self.commit(disk, &mut place.dir, &[delete], [0; 3])?;
        self.drop_empty(disk, &place.dir)?;
        match inner {
            Some(inner) => self.unlist(disk, &inner),
            None => Ok(()),
        }
    }

    /// A directory that is about to go.
    fn empty_dir<D: Flash>(&self, disk: &mut D, pair: Pair) -> Result<Dir, Failed<D>> {
        let dir = self.fetch(disk, pair)?;
        let mut rest = dir;
        for _ in 0..self.blocks {
            if rest.count > 0 {
                return Err(Fault::Errno(errno::ENOTEMPTY));
            }
            if !rest.is_split {
                return Ok(dir);
            }
            rest = self.fetch(disk, rest.tail)?;
        }
        Err(Fault::CORRUPT)
    }

    /// Takes the pairs of a directory out of the list of all.
    fn unlist<D: Flash>(&mut self, disk: &mut D, dir: &Dir) -> Result<(), Failed<D>> {
        let mut last = *dir;
        let mut change = dir.state(self, disk)?;
        for _ in 0..self.blocks {
            if !last.is_split {
                break;
            }
            last = self.fetch(disk, last.tail)?;
            xor(&mut change, last.state(self, disk)?);
        }
        let Some(before) = self.before(disk, dir)? else { return Ok(()) };
        let sort = if before.is_split { HARD_TAIL } else { SOFT_TAIL };
        self.set_tail(disk, before, (sort, last.tail), change)
    }

    /// Gives a file or directory another path; a file or an empty directory that was there is removed.
    pub(crate) fn rename<D: Flash>(
        &mut self,
        disk: &mut D,
        from: &Path,
        to: &Path,
    ) -> Result<(), Failed<D>> {
        self.finish_move(disk)?;
        let inside = to.text().strip_prefix(from.text()).is_some_and(|rest| rest.starts_with('/'));
        let (Some((old, _, is_there)), Some((mut new, name, is_taken))) =
            (self.locate(disk, from)?, self.locate(disk, to)?)
        else {
            return Err(Fault::Errno(errno::EINVAL));
        };
        check_name(name)?;
        if !is_there {
            return Err(Fault::Errno(errno::ENOENT));
        }
        if inside {
            return Err(Fault::Errno(errno::EINVAL));
        }
        let is_same_pair = same_pair(old.dir.pair, new.dir.pair);
        if is_taken && is_same_pair && old.entry == new.entry {
            return Ok(());
        }
        let moved = self.structure(disk, &old.dir, old.entry)?;
        let is_dir = matches!(moved, Struct::Directory(_));
        let gone = if is_taken {
            match self.structure(disk, &new.dir, new.entry)? {
                Struct::Directory(_) if !is_dir => return Err(Fault::Errno(errno::EISDIR)),
                Struct::Directory(pair) => Some(self.empty_dir(disk, pair)?),
                _ if is_dir => return Err(Fault::Errno(errno::ENOTDIR)),
                _ => None,
            }
        } else {
            None
        };
        self.generation = self.generation.wrapping_add(1);
        let nothing = Attribute { tag: 0, data: Data::Bytes(&[]) };
        let mut attributes = [nothing; 16];
        let mut len = 0;
        let entry = new.entry;
        let log = super::dir::Log { dir: &old.dir, attributes: &[] };
        let mut list = List { attributes: &mut attributes, len: &mut len };
        if is_taken {
            list.add(Attribute { tag: tag(DELETE, entry, 0), data: Data::Bytes(&[]) });
        }
        list.add(Attribute { tag: tag(CREATE, entry, 0), data: Data::Bytes(&[]) });
        list.add(named(if is_dir { DIRECTORY } else { REGULAR }, entry, name));
        self.each_tag(disk, &log, old.entry, |_, old, data| {
            // the name is another one now
            if kind(old) >= 0x200
                && let Data::Block(block, at) = data
            {
                list.add(Attribute {
                    tag: tag(kind(old), entry, size(old)),
                    data: Data::Block(block, at),
                });
            }
            Ok(())
        })?;
        if is_same_pair {
            // one commit does both
            let shifted = old.entry + u32::from(!is_taken && entry <= old.entry);
            list.add(Attribute { tag: tag(DELETE, shifted, 0), data: Data::Bytes(&[]) });
            self.commit(disk, &mut new.dir, attributes.get(..len).unwrap_or_default(), [0; 3])?;
        } else {
            // whoever finds the first commit without the second one knows what is to be deleted
            let [a, b] = old.dir.pair;
            let change = [tag(DELETE, old.entry, 0), a, b];
            self.commit(disk, &mut new.dir, attributes.get(..len).unwrap_or_default(), change)?;
            self.finish_move(disk)?;
        }
        match gone {
            Some(gone) => self.unlist(disk, &gone),
            None => Ok(()),
        }
    }

    /// Deletes what was moved elsewhere, if that was not finished.
    pub(crate) fn finish_move<D: Flash>(&mut self, disk: &mut D) -> Result<(), Failed<D>> {
        let [moved, a, b] = self.state;
        if kind(moved & !super::INVALID) != DELETE {
            return Ok(());
        }
        let mut dir = self.fetch(disk, [a, b])?;
        let delete = Attribute { tag: tag(DELETE, id(moved), 0), data: Data::Bytes(&[]) };
        // the number of directories that nothing mentions is in the low bits, and stays
        let change = [moved & 0x7fff_fc00, a, b];
        let most = usize::from(id(moved) < dir.count);
        self.commit(disk, &mut dir, [delete].get(..most).unwrap_or_default(), change)?;
        self.drop_empty(disk, &dir)
    }

    /// Takes a pair out of its directory if it has no entry left and is not the first one: the C library knows of no such pairs.
    fn drop_empty<D: Flash>(&mut self, disk: &mut D, dir: &Dir) -> Result<(), Failed<D>> {
        if dir.count > 0 {
            return Ok(());
        }
        match self.before(disk, dir)? {
            Some(before) if before.is_split => {
                let change = dir.state(self, disk)?;
                let sort = if dir.is_split { HARD_TAIL } else { SOFT_TAIL };
                self.set_tail(disk, before, (sort, dir.tail), change)
            }
            _ => Ok(()),
        }
    }

    /// The pair whose tail is another one.
    fn before<D: Flash>(&mut self, disk: &mut D, dir: &Dir) -> Result<Option<Dir>, Failed<D>> {
        let mut before = None;
        let wanted = dir.pair;
        self.each_pair(disk, |_, _, other| {
            if same_pair(other.tail, wanted) {
                before = Some(*other);
            }
            Ok(before.is_none())
        })?;
        Ok(before)
    }

    /// Gives a pair another tail, and what the pairs between have said of the state of all.
    fn set_tail<D: Flash>(
        &mut self,
        disk: &mut D,
        mut before: Dir,
        (sort, tail): (u32, Pair),
        change: [u32; 3],
    ) -> Result<(), Failed<D>> {
        let raw = pair_bytes(tail);
        let tail = Attribute { tag: tag(sort, NO_ID, 8), data: Data::Bytes(&raw) };
        let state = self.state;
        self.commit(disk, &mut before, &[tail], change)?;
        // it is said elsewhere now, and the sum is the same
        self.state = state;
        Ok(())
    }
}

/// Attributes of a limited number.
struct List<'l, 'd> {
    attributes: &'l mut [Attribute<'d>; 16],
    len: &'l mut usize,
}

impl<'d> List<'_, 'd> {
    fn add(&mut self, attribute: Attribute<'d>) {
        if let Some(place) = self.attributes.get_mut(*self.len) {
            *place = attribute;
            *self.len += 1;
        }
    }
}

/// Whether these are the same two blocks.
fn same_pair([a, b]: Pair, [c, d]: Pair) -> bool {
    (a, b) == (c, d) || (a, b) == (d, c)
}

fn named(sort: u32, entry: u32, name: &str) -> Attribute<'_> {
    Attribute { tag: tag(sort, entry, name.len() as u32), data: Data::Bytes(name.as_bytes()) }
}

fn check_name<E>(name: &str) -> Result<(), Fault<E>> {
    if name.len() <= NAME_MAX as usize { Ok(()) } else { Err(Fault::Errno(errno::EINVAL)) }
}

/// Whether something is shown as a directory, and its size.
fn shown(structure: Struct) -> (bool, u32) {
    match structure {
        Struct::Directory(_) => (true, 0),
        Struct::Inline { size } | Struct::Chain { size, .. } => (false, size),
        Struct::Nothing => (false, 0),
    }
}
