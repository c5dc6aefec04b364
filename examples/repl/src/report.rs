//! Tracebacks with the lines of the source that they name, for people.
//!
//! The text is the interpreter's own, which tests and tools know; lines of the source are put between its lines where
//! somebody reads them.

use std::env;
use std::fs;
use std::io::{self, IsTerminal};

use snakelet_vm::print::Out;
use snakelet_vm::{Local, Raised, Vm};

use crate::terminal;

/// How an error is shown.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// As MicroPython prints it, word for word: what is wrong with a statement is not said.
    Terse,
    /// As the interpreter prints it.
    Short,
    /// The same for tools at the other end of a line, which look for `OSError` by its name.
    Tool,
    /// With lines of the source.
    Full,
    /// In colours, too.
    Coloured,
}

impl Style {
    /// What suits the standard error output: on a screen lines and colours. Where it goes into one file or pipe with the
    /// output, what is compared with MicroPython's is not added to.
    pub(crate) fn of_standard_error() -> Self {
        match terminal::has_screen(&io::stderr()) {
            true if wants_colour() => Self::Coloured,
            true => Self::Full,
            // a program is behind the terminal, most likely a test
            false if io::stderr().is_terminal() => Self::Terse,
            false if terminal::is_one_output() => Self::Short,
            false => Self::Full,
        }
    }
}

/// Whether the environment says that the terminal has colours, and that they are wanted: see no-color.org.
pub(crate) fn wants_colour() -> bool {
    let has = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !has("NO_COLOR") && env::var("TERM").is_ok_and(|term| !term.is_empty() && term != "dumb")
}

/// The most bytes of a file that is looked at for a line.
const MOST: u64 = 16 << 20;

const PLACE: &str = "\x1b[35m";
const MARK: &str = "\x1b[1;31m";
const CLASS: &str = "\x1b[1;35m";
const PLAIN: &str = "\x1b[0m";

/// Reports errors.
pub(crate) struct Report {
    style: Style,
    /// The text that was typed last, or that came by the command line: that of the file `<stdin>`.
    typed: String,
}

impl Report {
    pub(crate) fn new(style: Style) -> Self {
        Self { style, typed: String::new() }
    }

    /// Sets what the file `<stdin>` is.
    pub(crate) fn set_typed(&mut self, text: &[u8]) {
        if matches!(self.style, Style::Full | Style::Coloured) {
            self.typed = String::from_utf8_lossy(text).into_owned();
        }
    }

    /// Prints an exception.
    ///
    /// # Errors
    /// What its `__str__` raises, or `MemoryError`.
    pub(crate) fn print(&self, vm: &mut Vm, exception: Local) -> Result<(), Raised> {
        if self.style == Style::Short {
            return vm.print_uncaught(exception, Out::Error);
        }
        let mut column = None;
        vm.traceback(exception, &mut |place| column = place.column);
        let out = vm.new_text()?;
        vm.print_uncaught(exception, out)?;
        let text = vm.finish_bytes(out)?;
        let text = vm.bytes_of(vm.value(text)).map(<[u8]>::to_vec).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let shown = match self.style {
            Style::Terse => terse(&text),
            Style::Tool => for_tools(&text),
            _ => self.with_source(&text, column),
        };
        vm.emit(Out::Error, shown.as_bytes())
    }

    /// A traceback with lines of the source behind the places; the column is that of an error in the source itself.
    fn with_source(&self, text: &str, column: Option<usize>) -> String {
        let mut shown = String::new();
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate() {
            let place = Place::parse(line);
            // the message begins behind the last place
            let is_message = place.is_none()
                && i > 0
                && lines.get(i - 1).and_then(|l| Place::parse(l)).is_some();
            match (&place, self.style) {
                (Some(place), Style::Coloured) => place.show(&mut shown),
                (None, Style::Coloured) if is_message || lines.len() == 1 => {
                    let (class, rest) = line.split_at(line.find(": ").unwrap_or(line.len()));
                    shown.extend([CLASS, class, PLAIN, rest]);
                }
                _ => shown.push_str(line),
            }
            shown.push('\n');
            if let Some(place) = place
                && let Some(source) = self.line(&place)
            {
                let cut = source.trim_start();
                shown.extend(["    ", cut.trim_end(), "\n"]);
                if let (Some(column), None) = (column, place.function) {
                    self.caret(&source, column, &mut shown);
                }
            }
        }
        shown
    }

    /// Shows where in a line an error is, below the line, which was shown without its indentation.
    fn caret(&self, source: &str, column: usize, shown: &mut String) {
        let indent = source.chars().take_while(|c| c.is_whitespace()).count();
        let before = source.chars().take(column.saturating_sub(1)).skip(indent);
        let blanks: String = before
            .flat_map(|c| match c {
                '\t' => std::iter::repeat_n('\t', 1),
                c => std::iter::repeat_n(' ', snakelet_repl::width(c)),
            })
            .collect();
        let (mark, plain) = if self.style == Style::Coloured { (MARK, PLAIN) } else { ("", "") };
        shown.extend(["    ", &blanks, mark, "^", plain, "\n"]);
    }

