print(b"caf\xe9".decode("latin-1").encode(), b"\x80\x99".decode("cp1252").encode())
print(b"a".decode("ASCII"), b"a".decode("UTF8"), b"a".decode("utf_8"))
print("\u20ac\xe9".encode("cp1252"))
for encoding in ("cp1252", "ascii"):
    try:
        b"\x81".decode(encoding)
    except UnicodeDecodeError:
        print("UnicodeDecodeError")
try:
    b"a".decode("no such")
except LookupError:
    print("LookupError")
