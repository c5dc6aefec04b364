# The % operator.
for pattern, value in (
    ("%d %i %s %r %%", (1, -2, "a", "b")), ("%5d|%-5d|%05d|%+d|% d", (1, 2, 3, 4, 5)),
    ("%x %X %#x %o %#o", (255, 255, 255, 8, 8)), ("%.2f %8.3f %-8.1f| %e %E %g %G", (1.005, 2.5, 3.25, 12345.6, 1e-7, 1e-5, 1e20)),
    ("%5s|%-5s|%.2s|%5.1s", ("a", "b", "cdef", "ghi")), ("%c%c", (65, "é")), ("%*d|%-*d|%.*f", (5, 1, 4, 2, 1, 2.25)),
    ("%(a)s %(b)05d", {"a": 1, "b": 2}), ("%s", [1, 2]), ("%s", {"a": 1}), ("%d", 3.99), ("%d", 2**70), ("%x", -(2**70)),
    ("%.3d", 7), ("%s %s", ("é", None)), ("plain", ()), ("%s", ((1, 2),)), ("%d", True),
):
    print(pattern % value)
print(b"%s %d %c %5.1f" % (b"ab", 3, 65, 2.5), bytearray(b"<%d>") % 5 if False else "")
for pattern, value in (
    ("%d", "a"), ("%s %s", 1), ("%s", (1, 2)), ("%", 1), ("%z", 1), ("%(a)s", 1), ("%(a)s", {}), ("%c", "ab"), ("%(a", {}), ("%c", 2**40),
):
    try:
        print(pattern % value)
    except (TypeError, ValueError, KeyError, OverflowError) as e:
        print(pattern, type(e).__name__)


class Number:
    def __int__(self):
        return 42

    def __str__(self):
        return "number"


print("%s" % Number())


class Failure(Exception):
    def __str__(self):
        return "failure %d of %d" % self.args


class Named(dict):
    def __repr__(self):
        return "Named"


class Keyed:
    def __getitem__(self, key):
        return key * 2


class Plain:
    def __str__(self):
        return "plain"


print("%s|%s|%s" % (Failure(1, 2), Named(), Plain()), "%s" % Failure(3, 4), "%s" % Named(), "%(a)s" % Named(a=1))
print("%(ab)s" % Keyed(), "no directive" % Keyed())
for value in Plain(), Failure(1, 2):
    try:
        print("no directive" % value)
    except TypeError:
        print("TypeError")
