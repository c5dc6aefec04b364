print(b"abc".decode(encoding="utf8", errors="strict"))
