# `str.format_map` and `str.maketrans`, and dicts that make up what they have not.


class Default(dict):
    def __missing__(self, key):
        return "<" + str(key) + ">"


class Counts(dict):
    def __missing__(self, key):
        self[key] = value = len(self)
        return value


class Broken(dict):
    def __missing__(self, key):
        raise KeyError("missing", key)


values = Default(name="pump", pin=4)
print(values["name"], values["none"], values.get("none"), "none" in values, len(values))
print("{name} at {pin:>3} is {state!r}".format_map(values))
print("{name[0]}{pin.real}{{}}".format_map(values))
counts = Counts()
print([counts[letter] for letter in "abracadabra"], counts)
try:
    Broken()["x"]
except KeyError as e:
    print(e.args)
try:
    "{none}".format_map({})
except KeyError as e:
    print(e.args)
for pattern in ("{}", "{0}"):
    try:
        pattern.format_map({"0": 1})
    except (ValueError, IndexError):
        print("refused")

table = str.maketrans({"a": "1", "b": None, 99: "\u20ac", "\u00e9": 101})
print(sorted(table.items(), key=lambda item: item[0]))
print("abc\u00e9d".translate(table).encode())
print("hello w\u00f6rld".translate(str.maketrans("el\u00f6", "ip\u00e9", "h")).encode())
print(str.maketrans("", ""), str.maketrans("ab", "cd", "a"))
for args in (("ab", "c"), ({"ab": 1},), (1,), ("a", 1), ("a", "b", 3)):
    try:
        str.maketrans(*args)
    except (TypeError, ValueError) as e:
        print(type(e).__name__)
