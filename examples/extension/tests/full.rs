//! Functions of another crate that run Python code, take arguments by name, keep state, and answer later.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong and stops")]
#![allow(clippy::panic, reason = "a step that leads elsewhere fails its test")]

use core::cell::Cell;
use core::mem::MaybeUninit;
use std::sync::Mutex;

use snakelet::{Error, Interpreter, Step};
use snakelet_vm::exception::classes::{KEY_ERROR, STOP_ITERATION, VALUE_ERROR};
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::print::PrintKind;
use snakelet_vm::native::{
    BinaryOp, Constant, Contents, Named, NativeData, NativeFn, NativeModule, NativeType, Param,
    TypeSlots,
};
use snakelet_vm::types::ARRAY;
use snakelet_vm::{Raised, methods, name};

/// `fold(function, items, *, start=0)`: what the function makes of the start and all items.
fn fold<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    const PARAMETERS: [Param; 3] = [
        Param::required(name!("function")),
        Param::required(name!("items")),
        Param::keyword(name!("start_with")),
    ];
    let [function, items, start] = args.parse(cx, &PARAMETERS)?;
    let function = function.unwrap_or(Held::NONE);
    let start = match start {
        Some(start) => start,
        None => cx.int(0)?,
    };
    let total = cx.variable(start);
    cx.for_each(items.unwrap_or(Held::NONE), |cx, outer, item| {
        let total = outer.variable(total);
        let next = cx.call(outer.held(function), &[total.held(), item])?;
        cx.set(total, next);
        Ok(())
    })?;
    Ok(total.held())
}

/// `spread(value)`: whatever can be done with it, as a tuple.
fn spread<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let value = args.or_none(0);
    let text = cx.text_of(value, PrintKind::Repr)?;
    let len = cx.len(value)?;
    let len = cx.count(len)?;
    let first = cx.item_at(value, 0)?;
    let double = cx.binary(BinaryOp::Add, value, value)?;
    let upper = match cx.find_attribute(first, name!("upper"))? {
        Some(method) => cx.call(method, &[])?,
        None => Held::NONE,
    };
    let list = cx.list_from(double)?;
    cx.call_method(list, name!("reverse"), &[])?;
    let missing = cx.item_at(value, 100);
    let missing = cx.catch(missing, &snakelet_vm::exception::classes::INDEX_ERROR)?;
    let dict = cx.dict(1)?;
    cx.set_item(dict, len, first)?;
    let absent = cx.item(dict, first);
    let caught = cx.catch(absent, &KEY_ERROR)?;
    let nothing = cx.tuple(&[Held::bool(missing.is_none()), Held::bool(caught.is_none())])?;
    let bytes = cx.with_bytes(text, |bytes| bytes.len())?;
    let bytes = cx.count(bytes)?;
    cx.tuple(&[text, len, first, double, upper, list, dict, nothing, bytes])
}

/// `clip(value, least=0, most=100)`: a leaf whose arguments have names.
fn clip<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let value = cx.i64(args.get::<0>(), 0)?;
    let bound = |i, default| args.opt(i).map_or(Ok(default), |bound| cx.i64(bound, i));
    let (least, most) = (bound(1, 0)?, bound(2, 100)?);
    if least > most {
        return Err(cx.raise(&VALUE_ERROR, "nothing lies between"));
    }
    cx.int(value.clamp(least, most))
}

static CLIP: [Param; 3] = [
    Param::required(name!("value")),
    Param::optional(name!("least_of_all")),
    Param::keyword(name!("most_of_all")),
];

/// What the module keeps in each interpreter.
struct Count(Cell<i64>);

impl NativeData for Count {
    const TYPE: &'static NativeType = &COUNT;
}

static COUNT: NativeType = NativeType::of(name!("Count"), const { &TypeSlots::of::<Count>() });

/// The same in another module: one is not taken for the other.
struct Other(Cell<i64>);

impl NativeData for Other {
    const TYPE: &'static NativeType = &OTHER;
}

static OTHER: NativeType = NativeType::of(name!("Other"), const { &TypeSlots::of::<Other>() });

fn count<'h>(cx: Leaf<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let (Some(count), Some(other)) = (cx.state::<Count>(), cx.state::<Other>()) else {
        return Err(cx.raise(&VALUE_ERROR, "not imported"));
    };
    let (next, before) = (count.0.get() + 1, other.0.get() - 1);
    let both = cx.pair(cx.int(next)?, cx.int(before)?)?;
    count.0.set(next);
    other.0.set(before);
    Ok(both)
}

