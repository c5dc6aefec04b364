# collections.deque and OrderedDict. The length of a deque is always given: MicroPython wants it.
from collections import deque, OrderedDict

d = deque([1, 2, 3], 4)
d.append(4)
d.append(5)
d.appendleft(0)
print(d, len(d), d[0], d[-1], d.maxlen, 3 in d, list(d))
print(d.pop(), d.popleft(), d)
d.extend("ab")
d.extendleft("xy")
print(d, d.count("x"), d.index("a") if "a" in d else None)
d.rotate(1)
print(d)
d.rotate(-2)
print(d, d == deque(d, 4), d == [1])
d[0] = "new"
d.remove("new")
print(d.copy())
d.clear()
for action in (d.pop, d.popleft, lambda: d[0], lambda: d.remove(1)):
    try:
        action()
    except (IndexError, ValueError) as e:
        print(type(e).__name__)

free = deque([], None)
for i in range(100):
    free.append(i)
    free.appendleft(-i)
    if i % 3 == 0:
        free.popleft()
print(len(free), free[0], free[-1], sum(free), free.maxlen)

none = deque([1, 2], 0)
none.append(3)
print(none, len(none))

o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
o.move_to_end("a")
print(list(o))
o.move_to_end("c", last=False)
print(list(o), o.popitem(), o.popitem(last=False), len(o))
print(OrderedDict([(1, 2), (3, 4)]) == OrderedDict([(3, 4), (1, 2)]), OrderedDict([(1, 2)]) == {1: 2})
