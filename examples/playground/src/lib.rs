//! The interpreter for a page: WebAssembly without glue code, driven a step at a time.
//!
//! The page makes a session, hands it program texts, and makes turns: [`turn`] lets the script make some steps and
//! comes back, so that the page stays alive whatever the script does. `session` is the part without WebAssembly, which the
//! tests run.

#![cfg_attr(target_arch = "wasm32", allow(unsafe_code))] // functions that the page finds by their names

mod session;

use std::cell::RefCell;

use session::Session;

/// What the page and the interpreter hand to each other.
#[derive(Default)]
struct Desk {
    session: Option<Session>,
    /// A text of the page's.
    input: Vec<u8>,
    /// What the page reads.
    output: Vec<u8>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

fn with_desk<T>(work: impl FnOnce(&mut Desk) -> T) -> T {
    DESK.with_borrow_mut(work)
}

/// Makes room for a text of so many bytes, which the page writes there; its address.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn input(len: usize) -> *mut u8 {
    with_desk(|desk| {
        desk.input = vec![0; len];
        desk.input.as_mut_ptr()
    })
}

/// Begins a session in so many bytes, with so many steps for a script; 0 sets no limit. Gives 0 if the memory does
/// not serve.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn begin(bytes: usize, fuel: f64) -> u32 {
    with_desk(|desk| {
        desk.session = Session::new(bytes, (fuel > 0.0).then_some(fuel as u64));
        u32::from(desk.session.is_some())
    })
}

/// Starts the program that the page has put in as input: a file, or with `line` a line of the prompt, of which
/// the value of an expression is printed. Gives 2 if more lines are needed, 0 if a script runs, or 1.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn start(line: u32) -> u32 {
    with_desk(|desk| {
        let text = String::from_utf8_lossy(&std::mem::take(&mut desk.input)).into_owned();
        let Some(session) = &mut desk.session else { return 0 };
        if line != 0 && session.needs_more(&text) {
            return 2;
        }
        u32::from(session.start(text, line != 0))
    })
}

/// Lets the script make about so many steps. Gives 0 when nothing runs, 1 when the script goes on, and otherwise the
/// milliseconds after which its tasks want to go on, plus 2.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn turn(budget: u32) -> f64 {
    with_desk(|desk| {
        desk.session.as_mut().map_or(0.0, |session| session.turn(budget.into()).code())
    })
}

/// Stops the script.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn stop() {
    with_desk(|desk| {
        if let Some(session) = &mut desk.session {
            session.stop();
        }
    });
}

/// Puts out what was printed since the last time; its address. [`len`] has its length.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn printed() -> *const u8 {
    with_desk(|desk| {
        desk.output = desk.session.as_mut().map(Session::printed).unwrap_or_default();
        desk.output.as_ptr()
    })
}

/// Puts out how the heap looks, as `micropython.mem_info(1)` prints it; its address.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn heap() -> *const u8 {
    with_desk(|desk| {
        desk.output = desk.session.as_mut().map(Session::heap).unwrap_or_default();
        desk.output.as_ptr()
    })
}

/// Puts out the names that begin with the input, one a line, as the prompt completes them; their address.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn names() -> *const u8 {
    with_desk(|desk| {
        let front = String::from_utf8_lossy(&std::mem::take(&mut desk.input)).into_owned();
        let names = desk.session.as_mut().map(|session| session.names(&front));
        desk.output = names.unwrap_or_default().into_bytes();
        desk.output.as_ptr()
    })
}

/// Bytes of what was put out last.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn len() -> usize {
    with_desk(|desk| desk.output.len())
}

/// Steps that the script has made, and the most bytes of the heap that were in use: the first by 0, the other by 1.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn used(which: u32) -> f64 {
    with_desk(|desk| {
        let Some(session) = &desk.session else { return 0.0 };
        let (steps, bytes) = session.used();
        if which == 0 { steps as f64 } else { bytes as f64 }
    })
}
