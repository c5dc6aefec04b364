# Exceptions: classes of one's own, handlers, finally, with, chains of calls, messages.
class Broken(ValueError):
    def __init__(self, part, code):
        super().__init__(part, code)
        self.part = part
        self.code = code


class Guard:
    def __init__(self, swallow):
        self.swallow = swallow

    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, kind, value, trace):
        print("exit", kind and kind.__name__)
        return self.swallow


def deep(n):
    if n == 0:
        raise Broken("wheel", 7)
    deep(n - 1)


try:
    deep(5)
except (KeyError, Broken) as e:
    print("caught", e.part, e.code, e.args)
finally:
    print("finally")

for text in ("12", "x", None):
    try:
        print(int(text))
    except ValueError as e:
        print("ValueError:", e)
    except TypeError:
        print("TypeError")
    else:
        print("fine")

with Guard(True):
    raise RuntimeError("swallowed")
try:
    with Guard(False):
        [][1]
except IndexError as e:
    print(type(e).__name__, e)


def leave():
    for i in range(3):
        try:
            if i == 1:
                return i
        finally:
            print("left", i)


print(leave())
try:
    {}["missing"]
except KeyError as e:
    print(repr(e))
try:
    1 // 0
except ZeroDivisionError as e:
    print(e)
try:
    1 << 64
except OverflowError as e:
    print("overflow")
print((1 << 63) + ((1 << 63) - 1))
