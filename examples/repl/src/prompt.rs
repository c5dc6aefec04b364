//! A plain read-eval-print loop over lines.

use std::io::{self, BufRead};

use snakelet::source::needs_more_input;

use crate::session::{End, Session, banner};

/// Reads and runs statements until the input ends or a script exits.
pub(crate) fn run(session: &mut Session) -> End {
    session.print(&banner());
    session.print("\nUse Ctrl-D to exit\n");
    loop {
        let Some(mut text) = read(session, ">>> ") else { return End::Done };
        while needs_more_input(text.as_bytes()) {
            match read(session, "... ") {
                Some(line) => {
                    text.push('\n');
                    text.push_str(&line);
                }
                None => break,
            }
        }
        if text.trim().is_empty() {
            continue;
        }
        if let End::Exit(code) = session.run_statement(&text) {
            return End::Exit(code);
        }
    }
}

/// Reads a line, without its end; `None` at the end of the input.
fn read(session: &mut Session, prompt: &str) -> Option<String> {
    session.print(prompt);
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(n) if n > 0 => Some(line.trim_end_matches(['\r', '\n']).to_string()),
        _ => {
            session.print("\n");
            None
        }
    }
}
