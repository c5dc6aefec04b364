# round() of floats and ints.

print([round(x / 2) for x in range(-5, 6)])
print(round(2.675, 2), round(1.005, 2), round(0.15, 1), round(1.55, 1), round(-2.5), round(1e300) == int(1e300))
print(round(1234.5678, -2), round(149.6, -2), round(150.0, -2), round(250.0, -2), round(49.9, -2))
print(round(5e-324, 400), round(1.5, 323), round(0.5, 0), round(-0.4), round(-0.4, 0))
print(round(12345, -2), round(12350, -2), round(12450, -2), round(-12350, -2), round(5, -1), round(15, -1))
print(round(10**30 + 5, -1), round(10**30 + 15, -1), round(5 * 10**29, -30), round(3, 5), round(1, -40))
print(round(True), type(round(True)), round(2.5, None))


class Own:
    def __round__(self, digits=None):
        return ("rounded", digits)


print(round(Own()), round(Own(), 3))
for wrong in (lambda: round(float("inf")), lambda: round(float("nan")), lambda: round("1"), lambda: round(1j)):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)
