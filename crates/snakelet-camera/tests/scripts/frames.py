# Frames are current until the next snapshot, unless they are held or copied.
import csi, image


def raises(kind, text, call):
    try:
        call()
    except kind as error:
        assert text in str(error), repr(error)
        return True
    return False


cam = csi.CSI()
assert cam.cid() == csi.SOFTCSI and csi.devices() == [0x50F7, 0x50F7]
assert raises(RuntimeError, "Pixel format", cam.pixformat)
assert raises(RuntimeError, "Frame size", cam.framesize)
assert raises(RuntimeError, "Frame size", cam.snapshot)
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize(csi.QQVGA)
assert (cam.pixformat(), cam.framesize(), cam.width(), cam.height()) == (csi.GRAYSCALE, csi.QQVGA, 160, 120)
assert cam.framebuffers() == 3

first = cam.snapshot()
assert (first.width(), first.height(), first.size(), first.format()) == (160, 120, 19200, image.GRAYSCALE)
assert repr(first) == '{"w":160, "h":120, "type":"grayscale", "size":19200}'
# squares of 16 pixels
assert [first.get_pixel(x, 0) for x in (0, 15, 16, 31, 32)] == [0, 0, 255, 255, 0]
assert first.get_pixel(160, 0) is None
view = memoryview(first)
assert len(view) == 19200 and view[16] == 255
view[0] = 7
assert first.get_pixel((0, 0)) == 7
copied = first.copy()
second = cam.snapshot()
assert first.valid() is False and second.valid()
recycled = "frame was recycled (snapshot took the next one); use copy() or hold()"
assert raises(ValueError, recycled, lambda: first.get_pixel(0, 0))
assert raises(ValueError, recycled, lambda: first.set_pixel(0, 0, 1))
assert raises(ValueError, recycled, first.copy)
assert raises(ValueError, recycled, first.hold)
assert raises(ValueError, recycled, first.bytearray)
assert raises(ValueError, recycled, lambda: first.draw_line(0, 0, 5, 5))
assert raises(IndexError, "out of range", lambda: view[16])
assert copied.get_pixel(0, 0) == 7 and copied.valid()
# the figures stay
assert first.width() == 160

second.hold()
third = cam.snapshot()
assert second.valid() and third.valid()
third.hold()
fourth = cam.snapshot()
assert raises(RuntimeError, "cannot be held", fourth.hold)
assert second.valid() and third.valid() and fourth.valid()
second.close()
second.close()
assert not second.valid() and raises(ValueError, "image is closed", second.copy)
with third as held:
    assert held.valid()
assert not third.valid()
# a held image that is forgotten gives its slot back
for i in range(10):
    cam.snapshot().hold()
# a new shape makes all frames stale
last = cam.snapshot()
kept = memoryview(last)
cam.framesize((64, 32))
assert raises(IndexError, "out of range", lambda: kept[0])
assert not last.valid() and not fourth.valid()
assert cam.framesize() == (64, 32)
assert cam.snapshot(frames=3) is None
assert cam.snapshot(time=5) is None
assert cam.snapshot(blocking=False).size() == 2048

cam.window((32, 16))
assert cam.window() == (16, 8, 32, 16) and (cam.width(), cam.height()) == (32, 16)
part = cam.snapshot()
assert (part.width(), part.height()) == (32, 16)
assert [part.get_pixel(x, 0) for x in (0, 15, 16, 31)] == [255, 255, 0, 0] or part.get_pixel(0, 0) is not None
assert raises(ValueError, "Invalid ROI", lambda: cam.window((100, 100, 5, 5)))
assert raises(ValueError, "", lambda: cam.window((1, 2, 3)))
cam.framebuffers(5)
assert cam.framebuffers() == 5
cam.pixformat(csi.RGB565)
assert cam.framebuffers() == 5
assert raises(RuntimeError, "9", lambda: cam.framebuffers(9))
assert cam.framebuffers() == 5 and cam.snapshot().valid()
counted = cam.counters()
assert counted.captured >= counted.delivered > 0
cam.reset()
assert cam.framebuffers() == 0
