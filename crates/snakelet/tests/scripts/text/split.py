# Taking texts apart and putting them together.
for text in ("", " ", "a", " a  b\tc ", "a,b,,c", ",", "é,€"):
    print(text.split(), text.split(None, 1), text.rsplit(None, 1), text.split(None, 0))
    print(text.split(","), text.split(",", 1), text.rsplit(",", 1), text.rsplit(","))
    print(text.partition(","), text.rpartition(","))
print("a\nb\r\nc\rd\n".splitlines(), "a\n\nb".splitlines(True), "".splitlines())
print("1<>2<>3".split("<>"), "a b c".split(maxsplit=1), "a-b".split(sep="-"))
for bad in (lambda: "a".split(""), lambda: "a".partition(""), lambda: "a".split(b"a"), lambda: b"a".split("a")):
    try:
        bad()
    except (ValueError, TypeError) as e:
        print(type(e).__name__)
print(",".join(["a", "é", "c"]), "".join([]), "-".join("xyz"), ", ".join(str(i) for i in range(4)))
print(b",".join([b"a", bytearray(b"b"), memoryview(b"c")]), b"".join(()))
for bad in (["a", 1], [b"a"], 5):
    try:
        ",".join(bad)
    except TypeError:
        print("TypeError")
print(b"a b".split(), bytearray(b"a,b").split(b","), bytearray(b"a,b").partition(b","))
