# Operands of all sorts in all positions: what is near at hand must not be taken for another thing.


def small(n):
    return [n + 1, n - 1, n < 3, n > 3, n == 3, n <= 3, n != 3, n * 2, n // 2, n % 2, -n]


for n in (3, 3.5, -1, True, 10**20, 0.0, -0.0, 1e300):
    print(small(n))


def locals_only(a, b, c):
    d = a
    e = d
    a, b = b, a
    d += a
    return a, b, c, d, e, a - b, a * b < c


print(locals_only(1, 2, 3), locals_only(1.5, 2, 3), locals_only(2, 1.5, 1e9))


def unbound(flag):
    if flag:
        x = 1
    y = 2
    return y + x


print(unbound(True))
try:
    unbound(False)
except NameError as error:
    print("unbound", isinstance(error, NameError))


def deleted():
    a = b = 1
    del b
    return a + b


try:
    deleted()
except NameError as error:
    print("unbound", isinstance(error, NameError))

# ints and floats together
for a in (2, 0, -7, 1 << 60, 2.5, 0.0, -0.0, 1e308):
    for b in (3, 0.5, -2.0, 1 << 70):
        print(a + b, a - b, a * b, a / b, a < b, a >= b, a == b, end=" ")
        print(b + a, b - a, b * a, b > a, b != a)
for divide in (lambda: 1 / 0, lambda: 1.0 / 0, lambda: 1 / 0.0, lambda: 0.0 / 0):
    try:
        divide()
    except ZeroDivisionError:
        print("zero", end=" ")
print()
nan = float("nan")
print(nan < 1, nan == nan, 1 != nan, nan >= 0.0, {nan: 1}[nan], nan in [nan])
print(2**53 + 1 == float(2**53), 2**53 + 1 > float(2**53), (2**53 + 1) * 1.0)
