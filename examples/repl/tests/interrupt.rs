//! Ctrl-C ends whatever a script does: natives that work long, and programs that never end.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a script may take to begin, or to end when it is interrupted. A single process does both within some
/// milliseconds; a machine that is busy with other things may take longer, and what does not poll never ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// Preparations and works that do not end by themselves.
const WORKS: &[(&str, &str)] = &[
    ("", "while True: pass"),
    ("p = ()\nfor i in range(60): p = (p, p)", "hash(p)"),
    ("p = q = []\nfor i in range(60): p, q = [p, p], [q, q]", "p == q"),
    ("p = []\nfor i in range(60): p = [p, p]", "while True: print(p)"),
    ("t = [i * 7919 % 100003 for i in range(100000)]", "while True: sorted(t)"),
    ("t = 'a' * 600000; u = 'a' * 300000 + 'b'", "while True: u in t"),
    ("x = (1 << 2000000) - 1", "while True: x * x"),
    ("s = 'x = 0' + ' + a' * 50000", "while True: compile(s, 'f', 'exec')"),
    ("import gc\nt = [[i] for i in range(100000)]", "while True: gc.collect()"),
    ("class K:\n  def __hash__(self): return 1", "while True: s = {K() for i in range(3000)}"),
    ("import time", "time.sleep(100000)"),
];

#[test]
fn ctrl_c_ends_what_does_not_end() {
    let folder = std::env::temp_dir().join(format!("snakelet-interrupt-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    for (i, (setup, work)) in WORKS.iter().enumerate() {
        interrupt(&folder, i, setup, work);
    }
    let _ = fs::remove_dir_all(&folder);
}

/// Runs a script, which makes a file before its work, and interrupts it.
fn interrupt(folder: &Path, i: usize, setup: &str, work: &str) {
    let (script, mark) = (folder.join(format!("{i}.py")), folder.join(format!("{i}.mark")));
    let text = format!("{setup}\nopen('{}', 'w').close()\n{work}\n", mark.display());
    fs::write(&script, text).expect("the script is written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_snakelet"))
        .args(["-X", "heapsize=32M"])
        .arg(&script)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let begun = Instant::now();
    while !mark.exists() {
        assert!(begun.elapsed() < PATIENCE, "{work}: it does not begin");
        assert!(child.try_wait().expect("a child").is_none(), "{work}: it has ended by itself");
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(20));
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.expect("the command").success(), "{work}");
    let begun = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("{work}: it goes on");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    println!("{:?}: {work}", begun.elapsed());
    let mut error = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut error).expect("text");
    assert!(error.contains("KeyboardInterrupt"), "{work}: {error}");
}
