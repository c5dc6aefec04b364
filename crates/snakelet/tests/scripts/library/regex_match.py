# re: what matches, and where.
import re


def show(match):
    if match is None:
        return None
    n = len(match.groups())
    return [(match.group(i), match.span(i), match.start(i), match.end(i)) for i in range(n + 1)]


for pattern, texts in [
    ("", ["", "abc"]),
    ("abc", ["abc", "xxabcx", "ab", "ABC"]),
    ("a.c", ["abc", "a.c", "ac", "a\u20acc"]),
    ("a|b|cd", ["b", "xcd", "c", ""]),
    ("(a|ab)(c|bcd)(d*)", ["abcd", "abcdd", "acd"]),
    ("(a)(b)?(c)?", ["a", "ab", "ac", "abc"]),
    ("a*", ["", "aaa", "baaa"]),
    ("a+", ["", "aaa", "baaa"]),
    ("a?b", ["b", "ab", "aab"]),
    ("a*?b", ["b", "aaab"]),
    ("a+?", ["aaa"]),
    ("a??", ["a"]),
    ("(a+)(a*)", ["aaaa"]),
    ("(a+?)(a*)", ["aaaa"]),
    ("(.*)(b+)", ["aabbb"]),
    ("(.*?)(b+)", ["aabbb"]),
    ("<(.+?)>", ["<a><b>", "<>", "x <y z>"]),
    ("<.+>", ["<a><b>"]),
    ("a{3}", ["aa", "aaa", "aaaa"]),
    ("a{2,}", ["a", "aa", "aaaaa"]),
    ("a{,2}", ["", "aaa"]),
    ("a{2,3}", ["a", "aa", "aaa", "aaaa"]),
    ("a{2,3}?", ["aaaa"]),
    ("a{0}b", ["ab", "b"]),
    ("(ab){2}", ["ab", "abab", "ababab"]),
    ("(ab){2,}", ["ab", "ababab"]),
    ("(a|b){2,3}c", ["abc", "ababc", "ac"]),
    ("(?:ab)+c", ["ababc", "c"]),
    ("(?:a|b)*?(b)", ["aab"]),
    ("x(?:(a)|(b))y", ["xay", "xby", "xy"]),
    ("a{", ["a{"]),
    ("a{x}", ["a{x}"]),
    ("a{1,x}", ["a{1,x}"]),
    ("^abc$", ["abc", "abcd", "xabc", "abc "]),
    ("^a|b$", ["ac", "cb", "cbc"]),
    ("a^b", ["a^b"]),
    ("[abc]+", ["xbcay", "d"]),
    ("[^abc]+", ["abxyc"]),
    ("[a-cx-z]+", ["mabyzn"]),
    ("[-a]+", ["-a]d"]),
    ("[a-]+", ["-a]d"]),
    ("[]a]+", ["]a]b"]),
    ("[^]a]+", ["]xyz]"]),
    (r"[a\]b]+", ["x]ab"]),
    (r"[\w.]+@[\w.]+", ["mail <me.you@some.org> now"]),
    (r"[\d\-x]+", ["a1-x2b"]),
    (r"[^\s]+", ["  ab c"]),
    (r"[\D]+", ["12ab34"]),
    (r"[^\W\d]+", ["12 ab_3"]),
    (r"\d+", ["a12b", "x"]),
    (r"\D+", ["12ab"]),
    (r"\w+\s\w+", ["a_1 b2"]),
    (r"\W+", ["ab, cd"]),
    (r"\S+", ["  xy "]),
    (r"\.\*\\\(\)\[\]\{\}\|\^\$\+\?", [r".*\()[]{}|^$+?"]),
    (r"\n\t\r", ["\n\t\r"]),
    (r"[\n\t]+", ["a\n\tb"]),
    (r"\bfoo\b", ["foo", "a foo b", "foobar", "barfoo"]),
    (r"\Bo", ["foo", "o"]),
    ("(a+)*", ["aaa", ""]),
    (r"\x41[\x80-\xff]", ["A\xe9", "Ae"]),
    ("[x]|y", ["ay", "x"]),
    ("[^x]||b", ["b", "x", ""]),
    (r"[\]]|y", ["y", "]"]),
    ("a(?:[x]|y)b", ["axb", "ayb"]),
    ("(?:)*x", ["x"]),
    ("((a)(b(c)?)d)?", ["abcd", "abd", ""]),
    ("(((((a)))))", ["a"]),
    ("|a", ["a"]),
    ("a|", ["a", "b"]),
    ("(|a)b", ["ab", "b"]),
    ("\xe9+", ["caf\xe9\xe9s"]),
    ("[\xe0-\xff\u20ac]+", ["a\xe9\u20ac\xffz"]),
    ("[^\u20ac]+", ["\u20ac\xe9\U0001f40d\u20ac"]),
    ("(.)(.)(.)", ["\xe9\u20ac\U0001f40d"]),
]:
    regex = re.compile(pattern)
    for text in texts:
        print(repr(pattern), repr(text), show(regex.match(text)), show(regex.search(text)), show(regex.fullmatch(text)))

print(show(re.match("a(b)", "abc")), show(re.search("b", "abc")), show(re.fullmatch("a.c", "abc")))
print(show(re.match(b"\xc3(.)", b"\xc3\xa9")), show(re.search(rb"[\x80-\xff]+", b"a\xc3\xa9")))
print(re.match("(a)|(b)", "b").groups(), re.match("(a)|(b)", "b").groups("none"))

regex = re.compile("^o|o$")
for arguments in [(), (0,), (1,), (2,), (9,), (-5,), (0, 2), (1, 2), (1, 1), (2, 1), (0, -1), (2, 100)]:
    print(arguments, show(regex.search("foo", *arguments)), show(regex.match("foo", *arguments)))
regex = re.compile(".")
for arguments in [(1,), (2,), (3,), (1, 2), (4,)]:
    print(show(regex.search("\xe9\u20acx", *arguments)))

for pattern in [
    "*", "+", "?", "a**", "(", ")", "(a", "a)", "[", "[a", "[^", "[z-a]", "\\", "a|*", "(?x", "(?P<n", "a{2,1}", "a{2}{3}", "a{2}*", "(*a)",
]:
    try:
        print(pattern, re.compile(pattern))
    except Exception as error:
        print(pattern, "refused")

match = re.match("(a)(b)?", "a")
for n in (3, -1, 10**30):
    for use in (match.group, match.span, match.start, match.end):
        try:
            print(use(n))
        except (IndexError, OverflowError):
            print("no such group")
for use in (
    lambda: re.match(1, "a"),
    lambda: re.match("a", 1),
    lambda: re.match("a", None),
    lambda: re.compile(None),
    lambda: re.compile("a").match([]),
    lambda: re.compile("a").match("a", "b"),
    lambda: re.sub("a", 1, "a"),
    lambda: re.sub("a", "b", 1),
    lambda: re.sub("a", lambda m: 1, "a"),
    lambda: re.sub(1, "b", "a"),
    lambda: re.split("a", 5),
):
    try:
        print(use())
    except TypeError:
        print("TypeError")


class Text(str):
    pass


print(show(re.match(Text("(a)b"), Text("abc"))), show(re.compile(Text("b")).search(Text("abc"))))
print(re.compile(re.compile("a")).match("a").group())
