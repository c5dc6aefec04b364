print("a b  c d".rsplit(None, 1))
