# Parts of sequences: read, replaced, with and without a step, and what is refused.

numbers = list(range(10))
print(numbers[2:5], numbers[:3], numbers[7:], numbers[:])
print(numbers[::3], numbers[::-1], numbers[8:2:-2], numbers[-3:-1])
print(numbers[100:], numbers[:-100], numbers[5:2], numbers[None:None:None])
print((1, 2, 3, 4)[1:3], (1, 2, 3, 4)[::-2], (1, 2)[5:], ()[:])
print("abcdef"[1:4], "abcdef"[4:1:-1], "abcdef"[-1:], "abcdef"[9:] == "")
print("aéîz"[1:3], b"abcdef"[2:5], b"abcdef"[::-1], bytes(b"ab")[1:1])
print(bytearray(b"abcdef")[1:3])

# as many items: in place
numbers[2:5] = [20, 30, 40]
numbers[:2] = (0.5, "one")
print(numbers)
numbers[:3] = numbers[2::-1]
print(numbers)
# more, fewer, itself, any iterable
numbers[1:2] = [1, 1, 1]
numbers[5:] = []
print(numbers)
numbers[1:3] = numbers
print(numbers)
numbers[:2] = (n * n for n in range(3))
print(numbers)
numbers[1::2] = ("xyz" * 3)[: len(numbers[1::2])]
print(numbers)
try:
    numbers[::2] = [1]
except ValueError:
    print("sizes differ")
try:
    numbers[::0]
except ValueError:
    print("no step")
try:
    numbers["a":]
except TypeError:
    print("no index")
for wrong in (5, None):
    try:
        numbers[0:1] = wrong
    except TypeError:
        print("not iterable")


class Index:
    def __index__(self):
        return 2


print("abcdef"[Index() :], [1, 2, 3, 4][: Index()], (1, 2, 3)[Index() : 10**30])


class Seen:
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        print("set", key, value)


print(Seen()[1:2], Seen()[:], Seen()[1:2:3], Seen()[1:2, 3])
Seen()[4:] = "x"

# bytes in place, also through a view, also onto themselves
data = bytearray(b"0123456789")
data[2:4] = b"ab"
view = memoryview(data)
view[5:7] = b"cd"
print(data)
data[0:3] = data[1:4]
view[4:8] = view[3:7]
print(data)
try:
    view[0:2] = b"long"
except ValueError:
    print("sizes differ")
try:
    memoryview(b"fixed")[0:1] = b"x"
except TypeError:
    print("read only")

# large parts
big = list(range(1000))
big[100:900] = [0] * 800
print(len(big), sum(big), big[898:902], len(big[1:-1]))
print(big[300::-1][:3], len(big[255::-1]), len(big[256::-1]), tuple(big)[5:1:-2])
text = "abc"
print(text[1:2], b"abc"[1:2], text[:] == text, tuple(big)[:0], "é"[:1], "aé"[:1])


# subclasses say themselves what a part of them is
class Loud(list):
    def __getitem__(self, key):
        return ("get", key)

    def __setitem__(self, key, value):
        print("set", key, value)


loud = Loud([1, 2, 3])
print(loud[0:2], list.__getitem__(loud, slice(0, 2)))
loud[0:1] = [5]
print(list(loud))


class Plain(list):
    pass


plain = Plain([1, 2, 3])
plain[:2] = plain[1::-1]
print(plain[::-1], type(plain[1:]) is list, len(plain))


# what is assigned is made before the parts of the slice are
def shrink():
    del grown[2:]
    return 2


grown = [0, 1, 2, 3, 4]
grown[: shrink()] = [7, 8]
print(grown, grown[: shrink()])
