# differs: CPython refuses some of this, and writes other parts in another way.
# json: what MicroPython does that CPython does not.
import json
from collections import OrderedDict, namedtuple

# commas and colons are white space
print(json.loads("[1, 2,]"), json.loads('{"a" 1, "b": 2,}'), json.loads("[1 2]"))

# bytes are written as texts, what is unknown as its repr()
print(json.dumps(b"ab\"c"), json.dumps([bytearray(b"x"), range(3)]))
print(json.dumps(OrderedDict([("a", 1), (2, OrderedDict())])))
print(json.dumps(namedtuple("Point", "x y")(1, 2)))
print(json.dumps({(1, "a"): 2}))
print(json.dumps(float("inf")), json.dumps("\xe9"))


class Stack(list):
    pass


class Table(dict):
    pass


class Name(str):
    pass


class Thing:
    def __repr__(self):
        return "<thing>"


print(json.dumps(Stack([1, 2])), json.dumps(Table(a=1)), json.dumps(Name("n\n")), json.dumps(Thing()))

# half of a pair is a surrogate
print(ascii(json.loads('"\\ud83d" ') + json.loads('"\\ud83dx"') + json.loads('"\\ud83d\\n"')))
print(ascii(json.loads('"\\udc0d\\ud83d\\ud83d\\udc0d"')))

try:
    json.loads(b'"\xff"')
except UnicodeError:
    print("UnicodeError")

endless = []
endless.append({"a": endless})
try:
    json.dumps(endless)
except RuntimeError as error:
    print(error)


class Angry:
    def __repr__(self):
        raise ZeroDivisionError


try:
    json.dumps([[Angry()]])
except ZeroDivisionError:
    print("ZeroDivisionError")

for separators, message in [((1,), 0), (5, 0)]:
    try:
        json.dumps(1, separators=separators)
    except (TypeError, ValueError) as error:
        print(error)
try:
    json.loads("[1, oh]")
except ValueError as error:
    print(error)
