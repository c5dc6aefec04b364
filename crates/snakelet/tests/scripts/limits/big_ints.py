# differs: CPython computes or refuses some of these elsewhere.
# Numbers that would take all memory or all time are refused or stopped.
for text in ("10**10**8", "1 << 10**10", "(1 << 100000) ** 100000", "2 ** (1 << 70)"):
    try:
        eval(text)
    except (MemoryError, OverflowError):
        print("refused")
print(10**40, (1 << 200) % 1000007, -(7**50) // 3**20)
