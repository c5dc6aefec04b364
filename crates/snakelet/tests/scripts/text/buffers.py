# Methods of texts on buffers, and buffers as their arguments.


class Sub(bytearray):
    pass


for b in (bytearray(b" a,b,c "), Sub(b" a,b,c ")):
    print(b.strip(), b.split(b","), b.partition(b","), b.rsplit(bytearray(b","), 1))
    print(b.find(b"b"), b.count(44), b.startswith((b"x", bytearray(b" a"))), 97 in b)
    print(b.replace(b",", memoryview(b"--")), b.upper(), b.center(11, b"*"))
    print(b.decode(), b.hex(":"), bytearray(b"-").join([b"x", b]), type(b.strip()))
print(b"x y z".split(maxsplit=1), b"a\nb\r\nc".splitlines(keepends=True))
print("x,y,z".rsplit(sep=",", maxsplit=1), bytearray(b"x\ny").splitlines(keepends=False))
print("h\xe9".encode(errors="ignore", encoding="ascii"), b"h\xff".decode(errors="replace"))
print(bytearray(b"h\xff").decode("ascii", errors="ignore"), bytearray.fromhex("0aff"))
print(b"-".join([memoryview(b"a"), bytearray(b"b"), Sub(b"c")]), b"ab".removesuffix(Sub(b"b")))
print(b"ab" + memoryview(b"c"), b"b" < Sub(b"c"), b"ab" == bytearray(b"ab"), bytearray(b"a") in b"ab")
for bad in (
    lambda: "a".split(other=1),
    lambda: "a".split(",", sep=","),
    lambda: "a".find(sub="a"),
    lambda: "a".find(b"a"),
    lambda: b"a".find("a"),
    lambda: bytearray(b"a").join(["a"]),
    lambda: str.strip(bytearray),
):
    try:
        print("no error", bad())
    except TypeError:
        print("TypeError")
