# Containers that are changed by the code they call back into.


class Evil:
    def __init__(self, action):
        self.action = action

    def __eq__(self, other):
        self.action()
        return False

    def __lt__(self, other):
        self.action()
        return True

    def __hash__(self):
        return 1

    def __repr__(self):
        self.action()
        return "evil"

    def __index__(self):
        self.action()
        return 0

    def __len__(self):
        self.action()
        return 2


def attempt(f):
    try:
        f()
    except (ValueError, RuntimeError, IndexError, KeyError, TypeError):
        pass


for change in ("clear", "append", "pop"):
    l = [0] * 20

    def action():
        if change == "clear":
            l.clear()
        elif change == "append" and len(l) < 200:
            l.extend([1] * 30)
        elif change == "pop" and l:
            l.pop()

    e = Evil(action)
    for use in (
        lambda: l.index(e),
        lambda: l.count(e),
        lambda: e in l,
        lambda: l.remove(e),
        lambda: l == [e] * 20,
        lambda: l.sort(),
        lambda: l.sort(key=lambda x: action() or x),
        lambda: repr(l),
        lambda: l.__getitem__(e),
        lambda: l.extend(action() for _ in range(3)),
        lambda: "".join(str(x) for x in l if not action()),
        lambda: [x for x in l if len(l) < 500 and not action()],
        lambda: l.insert(e, 1),
        lambda: max(l, key=lambda x: action() or 0),
    ):
        l[:] = [e] * 20
        attempt(use)
        l.clear()
    print(change, "survived")

d = {}
e = Evil(lambda: d.clear())
d[e] = 1
d[Evil(lambda: None)] = 2
for use in (
    lambda: d[Evil(lambda: None)],
    lambda: d.pop(e),
    lambda: repr(d),
    lambda: d == {e: 1},
    lambda: d.update({Evil(lambda: d.clear()): 3}),
    lambda: d.setdefault(Evil(lambda: d.clear()), 4),
):
    d[e] = 1
    d["other"] = 2
    attempt(use)
print("dict survived")
b = bytearray(b"abc")


class Grow:
    def __index__(self):
        b.extend(b"x" * 100)
        return 1


attempt(lambda: b.__setitem__(0, Grow()))
attempt(lambda: b.__setitem__(slice(0, 2), b))
b[1:1] = b
print("bytearray survived")
