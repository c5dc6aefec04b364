# Loops, conditions and operators that decide.
for i in range(10):
    if i % 2:
        continue
    if i > 6:
        break
    print(i, end=" ")
else:
    print("not reached")
print()
for i in []:
    pass
else:
    print("else of an empty loop")
n = 3
while n:
    n -= 1
else:
    print("while ended", n)
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2 != 1, 1 == 1.0 == True)


def noisy(v):
    print("eval", v)
    return v


print(noisy(0) and noisy(1), noisy(0) or noisy(2), not noisy(""))
print(noisy(1) < noisy(3) < noisy(2))
print("yes" if noisy([]) else "no")
a = b = c = []
a.append(1)
print(b is c, b)
a += [2]
print(c)
i = 0
values = [10, 20, 30]
i, values[i] = 2, "replaced"
print(i, values)
d = {}
d["k"], d["j"] = 1, 2
print(d)
del d["k"], values[0]
print(d, values)
s = 0
for i in range(5, 0, -2):
    for j in range(i):
        if j == 3:
            break
        s += j
print(s)
print([i for i in range(3, -4, -3)], list(range(0)), range(2, 9, 3)[-1], 5 in range(1, 9, 2))


def many(n):
    match n:
        case 0:
            return "zero"
        case 1 | 2 | 3:
            return "few"
        case int(x) if x < 0:
            return "negative"
        case [a, b]:
            return "pair %s %s" % (a, b)
        case [first, *rest]:
            return "list of %s and %d" % (first, len(rest))
        case {"kind": kind, **others}:
            return "%s %s" % (kind, others)
        case str():
            return "text"
        case _:
            return "other"


for v in (0, 2, -5, [1, 2], [1, 2, 3], {"kind": "k", "x": 1}, "s", None):
    print(many(v))
global_name = 1


def change():
    global global_name
    global_name += 1


change()
print(global_name)


# what `*_` stands for is not made
def ends(subject):
    match subject:
        case [1, *_, 2]:
            return "from 1 to 2"
        case [a, b, *_] if a == b:
            return "twins", a
        case [*_, [x, *_]]:
            return "nested", x
        case [_, *_]:
            return "something", len(subject)
        case [*_]:
            return "empty"
        case _:
            return "no sequence"


for subject in (
    [1, 5, 2],
    (1, 2),
    [3, 3],
    [3, 4, [5, 6]],
    [1, []],
    [7],
    [],
    "12",
    range(1, 3),
    range(1 << 28),
    range(-5, 1 << 28, 1),
    {1: 2},
):
    print(ends(subject))
match range(1 << 29):
    case [a, b, *_, c]:
        print(a, b, c == (1 << 29) - 1)
