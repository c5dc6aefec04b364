//! `cryptolib`: AES, in the modes ECB, CBC and CTR. The cipher is RustCrypto's.

use core::cell::{Cell, RefCell};

use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecrypt, BlockEncrypt, KeyInit};
use aes::{Aes128Dec, Aes128Enc, Aes256Dec, Aes256Enc};
use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{
    Constant, Contents, Data, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{methods, name};

/// `cryptolib`.
pub static CRYPTOLIB: NativeModule = NativeModule::new(
    name!("cryptolib"),
    &[Contents {
        functions: &[],
        constants: &[
            (name!("MODE_CBC"), Constant::Int(Mode::Cbc as i32)),
            (name!("MODE_CTR"), Constant::Int(Mode::Ctr as i32)),
            (name!("MODE_ECB"), Constant::Int(Mode::Ecb as i32)),
            (name!("aes"), Constant::Type(&AES)),
        ],
    }],
);

/// What becomes of the blocks, with the numbers of PEP 272.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Mode {
    Ecb = 1,
    Cbc = 2,
    Ctr = 6,
}

/// Bytes of a block.
const BLOCK: usize = 16;
type Block = [u8; BLOCK];

/// A key, or, after the first use, what one of the two directions needs.
enum Keys {
    /// Of 16 or 32 bytes.
    Key([u8; 32], usize),
    Encrypt128(Aes128Enc),
    Encrypt256(Aes256Enc),
    Decrypt128(Aes128Dec),
    Decrypt256(Aes256Dec),
}

impl Keys {
    /// Chooses a direction, if there is none yet; false if there is the other one.
    fn choose(&mut self, encrypts: bool) -> bool {
        let Keys::Key(key, len) = self else {
            return matches!(self, Keys::Encrypt128(_) | Keys::Encrypt256(_)) == encrypts;
        };
        let (whole, half) = (*key, key.first_chunk::<16>().copied().unwrap_or_default());
        *self = match (*len, encrypts) {
            (16, true) => Keys::Encrypt128(Aes128Enc::new(&half.into())),
            (16, false) => Keys::Decrypt128(Aes128Dec::new(&half.into())),
            (_, true) => Keys::Encrypt256(Aes256Enc::new(&whole.into())),
            (_, false) => Keys::Decrypt256(Aes256Dec::new(&whole.into())),
        };
        true
    }

    /// Encrypts or decrypts a block.
    fn apply(&self, block: Block) -> Block {
        let mut block = GenericArray::from(block);
        match self {
            // there is no cipher yet
            Keys::Key(..) => {}
            Keys::Encrypt128(cipher) => cipher.encrypt_block(&mut block),
            Keys::Encrypt256(cipher) => cipher.encrypt_block(&mut block),
            Keys::Decrypt128(cipher) => cipher.decrypt_block(&mut block),
            Keys::Decrypt256(cipher) => cipher.decrypt_block(&mut block),
        }
        block.into()
    }
}

/// A cipher.
struct Aes {
    keys: RefCell<Keys>,
    mode: Mode,
    /// Whether it was used to decrypt.
    decrypts: Cell<Option<bool>>,
    /// The block before, or the counter.
    chain: Cell<Block>,
    /// What the counter became, and how much of it is used.
    stream: Cell<Block>,
    used: Cell<usize>,
}

impl NativeData for Aes {
    const TYPE: &'static NativeType = &AES;
}

static AES: NativeType =
    NativeType::of(name!("aes"), const { &TypeSlots::of::<Aes>().construct(&NEW) })
        .sealed()
        .methods(methods![
            NativeFn::on::<Aes, 1, _>(name!("decrypt"), 1, |cx, aes, args| {
                process(cx, aes, args, true)
            }),
            NativeFn::on::<Aes, 1, _>(name!("encrypt"), 1, |cx, aes, args| {
                process(cx, aes, args, false)
            }),
        ]);

