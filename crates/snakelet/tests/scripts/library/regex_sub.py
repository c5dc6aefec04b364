# re: sub and split.
import re

print(re.sub("a", "b", "banana"), re.sub("a", "b", "xyz"), re.sub("", "-", "abc"), re.sub("x*", "-", "abxd"))
print(re.sub("a", "[\\g<0>]", "banana"), re.sub("(a)(n)?", r"<\2\1>", "banana"), re.sub("(.)(.)", r"\2\1", "abcde"))
print(re.sub("|b", "-", "abc"), re.sub("b*?", "<\\g<0>>", "abb"), re.sub("(|a)", "-", "aab"), re.sub("", "-", ""))
print(re.sub("b", r"\\", "abc"), re.sub("b", r"\n|\t", "abc"), re.sub("(b)", r"\g<1>0", "abc"))
print(re.sub("a", "x", "aaaa", count=0) if False else re.sub("a", "x", "aaaa", 2))
print(re.sub(r"\d+", lambda m: str(int(m.group()) * 2), "1 22 333"), re.sub("b", lambda m: "", "abcb"))
print(re.sub(b"a", b"\xff", b"banana"), re.sub(b".", b"<\\g<0>>", b"\xc3\xa9"))
print(re.sub("\xe9", "\u20ac", "caf\xe9 \xe9t\xe9"), re.sub("", "|", "\xe9\u20ac"))
print(re.compile("a").sub("o", "banana"), re.compile("a").sub("o", "banana", 1))
print(re.sub("^a", "b", "aaa"), re.sub("a$", "b", "aaa"), re.sub("^", "> ", "x"))
long = "word " * 200
print(re.sub("o", "0", long) == long.replace("o", "0"), re.sub(r"\w+", r"\g<0>\g<0>", long) == "wordword " * 200)
for replacement in ("\\1", "\\g<1>", "\\g<9999999999999999999999>", "\\99999999999999999999", "\\g<x>"):
    try:
        print(re.sub("a", replacement, "banana"))
    except Exception:
        print("refused")


class Oops(Exception):
    pass


def fail(match):
    raise Oops(match.group())


try:
    re.sub("n", fail, "banana")
except Oops as error:
    print("Oops", error)

print(re.compile(",").split("a,b,,c"), re.compile(",").split("abc"), re.compile(",").split(""), re.compile(",").split(",a,"))
print(re.compile(", *").split("a, b,c", 1), re.split("[,;]", "a,b;c"), re.split(b"-", b"a-b"), re.compile("\u20ac+").split("a\u20ac\u20acb\u20acc"))
