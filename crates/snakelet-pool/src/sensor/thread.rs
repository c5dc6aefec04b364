//! A sensor whose frames come from a thread, as a real one's come from an interrupt.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use super::{Pattern, Sensor, SensorError, SensorInfo, Setup, SoftSensor};
use crate::frames::Frames;
use crate::{Clock, Control, ControlValue, SystemClock};

/// A [`SoftSensor`] that a thread of its own asks for frames, so many a second.
///
/// The thread ends when the sensor is dropped. (One that was started in a scope and is forgotten keeps
/// the scope waiting.)
///
/// ```
/// use snakelet_pool::{Count, FrameBuffer, Frames, Pattern, PixelFormat, Pools, PoolConfig};
/// use snakelet_pool::{SegregatedPool, Shape, Slot, SystemClock, ThreadSensor};
/// use std::sync::Mutex;
///
/// let mut memory = vec![0; 256 << 10];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), Mutex::new(()))?;
/// let mut pools = Pools::new();
/// pools.add(&pool).map_err(|error| error.to_string())?;
/// let frames: Frames<'_, [Slot; 3]> = Frames::new();
/// std::thread::scope(|scope| {
///     let mut sensor = ThreadSensor::scoped(scope, Pattern::MovingBar, 200);
///     let mut camera = FrameBuffer::new(&frames).ok_or("frames are in use")?;
///     let shape = Shape::new(PixelFormat::Grayscale, 160, 120);
///     camera.configure(&pools, &mut sensor, &shape, Count::Auto).map_err(|e| e.to_string())?;
///     let clock = SystemClock::new();
///     let frame = camera.wait(&mut sensor, &clock, 3_000_000).map_err(|e| e.to_string())?;
///     let view = camera.view(frame).ok_or("recycled")?;
///     assert_eq!(view.cells().len(), 160 * 120);
///     Ok::<(), String>(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ThreadSensor<'m> {
    info: SensorInfo,
    shared: Arc<Shared<'m>>,
}

#[derive(Debug)]
struct Shared<'m> {
    state: Mutex<State<'m>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<'m> {
    sensor: SoftSensor<'m>,
    running: bool,
    quit: bool,
    frame: Duration,
}

impl<'m> Shared<'m> {
    fn state(&self) -> MutexGuard<'_, State<'m>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes frames until the sensor is dropped. A frame is drawn under the lock, so that `stop`
    /// waits for the end of it.
    fn run(&self) {
        let clock = SystemClock::new();
        let mut due = Instant::now();
        let mut state = self.state();
        while !state.quit {
            let now = Instant::now();
            state = if !state.running {
                due = now;
                self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
            } else if now < due {
                let waited = self.changed.wait_timeout(state, due - now);
                waited.unwrap_or_else(PoisonError::into_inner).0
            } else {
                state.sensor.tick(clock.now_us());
                // a thread that came late does not catch up
                due = (due + state.frame).max(now);
                drop(state);
                thread::yield_now();
                self.state()
            };
        }
    }
}

impl<'m> ThreadSensor<'m> {
    fn new(pattern: Pattern, fps: u16) -> Self {
        let sensor = SoftSensor::new(pattern).ticked();
        let info = sensor.info();
        let state = State { sensor, running: false, quit: false, frame: frame_time(fps) };
        ThreadSensor {
            info,
            shared: Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() }),
        }
    }

    /// Starts the thread in a scope; `fps` of 0 means as many frames as slots can be had for.
    pub fn scoped<'scope>(scope: &'scope Scope<'scope, '_>, pattern: Pattern, fps: u16) -> Self
    where
        'm: 'scope,
    {
        let sensor = Self::new(pattern, fps);
        let shared = Arc::clone(&sensor.shared);
        scope.spawn(move || shared.run());
        sensor
    }

    /// Sets who is to reach the frames, as if a device wrote them.
    #[must_use]
    pub fn reach(mut self, reach: crate::Reach) -> Self {
        self.info.reach = reach;
        self.shared.state().sensor.info_mut().reach = reach;
        self
    }
}

impl ThreadSensor<'static> {
    /// Starts the thread, for frames that are statics.
    pub fn spawn(pattern: Pattern, fps: u16) -> Self {
        let sensor = Self::new(pattern, fps);
        let shared = Arc::clone(&sensor.shared);
        thread::spawn(move || shared.run());
        sensor
    }
}

fn frame_time(fps: u16) -> Duration {
    if fps == 0 { Duration::ZERO } else { Duration::from_secs(1) / u32::from(fps) }
}

impl<'m> Sensor<'m> for ThreadSensor<'m> {
    fn info(&self) -> SensorInfo {
        self.info
    }

    fn configure(&mut self, setup: &Setup) -> Result<(), SensorError> {
        self.shared.state().sensor.configure(setup)
    }

    fn start(&mut self, frames: &'m Frames<'m>) -> Result<(), SensorError> {
        let mut state = self.shared.state();
        state.sensor.start(frames)?;
        state.running = true;
        self.shared.changed.notify_all();
        Ok(())
    }

    fn stop(&mut self) {
        let mut state = self.shared.state();
        state.running = false;
        state.sensor.stop();
    }

    fn control(&mut self, control: Control<'_>) -> Result<ControlValue, SensorError> {
        let mut state = self.shared.state();
        match control {
            Control::FrameRate(fps) => state.frame = frame_time(fps),
            _ => return state.sensor.control(control),
        }
        Ok(ControlValue::None)
    }
}

impl Drop for ThreadSensor<'_> {
    fn drop(&mut self) {
        self.shared.state().quit = true;
        self.shared.changed.notify_all();
    }
}
