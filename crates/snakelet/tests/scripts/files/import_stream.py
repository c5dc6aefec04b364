# A .mpy file that comes out of a file system written in Python, in pieces of any size.
# differs: CPython has no .mpy files and no vfs
# hides errors: `finally` looks at a stream that was not opened

import io
import sys
import vfs

# def double(n):
#     return n * 2
# answer = double(21)
# label = "a constant that is long enough to be an object"
# large = 123456789012345678901234567890
WHOLE = (
    b"M\x06\x00\x1e\x07\x02\x10inner.py\x00\x0f\x0cdouble\x00\x0canswer\x00\nlabel\x00\nlarge\x00"
    b"\x02n\x00\x05.a constant that is long enough to be an object\x00\x07\x1e"
    b"123456789012345678901234567890\x81\\\x08\x08\x01D'$2\x00\x16\x02\x11\x02\x954\x01\x16\x03#"
    b"\x00\x16\x04#\x01\x16\x05Qc\x01H\x11\x06\x02\x06 \xb0\x82\xf4c"
)


class Stream(io.IOBase):
    def __init__(self, data, most, size):
        self.data = data
        self.most = most
        self.size = size
        self.asked = 0

    def ioctl(self, request, arg):
        if request == 4:
            self.closed = True
            return 0
        return self.size if request == 11 else -1

    def readinto(self, buf):
        self.asked += 1
        n = min(len(buf), self.most, len(self.data))
        buf[:n] = self.data[:n]
        self.data = self.data[n:]
        return n


class Files:
    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def chdir(self, path):
        pass

    def stat(self, path):
        if path == "/inner.mpy":
            return (0x8000,) + (0,) * 9
        raise OSError(2)

    def open(self, path, mode):
        self.stream = self.make()
        return self.stream


files = Files()
vfs.mount(files, "/files")
sys.path.insert(0, "/files")


def attempt():
    sys.modules.pop("inner", None)
    try:
        import inner

        return inner.answer, inner.double(4), len(inner.label), inner.large % 1000
    except ValueError as error:
        return str(error)
    finally:
        assert files.stream.closed


for size in (-1, 16, 100):
    for most in (1, 7, 16, 60, 1000):
        files.make = lambda: Stream(WHOLE, most, size)
        assert attempt() == (42, 8, 46, 890), (size, most)
print("whole", attempt())
print("asked", files.stream.asked)

# What is behind the file does not matter; what is missing does, wherever it ends.
files.make = lambda: Stream(WHOLE + b"more", 1000, -1)
print("longer", attempt())
messages = set()
for end in range(len(WHOLE)):
    for most in (9, 1000):
        files.make = lambda: Stream(WHOLE[:end], most, -1)
        messages.add(attempt())
print("shorter", messages)

# Nor does a changed byte do worse than that, or change the outcome.
for at in range(4, len(WHOLE)):
    for bit in (1, 128):
        changed = bytearray(WHOLE)
        changed[at] ^= bit
        files.make = lambda: Stream(bytes(changed), 1000, -1)
        try:
            attempt()
        except Exception:
            pass
print("done")
