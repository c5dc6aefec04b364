# The remaining methods, on str and bytes alike.
for text in ("", " ab ", "Hello World", "it's 3", "xxaxx", "ÉA"):
    print([text.lower(), text.upper(), text.swapcase(), text.capitalize()] if text.isascii() else len(text))
    print([text.strip(), text.lstrip(), text.rstrip(), text.strip("x "), text.lstrip("xH"), text.rstrip("xd")])
    print([text.removeprefix("xx"), text.removesuffix("xx")])
    print([text.ljust(6), text.rjust(6, "*"), text.zfill(6)])
print("ab".center(6), "ab".center(6, "é") + "|", "-5".zfill(5), "+é".zfill(4), "abc".zfill(2))
print("éaé".strip("é"), "aéb".strip("é"), "€é".lstrip("éx"))
for text in ("", "abc", "ABC", "a1", "12", " \t\n", "aB", "1a", "_", "A1"):
    print(
        text.isalpha(), text.isdigit(), text.isalnum(), text.isspace(), text.isupper(),
        text.islower(), text.isidentifier(), text.isascii(),
    )
print("a\tbc\td".expandtabs(4), "\t".expandtabs(0) + "|", "1\n\t2".expandtabs())
print("hello world".title(), "they're".title(), b"ab".upper(), bytearray(b"ab").upper())
print("abc".translate({97: "X", 98: None, 99: 0xE9}))
print("a" + "b", "ab" * 3, 2 * "é", "a" * 0, "a" * -1, b"a" * 2, "ab" < "b", "a" >= "a", "é" > "z", "a" == b"a")
print("abc" "def", ascii("aé€😀'"), repr("a'b"), repr('a"b'), repr("a'b\"c"), repr("\\\n\r\t\0\x7f"), repr(b"\xff'\n"))
for bad in (lambda: "a" + 1, lambda: 1 + "a", lambda: "a" < 1, lambda: b"a" + "b", lambda: "a".center(5, "ab")):
    try:
        bad()
    except TypeError:
        print("TypeError")
for size in (10**12, 10**30):
    try:
        "xy" * size
    except (MemoryError, OverflowError):
        print("too large")


class Name(str):
    def shout(self):
        return self.upper() + "!"


name = Name("bob")
print(name, name.shout(), name == "bob", {name: 1}["bob"], {"bob": 2}[name], name[0], "b" in name, len(name), "<%s>" % name)
