# Built-in functions that take all of what a generator yields.


def count(n, fails=None):
    for i in range(n):
        if i == fails:
            raise ValueError("at %d" % i)
        got = yield i
        if got is not None:
            print("got", got)


print(list(count(5)), tuple(count(5)), sorted(count(5)))
print(sorted(set(count(5))), sum(count(5)), min(count(5)), max(count(5)))
print("".join(str(i) for i in count(5)), bytes(count(5)), dict((i, i) for i in count(3)))
print(any(i > 2 for i in count(5)), all(i > 2 for i in count(5)))
print(list(count(0)), tuple(count(0)), sum(count(0)))
a, b, c = count(3)
print(a, b, c, *count(3))
items = [0]
items.extend(count(3))
items += count(2)
print(items)

# those that stop early leave the rest
g = count(6)
print(any(i == 2 for i in g), next(g), list(g))
g = count(6)
print(all(i < 3 for i in g), list(g), list(g))
g = count(4)
print(2 in g, list(g))


# so does one that fails
class Bad:
    def __add__(self, other):
        raise TypeError("no sum")

    def __radd__(self, other):
        raise TypeError("no sum")

    def __eq__(self, other):
        raise TypeError("no equality")

    def __hash__(self):
        raise TypeError("no hash")


def bad_second():
    yield 1
    yield Bad()
    print("goes on")
    yield 3


for take in (sum, set, lambda g: min(g, key=lambda x: x + 1)):
    g = bad_second()
    try:
        print(take(g))
    except TypeError as e:
        print("error:", e)
    print(next(g), list(g))

# an error of the generator
for take in (list, tuple, set, sum, min, sorted, any):
    g = count(4, 2)
    try:
        print(take is any, take(g))
        print(list(g))
    except ValueError as e:
        print("error:", e, list(g))


# what is called meanwhile may take from the generator too, and end it
g = count(7)
print(max(g, key=lambda i: i * 10 + next(g, -1)), list(g))
g = count(6)
print(min(g, key=lambda i: -next(g)), list(g))
g = count(6)
print(sorted(g, key=lambda i: -i), next(g, "end"))
g = count(6)
print([i for i in map(lambda i: (i, next(g)), g)])


class Greedy:
    def __init__(self, g):
        self.g = g

    def __radd__(self, other):
        return other + sum(self.g)


def greedy():
    yield 1
    yield Greedy(g)
    yield 10
    yield 100


g = greedy()
print(sum(g), list(g))


class Closes:
    def __radd__(self, other):
        g.close()
        return other


def closed():
    try:
        yield 1
        yield Closes()
        yield 3
    finally:
        print("closed here")


g = closed()
print(sum(g), list(g))


class Throws:
    def __radd__(self, other):
        return other + g.throw(KeyError("thrown"))


def thrown_into():
    try:
        yield 1
        yield Throws()
    except KeyError as e:
        print("caught", e.args)
        yield 50
    yield 3


g = thrown_into()
print(sum(g), list(g))


# and so in chains
def outer():
    result = yield from greedy()
    yield result or 5


def outermost():
    yield from outer()
    yield 1000


g = outermost()
print(sum(i for i in g if i is not None))

# one consumer inside another
print(list(sum(count(i)) for i in count(5)))
print([list(count(i)) for i in (max(count(j + 1)) for j in count(3))])


# many values, and memory that is used and freed meanwhile
def texts(n):
    for i in range(n):
        yield "text %d" % i


print(len(list(texts(2000))), len(set(texts(2000))), len("".join(texts(2000))))
print(sum(len(t) for t in texts(2000)))


def nested_texts(n):
    if n:
        yield from texts(20)
        yield from nested_texts(n - 1)
        yield from texts(20)


print(len(list(nested_texts(20))), sum(len(t) for t in nested_texts(20)))
for i, t in enumerate(nested_texts(5)):
    last = [i, t]
print(last)


