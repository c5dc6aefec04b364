# heapq: items that are compared in different ways, some of them by methods.
import heapq


class Job:
    """Comes before jobs of a greater rank, and is compared with numbers by it."""

    def __init__(self, rank):
        self.rank = rank

    def __lt__(self, other):
        return self.rank < (other.rank if isinstance(other, Job) else other)

    def __gt__(self, other):
        return self.rank > (other.rank if isinstance(other, Job) else other)

    def __repr__(self):
        return "Job(%r)" % self.rank


def sorted_by_heap(items):
    heap = []
    for item in items:
        heapq.heappush(heap, item)
    one = [heapq.heappop(heap) for _ in range(len(heap))]
    heap = list(items)
    heapq.heapify(heap)
    return one, [heapq.heappop(heap) for _ in range(len(heap))]


numbers = [(i * 7919) % 101 for i in range(60)]
mixed = [
    Job(n) if n % 5 == 0 else 1.0 * n if n % 3 == 0 else True if n == 1 else n for n in numbers
]
for items in (
    numbers,
    [n * 0.5 for n in numbers],
    [n << 60 if n % 2 else -(n << 70) for n in numbers],
    ["%03d" % n for n in numbers],
    ["x" * 70 + "%03d" % n for n in numbers],
    [(n % 7, n) for n in numbers],
    [(n % 3, "%d" % n, None) for n in numbers],
    [(n % 3, (n % 7, (n, n))) for n in numbers],
    [(n % 2,) * (n % 4 + 1) + (n,) for n in numbers],
    [(1, n) if n % 2 else (1.0, n) for n in numbers],
    [2**53 + n if n % 2 else float(2**53 + n) for n in numbers],
    [[n % 5, n] for n in numbers],
):
    one, other = sorted_by_heap(items)
    print(one == other, one[:4], one[-2:])
one, other = sorted_by_heap(mixed)
print([item.rank if isinstance(item, Job) else item for item in one][:8], len(one), len(other))

# what cannot be compared leaves a heap of the same items
for bad in (None, "text", (1, None), {}):
    heap = list(range(10))
    for call in (heapq.heappush, lambda heap, item: heapq.heappop(heap)):
        try:
            if call is not heapq.heappush:
                heap[5] = bad
                heap[-1] = bad
            call(heap, bad)
            print("no error")
        except TypeError:
            print("TypeError", len(heap) in (9, 10, 11), sum(isinstance(x, int) for x in heap) > 6)
same = object()
heap = []
for i in (3, 1, 2):
    heapq.heappush(heap, (i, same))
print([heapq.heappop(heap)[0] for _ in range(3)])
