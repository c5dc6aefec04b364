# with: order, suppression, several items, errors in each place.


class Manager:
    def __init__(self, name, swallow=False, fail=None):
        self.name, self.swallow, self.fail = name, swallow, fail

    def __enter__(self):
        print("enter", self.name)
        if self.fail == "enter":
            raise ValueError("in enter")
        return self.name.upper()

    def __exit__(self, kind, value, trace):
        print("exit", self.name, kind and kind.__name__, value)
        if self.fail == "exit":
            raise RuntimeError("in exit")
        return self.swallow


with Manager("a") as a, Manager("b") as b:
    print(a, b)
with Manager("quiet", swallow=True):
    raise KeyError("lost")
print("after")
try:
    with Manager("loud"), Manager("inner", fail="exit"):
        raise KeyError("replaced")
except RuntimeError as e:
    print("RuntimeError", e)
try:
    with Manager("first"):
        with Manager("second", fail="enter"):
            print("not reached")
except ValueError as e:
    print("ValueError", e)


def leave():
    for i in range(3):
        with Manager("m%d" % i):
            if i == 0:
                continue
            if i == 1:
                return "returned"


print(leave())
with (
    Manager("x") as x,
    Manager("y") as (y, *rest),
):
    print(x, y, rest)


def gen():
    with Manager("gen"):
        yield 1
        yield 2


g = gen()
next(g)
g.close()
try:
    with 5:
        pass
except (AttributeError, TypeError):
    print("no manager")
