//! Runs a script in an interpreter of its own.

use snakelet::Error;
use snakelet::host::{Clock, Interrupt, Wish};
use snakelet_pool::Frames;

use crate::board::{Memories, Returned};
use crate::map::Map;
use crate::shared::{Printer, Shared};

/// A script, and how it is run.
pub(crate) struct Job<'a> {
    pub(crate) source: &'a [u8],
    pub(crate) name: &'a str,
    /// Where it finds modules.
    pub(crate) path: Vec<String>,
    /// It is stopped after so many frames.
    pub(crate) frames: Option<u32>,
    /// Whether what it prints goes to the standard output.
    pub(crate) echoes: bool,
}

/// How a script ended.
pub(crate) struct Ended {
    /// What went wrong; a script that was stopped as was wished has ended well.
    pub(crate) result: Result<(), String>,
    /// Frames that it took.
    pub(crate) frames: u32,
    /// What lay where at its end.
    pub(crate) map: Map,
}

/// Stops the script after so many frames, or when somebody wishes it.
struct Stop<'a> {
    shared: &'a Shared,
    frames: Vec<&'static Frames<'static>>,
    most: Option<u32>,
}

impl Stop<'_> {
    /// Frames that scripts took since the sensors were made.
    fn taken(&self) -> u32 {
        let taken = self.frames.iter().map(|frames| frames.counters().delivered);
        taken.fold(0, u32::saturating_add)
    }
}

impl Interrupt for Stop<'_> {
    fn poll(&mut self) -> Wish {
        let enough = self.most.is_some_and(|most| self.taken() >= most);
        if enough || self.shared.stops() { Wish::Stop } else { Wish::Continue }
    }
}

/// Runs a script on the memories of a board.
pub(crate) fn run(
    memories: &mut Memories,
    shared: &Shared,
    clock: &mut dyn Clock,
    job: &Job<'_>,
) -> Result<Ended, String> {
    let mut stop = Stop { shared, frames: memories.frames(), most: None };
    let before = stop.taken();
    stop.most = job.frames.map(|most| before.saturating_add(most));
    let mut printer = Printer { shared, echoes: job.echoes };
    let (board, pools) = (memories.board, memories.pools());
    let builder = memories.builder().ok_or("the board has no heap")?;
    let mut python = builder
        .desktop()
        .platform("openmv")
        .console(&mut printer)
        .clock(clock)
        .interrupt(&mut stop)
        .build()
        .map_err(|error| error.to_string())?;
    python.set_path(job.path.clone()).map_err(|error| error.to_string())?;
    let ended = python.exec_named(job.source, job.name);
    let map =
        python.with_state(|camera: &mut snakelet_camera::Camera| Map::new(board, &pools, camera));
    let map = map.ok_or("the interpreter has no camera")?;
    let used = python.usage().peak_bytes;
    let returned = Returned::take(&mut python);
    drop(python);
    shared.ended(used);
    let frames = stop.taken().saturating_sub(before);
    let wished = shared.stops() || job.frames.is_some_and(|most| frames >= most);
    returned.put(memories);
    let result = match ended {
        Ok(()) => Ok(()),
        // it has run for as long as it should
        Err(Error::Stopped) if wished => Ok(()),
        Err(Error::Exception(exception)) if exception.is("SystemExit") => Ok(()),
        Err(Error::Exception(exception)) => Err(exception.report().to_string()),
        Err(error) => Err(error.to_string()),
    };
    Ok(Ended { result, frames, map })
}
