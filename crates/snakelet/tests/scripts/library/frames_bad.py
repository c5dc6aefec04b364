# differs: CPython has no framebuf.
# framebuf: buffers that shrink, frames without one, and numbers of all kinds.
import framebuf
import gc


def attempt(call):
    try:
        result = call()
        print(type(result).__name__ if isinstance(result, framebuf.FrameBuffer) else result)
    except Exception as error:
        print(type(error).__name__)


# what is gone is not drawn, and reads as 0
buffer = bytearray(64)
frame = framebuf.FrameBuffer(buffer, 8, 8, framebuf.GS8)
view = memoryview(frame)
print(len(view))
buffer[:] = b"12345"
gc.collect()
frame.fill(7)
frame.rect(0, 0, 8, 8, 1, True)
frame.scroll(1, 1)
frame.text("x", 0, 0, 9)
frame.line(0, 0, 7, 7, 3)
print(frame.pixel(7, 7), len(buffer), len(view))
buffer.extend(bytes(100))
frame.pixel(7, 7, 5)
print(frame.pixel(7, 7), buffer[63])

# derived classes: without, with, and with two calls of the base
class Late(framebuf.FrameBuffer):
    def __init__(self, early):
        if early:
            self.fill(1)
        super().__init__(bytearray(8), 8, 8, framebuf.MONO_HLSB)


class Never(framebuf.FrameBuffer):
    def __init__(self):
        pass


attempt(lambda: Late(True))
late = Late(False)
late.fill(1)
print(bytes(late))
late.__init__(False)
print(bytes(late))
for call in (
    lambda f: f.fill(1),
    lambda f: f.pixel(0, 0),
    lambda f: f.text("a", 0, 0),
    lambda f: f.blit(late, 0, 0),
    lambda f: late.blit(f, 0, 0),
    lambda f: bytes(f),
    lambda f: f.poly(0, 0, b"1234", 1),
):
    attempt(lambda: call(Never()))

# wrong receivers and arguments
for wrong in (None, 1, "text", [], bytearray(9)):
    attempt(lambda: framebuf.FrameBuffer.fill(wrong, 1))
    attempt(lambda: framebuf.FrameBuffer(wrong, 1, 1, framebuf.GS8))
    attempt(lambda: frame.blit(wrong, 0, 0))
    attempt(lambda: frame.poly(0, 0, wrong, 1))
attempt(lambda: framebuf.FrameBuffer(b"12345678", 8, 1, framebuf.GS8))
attempt(lambda: framebuf.FrameBuffer(bytearray(8)))
for size in ((0, 1), (1, 0), (-1, 1), (65536, 1), (1, 1 << 40), (1 << 70, 1)):
    attempt(lambda: framebuf.FrameBuffer(bytearray(8), size[0], size[1], framebuf.MONO_VLSB))
for stride in (0, 7, 65536, -1, 1 << 65):
    attempt(lambda: framebuf.FrameBuffer(bytearray(64), 8, 8, framebuf.GS8, stride))
attempt(lambda: framebuf.FrameBuffer(bytearray(9), 1, 1, 7))
attempt(lambda: frame.blit((b"1234", 2, 2, framebuf.GS8, 3), 0, 0))
attempt(lambda: frame.blit((b"1234", 2, "2", framebuf.GS8), 0, 0))
attempt(lambda: frame.blit([b"1234", 2, 2, framebuf.GS8], 0, 0))

# far away
edge = (0, -1, 1 << 30, -(1 << 30), 1 << 62, -(1 << 62))
small = framebuf.FrameBuffer(bytearray(16), 4, 4, framebuf.GS8)
for a in edge:
    for b in edge:
        small.fill_rect(a, b, b, a, 1)
        small.rect(a, b, a, b, 1)
        small.line(a, b, b, a, 1)
        small.line(a, a, b, b, 1)
        small.text("ab", a, b)
        small.blit(small, a, b)
        small.scroll(a, b)
        small.pixel(a, b, 1)
        small.poly(a, b, bytes(range(9)), 1, True)
for a in (0, 1, -1, -5, 1000):
    for b in (0, 1, -1, -5, 1000):
        small.ellipse(a, b, b, a, 1, True)
        small.ellipse(2, 2, a, b, 1)
attempt(lambda: small.line(1 << 64, 0, 0, 0, 1))
attempt(lambda: small.fill(1.5))

# a picture of itself, a palette that is too short, and a frame of a frame
small.fill(0)
small.pixel(0, 0, 9)
small.blit(small, 1, 1)
print(bytes(small))
small.blit((b"\x00\x05\xff\x01", 4, 1, framebuf.GS8), 0, 0, -1, (b"\x08\x07", 2, 1, framebuf.GS8))
print(bytes(small))
for _ in range(300):
    small = framebuf.FrameBuffer(small, 4, 4, framebuf.GS8)
small.fill(3)
print(bytes(small))
part = framebuf.FrameBuffer(memoryview(bytearray(20))[2:18], 4, 4, framebuf.GS8)
part.fill(2)
print(len(bytes(part)), sum(memoryview(part)))


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        buffer[:] = b""
        return self.value


frame.fill(Index(1))
frame.pixel(Index(0), Index(0), Index(1))
print(frame.pixel(0, 0), len(buffer))
# many points
small.poly(0, 0, bytes(range(256)) * 8, 1, True)
attempt(lambda: small.poly(0, 0, [1, 2], 1))
