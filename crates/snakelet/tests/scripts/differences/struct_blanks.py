import struct

print(struct.calcsize("b b"))
