# Recursion without end, in Python and inside built-in code, ends in RuntimeError.


def guard(name, f):
    try:
        f()
    except RuntimeError:
        print(name, "too deep")
    else:
        print(name, "ended")


def plain(n):
    return plain(n + 1) + 1


def mutual_a(n):
    return mutual_b(n)


def mutual_b(n):
    return mutual_a(n)


class Attr:
    def __getattr__(self, name):
        return getattr(self, name + "x")


class Eq:
    def __eq__(self, other):
        return self == other


class Add:
    def __add__(self, other):
        return self + other


class Show:
    def __repr__(self):
        return repr(self)


class Index:
    def __getitem__(self, i):
        return self[i]


class Hash:
    def __hash__(self):
        return hash(self)


class Iter:
    def __iter__(self):
        return iter(self)


class Call:
    def __call__(self):
        return self()


class Length:
    def __len__(self):
        return len(self)


class Less:
    def __lt__(self, other):
        return sorted([self, other])


def generator():
    yield from generator()


def inner_generator():
    for x in inner_generator():
        yield x


def key(x):
    return sorted([2, 1], key=key)


guard("function", lambda: plain(0))
guard("mutual", lambda: mutual_a(0))
guard("getattr", lambda: Attr().a)
guard("eq", lambda: Eq() == Eq())
guard("add", lambda: Add() + 1)
guard("repr", lambda: repr(Show()))
guard("getitem", lambda: Index()[0])
guard("hash", lambda: hash(Hash()))
guard("iter", lambda: iter(Iter()))
guard("call", lambda: Call()())
guard("len", lambda: len(Length()))
guard("lt", lambda: sorted([Less(), Less()]))
guard("yield from", lambda: next(generator()))
guard("generator", lambda: next(inner_generator()))
guard("sort key", lambda: key(1))
guard("map", lambda: list(map(lambda x: plain(x), [1])))


def deepen(n, make):
    x = make(None)
    for _ in range(n):
        x = make(x)
    return x


def survives(name, f):
    try:
        f()
    except (RuntimeError, MemoryError):
        pass
    print(name, "over")


nested = deepen(4000, lambda x: [x])
other = deepen(4000, lambda x: [x])
survives("repr of a nested list", lambda: repr(nested))
survives("equality of nested lists", lambda: nested == other)
pairs = deepen(4000, lambda x: (x,))
survives("hash of a nested tuple", lambda: hash(pairs))
survives("order of nested tuples", lambda: pairs < pairs)
survives("repr of a nested dict", lambda: repr(deepen(4000, lambda x: {1: x})))


def catcher(n):
    try:
        catcher(n + 1)
    except RuntimeError:
        return n


print(catcher(0) is None or True)
print(plain.__name__, sum(range(10)))
