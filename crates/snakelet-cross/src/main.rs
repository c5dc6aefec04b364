//! `snakelet-cross SOURCE.py [-o OUT.mpy] [-O[N]] [-s NAME]`

use std::path::PathBuf;
use std::process::ExitCode;

use snakelet_cross::Settings;

const USAGE: &str = "\
usage: snakelet-cross [OPTIONS] SOURCE.py
Compiles Python source to an .mpy file that MicroPython and Snakelet run.

  -o FILE              where to write it; default is SOURCE.mpy
  -s NAME              name of the source in tracebacks; default is the path as given
  -O[N]                optimisation level; -O is -O1
  -msmall-int-bits=N   width of the target's small integers; default is 31
  --cpython            names private to classes and more, as scripts are compiled on hosts
  -v                   print what compiling cost
  --version            print the version";

struct Arguments {
    source: String,
    output: PathBuf,
    name: Option<String>,
    optimisation: u8,
    small_int_bits: u8,
    cpython: bool,
    verbose: bool,
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let (mut source, mut output, mut name) = (None, None, None);
    let (mut optimisation, mut small_int_bits) = (0, 31);
    let (mut cpython, mut verbose) = (false, false);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        if argument == "-o" {
            output = Some(PathBuf::from(value()?));
        } else if argument == "-s" {
            name = Some(value()?);
        } else if argument == "-v" {
            verbose = true;
        } else if argument == "--cpython" {
            cpython = true;
        } else if let Some(level) = argument.strip_prefix("-O") {
            optimisation = match level {
                "" => 1,
                level => level.parse().map_err(|_| format!("bad level: {argument}"))?,
            };
        } else if let Some(bits) = argument.strip_prefix("-msmall-int-bits=") {
            small_int_bits = bits.parse().map_err(|_| format!("bad width: {argument}"))?;
            if !(2..=63).contains(&small_int_bits) {
                return Err(format!("bad width: {argument}"));
            }
        } else if argument.starts_with('-') || source.is_some() {
            return Err(format!("unexpected argument: {argument}"));
        } else {
            source = Some(argument);
        }
    }
    let source = source.ok_or("no source given")?;
    let output = output.unwrap_or_else(|| PathBuf::from(&source).with_extension("mpy"));
    Ok(Arguments { source, output, name, optimisation, small_int_bits, cpython, verbose })
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let text = std::fs::read(&arguments.source)
        .map_err(|error| format!("{}: {error}", arguments.source))?;
    let settings = Settings {
        name: arguments.name.as_deref().unwrap_or(&arguments.source),
        optimisation: arguments.optimisation,
        small_int_bits: arguments.small_int_bits,
        cpython: arguments.cpython,
    };
    let (mpy, report) = snakelet_cross::compile_with_report(&text, &settings)
        .map_err(|error| with_source_line(&text, &error))?;
    std::fs::write(&arguments.output, &mpy)
        .map_err(|error| format!("{}: {error}", arguments.output.display()))?;
    if arguments.verbose {
        println!(
            "{}: {} bytes of source, {} of .mpy, {} at most in use by the compiler",
            arguments.source,
            text.len(),
            mpy.len(),
            report.peak_bytes
        );
    }
    Ok(())
}

/// The error's text, and the line it speaks of with a caret below.
fn with_source_line(text: &[u8], error: &snakelet_cross::Error) -> String {
    let mut message = error.to_string();
    let Some(syntax) = error.syntax() else { return message };
    let text = String::from_utf8_lossy(text);
    let (Some(line), Some((place, what))) =
        (text.lines().nth(syntax.line as usize - 1), message.split_once('\n'))
    else {
        return message;
    };
    let before = line.chars().take(syntax.column as usize - 1);
    let blanks: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    message = format!("{place}\n    {line}\n    {blanks}^\n{what}");
    message
}

fn main() -> ExitCode {
    let words = std::env::args_os().skip(1);
    let arguments: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    if arguments.iter().any(|argument| argument == "--version") {
        println!("snakelet-cross {}; .mpy version 6", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|argument| argument == "-h" || argument == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let arguments = match parse(arguments.into_iter()) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("snakelet-cross: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
