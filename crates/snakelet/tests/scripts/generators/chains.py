# Generators that delegate to each other by `yield from`.


def leaf(name, n):
    for i in range(n):
        got = yield name, i
        if got is not None:
            print(name, "got", got)
    return name + "!"


def middle(name, n):
    first = yield from leaf(name + "a", n)
    second = yield from leaf(name + "b", n)
    return [first, second]


def outer(n):
    result = yield from middle("x", n)
    print("result", result)
    result = yield from middle("y", n)
    print("result", result)
    return "end"


# values, and return values through three levels
print(list(outer(2)))
print(list(outer(0)))
g = outer(1)
while True:
    try:
        print(next(g))
    except StopIteration as e:
        print("stopped with", e.value)
        break

# what is sent goes to the innermost one
g = outer(2)
print(next(g))
for i in range(7):
    try:
        print(g.send(i * 10))
    except StopIteration as e:
        print("stopped with", e.value)

# a finished chain stays finished
print(list(g), next(g, "no more"))


# exceptions that pass through a chain
def failing(n):
    yield n
    raise KeyError(n)


def passing(n):
    yield from failing(n)
    print("not reached")


def catching(n):
    try:
        yield from passing(n)
    except KeyError as e:
        print("caught", e.args)
        yield "after"
    finally:
        print("finally")
    try:
        yield from passing(n + 1)
    finally:
        print("last finally")


g = catching(1)
try:
    for value in g:
        print(value)
except KeyError as e:
    print("out", e.args)
print(list(g))


# exceptions that are thrown into a chain go to the innermost generator first
def stubborn(name):
    while True:
        try:
            yield name
        except ValueError as e:
            print(name, "has", e)
        except TypeError as e:
            print(name, "returns")
            return e.args


def relay(name):
    result = yield from stubborn(name)
    print("relay got", result)
    try:
        yield "relay"
    except ValueError as e:
        print("relay has", e)
    result = yield from stubborn(name + "2")
    return result


def top():
    return (yield from relay("s"))


g = top()
print(next(g))
print(g.throw(ValueError("one")))
print(g.throw(TypeError("two")))
print(g.throw(ValueError("three")))
print(next(g))
try:
    g.throw(TypeError("four"))
except StopIteration as e:
    print("stopped with", e.value)
g = top()
print(next(g))
try:
    g.throw(IndexError("five"))
except IndexError as e:
    print("out", e)
print(list(g))


# close() ends all of them, the innermost first
def closing(name, inner=None):
    try:
        yield from inner or iter([1, 2, 3])
    except GeneratorExit:
        print(name, "closes")
        raise
    finally:
        print(name, "is done")


g = closing("a", closing("b", closing("c")))
print(next(g), next(g))
g.close()
g.close()
print(list(g))
g = closing("a", closing("b", closing("c")))
g.close()
print(list(g))


# an exception of the one that is closed goes to the one that delegates to it
def bad_close():
    try:
        yield 1
    except GeneratorExit:
        raise OSError("bad")


def over_bad():
    try:
        yield from bad_close()
    except OSError as e:
        print("over:", e)


def over_over():
    yield from over_bad()


g = over_over()
next(g)
g.close()


# cleaning up with another chain
def cleanup():
    print("cleanup")
    return 1
    yield


def cleaned():
    try:
        yield from leaf("cleaned", 3)
    finally:
        n = yield from cleanup()
        print("cleaned up", n)


g = closing("outside", cleaned())
print(next(g))
g.close()


# each of a chain may be asked itself
inner = leaf("shared", 6)


def over(name, inner):
    yield name
    result = yield from inner
    print(name, "got", result)
    yield name + " ends"


a = over("A", inner)
b = over("B", inner)
c = over("C", a)
print(next(c), next(b))
print(next(c))
print(next(a), next(b), next(inner), next(c), next(a))
print(next(c))  # the inner one ends here
print(next(b))
print(list(a), list(b), list(c), list(inner))


