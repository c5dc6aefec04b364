# Python classes that derive from built-in containers.


class Stack(list):
    def __init__(self, *items):
        super().__init__(items)
        self.pushed = 0

    def push(self, item):
        self.append(item)
        self.pushed += 1

    def __getitem__(self, i):
        return ("item", super().__getitem__(i))


s = Stack(1, 2)
s.push(3)
print(s, len(s), s[0], s.pushed, s == [1, 2, 3], list(s), isinstance(s, list), 3 in s, sorted(s))
s += [4]
print(type(s).__name__, s.pushed, list.__getitem__(s, 3), list.__len__(s), s.__contains__(9))
print(s[1:], s + [5], [0] + s, s * 2 == [1, 2, 3, 4] * 2)


class Defaults(dict):
    def __getitem__(self, key):
        if key not in self:
            dict.__setitem__(self, key, key * 2)
        return dict.__getitem__(self, key)

    def __delitem__(self, key):
        print("deleting", key)
        super().__delitem__(key)


d = Defaults(a=1)
print(d["a"], d["bc"], d, len(d), d.get("zz"), list(d.items()))
del d["a"]
print(d, {**d}, d == {"bc": "bcbc"}, d | {1: 2})


class Fixed(tuple):
    def __new__(cls, *items):
        return super().__new__(cls, items)

    def first(self):
        return self[0]


f = Fixed(1, 2)
print(f, f.first(), f == (1, 2), hash(f) == hash((1, 2)), {(1, 2): "found"}[f], f + (3,), len(f))


class Logged(set):
    def add(self, item):
        print("adding", item)
        super().add(item)


g = Logged([1])
g.add(2)
print(len(g), 2 in g, g | {3} == {1, 2, 3}, g == {1, 2})


class Base:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value + 1)


b = Base()
b.x = 1
print(b.x, object.__eq__(b, b), b.__ne__(b) is not None, hash(b) == object.__hash__(b))
plain = object()
print(plain == plain, plain != object(), hash(plain) == hash(plain))
print([].__len__(), (1).__add__(2), "a".__eq__("b"), [1].__add__([2]), {}.__contains__(1))
