# Searching gives positions in characters and honours bounds.
text = "éaéaéb"
for needle in ("é", "a", "éa", "éb", "", "x", "éaéaébx"):
    print(
        text.find(needle), text.rfind(needle), text.count(needle), needle in text,
        text.find(needle, 2), text.find(needle, 1, -1), text.rfind(needle, -3), text.rfind(needle, 0, 2),
        text.startswith(needle), text.endswith(needle), text.startswith(needle, 2),
    )
print("abc".find("", 3), "abc".find("", 4), "abc".rfind(""), "abc".startswith("", 3))
print("abc".startswith(("x", "ab")), "abc".endswith(("x", "y")), "abc".startswith(()))
for method in ("abc".index, "abc".rindex):
    try:
        method("d")
    except ValueError:
        print("ValueError")

# a needle that almost matches everywhere
hay = "a" * 9000 + "b"
print(hay.find("a" * 4000 + "b"), hay.rfind("ba"), hay.count("aa"), hay.replace("a", "") )

print("aXbXc".replace("X", "--"), "aXbXc".replace("X", "", 1), "é".replace("", "."), "abc".replace("d", "e"))
print("aaaa".replace("aa", "b", -1), "aaaa".replace("a", "é", 3), b"a-b".replace(b"-", bytearray(b"+")))
print(b"abc".find(98), b"abc".find(bytearray(b"c")), 98 in b"abc", b"bc" in bytearray(b"abc"))
