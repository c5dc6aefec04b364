# Lists, dicts, sets and tuples.
def run():
    counts = {}
    for i in range(1000):
        key = (i * 7919) % 101
        counts[key] = counts.get(key, 0) + 1
    pairs = sorted((n, k) for k, n in counts.items())
    odd = {k for n, k in pairs if k % 2}
    return len(counts), pairs[:2], len(odd), sum(n for n, _ in pairs)


RESULT = (101, [(9, 16), (9, 19)], 50, 1000)
