//! The hash of strings. The build script runs this very file, so that the hashes in flash are
//! the ones computed at run time.

/// Bytes of a string that count for its hash: of a longer one those in the middle are left out, so that any
/// hash takes a bounded time.
pub const LONGEST_HASHED: usize = 64 << 10;

/// Hashes the bytes of a string.
///
/// This one function serves the static table, the dynamic pool and the `str` type, so a hash
/// computed once is good everywhere. It takes four bytes a step and then mixes the bits, so that
/// the low ones, by which tables choose a bucket, depend on all of the input.
///
/// ```
/// assert_eq!(snakelet_qstr::hash_bytes(b"append"), snakelet_qstr::hash_bytes(b"append"));
/// ```
pub const fn hash_bytes(bytes: &[u8]) -> u32 {
    let hash = step(0x811c_9dc5, bytes.len() as u32);
    let (hash, bytes) = match bytes.split_at_checked(LONGEST_HASHED / 2) {
        Some((head, rest)) if rest.len() > LONGEST_HASHED / 2 => {
            let (_, end) = rest.split_at(rest.len() - LONGEST_HASHED / 2);
            (by_words(hash, head).0, end)
        }
        _ => (hash, bytes),
    };
    let (mut hash, bytes) = by_words(hash, bytes);
    let tail = match bytes {
        [a] => u32::from_le_bytes([*a, 0, 0, 0]),
        [a, b] => u32::from_le_bytes([*a, *b, 0, 0]),
        [a, b, c] => u32::from_le_bytes([*a, *b, *c, 0]),
        _ => 0,
    };
    hash = step(hash, tail);
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^ (hash >> 13)
}

/// Takes all whole words of some bytes, and gives what is left.
const fn by_words(mut hash: u32, mut bytes: &[u8]) -> (u32, &[u8]) {
    while let [a, b, c, d, rest @ ..] = bytes {
        hash = step(hash, u32::from_le_bytes([*a, *b, *c, *d]));
        bytes = rest;
    }
    (hash, bytes)
}

const fn step(hash: u32, word: u32) -> u32 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9)
}
