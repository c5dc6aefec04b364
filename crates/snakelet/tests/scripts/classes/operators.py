# Special methods for operators, their reflected forms and the fallbacks between them.


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __repr__(self):
        return "Money(%d)" % self.cents

    def __add__(self, other):
        if isinstance(other, Money):
            return Money(self.cents + other.cents)
        if isinstance(other, int):
            return Money(self.cents + other)
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        return Money(self.cents - other.cents)

    def __mul__(self, n):
        return Money(self.cents * n)

    def __rmul__(self, n):
        print("reflected")
        return self * n

    def __imul__(self, n):
        print("in place")
        self.cents *= n
        return self

    def __neg__(self):
        return Money(-self.cents)

    def __eq__(self, other):
        return isinstance(other, Money) and self.cents == other.cents

    def __lt__(self, other):
        return self.cents < other.cents

    def __hash__(self):
        return hash(self.cents)

    def __bool__(self):
        return self.cents != 0

    def __int__(self):
        return self.cents


a, b = Money(150), Money(50)
print(a + b, a + 1, 1 + a, a - b, a * 2, 2 * a, -a)
a *= 3
print(a, a == Money(450), a != Money(450), b < a, a > b)
print(bool(Money(0)), bool(b), int(a))
print(sorted([Money(3), Money(1), Money(2)]), sum([Money(1), Money(2)]))
print(len({Money(1), Money(1), Money(2)}), {Money(7): "seven"}[Money(7)])
try:
    a + "text"
except TypeError as e:
    print("TypeError")
try:
    a <= b
except TypeError:
    print("TypeError")


class Grid:
    def __init__(self):
        self.cells = {}

    def __getitem__(self, at):
        return self.cells.get(at, 0)

    def __setitem__(self, at, value):
        self.cells[at] = value

    def __delitem__(self, at):
        del self.cells[at]

    def __contains__(self, at):
        return at in self.cells

    def __len__(self):
        return len(self.cells)

    def __call__(self, *args, **kwargs):
        return args, kwargs


g = Grid()
g[1, 2] = "x"
print(g[1, 2], g[0, 0], (1, 2) in g, (2, 1) in g, len(g), bool(g))
del g[1, 2]
print(len(g), bool(g), g(1, k=2))


class Count:
    def __init__(self, n):
        self.n = n

    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError(i)
        return i * i


print(list(Count(5)), 9 in Count(5), 10 in Count(5))


# a subclass on the right is asked before what it derives from, if it has a method of its own
class Metres(float):
    def __radd__(self, other):
        return "radd", other

    def __rmul__(self, other):
        return "rmul", other

    def __gt__(self, other):
        return "gt"


class Row(list):
    def __radd__(self, other):
        return "radd", other

    def __rmul__(self, other):
        return "rmul", other

    def __eq__(self, other):
        return "eq"


class Near(Metres):
    pass


class Odd(int):
    def __rsub__(self, other):
        return "rsub", other


print(1.5 + Metres(2), 2 * Metres(2), 2**70 * Metres(1), 1.5 - Metres(1), 1.5 < Metres(0), 1 < Metres(0))
print([1] + Row([2]), 2 * Row([2]), [1] == Row([2]), [1] != Row([1]))
print(Metres(1) + Near(2), Near(1) + Metres(2), 5 - Odd(2), 5.5 - Odd(2), 5 + Odd(2))
total = 1
total += Metres(2)
print(total)
# an operator makes an object of the built-in type, also where nothing changes
print(*[type(x).__name__ for x in (Odd(3) + 0, Odd(0) | Odd(0), Metres(1) ** 1, Row([1]) * 1)])
