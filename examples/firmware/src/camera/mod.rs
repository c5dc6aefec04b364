//! Scripts with a camera, over the memories of the preset `MPS2_AN500`.
//!
//! [`start`] sets up pools, sensors and the preview. [`attach`] lends them to an interpreter, and [`detach`] takes
//! them back, for the next one. With a script built in, its output goes to UART0. Without one, UART0 is a line to
//! OpenMV's tools, which the module `tool` serves: between two scripts, and whenever the interpreter asks the host
//! whether it may go on.

#[path = "../pools/memory.rs"]
mod memory;
#[path = "../pools/sensor.rs"]
mod sensor;
mod sensors;
mod tool;

use core::ffi::CStr;
use core::ops::Range;
use core::ptr;

use snakelet_camera::link::Viewer;
use snakelet_camera::{CLOCK, CSI, Camera, IMAGE, UMALLOC};
use snakelet_pool::{Frames, Pools, Sensor, Slot, StreamBuffer, StreamReader, StreamWriter};
use snakelet_vm::native::{Contents, NativeModule};
use snakelet_vm::{Config, Vm, name};

use crate::semihosting;
use crate::shared::Shared;
use memory::Memory;
pub use sensor::tick;
pub use tool::wait_for_script;

/// The modules of cameras, before the library's.
pub const MODULES: &[&NativeModule] = &[&TIME, &CSI, &IMAGE, &UMALLOC];

/// `time` with `clock`.
static TIME: NativeModule = NativeModule::new(name!("time"), &TIME_PARTS);

static TIME_PARTS: [Contents; 2] = [
    Contents {
        functions: snakelet_stdlib::TIME.contents[0].functions,
        constants: snakelet_stdlib::TIME.contents[0].constants,
    },
    Contents { functions: CLOCK.functions, constants: &[] },
];

/// Slots of each sensor.
type Slots = Frames<'static, [Slot; 4]>;

static FRAMES: [Slots; 2] = [Slots::new(), Slots::new()];
const NAMES: [&str; 2] = ["main", "blank"];

static VIEWER: Viewer = Viewer::new();

/// What an interpreter is lent.
struct Parts {
    pools: &'static Pools<'static>,
    sensors: [Option<&'static mut dyn Sensor<'static>>; 2],
    writer: Option<StreamWriter<'static>>,
}

static PARTS: Shared<Option<Parts>> = Shared::new(None);

/// Sets everything up. It is called once; a second call ends the run.
pub fn start(heap: Range<usize>) {
    static mut PLACE: Memory = Memory::new();
    static mut STREAM: Option<StreamBuffer<'static>> = None;
    if PARTS.with(|parts| parts.is_some()) != Some(false) {
        fail(c"started twice\n");
    }
    // SAFETY: the statics are named in this function only, which goes on once: `PARTS` is set at its end, and no
    // interrupt calls it.
    let (memory, place) = unsafe { (&mut *&raw mut PLACE, &mut *&raw mut STREAM) };
    let pools = memory.register(heap);
    let Range { start, end } = memory::STREAM;
    // SAFETY: RAM in which the linker places nothing (memory.x) and that no pool has, since it is kept out of them;
    // nobody else uses it, and it is borrowed for good.
    let region = unsafe {
        core::slice::from_raw_parts_mut(ptr::with_exposed_provenance_mut(start), end - start)
    };
    let buffer = place.insert(or_fail(StreamBuffer::new(region), c"no stream buffer\n"));
    let (writer, reader) = buffer.split();
    tool::start(&VIEWER, reader);
    let sensors = sensors::take().map(Some);
    PARTS.with(|parts| *parts = Some(Parts { pools, sensors, writer: Some(writer) }));
}

/// Has the interpreter talk to the tool, if there is no script that was built in.
pub fn configure(config: Config, serves: bool) -> Config {
    if serves { tool::configure(config) } else { config }
}

/// Lends the camera to an interpreter.
pub fn attach(vm: &mut Vm) {
    let made = PARTS.with(|parts| {
        let parts = parts.as_mut()?;
        let mut camera = Camera::new(Pools::new());
        for (name, range) in parts.pools.keep_outs() {
            camera.keep_out(name, range).ok()?;
        }
        for (_, pool) in parts.pools.iter() {
            camera.add_pool(pool).ok()?;
        }
        camera.set_preview(parts.writer.take()?, &VIEWER).ok()?;
        for ((name, frames), sensor) in NAMES.iter().zip(&FRAMES).zip(&mut parts.sensors) {
            camera.add_sensor(name, frames, sensor.take()?).ok()?;
        }
        Some(camera)
    });
    let camera = or_fail(made.flatten().ok_or(()), c"no camera\n");
    or_fail(vm.set_module_state(camera), c"no room for the camera\n");
}

/// Takes the camera back.
pub fn detach(vm: &mut Vm) {
    let Some(camera) = vm.module_state_mut::<Camera>() else { return };
    PARTS.with(|parts| {
        let Some(parts) = parts else { return };
        for (name, place) in NAMES.iter().zip(&mut parts.sensors) {
            *place = camera.take_sensor(name);
        }
        parts.writer = camera.take_preview();
    });
}

/// What is given, or the end of the run.
fn or_fail<T, E>(result: Result<T, E>, message: &CStr) -> T {
    result.unwrap_or_else(|_| fail(message))
}

fn fail(message: &CStr) -> ! {
    semihosting::print(c"FAIL: ");
    semihosting::print(message);
    semihosting::exit(false);
}

/// The viewer's side of the preview, for the module `tool`.
type Reader = StreamReader<'static>;
