//! Everything on one board.

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use snakelet_pool::presets::{Board, BoardMemory, Parts};
use snakelet_pool::{
    Attributes, Flags, Frames, Lease, MemoryPool, NoRoom, Pattern, Pools, Record, Request, Slot,
    StreamBuffer,
};

use crate::camera::{self, Camera};
use crate::failure::{Result, ensure, failed};
use crate::host::{self, Records, System};
use crate::map::{Holding, Kind, Map};
use crate::plan::Plan;
use crate::preview::{self, Preview, Viewed};
use crate::script::{self, Ran};
use crate::units::grouped;
use crate::{lend, text};

/// Sets a flag when it is dropped, so that nobody waits for a camera that failed.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Runs cameras, preview and script in the memories of a board. Gives the map of what lay where while
/// they ran.
pub(crate) fn run(board: &'static Board, time: Duration, out: &mut dyn Write) -> Result<Map> {
    let mut memory = BoardMemory::new(board);
    let Parts { heap, pools, stream } = memory.split();
    let mut records: Vec<Records> = vec![[Record::UNUSED; 64]; pools.len()];
    let pools = host::pools(board, pools, &mut records)?;
    let mut stream = StreamBuffer::new(stream).map_err(failed)?;
    let mut registry = Pools::new();
    for part in &heap {
        registry.keep_out("python heap", host::range(part)).map_err(failed)?;
    }
    registry.keep_out("stream buffer", stream.range()).map_err(failed)?;
    for pool in &pools {
        registry.add(&pool.pool).map_err(failed)?;
    }
    let system = System { board, pools: &pools, registry: &registry };
    writeln!(out, "{}: pools {}, parts of the heap {}", board.title, pools.len(), heap.len())
        .map_err(failed)?;

    let frames: [Frames<'_, [Slot; 3]>; 2] = [Frames::new(), Frames::new()];
    let (done, sum) = (AtomicBool::new(false), AtomicU32::new(0));
    let (writer, reader) = stream.split();
    let map = thread::scope(|scope| -> Result<Map> {
        let end = SetOnDrop(&done);
        let script = scope.spawn(|| script::run(heap, &done));
        let viewer = scope.spawn(|| preview::view(reader, &sum, &done));
        let plan = Plan::of(board);
        let mut cameras =
            vec![Camera::new("first", Pattern::Checkers, plan.fps, &frames[0], scope)?];
        if plan.second.is_some() {
            cameras.push(Camera::new("second", Pattern::MovingBar, 60, &frames[1], scope)?);
        }
        let mut preview = Preview::new(writer, &sum);
        let map = shoot(&system, &plan, cameras, &mut preview, time, out)?;
        drop(end);
        let lost = || failed("a thread was lost");
        let viewed = viewer.join().map_err(|_| lost())??;
        let ran = script.join().map_err(|_| lost())??;
        tell(&preview, &viewed, &ran, out)?;
        Ok(map)
    })?;
    for pool in &pools {
        let stats = pool.pool.stats();
        ensure(stats.used == 0 && stats.used_blocks == 0, || {
            format!("pool '{}' is empty at the end", pool.part.name)
        })?;
    }
    writeln!(out, "all pools are empty again").map_err(failed)?;
    Ok(map)
}

/// Sets the cameras up, places what else is wanted, takes frames, and draws up the map. Everything
/// is given back at the end.
fn shoot<'p>(
    system: &System<'p, '_>,
    plan: &Plan,
    mut cameras: Vec<Camera<'p>>,
    preview: &mut Preview<'_>,
    time: Duration,
    out: &mut dyn Write,
) -> Result<Map> {
    for (camera, shapes) in cameras.iter_mut().zip([plan.frames, plan.second.as_slice()]) {
        let mut fitting = None;
        for shape in shapes {
            fitting = camera.fit(system.registry, shape, out)?;
            if fitting.is_some() {
                break;
            }
        }
        ensure(fitting.is_some(), || format!("there is room for the {} camera", camera.name))?;
        writeln!(out, "{}", describe_camera(system, camera)?).map_err(failed)?;
    }
    let row = cameras.first().map_or(Ok(0), |camera| camera.setup().map(|it| it.row_bytes()))?;
    let mut leases = Vec::new();
    for (name, kind, size, want) in [
        ("scratch", Kind::Scratch, plan.scratch, Attributes::FAST),
        ("line buffer", Kind::Lines, row, Attributes::DTCM),
    ] {
        let request = Request::new(size).want(want).flags(Flags::CACHE).owner(name);
        match system.registry.place(&request) {
            Ok(lease) => {
                writeln!(out, "{name}: {}", describe(system, &lease)).map_err(failed)?;
                leases.push((kind, name, lease));
            }
            Err(error) => writeln!(out, "{}", describe_refusal(&error)).map_err(failed)?,
        }
    }
    if let Some((model, tensors)) = plan.model {
        leases.push((Kind::Model, "model", lend::model(system, model, out)?));
        lend::lend(system, tensors, out)?;
    }

    camera::capture(&mut cameras, time, preview)?;

    let mut notes = Vec::new();
    for camera in &mut cameras {
        let (counters, queued) = camera.stop()?;
        notes.push(format!("{}.", describe_camera(system, camera)?));
        let line = format!(
            "{} camera: captured {} = delivered {} + dropped {} + queued {queued}; overrun {}, \
             errors {}",
            camera.name,
            counters.captured,
            counters.delivered,
            counters.dropped,
            counters.overrun,
            counters.errors
        );
        writeln!(out, "{line}").map_err(failed)?;
        notes.push(format!("{line}."));
    }
    let frames = cameras.iter().enumerate();
    let mut holdings: Vec<Holding> =
        frames.filter_map(|(index, camera)| Holding::frames(index, camera)).collect();
    holdings.extend(leases.iter().map(|(kind, name, lease)| Holding::of(lease, *kind, name)));
    let map = Map { notes, ..Map::new(system, &holdings)? };
    text::print(&map, out).map_err(failed)?;
    writeln!(out).map_err(failed)?;
    for camera in cameras {
        camera.close()?;
    }
    Ok(map)
}

