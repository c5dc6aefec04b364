# Methods of built-in objects that are kept: called with right and wrong arguments, with room and without.
items = []
append = items.append
for i in range(40):
    append(i)
print(len(items), items[-1])
insert, pop = items.insert, items.pop
insert(0, pop())
print(items[:3], pop(0), pop())


def refused(function, *args):
    try:
        function(*args)
    except (TypeError, IndexError, KeyError) as e:
        print(type(e).__name__)


refused(append)
refused(append, 1, 2)
refused(pop, 1000)
for wrong in (0, 1):
    try:
        append(1, 2) if wrong else append()
    except TypeError as e:
        print(type(e).__name__)
print(len(items))


class Stack(list):
    def __init__(self):
        self.put = self.append
        self.peek = lambda: self[-1]


stack = Stack()
for word in "a b c".split():
    stack.put(word)
print(len(stack), stack.peek())
stack.extend = items.append
stack.extend([1])
print(items[-1])


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n


table = {Key(1): "one", 2: "two"}
get = table.get
print(get(Key(1)), get(2), get(Key(3)), get(4, "none"))
refused(get, [])
join, upper = "-".join, "word".upper
print(join(upper() for _ in range(3)))
