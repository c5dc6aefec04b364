# differs: CPython has no deflate.
# deflate: damaged data, streams that misbehave, and bombs.
import deflate
import io


def attempt(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error.errno if isinstance(error, OSError) else "")


def pack(data, *args):
    stream = io.BytesIO()
    with deflate.DeflateIO(stream, *args) as packer:
        packer.write(data)
    return stream.getvalue()


def unpack(data, *args):
    return deflate.DeflateIO(io.BytesIO(data), *args).read()


text = b"to be or not to be, that is the question " * 4
for kind in (deflate.RAW, deflate.ZLIB, deflate.GZIP):
    packed = pack(text, kind)
    outcomes = {}
    for i in range(len(packed)):
        for damaged in (packed[:i], packed[:i] + bytes([packed[i] ^ 4]) + packed[i + 1 :]):
            try:
                name = "same" if unpack(damaged, kind) == text else "other"
            except Exception as error:
                name = type(error).__name__
            outcomes[name] = outcomes.get(name, 0) + 1
    print(kind, sorted(name for name in outcomes if name not in ("same", "other")))

for data in (b"", b"\x07", b"\x00", b"\x01\x05\x00\x00\x00", b"\x05\xff\xff\xff", b"\xff" * 40):
    attempt(lambda: unpack(data, deflate.RAW))
# a distance beyond what there is, and one beyond the window
attempt(lambda: unpack(b"\x4b\x04\x02", deflate.RAW))
attempt(lambda: unpack(pack(bytes(range(200)) * 2, deflate.RAW, 9), deflate.RAW, 5))
# a dictionary, a method and a window that nobody has
for header in (b"\x78\xbb", b"\x77\x85", b"\x88\x1c", b"\x78\x9d", b"\x1f\x8b\x07\x00", b"\x1f\x8b\x08\xff"):
    attempt(lambda: unpack(header + bytes(20)))

for args in ((-1,), (4,), (1, 4), (1, 16), (1, -1), (1 << 70,), ("x",), (1, None)):
    attempt(lambda: deflate.DeflateIO(io.BytesIO(), *args))
for stream in (None, 5, "text", [], object()):
    attempt(lambda: deflate.DeflateIO(stream).read())
    attempt(lambda: deflate.DeflateIO(stream).write(b"abc"))
attempt(lambda: deflate.DeflateIO.read(5))
attempt(lambda: deflate.DeflateIO(io.BytesIO()).write(5))
attempt(lambda: deflate.DeflateIO(io.BytesIO(b"")).readinto(b"abc"))


class Stream(io.IOBase):
    """Does what it is told."""

    def __init__(self, action):
        self.action = action

    def readinto(self, buffer):
        return self.action(buffer)

    def write(self, buffer):
        return self.action(buffer)


class Surprise(Exception):
    pass


def raises(buffer):
    raise Surprise


for action in (
    raises,
    lambda buffer: len(buffer) + 1,
    lambda buffer: -5,
    lambda buffer: None,
    lambda buffer: "x",
    lambda buffer: 1 << 70,
    lambda buffer: 0,
):
    attempt(lambda: deflate.DeflateIO(Stream(action)).read())
    attempt(lambda: deflate.DeflateIO(Stream(action)).write(bytes(range(256)) * 4))


# streams that come back to the one above, and change what is written
def again(buffer):
    if depth:
        depth.pop()
        packer.write(b"inner" * 30)
        del source[:]
    taken.append(bytes(buffer))
    return len(buffer)


depth = [1, 2, 3]
taken = []
source = bytearray(bytes(range(256)) * 3)
packer = deflate.DeflateIO(Stream(again), deflate.RAW)
attempt(lambda: packer.write(source))
packer.close()
print(len(source), len(b"".join(taken)) > 50)


def close_above(buffer):
    unpacker.close()
    buffer[0] = 0x4B
    return 1


unpacker = deflate.DeflateIO(Stream(close_above), deflate.RAW)
attempt(lambda: unpacker.read(1))
attempt(lambda: unpacker.read(1))

# a closed one
closed = deflate.DeflateIO(io.BytesIO(pack(text, deflate.ZLIB)))
closed.close()
attempt(lambda: closed.read())
attempt(lambda: closed.write(b"x"))
print(closed.close())

# a bomb: a thousand times its size, taken in pieces or not at all
bomb = pack(bytes(200000), deflate.ZLIB, 15)
print(len(bomb) < 2000)
unpacker = deflate.DeflateIO(io.BytesIO(bomb))
total = 0
while True:
    part = unpacker.read(1000)
    if not part:
        break
    total += len(part)
print(total)
