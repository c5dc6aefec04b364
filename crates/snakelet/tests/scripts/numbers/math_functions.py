# The module math.

import math

print(math.pi, math.e, math.tau, math.inf, math.nan)
print(math.sqrt(2), "%.12f" % math.exp(1), math.log(10), math.log2(8), math.log10(1000), math.log(8, 2))
print("%.12f %.12f %.12f" % (math.sin(1), math.cos(1), math.tan(1)))
print("%.12f %.12f %.12f %.12f" % (math.asin(0.5), math.acos(0.5), math.atan(2), math.atan2(-1, -1)))
print("%.12f %.12f %.12f" % (math.sinh(1), math.cosh(1), math.tanh(1)))
print("%.12f %.12f %.12f" % (math.asinh(1), math.acosh(2), math.atanh(0.5)))
print("%.12f %.12f %.12f %.12f" % (math.erf(0.5), math.erfc(0.5), math.gamma(5.5), math.lgamma(10)))
print(math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5), math.floor(1e25), math.ceil(2**70 + 1))
print(math.modf(-2.5), math.frexp(10.0), math.ldexp(0.625, 4), math.modf(math.inf), math.frexp(0.0))
print(math.fmod(-7, 3), math.remainder(7, 4), math.copysign(1, -0.0), math.fabs(-3), math.degrees(math.pi))
print(math.isfinite(1), math.isinf(-math.inf), math.isnan(math.nan), math.isclose(1, 1 + 1e-10))
print(math.isclose(1, 1.1, rel_tol=0.2), math.isclose(0, 1e-5, abs_tol=1e-4), math.isclose(1, 2))
print(math.factorial(0), math.factorial(20), math.factorial(30), math.gcd(12, 18), math.gcd(2**80, 6**50))
print(math.gcd(), math.gcd(-4), math.lcm(4, 6, 10), math.lcm(0, 3), math.isqrt(0), math.isqrt(10**40 - 1))
print(math.comb(10, 3), math.comb(100, 50), math.comb(3, 5), math.perm(5, 2), math.perm(5), math.perm(2, 3))
print(math.prod([1, 2, 3.5]), math.prod([], start=4), math.fsum([0.1] * 10), math.fsum([1e100, 1, -1e100]))
print(math.hypot(3, 4), math.hypot(1, 2, 2), math.dist((1, 2), (4, 6)), math.ulp(1.0), math.nextafter(1.0, 2))
print("%.10f %.10f" % (math.log(10**400), math.log10(10**400)), round(math.cbrt(27), 9), "%.12f" % math.log1p(1e-3))
for wrong in (
    lambda: math.sqrt(-1),
    lambda: math.log(0),
    lambda: math.acos(2),
    lambda: math.fmod(1, 0),
    lambda: math.factorial(-1),
    lambda: math.isqrt(-1),
    lambda: math.gamma(-1),
    lambda: math.sqrt("4"),
    lambda: math.floor(math.inf),
    lambda: math.ceil(math.nan),
    lambda: math.log(2, 1),
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)
