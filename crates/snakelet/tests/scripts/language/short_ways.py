# operands of one byte and of several: ints and numbers of arguments


def f(*args, **names):
    return len(args), sum(args), sorted(names)


class C:
    def m(self, *args, **names):
        return len(args), sorted(names)


print(f(1, 2, a=3, b=4), C().m(1, a=2), f(), C().m())
print(sorted([3, 1, 2], key=lambda v: -v, reverse=True), int("7f", base=16))
big = "f(" + ", ".join(str(i) for i in range(140)) + ")"
print(eval(big), eval("C().m" + big[1:]), eval(big[:-1] + ", z=1)"))

print(-17, 47, 48, 63, 64, -64, -65, 8191, 8192, -8192, -8193)
print(1048575, 1048576, -1048576, -1048577, 134217727, 134217728, -134217728, -134217729)
print(1073741823, 1073741824, -1073741824, -1073741825, 17179869183, 17179869184)
print(2305843009213693951, 2305843009213693952, -2305843009213693952, 9223372036854775807)
for i in range(99999998, 100000001):
    print(i, end=" ")
print()

l = [1, 2, 3, 4]
print(l.pop(), l.pop(0), l.pop(-1), l, len(l))
l.append(5)
print(l.pop(1), l.pop(), l, len(l))
for bad in (lambda: l.pop(), lambda: l.pop(0), lambda: [1].pop(1), lambda: [1].pop("x")):
    try:
        print(bad())
    except (IndexError, TypeError) as e:
        print(type(e).__name__)

d = {1: "one", "two": 2, (3,): "three"}
print(d.get(1), d.get("two"), d.get((3,)), d.get(4), d.get(4, "none"), d.get(1.0), d.get(True))
try:
    d.get([])
except TypeError:
    print("unhashable")

print(0.5 + 0.25, 1 + 0.5, 0.5 + 1, 3.0 - 1, 1.5 * -2.0, 0.0 * -1.0, 1e308 * 10.0, 2.0 + True)
x = 0.0
for i in range(1000):
    x = x + 0.5 * i - 0.25
print(x)
