class Counter:
    __step = 2

    def __init__(self):
        self.__n = 0

    def add(self, __by=1):
        self.__n += self.__step * __by
        return self.__n

    class __Inner:
        __kept__ = 1

    def inner(self):
        return self.__Inner.__name__

class _Special(Counter):
    __n = "own"

    def both(self):
        return (self.__n, self._Counter__n)

c = _Special()
print(c.add(), c.add(3), c.both())
print(sorted(c.__dict__))
print(c.inner(), hasattr(Counter, "__step"), Counter._Counter__step)

def outer():
    class Local:
        def get(self):
            __hidden = 5
            return [__hidden + i for i in range(2)]
    return Local().get()

print(outer())
try:
    class Missing:
        print(__nothing)
except NameError as e:
    print("_Missing__nothing" in str(e))
