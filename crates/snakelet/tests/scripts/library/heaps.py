# heapq
import heapq

numbers = [(i * 7919) % 101 for i in range(60)]
heap = []
for number in numbers:
    heapq.heappush(heap, number)
print(all(heap[(i - 1) // 2] <= heap[i] for i in range(1, len(heap))))
print([heapq.heappop(heap) for _ in numbers] == sorted(numbers), heap)

heap = numbers[:]
heapq.heapify(heap)
print(all(heap[(i - 1) // 2] <= heap[i] for i in range(1, len(heap))), sorted(heap) == sorted(numbers))

heap = [(2, "b"), (1, "z"), (1, "a")]
heapq.heapify(heap)
print(heapq.heappop(heap), heapq.heappop(heap), heapq.heappop(heap))

for heap, use in [([], heapq.heappop), ((), heapq.heappop), ((1,), heapq.heapify), (None, heapq.heapify)]:
    try:
        use(heap)
    except (IndexError, TypeError) as error:
        print(type(error).__name__)
try:
    heapq.heappush([1], "a")
except TypeError:
    print("TypeError")


class Item:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n


heap = []
for i in numbers:
    heapq.heappush(heap, Item(i))
print([heapq.heappop(heap).n for _ in numbers] == sorted(numbers))


class Stack(list):
    pass


heap = Stack([3, 1, 2])
heapq.heapify(heap)
heapq.heappush(heap, 0)
print([heapq.heappop(heap) for _ in range(4)])
