# Frames that an interrupt fills while the script runs: it is told of them, and finds each one whole.
import csi
import time

cam = csi.CSI()
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize(csi.QQVGA)


def is_pattern(img):
    """Whether a frame shows the squares, moved on by some columns."""
    cells = img.bytearray()
    first = bytes(cells[:160])
    row = bytes(255 - cell for cell in first)
    if set(first) != {0, 255}:
        return False
    return all(bytes(cells[160 * y : 160 * y + 160]) == (row if y // 16 % 2 else first) for y in range(120))


# nobody asks for a frame
calls = []
cam.vsync_callback(calls.append)
cam.frame_callback(lambda: calls.append("frame"))
began = time.ticks_ms()
while calls.count("frame") < 20:
    assert time.ticks_diff(time.ticks_ms(), began) < 5000, calls
assert 1 in calls and 0 in calls
assert set(calls) == {0, 1, "frame"}


def fails():
    raise ValueError("printed, and not called again")


cam.frame_callback(fails)
while cam.frame_callback() is not None:
    assert time.ticks_diff(time.ticks_ms(), began) < 10000
cam.vsync_callback(None)

for size in (csi.QQVGA, csi.QQQVGA, csi.QQVGA):
    cam.framesize(size)
    for i in range(50):
        img = cam.snapshot()
        if size == csi.QQVGA and i % 10 == 0:
            assert is_pattern(img), i
kept = cam.snapshot()
kept.hold()
before = bytes(kept.bytearray())
captured = cam.counters().captured
while cam.counters().captured < captured + 10:
    assert time.ticks_diff(time.ticks_ms(), began) < 60000
assert kept.valid() and bytes(kept.bytearray()) == before and is_pattern(kept)
kept.close()
cam.reset()
print("interrupts ok")
