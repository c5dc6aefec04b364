# What makes no sense is an exception, and the camera goes on as before.
import csi, image


def raises(kinds, call, *args):
    try:
        call(*args)
    except kinds as error:
        if isinstance(error, MemoryError) and not str(error).startswith("pool"):
            # the interpreter's own memory, which a test makes short: nothing is known of the camera then
            raise
        return str(error)
    assert 0, args


cam = csi.CSI()
raises(RuntimeError, cam.snapshot)
raises(RuntimeError, cam.window)
cam.reset()
cam.pixformat(csi.GRAYSCALE)
raises(RuntimeError, cam.snapshot)
cam.framesize((64, 48))


def goes_on(width=64):
    for i in range(3):
        assert cam.snapshot().width() == width


for size in ((0, 10), (10, 0), (-1, 5), (70000, 5), (65535, 65535), (1 << 40, 2), 0, 99, -1):
    raises((RuntimeError, MemoryError), cam.framesize, size)
    cam.framesize((64, 48))
    goes_on()
raises((RuntimeError, MemoryError), cam.framesize, (4096, 4096))
raises(RuntimeError, cam.snapshot)
cam.framesize((64, 48))
goes_on()
for size in ((1,), (), "ab", None, 2.5j):
    raises((RuntimeError, TypeError, ValueError), cam.framesize, size)
    goes_on()
for form in (0, -1, 1 << 31, 1 << 40, 0x06060000 + 1, csi.JPEG):
    raises((RuntimeError, OverflowError), cam.pixformat, form)
    goes_on()
for count in (0, 9, 1000, 65536 + 3, 1 << 31):
    text = raises(RuntimeError, cam.framebuffers, count)
    assert text.startswith("Sensor control failed"), text
    assert cam.framebuffers() == 3
    goes_on()
for window in ((0, 0), (0, 0, 0, 5), (64, 0, 5, 5), (-9, -9, 5, 5), (1, 2, 3), 7, (1 << 40, 1)):
    try:
        cam.window(window)
    except (ValueError, RuntimeError):
        pass
    cam.framesize((64, 48))
    goes_on()
# what reaches over the edge is cut
cam.window((-10, -10, 30, 20))
assert cam.window() == (0, 0, 20, 10)
goes_on(20)
cam.framesize((64, 48))

# two objects are one sensor
other = csi.CSI()
first = cam.snapshot()
second = other.snapshot()
assert not first.valid() and second.valid()
other.framesize((32, 24))
assert cam.width() == 32 and not second.valid()
goes_on(32)
cam.framesize((64, 48))
raises(RuntimeError, lambda: csi.CSI(cid=12345))
raises(TypeError, lambda: csi.CSI(5))
raises(TypeError, lambda: csi.CSI(color=5))

# given back twice
img = cam.snapshot()
img.close()
img.close()
with img:
    pass
raises(ValueError, img.hold)
held = cam.snapshot()
held.hold()
held.hold()
goes_on()
held.close()
held.close()
goes_on()

for width, height in ((0, 1), (1, 0), (-1, 1), (32768, 1), (65536, 65536), (1 << 40, 1)):
    raises(ValueError, image.Image, width, height, image.RGB565)
for roi in ((0, 0, 0, 0), (64, 0, 1, 1), (-5, 0, 3, 3)):
    raises(ValueError, lambda: cam.snapshot().copy(roi=roi))
img = cam.snapshot()
assert img.copy(roi=(60, 40, 1 << 20, 1 << 20)).size() == 4 * 8
raises(ValueError, lambda: img.copy(x_scale=0))
raises((ValueError, MemoryError), lambda: img.copy(x_scale=1e9))
raises(ValueError, lambda: img.mean(33))
raises(ValueError, lambda: img.mean(-1))
raises((TypeError, ValueError), lambda: img.find_blobs(5))
assert img.valid()
goes_on()
