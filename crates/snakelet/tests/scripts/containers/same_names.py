# One call in a loop meets methods of one name in objects of many types, each time twice.

from array import array
from collections import OrderedDict, deque, namedtuple


class Stack(list):
    def append(self, item):
        super().append(("own", item))


class Plain(list):
    pass


def append_to(target):
    target.append(1)
    return list(target)


for target in ([0], deque((0,), 4), array("i", [0]), bytearray(b"a"), Stack(), Plain()):
    print(append_to(target), append_to(target))

Pair = namedtuple("Pair", "count other")


def ask(target):
    try:
        return target.count(2)
    except (AttributeError, TypeError) as e:
        return type(e).__name__


for target in ((2, 2), [2], Pair(3, 2), Pair(2, 2), b"\x02", "2", {2: 2}, {2}, 2, 2.5, None):
    print(ask(target), ask(target))


def clear(target):
    try:
        target.clear()
        return len(target)
    except AttributeError as e:
        return str(e)


for target in ([1], {1: 1}, OrderedDict([(1, 1)]), {1}, frozenset((1,)), (1,)):
    print(clear(target), clear(target))


# a method of a subclass of dict is not that of a dict
def move(target):
    try:
        target.move_to_end(1)
        return list(target)
    except AttributeError:
        return "no such method"


print(move(OrderedDict([(1, 1), (2, 2)])), move({1: 1, 2: 2}), move(OrderedDict([(1, 1), (2, 2)])))


def upper(target):
    return target.upper()


print(upper("word"), upper("a word that is not interned: " + str(5)), upper(b"word"))


# the method of an interned name and of a text are found apart, and a class may get one later
class Late(list):
    pass


late = Late([1])
print(append_to(late))
Late.append = lambda self, item: self.extend((item, "late"))
print(append_to(late))
