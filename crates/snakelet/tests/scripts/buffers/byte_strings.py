# bytes and bytearray: making, reading, changing.
print(bytes(), bytes(3), bytes([1, 255]), bytes((i for i in range(3))), bytes(b"a"), bytes(bytearray(b"b")), bytes(memoryview(b"c")))
print(bytearray(), bytearray(2), bytearray([1, 2]), bytearray(b"x"), bytearray("é", "utf8"))
for bad in (lambda: bytes([256]), lambda: bytes([-1]), lambda: bytes(-1), lambda: bytes("a"), lambda: bytes(1.5), lambda: bytes([""])):
    try:
        bad()
    except (ValueError, TypeError) as e:
        print(type(e).__name__)
data = b"hello"
print(data[0], data[-1], data[1:3], data[::-1], list(data), len(data), data == bytearray(data), hash(data) == hash(bytes(bytearray(data))))
array = bytearray(b"0123456789")
array[0] = 65
array[2:4] = b"xyz"
array[-2:] = b""
array.append(33)
array.extend(b"ab")
array.extend([99, 100])
array += b"ef"
print(array, len(array), array[3], array[::3])
del array[0]
del array[1:3]
del array[::2]
print(array)
array[1:1] = array
print(array)
array[::2] = bytes(len(array[::2]))
print(array)
array = bytearray(b"0123456789")
array[2:6] = memoryview(array)[0:4]
print(array)
array = bytearray(b"0123456789")
array[0:4] = memoryview(array)[2:6]
print(array)
del array[7:1:-3]
print(array, array * 2, 2 * array, array + b"+", b"+" + array)
print(array.pop(), array.pop(0), array)
array.insert(0, 65)
array.insert(100, 66)
array.reverse()
array.remove(65)
print(array, array.copy() == array)
array.clear()
print(array, bool(array), bool(bytearray(1)))
for bad in (lambda: array[0], lambda: array.pop(), lambda: b"abc"[3], lambda: hash(array), lambda: array.remove(1)):
    try:
        bad()
    except (IndexError, TypeError, ValueError) as e:
        print(type(e).__name__)
for left in (b"a", bytearray(b"a"), b"b"):
    for right in (b"a", bytearray(b"ab")):
        print(left == right, left < right, left >= right, end=" ")
print()
for size in (10**12, 10**30):
    for make in (bytes, bytearray):
        try:
            make(size)
        except (MemoryError, OverflowError):
            print("too large")
