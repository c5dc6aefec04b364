# Method resolution along several bases, and super() that follows it.


class Base:
    def __init__(self, *args):
        print("Base", args)

    def who(self):
        return "Base"


class Left(Base):
    def __init__(self, *args):
        print("Left", args)
        super().__init__(*args, "from left")

    def who(self):
        return "Left>" + super().who()


class Right(Base):
    def __init__(self, *args):
        print("Right", args)
        super().__init__(*args, "from right")

    def who(self):
        return "Right>" + super().who()


class Both(Left, Right):
    def who(self):
        return "Both>" + super().who()


b = Both(1)
print(b.who())
print([c.__name__ for c in Both.__mro__])
print(isinstance(b, Right), issubclass(Left, Right), issubclass(Both, (int, Right)))
print(Both.__bases__ == (Left, Right), type(b) is Both)

try:

    class Crossed(Base, Left):
        pass
except TypeError:
    print("no consistent order")


class Meta:
    tag = "class attribute"

    @classmethod
    def make(cls, *args):
        return cls, args

    @staticmethod
    def add(a, b):
        return a + b


class Derived(Meta):
    tag = "overridden"


print(Derived.make(1, 2)[0].__name__, Derived().make()[1], Derived.add(2, 3), Derived().add(4, 5))
print(Meta.tag, Derived.tag)
del Derived.tag
print(Derived.tag)


class Registry:
    known = []

    def __init_subclass__(cls, **kwargs):
        Registry.known.append((cls.__name__, sorted(kwargs.items())))


class First(Registry):
    pass


class Second(Registry, level=2):
    pass


print(Registry.known)
