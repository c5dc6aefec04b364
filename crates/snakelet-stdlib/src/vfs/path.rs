//! Paths inside of a file system.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::TYPE_ERROR;
use snakelet_vm::exception::errno;
use snakelet_vm::native::full::{Full, Held};

use super::device::Fault;

/// The longest path, in bytes.
pub(crate) const PATH_MAX: usize = if cfg!(target_pointer_width = "64") { 1024 } else { 256 };

/// A path from the root of the file system, without `.`, `..` and empty parts: `a/b`. The root itself is empty.
pub(crate) struct Path {
    bytes: [u8; PATH_MAX],
    len: usize,
    /// Whether it ended with a slash.
    pub(crate) is_closed: bool,
}

impl Path {
    pub(crate) const ROOT: Self = Self { bytes: [0; PATH_MAX], len: 0, is_closed: false };

    /// The text.
    pub(crate) fn text(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or("")
    }

    /// The directory, and the name in it; none for the root.
    pub(crate) fn split(&self) -> Option<(&str, &str)> {
        match self.text().rsplit_once('/') {
            Some(parts) => Some(parts),
            None if self.len == 0 => None,
            None => Some(("", self.text())),
        }
    }

    /// Goes on along another path.
    ///
    /// # Errors
    /// It is too long.
    pub(crate) fn follow(&mut self, path: &str) -> Result<(), i32> {
        if path.starts_with('/') {
            self.len = 0;
        }
        self.is_closed = path.ends_with('/');
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => self.len = self.split().map_or(0, |(directory, _)| directory.len()),
                name => {
                    let slash = usize::from(self.len > 0);
                    let end = self.len + slash + name.len();
                    let Some(room) = self.bytes.get_mut(self.len..end) else {
                        return Err(errno::EINVAL);
                    };
                    if let Some((first, rest)) = room.split_at_mut_checked(slash) {
                        first.fill(b'/');
                        rest.copy_from_slice(name.as_bytes());
                    }
                    self.len = end;
                }
            }
        }
        Ok(())
    }

    /// The path that an argument is, seen from the directory in `current`: a `str` or `bytes`.
    ///
    /// # Errors
    /// `TypeError`; `OSError` if it is too long or not UTF-8.
    pub(crate) fn of<'s>(
        cx: &mut Full<'s>,
        current: Held<'s>,
        path: Held<'s>,
    ) -> Result<Self, Raised> {
        let mut new = Self::ROOT;
        let followed = cx.look(|cx| {
            new.len = 0;
            for part in [current, path] {
                let Some(text) = cx.as_text(cx.get(part)) else {
                    return Err(cx.raise(&TYPE_ERROR, "can't convert to str"));
                };
                let text = core::str::from_utf8(text).map_err(|_| errno::EINVAL);
                if let Err(error) = text.and_then(|text| new.follow(text)) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })?;
        match followed {
            Ok(()) => Ok(new),
            Err(error) => Err(Fault::Errno(error).raise(cx)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PATH_MAX, Path};

    fn followed(steps: &[&str]) -> std::string::String {
        let mut path = Path::ROOT;
        for step in steps {
            path.follow(step).unwrap();
        }
        path.text().into()
    }

    #[test]
    fn paths_are_followed() {
        assert_eq!(followed(&["/"]), "");
        assert_eq!(followed(&["a", "b"]), "a/b");
        assert_eq!(followed(&["a/b", "/c"]), "c");
        assert_eq!(followed(&["a/b", "../c/./d//"]), "a/c/d");
        assert_eq!(followed(&["..", "../.."]), "");
        assert_eq!(followed(&["\u{e9}/x", ".."]), "\u{e9}");
    }

    #[test]
    fn paths_are_split() {
        let mut path = Path::ROOT;
        assert_eq!(path.split(), None);
        path.follow("a").unwrap();
        assert_eq!(path.split(), Some(("", "a")));
        path.follow("b/c").unwrap();
        assert_eq!(path.split(), Some(("a/b", "c")));
    }

    #[test]
    fn paths_are_bounded() {
        let mut path = Path::ROOT;
        let long = "x".repeat(PATH_MAX);
        path.follow(&long).unwrap();
        assert!(path.follow("y").is_err());
        assert!(path.follow(&"/".repeat(PATH_MAX * 4)).is_ok());
    }
}
