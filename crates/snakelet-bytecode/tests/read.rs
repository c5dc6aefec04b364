//! Reading `.mpy` files without an allocator: what sources and builders can rely on.

mod support;

use snakelet_bytecode::mpy::{
    Builder, Data, FormatError, Outcome, Piece, Read, ReadError, Singleton, read,
};
use snakelet_qstr::Qstr;
use support::fixtures;

/// A source that gives one byte at a time, and fails at an offset.
struct Trickle<'a> {
    bytes: &'a [u8],
    fail_at: usize,
}

impl Read for Trickle<'_> {
    type Error = usize;

    fn peek(&mut self, _want: usize) -> Result<&[u8], usize> {
        if self.fail_at == 0 {
            return Err(self.bytes.len());
        }
        Ok(self.bytes.get(..1).unwrap_or(&[]))
    }

    fn advance(&mut self, n: usize) {
        self.fail_at -= n;
        self.bytes = &self.bytes[n..];
    }
}

/// A builder that checks the order of what comes in, and fails at an event.
#[derive(Default)]
struct Ledger {
    events: usize,
    fail_at: Option<usize>,
    strings: u32,
    /// Take pieces at once where that can be done.
    at_once: bool,
    /// What the pieces hold.
    bytes: Vec<u8>,
    tuples: Vec<u32>,
    functions: Vec<u32>,
    code_given: bool,
    complete: bool,
}

impl Ledger {
    fn event(&mut self) -> Result<(), &'static str> {
        self.events += 1;
        if self.fail_at == Some(self.events) { Err("as asked") } else { Ok(()) }
    }

    fn object(&mut self) {
        if let Some(left) = self.tuples.last_mut() {
            *left -= 1;
        }
    }
}

impl<R: Read> Builder<R> for Ledger {
    type Error = &'static str;

    fn tables(&mut self, strings: u32, _objects: u32) -> Result<(), Self::Error> {
        assert_eq!(self.events, 0, "the tables come first");
        self.strings = strings;
        self.event()
    }

    fn fixed_string(&mut self, _string: Qstr) -> Result<(), Self::Error> {
        self.strings -= 1;
        self.event()
    }

    fn piece(&mut self, piece: Piece, data: &mut Data<'_, R>) -> Outcome<(), R, Self::Error> {
        match piece {
            Piece::String => self.strings -= 1,
            Piece::Code => self.code_given = true,
            _ => self.object(),
        }
        match data.whole()? {
            Some(bytes) if self.at_once => self.bytes.extend_from_slice(bytes),
            _ => {
                let mut bytes = vec![0; data.len()];
                data.fill(&mut bytes)?;
                assert!(data.is_empty());
                self.bytes.extend_from_slice(&bytes);
            }
        }
        self.event().map_err(ReadError::Builder)
    }

    fn singleton(&mut self, _singleton: Singleton) -> Result<(), Self::Error> {
        self.object();
        self.event()
    }

    fn begin_tuple(&mut self, len: u32) -> Result<(), Self::Error> {
        self.object();
        self.tuples.push(len);
        self.event()
    }

    fn end_tuple(&mut self) -> Result<(), Self::Error> {
        assert_eq!(self.tuples.pop(), Some(0), "a tuple is as long as announced");
        self.event()
    }

    fn children(&mut self, count: u32) -> Result<(), Self::Error> {
        assert!(std::mem::take(&mut self.code_given), "a function's code comes first");
        assert_eq!(self.strings, 0, "all strings are there before the first function");
        if let Some(left) = self.functions.last_mut() {
            *left -= 1;
        }
        self.functions.push(count);
        self.event()
    }

    fn end_function(&mut self) -> Result<(), Self::Error> {
        assert_eq!(self.functions.pop(), Some(0), "a function has as many children as announced");
        self.complete = self.functions.is_empty();
        self.event()
    }
}

