//! What the command line says.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, Command, value_parser};

/// What is to be done.
pub(crate) struct Options {
    /// The script; none: the one that finds the moving bar.
    pub(crate) script: Option<PathBuf>,
    /// The script is stopped after so many frames.
    pub(crate) frames: Option<u32>,
    pub(crate) virtual_time: bool,
    pub(crate) board: String,
    /// A folder of pictures that the first sensor shows.
    pub(crate) pictures: Option<PathBuf>,
    /// Where scripts find modules of a board that are not there yet.
    pub(crate) standins: PathBuf,
    /// Scripts come from one of OpenMV's tools, through a pseudoterminal.
    pub(crate) pty: bool,
    /// The port of the page that shows it all.
    pub(crate) page: Option<u16>,
    /// Whether to tell, at the end of a script, what lies where.
    pub(crate) map: bool,
}

impl Options {
    /// Reads the command line; ends the program where it asks for help or is wrong.
    pub(crate) fn parse() -> Options {
        let standins = Path::new(env!("CARGO_MANIFEST_DIR")).join("standins");
        let path = || value_parser!(PathBuf);
        let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
        let matches = Command::new("camera")
            .about("Runs scripts with a camera over the memories of a board")
            .after_help(
                "Without --script, --pty and --page: finds the moving bar in a hundred frames of five \
                 megapixels, and tells what lies where.",
            )
            .arg(Arg::new("script").long("script").value_parser(path()).help("the script to run"))
            .arg(
                Arg::new("frames")
                    .long("frames")
                    .value_parser(value_parser!(u32))
                    .help("stop the script after so many frames"),
            )
            .arg(flag("virtual-time").help("let time pass only where somebody waits"))
            .arg(
                Arg::new("board")
                    .long("board")
                    .default_value("openmv-n6")
                    .help("the board whose memories are there"),
            )
            .arg(
                Arg::new("pictures")
                    .long("pictures")
                    .value_parser(path())
                    .help("a folder of pictures that the first sensor shows"),
            )
            .arg(Arg::new("standins").long("standins").value_parser(path()).hide(true))
            .arg(flag("pty").conflicts_with("page").help("take scripts of OpenMV's tools"))
            .arg(
                Arg::new("page")
                    .long("page")
                    .value_parser(value_parser!(u16))
                    .help("show preview, pools and output at http://127.0.0.1:PORT/"),
            )
            .arg(flag("map").help("tell what lies where when the script has ended"))
            .get_matches();
        let path = |name| matches.get_one::<PathBuf>(name).cloned();
        Options {
            script: path("script"),
            frames: matches.get_one("frames").copied(),
            virtual_time: matches.get_flag("virtual-time"),
            board: matches.get_one::<String>("board").cloned().unwrap_or_default(),
            pictures: path("pictures"),
            standins: path("standins").unwrap_or(standins),
            pty: matches.get_flag("pty"),
            page: matches.get_one("page").copied(),
            map: matches.get_flag("map"),
        }
    }
}
