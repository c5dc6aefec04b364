//! A camera on a desktop: runs scripts for OpenMV's cameras over the memories of a board, with sensors of
//! software or with pictures of a folder.
//!
//! ```text
//! cargo run --release -p camera -- --script FILE --frames 100 --virtual-time
//! cargo run --release -p camera -- --page 8080
//! cargo run --release -p camera -- --pty
//! ```
//!
//! With `--script`, only what the script prints goes to the standard output; how the run ended, and what is left
//! in the pools, goes to the error output.
//!
//! | module | does |
//! |---|---|
//! | `options` | reads the command line |
//! | `board` | makes pools and sensors of a board's memories |
//! | `sensors` | pictures of a folder as a sensor |
//! | `host` | the time that scripts see |
//! | `run` | runs a script in an interpreter of its own |
//! | `map` | tells what lies where |
//! | `shared` | joins the thread of the scripts to the one that talks to a tool |
//! | `pty` | lets OpenMV's tools take this program for a camera |
//! | `page` | shows it all in a browser |

mod board;
mod host;
mod map;
mod options;
mod page;
mod pty;
mod run;
mod sensors;
mod shared;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::process::ExitCode;
use std::thread;

use snakelet_camera::link::Viewer;
use snakelet_pool::StreamReader;
use snakelet_pool::presets;

use board::Memories;
use host::{Steps, Time};
use options::Options;
use page::Page;
use pty::Pty;
use run::{Ended, Job};
use shared::Shared;

/// The script that finds the moving bar.
const BAR: &str = include_str!("bar.py");
/// Frames of the demonstration.
const FRAMES: u32 = 100;

fn main() -> ExitCode {
    let options = Options::parse();
    match start(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

fn start(options: &Options) -> Result<(), String> {
    let board = presets::board(&options.board).ok_or("there is no such board")?;
    let viewer: &'static Viewer = Box::leak(Box::new(Viewer::new()));
    let (mut memories, reader) = Memories::new(board, options.pictures.as_deref(), viewer)?;
    let shared: &'static Shared = Box::leak(Box::new(Shared::new(&memories)));
    match (options.pty, options.page) {
        (true, _) => pty(options, &mut memories, shared, viewer, reader),
        (_, Some(port)) => {
            let page = Page::new(shared, &memories, viewer, reader);
            page_of(options, port, &mut memories, Box::leak(Box::new(page)))
        }
        _ => script(options, &mut memories, shared).map(drop),
    }
}

/// Runs the script that the command line names, or the demonstration.
fn script(options: &Options, memories: &mut Memories, shared: &Shared) -> Result<Ended, String> {
    let (source, name, folder) = match &options.script {
        None => (BAR.as_bytes().to_vec(), "bar.py".into(), String::new()),
        Some(path) => {
            let source =
                std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
            let name = path.file_name().map_or(String::new(), |name| name.to_string_lossy().into());
            (source, name, path.parent().map_or(String::new(), |path| path.display().to_string()))
        }
    };
    let demonstrates = options.script.is_none() && options.page.is_none();
    let job = Job {
        source: &source,
        name: &name,
        path: vec![folder, options.standins.display().to_string()],
        frames: options.frames.or(demonstrates.then_some(FRAMES)),
        echoes: true,
    };
    let mut time = time(options);
    shared.begins();
    let ended = run::run(memories, shared, &mut time, &job)?;
    eprintln!("frames {}, bytes left in pools {}", ended.frames, memories.used());
    if demonstrates {
        print!("{}", ended.map);
    } else if options.map {
        eprint!("{}", ended.map);
    }
    ended.result.clone().map(|()| ended)
}

fn time(options: &Options) -> Time {
    if options.virtual_time { Time::Virtual(Steps::default()) } else { Time::real() }
}

/// Runs the script, and shows it all at a page that stays when the script has ended.
fn page_of(
    options: &Options,
    port: u16,
    memories: &mut Memories,
    page: &'static Page<'static>,
) -> Result<(), String> {
    let listener = Page::bind(port)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    eprintln!("the page is at http://{address}/");
    thread::scope(|scope| {
        page.serve(listener, scope);
        if let Err(text) = script(options, memories, page.shared) {
            page.shared.print(text.as_bytes());
            eprintln!("{text}");
        }
        Ok(())
    })
}

/// Runs scripts as a tool sends them, for as long as the program runs.
fn pty(
    options: &Options,
    memories: &mut Memories,
    shared: &'static Shared,
    viewer: &'static Viewer,
    reader: StreamReader<'static>,
) -> Result<(), String> {
    let pty = Pty::open().map_err(|error| error.to_string())?;
    println!("{}", pty.name);
    std::io::stdout().flush().map_err(|error| error.to_string())?;
    thread::spawn(move || {
        // without the line the program is of no use
        let text = pty.serve(shared, viewer, reader).err().unwrap_or_default();
        eprintln!("{text}");
        std::process::exit(1);
    });
    loop {
        let source = shared.wait_for_script();
        let job = Job {
            source: &source,
            name: "<stdin>",
            path: vec![options.standins.display().to_string()],
            frames: options.frames,
            echoes: false,
        };
        let ended = run::run(memories, shared, &mut time(options), &job)?;
        if let Err(text) = ended.result {
            shared.print(text.as_bytes());
            shared.print(b"\n");
        }
    }
}
