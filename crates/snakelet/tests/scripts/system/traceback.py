# differs: CPython prints more of a traceback
# hides errors: a place for which there is no memory is left out
# sys.print_exception shows the places that an exception passed.
import io
import sys


def inner(n):
    if n:
        inner(n - 1)
    raise ValueError("deep", n)


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


show(inner, 1)
show(lambda: {}["key"])


class Mine(Exception):
    def __str__(self):
        return "own text"


def fail():
    raise Mine(1)


show(fail)
show(exec, "x = (1,\n2")


def again():
    try:
        inner(0)
    except ValueError:
        raise


show(again)
