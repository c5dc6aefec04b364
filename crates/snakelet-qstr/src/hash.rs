//! The hash of strings. The build script runs this very file, so that the hashes in flash are
//! the ones computed at run time.

/// Hashes the bytes of a string.
///
/// This one function serves the static table, the dynamic pool and the `str` type, so a hash
/// computed once is good everywhere. It takes four bytes a step and then mixes the bits, so that
/// the low ones, by which tables choose a bucket, depend on all of the input.
///
/// ```
/// assert_eq!(snakelet_qstr::hash_bytes(b"append"), snakelet_qstr::hash_bytes(b"append"));
/// ```
pub const fn hash_bytes(mut bytes: &[u8]) -> u32 {
    let mut hash = step(0x811c_9dc5, bytes.len() as u32);
    while let [a, b, c, d, rest @ ..] = bytes {
        hash = step(hash, u32::from_le_bytes([*a, *b, *c, *d]));
        bytes = rest;
    }
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

const fn step(hash: u32, word: u32) -> u32 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9)
}
