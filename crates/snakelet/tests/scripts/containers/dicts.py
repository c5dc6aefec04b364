# Dicts: order, methods, views, union, and changes while iterating.


def attempt(action):
    try:
        print("no error:", action())
    except (KeyError, TypeError, ValueError, RuntimeError) as e:
        print(type(e).__name__)


d = {"one": 1, 2: "two", (3, 3): [3], None: ..., 2.5: "float"}
print(d)
print(d["one"], d[2], d[2.0], d[(3, 3)], d[None], d.get("absent"), d.get("absent", 0))
attempt(lambda: d["absent"])
attempt(lambda: d[[]])
attempt(lambda: {[]: 1})
d[2] = "changed"
del d["one"]
d["one"] = "again"
print(list(d), len(d), "one" in d, 1 in d)
print(d.pop(2), d.pop(2, "default"), d.popitem())
attempt(lambda: d.pop("absent"))
attempt(lambda: {}.popitem())
print(d.setdefault("new", []), d.setdefault("new", 1), d.setdefault("other"))

print(dict(), dict(a=1), dict([("b", 2), ["c", 3]], d=4), dict({1: 2}, x=3), dict(["xy"]))
attempt(lambda: dict([1]))
attempt(lambda: dict([(1, 2, 3)]))
attempt(lambda: dict(1, 2))
print(dict.fromkeys("abc"), dict.fromkeys([1, 2], 0))


class Mapping:
    def keys(self):
        return iter("pq")

    def __getitem__(self, key):
        return key * 2


m = {"p": 0}
m.update(Mapping())
m.update([("r", 1)], s=2)
m.update()
print(m)

a, b = {1: 1, 2: 2}, {2: "b", 3: 3}
print(a | b, b | a, a)
a |= b
a |= [(4, 4)]
print(a)
attempt(lambda: a | [(1, 2)])
print({1: 2, 3: 4} == {3: 4, 1: 2}, {1: 2} == {1: 3}, {1: 2} != {2: 2}, {} == [])

views = a.keys(), a.values(), a.items()
print(*views)
a[5] = 5
print([len(v) for v in views], 5 in views[0], "b" in views[1], (5, 5) in views[2], (5, 6) in views[2])
print(sorted(a.keys() & {1, 5, 9}), sorted(a.keys() - [1, 2]), sorted({1: 0}.keys() | {2}))
print({1: 0}.keys() == {1}, {1: 0}.items() == {(1, 0)}, {1: 0}.keys() <= {1, 2})


def grow():
    for k in a:
        a[k * 100] = 0


def shrink():
    for k, v in a.items():
        del a[k]


attempt(grow)
attempt(shrink)
for k in a:
    a[k] = None
print(set(a.values()))

big = {}
for i in range(3000):
    big[i * 7919 % 3001] = i
for i in range(0, 3001, 2):
    big.pop(i, None)
print(len(big), sum(big), all(k % 2 for k in big))
while len(big) > 3:
    big.popitem()
print(len(big), len(list(big)))
queue = dict.fromkeys(range(2000))
while queue:
    del queue[next(iter(queue))]
print(queue)


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 3

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n


keyed = {Key(i): i for i in range(20)}
print(len(keyed), keyed[Key(13)], Key(20) in keyed, keyed.pop(Key(4)), len(keyed))
