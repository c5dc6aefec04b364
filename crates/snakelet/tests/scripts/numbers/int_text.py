# Ints from and to text, bytes and floats.

print(int(), int("42"), int(" -42\n"), int(b"7"), int("1_000"), int(True))
print(int("ff", 16), int("0xff", 16), int("0b101", 0), int("zz", 36), int("-0o17", 0))
print(int("9" * 40), int("f" * 40, 16))
print(int(2.9), int(-2.9), int(1e25), int(-1e300) == -(10**300))
print(bin(10), bin(-10), oct(511), hex(1 << 68), hex(-255), bin(0))
print(len(str(7**3000)), str(7**3000)[:20], str(7**3000)[-20:])

for text in ("", "-", "1 2", "0x", "12a", "1__0", "_1", "0b2"):
    try:
        print(int(text, 0))
    except ValueError as e:
        print("ValueError", repr(text))
for wrong in (
    lambda: int("1", 1),
    lambda: int("1", 37),
    lambda: int(float("inf")),
    lambda: int(float("nan")),
    lambda: int([]),
    lambda: int(5, 10),
    lambda: hex(1.0),
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__)

print((1000).to_bytes(2, "big"), (1000).to_bytes(4, "little"), (-2).to_bytes(2, "big", signed=True))
print((1 << 64).to_bytes(9, "big"), (5).to_bytes(), (0).to_bytes(0, "big"))
print(int.from_bytes(b"\x03\xe8", "big"), int.from_bytes(b"\xff\xfe", "big", signed=True))
print(int.from_bytes(bytes(range(20)), "little"), int.from_bytes([1, 2], byteorder="big"))
for value, size in ((256, 1), (-1, 1), (1 << 64, 8)):
    try:
        value.to_bytes(size, "big")
    except OverflowError:
        print("OverflowError")
print((0).bit_length(), (255).bit_length(), (-256).bit_length(), (1 << 90).bit_length())
print((255).bit_count(), (-7).bit_count(), ((1 << 90) - 1).bit_count())


class Indexed:
    def __index__(self):
        return 12


class Whole:
    def __int__(self):
        return 34


class Own(int):
    pass


print(hex(Indexed()), int(Indexed()), int(Whole()), [10, 20, 30][Own(1)], Own(5) + 1, Own("7") * 2)
