# Functions that share variables with the function around them.


def counter(start):
    def up(step=1):
        nonlocal start
        start += step
        return start

    def down():
        nonlocal start
        start -= 1
        return start

    return up, down


up, down = counter(10)
print(up(), up(5), down())
other, _ = counter(0)
print(other(), up())


def late():
    return [lambda: i for i in range(3)]


print([f() for f in late()])


def early():
    return [lambda i=i: i for i in range(3)]


print([f() for f in early()])


def unbound():
    def inner():
        return later

    try:
        inner()
    except NameError as e:
        print("not yet:", type(e).__name__)
    later = 3
    return inner()


print(unbound())


def three_deep(a):
    def two(b):
        def one(c):
            return a, b, c

        return one

    return two


print(three_deep(1)(2)(3))


def deleted():
    x = 1

    def read():
        return x

    print(read())
    del x
    try:
        read()
    except NameError:
        print("gone")


deleted()
compose = lambda *fs: lambda x: x if not fs else compose(*fs[1:])(fs[0](x))
print(compose(lambda x: x + 1, lambda x: x * 10, str)(4))


def same_name(value):
    class Box:
        def value(self):
            return value

        size = 1
        total = property(lambda self: value + self.size)

        def set(self, new):
            nonlocal value
            value = new

    box = Box()
    before = box.value(), box.total
    box.set(7)
    return before, box.value(), box.total, value


print(same_name(3))


def late():
    def read():
        return last

    def write():
        nonlocal best
        best += 1

    doubled = [[(best := (last := 2 * i)) for i in range(n)] for n in (2, 3)]
    write()
    return doubled, read(), last, best


print(late())
