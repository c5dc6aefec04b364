# Where attributes are looked up, and who may interfere.


class Lazy:
    shared = "in the class"

    def __init__(self):
        self.own = 1

    def __getattr__(self, name):
        if name.startswith("x_"):
            return name[2:]
        raise AttributeError(name)


z = Lazy()
print(z.own, z.shared, z.x_thing, hasattr(z, "nothing"), getattr(z, "nothing", "default"))
setattr(z, "shared", "in the instance")
print(z.shared, Lazy.shared)
del z.shared
print(z.shared)
try:
    z.nothing
except AttributeError as e:
    print("AttributeError", e)


class Celsius:
    def __init__(self, degrees=0):
        self.degrees = degrees

    @property
    def fahrenheit(self):
        return self.degrees * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value):
        self.degrees = (value - 32) * 5 / 9

    @fahrenheit.deleter
    def fahrenheit(self):
        print("deleted")


c = Celsius(100)
print(c.fahrenheit)
c.fahrenheit = 32
print(c.degrees)
del c.fahrenheit


class ReadOnly:
    @property
    def x(self):
        return 5


try:
    ReadOnly().x = 6
except AttributeError:
    print("read only")


class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, owner):
        if obj is None:
            return "descriptor"
        return getattr(obj, self.name, 0)

    def __set__(self, obj, value):
        if value < 0:
            raise ValueError("negative")
        setattr(obj, self.name, value)


class Account:
    balance = Positive()


a = Account()
print(a.balance)
a.balance = 10
print(a.balance, Account.balance)
try:
    a.balance = -1
except ValueError as e:
    print(e, a.balance)


class Bare:
    pass


first, second = Bare(), Bare()
for i in range(12):
    setattr(first, "a%d" % i, i)
second.a11 = "eleven"
second.a0 = "zero"
print([getattr(first, "a%d" % i) for i in range(12)], second.a11, second.a0)
bound = [].append
bound(1)
method = Celsius(3).__init__
print(callable(method), callable(c))
