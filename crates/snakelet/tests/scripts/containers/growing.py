# Comprehensions whose lists grow many times, nested and with elements that run code, and tables of every size.
print([i * i for i in range(0)], [i * i for i in range(9)])
big = [i for i in range(1000)]
print(len(big), sum(big), big[-1])
print([[j for j in range(i)] for i in range(5)])
print([(i, [k for k in str(j)]) for i in range(2) for j in (10, 20) if j > i])


def f(n):
    return [f(n - 1), n] if n else []


print([f(n) for n in range(4)])
try:
    print([1 // (3 - i) for i in range(5)])
except ZeroDivisionError:
    print("divided by zero")

for size in (1, 2, 4, 7, 8, 9, 15, 16, 17, 100, 249, 250, 251, 300):
    names = {"key%d" % i: i for i in range(size)}
    numbers = {i * 7: i for i in range(size)}
    wrong = [i for i in range(size) if names["key%d" % i] != i or numbers[i * 7] != i]
    absent = [i for i in range(size) if "no%d" % i in names or i * 7 + 1 in numbers]
    for i in range(0, size, 3):
        del numbers[i * 7]
    left = [i for i in range(size) if (i * 7 in numbers) != (i % 3 != 0)]
    for i in range(0, size, 3):
        numbers[i * 7] = -i
    again = [i for i in range(size) if numbers[i * 7] != (-i if i % 3 == 0 else i)]
    print(size, wrong, absent, left, again, len(set(numbers)) == size)
