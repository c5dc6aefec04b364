b = bytearray(4)
b[0:1] = [1, 2]
print(b)
