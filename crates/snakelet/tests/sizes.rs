//! The bytes that objects take in the heap, on 32 and 64 bits: what the memory guide promises.

use std::mem::MaybeUninit;

use snakelet::Interpreter;

/// Makes 64 objects by an expression over `i` and says how many bytes one takes.
const MEASURE: &str = "
import gc
class Empty:
    pass
class Three:
    def __init__(self, i):
        self.a = i
        self.b = i
        self.c = i
def gen(i):
    yield i
def closure(i):
    def inner():
        return i
    return inner
def appended(i):
    items = []
    for k in range(1000):
        items.append(k)
    return items
text = 'abcdefgh'
def measure(make):
    slots = [None] * 64
    make(0)
    gc.collect()
    before = gc.mem_alloc()
    for i in range(64):
        slots[i] = make(i)
    gc.collect()
    return (gc.mem_alloc() - before) // 64
";

/// Object, bytes on 32 bits, bytes on 64 bits.
const SIZES: &[(&str, i64, i64)] = &[
    ("i", 0, 0),
    ("i + 0.5", if cfg!(feature = "f32") { 0 } else { 16 }, 0),
    ("1e300 + i", 16, 16),
    ("Empty()", 16, 16),
    ("Three(i)", 32, 48),
    ("(i, i)", 16, 32),
    ("(i, i, i)", 16, 32),
    ("[]", 16, 32),
    ("[i] * 1000", 4032, 8048),
    ("appended(i)", 4112, 8224),
    ("{}", 16, 32),
    ("closure(i)", 48, 80),
    ("gen", 0, 0),
    ("text + str(i + 100)", 32, 32),
    ("str(i + 100)", 16, 16),
    ("bytes(8)", 16, 16),
];

#[test]
fn objects_take_the_bytes_that_the_table_says() {
    let mut memory = vec![MaybeUninit::uninit(); 1 << 20];
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.exec(MEASURE).unwrap();
    for (object, on_32, on_64) in SIZES {
        let bytes: i64 = python.eval(&format!("measure(lambda i: {object})")).unwrap();
        let expected = if cfg!(target_pointer_width = "64") { *on_64 } else { *on_32 };
        assert_eq!(bytes, expected, "{object}");
    }
}

#[test]
fn an_interpreter_is_small_enough_for_any_stack() {
    assert!(size_of::<Interpreter<'_>>() <= 1024, "{}", size_of::<Interpreter<'_>>());
}

/// Fills the heap with objects that were asked for hash and `id()`, lets every second one go, and asks for nine tenths
/// of what is free in one piece.
const HASHED: &str = "
import gc
class Node:
    pass
slots = [None] * 1000
used = 0
try:
    while used < len(slots):
        node = Node()
        hash(node)
        id(node)
        slots[used] = node
        used += 1
except MemoryError:
    pass
node = None
numbers = [hash(slots[i]) for i in range(1, 100, 2)]
for i in range(0, used, 2):
    slots[i] = None
gc.collect()
piece = bytearray(gc.mem_free() * 9 // 10)
";

#[test]
fn objects_that_were_hashed_are_moved_together_and_keep_their_hash() {
    let mut memory = vec![MaybeUninit::uninit(); 72 << 10];
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.exec(HASHED).unwrap();
    let kept = "numbers == [hash(slots[i]) for i in range(1, 100, 2)] and used > 500";
    assert!(python.eval::<bool>(kept).unwrap());
}
