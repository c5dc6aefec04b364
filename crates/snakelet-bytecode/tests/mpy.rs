//! Reading and writing of `.mpy` files.

mod support;

use proptest::prelude::*;
use snakelet_bytecode::mpy::{FormatError, Function, Module, ModuleString, Object};
use snakelet_bytecode::mpy::{ParseError, Singleton};
use snakelet_bytecode::{Instructions, Prelude, opcode};
use std::collections::BTreeSet;
use support::fixtures;

#[test]
fn official_files_are_written_back_byte_for_byte() {
    for (name, bytes) in fixtures("mpy") {
        let module = Module::parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(module.to_bytes() == bytes, "{name}");
        assert_eq!(module.strings[0].text(), format!("{name}.py").as_bytes());
    }
}

#[test]
fn official_files_hold_every_opcode() {
    let mut seen = BTreeSet::new();
    for (_, bytes) in fixtures("mpy") {
        for function in Module::parse(&bytes).unwrap().root.all() {
            for instruction in Instructions::new(Prelude::decode(&function.data).unwrap().code) {
                seen.insert(instruction.unwrap().info.first);
            }
        }
    }
    let known = (0..=255).filter_map(opcode::info).map(|info| info.first);
    let missing: Vec<_> = known.filter(|first| !seen.contains(first)).map(opcode::name).collect();
    assert_eq!(missing, []);
}

#[test]
fn constants_of_every_type_are_read() {
    let (_, bytes) = fixtures("mpy").into_iter().find(|(name, _)| name == "constants").unwrap();
    let objects = Module::parse(&bytes).unwrap().objects;
    let nested = Object::Tuple(vec![
        Object::Int("1".into()),
        Object::Tuple(vec![
            Object::Str("two".into()),
            Object::Tuple(vec![
                Object::Float("3.0".into()),
                Object::Bytes(b"four".to_vec()),
                Object::Singleton(Singleton::None),
            ]),
        ]),
        Object::Singleton(Singleton::True),
        Object::Singleton(Singleton::False),
        Object::Singleton(Singleton::Ellipsis),
    ]);
    for object in [
        nested,
        Object::Complex("2j".into()),
        Object::Int("123456789012345678901234567890".into()),
        Object::Bytes(b"\x00\xff raw \n".to_vec()),
    ] {
        assert!(objects.contains(&object), "{object:?}");
    }
}

#[test]
fn a_cut_file_is_truncated_wherever_it_is_cut() {
    for (name, bytes) in fixtures("mpy") {
        for end in 0..bytes.len() {
            let truncated = Err(ParseError::Format(FormatError::Truncated));
            assert_eq!(Module::parse(&bytes[..end]), truncated, "{name}, {end} bytes");
        }
    }
}

#[test]
fn foreign_headers_are_told_apart() {
    let cases: [(&[u8], FormatError); 5] = [
        (b"N\x06\x00\x1f", FormatError::NotMpy),
        (b"M\x05\x00\x1f", FormatError::Version(5)),
        (b"M\x07\x00\x1f", FormatError::Version(7)),
        (b"M\x06\x1f\x1f", FormatError::Native),
        (b"M\x06\x40\x1f", FormatError::Native),
    ];
    for (header, error) in cases {
        assert_eq!(Module::parse(header), Err(ParseError::Format(error)), "{header:?}");
    }
}

/// A file without strings that holds one constant, given by its bytes.
fn file_with_object(object: &[u8]) -> Vec<u8> {
    let mut file = b"M\x06\x00\x1f\x00\x01".to_vec();
    file.extend_from_slice(object);
    file.extend_from_slice(b"\x28\x00\x02\x01\x51\x63");
    file
}

#[test]
fn bad_parts_are_refused() {
    assert_eq!(Module::parse(&file_with_object(&[1])).map(|m| m.objects.len()), Ok(1));
    for (object, error) in [
        (&b"\x00"[..], ParseError::Format(FormatError::BadObject)),
        (b"\x0b", ParseError::Format(FormatError::BadObject)),
        (b"\x05\x01a\x01", ParseError::Format(FormatError::BadObject)),
        (b"\x07\x01\xff", ParseError::BadNumber),
        (b"\x05\xff\xff\xff\xff\x7f", ParseError::Format(FormatError::BadNumber)),
        (b"\x05\x8f\xff\xff\xff\x7f", ParseError::Format(FormatError::Truncated)),
        (&b"\x0a\x01".repeat(65), ParseError::Format(FormatError::TooDeep)),
    ] {
        assert_eq!(Module::parse(&file_with_object(object)), Err(error), "{object:?}");
    }
    for number in [&b"\x01"[..], b"\x82\x4d"] {
        let file = [b"M\x06\x00\x1f\x01\x00", number, b"\x08\x00"].concat();
        let error = ParseError::Format(FormatError::BadString);
        assert_eq!(Module::parse(&file), Err(error), "a fixed string of number {number:?}");
    }
    let mut longer = file_with_object(&[1]);
    longer.push(0);
    assert_eq!(Module::parse(&longer), Err(ParseError::TrailingBytes));
}

fn objects() -> impl Strategy<Value = Object> {
    let leaf = prop_oneof![
        Just(Object::Singleton(Singleton::Ellipsis)),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Object::Str),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Object::Bytes),
        any::<i128>().prop_map(|value| Object::Int(value.to_string())),
    ];
    leaf.prop_recursive(4, 30, 5, |item| prop::collection::vec(item, 0..5).prop_map(Object::Tuple))
}

fn functions() -> impl Strategy<Value = Function> {
    let data = || prop::collection::vec(any::<u8>(), 0..200);
    let leaf = data().prop_map(|data| Function { data, children: vec![] });
    leaf.prop_recursive(4, 20, 4, move |child| {
        (data(), prop::collection::vec(child, 0..4))
            .prop_map(|(data, children)| Function { data, children })
    })
}

proptest! {
    #[test]
    fn modules_survive(
        small_int_bits: u8,
        texts: Vec<Vec<u8>>,
        objects in prop::collection::vec(objects(), 0..6),
        root in functions(),
    ) {
        let strings = texts.into_iter().map(ModuleString::Text).collect();
        let module = Module { small_int_bits, strings, objects, root };
        prop_assert_eq!(Module::parse(&module.to_bytes()), Ok(module));
    }

    #[test]
    fn changed_bytes_never_make_the_reader_panic(
        file: prop::sample::Index, changes: Vec<(prop::sample::Index, u8)>,
    ) {
        let fixtures = fixtures("mpy");
        let mut bytes = file.get(&fixtures).1.clone();
        for (at, byte) in changes {
            *at.get_mut(&mut bytes) = byte;
        }
        if let Ok(module) = Module::parse(&bytes) {
            prop_assert_eq!(Module::parse(&module.to_bytes()), Ok(module));
        }
    }
}
