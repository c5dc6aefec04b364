# Between str and bytes.
text = "aé€😀"
data = text.encode()
print(data, data.decode() == text, str(data, "utf-8") == text, bytes(text, "utf8") == data, bytearray(text, "utf8"))
print(str(memoryview(data)[1:3], "utf8"), bytearray(data).decode("utf-8", "strict") == text)
for bad in (b"\xff", b"\xc3", b"a\x80", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\x80"):
    try:
        print(bad.decode())
    except UnicodeError:
        print("UnicodeError", len(bad.decode("utf-8", "ignore")), bad.decode("utf-8", "replace")[:2])
for code in ("ascii", "utf-8"):
    try:
        print("é".encode(code), b"abc".decode(code))
    except UnicodeError:
        print(code, "UnicodeError")
try:
    b"a".decode("klingon")
except LookupError:
    print("LookupError")
for bad in (lambda: str(1, "utf8"), lambda: bytes("a"), lambda: "a".decode() if hasattr("a", "decode") else 1 / 0):
    try:
        bad()
    except (TypeError, ZeroDivisionError) as e:
        print(type(e).__name__)
print(b"\x01\xab".hex(), b"\x01\xab\xcd".hex(":"), bytes.fromhex("01 abCD"), bytearray.fromhex("ff"), memoryview(b"ab").hex())
for bad in ("0", "0g", "1 2"):
    try:
        bytes.fromhex(bad)
    except ValueError:
        print("ValueError")
print([ord(c) for c in text], [chr(c) for c in (0, 65, 233, 0x20AC, 0x10FFFF)][1:4], ord(b"a"))
for bad in (lambda: chr(-1), lambda: chr(0x110000), lambda: ord("ab"), lambda: ord(""), lambda: ord(1)):
    try:
        bad()
    except (ValueError, TypeError) as e:
        print(type(e).__name__)

# latin-1: a byte a character
text = "na\xefve \xa9\xff\x80"
data = text.encode("latin-1")
print(data, data.decode("iso-8859-1") == text, len(data), bytes("\xe9", "latin1"), str(b"\xe9\x41", "ISO_8859-1"))
every = bytes(range(256))
print(every.decode("latin-1").encode("LATIN1") == every, len(every.decode("latin-1")), b"".decode("latin-1") == "")
print("a\u0100b\U0001f600\xe9".encode("latin-1", "replace"), "a\u0100b\xe9".encode("latin-1", "ignore"))
print("a\xe9b".encode("ascii", "replace"), b"\xe9a\xff".decode("us-ascii", "ignore"))
for wrong in "\u0100", "\xc4\u2020":
    try:
        wrong.encode("latin-1")
    except UnicodeError:
        print("UnicodeError")


class Count:
    def __index__(self):
        return 3


print(bytes(Count()), bytearray(Count()))
