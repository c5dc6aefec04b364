//! Interned strings: the static table and the numbering that .mpy files use.
//!
//! A [`Qstr`] is the number of an interned string, so that names compare as integers. Numbers
//! run in three ranges:
//!
//! | ids | strings | where the text is |
//! |---|---|---|
//! | 0 | [`Qstr::NULL`], no string | - |
//! | 1 ..= [`MPY_FIXED_LAST`] | the fixed list, numbered alike in every `.mpy` file of version 6 | flash |
//! | .. [`static_count`] | the names that the language and its modules use | flash |
//! | from [`static_count`] on | what a script adds while it runs | the interpreter's own pool |
//!
//! This crate holds the first three, made at build time from `fixed.txt`, `names.txt` and `library.txt`. The
//! dynamic pool needs a heap and lies with the interpreter; it asks [`lookup`] first, so that no
//! string ever has two numbers. The fixed list's order is that of `static_qstr_list` in
//! MicroPython's `py/makeqstrdata.py`.
#![no_std]

mod hash;
mod table {
    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

pub use hash::{LONGEST_HASHED, hash_bytes};

/// Bytes of the longest name that a script may make.
pub const LONGEST_NAME: usize = 255;

/// The number of an interned string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Qstr(u32);

impl Qstr {
    /// No string at all.
    pub const NULL: Qstr = Qstr(0);
    /// The empty string.
    pub const EMPTY: Qstr = Qstr(1);

    /// Returns the number.
    pub const fn id(self) -> u32 {
        self.0
    }

    /// Makes the qstr of a number, which need not belong to any string yet.
    pub const fn from_id(id: u32) -> Qstr {
        Qstr(id)
    }

    /// Finds a name in the static table.
    pub const fn find(name: &str) -> Option<Qstr> {
        find(name.as_bytes())
    }

    /// Whether the text lies in the static table.
    pub const fn is_static(self) -> bool {
        0 < self.0 && self.0 < static_count()
    }
}

/// The last number of the fixed list: a `.mpy` file may name strings 1 to this one by number.
pub const MPY_FIXED_LAST: u32 = table::FIXED as u32;

/// Returns how many numbers the static table takes, the null one included: the first dynamic
/// qstr's number.
pub const fn static_count() -> u32 {
    table::HASHES.len() as u32
}

/// Returns the text of a static qstr, or `None` for the null qstr and dynamic ones.
pub fn static_str(qstr: Qstr) -> Option<&'static str> {
    if !qstr.is_static() {
        return None;
    }
    let (start, end) = place_of(qstr.0 as usize)?;
    table::TEXT.get(start..end)
}

/// Returns the text of a static qstr as UTF-8, or `None` for the null qstr and dynamic ones.
#[inline]
pub fn static_bytes(qstr: Qstr) -> Option<&'static [u8]> {
    if !qstr.is_static() {
        return None;
    }
    let (start, end) = place_of(qstr.0 as usize)?;
    table::TEXT.as_bytes().get(start..end)
}

/// Returns the hash of a static qstr's text, or `None` for the null qstr and dynamic ones.
pub const fn static_hash(qstr: Qstr) -> Option<u32> {
    if qstr.is_static() { Some(table::HASHES[qstr.0 as usize]) } else { None }
}

/// Looks a string up in the static table; `hash` is its [`hash_bytes`].
///
/// Takes constant time on average: a bucket of two or three names in each of two tables.
pub fn lookup(text: &[u8], hash: u32) -> Option<Qstr> {
    let (start, end) = fixed_bucket(hash);
    let fixed = table::FIXED_IDS.get(start..end).unwrap_or_default();
    let (start, end) = bucket(hash);
    fixed.iter().map(|id| u32::from(*id)).chain(start..end).map(Qstr).find(|qstr| {
        table::HASHES.get(qstr.0 as usize) == Some(&hash) && static_bytes(*qstr) == Some(text)
    })
}

/// Where the names of the fixed list with such a hash are listed.
const fn fixed_bucket(hash: u32) -> (usize, usize) {
    let bucket = hash as usize % table::FIXED_BUCKETS;
    (table::FIXED_STARTS[bucket] as usize, table::FIXED_STARTS[bucket + 1] as usize)
}

/// The numbers of the other names with such a hash.
const fn bucket(hash: u32) -> (u32, u32) {
    let bucket = hash as usize % table::BUCKETS;
    (table::BUCKET_STARTS[bucket] as u32, table::BUCKET_STARTS[bucket + 1] as u32)
}