    /// The line of the source at a place.
    fn line(&self, place: &Place<'_>) -> Option<String> {
        let number = place.line.checked_sub(1)?;
        if place.file != "<stdin>" {
            if fs::metadata(place.file).ok()?.len() > MOST {
                return None;
            }
            let text = fs::read(place.file).ok()?;
            let line = text.split(|byte| *byte == b'\n').nth(number)?;
            return Some(String::from_utf8_lossy(line).into_owned());
        }
        // a function that was typed before has lines of another text
        let is_here = match place.function {
            None | Some("<module>") => true,
            Some(name) => self.typed.contains(&format!("def {name}(")),
        };
        self.typed.lines().nth(number).filter(|_| is_here).map(str::to_string)
    }
}

/// A traceback without what is said of the syntax beyond that it is wrong.
fn terse(text: &str) -> String {
    const WRONG: &str = "SyntaxError: invalid syntax";
    let short = |line| if str::starts_with(line, WRONG) { WRONG } else { line };
    text.lines().flat_map(|line| [short(line), "\n"]).collect()
}

/// A traceback in which the narrower classes of `OSError` have that name.
fn for_tools(text: &str) -> String {
    let wide = |line: &str| {
        let name = line.split(':').next().unwrap_or(line);
        match Vm::is_builtin_exception(name, "OSError") {
            true => format!("OSError{}\n", &line[name.len()..]),
            false => format!("{line}\n"),
        }
    };
    text.lines().map(wide).collect()
}

/// A line of a traceback that names a place.
struct Place<'t> {
    file: &'t str,
    line: usize,
    /// `None` for an error in the source itself.
    function: Option<&'t str>,
}

impl<'t> Place<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let (file, rest) = text.strip_prefix("  File \"")?.rsplit_once("\", line ")?;
        let (line, function) = match rest.split_once(", in ") {
            Some((line, function)) => (line, Some(function)),
            None => (rest, None),
        };
        Some(Self { file, line: line.parse().ok()?, function })
    }

    fn show(&self, shown: &mut String) {
        let line = self.line.to_string();
        shown.extend(["  File ", PLACE, "\"", self.file, "\"", PLAIN]);
        shown.extend([", line ", PLACE, &line, PLAIN]);
        if let Some(function) = self.function {
            shown.extend([", in ", PLACE, function, PLAIN]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Report, Style};

    const PLACES: &str =
        "Traceback (most recent call last):\n  File \"<stdin>\", line 2, in <module>\n";

    fn report(style: Style, typed: &str) -> Report {
        let mut report = Report::new(style);
        report.set_typed(typed.as_bytes());
        report
    }

    #[test]
    fn lines_of_the_source_stand_below_their_places() {
        let report = report(Style::Full, "if 1:\n    f()\n");
        let shown = report.with_source(&format!("{PLACES}NameError: f\n"), None);
        assert_eq!(shown, format!("{PLACES}    f()\nNameError: f\n"));
    }

    #[test]
    fn a_caret_shows_the_column_below_the_line_without_its_indentation() {
        let report = report(Style::Full, "if 1:\n  \t日 = = 2\n");
        let text = "  File \"<stdin>\", line 2\nSyntaxError: invalid syntax\n";
        let shown = report.with_source(text, Some(8));
        let expected =
            "  File \"<stdin>\", line 2\n    日 = = 2\n         ^\nSyntaxError: invalid syntax\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn functions_that_were_typed_before_have_no_lines() {
        let text = "  File \"<stdin>\", line 1, in old\nValueError: \n";
        assert_eq!(report(Style::Full, "old()\n").with_source(text, None), text);
        let shown = report(Style::Full, "def old(): raise 1\n").with_source(text, None);
        assert!(shown.contains("    def old(): raise 1\n"));
    }

    #[test]
    fn colours_change_no_text() {
        let report = report(Style::Coloured, "x\ny\n");
        let shown = report.with_source(&format!("{PLACES}NameError: f\n"), None);
        let mut plain = String::new();
        let mut parts = shown.split('\x1b');
        plain.push_str(parts.next().unwrap_or_default());
        for part in parts {
            plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
        }
        assert_eq!(plain, format!("{PLACES}    y\nNameError: f\n"));
    }

    #[test]
    fn tools_find_os_errors_by_their_name() {
        let text = "Traceback:\nFileNotFoundError: [Errno 2] ENOENT\n";
        assert_eq!(super::for_tools(text), "Traceback:\nOSError: [Errno 2] ENOENT\n");
        assert_eq!(super::for_tools("ValueError: OSError\n"), "ValueError: OSError\n");
    }
}
