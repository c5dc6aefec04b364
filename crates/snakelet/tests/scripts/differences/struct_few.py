import struct

try:
    struct.pack("bb", 1)
except struct.error:
    print("struct.error")
