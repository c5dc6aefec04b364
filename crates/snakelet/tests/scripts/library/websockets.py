# differs: CPython has no websocket.
# websocket: frames in streams of any kind.
import io
from websocket import websocket


def attempt(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error.errno if isinstance(error, OSError) else error)


class Pipe(io.IOBase):
    """Gives and takes as much at a time as it was told."""

    def __init__(self, data, step):
        self.data = data
        self.step = step
        self.written = b""
        self.events = []

    def readinto(self, buffer):
        n = min(len(buffer), self.step, len(self.data))
        buffer[:n] = self.data[:n]
        self.data = self.data[n:]
        return n

    def write(self, data):
        n = min(len(data), self.step)
        self.written += bytes(data[:n])
        return n

    def setblocking(self, blocks):
        self.events.append(blocks)

    def close(self):
        self.events.append("closed")


def masked(data, mask):
    return bytes(byte ^ mask[i & 3] for i, byte in enumerate(data))


mask = b"\x01\x20\x03\x40"
frames = (
    b"\x01\x05hello"
    b"\x89\x03abc"
    b"\x00\x01 "
    b"\x80\x85" + mask + masked(b"world", mask) + b"\x82\x00"
    b"\x82\xfe\x01\x00" + mask + masked(bytes(range(256)), mask) + b"\x81\x03a\nb" + b"\x88\x02\x03\xe8"
    b"behind"
)
for step in (1, 3, 1000):
    pipe = Pipe(frames, step)
    socket = websocket(pipe, True)
    print(socket.read(11), socket.read(256) == bytes(range(256)), socket.ioctl(8))
    print(socket.readline(), socket.readline(), pipe.written, pipe.data, pipe.events)
    pipe.written = b""
    print(socket.write(b"abc"), socket.ioctl(9, 2), socket.write("x" * 300), socket.write(b"12345", 1, 3))
    print(len(pipe.written), pipe.written[:9], pipe.written[-5:], pipe.events)
    socket.close()
    print(pipe.events[-1])

into = bytearray(4)
socket = websocket(Pipe(b"\x82\x06abcdef", 9))
print(socket.readinto(into), into, socket.readinto(into, 1), into, socket.read())

# a length of 64 bits closes the stream below
pipe = Pipe(b"\x82\x7f" + bytes(20), 9)
socket = websocket(pipe)
attempt(lambda: socket.read(1))
print(pipe.events)
attempt(lambda: socket.write(bytes(65536)))
attempt(lambda: socket.write(5))
attempt(lambda: socket.readinto(b"abc"))
attempt(lambda: socket.ioctl(77))
attempt(lambda: socket.ioctl(9, -1))
for wrong in (None, 5, "text", [], object()):
    attempt(lambda: websocket(wrong).read(1))
    attempt(lambda: websocket(wrong).write(b"a"))
    attempt(lambda: websocket.read(wrong))
attempt(lambda: websocket())


class Odd(io.IOBase):
    def __init__(self, action):
        self.action = action

    def readinto(self, buffer):
        return self.action(buffer)

    def write(self, data):
        return self.action(data)


def fail(buffer):
    raise ValueError("refused")


for action in (fail, lambda b: None, lambda b: len(b) + 1, lambda b: -11, lambda b: "x", lambda b: 0):
    attempt(lambda: websocket(Odd(action)).read(3))
    attempt(lambda: websocket(Odd(action)).write(b"abc"))


# one that reads of itself, and one that takes the bytes away meanwhile
def within(buffer):
    if level:
        level.pop()
        print(socket.read(1))
    buffer[0] = 0x81
    return 1


level = [1, 2]
socket = websocket(Odd(within))
attempt(lambda: len(socket.read(1)))


def shrink(data):
    del source[:]
    return len(data)


source = bytearray(b"x" * 1000)
attempt(lambda: websocket(Odd(shrink)).write(source))
print(len(source))
