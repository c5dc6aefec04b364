//! What a camera does with the memories of a board, on a desktop.
//!
//! Two sensors fill frames, a script computes in a heap of its own, a viewer looks at a preview, and
//! scratch memory and a model lie between them. Then a map tells what lay where, with the
//! addresses of the real board.
//!
//! | module    | does |
//! |-----------|------|
//! | `options` | reads the command line |
//! | `tour`    | runs everything on one board |
//! | `plan`    | says what is tried on which board |
//! | `host`    | makes pools of a board's parts |
//! | `camera`  | takes frames and compares them with what the sensor draws |
//! | `preview` | hands small pictures to a viewer in another thread |
//! | `lend`    | lends memory to an accelerator |
//! | `script`  | runs Python meanwhile |
//! | `map`     | what lies where, with sums that are checked |
//! | `text`    | prints the map |
//! | `page`    | draws the map |

mod camera;
mod failure;
mod host;
mod lend;
mod map;
mod options;
mod page;
mod plan;
mod preview;
mod script;
#[cfg(test)]
mod tests;
mod text;
mod tour;
mod units;

use std::io::{self, Write};
use std::process::ExitCode;

use failure::{Result, failed};
use options::{Options, Request};
use snakelet_pool::presets::BOARDS;

fn main() -> ExitCode {
    let done = match options::parse(std::env::args_os()) {
        Ok(Request::List) => list(&mut io::stdout()),
        Ok(Request::Run(options)) => run(&options),
        Err(error) => {
            // clap has a text of its own for errors as well as for help
            let _ = error.print();
            return if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("pools: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn list(out: &mut dyn Write) -> Result<()> {
    for board in &BOARDS {
        writeln!(out, "{:28} {}", board.name, board.title).map_err(failed)?;
    }
    Ok(())
}

fn run(options: &Options) -> Result<()> {
    let mut out = io::stdout();
    let map = tour::run(options.board, options.time, &mut out)?;
    if let Some(path) = &options.map {
        std::fs::write(path, page::page(&map))
            .map_err(|error| failed(format!("{}: {error}", path.display())))?;
        writeln!(out, "the map is drawn in {}", path.display()).map_err(failed)?;
    }
    Ok(())
}
