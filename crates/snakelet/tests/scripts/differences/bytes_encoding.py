print(bytes("\xe9", "latin-1"), bytes("abc", "ascii"), bytes("\u20ac", "cp1252"))
