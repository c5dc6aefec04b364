# Dicts and sets of many sizes and keys: what was put in is found, what was not is not.

for size in (0, 1, 7, 8, 9, 40, 249, 250, 251, 300, 1200):
    words = {}
    for i in range(size):
        words["w" + str(i)] = i
    numbers = {i * 37: i for i in range(size)}
    mixed = {(i, str(i)) if i % 3 == 0 else i / 2 if i % 3 == 1 else str(i).encode(): i for i in range(size)}
    good = all(words.get("w%d" % i) == i for i in range(size))
    good = good and all(numbers[i * 37] == i for i in range(size))
    good = good and "w" + str(size) not in words and size * 37 not in numbers
    good = good and numbers.get(1, "none") == "none" and words.get("w", None) is None
    for i in range(0, size, 2):
        del words["w" + str(i)], numbers[i * 37]
    good = good and len(words) == len(numbers) == size // 2
    good = good and all(("w%d" % i in words) == (i % 2 == 1) for i in range(size))
    for i in range(0, size, 2):
        words["w" + str(i)] = numbers[i * 37] = -i
    good = good and sum(words.values()) == sum(numbers.values())
    print(size, good, len(mixed) == size, len(set(words)), list(words)[-2:])

# equal keys of different types, and keys that only equal themselves
d = {1: "int"}
d[True] = "bool"
d[1.0] = "float"
d["1"] = "text"
d[b"1"] = "bytes"
print(d, d[1], 2 in d, 1.5 in d)


class Key:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return 7

    def __eq__(self, other):
        return isinstance(other, Key) and self.name == other.name


keys = {Key(n): n for n in "abcdefghijkl"}
print(keys[Key("c")], Key("z") in keys, len(keys), keys.get(Key("l")), keys.pop(Key("a")), len(keys))


class Never:
    def __eq__(self, other):
        return False

    def __hash__(self):
        return 1


one = Never()
print({one: 1}[one], Never() in {one}, one in [one])
a = "spam and eggs " * 2
b = "".join(["spam and eggs "] * 2)
print(a is not b or True, {a: 1}[b], b in {a}, [a].index(b))


class A:
    pass


thing = A()
for name in ("x", "yy", "z" * 30):
    setattr(thing, name, getattr(thing, name, 0) + 1)
    setattr(thing, name, getattr(thing, name, 0) + 1)
print(thing.x, thing.yy, getattr(thing, "z" * 30), getattr(thing, "absent", "no"))
del thing.x
print(getattr(thing, "x", "gone"), hasattr(thing, "yy"))
setattr(thing, "x", 5)
print(thing.x)
numbers = {i: i for i in range(-30, 30)}
numbers[-(2**61)] = "least"
print(numbers[-1.0], numbers[complex(-1)], numbers[-(2.0**61)], {-1.0} | {-1}, {(-1, 2.0)} == {(-1.0, 2)})
print(all(hash(n) == hash(float(n)) == hash(complex(n)) for n in (-2, -1, 0, 1, 2**61, -(2**61), 2**62, -(2**70))))


# keys are compared only when their hashes are equal
class Same:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 987654


class Field:
    def __init__(self, x):
        self.x = x

    def __hash__(self):
        return 5000 + self.x

    def __eq__(self, other):
        return self.x == other.x


for table in {"a": 1, 2: 3, (4, 5): 6}, {"a", 2, 3.5}, frozenset("abc"), dict.fromkeys(range(300)):
    print(Same() in table, Field(3) in table)
large = {i: i for i in range(20)}
large[Field(1)] = "one"
print(large[Field(1)], Field(2) in large, large.get(Same()), {"n": 1}.get(Field(9)))
large[Same()] = "same"
print(len(large), large[Same()], "z" in large, 21 in large, 21.5 in large)
