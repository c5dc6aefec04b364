//! The command line's arguments, in the manner of MicroPython's unix port.
//!
//! Options come before what is run, and everything behind it belongs to the script. They are few
//! and have forms (`-O3`, `-X name=value`, `-v -v`) that end at the first word without a dash, so
//! they are read by hand.

use crate::report::Style;

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// The text after `-c`.
    Command(String),
    /// The module after `-m`.
    Module(String),
    /// A file.
    File(String),
    /// The text on the standard input, asked for with `-`.
    Input,
    /// What tools send over a pseudo-terminal, to which a link at this path leads.
    Serve(Option<String>),
    /// Nothing: a prompt, or the standard input if it is no terminal.
    None,
}

/// What the arguments say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Bytes of the Python heap.
    pub(crate) heap: usize,
    /// Whether to end before the script runs.
    pub(crate) compile_only: bool,
    /// Whether a prompt follows what was run.
    pub(crate) inspect: bool,
    /// How often `-v` was given.
    pub(crate) verbose: u8,
    /// How errors are shown; `None` where that follows from where they go.
    pub(crate) report: Option<Style>,
    /// Level of `-O`.
    pub(crate) optimisation: u8,
    /// What to run.
    pub(crate) program: Program,
    /// `sys.argv`.
    pub(crate) argv: Vec<String>,
}

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// To run something.
    Run(Options),
    /// The help text.
    Help,
    /// The version.
    Version,
}

/// The arguments are wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invalid;

/// Bytes of the heap when `heapsize` is not given: as many words as MicroPython's unix port has.
pub(crate) const DEFAULT_HEAP: usize = (1 << 18) * size_of::<usize>();
/// The smallest heap that can be asked for.
const LEAST_HEAP: usize = 700;

/// The text that `-h` prints.
pub(crate) fn help() -> String {
    format!(
        "\
usage: snakelet [<opts>] [-X <implopt>] [-c <command> | -m <module> | <filename> | -] [<args>]
Options:
--version : show version information
-h : print this help message
-i : show a prompt after running command, module or file
-v : verbose; twice: list the bytecode of what is compiled
-O[N] : apply bytecode optimizations of level N
--serve-pty [<link>] : offer the prompt to tools such as mpremote on a pseudo-terminal, whose path is
    printed and which <link> leads to

Implementation specific options (-X):
  compile-only                 -- parse and compile only
  emit=bytecode                -- set the code emitter (there is one)
  heapsize=<n>[w][K|M] -- set the size of the heap, compiler's memory included (default {DEFAULT_HEAP})
  traceback=full|short -- show the lines of the source that a traceback names, or do not
"
    )
}

impl Options {
    fn new() -> Self {
        Self {
            heap: DEFAULT_HEAP,
            compile_only: false,
            inspect: false,
            verbose: 0,
            report: None,
            optimisation: 0,
            program: Program::None,
            argv: Vec::new(),
        }
    }

    /// Reads the arguments, without the program's own name.
    ///
    /// # Errors
    /// [`Invalid`] for an option that does not exist or lacks its value.
    pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Request, Invalid> {
        let mut options = Self::new();
        let mut args = args;
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "-h" | "--help" => return Ok(Request::Help),
                "--version" => return Ok(Request::Version),
                "-i" => options.inspect = true,
                "-v" => options.verbose = options.verbose.saturating_add(1),
                "-X" => options.implementation(&args.next().ok_or(Invalid)?)?,
                "-c" => {
                    options.program = Program::Command(args.next().ok_or(Invalid)?);
                    options.argv.push(arg);
                }
                "-m" => {
                    let module = args.next().ok_or(Invalid)?;
                    options.argv.push(module.clone());
                    options.program = Program::Module(module);
                }
                "--serve-pty" if cfg!(unix) => options.program = Program::Serve(args.next()),
                "-" => {
                    options.program = Program::Input;
                    options.argv.push(arg);
                }
                _ if arg.starts_with("-O") => {
                    options.optimisation = level(arg.get(2..).unwrap_or_default())?;
                }
                _ if arg.starts_with('-') => return Err(Invalid),
                _ => {
                    options.argv.push(arg.clone());
                    options.program = Program::File(arg);
                }
            }
            if options.program != Program::None {
                options.argv.extend(args);
                break;
            }
        }
        Ok(Request::Run(options))
    }

    /// Takes the value of `-X`.
    fn implementation(&mut self, value: &str) -> Result<(), Invalid> {
        match value {
            "compile-only" => self.compile_only = true,
            "emit=bytecode" => {}
            "traceback=full" => self.report = Some(Style::Full),
            "traceback=short" => self.report = Some(Style::Short),
            _ => {
                let size = value.strip_prefix("heapsize=").ok_or(Invalid)?;
                self.heap = size_of_heap(size).filter(|n| *n >= LEAST_HEAP).ok_or(Invalid)?;
            }
        }
        Ok(())
    }
}

