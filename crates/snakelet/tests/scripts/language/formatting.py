# Three ways of putting values into text.
name, n, x = "snake", 42, 3.14159
print("%s has %d, %5.2f, %-6s|, %06d, %x, %X, %o, %c, %%, %r" % (name, n, x, "ab", n, 255, 255, 8, "c", "q"))
print("%(a)s-%(b)03d" % {"a": 1, "b": 2})
print("{} {1} {0}".replace("{} ", "").format("a", "b"), "{:>6}|{:<6}|{:^6}|".format("r", "l", "c"))
print("{0:*^9}{1:+d}{2:,}{3:_}".format("mid", 5, 1234567, 1234567))
print("{:b} {:#x} {:#o} {:08.3f} {:e} {:g} {:%}".format(5, 255, 8, x, 12345.678, 0.0001, 0.25))
print("{a[0]} {a[1]} {b[k]} {c.real}".format(a=[1, 2], b={"k": "v"}, c=7))
print("{{}} {!r} {!s}".format("r", "s"))
print(f"{name} {name!r} {n:>5} {x:.3f} {n=} {x = :.1f} {'nested ' + name}")
print(f"{n:{'>'}{8}}|{x:{6}.{2}}|{[i * 2 for i in range(3)]}|{ {'a': 1}['a'] }")
print(f"{'a' 'b'}" "c" f"{{}}", f"{f'{n}'}")
width = 10
for row in (("one", 1), ("three", 333)):
    print(f"{row[0]:<{width}}{row[1]:>{width}}|")
print("abc".center(9, "-"), "7".zfill(3), "-7".zfill(4), "a".ljust(3) + "|", "a".rjust(3))
print(repr("q'uo\"te\n\t\\\x00\xe9"), ascii("\xe9\u20ac") if False else "", str(b"by\x00te'"))
print("%s %s" % ((1, 2), [3]), "%s" % (None,), "%d" % 3.99, "%.3s|" % "abcdef")
print("{:5}|{:<5}|{:5}|{!r:>5}|".format(1, 1, "s", "r"))
print("{:.0f} {:.1f} {:.2e} {:g} {:g}".format(2.5, 0.05, 0.0, 1e20, 1e-5))


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __str__(self):
        return "<%s %s>" % (self.x, self.y)

    def __repr__(self):
        return "Point(%r, %r)" % (self.x, self.y)


p = Point(1, "a")
print(p, repr(p), [p], "%s %r" % (p, p), f"{p} {p!r}", "{0.x}".format(p))
for bad in ("%d", "%s %s"):
    try:
        print(bad % "x")
    except TypeError:
        print("TypeError")
for bad in ("{", "{0", "{:q}"):
    try:
        print(bad.format(1))
    except ValueError:
        print("ValueError")
try:
    print("{} {}".format(1))
except IndexError:
    print("IndexError")
