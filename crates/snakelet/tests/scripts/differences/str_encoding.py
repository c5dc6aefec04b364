print(str(b"\xe9", "latin-1").encode(), str(b"\x80", "cp1252").encode(), str(b"a", "ASCII"))
