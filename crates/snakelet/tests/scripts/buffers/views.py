# memoryview.
from array import array

buf = bytearray(b"0123456789")
view = memoryview(buf)
print(view[0], view[-1], len(view), bytes(view[2:5]), view[2:8][1:3].tobytes(), list(view[:3]), view.readonly, view.itemsize, view.nbytes)
view[0] = 65
view[1:3] = b"xy"
view[4:8] = view[3:7]
print(buf, view == buf, view[1:3] == b"xy", view.tolist()[:3], view.hex()[:4])
for bad in (lambda: view[10], lambda: memoryview(5), lambda: memoryview("a") and 1 / 0 if False else memoryview(1.5)):
    try:
        bad()
    except (IndexError, TypeError) as e:
        print(type(e).__name__)
try:
    view[0:2] = b"abc"
except ValueError:
    print("ValueError")
fixed = memoryview(b"abc")
print(fixed.readonly, fixed[1], bytes(fixed), hash(fixed) == hash(b"abc"))
for readonly in (fixed, view.toreadonly(), view.toreadonly()[1:]):
    try:
        readonly[0] = 1
    except TypeError:
        print("TypeError")
numbers = array("i", [1, 2, 3])
over = memoryview(numbers)
over[1] = -5
print(numbers, over[1], len(over), over.itemsize, over[1:].tolist(), over.format, over.nbytes)
print(memoryview(b"\x01\x02\x03\x04").cast("H").tolist() in ([513, 1027], [258, 772]))
with memoryview(buf) as inner:
    print(inner[1])
