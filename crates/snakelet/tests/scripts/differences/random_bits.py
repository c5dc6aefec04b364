import random

for bits in (0, 1, 31, 32, 33, 64, 65, 1000, 70001):
    random.seed(5)
    n = random.getrandbits(bits)
    random.seed(5)
    print(bits, 0 <= n < 1 << bits, n == random.getrandbits(bits), n.bit_length() > bits - 40)
try:
    random.getrandbits(-1)
except ValueError:
    print("ValueError")
