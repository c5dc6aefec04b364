# struct.
import struct

for form, values in (("<bBhHiIqQ", (-1, 255, -2, 65535, -3, 2**32 - 1, -4, 2**64 - 1)), (">bhiq", (1, 2, 3, 4)), ("!HI", (1, 2)),
                     ("<3s2sx?", (b"abc", b"d", True)), ("<efd", (1.5, 0.25, -1e100)), ("<2h3B", (1, 2, 3, 4, 5)), ("=lL", (-1, 1)), ("<c", (b"x",)), ("", ())):
    data = struct.pack(form, *values)
    print(form, data.hex(), struct.calcsize(form) == len(data), struct.unpack(form, data))
print(struct.calcsize("@bhiq"), struct.calcsize("bq"), struct.calcsize("<bq"), struct.calcsize("3xb"), struct.calcsize("10s"))
buf = bytearray(8)
struct.pack_into("<hh", buf, 2, 1, -1)
struct.pack_into(">H", buf, -2, 0x1234)
print(buf, struct.unpack_from("<h", buf, 2), struct.unpack_from(">H", buf, -2), struct.unpack_from("<h", memoryview(buf)[4:]))
print(struct.unpack("<eee", struct.pack("<eee", 65504.0, 6e-8, float("inf"))), struct.pack("<e", 1 / 3))
for bad in (lambda: struct.calcsize("1"), lambda: struct.calcsize("y"), lambda: struct.unpack("<i", b"abc"), lambda: struct.pack_into("<i", bytearray(3), 0, 1),
            lambda: struct.unpack_from("<i", b"abcd", 1), lambda: struct.unpack_from("<i", b"abcd", -8)):
    try:
        bad()
        print("no error")
    except (ValueError, struct.error) if hasattr(struct, "error") else ValueError:
        print("error")
