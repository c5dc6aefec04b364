# differs: what is found depends on the order of comparisons.
# heapq: a comparison that changes the heap.
import heapq


class Clearing:
    def __lt__(self, other):
        heap.clear()
        return True


for use in (
    lambda: heapq.heapify(heap),
    lambda: heapq.heappop(heap),
    lambda: heapq.heappush(heap, Clearing()),
):
    heap = [Clearing() for _ in range(9)]
    try:
        use()
    except IndexError:
        print("IndexError", heap)