/// Where a block lies on the board.
pub(crate) fn describe(system: &System<'_, '_>, lease: &Lease<'_>) -> String {
    let address = system.address(lease.address()).unwrap_or(0);
    let (bytes, pool) = (grouped(lease.len() as u64), lease.pool());
    let owner = pool.name;
    format!("{bytes} bytes in '{owner}' at {address:#010x}")
}

fn describe_refusal(error: &NoRoom<'_>) -> String {
    format!("{} refused: {error}", error.owner)
}

fn describe_camera(system: &System<'_, '_>, camera: &Camera<'_>) -> Result<String> {
    let setup = camera.setup()?;
    let (lease, count, _) = camera.memory().ok_or_else(|| failed("no memory"))?;
    let size = grouped(lease.pool().size as u64);
    Ok(format!(
        "{} camera: {count} x {}x{} {}, {} each, {} of the pool's {size}",
        camera.name,
        setup.frame_width,
        setup.frame_height,
        camera::format_name(setup.format),
        grouped(setup.frame_bytes() as u64),
        describe(system, lease)
    ))
}

/// Tells what the viewer and the script did meanwhile.
fn tell(preview: &Preview<'_>, viewed: &Viewed, ran: &Ran, out: &mut dyn Write) -> Result<()> {
    let (written, pictures, (width, height)) = (preview.written(), viewed.pictures, viewed.size);
    ensure(written == pictures && written > 0, || {
        format!("of {written} previews {pictures} were seen")
    })?;
    writeln!(out, "preview: {pictures} pictures of {width}x{height} were handed over and seen")
        .map_err(failed)?;
    let Ran { result, rounds, kept, memory } = ran;
    writeln!(
        out,
        "script: {result}; {rounds} rounds, with {} bytes kept, heap {} of {} used",
        grouped(*kept as u64),
        grouped(memory.used as u64),
        grouped(memory.total as u64)
    )
    .map_err(failed)
}
