# Equal constants of a module are one object; what merely compares equal is not.
a = (1, "text", b"bytes", (None, 2.5, 10**30))
b = (1, "text", b"bytes", (None, 2.5, 10**30))
print(a is b, a)


def one():
    return (1, 2)


c, d, e = (1, 2), (1.0, 2), (True, 2)
print(c is not d, c is not e, c == d == e)
print(c, d, e)
print((0.0,), (-0.0,), ("a",), (b"a",), ((),), (1, 2, 3)[:2] == one())
