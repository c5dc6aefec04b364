print("[" + "abc".ljust(5) + "]", "abc".rjust(5, "*"))
