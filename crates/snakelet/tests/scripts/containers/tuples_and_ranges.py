# Tuples, ranges, slices, named tuples.
from collections import namedtuple


def attempt(action):
    try:
        print("no error:", action())
    except (IndexError, ValueError, TypeError, AttributeError) as e:
        print(type(e).__name__)


t = (1, "two", [3])
print(t, t[1], t[-1], t[:2], t[::-1], (), (1,), t + (4,), t * 2, 0 * t)
print((1, 2) < (1, 3), (1,) == (1.0,), () < (0,), t.count(1), t.index("two"), [3] in t)
print(hash((1, "a")) == hash((1.0, "a")), tuple("ab"), tuple(range(3)), t is tuple(t))
attempt(lambda: hash(t))
attempt(lambda: t[3])
attempt(lambda: t + [1])
attempt(lambda: t.index(9))
attempt(lambda: t.__setitem__)

r = range(10, 0, -3)
print(r, list(r), len(r), r[1], r[-1], r[1:], r[::-1], 7 in r, 8 in r, 4.0 in r, "x" in r)
print(r.start, r.stop, r.step, r.index(4), r.count(5), bool(range(0)), range(3) == range(0, 3, 1))
print(range(0) == range(5, 2), range(0, 10, 3) == range(0, 12, 3), hash(range(0)) == hash(range(3, 3)))
print(list(range(-3, 3, 2)), list(range(5, 5)), sum(range(101)), range(2**29)[-1])
attempt(lambda: range(1, 2, 0))
attempt(lambda: r[4])
attempt(lambda: range(1.5))

s = slice(1, None, -2)
print(s, s.start, s.stop, s.step, s.indices(5), slice(3).indices(2), slice(-2, None).indices(5))


class Shows:
    def __getitem__(self, index):
        return index


print(Shows()[1:2], Shows()[::3], Shows()[1, ::2], Shows()[...])

Point = namedtuple("Point", "x y")
p = Point(1, y=2)
print(p, p.x, p[1], len(p), p == (1, 2), p + (3,), isinstance(p, tuple), Point._fields)
x, y = p
print(x, y, p._replace(y=5), p._asdict() == {"x": 1, "y": 2}, Point._make([7, 8]), {p: 1}[(1, 2)])
attempt(lambda: Point(1))
attempt(lambda: Point(1, 2, 3))
attempt(lambda: Point(1, x=2))
attempt(lambda: Point(1, z=2))
attempt(lambda: setattr(p, "x", 3))
Nearby = namedtuple("Nearby", ["a", "b", "c"], defaults=[20, 30])
print(Nearby(1), Nearby(1, 2), Nearby(1, c=3))


class Vector(Point):
    def length(self):
        return abs(self.x) + abs(self.y)

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)


v = Vector(1, 2) + Vector(3, -5)
print(v.length(), v.x, v == (4, -3), isinstance(v, Point))

# a number is found in a range without looking at each
import sys

wide = range(-sys.maxsize, sys.maxsize)
print(sys.maxsize in wide, sys.maxsize - 1 in wide, -sys.maxsize in wide, 1 << 70 in wide, -(1 << 70) in wide)
print(2.0 in range(9), 2.5 in range(9), 1e300 in range(9), float("nan") in range(9), True in wide, -7.0 in range(0, -9, -7))
print(wide.index(5) - sys.maxsize, wide.index(sys.maxsize - 1) // 2 == sys.maxsize - 1, range(0, sys.maxsize, 7).index(sys.maxsize // 14 * 7) == sys.maxsize // 14)


class Trap(int):
    def __index__(self):
        return int(self) + 1


print("abc"[Trap(1)], [1, 2, 3, 4][Trap(1):Trap(3)], list(range(Trap(2))), int(Trap(7)), bytes(Trap(2)))
