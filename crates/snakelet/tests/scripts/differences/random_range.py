import random

big = 1 << 100
seen = [random.randint(big, big + 1) for i in range(60)]
print(set(seen) == {big, big + 1})
seen = [random.randrange(-big, 2 * big, big) for i in range(90)]
print(set(seen) == {-big, 0, big})
seen = [random.randrange(big, -big, -big) for i in range(90)]
print(set(seen) == {big, 0})
for call in (lambda: random.randint(big, big - 1), lambda: random.randrange(big, big),
             lambda: random.randrange(0, big, 0), lambda: random.randrange(0, big, -big)):
    try:
        call()
    except ValueError:
        print("ValueError")
