import struct

buffer = bytearray(4)
for call in (
    lambda: struct.pack("bb", 1, 2, 3),
    lambda: struct.pack_into("b", buffer, 0, 1, 2),
    lambda: struct.pack("b", 128),
    lambda: struct.pack("b", -129),
    lambda: struct.pack("B", -1),
    lambda: struct.pack("B", 256),
    lambda: struct.pack("<I", 1 << 32),
    lambda: struct.pack("<q", 1 << 63),
    lambda: struct.pack("<Q", 1 << 64),
    lambda: struct.pack("<Q", -(1 << 70)),
):
    try:
        print(call())
    except struct.error:
        print("struct.error")
print(struct.pack("<bBqQ", -128, 255, -1 << 63, (1 << 64) - 1), buffer)
