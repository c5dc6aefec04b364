# Sets and frozensets: operators, methods, comparisons, hashing.


def attempt(action):
    try:
        print("no error:", action())
    except (KeyError, TypeError, AttributeError, RuntimeError) as e:
        print(type(e).__name__)


def show(s):
    print(type(s).__name__, sorted(s))


a, b = {1, 2, 3}, frozenset([3, 4])
for result in (a | b, b | a, a & b, b & a, a - b, b - a, a ^ b, b ^ a):
    show(result)
for result in (
    a.union([9], "x" * 0, b),
    a.intersection([1, 3], (3,)),
    a.difference([1], [2]),
    a.symmetric_difference([1, 7]),
    b.union(a),
    b.copy(),
):
    show(result)
print(a.isdisjoint([4]), a.isdisjoint(b), a.issubset(range(9)), a.issuperset([1]), b.issubset(a))
print({1} < a, {1} <= {1}, a > {1, 9}, a >= b, a == {3, 2, 1}, {1} == frozenset([1]), a != b)
attempt(lambda: a | [1])
attempt(lambda: a < 1)

c = a
c |= {10}
c &= {1, 2, 10}
c -= {2}
c ^= {1, 5}
show(a)
c.update([6], {7: 0})
c.difference_update([5], [6])
c.intersection_update([7, 10, 11])
c.symmetric_difference_update([11])
c.add(12)
c.discard(10)
c.discard("absent")
c.remove(7)
show(a)
attempt(lambda: c.remove(7))
attempt(lambda: c.add([]))
attempt(lambda: set().pop())
attempt(lambda: b.add(1))
print(c.pop() in (11, 12), len(c), bool(c))
c.clear()
print(c, set(), frozenset(), {1}, frozenset({"x"}))

f = frozenset([1, 2])
f |= {3}
show(f)
print(hash(frozenset("abc")) == hash(frozenset("cba")), {frozenset([1]): "found"}[frozenset([1])])
attempt(lambda: hash(set()))
print(len({1, 1.0, True, "1"}), {i % 3 for i in range(9)} == {0, 1, 2})


def grow(s):
    for x in s:
        s.add(x + 100)


attempt(lambda: grow({1, 2}))
drain = set(range(1000))
total = 0
while drain:
    total += drain.pop()
print(total)

# views of keys and items are sets
d = {"a": 1, "b": 2}
print(sorted({"a", "c"} - d.keys()), sorted({"a", "c"} | d.keys()), {"a", "c"} & d.keys(), sorted({"a", "c"} ^ d.keys()))
print({("a", 1)} <= d.items(), {"a", "b"} == d.keys(), {"a"} < d.keys(), {"a", "b", "c"} > d.keys(), d.keys() != {"a"})
print(d.keys().isdisjoint("xyz"), d.keys().isdisjoint({"b": 0}), d.items().isdisjoint([("a", 2)]))
s = {"a", "z"}
s &= d.keys()
print(s, type(frozenset("a") | d.keys()) in (set, frozenset))
for wrong in d.values(), [1], "a":
    try:
        print({1} - wrong)
    except TypeError:
        print("TypeError")
