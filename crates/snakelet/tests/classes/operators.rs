//! Operators, iteration and context managers.

use super::*;

#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Vector(f64, f64);

#[test]
fn operators_are_set_by_name() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python
        .class::<Vector>("Vector", |c| {
            c.init(|x: f64, y: f64| Vector(x, y))
                .add(|a: &Vector, b: Ref<Vector>| Object::new(Vector(a.0 + b.0, a.1 + b.1)))
                .iadd(|a: &mut Vector, b: Ref<Vector>, this: This| {
                    *a = Vector(a.0 + b.0, a.1 + b.1);
                    this
                })
                .mul(|a: &Vector, k: f64| Object::new(Vector(a.0 * k, a.1 * k)))
                .rmul(|a: &Vector, k: f64| Object::new(Vector(a.0 * k, a.1 * k)))
                .neg(|a: &Vector| Object::new(Vector(-a.0, -a.1)))
                .abs(|a: &Vector| a.0.hypot(a.1))
                .eq(|a: &Vector, b: Ref<Vector>| *a == *b)
                .lt(|a: &Vector, b: Ref<Vector>| *a < *b)
                .hash(|a: &Vector| (a.0 as i64) * 31 + a.1 as i64)
                .repr(|a: &Vector| format!("Vector({}, {})", a.0, a.1))
                .truth(|a: &Vector| *a != Vector(0.0, 0.0))
                .get_item(|a: &Vector, i: usize| match i {
                    0 => Ok(a.0),
                    1 => Ok(a.1),
                    _ => Err(Exception::new("IndexError", "a vector has two")),
                })
                .set_item(|a: &mut Vector, i: usize, x: f64| if i == 0 { a.0 = x } else { a.1 = x })
                .del_item(|a: &mut Vector, i: usize| if i == 0 { a.0 = 0.0 } else { a.1 = 0.0 })
                .len(|_: &Vector| 2)
                .iter(|a: &Vector| vec![a.0, a.1])
                .contains(|a: &Vector, x: f64| a.0 == x || a.1 == x)
                .call(|a: &Vector, x: f64| a.0 * x + a.1)
        })
        .unwrap();
    python
        .exec(
            "
v = Vector(3, 4)
assert repr(v + Vector(1, 1)) == 'Vector(4, 5)' == str(v + Vector(1, 1))
assert v * 2 == Vector(6, 8) == 2 * v
assert -v == Vector(-3, -4) and abs(v) == 5
w = v
w += Vector(1, 1)
assert w is v and v == Vector(4, 5)
assert v != Vector(0, 0) and v != 5 and not (v == 'x') and Vector(1, 2) < Vector(2, 1)
assert sorted([Vector(2, 0), Vector(1, 0)])[0] == Vector(1, 0)
assert {Vector(1, 2): 'a'}[Vector(1, 2)] == 'a'
assert v and not Vector(0, 0)
assert v[0] == 4 and len(v) == 2 and list(v) == [4, 5]
v[0] = 7
del v[1]
assert list(v) == [7, 0]
assert 7 in v and 8 not in v and 'text' not in [v]
assert v(2) == 14
a, b = v
class Named(Vector):
    def __repr__(self): return 'named ' + super().__repr__()
assert repr(Named(1, 1)).startswith('named Vector(') and Named(1, 1) == Vector(1, 1)
assert Named(1, 2) + Vector(1, 1) == Vector(2, 3)
class Right:
    def __radd__(self, other): return 'right'
assert v + Right() == 'right'
",
        )
        .unwrap();
    for (wrong, class) in [
        ("v + 5", "TypeError"),
        ("v + 'x'", "TypeError"),
        ("'x' + v", "TypeError"),
        ("v < 5", "TypeError"),
        ("v[2]", "IndexError"),
        ("v['x']", "TypeError"),
        ("v[-1]", "OverflowError"),
        ("v - v", "TypeError"),
        ("v()", "TypeError"),
        ("Vector.__add__(5, v)", "TypeError"),
    ] {
        let error = error(python.exec(wrong));
        assert!(error.starts_with(class), "{wrong}: {error}");
    }
}

#[test]
fn objects_are_iterators_and_context_managers() {
    struct Steps(u32);
    struct Door(Arc<AtomicUsize>);
    let open = Arc::new(AtomicUsize::new(0));
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python
        .class::<Steps>("Steps", |c| {
            c.init(Steps).next(|s: &mut Steps| {
                s.0 = s.0.checked_sub(1)?;
                Some(s.0)
            })
        })
        .unwrap();
    let shared = Arc::clone(&open);
    python
        .class::<Door>("Door", |c| {
            c.init(move || Door(Arc::clone(&shared)))
                .enter(|door: &Door| door.0.fetch_add(1, Ordering::Relaxed))
                .exit(|door: &Door| {
                    door.0.fetch_sub(1, Ordering::Relaxed);
                })
                .getter("is_open", |door: &Door| door.0.load(Ordering::Relaxed) > 0)
        })
        .unwrap();
    python
        .exec(
            "
assert list(Steps(3)) == [2, 1, 0]
s = Steps(2)
assert iter(s) is s and next(s) == 1 and next(s) == 0 and next(s, 'end') == 'end'
with Door() as door:
    assert type(door) is Door and door.is_open
assert not door.is_open
try:
    with door:
        1 / 0
except ZeroDivisionError:
    assert not door.is_open
else:
    assert False
",
        )
        .unwrap();
    assert!(error(python.exec("next(s)")).starts_with("StopIteration"));
    assert_eq!(open.load(Ordering::Relaxed), 0);
}
