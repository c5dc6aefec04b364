//! Numbers in bytes. What lies outside of a slice reads as 0, and is not written: so no image makes a panic.

/// A number of 16 bits, its low byte first.
#[cfg(feature = "fat")]
pub(crate) fn le16(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..at.saturating_add(2)) {
        Some(&[a, b]) => u16::from_le_bytes([a, b]),
        _ => 0,
    }
}

/// A number of 32 bits, its low byte first.
#[cfg(any(feature = "fat", feature = "littlefs"))]
pub(crate) fn le32(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at.saturating_add(4)) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    }
}

/// Writes bytes over others from a place on, as far as these go.
pub(crate) fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    let old = bytes.get_mut(at..).unwrap_or_default();
    old.iter_mut().zip(new).for_each(|(old, new)| *old = *new);
}