fn boxed<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let given = args.or_none(0);
    let object = cx.new_data(&[given], Count(Cell::new(7)))?;
    cx.with_data::<Count, _>(object, |count| count.0.set(8))?;
    let number = cx.with_data::<Count, _>(object, |count| count.0.get())?;
    let number = cx.int(number)?;
    assert!(cx.with_data::<Other, _>(number, |_| ()).map_err(drop).is_err());
    Ok(number)
}

static RAISED: Mutex<Option<Raised>> = Mutex::new(None);
static LEAVE: Mutex<Option<Leave>> = Mutex::new(None);

/// Keeps what says that an exception was raised, and goes on without one.
fn keep_raised<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let raised = cx.raise(&VALUE_ERROR, "kept");
    *RAISED.lock().unwrap() = Some(raised);
    let again = cx.raise(&VALUE_ERROR, "caught");
    cx.catch::<()>(Err(again), &VALUE_ERROR)?;
    Ok(Held::NONE)
}

fn raise_kept<'s>(_: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    Err(RAISED.lock().unwrap().take().unwrap())
}

/// Keeps a request about two objects, and does not make it.
fn keep_leave<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let leave = cx.raise_about(&VALUE_ERROR, "%r %r", [args.get::<0>(), args.get::<1>()]);
    *LEAVE.lock().unwrap() = Some(leave);
    Ok(Obj::NONE)
}

fn leave_kept<'h>(_: Leaf<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    Err(LEAVE.lock().unwrap().take().unwrap())
}

/// Takes the items of a generator until it ends, one by one.
fn drain<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let iterator = cx.iter(args.or_none(0))?;
    let mut n = 0;
    while cx.scope(|cx, outer| Ok(cx.next(outer.held(iterator))?.is_some()))? {
        n += 1;
    }
    let ended = cx.call_method(iterator, name!("__next__"), &[]);
    assert!(cx.catch(ended, &STOP_ITERATION)?.is_none());
    cx.int(n)
}

static TOOLS: NativeModule = NativeModule::new(
    name!("tools"),
    &[Contents {
        functions: methods![
            NativeFn::full(name!("fold"), 0, 2, fold).keywords(),
            NativeFn::full(name!("spread"), 1, 1, spread),
            NativeFn::named(
                const { &Named::new(NativeFn::leaf::<1>(name!("clip"), 1, clip), &CLIP) }
            ),
            NativeFn::leaf::<0>(name!("count"), 0, count),
            NativeFn::full(name!("boxed"), 1, 1, boxed),
            NativeFn::pending(name!("ask"), 1, 1, |cx, args| {
                let now = cx.is_none(args.or_none(0));
                Ok(now.then_some(Held::NONE))
            }),
            NativeFn::full(name!("keep_raised"), 0, 0, keep_raised),
            NativeFn::full(name!("raise_kept"), 0, 0, raise_kept),
            NativeFn::leaf::<2>(name!("keep_leave"), 0, keep_leave),
            NativeFn::leaf::<0>(name!("leave_kept"), 0, leave_kept),
            NativeFn::leaf::<1>(name!("index_beyond"), 0, |cx, _| Err(cx.index(1_000_000_000))),
            NativeFn::leaf::<1>(name!("index_again"), 0, |cx, _| Err(cx.index(0))),
            NativeFn::full(name!("index_inside"), 1, 1, |cx, _| cx.make(|cx| Err(cx.index(3)))),
            NativeFn::full(name!("drain"), 1, 1, drain),
            NativeFn::leaf::<0>(name!("raise_array"), 0, |cx, _| Err(
                cx.raise(&ARRAY, "no exception")
            )),
            NativeFn::full(name!("raise_count"), 0, 0, |cx, _| Err(cx.raise_no_args(&COUNT))),
        ],
        constants: &[(name!("Count"), Constant::Type(&COUNT))],
    }],
)
.init(|cx| {
    cx.set_state(Count(Cell::new(100)))?;
    cx.set_state(Other(Cell::new(100)))?;
    // this one takes the place of the first
    cx.set_state(Count(Cell::new(0)))
});

fn run(stress: bool, script: &str) -> Result<(), Error> {
    let mut memory = vec![MaybeUninit::uninit(); 256 << 10];
    let builder = Interpreter::builder(&mut memory).modules(const { &[&TOOLS] });
    let mut python = builder.build().unwrap();
    python.set_stress(stress);
    python.set_fuel(Some(1_000_000));
    let result = python.exec(script);
    assert!(python.is_sound());
    result
}

