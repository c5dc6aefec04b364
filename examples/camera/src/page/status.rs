//! Figures for the page.

use std::collections::VecDeque;
use std::fmt::Write;

use snakelet_pool::{BlockInfo, BlockState, Stats};

use super::Page;
use crate::shared::Shared;

/// Looks that are kept, a minute of them.
const LOOKS: usize = 240;

/// How many bytes of each pool were in use, one look after the other.
#[derive(Default)]
pub(crate) struct History {
    pools: Vec<VecDeque<usize>>,
}

impl History {
    pub(super) fn look(&mut self, shared: &Shared) {
        self.pools.resize_with(shared.pools.len(), VecDeque::new);
        for (looks, (_, pool)) in self.pools.iter_mut().zip(&shared.pools) {
            looks.push_back(pool.stats().used);
            let excess = looks.len().saturating_sub(LOOKS);
            looks.drain(..excess);
        }
    }
}

/// Everything that the page shows beside the preview.
pub(super) fn json(page: &Page<'_>, history: &History) -> String {
    let mut json = String::new();
    // writing to a string does not fail
    let _ = write_json(page, history, &mut json);
    json
}

fn write_json(page: &Page<'_>, history: &History, json: &mut String) -> std::fmt::Result {
    let frames = page.frames.iter().map(|frames| u64::from(frames.counters().delivered));
    write!(
        json,
        "{{\"board\":{},\"running\":{},\"frames\":{},\"output\":{},\"pools\":[",
        quoted(page.board.title),
        page.shared.runs(),
        frames.sum::<u64>(),
        quoted(&page.shared.shown()),
    )?;
    for (i, (part, pool)) in page.shared.pools.iter().enumerate() {
        let Stats { size, used, free, persistent, peak, largest_run, .. } = pool.stats();
        let names: Vec<&str> = part.attributes.iter_names().map(|(name, _)| name).collect();
        write!(
            json,
            "{}{{\"name\":{},\"attributes\":{},\"address\":\"{:#010x}\",\"size\":{size},\"used\":{used},\
             \"free\":{free},\"persistent\":{persistent},\"peak\":{peak},\"largest\":{largest_run},\"runs\":[",
            if i > 0 { "," } else { "" },
            quoted(part.name),
            quoted(&names.join(" ")),
            page.board.address(&part.part, 0),
        )?;
        let first = pool.info().start;
        let mut runs = Vec::new();
        pool.walk(&mut |BlockInfo { start, len, state }| {
            let kind = match state {
                BlockState::Free => 0,
                BlockState::Used => 1,
                BlockState::Persistent => 2,
            };
            runs.push(format!("[{},{len},{kind}]", start.saturating_sub(first)));
        });
        let looks = history.pools.get(i).into_iter().flatten();
        let looks: Vec<String> = looks.map(ToString::to_string).collect();
        write!(json, "{}],\"history\":[{}]}}", runs.join(","), looks.join(","))?;
    }
    write!(json, "]}}")
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            c if c < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn texts_are_quoted() {
        assert_eq!(quoted("a\"b\\c\nd\u{1b}[1mé"), "\"a\\\"b\\\\c\\u000ad\\u001b[1mé\"");
    }
}
