//! A server of scripts: ten thousand interpreters of 8 KiB each, which take turns on two threads.
//!
//! Each runs the script of a client of its own, a few steps at a time, and is bounded in memory and steps, so that no client
//! keeps the others waiting. Prints what an interpreter takes in time and memory.
//!
//! `cargo run --release -p many [INTERPRETERS [BYTES [THREADS]]]`

use std::time::{Duration, Instant};

use snakelet::{Error, Interpreter, Run, Step};

/// What a client may use in all.
const FUEL: u64 = 100_000;
/// Steps of a turn.
const TURN: u64 = 200;

/// A client's script: some work, some memory, and a question to the server.
const SCRIPT: &str = "
seen = []
for i in range(300):
    seen.append(i * i)
    if len(seen) > 20:
        seen.clear()
total = add(sum(seen), 1)
";

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1).map_while(|word| word.parse::<usize>().ok());
    let count = arguments.next().unwrap_or(10_000);
    let bytes = arguments.next().unwrap_or(8 << 10);
    let threads = arguments.next().unwrap_or(2).max(1);

    let before = resident();
    let began = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..count {
        let mut python = Interpreter::owned(bytes).fuel(FUEL).build()?;
        python.register("add", |a: i64, b: i64| a + b)?;
        clients.push(python);
    }
    report("start", began.elapsed(), count);

    let began = Instant::now();
    let of_each = count.div_ceil(threads).max(1);
    let results: Vec<Result<u64, Error>> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            clients.chunks_mut(of_each).map(|clients| scope.spawn(|| serve(clients))).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    });
    let mut turns = 0;
    for result in results {
        turns += result?;
    }
    report("script", began.elapsed(), count);
    println!("turns of {TURN} steps: {turns}");

    for python in &mut clients {
        let total: i64 = python.get("total")?;
        assert_eq!(
            total,
            (294..300).map(|i| i * i).sum::<i64>() + 1,
            "a client got a wrong result"
        );
    }
    if let (Some(before), Some(now)) = (before, resident()) {
        let each = now.saturating_sub(before) / count.max(1);
        println!("memory: {each} bytes for each interpreter, {bytes} of them its own");
    }
    Ok(())
}

/// Lets all clients of a thread take turns until they are done; how many turns they took.
fn serve(clients: &mut [Interpreter<'_>]) -> Result<u64, Error> {
    let mut turns = 0;
    let mut runs: Vec<Run<'_, '_>> = Vec::new();
    for python in clients {
        runs.push(python.start(SCRIPT)?);
    }
    while !runs.is_empty() {
        let mut next = Vec::with_capacity(runs.len());
        for run in runs {
            turns += 1;
            match run.step(TURN)? {
                Step::Done(()) => {}
                Step::Suspended(run) | Step::Idle { run, .. } => next.push(run),
                Step::Pending(call) => next.push(call.raise("nothing answers here")),
            }
        }
        runs = next;
    }
    Ok(turns)
}

fn report(what: &str, time: Duration, count: usize) {
    let each = time.as_secs_f64() * 1e6 / count.max(1) as f64;
    println!("{what}: {each:.1} microseconds for each interpreter");
}

/// Bytes of memory that the process holds, where the system says so.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().ok()? << 10)
}
