# differs: CPython has no framebuf.
# framebuf: each call draws what pixels one by one would, in each format.
import framebuf
from array import array

FORMATS = (
    ("MONO_VLSB", 1),
    ("MONO_HLSB", 1),
    ("MONO_HMSB", 1),
    ("GS2_HMSB", 3),
    ("GS4_HMSB", 15),
    ("GS8", 255),
    ("RGB565", 65535),
)
W, H, STRIDE = 21, 19, 23


def new(name):
    return framebuf.FrameBuffer(bytearray(1200), W, H, getattr(framebuf, name), STRIDE)


def pixels(frame):
    return [[frame.pixel(x, y) for x in range(W)] for y in range(H)]


def filled(frame, places, color):
    want = pixels(frame)
    for x, y in places:
        if 0 <= x < W and 0 <= y < H:
            want[y][x] = color
    return want


for name, most in FORMATS:
    frame = new(name)
    color = 0x5A5A & most or 1
    good = []
    frame.fill(0)
    for x, y, w, h in ((0, 0, 3, 3), (-2, -2, 5, 30), (5, 3, 9, 11), (20, 18, 4, 4), (7, 2, 1, 9)):
        want = filled(frame, [(i, j) for i in range(x, x + w) for j in range(y, y + h)], color)
        frame.fill_rect(x, y, w, h, color)
        good.append(pixels(frame) == want)
    frame.fill(0)
    want = filled(frame, [(x, 4) for x in range(2, 40)] + [(6, y) for y in range(-3, 9)], color)
    frame.hline(2, 4, 38, color)
    frame.vline(6, -3, 12, color)
    good.append(pixels(frame) == want)
    before = pixels(frame)
    for dx, dy in ((2, 3), (-1, 0), (0, -4), (5, -2), (40, 0), (0, -40)):
        want = [row[:] for row in before]
        for y in range(H):
            for x in range(W):
                if abs(dx) < W and abs(dy) < H and 0 <= x - dx < W and 0 <= y - dy < H:
                    want[y][x] = before[y - dy][x - dx]
        frame.scroll(dx, dy)
        before = pixels(frame)
        good.append(before == want)
    frame.fill(most)
    good.append(pixels(frame) == [[most] * W] * H)
    print(name, good.count(True), len(good), frame.pixel(W, 0), frame.pixel(-1, 0))


def show(frame):
    for row in pixels(frame):
        print("".join(".#"[pixel != 0] for pixel in row))
    print()


frame = new("MONO_HLSB")
frame.line(-3, -3, 30, 12, 1)
frame.line(20, 0, 0, 18, 1)
show(frame)
frame.fill(0)
frame.ellipse(10, 9, 8, 5, 1)
frame.ellipse(10, 9, 3, 7, 1, True, 0b0101)
show(frame)
frame.fill(0)
frame.text("Ag\x07", -1, 2)
frame.text(b"z", 12, 12, 1)
show(frame)
frame.fill(0)
star = array("h", [10, 0, 13, 7, 20, 7, 14, 11, 17, 18, 10, 14, 3, 18, 6, 11, 0, 7, 7, 7])
frame.poly(0, 0, star, 1)
show(frame)
frame.fill(0)
frame.poly(1, -1, star, 1, True)
frame.rect(0, 12, 9, 7, 1)
frame.rect(2, 14, 5, 3, 1, True)
show(frame)

# pixels of one format in another one, with a key and a palette
source = framebuf.FrameBuffer(bytearray(32), 8, 4, framebuf.GS4_HMSB)
for x in range(8):
    source.pixel(x, x // 2, x + 1)
target = framebuf.FrameBuffer(bytearray(100), 10, 10, framebuf.GS8)
target.fill(0x77)
target.blit(source, -2, 1, 0)
target.blit(source, 5, 5)
palette = framebuf.FrameBuffer(bytearray(32), 16, 1, framebuf.RGB565)
for i in range(16):
    palette.pixel(i, 0, i * 3)
target.blit(source, 0, 8, 0, palette)
for y in range(10):
    print(" ".join("%02x" % target.pixel(x, y) for x in range(10)))
