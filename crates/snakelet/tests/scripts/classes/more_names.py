# A class has room for just its names when it is made: it takes more of them, and loses some, all the same.


def names_of(c):
    return sorted(n for n in dir(c) if n[0] == "n")


def grown(count):
    body = {"n%02d" % i: i for i in range(count)}
    c = type("C", (), body)
    for i in range(count, count + 40):
        setattr(c, "n%02d" % i, i)
        if getattr(c, "n%02d" % i) != i or (count and c.n00 != 0):
            return "lost at %d" % i
    for i in range(0, count + 40, 3):
        delattr(c, "n%02d" % i)
    for i in range(count + 40):
        if getattr(c(), "n%02d" % i, None) != (None if i % 3 == 0 else i):
            return "wrong at %d" % i
    return names_of(c) == ["n%02d" % i for i in range(count + 40) if i % 3]


print([n for n in range(45) if grown(n) is not True])


class Seventeen:
    n00 = n01 = n02 = n03 = n04 = n05 = n06 = n07 = n08 = 1
    n09 = n10 = n11 = n12 = n13 = n14 = n15 = n16 = 2

    def sum(self):
        return self.n00 + self.n16 + self.n17


# methods that were called before the class got more names find those
s = Seventeen()
try:
    s.sum()
except AttributeError:
    print("not yet")
Seventeen.n17 = 3
print(s.sum())
Seventeen.n18 = Seventeen.n00 = 10
print(s.sum(), len(names_of(Seventeen)))
del Seventeen.n17
try:
    s.sum()
except AttributeError:
    print("no longer")
