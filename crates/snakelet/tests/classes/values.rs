//! The Rust values in objects: how long they live, and where they lie.

use super::*;

/// Counts itself.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An interpreter with a class of which each object is counted.
fn counted<'m>(memory: &'m mut [MaybeUninit<u8>], alive: &Arc<AtomicUsize>) -> Interpreter<'m> {
    let mut python = Interpreter::builder(memory).build().unwrap();
    let counter = Arc::clone(alive);
    python
        .class::<Counted>("Counted", |c| {
            c.init(move || {
                counter.fetch_add(1, Ordering::Relaxed);
                Counted(Arc::clone(&counter))
            })
            .method("calls", |_: &Counted, cx: &mut Context, f: Handle| cx.call::<Handle>(&f, ()))
        })
        .unwrap();
    python
}

#[test]
fn values_are_dropped_with_their_objects() {
    let alive = Arc::new(AtomicUsize::new(0));
    let count = || alive.load(Ordering::Relaxed);
    let mut memory = memory();
    {
        let mut python = counted(&mut memory, &alive);
        python
            .exec("keep = [Counted() for i in range(10)]\nfor i in range(50): Counted()")
            .unwrap();
        python.collect();
        assert_eq!(count(), 10);
        // in a cycle, with one another, and in a class that derives from it
        python
            .exec(
                "
class Sub(Counted): pass
a = Sub(); b = Counted()
a.other = b; b.other = a; a.itself = a.calls
del a, b
keep.pop()
",
            )
            .unwrap();
        python.collect();
        assert_eq!(count(), 9);
        // the value is replaced: the old one goes at once
        python.exec("keep[0].__init__()").unwrap();
        assert_eq!(count(), 9);
        // collected while a method runs, and when the last reference goes meanwhile
        python
            .exec(
                "
import gc
def work():
    global x
    x = None
    gc.collect()
    return [bytes(100) for i in range(100)]
x = Counted()
x.calls(work)
",
            )
            .unwrap();
        python.collect();
        assert_eq!(count(), 9);
        // the value of an object whose `__init__` fails afterwards
        python
            .exec("class Late(Counted):\n  def __init__(self):\n    super().__init__(); 1/0")
            .unwrap();
        assert!(error(python.exec("Late()")).starts_with("ZeroDivisionError"));
        python.collect();
        assert_eq!(count(), 9);
        python.reset().unwrap();
        assert_eq!(count(), 0);
        assert_eq!(error(python.exec("Counted()")), "NameError: name 'Counted' isn't defined");
    }
    // with the interpreter
    let mut python = counted(&mut memory, &alive);
    python.exec("keep = [Counted() for i in range(10)]").unwrap();
    assert_eq!(count(), 10);
    drop(python);
    assert_eq!(count(), 0);
}

#[test]
fn many_objects_fit_in_memory() {
    let alive = Arc::new(AtomicUsize::new(0));
    let mut memory = vec![MaybeUninit::uninit(); 4 << 20];
    let mut python = counted(&mut memory, &alive);
    python.exec("keep = [Counted() for i in range(10000)]").unwrap();
    assert_eq!(alive.load(Ordering::Relaxed), 10000);
    python.exec("keep = keep[::100]").unwrap();
    python.collect();
    assert_eq!(alive.load(Ordering::Relaxed), 100);
    // when there is no memory left, it is the script's MemoryError, and no value is lost
    assert_eq!(error(python.exec("while True: keep.append(Counted())")), "MemoryError");
    python.exec("keep = None").unwrap();
    python.collect();
    assert_eq!(alive.load(Ordering::Relaxed), 0);
    assert!(python.is_sound());
}

