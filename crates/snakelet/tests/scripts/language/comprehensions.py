# Comprehensions of all kinds and the scope of their variables.
x = "outer"
print([x for x in range(3)], x)
print([(a, b) for a in range(3) for b in range(a) if (a + b) % 2])
print({k: v for k, v in zip("abc", (1, 2, 3))}, sorted({n % 3 for n in range(10)}))
print([[r * c for c in range(3)] for r in range(3)])
matrix = [[1, 2], [3, 4], [5, 6]]
print([list(row) for row in zip(*matrix)], [v for row in matrix for v in row])
print(list(filter(None, (n if n % 2 else 0 for n in range(6)))))


def scoped(n):
    k = 10
    return [k * i + n for i in range(n)], [(lambda: i + k)() for i in range(n)]


print(scoped(3))
if (n := len("walrus")) > 5:
    print(n)
print([y := 1, y + 1], y)
print([last := c for c in "abc"], last)
print(sum(1 for line in ["a", "", "b"] if line), "-".join(str(i) for i in range(4)))


class Table:
    size = 3
    rows = [i for i in range(size)]


print(Table.rows)
g = (i for i in range(3))
print(next(g), list(g), list(g))
print({i: {j: i * j for j in range(2)} for i in range(2)})
print([i for i in range(20) if i % 2 if i % 3])
print(sorted((len(w), w) for w in "the quick brown fox".split()))
total = 0
print([[total := total + n for n in range(k)] for k in (2, 3)], total)


def targets():
    global total
    seen = [[(total := a * b, (low := a)) for a in (1, 2)] for b in (3, 4) if (high := b) > 3]
    return seen, low, high


print(targets(), total)
