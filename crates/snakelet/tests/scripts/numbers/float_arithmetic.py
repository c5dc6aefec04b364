# Floats: printing, arithmetic and comparison with ints.

inf, nan = float("inf"), float("nan")
print(0.1, 1.0, -0.0, 1e15, 1e16, 123456789012345.6, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308)
print(inf, -inf, nan, 1 / 3, 2 / 3, 1e22, 1e23)
print(float("1.5"), float(" -2e-3 "), float("1_0.5"), float("-inf"), float("NaN"), float(b"3"))
print(7.5 // 2, 7.5 % 2, -7.5 // 2, -7.5 % 2, 7.5 // -2, 7.5 % -2)
print(divmod(7.5, 2), divmod(-7.5, 2), divmod(7, -2.5), divmod(-0.0, 3))
print(5.0 % inf, -5.0 % inf, 5.0 // inf, -5.0 // inf)
print(2**0.5, 2.0**-1, 4**-2, 10**-2, 0.0**0, inf**0, (-2.0) ** 3)
print(1 + 0.5, 0.5 - 1, 3 * 0.5, 1 / 4, 2.5 + True)

# An int beyond the 53 bits of a float is compared exactly.
big = 2**53 + 1
print(big == float(big), big > float(big), float(big) < big, big - 1 == float(big))
print(10**400 > 1e308, -(10**400) < -1e308, 10**400 < inf, 10**400 == inf, 1 < nan, nan != 1)
print(hash(1.0) == hash(1), hash(2.0**70) == hash(2**70), {1: "a"}[1.0], {2.0**80: "b"}[2**80])

# The quotient of ints is rounded once.
print((10**400) / (10**399), 1 / 10**200, (2**80 + 1) / 2**80, 3 / (2**1074 * 2))
print((2**64 + 2**11 + 1) / 1, -(2**200 - 1) / 2**150, 4 / 5406274525782333912)

for wrong in (
    lambda: 1.0 / 0,
    lambda: 1 // 0.0,
    lambda: 1.0 % 0,
    lambda: 0.0**-1,
    lambda: float("one"),
    lambda: float([]),
    lambda: 1.0 < "1",
    lambda: 1.0 | 1,
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)

print((2.0).is_integer(), (2.5).is_integer(), (0.75).as_integer_ratio(), (-8.0).as_integer_ratio())


class Half:
    def __float__(self):
        return 0.5


class Own(float):
    pass


print(float(Half()), Own(1.5) + 1, Own("2.5") < 3)