fn passes(script: &str) {
    for stress in [false, true] {
        let result = run(stress, script);
        assert!(result.is_ok(), "stress {stress}: {result:?}");
    }
}

#[test]
fn natives_call_python_and_hold_what_it_gives() {
    passes(
        "
import tools
assert tools.fold(lambda a, b: a + [b], (str(i) * 3 for i in range(5)), start_with=[]) == ['000', '111', '222', '333', '444']
assert tools.fold(lambda a, b: a + b, range(5)) == 10
assert tools.spread(['ab', 'c']) == (\"['ab', 'c']\", 2, 'ab', ['ab', 'c', 'ab', 'c'], 'AB', ['c', 'ab', 'c', 'ab'], {2: 'ab'}, (True, True), 11)
assert tools.boxed('x') == 8
def numbers():
    for i in range(20): yield [i]
assert tools.drain(numbers()) == 20
class Mine:
    def __getitem__(self, i):
        if i < 3: return i
        raise IndexError
assert tools.drain(Mine()) == 3
for bad in ((), (1,), (1, 2, 3)):
    try:
        tools.fold(*bad)
        assert False
    except TypeError:
        pass
try:
    tools.fold(None, [], start=1)
    assert False
except TypeError as e:
    assert 'keyword' in str(e)
try:
    tools.fold(lambda a, b: 1 // 0, [1])
    assert False
except ZeroDivisionError:
    pass
",
    );
}

#[test]
fn arguments_of_leaves_have_names() {
    passes(
        "
from tools import clip
assert clip(500) == 100 and clip(-5, -3) == -3 and clip(value=7, most_of_all=5) == 5
assert clip(3, least_of_all=4) == 4 and clip(True) == 1
class Index:
    def __index__(self): return 42
assert clip(Index(), most_of_all=Index()) == 42 and clip(1, least_of_all=Index()) == 42
for bad in (lambda: clip(), lambda: clip(1, 2, 3), lambda: clip(1, value=1), lambda: clip(1, most=3), lambda: clip(least_of_all=1), lambda: clip('a'), lambda: clip(1, most_of_all='b')):
    try:
        bad()
        assert False
    except TypeError:
        pass
try:
    clip(1, least_of_all=9, most_of_all=3)
    assert False
except ValueError:
    pass
",
    );
}

#[test]
fn modules_keep_state_in_each_interpreter() {
    for _ in 0..2 {
        passes(
            "import tools, gc\nassert tools.count() == (1, 99)\ngc.collect()\nassert tools.count() == (2, 98)\n",
        );
    }
}

#[test]
fn tokens_that_were_kept_raise_an_error() {
    passes(
        "
import tools, gc
tools.keep_raised()
try:
    tools.raise_kept()
    assert False
except RuntimeError:
    pass
tools.keep_leave('a' * 100, ['b' * 100])
gc.collect()
for raise_other in tools.raise_array, tools.raise_count:
    try:
        raise_other()
        assert False
    except TypeError as e:
        assert type(e) is TypeError
x = [bytes(100) for i in range(20)]
try:
    tools.leave_kept()
    assert False
except TypeError:
    pass
",
    );
}

#[test]
fn what_is_not_there_cannot_be_asked_for() {
    passes(
        "
import tools
for bad in (tools.index_beyond, tools.index_inside):
    try:
        bad(1)
        assert False
    except TypeError:
        pass
",
    );
    let endless = run(false, "import tools\ntools.index_again(1)");
    assert!(matches!(endless, Err(Error::Stopped)), "{endless:?}");
}

#[test]
fn a_function_of_a_module_may_answer_later() {
    let mut memory = vec![MaybeUninit::uninit(); 256 << 10];
    let builder = Interpreter::builder(&mut memory).modules(const { &[&TOOLS] });
    let mut python = builder.build().unwrap();
    python.exec("import tools\ndef f():\n  return tools.ask(None), tools.ask(5) + 1").unwrap();
    let mut run = python.start_call::<(Option<i64>, i64)>("f", ()).unwrap();
    let result = loop {
        run = match run.step(1000).unwrap() {
            Step::Pending(mut call) => {
                assert_eq!(call.function(), "ask");
                assert_eq!(call.arguments::<(i64,)>().unwrap(), (5,));
                call.resume(41)
            }
            Step::Suspended(run) | Step::Idle { run, .. } => run,
            Step::Done(value) => break value,
        };
    };
    assert_eq!(result, (None, 42));
    let refused =
        python.exec("try:\n  list(map(tools.ask, [1]))\n  assert False\nexcept RuntimeError: pass");
    assert!(refused.is_ok(), "{refused:?}");
}
