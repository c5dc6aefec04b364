print(str(b"abc", encoding="utf8"))
