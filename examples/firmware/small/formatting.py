# Formatting: format, %, f-strings, and methods of str.
print("{} {} {name}".format(1, "two", name="three"))
print("{:>6}|{:<6}|{:^6}|{:06d}|{:+d}".format("ab", "cd", "ef", -42, 7))
print("{:x} {:#X} {:b} {:o} {:,}".format(255, 255, 5, 8, 1234567))
print("%d %5s|%-5s|%03d %x %c %r %%" % (42, "ab", "cd", 7, 255, "z", "q'"))
name, n = "snake", 3
print(f"{name!r:>10} {n:04d} {n * 2} {name.upper()} {{}}")
print("a,b,,c".split(","), " x y ".strip(), "-".join(["1", "2"]), "abc".replace("b", "BB"))
print("hello".find("l"), "hello".count("l"), "Hello".lower(), "x".isdigit(), "12".isdigit())
print("abcdef"[1:4], "abcdef"[::-1], "abc" * 2, "b" in "abc", "abc" < "abd")
print(repr("tab\t\n\\ \u00e4"), "\u00e4\u00f6".encode(), b"\xc3\xa4".decode(), len("\u00e4"))
print(str(None), str([1, "a", (2,)]), {"k": [1]}, (1,), set([1]), hex(255), bin(5))
