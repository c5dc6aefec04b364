# Generators and `yield from`.
def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def run():
    return sum(tree(9))


RESULT = sum(d * 2 ** (9 - d) for d in range(1, 10))
