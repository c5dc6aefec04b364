# Areas of pixels: figures, limits, merging, functions of the script, and what these must not do.
import csi, image


def raises(kind, text, call):
    try:
        call()
    except kind as error:
        assert text in str(error), repr(error)
        return True
    return False


img = image.Image(40, 30, image.GRAYSCALE)
img.draw_rectangle(2, 3, 6, 4, 200, fill=True)
img.draw_rectangle(20, 10, 3, 12, 200, fill=True)
img.set_pixel(35, 25, 200)
bright = [(100, 255)]
blobs = img.find_blobs(bright)
assert len(blobs) == 2
a, b = blobs
assert a[0:7] == (2, 3, 6, 4, 5, 5, 24) and (a.x, a.y, a.w, a.h) == (2, 3, 6, 4)
assert a.rect == (2, 3, 6, 4) and a.area == 24 and a.density == 1 and a.perimeter == 20
assert (a.cxf, a.cyf, a.code, a.count) == (4.5, 4.5, 1, 1)
assert abs(b.rotation - 1.5708) < 0.01 and b.elongation > 0.7 and a.rotation < 0.01
assert a.corners == ((2, 3), (7, 3), (7, 6), (2, 6)), a.corners
assert sorted(a.min_corners) == [(2, 3), (2, 6), (7, 3), (7, 6)], a.min_corners
assert image.get_solidity(a) > 0.9 and image.get_convexity(a) > 0.9
assert image.get_major_axis_line(b)[0:4] in ((21, 21, 21, 10), (21, 10, 21, 21)), image.get_major_axis_line(b)
assert image.get_minor_axis_line(b).length == 2
circle = image.get_enclosing_circle(a)
assert circle[0:2] == (4, 4) and 2 < circle.r < 5
assert image.get_enclosed_ellipse(b)[0:2] == (21, 15)
img.copy().draw_detection(a, label="a").draw_edges(b.min_corners).draw_line(image.get_major_axis_line(b))

assert len(img.find_blobs(bright, pixels_threshold=1, area_threshold=1)) == 2, "x_stride skips odd columns"
assert len(img.find_blobs(bright, pixels_threshold=1, area_threshold=1, x_stride=1)) == 3
assert len(img.find_blobs(bright, pixels_threshold=25)) == 1
assert img.find_blobs(bright, roi=(0, 0, 5, 5), pixels_threshold=1, area_threshold=1)[0][0:4] == (2, 3, 3, 2)
assert img.find_blobs(bright, invert=True)[0].pixels == 1200 - 24 - 36 - 1
assert img.find_blobs([]) == [] and img.find_blobs([(5, 6)]) == []
assert [blob.code for blob in img.find_blobs([(0, 50), (100, 255)])] == [1, 2, 2]
wide = img.find_blobs(bright, merge=True, margin=7)
assert len(wide) == 1 and wide[0].count == 2 and wide[0][0:4] == (2, 3, 21, 19)
assert len(img.find_blobs(bright, merge=True, margin=5)) == 2
assert img.find_blobs([(100, 255), (150, 255)], merge=True)[0].code == 3
bars = img.find_blobs(bright, x_hist_bins_max=3, y_hist_bins_max=100)[0]
assert bars.x_hist_bins == [8, 8, 8] and bars.y_hist_bins == [6, 6, 6, 6]

# colours, and bits
color = image.Image(20, 20, image.RGB565)
color.draw_circle(9, 9, 5, (255, 0, 0), fill=True)
red = color.find_blobs([(30, 100, 15, 127, 15, 127)])[0]
assert red[4:6] == (9, 9) and red.roundness > 0.9
bits = color.copy().to_grayscale().binary([(50, 255)]).to_bitmap()
assert bits.find_blobs([(1, 1)])[0].pixels == red.pixels

# noise: more areas and labels than there is room for at first
noise = image.Image(72, 2, image.GRAYSCALE)
for y in range(2):
    for x in range(y % 2, 72, 2):
        noise.set_pixel(x, y, 255)
many = noise.find_blobs(bright, x_stride=1, pixels_threshold=1, area_threshold=1)
assert len(many) == 72 and many[0][0:2] == (0, 0) and many[-1][0:2] == (71, 1)

many = None

# functions of the script
seen = []
assert img.find_blobs(bright, threshold_cb=lambda blob: seen.append(blob.x)) == [] and seen == [2, 20]
assert len(img.find_blobs(bright, threshold_cb=lambda blob: blob.x > 5)) == 1
pairs = []
kept = img.find_blobs(bright, merge=True, margin=20, merge_cb=lambda a, b: pairs.append((a.x, b.x)))
assert len(kept) == 2 and pairs == [(2, 20)]
assert raises(ZeroDivisionError, "", lambda: img.find_blobs(bright, threshold_cb=lambda blob: 1 // 0))

cam = csi.CSI()
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize((64, 32))
frame = cam.snapshot()
asked = []


def meddle(*blobs):
    for call in (cam.snapshot, lambda: cam.framesize((32, 32)), lambda: cam.pixformat(csi.RGB565), cam.reset):
        asked.append(raises(RuntimeError, "frame is in use", call))
    assert frame.valid()
    return True


frame.find_blobs(bright, threshold_cb=meddle)
frame.find_blobs(bright, merge=True, margin=9, merge_cb=meddle)
assert len(asked) > 8 and all(asked)
# it can be closed, and then nothing is looked at
own = frame.copy()
own.find_blobs(bright, threshold_cb=lambda blob: own.close())
assert not own.valid()
assert raises(ValueError, "closed", lambda: own.find_blobs(bright))
assert raises(ZeroDivisionError, "", lambda: frame.find_blobs(bright, threshold_cb=lambda blob: 1 // 0))
frame = cam.snapshot()
assert frame.valid()
old = frame
frame = cam.snapshot()
assert raises(ValueError, "recycled", lambda: old.find_blobs(bright))
