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
