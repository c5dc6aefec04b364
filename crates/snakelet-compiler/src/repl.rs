//! When a prompt asks for another line.

/// The words that begin a statement with a block.
const COMPOUND: [&[u8]; 8] = [b"if", b"while", b"for", b"try", b"with", b"def", b"class", b"async"];

/// Whether what was typed at a prompt goes on in the next line: a bracket or long string is open,
/// the line ends in a backslash, or it is a compound statement whose end no empty line has shown.
///
/// ```
/// use snakelet_compiler::needs_more_input;
/// assert!(needs_more_input(b"for x in y:"));
/// assert!(needs_more_input(b"for x in y:\n    print(x)"));
/// assert!(!needs_more_input(b"for x in y:\n    print(x)\n"));
/// assert!(needs_more_input(b"f(1,"));
/// assert!(!needs_more_input(b"f(1, 2)"));
/// ```
pub fn needs_more_input(input: &[u8]) -> bool {
    let mut rest = input;
    let mut depth = 0i32;
    let mut ends_in_colon = false;
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'\'' | b'"' => match skip_string(*first, rest) {
                Ok(after) => rest = after,
                // A string that a line ends is wrong, and a long one goes on.
                Err(long) => return long,
            },
            b'#' => {
                let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                rest = rest.get(end..).unwrap_or_default();
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b'\\' if rest.is_empty() => return true,
            _ => {}
        }
        if !first.is_ascii_whitespace() {
            ends_in_colon = *first == b':';
        }
    }
    if depth > 0 {
        return true;
    }
    let word = input.iter().position(|byte| !is_word(*byte)).unwrap_or(input.len());
    let word = input.get(..word).unwrap_or_default();
    let compound = COMPOUND.contains(&word)
        || input.first() == Some(&b'@')
        || (word == b"match" && (ends_in_colon || input.contains(&b'\n')));
    compound && input.last() != Some(&b'\n')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Skips the rest of a string whose first quote was read; or answers whether it is a long string
/// that goes on.
fn skip_string(quote: u8, text: &[u8]) -> Result<&[u8], bool> {
    let long = text.starts_with(&[quote, quote]);
    let mut rest = if long { text.get(2..).unwrap_or_default() } else { text };
    if !long && text.first() == Some(&quote) {
        return Ok(text.get(1..).unwrap_or_default());
    }
    loop {
        match rest {
            [] => return Err(long),
            [b'\\', b'\n'] | [b'\\'] => return Err(true),
            [b'\\', _, after @ ..] => rest = after,
            [b'\n', ..] if !long => return Err(false),
            [first, second, third, after @ ..] if long && [first, second, third] == [&quote; 3] => {
                return Ok(after);
            }
            [first, after @ ..] if !long && *first == quote => return Ok(after),
            [_, after @ ..] => rest = after,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::needs_more_input as more;

    #[test]
    fn complete_lines_do_not_go_on() {
        for line in
            [&b""[..], b"x", b"x = 'a(b'", b"f([{}])", b"'''a'''", b"''", b"# (", b"match = 1"]
        {
            assert!(!more(line), "{:?}", core::str::from_utf8(line));
        }
    }

    #[test]
    fn open_brackets_and_long_strings_go_on() {
        for line in [&b"f("[..], b"[1,\n2", b"{", b"'''a", b"\"\"\"a\nb", b"x = 1 + \\", b"'a\\"] {
            assert!(more(line), "{:?}", core::str::from_utf8(line));
        }
    }

    #[test]
    fn compound_statements_go_on_until_an_empty_line() {
        for line in [&b"if x:"[..], b"@dec", b"async def f():", b"try:\n  x", b"match x:"] {
            assert!(more(line), "{:?}", core::str::from_utf8(line));
        }
        assert!(!more(b"if x:\n  y\n"));
        assert!(!more(b"iffy"));
        assert!(more(b"match x:\n case 1: pass"));
    }

    #[test]
    fn a_string_that_the_line_ends_is_complete_and_wrong() {
        assert!(!more(b"x = 'abc"));
        assert!(!more(b"f('abc"));
    }
}
