# Complex numbers.

print(1j, -2j, 1 + 2j, 1 - 2j, complex(1.5), complex(0, -1.5), complex("3-4j"), complex("2j"))
z = 3 + 4j
print(z + 1, 1 + z, z - 2.5, z * 2, z * z, z / 2, 1 / (1j), -z, +z, abs(z))
print(z.real, z.imag, z.conjugate(), (5).real, (5).imag, (2.5).real, (2.5).imag)
print(z == 3 + 4j, z != 3, 3 + 0j == 3, 3.0 == 3 + 0j, z == "z", hash(3 + 0j) == hash(3), {2: "two"}[2 + 0j])
print(bool(0j), bool(1j), complex(1j, 2j), 2**64 + 1j)
print(z**0, (2 + 0j) ** 1 == 2)
for wrong in (
    lambda: 1j / 0,
    lambda: 1j // 2,
    lambda: 1j % 2,
    lambda: 1j < 2j,
    lambda: 0j**-1,
    lambda: complex("one"),
    lambda: complex([]),
    lambda: complex("1", 2),
    lambda: int(1j),
    lambda: float(1j),
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)


class Own:
    def __complex__(self):
        return 1 + 1j


print(complex(Own()))


class Right:
    def __radd__(self, other):
        return ("radd", other)

    def __rmul__(self, other):
        return ("rmul", other)


def combine(a, b):
    results = []
    for operation in (lambda: a + b, lambda: a - b, lambda: a * b):
        try:
            results.append(operation())
        except TypeError:
            results.append("no such operation")
    return results


for other in (2j, 1.5, 3, True, 2**70, "a", None, [1], Right()):
    print(combine(1 + 1j, other), combine(other, 1 + 1j) if other.__class__ is not Right else "")

z = 1j
total = 0
for i in range(5):
    total += z
    z *= 1j
    total -= i * z
print(total, z)
