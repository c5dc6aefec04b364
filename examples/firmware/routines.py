"""Copies, fills, compares and divides what src/routines.rs is asked for, of all lengths and alignments."""


def moves(length, source, target):
    """Copies inside one block, and compares with a copy item by item."""
    block = bytearray(range(160))
    expected = list(range(160))
    expected[target : target + length] = expected[source : source + length]
    block[target : target + length] = memoryview(block)[source : source + length]
    assert list(block) == expected, (length, source, target)


for length in range(70):
    for alignment in range(8):
        moves(length, alignment, 80 + 3 * alignment % 8)
        moves(length, 80 - alignment, alignment)
        moves(length, 8, 8 + alignment)
        moves(length, 8 + alignment, 8)

    filled = b"\xa5" * length
    assert len(filled) == length and filled.count(0xA5) == length
    empty = bytearray(length)
    assert empty.count(0) == length

    low = bytes(i & 255 for i in range(length))
    assert low == bytes(low) and not low < bytearray(low)
    for at in range(length):
        high = bytearray(low)
        high[at] += 1
        assert low != high and low < high and not high < low, (length, at)
        high[at] = 255
        assert low < high and not high < low, (length, at)

state = 1
for bits in range(2, 65):
    for other in range(1, 65):
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        value = state >> (64 - bits)
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        by = state >> (64 - other) | 1
        for a, b in ((value, by), (-value, by), (value, -by), (-value, -by)):
            quotient, rest = a // b, a % b
            assert quotient * b + rest == a and abs(rest) < abs(b), (a, b)
            assert rest == 0 or (rest < 0) == (b < 0), (a, b)
print("routines: ok")
