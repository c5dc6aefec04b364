# differs: bounds are ints of 64 bits
from sys import maxsize

try:
    print(range(maxsize + 1, maxsize + 2))
except OverflowError:
    print("OverflowError")
print(len(range(-maxsize, maxsize, maxsize)))
