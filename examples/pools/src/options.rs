//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, Command, value_parser};
use snakelet_pool::presets::{self, Board};

/// What a run is to do.
#[derive(Debug)]
pub(crate) struct Options {
    /// The board whose memories are used.
    pub(crate) board: &'static Board,
    /// Where to write the page that draws the map.
    pub(crate) map: Option<PathBuf>,
    /// How long frames are taken.
    pub(crate) time: Duration,
}

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// The names of all boards.
    List,
    /// A run.
    Run(Options),
}

fn command() -> Command {
    Command::new("pools")
        .about("Runs cameras, a preview and a script in the memories of a board")
        .arg(
            Arg::new("board")
                .long("board")
                .value_name("NAME")
                .default_value("openmv-n6")
                .value_parser(find)
                .help("Board whose memories are used"),
        )
        .arg(
            Arg::new("map")
                .long("map")
                .value_name("FILE.html")
                .value_parser(value_parser!(PathBuf))
                .help("Draws what lies where"),
        )
        .arg(
            Arg::new("seconds")
                .long("seconds")
                .value_name("N")
                .default_value("1")
                .value_parser(seconds)
                .help("How long frames are taken"),
        )
        .arg(
            Arg::new("list")
                .long("list")
                .action(ArgAction::SetTrue)
                .help("Lists the boards' names"),
        )
}

/// Reads the arguments, with the program's own name before them.
pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<Request, clap::Error> {
    let mut found = command().try_get_matches_from(args)?;
    if found.get_flag("list") {
        return Ok(Request::List);
    }
    let missing = || clap::Error::new(clap::error::ErrorKind::MissingRequiredArgument);
    Ok(Request::Run(Options {
        board: found.remove_one("board").ok_or_else(missing)?,
        map: found.remove_one("map"),
        time: found.remove_one("seconds").ok_or_else(missing)?,
    }))
}

fn find(name: &str) -> Result<&'static Board, String> {
    presets::board(name).ok_or_else(|| "there is no such board, --list names them".to_string())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_line(line: &str) -> Result<Request, clap::Error> {
        parse(["pools"].into_iter().chain(line.split_whitespace()).map(OsString::from))
    }

    fn options(line: &str) -> Options {
        match parse_line(line) {
            Ok(Request::Run(options)) => options,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn without_arguments_it_is_a_second_on_the_largest_board() {
        let options = options("");
        assert_eq!((options.board.name, options.map), ("openmv-n6", None));
        assert_eq!(options.time, Duration::from_secs(1));
    }

    #[test]
    fn arguments_are_read() {
        let options = options("--board OPENMV4 --map a.html --seconds 0.25");
        assert_eq!((options.board.name, options.map), ("openmv4", Some("a.html".into())));
        assert_eq!(options.time, Duration::from_millis(250));
        assert!(matches!(parse_line("--list"), Ok(Request::List)));
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for line in ["--board c64", "--seconds -1", "--seconds x", "--seconds 1e99", "--maps", "x"]
        {
            assert!(parse_line(line).is_err_and(|error| error.use_stderr()), "{line}");
        }
        assert!(parse_line("--help").is_err_and(|error| !error.use_stderr()));
    }
}
