# Instructions of a snapshot at two sizes, with a sensor that makes frames without any work. QEMU runs an instruction
# a nanosecond.
import csi
import time

ROUNDS = 2000
cam = csi.CSI(cid=0x50F9)
cam.reset()
cam.pixformat(csi.GRAYSCALE)


def nothing():
    return None


def nanoseconds(work):
    began = time.ticks_us()
    for _ in range(ROUNDS):
        work()
    return time.ticks_diff(time.ticks_us(), began) * 1000 // ROUNDS


figures = []
for name, size in (("QQVGA", csi.QQVGA), ("VGA", csi.VGA)):
    cam.framesize(size)
    for _ in range(10):
        cam.snapshot()
    figures.append(nanoseconds(cam.snapshot) - nanoseconds(nothing))
    print("snapshot() at %s: %d instructions" % (name, figures[-1]))

# frames of 19,200 and of 307,200 bytes take the same
assert abs(figures[0] - figures[1]) < 100, figures
assert figures[1] < 10000, figures
