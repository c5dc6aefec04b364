# Every way to pass and to take arguments.


def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, sorted(kw.items())


print(f(1, c=3))
print(f(1, 5, 6, 7, c=8, d=9, e=10))
print(f(*[1, 2, 3], c=0, **{"x": 1, "y": 2}))
print(f(*"ab", *(5,), c=1, **{"d": 2}, **{"z": 3}))


def only(a, /, b, *, c):
    return a, b, c


print(only(1, 2, c=3), only(1, b=2, c=3))
wrong = [
    lambda: f(),
    lambda: f(1),
    lambda: f(1, c=2, a=3),
    lambda: only(a=1, b=2, c=3),
    lambda: only(1, 2, 3),
    lambda: (lambda x: x)(1, 2),
    lambda: f(*5, c=1),
    lambda: only(1, 2, c=3, d=4),
    lambda: len(),
    lambda: len([], []),
]
for call in wrong:
    try:
        print("accepted:", call())
    except TypeError:
        print("TypeError")


def defaults(x, seen=[]):
    seen.append(x)
    return seen


defaults(1)
print(defaults(2))


def swap(a, b):
    return b, a


x, y = swap(*swap(1, 2))
print(x, y)
first, *middle, last = range(5)
print(first, middle, last)
(a, (b, c)), d = (1, (2, 3)), 4
print(a, b, c, d)
for i, (k, v) in enumerate({"k": "v"}.items()):
    print(i, k, v)
try:
    p, q = [1, 2, 3]
except ValueError:
    print("too many")
try:
    p, q, *r = [1]
except ValueError:
    print("too few")
print([*range(3), *"xy"], (*[1], 2), {**{"a": 1}, "b": 2}, {*[1, 1, 2]} == {1, 2})


def decorate(*tags):
    def wrap(g):
        def inner(*args, **kw):
            return tags, g(*args, **kw)

        return inner

    return wrap


@decorate("a")
@decorate("b", "c")
def base(n):
    return n * 2


print(base(21))
print((lambda *a, k=1, **kw: (a, k, kw))(1, k=2, z=3))
order = []


def note(x):
    order.append(x)
    return x


f(note(1), note(2), c=note(3), **{"d": note(4)})
print(order)

# hundreds of arguments
numbers = ", ".join(map(str, range(300)))
names = ", ".join("k%d=%d" % (i, i) for i in range(300))
tail = (1000, 1001)


def many(*args, **kw):
    return len(args), sum(args), len(kw), sum(kw.values())


class Many:
    def method(self, *args, **kw):
        return many(*args, **kw)


for text in (
    "max(%s)" % numbers,
    "many(%s)" % numbers,
    "many(%s)" % names,
    "many(%s, %s)" % (numbers, names),
    "many(1, *tail, %s, **{'x': 5})" % names,
    "many(*tail, %s)" % numbers,
    "Many().method(*tail, %s, %s)" % (numbers, names),
    "many(%s)" % ", ".join(map(str, range(255))),
    "many(%s)" % ", ".join(map(str, range(256))),
):
    print(eval(text))
for wrong in (
    "many(a=1, 2)",
    "many(**{}, 2)",
    "many(**{}, *tail)",
    "many(a=1, (b for b in tail), 3)",
    "many(%s, a=1, 2)" % numbers,
):
    try:
        exec(wrong)
        print("no error")
    except SyntaxError:
        print("SyntaxError")


class Base:
    pass


class Derived(*[Base], **{}):
    pass


print(Derived.__bases__ == (Base,), many(*tail, a=1, **{"b": 2}))
