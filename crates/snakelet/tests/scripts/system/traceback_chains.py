# differs: CPython prints more of a traceback
# hides errors: a place for which there is no memory is left out
# The places that an exception passed in a chain of generators.
import io
import sys


def leaf(n):
    yield n
    raise ValueError("leaf")


def middle(n):
    yield from leaf(n)


def outer(n):
    yield n - 1
    yield from middle(n)


def holding(n):
    try:
        yield from outer(n)
    except KeyError as e:
        raise IndexError("other") from None


def show(f, *args):
    try:
        f(*args)
    except Exception as e:
        out = io.StringIO()
        sys.print_exception(e, out)
        for line in out.getvalue().split("\n"):
            if line.startswith("  File "):
                line = line[line.index(", line") :]
            print(line)


def loop(n):
    for i in outer(n):
        print(i)


show(loop, 1)
show(list, outer(2))


def thrown(kind):
    g = holding(3)
    print(next(g), next(g))
    g.throw(kind)


show(thrown, KeyError("key"))
show(thrown, OSError("os"))


def sent():
    g = holding(4)
    next(g)
    next(g)
    g.send(None)


show(sent)


def refused():
    g = holding(5)

    def resume():
        yield next(g)

    def over():
        yield from resume()

    g = over()
    next(g)


show(refused)
