# An object keeps its id and its hash for as long as it lives, wherever it is moved to.
import gc


class Node:
    def __init__(self, n):
        self.n = n


nodes = [Node(i) for i in range(60)]
ids = [id(n) for n in nodes]
hashes = [hash(n) for n in nodes]
by_node = {n: n.n for n in nodes}
seen = set(nodes)
garbage = [[i] for i in range(60)]
print(len(set(ids)), len(seen), len(by_node))

# what lay between them goes, and memory is asked for that only compaction gives
del garbage
gc.collect()
for size in (10, 100, 1000):
    bytearray(size)
gc.collect()
print([id(n) for n in nodes] == ids, [hash(n) for n in nodes] == hashes)
print(all(by_node[n] == n.n for n in nodes), all(n in seen for n in nodes))
print(Node(1) in seen, Node(1) in by_node)

# the numbers of dead objects are used again, but never for two at a time
keep = nodes[::3]
del nodes, by_node, seen
gc.collect()
more = [Node(i) for i in range(80)]
print(len({id(n) for n in keep + more}), [id(n) for n in keep] == ids[::3])


# functions, methods, classes, modules, generators and plain objects have one, too
def f():
    yield 1


things = [f, Node, gc, f(), object(), keep[0].__init__, len, [].append, type, int]
first = [hash(t) for t in things]
gc.collect()
print([hash(t) for t in things] == first, len({t: 1 for t in things}))
print(id(f) == id(f), id(f) == id(Node), id(()) == id(()), id(1) == id(1))
a, b = [], []
print(id(a) == id(a), id(a) == id(b), hash(keep[1].__init__) == hash(keep[1].__init__))
print(object.__hash__(keep[0]) == hash(keep[0]))
