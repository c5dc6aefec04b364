print("\xe9".encode("latin-1"), "a".encode("ASCII"), "a".encode("UTF-8"))