#[test]
fn builders_get_everything_in_order_from_any_source() {
    for (name, bytes) in fixtures("mpy") {
        let mut whole = Ledger { at_once: true, ..Ledger::default() };
        assert_eq!(read(&bytes[..], &mut whole, 63), Ok(()), "{name}");
        assert!(whole.complete, "{name}");
        let mut trickled = Ledger { at_once: true, ..Ledger::default() };
        let source = Trickle { bytes: &bytes, fail_at: usize::MAX };
        assert_eq!(read(source, &mut trickled, 63), Ok(()), "{name}");
        assert!(trickled.complete, "{name}");
        assert_eq!(trickled.bytes, whole.bytes, "{name}");
        assert_eq!(trickled.events, whole.events, "{name}");
    }
}

/// A builder that takes nothing out of the file.
struct Idle(Vec<u32>);

impl<R: Read> Builder<R> for Idle {
    type Error = ();

    fn tables(&mut self, strings: u32, objects: u32) -> Result<(), ()> {
        self.0.extend([strings, objects]);
        Ok(())
    }
    fn fixed_string(&mut self, _string: Qstr) -> Result<(), ()> {
        Ok(())
    }
    fn piece(&mut self, _piece: Piece, data: &mut Data<'_, R>) -> Outcome<(), R, ()> {
        self.0.push(data.len() as u32);
        Ok(())
    }
    fn singleton(&mut self, _singleton: Singleton) -> Result<(), ()> {
        Ok(())
    }
    fn begin_tuple(&mut self, len: u32) -> Result<(), ()> {
        self.0.push(len);
        Ok(())
    }
    fn end_tuple(&mut self) -> Result<(), ()> {
        Ok(())
    }
    fn children(&mut self, count: u32) -> Result<(), ()> {
        self.0.push(count);
        Ok(())
    }
    fn end_function(&mut self) -> Result<(), ()> {
        Ok(())
    }
}

#[test]
fn what_is_not_taken_is_passed_over() {
    for (name, bytes) in fixtures("mpy") {
        let mut rest = &bytes[..];
        assert_eq!(read(&mut rest, &mut Idle(Vec::new()), 63), Ok(()), "{name}");
        assert!(rest.is_empty(), "{name}");
    }
}

#[test]
fn no_count_is_above_what_the_file_has_left() {
    for (name, bytes) in fixtures("mpy") {
        for at in 4..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] |= 0x80;
            let mut told = Idle(Vec::new());
            let _ = read(&bytes[..], &mut told, 63);
            assert!(told.0.iter().all(|n| *n as usize <= bytes.len()), "{name}");
        }
    }
}

#[test]
fn errors_of_the_source_end_reading() {
    let (_, bytes) = fixtures("mpy").remove(0);
    for fail_at in 0..bytes.len() {
        let source = Trickle { bytes: &bytes, fail_at };
        let result = read(source, &mut Ledger::default(), 63);
        assert_eq!(result, Err(ReadError::Source(bytes.len() - fail_at)));
    }
}

#[test]
fn errors_of_the_builder_end_reading() {
    let (_, bytes) = fixtures("mpy").remove(0);
    let mut whole = Ledger::default();
    assert_eq!(read(&bytes[..], &mut whole, 63), Ok(()));
    for event in 1..=whole.events {
        let mut builder = Ledger { fail_at: Some(event), ..Ledger::default() };
        assert_eq!(read(&bytes[..], &mut builder, 63), Err(ReadError::Builder("as asked")));
        assert_eq!(builder.events, event, "nothing comes after an error");
    }
}

#[test]
fn files_that_need_wider_small_ints_are_refused() {
    let (_, bytes) = fixtures("mpy").remove(0);
    let refused = Err(ReadError::Format(FormatError::SmallInt(63)));
    assert_eq!(read(&bytes[..], &mut Ledger::default(), 31), refused);
    assert_eq!(read(&bytes[..], &mut Ledger::default(), 64), Ok(()));
}

#[test]
fn nothing_behind_the_file_is_read() {
    let (_, mut bytes) = fixtures("mpy").remove(0);
    bytes.extend_from_slice(b"more");
    let mut source = &bytes[..];
    assert_eq!(read(&mut source, &mut Ledger::default(), 63), Ok(()));
    assert_eq!(source, b"more");
}
