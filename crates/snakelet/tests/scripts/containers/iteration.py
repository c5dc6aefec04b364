# Iterators: enumerate, zip, map, filter, reversed, iter with a sentinel, next.


def attempt(action):
    try:
        print("no error:", action())
    except (StopIteration, TypeError, ZeroDivisionError) as e:
        print(type(e).__name__)


print(list(enumerate("ab")), list(enumerate("ab", 5)), list(enumerate([], start=1)))
print(list(zip("abc", range(2))), list(zip()), list(zip([1])), dict(zip("ab", "cd")))
print(list(map(str, [1, 2])), list(map(lambda a, b: a * b, [1, 2, 3], (4, 5))))
print(list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x % 2, range(6))))
print(list(reversed([1, 2, 3])), list(reversed("abc")), list(reversed(range(3))), list(reversed(())))
print(list(reversed({1: 2, 3: 4})))
attempt(lambda: reversed({1}))
attempt(lambda: iter(5))
attempt(lambda: next([]))
attempt(lambda: next(iter([])))
attempt(lambda: list(map(lambda x: 1 // x, [1, 0])))
print(next(iter([1])), next(iter([]), "default"))

lines = ["first", "second", "stop", "never"]
print(list(iter(lambda: lines.pop(0), "stop")), lines)


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration("ended")
        self.n -= 1
        return self.n


print(list(Countdown(3)), sum(Countdown(4)), max(Countdown(5)), 2 in Countdown(4))
try:
    next(Countdown(0))
except StopIteration as e:
    print(e.value, e.args)


class Squares:
    def __getitem__(self, i):
        if i > 3:
            raise IndexError
        return i * i

    def __len__(self):
        return 4


print(list(Squares()), 4 in Squares(), list(reversed(Squares())), sorted(Squares(), reverse=True))

growing = [1]
it = iter(growing)
print(next(it), next(it, "end"))
growing.append(2)
print(next(it, "still at its end"))
print(all([]), any([]), all([1, 0]), any([0, 1]), all(x for x in (1, 2)))
a, *b, c = map(int, "12345")
print(a, b, c, [*range(2), *"xy"], {**{1: 2}, 3: 4})
print([x is it for x in [iter(it)]], hasattr(it, "__next__"), hasattr([], "__next__"))
