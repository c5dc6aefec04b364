//! The prompt on a terminal, and the line for tools.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// How long something may take on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal, or what is behind a serial port, seen from the other side.
struct Talk {
    file: File,
    /// What came and was not awaited yet.
    seen: Vec<u8>,
}

impl Talk {
    fn new(file: OwnedFd) -> Self {
        Self { file: file.into(), seen: Vec::new() }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.file.write_all(bytes).expect("it is open");
    }

    /// Waits for bytes; gives all that came until their end.
    fn until(&mut self, awaited: &[u8]) -> String {
        let begun = Instant::now();
        loop {
            let found = self.seen.windows(awaited.len()).position(|part| part == awaited);
            if let Some(at) = found {
                let rest = self.seen.split_off(at + awaited.len());
                let before = std::mem::replace(&mut self.seen, rest);
                return String::from_utf8_lossy(&before).into_owned();
            }
            let shown = || String::from_utf8_lossy(&self.seen).into_owned();
            let awaited = || String::from_utf8_lossy(awaited).into_owned();
            assert!(begun.elapsed() < PATIENCE, "{:?} does not come: {:?}", awaited(), shown());
            let mut waiting = [PollFd::new(&self.file, PollFlags::IN)];
            let wait = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
            if poll(&mut waiting, Some(&wait)).unwrap_or(0) > 0 {
                let mut bytes = [0; 1024];
                match self.file.read(&mut bytes) {
                    Ok(n) if n > 0 => self.seen.extend(bytes.iter().take(n)),
                    _ => panic!("it ended before {:?}: {:?}", awaited(), shown()),
                }
            }
        }
    }
}

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("snakelet-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The binary on a terminal of its own, of so many columns.
fn on_terminal(folder: &Folder, columns: u16, settings: &[(&str, &str)]) -> (Child, Talk) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
    grantpt(&ours).expect("granted");
    unlockpt(&ours).expect("unlocked");
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&ours, size).expect("a size");
    let name = ptsname(&ours, Vec::new()).expect("a name");
    let open = || {
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        Stdio::from(rustix::fs::open(name.as_c_str(), flags, Mode::empty()).expect("a terminal"))
    };
    // the terminal that sends signals is this one
    let mut command = Command::new("setsid");
    command
        .args(["--ctty", env!("CARGO_BIN_EXE_snakelet")])
        .env("SNAKELET_HISTORY", folder.0.join("history"))
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .envs(settings.iter().copied())
        .stdin(open())
        .stdout(open())
        .stderr(open());
    let child = command.spawn().expect("it starts");
    drop(command);
    let mut talk = Talk::new(ours);
    let banner = talk.until(b"for more information.");
    assert!(banner.contains("MicroPython v"), "{banner:?}");
    assert!(banner.contains("Snakelet"), "{banner:?}");
    talk.until(b">>> ");
    (child, talk)
}

