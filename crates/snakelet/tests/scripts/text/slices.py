# Positions in a str count characters, whatever their length in UTF-8.
for text in ("", "a", "abcdef", "aé€😀z", "éé"):
    print(len(text), list(text), text[::-1], text[1:], text[:-1], text[::2], text[-2:], text[3:1])
    for start in (None, -9, -1, 0, 2, 9):
        for step in (-3, -1, 1, 2):
            print(repr(text[start::step]), repr(text[:start:step]), end=" ")
    print()

for index in (0, 3, -1, -4, True):
    print("aé€😀z"[index], end="")
print()
for index in (5, -6, 2**70):
    try:
        "aé€😀z"[index]
    except IndexError:
        print("IndexError")
try:
    "abc"["a"]
except TypeError:
    print("TypeError")
try:
    "abc"[0] = "x"
except TypeError:
    print("TypeError")
