# differs: CPython has no deflate.
# deflate: what was written is read again, whatever the pieces and the streams.
import deflate
import io

FORMATS = (deflate.AUTO, deflate.RAW, deflate.ZLIB, deflate.GZIP)


def compress(data, *args, piece=1 << 20):
    stream = io.BytesIO()
    with deflate.DeflateIO(stream, *args) as packer:
        packer.write(b"")
        for i in range(0, len(data), piece):
            n = packer.write(data[i : i + piece])
            assert n == len(data[i : i + piece])
    return stream.getvalue()


def decompress(data, *args, piece=-1):
    with deflate.DeflateIO(io.BytesIO(data), *args) as unpacker:
        parts = []
        while True:
            part = unpacker.read(piece)
            if not part:
                return b"".join(parts)
            parts.append(part)


text = b"".join(b"line %d of a text that repeats %d\n" % (i, i * i % 37) for i in range(60))
noise = bytes((i * i * 7 + (i >> 3)) & 255 for i in range(300))
samples = (b"", b"a", b"ab" * 300, bytes(1000), text, noise)
for data in samples:
    sizes = []
    for kind in FORMATS:
        for wbits in (0, 5, 9, 15):
            packed = compress(data, kind, wbits)
            kind_read = deflate.RAW if kind == deflate.AUTO else kind
            assert decompress(packed, kind_read, wbits) == data
            if kind in (deflate.ZLIB, deflate.GZIP):
                assert decompress(packed) == data
            sizes.append(len(packed))
    # pieces make no difference to what is read
    packed = compress(data, deflate.ZLIB, 10, piece=7)
    assert decompress(packed, piece=1 + len(data) // 20) == data
    # written without the search: the same but for what the piece ends
    print(len(data), sizes[0] <= len(data) + len(data) // 8 + 4, sizes[4] <= sizes[0] + 1)

# a stream takes no byte more than it needs
stream = io.BytesIO(compress(text, deflate.GZIP) + b"behind")
unpacker = deflate.DeflateIO(stream)
print(unpacker.readline())
print(unpacker.readline(4), unpacker.read(6))
into = bytearray(9)
print(unpacker.readinto(into), into, unpacker.readinto(into, 2))
unpacker.read()
print(unpacker.read(), unpacker.read(5), unpacker.readline(), stream.read())


# streams of scripts, which give and take as little as they like
class Source(io.IOBase):
    def __init__(self, data):
        self.data = data

    def readinto(self, buffer):
        n = min(len(buffer), len(self.data), 3)
        buffer[:n] = self.data[:n]
        self.data = self.data[n:]
        return n


class Sink(io.IOBase):
    def __init__(self):
        self.data = b""
        self.closed = 0

    def write(self, buffer):
        n = min(len(buffer), 5)
        self.data += bytes(buffer[:n])
        return n

    def ioctl(self, request, argument):
        return 0

    def close(self):
        self.closed += 1


for kind in (deflate.ZLIB, deflate.GZIP):
    sink = Sink()
    packer = deflate.DeflateIO(sink, kind, 8, True)
    packer.write(text)
    packer.write(memoryview(text)[5:9])
    packer.close()
    packer.close()
    source = Source(sink.data + b"rest")
    print(deflate.DeflateIO(source).read() == text + text[5:9], source.data, sink.closed)
print(compress(b"0123456789", deflate.RAW) == compress(b"0123456789"))
