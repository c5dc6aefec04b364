for text in ("\uffff", "\U0001ffff", "\x80", "\xad", "\u200b", "\u2028", "\ue000", "a\u0301", "\u0301", "\xe9\u20ac\U0001f600"):
    print(repr(text).encode())
