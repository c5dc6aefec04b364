# Ints around the borders of a machine word and beyond, by the identities of arithmetic.

EDGES = []
for bits in (1, 29, 30, 31, 32, 60, 61, 62, 63, 64, 65, 127, 128, 300):
    for near in (-1, 0, 1):
        EDGES.append((1 << bits) + near)
        EDGES.append(-(1 << bits) + near)

for a in EDGES:
    assert -(-a) == a and ~~a == a and ~a == -a - 1
    assert a + 0 == a and a * 1 == a and a - a == 0
    assert (a << 70) >> 70 == a
    assert int(str(a)) == a and int(hex(a), 16) == a
    for b in EDGES:
        assert a + b - b == a
        assert (a < b) == (a - b < 0) == (b > a)
        assert (a & b) + (a | b) == a + b
        assert a ^ b == (a | b) - (a & b)
        assert (a + b) * (a - b) == a * a - b * b
        if b != 0:
            q, r = divmod(a, b)
            assert q * b + r == a
            assert q == a // b and r == a % b
            assert 0 <= r < b or b < r <= 0

print(7 // -2, 7 % -2, -7 // 2, -7 % 2)
print((1 << 100) // -7, (1 << 100) % -7)
print(-5 >> 1, -1 >> 1000, (-1 << 90) >> 89, 5 >> 200)
print(10**30, -(10**30), 2**64 - 1, (-3) ** 41)

n = 1
for i in range(1, 31):
    n *= i
print(n)
for i in range(1, 31):
    n //= i
print(n)

for wrong in (
    lambda: 1 // 0,
    lambda: (1 << 70) % 0,
    lambda: 1 << -1,
    lambda: 1 >> -1,
    lambda: 1 + "1",
    lambda: 1 & 1.0,
    lambda: 0**-1,
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)