/// The same while a program is compiled.
const fn find(text: &[u8]) -> Option<Qstr> {
    let hash = hash_bytes(text);
    let (mut at, end) = fixed_bucket(hash);
    while at < end {
        let id = table::FIXED_IDS[at] as u32;
        if text_is(id as usize, text) {
            return Some(Qstr(id));
        }
        at += 1;
    }
    let (mut id, end) = bucket(hash);
    while id < end {
        if text_is(id as usize, text) {
            return Some(Qstr(id));
        }
        id += 1;
    }
    None
}

/// Where the text of a name of the table begins and ends.
fn place_of(id: usize) -> Option<(usize, usize)> {
    let first = id - id % table::RUN;
    let before = table::LENGTHS.get(first..id)?.iter();
    let start = before
        .fold(usize::from(*table::STARTS.get(id / table::RUN)?), |at, len| at + usize::from(*len));
    Some((start, start + usize::from(*table::LENGTHS.get(id)?)))
}

const fn text_is(id: usize, text: &[u8]) -> bool {
    if table::LENGTHS[id] as usize != text.len() {
        return false;
    }
    let mut at = id - id % table::RUN;
    let mut start = table::STARTS[at / table::RUN] as usize;
    while at < id {
        start += table::LENGTHS[at] as usize;
        at += 1;
    }
    let known = table::TEXT.as_bytes();
    let mut at = 0;
    while at < text.len() {
        if known[start + at] != text[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Gives the static [`Qstr`] of a string literal as a constant; a name that is not in
/// `names.txt` does not compile.
///
/// ```
/// use snakelet_qstr::{qstr, static_str, Qstr};
/// const APPEND: Qstr = qstr!("append");
/// assert_eq!(static_str(APPEND), Some("append"));
/// ```
///
/// ```compile_fail
/// snakelet_qstr::qstr!("no name that any module would have");
/// ```
#[macro_export]
macro_rules! qstr {
    ($name:expr) => {
        const { $crate::__find_at_compile_time($name) }
    };
}

#[doc(hidden)]
#[expect(clippy::panic, reason = "runs in constant evaluation only, where it is a compile error")]
pub const fn __find_at_compile_time(name: &str) -> Qstr {
    match Qstr::find(name) {
        Some(qstr) => qstr,
        None => panic!("this name is not in the static table: add it to names.txt"),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::collections::HashSet;
    use std::vec::Vec;

    #[test]
    fn fixed_names_have_the_numbers_of_the_mpy_format() {
        let numbers = [
            ("", 1),
            ("__dir__", 2),
            ("\n", 3),
            (" ", 4),
            ("<module>", 7),
            ("__init__", 17),
            ("ZeroDivisionError", 56),
            ("abs", 57),
            ("utf-8", MPY_FIXED_LAST - 4),
            ("zip", MPY_FIXED_LAST),
        ];
        for (name, id) in numbers {
            assert_eq!(Qstr::find(name), Some(Qstr::from_id(id)), "{name:?}");
        }
        assert_eq!(Qstr::find(""), Some(Qstr::EMPTY));
    }

    #[test]
    fn every_static_name_is_found_under_its_own_number() {
        for id in 1..static_count() {
            let qstr = Qstr::from_id(id);
            let name = static_str(qstr).unwrap();
            assert_eq!(Qstr::find(name), Some(qstr), "{name:?}");
            assert_eq!(lookup(name.as_bytes(), hash_bytes(name.as_bytes())), Some(qstr));
            assert_eq!(static_hash(qstr), Some(hash_bytes(name.as_bytes())), "{name:?}");
        }
    }

    #[test]
    fn null_and_dynamic_numbers_have_no_static_text() {
        for qstr in [Qstr::NULL, Qstr::from_id(static_count()), Qstr::from_id(u32::MAX)] {
            assert_eq!(static_str(qstr), None);
            assert_eq!(static_hash(qstr), None);
        }
    }

    #[test]
    fn names_are_numbered_once() {
        let names: Vec<_> =
            (1..static_count()).filter_map(|id| static_str(Qstr::from_id(id))).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        assert_eq!(names.len() + 1, static_count() as usize);
    }

    #[test]
    fn a_name_that_differs_in_its_last_byte_or_length_is_not_found() {
        assert!(Qstr::find("append").is_some());
        for name in ["appenx", "appen", "appendd", "no such name"] {
            assert_eq!(Qstr::find(name), None);
        }
        assert_eq!(lookup(b"appenx", hash_bytes(b"append")), None, "equal hashes do not suffice");
    }

    #[test]
    fn hashes_spread_over_the_buckets() {
        let longest = table::BUCKET_STARTS.windows(2).map(|w| w[1] - w[0]).max().unwrap();
        assert!(longest <= 10, "{longest} names share a bucket");
        let longest = table::FIXED_STARTS.windows(2).map(|w| w[1] - w[0]).max().unwrap();
        assert!(longest <= 10, "{longest} names of the fixed list share a bucket");
    }
}
