//! Bytecode that runs where it lies in the program.

use std::fs;
use std::mem::MaybeUninit;
use std::thread;

use snakelet::{Error, FrozenModule, Interpreter, Step};

#[expect(dead_code, reason = "the scripts' own test uses the rest")]
mod support;

use support::{Mode, Program, Runner, compiled};

fn memory() -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); 256 << 10]
}

#[test]
fn every_script_prints_the_same_from_bytecode_in_place() {
    let work = || {
        support::enter_scratch();
        let mut runner = Runner::new();
        let mut wrong = Vec::new();
        for script in support::scripts() {
            let source = fs::read(&script.path).unwrap();
            let expected = fs::read(script.path.with_extension("exp")).unwrap();
            let name = script.path.file_name().unwrap().to_string_lossy();
            let program = Program::Mpy(compiled(&source, &name).unwrap());
            for mode in [Mode::Plain, Mode::Steps(7)] {
                let outcome = runner.run(&script.path, program, mode);
                if let Err(message) = outcome.check(&expected) {
                    wrong.push(format!("{} {mode:?}: {message}", script.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    };
    let builder = thread::Builder::new().stack_size(support::MACHINE_STACK);
    builder.spawn(work).unwrap().join().unwrap();
}

/// A module with many functions, most of whose size is code.
fn large_module() -> Vec<u8> {
    let mut text = String::new();
    for i in 0..50 {
        text += &format!("def f{i}(a, b):\n");
        for _ in 0..20 {
            text += "    a, b = b + a * a, a - b * b + (a and b or a)\n";
        }
        text += "    return a + b\n";
    }
    text.into_bytes()
}

/// Bytes of heap that a module takes once it was loaded.
fn held(load: impl FnOnce(&mut Interpreter<'_>) -> Result<(), Error>) -> Result<usize, Error> {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build()?;
    python.collect();
    let before = python.memory().used;
    load(&mut python)?;
    python.collect();
    assert_eq!(python.eval::<i64>("f7(0, 0)")?, 0);
    Ok(python.memory().used - before)
}

#[test]
fn code_in_place_takes_no_heap() {
    let mpy = compiled(&large_module(), "large.py").unwrap();
    let copied = held(|python| python.load_mpy(mpy)).unwrap();
    let in_place = held(|python| python.load_mpy_static(mpy)).unwrap();
    assert!(copied > 20_000, "{copied}");
    // a head, a function object and an entry of the module's dict for each
    assert!(in_place < 50 * 170, "{in_place}");
}

#[test]
fn long_constants_in_place_take_no_heap() {
    let table: String = (0..3000).map(|i| format!("\\x{:02x}", i % 251)).collect();
    let source = format!(
        "T = b'{table}'\nS = '{}'\ndef f7(a, b): return a + b\ndef a_name_longer_than_a_block(): pass\n",
        "größer ".repeat(300)
    );
    let mpy = compiled(source.as_bytes(), "constants.py").unwrap();
    let held = held(|python| {
        python.load_mpy_static(mpy)?;
        assert_eq!(python.eval::<i64>("sum(T)")?, (0..3000).map(|i| i % 251).sum::<i64>());
        assert_eq!(python.eval::<(i64, i64)>("len(T), len(S)")?, (3000, 2100));
        assert!(python.eval::<bool>("S == 'größer ' * 300 and S[2099] + S[2] == ' ö'")?);
        assert!(python.eval::<bool>("T[250:252] == b'\\xfa\\x00' and T + T == 2 * T")?);
        assert!(python.eval::<bool>("bytes(memoryview(T)[5:9]) == bytes([5, 6, 7, 8])")?);
        assert!(python.eval::<bool>("{S: 1, T: 2}['größer ' * 300] == hash(T) // hash(T)")?);
        assert!(python.eval::<bool>("a_name_longer_than_a_block.__name__[2:6] == 'name'")?);
        let error = python.exec("memoryview(T)[0] = 1").unwrap_err().to_string();
        assert!(error.starts_with("TypeError"), "{error}");
        python.collect();
        assert!(python.is_sound());
        Ok(())
    });
    let held = held.unwrap();
    assert!(held < 1000, "{held}");
}

#[test]
fn generators_and_exceptions_know_their_place_in_frozen_code() {
    let source = b"
def count(n):
    try:
        for i in range(n):
            yield i
    finally:
        log.append('closed')

def outer(n):
    total = yield from count(n)
    return total

def fails():
    for i in outer(3):
        if i == 1:
            raise ValueError(i)

log = []
";
    static NAME: &str = "frozen_kit.mpy";
    let data = compiled(source, "frozen_kit.py").unwrap();
    let modules: &'static [FrozenModule] = vec![FrozenModule { name: NAME, data }].leak();
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).frozen(modules).build().unwrap();
    python.set_path([".frozen"]).unwrap();
    python.exec("import frozen_kit\ng = frozen_kit.outer(4)\nseen = [next(g), next(g)]").unwrap();
    python.collect();
    assert_eq!(python.eval::<Vec<i64>>("seen + list(g)").unwrap(), [0, 1, 2, 3]);
    let error = python.exec("frozen_kit.fails()").unwrap_err().to_string();
    assert_eq!(error, "ValueError: 1");
    let traceback = "
import io, sys
try:
    frozen_kit.fails()
except ValueError as e:
    out = io.StringIO()
    sys.print_exception(e, out)
";
    python.exec(traceback).unwrap();
    let text: String = python.eval("out.getvalue()").unwrap();
    assert!(text.contains("File \"frozen_kit.py\", line 16, in fails"), "{text}");
    assert_eq!(python.eval::<i64>("len(frozen_kit.log)").unwrap(), 1);
    python.exec("import gc\ngc.collect()").unwrap();
    assert!(python.is_sound());
}

#[test]
fn a_program_in_flash_runs_in_steps() {
    let mpy = compiled(b"total = 0\nfor i in range(1000):\n    total += i\n", "main.py").unwrap();
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let mut run = python.start_mpy_static(mpy).unwrap();
    let mut steps = 0;
    loop {
        steps += 1;
        match run.step(100).unwrap() {
            Step::Done(()) => break,
            Step::Suspended(next) | Step::Idle { run: next, .. } => run = next,
            Step::Pending(call) => run = call.raise("nothing is pending"),
        }
    }
    assert!(steps > 8, "{steps}");
    assert_eq!(python.get::<i64>("total").unwrap(), 499_500);
}

#[test]
fn bytecode_in_place_is_verified_as_well() {
    let source = b"def f(a, b=2, *c, d, **e): return [a, (lambda: b), c, d]\nf(1, d=2)\n";
    let mpy = compiled(source, "m.py").unwrap();
    for n in 0..mpy.len() {
        for bit in 0..8 {
            let mut bad = mpy.to_vec();
            bad[n] ^= 1 << bit;
            let mut memory = memory();
            let mut python = Interpreter::builder(&mut memory).fuel(100_000).build().unwrap();
            let _ = python.load_mpy_static(bad.leak());
            python.set_fuel(None);
            assert!(python.is_sound());
            assert_eq!(python.eval::<i64>("40 + 2").unwrap(), 42);
        }
        let mut memory = memory();
        let mut python = Interpreter::builder(&mut memory).build().unwrap();
        assert!(python.load_mpy_static(&mpy[..n]).is_err());
    }
}
