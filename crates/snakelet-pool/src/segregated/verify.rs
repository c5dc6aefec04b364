//! Checks the records of a pool against all that is said of them; for tests and fuzzing.

use std::collections::BTreeSet;
use std::format;
use std::string::String;

use super::class::{VICTIM, class_of};
use super::record::{LENT, PERSISTENT, UNUSED, USED};
use super::records::Link;
use super::runs::Runs;

/// Checks that runs cover the pool in order, free ones do not touch and are each in the list of their
/// class, and the sums are those of the records.
pub(super) fn verify(runs: &Runs<'_>) -> Result<(), String> {
    let records = runs.records.all();
    let mut live: BTreeSet<(u32, usize)> = BTreeSet::new();
    let (mut used, mut persistent, mut counts) = (0, 0, [0u16; 3]);
    for (index, record) in records.iter().enumerate() {
        match record.kind {
            UNUSED => continue,
            PERSISTENT => {
                counts[1] += 1;
                counts[2] += 1;
                persistent += record.len;
            }
            USED => counts[1] += 1,
            _ => counts[0] += 1,
        }
        let free = record.is_free() || record.kind == LENT;
        if record.generation.is_multiple_of(2) != free {
            return Err(format!("run {index} is of generation {}", record.generation));
        }
        if !free {
            used += record.len;
        }
        live.insert((record.start, index));
    }
    let mut end = 0;
    let mut before = None;
    for &(start, index) in &live {
        let record = &records[index];
        if start != end || record.len == 0 {
            return Err(format!("run {index} starts at {start}, the one before ends at {end}"));
        }
        if record.before.name() != before {
            return Err(format!("run {index} is behind {before:?}, not {:?}", record.before));
        }
        let name = runs.records.name(index as u16);
        if let Some(before) = before {
            let last = runs.records.at(before);
            if last.behind.name() != name {
                return Err(format!("run {before:?} is before {index}, not {:?}", last.behind));
            }
            if last.is_free() && record.is_free() {
                return Err(format!("the free runs {before:?} and {index} touch"));
            }
        }
        end += record.len;
        before = name;
    }
    if end != runs.lines {
        return Err(format!("runs end at {end} of {}", runs.lines));
    }
    if (used, persistent) != (runs.used, runs.persistent) || runs.peak < used {
        return Err(format!("used {used} ({}), persistent {persistent}", runs.used));
    }
    if counts != [runs.free_runs, runs.used_runs(), runs.persistent_runs] {
        return Err(format!("counts are {counts:?}"));
    }
    if records.len() - live.len() != usize::from(runs.records.spares()) {
        return Err(format!(
            "{} records are spare, not {}",
            records.len() - live.len(),
            runs.records.spares()
        ));
    }
    let mut listed = 0;
    let mut class = runs.classes.top();
    while let Some(this) = class {
        let (mut run, mut previous) = (runs.classes.head(this), None);
        while let Some(name) = run {
            let record = runs.records.at(name);
            if u32::from(record.kind) != this || class_of(record.len) != this {
                return Err(format!("{name:?} of {} lines is listed in class {this}", record.len));
            }
            if record.previous.name() != previous {
                return Err(format!("{name:?} follows {previous:?}, not {:?}", record.previous));
            }
            listed += 1;
            if listed > records.len() {
                return Err("a list of free runs has no end".into());
            }
            (previous, run) = (run, record.next.name());
        }
        class = runs.classes.below(this);
    }
    if let Some(victim) = runs.classes.head(VICTIM) {
        let record = runs.records.at(victim);
        if u32::from(record.kind) != VICTIM
            || (record.previous, record.next) != (Link::NONE, Link::NONE)
        {
            return Err(format!("{victim:?} is no victim"));
        }
        listed += 1;
    }
    // memory that is lent is in no list
    if listed + usize::from(runs.lent.is_some()) != usize::from(runs.free_runs) {
        return Err(format!("{listed} free runs are listed"));
    }
    Ok(())
}