#[test]
fn values_of_any_size() {
    struct Large<const N: usize>([u8; N], #[expect(dead_code, reason = "counts")] Counted);
    struct Plain<const N: usize>([u8; N]);
    #[repr(align(16))]
    struct Aligned(u128);
    let alive = Arc::new(AtomicUsize::new(0));
    let mut memory = vec![MaybeUninit::uninit(); 1 << 20];
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    fn last<const N: usize>(bytes: &[u8; N]) -> usize {
        bytes.iter().map(|b| usize::from(*b)).sum()
    }
    macro_rules! sizes {
        ($($name:literal $size:literal;)*) => {$(
            let counter = Arc::clone(&alive);
            python.class::<Large<$size>>(concat!("Large", $name), |c| {
                c.init(move || {
                    counter.fetch_add(1, Ordering::Relaxed);
                    Large([1; $size], Counted(Arc::clone(&counter)))
                })
                .len(|l: &Large<$size>| last(&l.0))
                .method("call", |l: &mut Large<$size>, cx: &mut Context, f: Handle| {
                    cx.call::<()>(&f, ())?;
                    Ok::<_, Error>(last(&l.0))
                })
            }).unwrap();
            python.class::<Plain<$size>>(concat!("Plain", $name), |c| {
                c.init(|| Plain([1; $size])).len(|l: &Plain<$size>| last(&l.0))
            }).unwrap();
            let script = "
L = [LargeX() for i in range(3)] + [PlainX() for i in range(3)]
assert all(len(x) == N for x in L)
assert L[1].call(lambda: L.clear()) == N
".replace('X', $name).replace('N', stringify!($size));
            for stress in [false, true] {
                python.set_stress(stress);
                python.exec(&script).unwrap();
            }
            python.set_stress(false);
            python.collect();
            assert_eq!(alive.load(Ordering::Relaxed), 0);
            assert!(python.is_sound());
        )*};
    }
    sizes! {
        "0" 0; "1" 1; "2" 15; "3" 1000; "4" 20000; "5" 100000;
    }
    python
        .class::<Aligned>("Aligned", |c| {
            c.init(|| Aligned(5)).method("where", |a: &Aligned| {
                assert_eq!(a.0, 5);
                std::ptr::from_ref(a).addr() % 16
            })
        })
        .unwrap();
    python.exec("assert all(Aligned().where() == 0 for i in range(9))").unwrap();
    let error = error(python.exec("keep = [Plain5() for i in range(50)]"));
    assert_eq!(error, "MemoryError");
}

/// What the classes here do, and what it costs when memory runs out at any point of it.
const WORK: &str = "
class Sub(Counted):
    def __init__(self, n):
        super().__init__()
        self.n = n
keep = [Sub(i) for i in range(5)] + [Counted()]
result = keep[0].calls(lambda: [keep[1].calls(lambda: bytes(50)), repr(keep[2])])
x = {keep[3]: 1}
";

#[test]
fn memory_that_runs_out_anywhere_loses_no_value() {
    let alive = Arc::new(AtomicUsize::new(0));
    let mut memory = memory();
    let mut done = false;
    for budget in (0..200_000).step_by(48) {
        let mut python = counted(&mut memory, &alive);
        python.set_allocation_budget(Some(budget));
        done = python.exec(WORK).is_ok();
        python.set_allocation_budget(None);
        assert!(python.is_sound());
        python.exec("Counted().calls(len.__class__)").unwrap_err();
        python.reset().unwrap();
        assert_eq!(alive.load(Ordering::Relaxed), 0);
        if done {
            break;
        }
    }
    assert!(done);
    // a heap with less and less room
    for size in (3000..40_000).step_by(700) {
        let mut small = vec![MaybeUninit::uninit(); size];
        let Ok(mut python) = Interpreter::builder(&mut small).build() else { continue };
        let counter = Arc::clone(&alive);
        let made = python.class::<Counted>("Counted", |c| {
            c.init(move || {
                counter.fetch_add(1, Ordering::Relaxed);
                Counted(Arc::clone(&counter))
            })
            .method("calls", |_: &Counted, cx: &mut Context, f: Handle| cx.call::<Handle>(&f, ()))
        });
        match made {
            Ok(_) => drop(python.exec(WORK)),
            Err(error) => assert_eq!(error.to_string(), "MemoryError"),
        }
        assert!(python.is_sound());
        drop(python);
        assert_eq!(alive.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn collections_at_every_allocation() {
    let alive = Arc::new(AtomicUsize::new(0));
    let mut memory = memory();
    let mut python = counted(&mut memory, &alive);
    python.set_stress(true);
    python.class::<Motor>("Motor", motor).unwrap();
    python.exec(WORK).unwrap();
    python.exec("m = Motor(speed=3)\nassert m.run(2) == 6 and m.look(m.itself) is m and Motor.of(4).speed == 4").unwrap();
    python
        .register("f", |a: i64, all: snakelet::Rest<String>, more: snakelet::Kwargs<String>| {
            format!("{a} {:?} {:?}", all.0, more.0)
        })
        .unwrap();
    let text: String = python.eval("f(1, 'a' * 30, 'b' * 30, c='c' * 30)").unwrap();
    assert_eq!(
        text,
        format!("1 {:?} {:?}", ["a".repeat(30), "b".repeat(30)], [("c", "c".repeat(30))])
    );
    python.set_stress(false);
    assert!(python.is_sound());
}

#[test]
fn values_stay_where_they_are_while_borrowed() {
    // in stress mode whatever can move does so at each allocation
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    struct Block([u64; 20]);
    python
        .class::<Block>("Block", |c| {
            c.init(|| Block([7; 20])).method(
                "check",
                |block: &mut Block, cx: &mut Context, f: Handle| {
                    let before = std::ptr::from_ref(block).addr();
                    for i in 0..20_u64 {
                        cx.call::<()>(&f, (i,))?;
                        block.0[i as usize] += i;
                    }
                    assert_eq!(std::ptr::from_ref(block).addr(), before);
                    Ok::<u64, Error>(block.0.iter().sum())
                },
            )
        })
        .unwrap();
    python.set_stress(true);
    python
        .exec("b = [bytes(40), Block(), bytes(40)]\ndel b[0]\nassert b[0].check(lambda i: [i] * 30) == 330")
        .unwrap();
    python.set_stress(false);
    assert!(python.is_sound());
}
