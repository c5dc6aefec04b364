# Classes: inheritance, super, properties, operators, static and class methods.
class Shape:
    count = 0

    def __init__(self, name):
        self.name = name
        Shape.count += 1

    @property
    def label(self):
        return self.name.upper()

    @staticmethod
    def unit():
        return "mm"

    @classmethod
    def made(cls):
        return cls.__name__, cls.count

    def __repr__(self):
        return "<" + self.name + ">"


class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side

    def __add__(self, other):
        return Square(self.side + other.side)

    def __eq__(self, other):
        return self.side == other.side

    def __lt__(self, other):
        return self.side < other.side

    def __len__(self):
        return 4

    def __getitem__(self, i):
        return self.side * (i + 1)

    def __call__(self, x):
        return self.side * x


class Mixin:
    def area(self):
        return self.side**2


class Tile(Square, Mixin):
    pass


a, b = Square(2), Tile(3)
print(a, a.label, a.unit(), Square.made())
c = a + b
print(c.side, c == Square(5), a < b, len(c), c[1], c(10))
print(b.area(), isinstance(b, Shape), issubclass(Tile, Mixin), hasattr(a, "area"))
a.colour = "red"
print(getattr(a, "colour"), Shape.count, type(b).__name__)
