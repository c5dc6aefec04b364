# differs: CPython has another generator of random numbers
# The module random: a seed gives the same numbers everywhere.

import random

random.seed(2024)
print([random.getrandbits(32) for _ in range(4)], random.getrandbits(5), random.getrandbits(0))
print([random.randrange(10) for _ in range(12)], random.randrange(5, 8), random.randrange(10, 0, -3))
print([random.randint(1, 6) for _ in range(12)], random.choice("abcdef"), random.choice([1, 2, 3]))
print("%.9f %.9f" % (random.random(), random.uniform(-1, 1)))
random.seed(2024)
first = random.getrandbits(32)
random.seed(2024)
print(first == random.getrandbits(32))

for _ in range(200):
    assert 0 <= random.random() < 1
    assert 3 <= random.randint(3, 5) <= 5
    assert random.randrange(0, 100, 7) % 7 == 0
for wrong in (
    lambda: random.randrange(0),
    lambda: random.randrange(2, 2),
    lambda: random.randrange(0, 5, 0),
    lambda: random.randint(2, 1),
    lambda: random.choice([]),
    lambda: random.getrandbits(-1),
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)
