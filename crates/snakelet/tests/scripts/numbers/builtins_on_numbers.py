# Built-in functions on numbers.

print(abs(-3), abs(-(1 << 80)), abs(-2.5), abs(True), abs(-0.0))
print(divmod(17, 5), divmod(-17, 5), divmod(1 << 80, -(1 << 70)), divmod(7.5, 2))
print(pow(2, 10), pow(2, -1), pow(2, 10, 1000), pow(3, 200, 10**9 + 7), pow(-3, 3, 7), pow(3, 3, -7))
print(pow(3, -1, 11), pow(10, -2, 7), pow(2**80, -3, 10**20 + 39), pow(5, 0, 1))
print(sum([]), sum([1, 2, 3]), sum((0.5, 1)), sum([[1], [2]], []), sum([1, 2], start=10), sum(range(101)))
print(min(3, 1, 2), max(3, 1, 2), min([3, 1, 2]), max("hello"), min(1, 1.0), max(1, 1.0))
print(min([], default=0), max((), default=None), min("bb", "a", key=len), max("bb", "cc", key=len))
print(min(-1, -5, key=abs), max([1, -7, 3], key=lambda x: x * x), max({"a": 1, "b": 2}))
print(True + True, True & False, True | False, True ^ True, ~True, -True, True == 1, isinstance(True, int))
print(bool(0), bool(0.0), bool(""), bool(1 << 90), bool(-0.5), bool())
for wrong in (
    lambda: abs("a"),
    lambda: divmod(1, 0),
    lambda: divmod(1, "a"),
    lambda: pow(2, 2, 0),
    lambda: pow(2, -1, 4),
    lambda: pow(2.0, 2, 3),
    lambda: sum(["a"]),
    lambda: min(),
    lambda: max([]),
    lambda: max(1, "a"),
    lambda: bool(1, 2),
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)


class Mod:
    def __divmod__(self, other):
        return ("divmod", other)

    def __rdivmod__(self, other):
        return ("rdivmod", other)

    def __abs__(self):
        return "abs"


print(divmod(Mod(), 1), divmod(1, Mod()), abs(Mod()))

# sums within a word, over its end and back
print(sum([2**61, 2**61 - 1]), sum([2**61, 2**61, -(2**62)]), sum([-(2**61), -(2**61), -1]))
print(sum([2**29, 2**29]), sum([2**30 - 1, 1]), sum([-(2**30), -1]), sum(range(1000), 2**30))
print(sum([1, 2.5, 3]), sum([True, 2, False]), sum([], True), sum([0], True), sum(b"abc"))
