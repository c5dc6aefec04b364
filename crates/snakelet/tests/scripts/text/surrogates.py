# Surrogates stand in a str like other code points; what encodes text refuses them.

import io
import json
import re
import sys


def refused(action):
    try:
        action()
    except UnicodeError as error:
        # a subclass of ValueError
        return isinstance(error, ValueError)
    return False


lone = "\ud83d"
pair = "\ud83d\ude00"
text = "a\ud800b\udfff\xe4c"

print(len(lone), len(pair), len(text), ord(lone) == 0xD83D)
print(repr(lone), repr(text), [text, pair])
print(pair == "\U0001f600", len("\ud83d" + "\ude00"))
print(chr(0xD800) == "\ud800", chr(0xDFFF) == text[3], repr(chr(0xDC80)))
print([c for c in text] == [text[i] for i in range(len(text))])
print(repr(text[1:4]), repr(text[::-1]), repr(text[-3]))
print(text.find("b"), text.find("\udfff"), text.index("c"), text.rfind("\ud800"), text.count("\ud800"))
print("\udfff" in text, "\ud801" in text, text.startswith("a\ud800"), text.endswith("\udfff"))
print(text.split("\ud800") == ["a", "b\udfff\xe4c"], repr(text.replace("\ud800", "-")))
print(repr("\ud800".join(["x", "y"])), repr("\ud800" * 3), repr("a\ud800b".upper()))
print("\ud7ff" < "\ud800" < "\udfff" < "\ue000", "\ud800" == "\ud800", "\ud800" != "\ud801")
print(hash("x\ud800") == hash("x" + chr(0xD800)), {"\ud800": 1, "\ud801": 2}[chr(0xD801)])

d = {"\ud800": 1, "\udfff": 2}
d[chr(0xD800)] += 5
print(d, sorted(d.values()))
print({chr(0xD900), "\ud900"} == {"\ud900"})

name = "x"
print(repr(f"\ud83d{name}\ude00"), repr(f"{lone}|{lone!r}"))
print(repr("%s-%c" % (lone, 0xD800)), repr("{}{:>3}".format(lone, "\udc00")))
print(repr("{:\ud800>4}".format(7)), repr(format("a", "\ud800<3")), repr("{:c}".format(0xDFFF)))
print(ascii("\ud800\xe4") == "'\\ud800\\xe4'")


class Named:
    pass


named = Named()
setattr(named, "\ud800", 3)
print(getattr(named, "\ud800"), hasattr(named, "\ud801"), getattr(named, "\ud801", None))

print(refused(lambda: lone.encode()), refused(lambda: text.encode("utf-8")))
print(refused(lambda: bytes(lone, "utf-8")), refused(lambda: bytearray(text, "utf-8")))
print(lone.encode("utf-8", "ignore"), text.encode("utf-8", "replace"), refused(lambda: lone.encode("ascii")))
print(refused(lambda: b"\xed\xa0\x80".decode()), refused(lambda: str(b"a\xed\xbf\xbf", "utf-8")))
print(refused(lambda: print(lone)), refused(lambda: print("a", end=lone)), refused(lambda: sys.stdout.write(text)))
print(refused(lambda: open("\ud800")))

held = io.StringIO()
held.write(lone)
print("x", text, file=held)
print(repr(held.getvalue()))

print(repr(json.loads('"\\ud83d"')), repr(json.loads('"\\ude00\\ud83dx"')), json.loads('"\\ud83d\\ude00"') == "\U0001f600")
print(json.loads(json.dumps({lone: [text]})) == {lone: [text]}, json.dumps(lone), json.dumps("a\udfff\n"))
print(repr(re.match("a(.)b", text).group(1)), repr(re.sub("[\ud800]", "-", text)), re.search("\udfff", text).start())

try:
    raise ValueError(lone)
except ValueError as error:
    print(repr(str(error)))
