# Attributes that scripts give to functions.


def counted(function):
    def call(*args, **keywords):
        call.calls += 1
        return function(*args, **keywords)

    call.calls = 0
    call.__name__ = function.__name__
    call.__doc__ = function.__doc__
    return call


@counted
def area(w, h=2, *, scale=1):
    return w * h * scale


print(area(3), area(3, 4), area(3, scale=5), area.calls, area.__name__, area.__doc__)


def plain(a, b=2, *, c=3):
    return a, b, c


print(hasattr(plain, "x"), plain.__dict__)
plain.x = [1]
plain.x.append(2)
plain.y = "y"
print(plain.x, plain.y, plain(1), plain(1, c=5), sorted(plain.__dict__))
plain.__dict__["z"] = 26
print(plain.z, getattr(plain, "w", "none"))
del plain.x
for change in ("del plain.x", "plain.x", "len.x = 1", "area.calls.x = 1"):
    try:
        exec(change)
    except AttributeError:
        print("AttributeError:", change)
print(plain.__name__, plain.__module__, counted.__doc__)
plain.__name__ = "renamed"
print(plain.__name__, plain(0))


# functions without defaults, with keyword-only parameters, and generators
def keyword(*, c):
    return c


def generate():
    yield generate.start


keyword.tag = 1
generate.start = 7
print(keyword(c=2), keyword.tag, list(generate()))
try:
    keyword()
except TypeError:
    print("TypeError")


# each function that a `def` makes has its own
made = []
for i in range(3):

    def f():
        return f

    f.number = i
    made.append(f)
print([f.number for f in made])


class A:
    def method(self):
        return self

    method.tag = "tagged"


print(A.method.tag, A().method.tag, (lambda: 0).__name__)
try:
    A().method.tag = 2
except AttributeError:
    print("AttributeError")

# a name is a str
try:
    area.__name__ = None
except (AttributeError, TypeError):
    print("refused")
