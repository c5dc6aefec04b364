# Sorting: keys, order, stability, and a sort of one's own.
def shuffled(n):
    state = 12345
    items = []
    for _ in range(n):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        items.append(state >> 16 & 1023)
    return items


def merge_sort(items):
    if len(items) < 2:
        return items
    middle = len(items) // 2
    left, right = merge_sort(items[:middle]), merge_sort(items[middle:])
    result = []
    i = j = 0
    while i < len(left) and j < len(right):
        if right[j] < left[i]:
            result.append(right[j])
            j += 1
        else:
            result.append(left[i])
            i += 1
    return result + left[i:] + right[j:]


items = shuffled(300)
expected = sorted(items)
print(expected[:10], expected[-5:], sum(items))
print(merge_sort(items) == expected, items != expected)
items.sort(reverse=True)
print(items == expected[::-1])
words = "the quick brown fox jumps over the lazy dog".split()
print(sorted(words, key=len), sorted(set(words), key=lambda w: (-len(w), w)))
pairs = [(i % 3, i) for i in range(9)]
pairs.sort(key=lambda p: p[0])
print(pairs)
counts = {}
for w in words:
    counts[w] = counts.get(w, 0) + 1
print(sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))[:3])
try:
    sorted([1, "a"])
except TypeError:
    print("TypeError")
