//! The snakelet command line, in the manner of MicroPython's unix port.

mod history;
mod host;
#[cfg_attr(not(unix), path = "line_absent.rs")]
mod line;
mod options;
mod prompt;
mod report;
mod session;
#[cfg_attr(not(unix), path = "terminal_absent.rs")]
mod terminal;

use std::env;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;

use options::{Options, Program, Request};
use session::{End, Session};

/// Exit code for a script that cannot be opened, as CPython's.
const NO_FILE: u8 = 2;

fn main() -> ExitCode {
    let words = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    match Options::parse(words) {
        Ok(Request::Help) => {
            print!("{}", options::help());
            ExitCode::SUCCESS
        }
        Ok(Request::Version) => {
            println!("{}", session::banner());
            ExitCode::SUCCESS
        }
        Ok(Request::Run(options)) => ExitCode::from(run(&options)),
        Err(options::Invalid) => {
            eprintln!("Invalid command line arguments. Use -h option for help.");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> u8 {
    let line = match &options.program {
        Program::Serve(link) => match line::Line::open(link.as_deref().map(Path::new)) {
            Ok(line) => Some(line),
            Err(e) => {
                eprintln!("snakelet: there is no pseudo-terminal: {e}");
                return 1;
            }
        },
        _ => None,
    };
    let Some(mut session) = Session::new(options, line) else {
        eprintln!("snakelet: the heap is too small");
        return 1;
    };
    let mut end = match &options.program {
        Program::Serve(_) => return serve(session),
        Program::None if options.inspect || io::stdin().is_terminal() => End::Done,
        Program::None | Program::Input => run_input(&mut session),
        Program::Command(text) => session.run_text(text.as_bytes(), "<stdin>"),
        Program::Module(name) => session.run_import(name),
        Program::File(path) => match open(path, &mut session) {
            Ok(end) => end,
            Err(code) => return code,
        },
    };
    let inspect = options.inspect || session.asks_for_prompt();
    if inspect || (options.program == Program::None && io::stdin().is_terminal()) {
        end = prompt::run(&mut session);
    }
    session.finish(end)
}

/// Serves tools on a line until the process is ended.
fn serve(mut session: Session) -> u8 {
    prompt::serve(&mut session);
    session.finish(End::Done)
}

/// Runs a script; the code to exit with if there is none.
fn open(path: &str, session: &mut Session) -> Result<End, u8> {
    let failed = |e: &io::Error| {
        let text = e.to_string();
        let reason = text.split(" (os error").next().unwrap_or_default();
        let code = e.raw_os_error().unwrap_or(0);
        eprintln!("snakelet: can't open file '{path}': [Errno {code}] {reason}");
        NO_FILE
    };
    let full = std::fs::canonicalize(path).map_err(|e| failed(&e))?;
    let folder = full.parent().unwrap_or(Path::new("/")).to_string_lossy();
    session.set_first_path(&folder);
    session.run_file(path).map_err(|e| failed(&e))
}

fn run_input(session: &mut Session) -> End {
    let mut text = Vec::new();
    if let Err(e) = io::stdin().read_to_end(&mut text) {
        eprintln!("snakelet: {e}");
        return End::Failed;
    }
    session.run_text(&text, "<stdin>")
}
