//! `hashlib`.

use core::cell::Cell;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{
    Contents, Data, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{methods, name};

/// `hashlib`.
pub static HASHLIB: NativeModule = NativeModule::new(
    name!("hashlib"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<0>(name!("md5"), 1, |cx, args| new(cx, args, Hash::Md5(Md5::new()))),
            NativeFn::leaf::<0>(name!("sha1"), 1, |cx, args| {
                new(cx, args, Hash::Sha1(Sha1::new()))
            }),
            NativeFn::leaf::<0>(name!("sha256"), 1, |cx, args| {
                new(cx, args, Hash::Sha256(Sha256::new()))
            }),
        ],
        constants: &[],
    }],
);

/// A hash of what was seen so far.
#[derive(Clone)]
enum Hash {
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Hash {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Hash::Md5(hash) => hash.update(bytes),
            Hash::Sha1(hash) => hash.update(bytes),
            Hash::Sha256(hash) => hash.update(bytes),
        }
    }

    /// The hash, at the front of 32 bytes, and how long it is.
    fn finish(self) -> ([u8; 32], usize) {
        let mut out = [0; 32];
        let mut put = |bytes: &[u8]| {
            out.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
            bytes.len()
        };
        let len = match self {
            Hash::Md5(hash) => put(&hash.finalize()),
            Hash::Sha1(hash) => put(&hash.finalize()),
            Hash::Sha256(hash) => put(&hash.finalize()),
        };
        (out, len)
    }
}

/// A hash object; `None` when it has given its hash.
struct Hasher(Cell<Option<Hash>>);

impl NativeData for Hasher {
    const TYPE: &'static NativeType = &HASHER;
}

static HASHER: NativeType =
    NativeType::of(name!("hash"), const { &TypeSlots::of::<Hasher>() }).sealed().methods(methods![
        NativeFn::on::<Hasher, 1, _>(name!("update"), 0, update),
        NativeFn::on::<Hasher, 0, _>(name!("digest"), 0, digest),
        NativeFn::on::<Hasher, 0, _>(name!("hexdigest"), 0, hexdigest),
    ]);

/// Bytes between two looks at whether the script is to end. They are copied to the machine's stack.
const PIECE: usize = 256;

/// Lets a hash see the bytes of a buffer.
fn feed<'h>(cx: Leaf<'h>, hash: &mut Hash, data: Obj<'h>) -> Result<(), Leave> {
    let data = cx.readable(data)?;
    for at in (0..data.len()).step_by(PIECE) {
        let mut piece = [0; PIECE];
        let n = data.part(at, data.len()).copy_to(&mut piece);
        hash.update(piece.get(..n).unwrap_or_default());
        cx.spend(n)?;
    }
    Ok(())
}

fn new<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 0>, mut hash: Hash) -> Answer<'h> {
    let hasher = cx.new_data(&[], Hasher(Cell::new(None)))?;
    if let Some(data) = args.opt(0) {
        feed(cx, &mut hash, data)?;
    }
    hasher.0.set(Some(hash));
    Ok(hasher.obj())
}

/// The hash so far, which stays.
fn hash_of(cx: Leaf<'_>, hasher: &Hasher) -> Result<Hash, Leave> {
    let hash = hasher.0.take();
    hasher.0.set(hash.clone());
    hash.ok_or_else(|| cx.raise(&VALUE_ERROR, "hash is final"))
}

fn update<'h>(cx: Leaf<'h>, hasher: Data<'h, Hasher>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let mut hash = hash_of(cx, &hasher)?;
    feed(cx, &mut hash, args.get::<0>())?;
    hasher.0.set(Some(hash));
    Ok(Obj::NONE)
}

fn digest<'h>(cx: Leaf<'h>, hasher: Data<'h, Hasher>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let (hash, len) = hash_of(cx, &hasher)?.finish();
    let made = cx.bytes(len, |out| {
        out.iter_mut().zip(hash).for_each(|(place, byte)| *place = byte);
    })?;
    hasher.0.set(None);
    Ok(made)
}

fn hexdigest<'h>(cx: Leaf<'h>, hasher: Data<'h, Hasher>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let (hash, len) = hash_of(cx, &hasher)?.finish();
    let made = cx.str_of(2 * len, |out| {
        let digits = hash.into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
        out.iter_mut().zip(digits).for_each(|(place, digit)| {
            *place = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
        });
    })?;
    hasher.0.set(None);
    Ok(made)
}
