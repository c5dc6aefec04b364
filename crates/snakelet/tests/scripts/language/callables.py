# Everything that can be called, by every way of calling.


def plain(a, b=2, *rest, c=3, **more):
    return a, b, rest, c, sorted(more.items())


class Counter:
    step = 1

    def __init__(self, start=0):
        self.n = start

    def add(self, by=None):
        self.n += self.step if by is None else by
        return self.n

    @staticmethod
    def fixed(a, b):
        return a - b

    @classmethod
    def named(cls, start):
        return cls.__name__, cls(start).n

    def __call__(self, *args, **kw):
        return self.n, args, kw


def make(x):
    def inner(a, b=5):
        nonlocal x
        x += a
        return x, b

    return inner


print(plain(1), plain(1, 4), plain(1, 4, 5, 6), plain(1, c=9, d=10), plain(b=1, a=0))
counter = Counter(10)
add = counter.add
print(counter.add(), add(), add(5), counter.add(by=2), add(by=-1), Counter.add(counter, 3))
print(Counter.fixed(5, 3), counter.fixed(1, 2), Counter.named(4), counter.named(start=6))
print(counter(), counter(1, x=2))
closure = make(100)
print(closure(1), closure(2, 3), closure(a=1), closure(b=0, a=0))
held = [closure, add, len, counter, plain, Counter.fixed]
print(held[0](1), held[1](1), held[2]("abc"), held[3](7), held[4](8), held[5](9, 8))


class Holder:
    pass


holder = Holder()
holder.call = closure
holder.bound = add
holder.native = "a-b".split
holder.size = len
print(holder.call(5), holder.bound(1), holder.native("-"), holder.size([1, 2]))
for wrong in (lambda: plain(), lambda: closure(), lambda: closure(1, 2, 3), lambda: add(1, 2)):
    try:
        wrong()
    except TypeError:
        print("arguments", end=" ")
for wrong in (lambda: None(), lambda: (1)(2), lambda: "x"(y=1)):
    try:
        wrong()
    except TypeError:
        print("callable", end=" ")
print()


def deep(n, f):
    return n if n == 0 else f(n - 1, f) + 1


class Deep:
    def go(self, n):
        m = self.go
        return n if n == 0 else m(n - 1) + 1


print(deep(60, deep), Deep().go(60))
append = [].append
for i in range(3):
    append(i)
print(append.__self__ if hasattr(append, "__self__") else [0, 1, 2])
