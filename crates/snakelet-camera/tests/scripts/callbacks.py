# Callbacks run between two instructions; what they raise is printed, and they are not called again.
import csi, image, time

cam = csi.CSI()
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize(csi.QQQVGA)
calls = []
assert cam.frame_callback() is None and cam.vsync_callback() is None
cam.snapshot()
# they belong to the sensor
csi.CSI().frame_callback(lambda: calls.append("frame"))
cam.vsync_callback(calls.append)
assert cam.vsync_callback() == calls.append
cam.snapshot()
cam.snapshot()
# a frame begins, has ended, and can be taken
assert calls == [1, 0, "frame"] * 2, calls


def fails():
    calls.append("fails")
    raise ValueError("in a callback")


cam.frame_callback(fails)
del calls[:]
cam.snapshot()
cam.snapshot()
assert calls.count("fails") == 1 and cam.frame_callback() is None
# what cannot be called clears one
cam.vsync_callback(5)
assert cam.vsync_callback() is None


# a shape that changes behind the frame makes it stale
def reshapes():
    cam.framesize((32, 32))


cam.frame_callback(reshapes)
img = cam.snapshot()
assert img.width() == 80 and not img.valid()
assert cam.snapshot().width() == 32
# one that takes frames itself
taken = []
cam.frame_callback(lambda: taken.append(cam.snapshot().get_pixel(1, 1)))
for i in range(5):
    cam.snapshot()
assert len(taken) >= 5
cam.frame_callback(None)

# none may change the shape while a method looks at a frame
log = []


def changes():
    for change in (lambda: cam.framesize((16, 16)), lambda: cam.pixformat(csi.RGB565), cam.snapshot, cam.reset):
        try:
            change()
            log.append("no error")
        except RuntimeError as error:
            log.append(str(error))


def accepts(blob):
    cam.readable()
    # callbacks run when somebody waits
    time.sleep_ms(1)
    return True


img = cam.snapshot()
cam.frame_callback(changes)
cam.flush()
assert len(img.find_blobs([(200, 255)], threshold_cb=accepts)) > 0
assert log and set(log) == {"frame is in use"}, log
cam.frame_callback(None)
assert img.valid()

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
