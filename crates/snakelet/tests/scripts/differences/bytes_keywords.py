print(bytes("abc", encoding="utf8"), bytearray("abc", encoding="ascii"))
print(bytes("a\xe9", encoding="ascii", errors="replace"))
for call in (lambda: bytes("abc"), lambda: bytes(b"", encoding="utf8"), lambda: bytes(1, 2, 3, 4)):
    try:
        call()
    except TypeError:
        print("TypeError")
