# differs: CPython has no uctypes.
# uctypes: addresses where nothing is, buffers that shrink, and descriptions that are none.
import gc
import uctypes as U


def attempt(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error.errno if isinstance(error, OSError) else "")


def assign(s, name, value):
    setattr(s, name, value)


byte = {"a": U.UINT8 | 0, "far": U.UINT32 | 100000}
for address in (0, 1, -1, 0xDEADBEEF, 1 << 63, 1 << 100):
    s = U.struct(address, byte)
    attempt(lambda: s.a)
    attempt(lambda: assign(s, "a", 1))
    attempt(lambda: bytes(s))
    attempt(lambda: U.bytes_at(address, 4))
    attempt(lambda: U.bytearray_at(address, 4)[0])
attempt(lambda: U.bytes_at(0, 0))
attempt(lambda: U.bytearray_at(0, -1))

data = bytearray(8)
s = U.struct(U.addressof(data), byte)
attempt(lambda: s.far)
attempt(lambda: U.bytes_at(U.addressof(data), 9))
attempt(lambda: U.bytes_at(U.addressof(data) + 4, 4))
attempt(lambda: U.bytes_at(U.addressof(data), 1 << 62))
there = U.bytearray_at(U.addressof(data), 8)
view = memoryview(there)
data[:] = b"1"
gc.collect()
attempt(lambda: s.a)
attempt(lambda: there[0])
attempt(lambda: there)
print(len(view))
data[:] = b""
attempt(lambda: s.a)
attempt(lambda: assign(s, "a", 1))

# what may not be written
text = b"abc"
s = U.struct(U.addressof(text), byte)
attempt(lambda: s.a)
attempt(lambda: assign(s, "a", 1))
print(text)

# descriptions
for description in (
    None,
    [],
    "x",
    1,
    (),
    (1,),
    (U.PTR, 1, 2, 3),
    ("a", "b"),
    (U.ARRAY | 0, "x"),
    (U.ARRAY | 0, 2, 3),
    {"a": None},
    {"a": ()},
    {"a": (0, 5)},
    {"a": (U.ARRAY | 0, 1, None)},
    {"a": 1 << 80},
    {"a": "x"},
):
    s = U.struct(U.addressof(bytearray(16)), description)
    attempt(lambda: s.a)
    attempt(lambda: s[0])
    attempt(lambda: U.sizeof(description))
loop = {}
loop["a"] = (0, loop)
attempt(lambda: U.sizeof(loop))
attempt(lambda: U.struct(0, loop))
wide = {"x": U.UINT8 | 0}
for _ in range(12):
    wide = {"a": (0, wide), "b": (0, wide)}
attempt(lambda: U.sizeof(wide))
attempt(lambda: U.sizeof({"a": (U.ARRAY | 0, 0x7FFFFFF, {"b": (U.ARRAY | 0, U.UINT64 | 0x7FFFFFF)})}) > 1 << 30)

# a missing field, indices outside, and pointers to nowhere
data = bytearray(b"\xff" * 16)
s = U.struct(U.addressof(data), {"array": (U.ARRAY | 0, U.UINT16 | 4), "to": (U.PTR | 0, U.UINT8)})
attempt(lambda: s.missing)
for i in (-1, 4, 1 << 40, 1 << 70):
    attempt(lambda: s.array[i])
    attempt(lambda: s.to[i])
attempt(lambda: s.array["x"])
attempt(lambda: int(s.array))
attempt(lambda: assign(s, "array", 1))
attempt(lambda: hash(s))
attempt(lambda: U.struct("x", {}))
attempt(lambda: U.addressof(5))
attempt(lambda: U.sizeof(5))

# the latest objects have addresses that lead to them
first = bytearray(b"first")
address = U.addressof(first)
s = U.struct(address, byte)
kept = [bytearray(4) for _ in range(100)]
places = [U.addressof(b) for b in kept]
print(len(set(places)), s.a == ord("f"))
attempt(lambda: U.bytes_at(address, 5))
print(U.bytes_at(places[-1], 4))
del kept
gc.collect()
print(U.bytes_at(places[-1], 4))
for wrong in (None, 1, {}, bytearray(4)):
    attempt(lambda: type(s).__getitem__(wrong, 0))


class Odd(dict):
    def values(self):
        return [U.UINT8 | 5, self]


attempt(lambda: U.sizeof(Odd()))