# iterators that generator expressions get
text = (i for i in iter([1, 2, 3]))
print(list(text))
it = iter((1, 2, 3, 4))
print(next(i for i in it), list(i for i in it), list(it))
it = iter(range(10, 0, -3))
print(next(it), [i for i in (j for j in it)], list(it))
print(list(i for i in range(0)), list(i for i in range(5, 0)), list(i for i in range(0, 7, 3)))
items = [1, 2, 3]
g = (i for i in items)
print(next(g), items.append(4), list(g))


# what `__iter__` gives must be an iterator
class NotIterable:
    def __init__(self, what):
        self.what = what

    def __iter__(self):
        return self.what


for what in ([1], (1,), range(1), 5, "s"):
    for take in (list, lambda o: [x for x in o], lambda o: list(x for x in o)):
        try:
            print(take(NotIterable(what)))
        except TypeError:
            print("no iterator", type(what))


# unpacking
pairs = [(1, 2), [3, 4], (5, 6)]
print([a - b for a, b in pairs], [b for a, b in zip(range(3), "xyz")])
print([(i, a, b) for i, (a, b) in enumerate(reversed(pairs))])
for bad in ((1,), [1, 2, 3], (), "x", count(3)):
    try:
        a, b = bad
    except ValueError:
        print("refused")
print([x for x in reversed([])], list(reversed(range(10, 0, -3))), list(reversed("abc")))
r = reversed(items)
print(next(r), [x for x in r], list(r))


# next() and send() of generators, however they are called
def answers(n):
    total = 0
    for i in range(n):
        total += yield total
    return total


g = answers(4)
print(next(g), g.send(1), g.send(2), g.__next__ is None)
try:
    g.send(None)
except TypeError:
    print("no sum")
print(next(g, "end"), list(g))
g = answers(3)
step = g.send
try:
    step(1)
except TypeError as e:
    print("not begun")
print(step(None), step(5), step(6))
try:
    print(step(7))
except StopIteration as e:
    print("returned", e.value)
try:
    step(7)
except StopIteration as e:
    print("ended", e.value, e.args)


def recursive(n):
    if n:
        yield n
        g = recursive(n - 1)
        try:
            while True:
                yield next(g)
        except StopIteration as e:
            return e.value + 1
    return 0


g = recursive(5)
try:
    while True:
        print(next(g), end=" ")
except StopIteration as e:
    print("depth", e.value)


def leaks():
    yield 1
    yield next(iter(()))


g = leaks()
try:
    print(next(g), next(g))
except RuntimeError as e:
    print(e)


def forever():
    g = forever()
    yield next(g)


try:
    next(forever())
except RuntimeError:
    print("too deep")
print(sum(next(g) for g in [answers(1), answers(2)]), [next(g) for g in (count(1), count(2))])
try:
    print([next(g) for g in (count(1), count(0))])
except StopIteration as e:
    print("stopped", e.args)


# loops that unpack what they go over
d = {"a": 1, "b": 2, "c": 3}
del d["b"]
print([k + str(v) for k, v in d.items()], [(v, k) for k, v in enumerate(d)], list(d.values()))
it = iter([1, 2, 3, 4, 5])
print([a * b for a, b in zip(it, it)], list(it))
one, two = iter([1, 2, 3]), iter((4, 5))
print([a * b for a, b in zip(one, two)], list(one), list(two))
one, two = reversed([1, 2, 3]), iter(range(1))
print([a * b for a, b in zip(one, two)], list(one))
print([(a, b) for a, b in zip("abc", [1, 2])], [(a, b) for a, b in zip(count(2), [1, 2])])
print([a for a, b in enumerate([], 5)], [a + b for a, b in enumerate([1, 2], 5)])
inner = enumerate([1, 2, 3])
print([(i, a) for i, (a, b) in enumerate(inner)], list(inner))
try:
    for k, v in d.items():
        d[v] = k
except RuntimeError:
    print("changed")
try:
    for k in d.values():
        d[str(k) + "x"] = k
except RuntimeError:
    print("changed")
try:
    for a, b in enumerate(d):
        del d[b]
except RuntimeError:
    print("changed")