/// `aes(key, mode[, IV])`
static NEW: NativeFn = NativeFn::leaf::<2>(name!("aes"), 1, |cx, args| {
    let mode = match cx.i64(args.get::<1>(), 1)? {
        1 => Mode::Ecb,
        2 => Mode::Cbc,
        6 => Mode::Ctr,
        _ => return Err(cx.raise(&VALUE_ERROR, "mode")),
    };
    let mut key = [0; 32];
    let given = cx.readable(args.get::<0>())?;
    if !matches!(given.len(), 16 | 32) {
        return Err(cx.raise(&VALUE_ERROR, "key"));
    }
    given.copy_to(&mut key);
    let mut chain = [0; BLOCK];
    match args.opt(2).filter(|start| !start.is_none()) {
        Some(start) => {
            let start = cx.readable(start)?;
            if start.len() != BLOCK {
                return Err(cx.raise(&VALUE_ERROR, "IV"));
            }
            start.copy_to(&mut chain);
        }
        None if mode == Mode::Ecb => {}
        None => return Err(cx.raise(&VALUE_ERROR, "IV")),
    }
    let aes = Aes {
        keys: RefCell::new(Keys::Key(key, given.len())),
        mode,
        decrypts: Cell::new(None),
        chain: Cell::new(chain),
        stream: Cell::new([0; BLOCK]),
        used: Cell::new(BLOCK),
    };
    Ok(cx.new_data(&[], aes)?.obj())
});

/// `encrypt(in[, out])` and `decrypt(in[, out])`
fn process<'h>(
    cx: Leaf<'h>,
    aes: Data<'h, Aes>,
    args: LeafArgs<'h, 1>,
    decrypts: bool,
) -> Answer<'h> {
    let input = cx.readable(args.get::<0>())?;
    if aes.mode != Mode::Ctr && !input.len().is_multiple_of(BLOCK) {
        return Err(cx.raise(&VALUE_ERROR, "blksize is no multiple of 16"));
    }
    if aes.decrypts.get().is_some_and(|before| before != decrypts) {
        return Err(cx.raise(&VALUE_ERROR, "can't encrypt & decrypt"));
    }
    if let Some(given) = args.opt(1) {
        let out = cx.writable(given)?;
        if out.len() < input.len() {
            return Err(cx.raise(&VALUE_ERROR, "output too small"));
        }
        aes.data().run(cx, input, out, decrypts)?;
        return Ok(given);
    }
    let mut done = Ok(());
    let made: Obj<'h> = cx.bytes(input.len(), |out| {
        done = aes.data().run(cx, input, Cell::from_mut(out).as_slice_of_cells(), decrypts);
    })?;
    done.map(|()| made)
}

/// Blocks between two looks at whether the script is to end.
const PAUSE: usize = 32;

impl Aes {
    fn run(
        &self,
        cx: Leaf<'_>,
        input: Bytes<'_>,
        out: &[Cell<u8>],
        decrypts: bool,
    ) -> Result<(), Leave> {
        // nothing else uses the keys while a leaf runs
        let Ok(mut keys) = self.keys.try_borrow_mut() else { return Ok(()) };
        if !keys.choose(self.mode == Mode::Ctr || !decrypts) {
            return Ok(());
        }
        self.decrypts.set(Some(decrypts));
        for (i, out) in out.chunks(BLOCK).enumerate() {
            let input = input.part(i * BLOCK, (i + 1) * BLOCK);
            if input.is_empty() {
                break;
            }
            if i % PAUSE == 0 {
                cx.spend(4 * input.len().min(PAUSE))?;
            }
            let mut block = [0; BLOCK];
            let n = input.copy_to(&mut block);
            let block = match self.mode {
                Mode::Ecb => keys.apply(block),
                Mode::Cbc if decrypts => {
                    let before = self.chain.replace(block);
                    xor(keys.apply(block), before)
                }
                Mode::Cbc => {
                    let block = keys.apply(xor(block, self.chain.get()));
                    self.chain.set(block);
                    block
                }
                Mode::Ctr => {
                    block.iter_mut().take(n).for_each(|byte| *byte ^= self.next(&keys));
                    block
                }
            };
            out.iter().zip(block).take(n).for_each(|(cell, byte)| cell.set(byte));
        }
        Ok(())
    }

    /// The next byte of what the counter becomes.
    fn next(&self, keys: &Keys) -> u8 {
        if self.used.get() >= BLOCK {
            let counter = self.chain.get();
            self.stream.set(keys.apply(counter));
            self.chain.set(u128::from_be_bytes(counter).wrapping_add(1).to_be_bytes());
            self.used.set(0);
        }
        let at = self.used.get();
        self.used.set(at + 1);
        self.stream.get().get(at).copied().unwrap_or(0)
    }
}

fn xor(block: Block, other: Block) -> Block {
    (u128::from_ne_bytes(block) ^ u128::from_ne_bytes(other)).to_ne_bytes()
}
