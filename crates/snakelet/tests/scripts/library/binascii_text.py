# binascii
import binascii

data = bytes(range(256))
print(binascii.hexlify(data)[:20], binascii.hexlify(b"abc", ":"), binascii.hexlify(b"a", b"-"), binascii.hexlify(b"", ","))
print(binascii.unhexlify(binascii.hexlify(data)) == data, binascii.unhexlify("00fFaA"), binascii.unhexlify(b""))
for n in range(0, 70):
    text = binascii.b2a_base64(data[:n])
    if binascii.a2b_base64(text) != data[:n]:
        print("differs", n)
print(binascii.b2a_base64(data[100:140]), binascii.b2a_base64(b"abcd", newline=False))
print(binascii.a2b_base64("YWJj\nZGU=\n"), binascii.a2b_base64(b"Y W*Jj"))
print(binascii.crc32(b""), binascii.crc32(b"123456789"), binascii.crc32(b"789", binascii.crc32(b"123456")))
print(binascii.crc32(bytearray(data) * 20) == binascii.crc32(data * 13, binascii.crc32(data * 7)))
big = data * 40
print(binascii.unhexlify(binascii.hexlify(big)) == big, binascii.a2b_base64(binascii.b2a_base64(big)) == big)
for use in (
    lambda: binascii.unhexlify(b"abc"),
    lambda: binascii.unhexlify(b"0g"),
    lambda: binascii.unhexlify(b"\xff\xff"),
    lambda: binascii.a2b_base64(b"abc"),
    lambda: binascii.a2b_base64(b"a"),
    lambda: binascii.a2b_base64(b"abcde=="),
    lambda: binascii.hexlify(b"ab", ""),
    lambda: binascii.hexlify(b"ab", "::"),
    lambda: binascii.hexlify(1),
    lambda: binascii.hexlify(None),
    lambda: binascii.unhexlify([]),
    lambda: binascii.b2a_base64(5),
    lambda: binascii.crc32(b"", "x"),
):
    try:
        print(use())
    except (TypeError, ValueError) as error:
        print("refused")
