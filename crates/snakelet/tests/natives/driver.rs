//! Calls every native function and method with arguments that are small, large and hostile, each call in a run of
//! its own with little fuel.

use std::mem::MaybeUninit;
use std::sync::Mutex;
use std::time::Duration;

#[path = "../support/watch.rs"]
mod watch;

use snakelet::Interpreter;
use snakelet::host::Console;

use watch::Watch;
#[allow(unused_imports, reason = "for those who measure")]
pub(crate) use watch::cpu_time;

const SCRIPT: &str = include_str!("natives.py");

/// Bytes of memory of the interpreter.
const MEMORY: usize = 32 << 20;
/// Steps that a call may take.
const FUEL: u64 = 1_000_000;
/// Natives after which the interpreter is made anew, since what they have changed may be of no use to others.
const TOGETHER: usize = 16;

/// What a call has taken.
#[derive(Clone, Debug)]
pub(crate) struct Cost {
    /// The native, and the numbers of its arguments in the script.
    pub name: String,
    pub steps: u64,
    pub polls: u64,
    /// Processor time in all, and the longest between two polls.
    pub time: Duration,
    pub gap: Duration,
}

/// Keeps the beginning of what is printed.
#[derive(Default)]
struct Printed(Mutex<Vec<u8>>);

impl Console for &Printed {
    fn write(&mut self, text: &[u8]) {
        let mut kept = self.0.lock().expect("nobody panics");
        if kept.len() < 1 << 16 {
            kept.extend_from_slice(text);
        }
    }
}

/// Calls each native with the arguments of each number that `chosen` says, and again up to four times as long as
/// `again` wants. `each` gets the least cost of these, since whatever else runs on the machine only adds to it. Gives
/// the number of natives.
pub(crate) fn drive(
    again: &dyn Fn(&Cost) -> bool,
    chosen: &dyn Fn(usize, usize) -> bool,
    each: &mut dyn FnMut(Cost),
) -> usize {
    let (watch, printed) = (Watch::default(), Printed::default());
    let (mut hook, mut console) = (&watch, &printed);
    let mut memory = vec![MaybeUninit::uninit(); MEMORY];
    let builder = Interpreter::builder(&mut memory).interrupt(&mut hook).console(&mut console);
    let mut python = builder.build().expect("enough memory");
    python.exec("help('modules')").expect("it is printed");
    let names = String::from_utf8_lossy(&printed.0.lock().expect("nobody panics")).into_owned();
    let names: Vec<&str> = names.lines().filter(|line| !line.contains("plus any")).collect();
    let names = names.join(" ");
    let set_up = |python: &mut Interpreter<'_>| {
        python.reset().expect("there is room");
        python.exec(SCRIPT).expect("the script");
        python.set("modules", names.as_str()).expect("a global");
        let natives: i64 = python.eval("prepare(modules.split())").expect("a number");
        let arguments: i64 = python.eval("len(arguments)").expect("a number");
        (natives as usize, arguments as usize)
    };
    let (natives, arguments) = set_up(&mut python);
    for i in 0..natives {
        if i % TOGETHER == 0 {
            assert_eq!(set_up(&mut python), (natives, arguments));
        }
        for k in (0..arguments).filter(|k| chosen(i, *k)) {
            let mut least: Option<Cost> = None;
            for _ in 0..5 {
                let prepared = python.eval::<String>(&format!("prepare_call({i}, {k})"));
                let Ok(name) = prepared else {
                    // a call before has broken what makes arguments
                    assert_eq!(set_up(&mut python), (natives, arguments));
                    break;
                };
                python.set_fuel(Some(FUEL));
                let begun = watch.begin(Duration::MAX);
                let _ = python.exec("call()");
                let state = watch.look();
                let steps = FUEL - python.fuel().expect("it is limited");
                python.set_fuel(None);
                let cost = Cost {
                    name: format!("{name}#{k}"),
                    steps,
                    polls: state.polls,
                    time: state.last - begun,
                    gap: state.longest,
                };
                least = Some(match least {
                    Some(before) => Cost {
                        time: before.time.min(cost.time),
                        gap: before.gap.min(cost.gap),
                        ..cost
                    },
                    None => cost,
                });
                if least.as_ref().is_some_and(|cost| !again(cost)) {
                    break;
                }
            }
            if let Some(cost) = least {
                each(cost);
            }
        }
        let usable = python.eval::<i64>("6 * 7");
        if usable.is_err() {
            python.reset().expect("there is room");
        }
        assert_eq!(python.eval::<i64>("6 * 7").expect("it is usable"), 42);
        assert!(python.is_sound());
    }
    natives
}
