# Numbers that are asked of objects, and results at the ends of the ranges.

import math


class Floaty:
    def __init__(self, f):
        self.f = f

    def __float__(self):
        return self.f


class Special(float):
    def __abs__(self):
        return "abs"

    def __round__(self, *digits):
        return "round", digits

    def __floor__(self):
        return "floor"


class Int(int):
    pass


class Real(float):
    pass


class Index:
    def __index__(self):
        return 3


print(math.sqrt(Floaty(16.0)), math.pow(Floaty(2.0), Floaty(5.0)), math.hypot(Floaty(3.0), 4), math.atan2(0, Floaty(1.0)))
print(abs(Special(1.5)), round(Special(2.5)), round(Special(2.5), 1), math.floor(Special(1.5)))
print(abs(Int(-3)), round(Int(1234), -2), math.floor(Int(7)), math.ceil(Real(1.5)), math.trunc(Real(-1.5)), abs(Real(-2.5)), round(Real(2.5)))
print(Int(5).bit_length(), Int(7).real, Int(7).imag, Int(7).denominator, True.numerator, Real(1.5).is_integer(), Real(0.75).as_integer_ratio())
print(math.floor(Floaty(2.5)), math.ldexp(Floaty(1.5), 3), round(2.71828, Index()))
print(Int(2) + 3, 3 - Int(2), Int(2) * 2.5, Real(2.0) ** Int(3), -Int(5), ~Int(5), +Real(1.5), -Real(1.5))
print(divmod(Int(7), Int(2)), divmod(Real(7.5), 2), divmod(2**70, -3), divmod(-7, 2.0))
print(True & False, True | False, True ^ True, True + True, True << 3, -True, ~True, True & 3, False ^ 2)

for wrong in (
    lambda: abs("x"),
    lambda: math.sqrt("x"),
    lambda: math.sqrt(-1),
    lambda: math.log(0),
    lambda: math.gamma(-1),
    lambda: math.lgamma(0),
    lambda: 1 // 0,
    lambda: 1 % 0,
    lambda: 1 << -1,
    lambda: divmod(1, 0),
    lambda: divmod(1, 0.0),
    lambda: int(math.inf),
    lambda: math.floor(math.nan),
    lambda: 0.0**-1,
    lambda: 1j // 1,
    lambda: ord(""),
    lambda: ord("ab"),
    lambda: ord(1),
    lambda: pow(2, -1, 4),
    lambda: pow(2, 3, 0),
    lambda: math.isqrt(-1),
    lambda: math.comb(-1, 2),
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)

# quotients between the floats, at the lower end of the range
for k in range(1, 40):
    print((2**k + 1) / 2**1074 / 2**k, 3 * k / (2**1076), (2**53 + 2 * k + 1) / 2**1080, (2**54 + k) / 2**1078, end=" ")
print()
print((2**1074 - 1) / 2**60, 10**400 / 10**92, -(10**30) / 3**300, 2**2000 / (2**1990 + 1), 1 / 3**700)
print(round(15, -1), round(25, -1), round(-25, -1), round(10**30 + 5 * 10**9, -10), round(123456.0, -3), round(5, -1), round(4, -3), round(-15.0, -1))
print(math.isqrt(10**41), math.isqrt(2**200 - 1), math.comb(60, 30), math.perm(30, 20), math.gcd(2**100, 6**50), math.lcm(2**70, 6**20), math.factorial(40))
print(math.floor(-2.5), math.ceil(-2.5), math.trunc(-2.5), math.floor(1e20), math.ceil(2.0**31), math.floor(-(2.0**31)), math.floor(2.0**31 - 0.5), math.ceil(-(2.0**31) - 0.5), math.trunc(1e300) % 1000)
print(int(-2.9), int(2147483647.5), int(-2147483648.5), int(1e18), round(0.5), round(1.5), round(-2.5), round(1e300) % 7)
print("%.9f %.9f" % (math.cbrt(27), math.cbrt(-8)), math.gamma(5), math.lgamma(1), "%.9f %.9f %.9f %.9f" % (math.gamma(0.5), math.lgamma(10.5), math.gamma(-1.5), math.gamma(20.5) / 1e17))
print("%.12f %.12f %.12f %.12f" % (math.asin(-1), math.acos(-1), math.acosh(1.5), math.asinh(-2)))
print("%.12g" % math.hypot(3e200, 4e200), math.hypot(3e-200, 4e-200), math.hypot(1, 1e-200), math.hypot(math.inf, math.nan), math.hypot(), math.hypot(2), math.hypot(1, 2, 2))
print(abs(3 + 4j), (1 + 2j) * (3 - 1j), (1 + 2j) / (0.5 + 1j), -(1 + 2j), (1 + 2j) == 1, 1 == (1 + 0j), 2 * 1j, 1.5 + 1j, 1j - True)
print(3**-2, 2**0.5, (-8) ** 3, 0**0, (-1) ** (10**30 + 1), 2**100 // -7, -(2**100) % 7, 2**64 - 2**64, (2**64) ** 2 >> 100, ~(2**70))
print((2**62) * (2**62), (-(2**62)) * 2**62, 2**62 + 2**62, -(2**63) - 1, 2**31 * 2, -(2**30) - 1, 2**30, (2**31 - 1) * (2**31 - 1))
print(1 < 2.5, 2**70 > 1.0, 2**53 + 1 == 2.0**53, 2.0**53 < 2**53 + 1, math.nan == 1, math.nan != 1, 1 < math.inf, -(2**2000) < -math.inf)
