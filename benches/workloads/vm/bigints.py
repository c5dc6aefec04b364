# Ints of many digits.
def run():
    a, b = 0, 1
    for _ in range(1000):
        a, b = b, a + b
    return a % 10**20, len(str(a)), pow(3, 10**6, 10**30) % 1000003


RESULT = (76137795166849228875, 209, 132219)
