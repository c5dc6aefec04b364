# Generators: laziness, send, throw, close, delegation.


def numbers():
    print("started")
    for i in range(3):
        got = yield i
        print("got", got)
    return "done"


g = numbers()
print(next(g))
print(g.send("a"))
print(next(g))
try:
    next(g)
except StopIteration as e:
    print("value", e.value)
try:
    next(g)
except StopIteration as e:
    print("again", e.value)


def guarded():
    try:
        while True:
            try:
                yield 1
            except ValueError as e:
                print("caught", e)
                yield 2
    finally:
        print("cleaned up")


g = guarded()
print(next(g), g.throw(ValueError("v")), next(g))
g.close()
g.close()
print(list(g))

g = guarded()
next(g)
try:
    g.throw(KeyError("k"))
except KeyError as e:
    print("through", e)


def inner():
    x = yield "inner 1"
    print("inner got", x)
    yield "inner 2"
    return "result"


def outer():
    r = yield from inner()
    print("inner returned", r)
    yield from [10, 20]
    yield from (c for c in "ab")


g = outer()
print(next(g), g.send("sent"), list(g))


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


def take(n, it):
    for _, x in zip(range(n), it):
        yield x


print(list(take(12, fib())))
print(sum(x * x for x in range(10) if x % 2), any(x > 3 for x in range(10)))


def tree(node):
    if node:
        left, value, right = node
        yield from tree(left)
        yield value
        yield from tree(right)


print(list(tree((((None, 1, None), 2, None), 3, (None, 4, None)))))
try:
    numbers().send(1)
except TypeError:
    print("not started yet")


def itself():
    yield next(me)


me = itself()
try:
    next(me)
except ValueError as e:
    print(e)


class Ended:
    def __iter__(self):
        self.n = 0
        return self

    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration
        return self.n


print(list(Ended()), max(Ended()), dict(zip("abc", Ended())))