/// The level that `-O`, `-OO` or `-O3` asks for, given what follows the first O.
fn level(rest: &str) -> Result<u8, Invalid> {
    if let Some(digit) = rest.chars().next().and_then(|c| c.to_digit(10)) {
        return Ok(digit as u8);
    }
    if rest.chars().all(|c| c == 'O') {
        return u8::try_from(rest.len() + 1).map_err(|_| Invalid);
    }
    Err(Invalid)
}

/// Reads `<n>[w][K|M]`; `w` counts in words of four bytes where words have eight.
fn size_of_heap(text: &str) -> Option<usize> {
    let digits = text.find(|c: char| !c.is_ascii_hexdigit() && c != 'x').unwrap_or(text.len());
    let (number, mut unit) = text.split_at_checked(digits)?;
    let mut size = match number.strip_prefix("0x") {
        Some(hex) => usize::from_str_radix(hex, 16).ok()?,
        None => number.parse::<usize>().ok()?,
    };
    if let Some(rest) = unit.strip_prefix(['w', 'W']) {
        size = size.checked_mul(size_of::<usize>() / 4)?;
        unit = rest;
    }
    let factor = match unit {
        "" => 1,
        "k" | "K" => 1 << 10,
        "m" | "M" => 1 << 20,
        _ => return None,
    };
    size.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::{Invalid, Options, Program, Request, Style, size_of_heap};

    fn parse(line: &str) -> Result<Request, Invalid> {
        Options::parse(line.split_whitespace().map(str::to_string))
    }

    fn run(line: &str) -> Options {
        match parse(line) {
            Ok(Request::Run(options)) => options,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn options_end_where_the_script_begins() {
        let options = run("-X emit=bytecode -O2 a.py -c --version");
        assert_eq!(options.program, Program::File("a.py".to_string()));
        assert_eq!(options.argv, ["a.py", "-c", "--version"]);
        assert_eq!(options.optimisation, 2);
    }

    #[test]
    fn command_and_module_take_the_next_word() {
        let options = run("-i -v -v -c pass x");
        assert_eq!(options.program, Program::Command("pass".to_string()));
        assert_eq!(options.argv, ["-c", "x"]);
        assert_eq!((options.inspect, options.verbose), (true, 2));
        assert_eq!(run("-m pack.mod x").argv, ["pack.mod", "x"]);
    }

    #[test]
    fn the_heap_is_given_in_bytes_words_and_multiples() {
        assert_eq!(size_of_heap("700"), Some(700));
        assert_eq!(size_of_heap("16K"), Some(16 << 10));
        assert_eq!(size_of_heap("0x10"), Some(16));
        assert_eq!(size_of_heap("2wm"), Some((2 << 20) * size_of::<usize>() / 4));
        assert_eq!(size_of_heap("1T"), None);
        assert_eq!(size_of_heap(""), None);
    }

    #[test]
    fn a_line_for_tools_takes_a_path() {
        assert_eq!(run("--serve-pty").program, Program::Serve(None));
        let options = run("-X traceback=full --serve-pty /tmp/line");
        assert_eq!(options.program, Program::Serve(Some("/tmp/line".to_string())));
        assert_eq!(options.report, Some(Style::Full));
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for line in ["-X", "-c", "-m", "-q", "-X heapsize=1", "-X emit=native", "-Ox"] {
            assert_eq!(parse(line), Err(Invalid), "{line}");
        }
    }

    #[test]
    fn help_and_version_win_over_what_follows() {
        assert_eq!(parse("--version a.py"), Ok(Request::Version));
        assert_eq!(parse("-O -h"), Ok(Request::Help));
    }
}
