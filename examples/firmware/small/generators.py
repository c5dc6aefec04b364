# Generators: send, throw, close, yield from, expressions, and what takes iterables.
def counter(limit):
    n = 0
    while n < limit:
        got = yield n
        n = n + 1 if got is None else got


def chain(*parts):
    for part in parts:
        yield from part


def guarded():
    try:
        yield 1
        yield 2
    except ValueError as e:
        yield "thrown " + str(e)
    finally:
        print("closed")


def primes():
    found = []
    n = 2
    while True:
        if all(n % p for p in found):
            found.append(n)
            yield n
        n += 1


c = counter(10)
print(next(c), next(c), c.send(7), list(c))
print(list(chain("ab", [1, 2], (x * x for x in range(3)))))
g = guarded()
print(next(g), g.throw(ValueError("up")))
g.close()
g = guarded()
next(g)
g.close()
p = primes()
print([next(p) for _ in range(10)])
print(sum(x for x in range(100) if x % 3 == 0), max(counter(5)), sorted(counter(5), reverse=True))
print(list(zip("abc", counter(5))), list(map(lambda x: -x, counter(3))), dict(enumerate("xy")))


def result():
    yield 1
    return "value"


def outer():
    got = yield from result()
    print("got", got)


print(list(outer()))
try:
    next(iter([]))
except StopIteration:
    print("stop")
