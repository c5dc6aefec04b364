//! Listings, compared with MicroPython's own.

#![expect(clippy::unwrap_used, reason = "part of the tests")]

mod support;

use snakelet_bytecode::mpy::{Function, Module, Object, Singleton};
use support::fixtures;

/// Takes the addresses out of a listing, as `regenerate.py` does with MicroPython's.
fn without_addresses(listing: &str) -> String {
    let mut out = String::new();
    for line in listing.split_inclusive('\n') {
        match line.split_once("descriptor: ").zip(line.split_once(" bytecode @")) {
            Some(((before, _), (_, after))) => {
                out += before;
                out += after.split_once(' ').unwrap().1;
            }
            None => match ["MAKE_FUNCTION", "MAKE_CLOSURE", "LOAD_CONST_OBJ"]
                .iter()
                .find_map(|name| line.find(name))
            {
                Some(at) => {
                    let address = at + line[at..].find(' ').unwrap() + 1;
                    let end = line[address..].find(|c: char| !c.is_ascii_hexdigit()).unwrap();
                    out += &line[..address];
                    out += "@";
                    out += &line[address + end..];
                }
                None => out += line,
            },
        }
    }
    out
}

#[test]
fn listings_are_those_of_micropython() {
    for ((name, bytes), (_, expected)) in fixtures("mpy").into_iter().zip(fixtures("dis")) {
        let mut listing = String::new();
        Module::parse(&bytes).unwrap().disassemble(&mut listing).unwrap();
        let listing = without_addresses(&listing);
        let expected = String::from_utf8(expected).unwrap();
        for (ours, theirs) in listing.lines().zip(expected.lines()) {
            assert_eq!(ours, theirs, "{name}");
        }
        assert_eq!(listing.len(), expected.len(), "{name}");
    }
}

#[test]
fn constants_are_written_as_repr_does() {
    let tuple = |items| Object::Tuple(items);
    for (object, text) in [
        (Object::Str("é\u{7f}\u{1}'\"€😀\t\\".into()), r#"'é\x7f\x01\'"€😀\t\\'"#),
        (Object::Str("it's".into()), r#""it's""#),
        (Object::Bytes(b"a\n\x80".to_vec()), r"b'a\n\x80'"),
        (tuple(vec![]), "()"),
        (tuple(vec![Object::Int("1".into())]), "(1,)"),
        (tuple(vec![Object::Singleton(Singleton::None), tuple(vec![])]), "(None, ())"),
    ] {
        assert_eq!(object.to_string(), text);
    }
}

#[test]
fn a_listing_of_broken_code_ends_where_it_breaks() {
    let data = vec![0x00, 0x02, 0x00, 0x51, 0x01, 0x63];
    let strings = vec![snakelet_bytecode::mpy::ModuleString::Text("x".into())];
    let root = Function { data, children: vec![] };
    let module = Module { small_int_bits: 31, strings, objects: vec![], root };
    let mut listing = String::new();
    module.disassemble(&mut listing).unwrap();
    assert!(listing.ends_with("00 LOAD_CONST_NONE\nunknown opcode\n"), "{listing}");
}
