"""Finds the moving bar, with two cameras and a preview."""

import csi
import time

first = csi.CSI()
first.reset()
first.pixformat(csi.RGB565)
first.framesize(csi.WQXGA2)

second = csi.CSI(cid=0x50F8)
second.reset()
second.pixformat(csi.GRAYSCALE)
second.framesize(csi.QVGA)

print("%d frames of %d x %d" % (first.framebuffers(), first.width(), first.height()))
print("%d frames of %d x %d" % (second.framebuffers(), second.width(), second.height()))


def find_bars(img):
    """Rectangles of what is brighter than what is around it."""
    return [blob.rect for blob in img.find_blobs([(200, 255)], pixels_threshold=100)]


clock = time.clock()
last = None
seen = 0
while True:
    clock.tick()
    whole = first.snapshot()
    img = second.snapshot()
    bars = find_bars(img)
    for x, y, w, h in bars:
        img.draw_rectangle((x, y, w, h), color=128)
        whole.draw_rectangle((8 * x, 8 * y, 8 * w, 8 * h), color=(255, 0, 0), thickness=8)
    if bars and bars[0][0] != last:
        last = bars[0][0]
        seen += 1
        if seen % 10 == 1:
            print("bar at %d of %d, %.1f frames a second" % (last, img.width(), clock.fps()))
