//! Numbers for people.

/// Digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the largest unit that leaves a whole number or a few digits.
pub(crate) fn human(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1024 => return format!("{bytes} B"),
        1024..0x10_0000 => (1024, "KiB"),
        _ => (0x10_0000, "MiB"),
    };
    if bytes.is_multiple_of(unit) {
        return format!("{} {name}", bytes / unit);
    }
    format!("{:.2} {name}", bytes as f64 / unit as f64)
}

#[cfg(test)]
mod tests {
    use super::{grouped, human};

    #[test]
    fn digits_are_grouped_from_the_right() {
        let texts = [0, 999, 1000, 32_505_856].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "32,505,856"]);
    }

    #[test]
    fn units_are_powers_of_1024() {
        let texts = [31, 590 << 10, 5 << 20, 30_233_088].map(human);
        assert_eq!(texts, ["31 B", "590 KiB", "5 MiB", "28.83 MiB"]);
    }
}
