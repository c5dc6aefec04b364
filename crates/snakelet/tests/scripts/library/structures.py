# differs: CPython has no uctypes.
# uctypes: numbers, bit fields, arrays, pointers and structures in bytes.
import uctypes
from array import array

U = uctypes
data = bytearray(range(64))
description = {
    "u8": U.UINT8 | 1,
    "i8": U.INT8 | 1,
    "u16": U.UINT16 | 2,
    "i32": U.INT32 | 4,
    "u64": U.UINT64 | 8,
    "low": U.BFUINT16 | 16 | 0 << U.BF_POS | 5 << U.BF_LEN,
    "high": U.BFUINT16 | 16 | 5 << U.BF_POS | 11 << U.BF_LEN,
    "inner": (20, {"x": U.UINT8 | 0, "y": U.UINT16 | 1}),
    "bytes": (U.ARRAY | 24, U.UINT8 | 4),
    "words": (U.ARRAY | 28, U.INT16 | 3),
    "inners": (U.ARRAY | 40, 3, {"a": U.UINT8 | 0, "b": U.UINT8 | 1}),
}
for layout in (U.LITTLE_ENDIAN, U.BIG_ENDIAN):
    s = U.struct(U.addressof(data), description, layout)
    print(s.u8, s.i8, hex(s.u16), hex(s.i32), hex(s.u64), s.low, s.high)
    print(s.inner.x, hex(s.inner.y), bytes(s.bytes), [s.words[i] for i in range(3)])
    print([(s.inners[i].a, s.inners[i].b) for i in range(3)], U.sizeof(s), len(bytes(s)))
s.i8 = -2
s.i32 = -3
s.u64 = 1 << 63
s.low = 0xFFFF
s.inner.y = 0x1234
s.words[1] = -4
s.bytes[2] = 200
s.inners[2].b = 99
print(bytes(data[:46]))
print(s, s.words, s.inner, type(s.bytes), s.bytes)
print(len(s.bytes), s.bytes[1:3], list(s.bytes), s.bytes == bytes(data[24:28]))

# floats
data = bytearray(12)
s = U.struct(U.addressof(data), {"f": U.FLOAT32 | 0, "d": U.FLOAT64 | 4}, U.LITTLE_ENDIAN)
s.f, s.d = 0.5, -2
print(s.f, s.d, data)

# addresses: the same bytes have the same one, and what is in them lies behind it
data = bytearray(b"0123456789")
address = U.addressof(data)
print(address == U.addressof(data), U.addressof(memoryview(data)[3:]) - address)
print(U.bytes_at(address + 2, 3), U.bytearray_at(address, 2))
there = U.bytearray_at(address + 4, 3)
there[0] = ord("x")
print(data, there, U.addressof(there) - address)
numbers = array("I", [7, 8, 9])
s = U.struct(U.addressof(numbers), (U.ARRAY | 0, U.UINT32 | 3))
print(s[0], s[1], s[2])

# sizes
for layout in (U.NATIVE, U.LITTLE_ENDIAN):
    print(
        U.sizeof({"a": U.UINT8 | 0, "b": U.UINT32 | 4, "c": U.UINT8 | 8}, layout),
        U.sizeof({"a": (U.ARRAY | 0, 3, {"x": U.UINT16 | 0, "y": U.UINT8 | 2})}, layout),
        U.sizeof({}, layout),
        U.sizeof((U.ARRAY | 0, U.UINT16 | 5), layout),
    )
print(U.sizeof(bytearray(5)), U.struct(12, {}), U.struct(0x1A2B, (U.PTR | 0, U.UINT8)))
