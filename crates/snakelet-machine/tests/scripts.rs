//! Runs each script of `tests/scripts` on a simulated board: as it is, in stress mode, with each allocation failing in
//! turn, and stopped everywhere.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::env;
use std::fs;
use std::path::PathBuf;

use snakelet::Error;
use support::Bench;

fn scripts() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let files = fs::read_dir(folder).expect("the scripts");
    let paths = files.map(|file| file.expect("a file").path());
    let mut scripts: Vec<_> = paths
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("a script"))
        })
        .collect();
    scripts.sort();
    assert!(scripts.len() >= 6, "{}", scripts.len());
    scripts
}

#[test]
fn scripts_come_to_their_end() {
    for (name, script) in scripts() {
        let mut bench = Bench::new(256 << 10);
        bench.exec(&script).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn scripts_come_to_their_end_in_stress_mode() {
    for (name, script) in scripts() {
        let mut bench = Bench::new(128 << 10);
        let done = bench.run(|python| {
            python.set_stress(true);
            python.exec(&script)
        });
        done.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn each_allocation_may_fail() {
    // all of them, or fewer the later they come
    let all = env::var("SNAKELET_FAIL_NTH").is_ok_and(|which| which == "all");
    for (name, script) in scripts() {
        let (mut nth, mut failed) = (0, 0);
        loop {
            let mut bench = Bench::new(128 << 10);
            let (done, reached) = bench.run(|python| {
                python.fail_after(Some(nth));
                let done = python.exec(&script).map_err(|error| error.to_string());
                (done, !python.fails_later())
            });
            match done {
                Err(error) => {
                    // what a callback raises is printed
                    let printed = bench.printed();
                    let told = error.contains("MemoryError") || printed.contains("MemoryError");
                    assert!(reached && told, "{name} at {nth}: {error}\n{printed}");
                    failed += 1;
                }
                Ok(()) if !reached => break,
                Ok(()) => {}
            }
            nth += if all { 1 } else { 1 + nth / 8 };
        }
        assert!(failed > 0, "{name}");
    }
}

#[test]
fn scripts_may_be_stopped_anywhere() {
    for (name, script) in scripts() {
        let (mut fuel, mut stopped) = (10, 0);
        loop {
            let mut bench = Bench::new(128 << 10);
            let done = bench.run(|python| {
                python.set_fuel(Some(fuel));
                python.exec(&script)
            });
            match done {
                Ok(()) => break,
                Err(Error::Stopped) => stopped += 1,
                Err(error) => panic!("{name} after {fuel}: {error}"),
            }
            fuel += 10 + fuel / 20;
        }
        assert!(stopped > 20, "{name}: {stopped}");
    }
}

#[test]
fn transfers_allocate_nothing() {
    let mut bench = Bench::new(64 << 10);
    let done = bench.exec(include_str!("locked.py"));
    done.unwrap_or_else(|error| panic!("{error:?}\n{}", bench.printed()));
}

#[test]
fn a_transfer_is_one_transaction() {
    let mut bench = Bench::new(64 << 10);
    bench
        .exec(
            "from machine import I2C\ni = I2C(0)\n\
             i.readfrom_mem(0x50, 0, 40, addrsize=16)\n\
             i.writevto(0x50, [b'ab', b'cde'])\n\
             i.writeto(0x50, b'xy', False)\n\
             i.readfrom(0x50, 1)\n\
             i.writeto(0x50, b'')\n",
        )
        .unwrap();
    assert_eq!(bench.world.lock().unwrap().i2c_log, ["50 w2 r40", "50 w23", "50 w2 r1", "50 w0"]);
}

#[test]
fn devices_get_what_scripts_say() {
    let mut bench = Bench::new(64 << 10);
    bench
        .exec(
            "import machine\nfrom machine import *\n\
             w = WDT(timeout=700)\nw.feed()\n\
             PWM('SERVO', freq=50, duty_u16=32768)\n\
             SPI(1).write('ab')\n\
             bitstream(Pin(7), 0, (1, 2, 3, 4), b'rgb')\n\
             try:\n    machine.reset()\nexcept SystemExit:\n    pass\n",
        )
        .unwrap();
    let world = bench.world.lock().unwrap();
    assert_eq!(world.fed, ["start 700", "feed"]);
    assert_eq!(world.duty, 500);
    assert_eq!(world.spi_written, b"ab");
    assert_eq!(world.lines[7].bits, b"rgb");
    assert!(world.reset);
}

#[test]
fn a_line_without_room_gives_up() {
    let mut bench = Bench::new(64 << 10);
    bench.world.lock().unwrap().uart_stuck = true;
    bench.exec("from machine import UART\nassert UART(1).write(b'abc') is None\n").unwrap();
    let waited = bench.world.lock().unwrap().now_ns;
    assert!((1_000_000_000..1_200_000_000).contains(&waited), "{waited}");
}

#[test]
fn a_handler_that_raises_is_told_of() {
    let mut bench = Bench::new(64 << 10);
    bench
        .exec(
            "import time\nfrom machine import Timer\n\
             def bad(t):\n    raise ValueError('told')\n\
             Timer(-1, period=1, mode=Timer.ONE_SHOT, callback=bad)\n\
             time.sleep_ms(5)\n",
        )
        .unwrap();
    assert!(bench.printed().contains("ValueError: told"));
}

#[test]
fn without_a_board_there_are_no_devices() {
    let mut memory = vec![std::mem::MaybeUninit::uninit(); 64 << 10];
    let mut python = snakelet::Interpreter::builder(&mut memory).desktop().build().unwrap();
    python
        .exec(
            "import machine, time\n\
             for make in (lambda: machine.Pin(0), lambda: machine.I2C(0), lambda: machine.UART(1)):\n\
             \x20   try:\n        make()\n    except ValueError:\n        pass\n    else:\n        assert 0\n\
             try:\n    machine.WDT()\nexcept OSError as e:\n    assert e.errno == 19\n\
             seen = []\n\
             machine.Timer(-1, period=1, callback=seen.append)\n\
             time.sleep_ms(10)\n\
             assert seen\n",
        )
        .unwrap();
}