fn leave(child: &mut Child, talk: &mut Talk) {
    talk.send(b"\x04");
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        assert!(begun.elapsed() < PATIENCE, "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "{status}");
}

#[test]
fn what_was_typed_is_there_the_next_time() {
    let folder = Folder::new("history");
    let (mut child, mut talk) = on_terminal(&folder, 0, &[]);
    talk.send(b"40 + 3\x1b[D\x7f2\x1b[3~\r");
    talk.until(b"\r\n42\r\n");
    talk.until(b">>> ");
    leave(&mut child, &mut talk);
    let (mut child, mut talk) = on_terminal(&folder, 0, &[]);
    talk.send(b"\x1b[A * 2\r");
    talk.until(b"\r\n44\r\n");
    talk.until(b">>> ");
    leave(&mut child, &mut talk);
}

#[test]
fn ctrl_c_ends_what_runs_what_waits_and_what_is_typed() {
    let (mut child, mut talk) = on_terminal(&Folder::new("ctrl-c"), 0, &[]);
    talk.send(b"while True: pass\r\x03");
    talk.until(b"... \r\n>>> ");
    talk.send(b"print('begun'); exec('while True: pass')\r");
    talk.until(b"\r\nbegun\r\n");
    talk.send(b"\x03");
    talk.until(b"KeyboardInterrupt");
    talk.until(b">>> ");
    talk.send(b"input('name? ')\r");
    talk.until(b"\r\nname? ");
    talk.send(b"\x03");
    talk.until(b"KeyboardInterrupt");
    talk.until(b">>> ");
    talk.send(b"1 +\x032 + 2\r");
    talk.until(b"\r\n4\r\n");
    talk.until(b">>> ");
    leave(&mut child, &mut talk);
}

#[test]
fn errors_have_the_line_and_a_caret_on_a_screen() {
    const WRONG: &[u8] = b"ab = = 1\r";
    let folder = Folder::new("screen");
    // a terminal without a size is a program's
    let (mut child, mut talk) = on_terminal(&folder, 0, &[]);
    talk.send(WRONG);
    let shown = talk.until(b">>> ");
    assert!(
        shown.ends_with("  File \"<stdin>\", line 1\r\nSyntaxError: invalid syntax\r\n>>> "),
        "{shown:?}"
    );
    leave(&mut child, &mut talk);
    let (mut child, mut talk) = on_terminal(&folder, 80, &[("NO_COLOR", "1")]);
    talk.send(WRONG);
    let shown = talk.until(b">>> ");
    assert!(shown.contains("line 1\r\n    ab = = 1\r\n         ^\r\nSyntaxError: "), "{shown:?}");
    assert!(!shown.contains("\x1b["), "{shown:?}");
    leave(&mut child, &mut talk);
    let (mut child, mut talk) = on_terminal(&folder, 80, &[]);
    talk.send(b"def f(): return 'a'\r\r");
    talk.until(b"\x1b[1;34mreturn\x1b[0m \x1b[32m'a'\x1b[0m");
    talk.send(WRONG);
    talk.until(b"\x1b[1;31m^\x1b[0m");
    talk.until(b"\x1b[1;35mSyntaxError\x1b[0m");
    talk.until(b">>> ");
    leave(&mut child, &mut talk);
}

#[test]
fn names_are_completed() {
    let (mut child, mut talk) = on_terminal(&Folder::new("names"), 0, &[]);
    talk.send(b"class C: value, _hidden = 5, 6\r\r");
    talk.until(b"... \r\n>>> ");
    talk.send(b"print(C.\t + 10)\r");
    talk.until(b"print(C.value + 10)\r\n15\r\n");
    talk.until(b">>> ");
    leave(&mut child, &mut talk);
}

/// The binary with a line for tools.
fn serve(folder: &Folder) -> (Child, Talk) {
    let link = folder.0.join("line");
    let mut child = Command::new(env!("CARGO_BIN_EXE_snakelet"))
        .arg("--serve-pty")
        .arg(&link)
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut told = String::new();
    let error = child.stderr.as_mut().expect("it is piped");
    BufReader::new(error).read_line(&mut told).expect("text");
    let port = fs::read_link(&link).expect("a link");
    assert!(told.ends_with(&format!("{}\n", port.display())), "{told}");
    let line = rustix::fs::open(&link, OFlags::RDWR | OFlags::NOCTTY, Mode::empty());
    (child, Talk::new(line.expect("the line")))
}

#[test]
fn tools_run_programs_over_a_line() {
    let folder = Folder::new("line");
    let (mut child, mut talk) = serve(&folder);
    talk.send(b"\r\x03\x01");
    talk.until(b"raw REPL; CTRL-B to exit\r\n>");
    talk.send(b"print('a\\nb'); kept = 1\x04");
    assert_eq!(talk.until(b">"), "OKa\r\nb\r\n\x04\x04>");
    talk.send(b"\x05A\x01");
    talk.until(b"R\x01\x80\x00\x01");
    talk.send(b"raise ValueError(kept)\x04");
    let shown = talk.until(b"\x04>");
    let error = "Traceback (most recent call last):\r\n  File \"<stdin>\", line 1, in <module>\r\nValueError: 1\r\n";
    assert_eq!(shown, format!("\x04\x04{error}\x04>"));
    talk.send(b"while True: pass\x04");
    talk.until(b"OK");
    talk.send(b"\x03");
    talk.until(b"KeyboardInterrupt: \r\n\x04>");
    // input of a script comes over the line, too
    talk.send(b"print(input() * 2)\x04");
    talk.until(b"OK");
    talk.send(b"xy\r");
    assert_eq!(talk.until(b">"), "xyxy\r\n\x04\x04>");
    talk.send(b"\x04");
    talk.until(b"OK\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
    talk.send(b"print('kept' in globals())\x04");
    talk.until(b"OKFalse\r\n\x04\x04>");
    talk.send(b"raise SystemExit\x04");
    talk.until(b"OK\x04\x04MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
    talk.send(b"\x02");
    talk.until(b">>> ");
    talk.send(b"1 + 1\r");
    talk.until(b"\r\n2\r\n>>> ");
    child.kill().expect("it is there");
    let _ = child.wait();
}

#[test]
fn what_is_printed_has_left_the_process() {
    // killed without any chance to write what it might keep
    let script = "import sys, time\nprint('a', end='')\nsys.stdout.write('b')\ntime.sleep(1000)";
    let mut child = Command::new(env!("CARGO_BIN_EXE_snakelet"))
        .args(["-c", script])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut bytes = [0; 2];
    child.stdout.as_mut().expect("it is piped").read_exact(&mut bytes).expect("two bytes");
    assert_eq!(&bytes, b"ab");
    child.kill().expect("it runs");
    let _ = child.wait();
}

#[test]
fn output_that_is_lost_is_an_error() {
    let Ok(full) = File::options().write(true).open("/dev/full") else { return };
    let mut child = Command::new(env!("CARGO_BIN_EXE_snakelet"))
        .args([
            "-c",
            "try: print(1)\nexcept OSError as e: import sys; sys.stderr.write(str(e.errno)); raise",
        ])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut error = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut error).expect("text");
    assert!(error.starts_with("28"), "{error}");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}

#[test]
fn tracebacks_have_lines_of_the_source_where_they_are_apart_from_the_output() {
    let run = |options: &[&str], together: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_snakelet"));
        command.args(options).args(["-c", "def f():\n    1 / 0\nf()"]);
        if together {
            let (mut read, write) = std::io::pipe().expect("a pipe");
            command.stdout(write.try_clone().expect("a pipe")).stderr(write);
            let mut child = command.spawn().expect("it starts");
            drop(command);
            let mut text = String::new();
            read.read_to_string(&mut text).expect("text");
            let _ = child.wait();
            return text;
        }
        let output = command.output().expect("it runs");
        String::from_utf8(output.stderr).expect("text")
    };
    let short = "Traceback (most recent call last):\n  File \"<stdin>\", line 3, in <module>\n  File \"<stdin>\", line 2, in f\nZeroDivisionError: divide by zero\n";
    let full =
        short.replace("<module>\n", "<module>\n    f()\n").replace("in f\n", "in f\n    1 / 0\n");
    assert_eq!(run(&[], false), full);
    // what is compared with MicroPython's is not added to
    assert_eq!(run(&[], true), short);
    assert_eq!(run(&["-X", "traceback=full"], true), full);
    assert_eq!(run(&["-X", "traceback=short"], false), short);
}
