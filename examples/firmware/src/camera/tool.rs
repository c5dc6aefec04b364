//! The line to OpenMV's tools on UART0.

use core::ptr::addr_of_mut;

use snakelet::host::{Clock, Console, Interrupt, Wish};
use snakelet_camera::link::{
    Capabilities, Device, Info, Link, LinkMemory, MemoryReport, Order, Output, Refused, Viewer,
};
use snakelet_pool::presets::MPS2_AN500;
use snakelet_vm::{Config, Hosts};

use super::{PARTS, Reader, fail, or_fail};
use crate::console::BoardClock;
use crate::shared::Shared;
use crate::uart;

/// Bytes of a packet, of a script, and of what is printed until the tool reads it.
const PACKET: usize = 1024;
const SCRIPT: usize = 64 << 10;
const PRINTED: usize = 4096;
/// Bytes that are read of the line at a time.
const CHUNK: usize = 64;

/// A script, and how long it is.
struct Script {
    bytes: [u8; SCRIPT],
    len: Option<usize>,
}

/// What the link acts on.
struct Board {
    output: Output<'static>,
    running: bool,
    stops: bool,
    next: &'static mut Script,
}

struct Tool {
    link: Link<'static>,
    board: Board,
    clock: BoardClock,
}

static TOOL: Shared<Option<Tool>> = Shared::new(None);

impl Device for Board {
    fn is_running(&self) -> bool {
        self.running || self.next.len.is_some()
    }

    fn output(&mut self, work: &mut dyn FnMut(&mut Output<'_>)) {
        work(&mut self.output);
    }

    fn obey(&mut self, order: Order<'_>) -> Result<(), Refused> {
        match order {
            Order::Run(script) => {
                let place = self.next.bytes.get_mut(..script.len()).ok_or(Refused)?;
                place.copy_from_slice(script);
                self.next.len = Some(script.len());
            }
            Order::Stop | Order::Reset => self.next.len = None,
            Order::Boot => return Err(Refused),
        }
        self.stops = true;
        Ok(())
    }

    fn info(&self) -> Info {
        let pools = MPS2_AN500.pools.iter().map(|pool| pool.part.length / 1024);
        Info {
            // a Cortex-M7
            cpu: 0x411F_C270,
            sensors: [0x50F7, 0, 0],
            capabilities: Capabilities::DRAM,
            memory_kib: (crate::HEAP / 1024) as u32,
            frames_kib: pools.sum(),
            stream_kib: MPS2_AN500.stream.length / 1024,
            version: [5, 0, 0],
            ..Info::default()
        }
    }

    fn memories(&self, each: &mut dyn FnMut(MemoryReport)) {
        PARTS.with(|parts| {
            let pools = parts.iter().flat_map(|parts| parts.pools.iter());
            pools.for_each(|(_, pool)| each(MemoryReport::of_pool(pool)));
        });
    }
}

impl Tool {
    /// Takes what came, and sends what is to be sent.
    fn serve(&mut self) {
        let Tool { link, board, clock } = self;
        let mut bytes = [0; CHUNK];
        loop {
            let mut len = 0;
            // a byte is only taken from the line if there is room for it
            for (place, byte) in bytes.iter_mut().zip(core::iter::from_fn(uart::poll)) {
                *place = byte;
                len += 1;
            }
            link.receive(bytes.get(..len).unwrap_or_default(), clock.ticks_us(), board);
            let outgoing = link.outgoing(clock.ticks_us(), board);
            let sent = outgoing.len();
            uart::write(outgoing);
            link.sent(sent, clock.ticks_us());
            if len == 0 && sent == 0 {
                return;
            }
        }
    }
}

/// Sets the line up. It is called once.
pub fn start(viewer: &'static Viewer, reader: Reader) {
    static mut RECEIVE: [u8; PACKET] = [0; PACKET];
    static mut SEND: [u8; PACKET] = [0; PACKET];
    static mut SENT: [u8; SCRIPT] = [0; SCRIPT];
    static mut OUTPUT: [u8; PRINTED] = [0; PRINTED];
    static mut NEXT: Script = Script { bytes: [0; SCRIPT], len: None };
    // SAFETY: the statics are named here only, and `camera::start` calls this once.
    let (memory, output, next) = unsafe {
        let memory = LinkMemory {
            receive: &mut *addr_of_mut!(RECEIVE),
            send: &mut *addr_of_mut!(SEND),
            script: &mut *addr_of_mut!(SENT),
        };
        (memory, &mut *addr_of_mut!(OUTPUT), &mut *addr_of_mut!(NEXT))
    };
    let link = or_fail(Link::new(memory, viewer, Some(reader)), c"no link\n");
    let board = Board { output: Output::new(output), running: false, stops: false, next };
    TOOL.with(|tool| *tool = Some(Tool { link, board, clock: BoardClock::new() }));
}

fn with_tool<R>(work: impl FnOnce(&mut Tool) -> R) -> Option<R> {
    TOOL.with(|tool| tool.as_mut().map(work)).flatten()
}

/// Serves the line until there is a script to be run. The script before has ended, and its text is not used any
/// more: the interpreter that ran it is gone.
pub fn wait_for_script() -> &'static [u8] {
    static mut RUNNING: [u8; SCRIPT] = [0; SCRIPT];
    with_tool(|tool| tool.board.running = false);
    loop {
        let found = with_tool(|tool| {
            tool.serve();
            let len = tool.board.next.len.take()?;
            (tool.board.running, tool.board.stops) = (true, false);
            // SAFETY: the main program calls this between two interpreters, so that nobody refers to the text of
            // the script before, and the lock of the tool is held.
            let place = unsafe { &mut *addr_of_mut!(RUNNING) };
            let script = tool.board.next.bytes.get(..len)?;
            place.get_mut(..len)?.copy_from_slice(script);
            place.get(..len)
        });
        match found {
            Some(Some(script)) => return script,
            Some(None) => {}
            None => fail(c"there is no line\n"),
        }
    }
}

/// The console of scripts: what they print waits for the tool.
struct Printer;

impl Console for Printer {
    fn write(&mut self, bytes: &[u8]) {
        with_tool(|tool| tool.board.output.write(bytes));
    }
}

/// Serves the line while a script runs.
struct Service;

impl Interrupt for Service {
    fn poll(&mut self) -> Wish {
        let stops = with_tool(|tool| {
            tool.serve();
            tool.board.stops
        });
        if stops == Some(true) { Wish::Stop } else { Wish::Continue }
    }
}

/// The time of scripts. Every frame looks at it, so the line is served at least once a frame.
struct Timer;

impl Clock for Timer {
    fn ticks_us(&mut self) -> u64 {
        let now = with_tool(|tool| {
            tool.serve();
            tool.clock.ticks_us()
        });
        now.unwrap_or(0)
    }

    fn sleep_us(&mut self, us: u64) {
        let end = self.ticks_us().saturating_add(us);
        while self.ticks_us() < end {}
    }
}

/// Has an interpreter print to the tool, and look after the line.
pub fn configure(config: Config) -> Config {
    static mut PRINTER: Printer = Printer;
    static mut SERVICE: Service = Service;
    static mut TIMER: Timer = Timer;
    // SAFETY: these have no bytes, so that references to them refer to nothing that could be shared.
    let (console, interrupt, clock) = unsafe {
        (&mut *addr_of_mut!(PRINTER), &mut *addr_of_mut!(SERVICE), &mut *addr_of_mut!(TIMER))
    };
    let hosts = Hosts {
        console: Some(console),
        interrupt: Some(interrupt),
        clock: Some(clock),
        ..config.hosts
    };
    Config { hosts, ..config }
}
