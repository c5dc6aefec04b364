# json: objects to texts and back.
import json

for value in [
    None, True, False, 0, 1, -17, 2**31, -(2**31), 2**62, -(2**63), 2**80, 1.5, -0.25, 1e100,
    "", "abc", 'quote " and \\ and /', "line\nreturn\rtab\t\x00\x01\x1f\x7f", "\xe9\u20ac\U0001f40d",
    [], [1], [1, 2], (), (1, "a"), {}, {"a": 1}, {"a": {"b": [{"c": None}]}, "d": ()},
]:
    text = json.dumps(value)
    back = json.loads(text)
    print(back == value or back == list(value), back)

print(json.dumps([1, {"a": (2, 3), "b": None}]))
print(json.dumps({None: 1, True: 2, False: 3, 5: 4, 2.5: 6}))
print(json.dumps({"a": [1, 2], "b": 3}, separators=(",", ":")))
print(json.dumps({"a": [1, 2], "b": 3}, separators=["; ", " = "]))
print(json.dumps([1, 2], separators=None))

# longer than what lies on the machine's stack at a time
for n in (120, 127, 128, 129, 255, 256, 1000):
    text = "x" * n + "\u20ac" * n
    print(n, json.loads(json.dumps(text)) == text, json.loads(json.dumps([text, n])) == [text, n])
many = {"key %d" % i: [i, str(i), {"n": i}] for i in range(100)}
print(json.loads(json.dumps(many)) == many)
print(json.loads(json.dumps("\n\"" * 200)) == "\n\"" * 200)

for text in [
    " null ", "\n[ 1 ,\t2 ]\r\n", '{ "a" : 1 , "b" : [ ] }', "-0", "0.5", "1e3", "-1.5E-2", "1E+2", "123456789012345678",
    "1234567890123456789", "-12345678901234567890123", '"\\u0041\\u00e9\\u20ac\\ud83d\\udc0d"', '"\\b\\f\\n\\r\\t\\/\\\\\\""',
    '{"a": 1, "a": 2}', "[[[[[]]]], {}]",
]:
    print(repr(json.loads(text)))
print(json.loads(b'[1, "\xc3\xa9"]'), json.loads(bytearray(b'{"a": 2}')))

for text in [
    "", " ", "nul", "nulL", "True", "a", "[", "]", "[1", "[1}", '{"a": 1]', "{1: 2}", '{"a": 1', '{"a"', '{"a":', '{"a":}',
    '{"a"}', '"abc', '"abc\\', '"\\u12', '"\\u12g4"', "1 2", "[] []", "[1] x", "-", "1e", "1.2.3", "--1", "1-2", "{[]: 1}",
]:
    try:
        print(json.loads(text))
    except ValueError:
        print("ValueError", text)

for bad in (None, 1, [], {}):
    try:
        json.loads(bad)
    except TypeError:
        print("TypeError")
for separators in [1, object(), (), (",",), (",", ":", ";"), (1, 2), (",", None)]:
    try:
        json.dumps([1, {"a": 1}], separators=separators)
    except (TypeError, ValueError) as error:
        print(type(error).__name__)


# nesting
deep = 900
value = json.loads("[" * deep + "]" * deep)
depth = 0
while value is not None:
    value = value[0] if value else None
    depth += 1
print(depth == deep)
