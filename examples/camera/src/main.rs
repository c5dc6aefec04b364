//! A camera on a desktop: runs a script for OpenMV's cameras over the memories of a board, with sensors of
//! software.
//!
//! `cargo run --release -p camera -- --script FILE --frames 100 --virtual-time`
//!
//! Only what the script prints goes to the standard output; how the run ended, and what is left in the pools,
//! goes to the error output.

mod board;
mod host;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, Command, value_parser};
use snakelet::{Error, Interpreter};
use snakelet_pool::presets;

use board::Memories;
use host::{Steps, Stop, Time};

/// What the command line says.
struct Options {
    script: PathBuf,
    /// The script is stopped after so many frames.
    frames: Option<u32>,
    virtual_time: bool,
    board: String,
    /// Where scripts find modules of a board that are not there yet.
    standins: PathBuf,
}

fn options() -> Options {
    let standins = Path::new(env!("CARGO_MANIFEST_DIR")).join("standins");
    let path = || value_parser!(PathBuf);
    let matches = Command::new("camera")
        .about("Runs a script with a camera over the memories of a board")
        .arg(Arg::new("script").long("script").required(true).value_parser(path()))
        .arg(Arg::new("frames").long("frames").value_parser(value_parser!(u32)))
        .arg(Arg::new("virtual-time").long("virtual-time").action(ArgAction::SetTrue))
        .arg(Arg::new("board").long("board").default_value("openmv-n6"))
        .arg(Arg::new("standins").long("standins").value_parser(path()))
        .get_matches();
    let path = |name| matches.get_one::<PathBuf>(name).cloned();
    Options {
        script: path("script").unwrap_or_default(),
        frames: matches.get_one("frames").copied(),
        virtual_time: matches.get_flag("virtual-time"),
        board: matches.get_one::<String>("board").cloned().unwrap_or_default(),
        standins: path("standins").unwrap_or(standins),
    }
}

fn main() -> ExitCode {
    let options = options();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the script; what went wrong, if anything.
fn run(options: &Options) -> Result<(), String> {
    let board = presets::board(&options.board).ok_or("there is no such board")?;
    let mut memories = Memories::new(board)?;
    let source = std::fs::read(&options.script)
        .map_err(|error| format!("{}: {error}", options.script.display()))?;
    let mut stop = Stop::new(memories.frames(), options.frames);
    let mut time =
        if options.virtual_time { Time::Virtual(Steps::default()) } else { Time::real() };
    let (heap, wiring) = memories.parts();
    let mut regions = heap.into_iter();
    let first = regions.next().ok_or("the board has no heap")?;
    let mut builder = Interpreter::builder(first)
        .desktop()
        .platform("openmv")
        .clock(&mut time)
        .interrupt(&mut stop)
        .pools(wiring.pools)
        .stream(wiring.stream);
    for region in regions {
        builder = builder.region(region);
    }
    for (name, frames, sensor) in wiring.sensors {
        builder = builder.sensor(name, frames, sensor);
    }
    let mut python = builder.build().map_err(|error| error.to_string())?;
    let folder = options.script.parent().map_or(String::new(), |path| path.display().to_string());
    let standins = options.standins.display().to_string();
    python.set_path([folder, standins]).map_err(|error| error.to_string())?;
    let name =
        options.script.file_name().map_or(String::new(), |name| name.to_string_lossy().into());
    let ended = python.exec_named(&source, &name);
    drop(python);
    let taken = stop.taken();
    let left = memories.used();
    eprintln!("frames {taken}, bytes left in pools {left}");
    match ended {
        Ok(()) => Ok(()),
        // it has run for as long as it should
        Err(Error::Stopped) if options.frames.is_some_and(|most| taken >= most) => Ok(()),
        Err(Error::Exception(exception)) if exception.is("SystemExit") => Ok(()),
        Err(Error::Exception(exception)) => Err(exception.report().to_string()),
        Err(error) => Err(error.to_string()),
    }
}
