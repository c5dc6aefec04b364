# Small ints in nested loops.
def run():
    total = 0
    for i in range(100):
        for j in range(100):
            if (i ^ j) & 1:
                total += i * j
            else:
                total -= j
    return total


RESULT = sum(i * j if (i ^ j) & 1 else -j for i in range(100) for j in range(100))
