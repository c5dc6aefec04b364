# what the interpreter remembers of attributes and globals must not outlive its truth


class A:
    shared = 1


# the same steps from shape to shape, by setattr() and by assignment
for turn in range(3):
    a = A()
    for i in range(40):
        setattr(a, "x" + str(i), i)
    a.y = turn
    total = 0
    for i in range(40):
        total += getattr(a, "x" + str(i))
    print(total, a.y, getattr(a, "shared"), getattr(a, "none", None))


# an attribute of the class under a name that instances are known to get
def put(o, v):
    o.late = v
    setattr(o, "later", v)


for v in range(2):
    o = A()
    put(o, v)
    print(o.late, o.later)
A.late = "class"
A.later = property(lambda self: "read", lambda self, v: print("write", v))
o = A()
print(getattr(o, "late"), getattr(o, "later"))
put(o, 7)
print(o.late, o.later)
del A.later
A.__setattr__ = lambda self, name, v: print("hook", name, v)
put(A(), 8)
put(o, 9)
del A.__setattr__
put(o, 10)
print(o.late, o.later)


# many objects, shapes and names at once
class Many:
    def get(self, i):
        return getattr(self, "n" + str(i))


many = []
for k in range(12):
    m = Many()
    for i in range(12):
        setattr(m, "n" + str((i * 5 + k) % 12), k * 100 + i)
    many.append(m)
for turn in range(2):
    print(sum(m.get(i) * (i + 1) for m in many for i in range(12)))
try:
    many[0].get(12)
except AttributeError:
    print("no attribute")


# globals that are stored by a function
def store(v):
    global g
    g = v


def load():
    return g


for v in range(3):
    store(v)
    print(load(), g)
del g
try:
    load()
except NameError:
    print("no global")
store("again")
print(load())
for i in range(50):
    globals()["filler" + str(i)] = i
store("moved")
print(load(), g, globals()["g"])
