# differs: CPython's regular expressions take time without end, repr() and refusals are others.
# re: patterns that must not take long, and what only MicroPython does.
import re

for pattern in ("(a*)*b", "(a|a)*b", "(a+)+$", "(.*)(.*)(.*)(.*)x", "(a?){30}a{30}", "((a*)*)*c"):
    match = re.search(pattern, "a" * 2000 + "!")
    print(pattern, match)
print(re.match("(a?){30}a{30}", "a" * 30).span())

# a group in a loop keeps what it matched last, if that was not empty
for pattern, text in (("(a*)*", "aaa"), ("(a*)+", "aaa"), ("(a*)+", "b"), ("(a|b*)*", "abba"), ("(|a)+b", "ab"), ("(|a)*", "aa")):
    match = re.match(pattern, text)
    print(pattern, match.span(), match.span(1))
print(re.compile("(a)(b)").match("ab"), str(re.compile("a"))[:4])
print(re.match("a.b", "a\nb").group() == "a\nb")
for pattern in ("(" * 65536 + ")" * 65536, "(a)" * 60, "a{60000}", "((a{100}){100}){100}", "(?:(?:(?:){200}){200}){200}", r"(a)\1", "(?P<x>a)", "(?i)a", "(a){0}"):
    try:
        print(re.compile(pattern))
    except ValueError as error:
        print(error)
print(re.match("(?:" * 30 + "a" + ")" * 30, "a").group())
print(re.match("a" * 5000, "a" * 5000).end())
print(re.compile("x*").split("axbc"), re.compile(" *").split("a b"))
try:
    re.split("( )", "a b")
except NotImplementedError as error:
    print(error)
print(re.match("\xe9", "\xe9".encode()), re.match(b".", "\xe9").group() == "\xe9")


def clearing(match):
    global regex
    regex = None
    return match.group()


regex = re.compile("(a)")
print(regex.sub(clearing, "banana"), regex)
for use in (lambda: re.compile("a").sub(), lambda: type(re.compile("a")).sub(1, 2, 3), lambda: type(re.compile("a")).match(1, "a")):
    try:
        use()
    except TypeError:
        print("TypeError")
for make in (type(re.compile("a")), type(re.match("a", "a"))):
    try:
        make()
    except TypeError:
        print("TypeError")
