# Sizes that no memory can hold are refused at once.


def guard(name, f):
    try:
        f()
    except (MemoryError, OverflowError, ValueError) as e:
        print(name, "refused")
    else:
        print(name, "accepted")


big = 10**12
guard("text", lambda: "x" * big)
guard("bytes", lambda: b"xy" * big)
guard("list", lambda: [1, 2] * big)
guard("tuple", lambda: (1,) * big)
guard("bytearray", lambda: bytearray(big))
guard("zeros", lambda: bytes(big))
guard("repeated bytearray", lambda: bytearray(b"ab") * big)
guard("padding", lambda: "x".center(big))
guard("format width", lambda: "%999999999999d" % 1)
guard("index", lambda: "x" * 10**30)
guard("shift", lambda: 1 << big)
print(len("ab" * 1000), 7 << 70, "x" * -5 == "", [1] * 0)
