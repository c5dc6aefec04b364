# differs: CPython would try to compute these
# Ints that no memory could hold are refused at once.

for make in (
    lambda: 10 ** 10**8,
    lambda: (1 << 100) ** (1 << 100),
    lambda: 1 << 10**10,
    lambda: (-3) << (1 << 70),
    lambda: (1).to_bytes(1 << 40, "big"),
):
    try:
        make()
        print("computed")
    except (MemoryError, OverflowError):
        print("refused")

# Those that are small in the end are not.
print(0 ** (1 << 100), 1 ** (1 << 100), (-1) ** (1 << 100), (-1) ** ((1 << 100) + 1))
print(pow(3, 1 << 1000, 1000003) == pow(3, (1 << 1000) % 1000002, 1000003), 0 << (1 << 20), round(12345, -1000000))
