# array.array.
from array import array

for code, items in (("b", [-128, 127]), ("B", [0, 255]), ("h", [-(2**15), 2**15 - 1]), ("H", [0, 65535]),
                    ("i", [-(2**31), 2**31 - 1]), ("I", [0, 2**32 - 1]), ("q", [-(2**63), 2**63 - 1]),
                    ("Q", [0, 2**64 - 1]), ("f", [0.5, -2.0]), ("d", [0.1, 1e300])):
    a = array(code, items)
    print(a, a[0], a[-1], len(a), a[::-1], list(a), a == array(code, items), a.typecode == code)
    a.append(items[0])
    a.extend(items)
    a += array(code, items[:1])
    print(a.tolist(), len(bytes(a)) == len(a) * a.itemsize, a.index(items[1]), a.count(items[0]))
a = array("h", range(10))
a[2] = 77
a[3:5] = array("h", [7, 8, 9])
del a[0]
del a[::4]
print(a, a.pop(), a.pop(0), 77 in a, 1000 in a, a + array("h", [5]), a * 2)
a.insert(1, -1)
a.reverse()
a.remove(-1)
print(a, bool(a), bool(array("b")), array("h", b"\x01\x00\x02\x00"), a < array("h", [100]), a != array("h"))
for bad in (lambda: array("z"), lambda: array("b")[0], lambda: array("i", ["a"]), lambda: array("f", ["a"]), lambda: hash(a)):
    try:
        bad()
    except (ValueError, IndexError, TypeError) as e:
        print(type(e).__name__)
