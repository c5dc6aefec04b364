# Callbacks run between frames; what they raise is printed, and they are not called again.
import csi, time

cam = csi.CSI()
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize(csi.QQQVGA)
calls = []
cam.frame_callback(lambda: calls.append("frame"))
cam.vsync_callback(lambda on: calls.append(on))
cam.snapshot()
cam.snapshot()
assert calls == [True, "frame"] * 2, calls


def fails():
    calls.append("fails")
    raise ValueError("in a callback")


cam.frame_callback(fails)
del calls[:]
cam.snapshot()
cam.snapshot()
assert calls.count("fails") == 1 and cam.frame_callback() is None


def reshapes(on):
    cam.framesize((32, 32))


cam.vsync_callback(reshapes)
assert cam.snapshot().width() == 32


# a shape that changes behind the frame makes it stale
def later():
    cam.framesize((16, 16))


cam.vsync_callback(None)
cam.frame_callback(later)
img = cam.snapshot()
assert img.width() == 32 and not img.valid()
cam.frame_callback(None)
try:
    cam.frame_callback(5)
    assert 0
except TypeError:
    pass

clock = time.clock()
clock.tick()
cam.snapshot()
assert clock.fps() > 0 and clock.avg() > 0
clock.reset()
assert cam.brightness(1) is False and cam.colorbar(True) is True
cam.auto_gain(False, gain_db=6)
cam.auto_exposure(False, exposure_us=5000)
assert cam.gain_db() == 6 and cam.exposure_us() == 5000 and len(cam.rgb_gain_db()) == 3
cam.colorbar(False)
straight = cam.snapshot().copy()
cam.hmirror(True)
cam.vflip(True)
assert cam.hmirror() and cam.vflip()
turned = cam.snapshot()
cam.hmirror(False)
cam.vflip(False)
for call in (lambda: cam.ioctl(1), lambda: cam.transpose(True), lambda: cam.__read_reg(1)):
    try:
        call()
        assert 0
    except RuntimeError:
        pass
cam.sleep(True)
cam.shutdown(False)
cam.framerate(30)
assert cam.framerate() == 30 and not cam.vflip() and "Vbuffer Count" in repr(cam)
second = csi.CSI(cid=csi.SOFTCSI)
try:
    csi.CSI(cid=csi.LEPTON)
    assert 0
except RuntimeError:
    pass
