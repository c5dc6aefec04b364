//! A robot that a script drives: the smallest use of Snakelet.

use std::mem::MaybeUninit;
use std::sync::Mutex;

use snakelet::{Error, Exception, Interpreter, Step};

const SCRIPT: &str = "
def square(side):
    for _ in range(4):
        forward(side)
        turn(90)
    return position()
";

/// Where the robot is, and its heading in degrees.
#[derive(Default)]
struct Robot {
    x: f64,
    y: f64,
    heading: f64,
}

fn main() -> Result<(), Error> {
    let robot = Mutex::new(Robot::default());
    let mut memory = vec![MaybeUninit::uninit(); 64 << 10];
    let mut python = Interpreter::builder(&mut memory).desktop().fuel(1_000_000).build()?;

    python.register("forward", |distance: f64| {
        let mut robot = robot.lock().map_err(|_| "the robot is lost")?;
        let (sin, cos) = robot.heading.to_radians().sin_cos();
        robot.x += cos * distance;
        robot.y += sin * distance;
        println!("at {:.1} {:.1}", robot.x, robot.y);
        Ok::<(), Error>(())
    })?;
    python.register("turn", |degrees: f64| {
        if degrees.abs() > 180.0 {
            return Err(Exception::new("ValueError", "more than half a turn").into());
        }
        robot.lock().map_err(|_| "the robot is lost")?.heading += degrees;
        Ok::<(), Error>(())
    })?;
    python.register("position", || {
        let robot = robot.lock().map_err(|_| "the robot is lost")?;
        Ok::<_, &'static str>((robot.x.round(), robot.y.round()))
    })?;

    python.exec(SCRIPT)?;
    let home: (f64, f64) = python.call("square", (10,))?;
    println!("back at {home:?}");

    if let Err(error) = python.exec("turn(270)") {
        println!("refused: {error}");
    }
    match python.exec("while True: pass") {
        Err(Error::Stopped) => println!("stopped: the fuel is used up"),
        other => other?,
    }
    python.set_fuel(None);
    println!("still at work: {}", python.eval::<i64>("6 * 7")?);

    // a step at a time, with the host's main loop between; one function is answered there
    python.register_pending("button")?;
    let mut run = python.start("for _ in range(1000): pass\nprint('button', button())")?;
    let mut turns = 0;
    loop {
        run = match run.step(100)? {
            Step::Done(()) => break,
            Step::Suspended(run) | Step::Idle { run, .. } => run,
            Step::Pending(call) => call.resume(turns),
        };
        turns += 1;
    }
    println!("done after {turns} turns of the main loop");
    Ok(())
}
