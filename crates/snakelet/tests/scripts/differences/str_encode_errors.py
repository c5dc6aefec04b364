print("a\xe9b".encode("ascii", "ignore"), "a\xe9b".encode("ascii", errors="replace"))
try:
    "\xe9".encode("ascii")
except UnicodeEncodeError:
    print("UnicodeEncodeError")