# the inner one ends while it is delegated to
def one():
    yield 1
    return "one"


inner = one()
g = over("g", inner)
h = over("h", g)
print(next(h), next(h), next(h))
print(list(inner))
print(list(h))

# chains that share their end, asked in turn
inner = leaf("end", 5)
chains = [over(str(i), over("m", inner)) for i in range(3)]
for chain in chains:
    print(next(chain), next(chain), next(chain))
while True:
    values = [next(chain, None) for chain in chains]
    print(values)
    if values == [None] * 3:
        break


# a generator of a chain that runs cannot be resumed, whichever way
def probing(others):
    for other in others:
        try:
            print("next", next(other))
        except ValueError as e:
            print("refused:", e)
        yield "probed"


others = []
p = probing(others)
q = closing("q", p)
r = closing("r", q)
others += [p, q, r]
print(list(r))


# one outside the chain gets the refusal where it delegates
def outsider(inner):
    try:
        yield from inner
    except ValueError as e:
        yield "outsider: %s" % e


others = []
p = probing(others)
o = outsider(p)
others += [p]
print(next(o))
q = over("q", p)
others += [o, q, q]
next(q)
print(next(q), next(q, "end"))
print(list(o), list(q))


# `yield from` itself: the same generator twice, one that has ended, itself
def twice(inner):
    yield from inner
    yield "between"
    yield from inner


print(list(twice(leaf("t", 2))))
print(list(twice(iter([1, 2]))))


def itself():
    yield 1
    try:
        yield from me
    except ValueError as e:
        print("itself:", e)
    yield 2


me = itself()
print(list(me))


# objects with and without methods at the end of a chain
class Numbers:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration("done")
        return self.n


class Answering(Numbers):
    def send(self, value):
        print("sent", value)
        return next(self)

    def throw(self, exception):
        print("thrown", type(exception).__name__, exception.args)
        if isinstance(exception, KeyError):
            raise StopIteration("key")
        return 100

    def close(self):
        print("closed")


def over_object(thing):
    result = yield from thing
    print("object gave", result)
    return result


g = over("o", over_object(Numbers(3)))
print(list(g))
g = over("o", over_object(Answering(3)))
print(next(g), next(g), g.send(5), g.throw(ValueError("v")))
print(g.throw(KeyError("k")))
print(list(g))
g = over("o", over_object(Answering(3)))
next(g), next(g)
g.close()
g = over("o", over_object(Numbers(3)))
next(g), next(g)
try:
    g.throw(KeyError("k"))
except KeyError as e:
    print("not handled", e)


# deep chains, walked down as they grow and shrink
def walk(depth):
    if depth:
        yield depth
        yield from walk(depth - 1)
        yield -depth


print(list(walk(5)))
print(sum(walk(60)), len(list(walk(60))))


def tree(n):
    if n:
        yield from tree(n // 2)
        yield n
        yield from tree((n - 1) // 2)


print(list(tree(20)))
print(sum(tree(500)))


def endless():
    yield from endless()


try:
    list(endless())
except RuntimeError:
    print("too deep")


# a value that handlers above still hold
def reraise():
    try:
        raise
    except IndexError as e:
        yield "again %s" % e


def handling():
    try:
        [][1]
    except IndexError:
        yield from reraise()


print(list(handling()))


# StopIteration inside a chain is an error
def stops():
    yield 1
    raise StopIteration(2)


def over_stops():
    try:
        yield from stops()
    except RuntimeError as e:
        print("error:", e)
    yield 3


print(list(over_stops()))


# so does one into which something is thrown
def throwing(others):
    for other in others:
        try:
            print("thrown", other.throw(KeyError("k")))
        except ValueError as e:
            print("refused:", e)
        try:
            other.close()
        except ValueError as e:
            print("not closed:", e)
        yield "thrown"


others = []
p = throwing(others)
o = outsider(p)
r = over("r", p)
others += [p]
print(next(o))
others += [r, o]
print(next(r), next(r))
print(next(r))
print(list(o), list(r))
