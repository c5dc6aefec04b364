# differs: CPython writes texts to all streams, and reads them by read().
# json: streams in memory and of scripts.
import io
import json

value = {"a": [1, 2.5, "\u20ac" * 100], "b": {"c": None}, "d": list(range(100))}
stream = io.StringIO()
json.dump(value, stream)
print(stream.getvalue() == json.dumps(value))
stream.seek(0)
print(json.load(stream) == value)
print(json.load(io.BytesIO(json.dumps(value).encode())) == value)
stream = io.BytesIO()
json.dump(value, stream, separators=(",", ":"))
print(stream.getvalue() == json.dumps(value, separators=(",", ":")).encode())


class Pieces(io.IOBase):
    """Takes and gives a few bytes at a time."""

    def __init__(self, data=b"", most=3):
        self.data = data
        self.most = most

    def write(self, data):
        data = bytes(data[: self.most])
        self.data += data
        return len(data)

    def readinto(self, room):
        n = min(len(room), len(self.data), self.most)
        room[:n] = self.data[:n]
        self.data = self.data[n:]
        return n


pieces = Pieces()
json.dump(value, pieces)
print(pieces.data == json.dumps(value).encode())
print(json.load(pieces) == value, pieces.data)


class Texts:
    """Wants texts."""

    def __init__(self):
        self.texts = []

    def write(self, text):
        self.texts.append(text)
        return len(text.encode())


texts = Texts()
json.dump(["\u20ac" * 300, "\xe9\U0001f40d" * 200], texts)
print("".join(texts.texts) == json.dumps(["\u20ac" * 300, "\xe9\U0001f40d" * 200]))


class Broken(io.IOBase):
    def __init__(self, result):
        self.result = result

    def answer(self, data):
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    readinto = write = answer


for result in (ZeroDivisionError(), OSError(5), -9, 10**6, None, "x"):
    for use in (lambda stream: json.dump([1], stream), json.load):
        try:
            print(use(Broken(result)))
        except Exception as error:
            print(type(error).__name__)
for bad in (1, None, {}, "text"):
    for use in (lambda stream: json.dump([1], stream), json.load):
        try:
            print(use(bad))
        except (OSError, AttributeError) as error:
            print(type(error).__name__)
