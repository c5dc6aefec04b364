# Sorting: stability, keys, reverse, all kinds of items, and lists that change meanwhile.

seed = 1


def random(limit):
    global seed
    seed = (seed * 1103515245 + 12345) % 2147483648
    return (seed >> 8) % limit


def is_sorted(items, reverse=False):
    pairs = zip(items, items[1:])
    return all(b <= a if reverse else a <= b for a, b in pairs)


for n in (0, 1, 2, 3, 12, 13, 50, 400):
    numbers = [random(97) for _ in range(n)]
    texts = [str(i) * 2 for i in numbers]
    mixed = [i if i % 2 else float(i) for i in numbers]
    pairs = [(i, -i) for i in numbers]
    for items in (numbers, texts, mixed, pairs, list(range(n)), list(range(n, 0, -1)), [7] * n):
        up = sorted(items)
        down = sorted(items, reverse=True)
        assert is_sorted(up) and is_sorted(down, True), items
        assert len(up) == len(items) == len(down)

people = [("ann", 30), ("bob", 25), ("cid", 30), ("dan", 25), ("eve", 41)]
print(sorted(people, key=lambda p: p[1]))
print(sorted(people, key=lambda p: p[1], reverse=True))
print(sorted(people, key=lambda p: -p[1]))
print(sorted("banana"), sorted({3: "c", 1: "a"}), sorted((True, False, 2)))
print(sorted(["b", "B", "a", "A"], key=str.lower))


class Backwards:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n > other.n


print([b.n for b in sorted(Backwards(i) for i in (1, 3, 2))])


def complain(action):
    try:
        action()
    except Exception as e:
        print(type(e).__name__)


complain(lambda: [1, "a"].sort())
complain(lambda: sorted([3, 1], key=lambda x: 1 // 0))
complain(lambda: sorted([1], lambda x: x))
complain(lambda: [].sort(wrong=1))

changing = [3, 2, 1]


def key(x):
    changing.append(x)
    return x


complain(lambda: changing.sort(key=key))
kept = [2, 1, 3]
complain(lambda: kept.sort(key=lambda x: [][0]))
print(sorted(kept))
