# Filters, corrections and what draws: each changes an image as it says, works with a full fast pool, and refuses
# what it cannot do.
import csi, image, umalloc


def raises(kind, text, call):
    try:
        call()
    except kind as error:
        assert text in str(error), repr(error)
        return True
    return False


def row(img, y):
    return [img.get_pixel(x, y) for x in range(img.width())]


dot = image.Image(7, 7, image.GRAYSCALE)
dot.set_pixel(3, 3, 255)
assert row(dot.copy().mean(1), 3) == [0, 0, 28, 28, 28, 0, 0]
assert row(dot.copy().median(1), 3) == [0] * 7
assert row(dot.copy().median(1, percentile=1), 2) == [0, 0, 255, 255, 255, 0, 0]
assert row(dot.copy().mode(1), 3) == [0] * 7
assert row(dot.copy().midpoint(1, bias=1), 2) == [0, 0, 255, 255, 255, 0, 0]
assert row(dot.copy().midpoint(1), 2) == [0, 0, 127, 127, 127, 0, 0]
assert row(dot.copy().gaussian(1), 3) == [0, 0, 32, 64, 32, 0, 0]
assert row(dot.copy().gaussian(1), 2) == [0, 0, 16, 32, 16, 0, 0]
assert row(dot.copy().laplacian(1, mul=0.5), 3) == [0, 0, 0, 255, 0, 0, 0]
assert row(dot.copy().laplacian(1, sharpen=True), 3)[3] == 255
assert row(dot.copy().morph(1, [0, 0, 0, 1, 0, 0, 0, 0, 0]), 3) == [0, 0, 0, 0, 255, 0, 0]
assert row(dot.copy().morph(1, [[0, 0, 0], [0, 1, 0], [0, 0, 0]], mul=0.5, add=10), 3) == [10, 10, 10, 138, 10, 10, 10]
assert row(dot.copy().bilateral(1), 3) == [0, 0, 0, 255, 0, 0, 0]
assert row(dot.copy().mean(1, threshold=True), 3) == [0, 0, 0, 255, 0, 0, 0]
assert row(dot.copy().mean(1, threshold=True, offset=-1, invert=True), 0) == [0] * 7
assert row(dot.copy().dilate(1), 2) == [0, 0, 255, 255, 255, 0, 0]
assert row(dot.copy().dilate(1).erode(1), 3) == [0, 0, 0, 255, 0, 0, 0]
assert row(dot.copy().open(1), 3) == [0] * 7
assert row(dot.copy().top_hat(1), 3) == [0, 0, 0, 255, 0, 0, 0]
assert row(dot.copy().invert().black_hat(1), 3) == [0, 0, 0, 255, 0, 0, 0]
assert row(dot.copy().invert().close(1), 3) == [255] * 7
assert row(dot.copy().dilate(1, threshold=1), 2) == [0] * 7
mask = image.Image(7, 7, image.BINARY).set_pixel(2, 3, 1)
assert row(dot.copy().mean(1, mask=mask), 3) == [0, 0, 28, 255, 0, 0, 0]
assert row(dot.copy().dilate(1, mask=mask), 3) == [0, 0, 255, 255, 0, 0, 0]
bits = image.Image(40, 3, image.BINARY)
bits.set_pixel(33, 1, 1)
assert sum(row(bits.copy().dilate(1), 0)) == 3 and sum(row(bits.median(1), 1)) == 0
color = image.Image(5, 5, image.RGB565).set_pixel(2, 2, (255, 0, 0))
assert color.copy().mean(1).get_pixel(1, 1)[1:] == (0, 0) and color.copy().mean(1).get_pixel(1, 1)[0] in (24, 33)
for name in ("mean", "median", "mode", "midpoint", "gaussian", "laplacian", "bilateral", "erode", "dilate", "open", "top_hat"):
    method = getattr(image.Image(3, 2, image.GRAYSCALE), name)
    for size in (0, 1, 32):
        method(size)
    for size in (-1, 33, 1 << 40):
        assert raises(ValueError, "size", lambda: method(size))
    assert raises(TypeError, "", lambda: method())
assert raises(ValueError, "kernel", lambda: dot.morph(1, [1]))

# corrections
ramp = image.Image(16, 4, image.GRAYSCALE)
for x in range(16):
    for y in range(4):
        ramp.set_pixel(x, y, 100 + x)
flat = row(ramp.copy().histeq(), 0)
assert flat[0] == 0 and flat[-1] == 255 and flat == sorted(flat)
assert max(row(ramp.copy().histeq(adaptive=True, clip_limit=10), 0)) > 200
assert row(ramp.copy().gamma_corr(gamma=0.5), 0)[0] < 100 < row(ramp.copy().gamma_corr(gamma=2), 0)[0]
assert row(ramp.copy().gamma_corr(contrast=0, brightness=1), 0) == [255] * 16
assert row(ramp.copy().lens_corr(strength=0.001), 2) == row(ramp, 2)
assert row(ramp.copy().rotation_corr(), 2) == row(ramp, 2)
assert row(ramp.copy().rotation_corr(z_rotation=180), 2) == list(reversed(row(ramp, 2)))
assert row(ramp.copy().rotation_corr(corners=[(0, 0), (15, 0), (15, 3), (0, 3)]), 1) == row(ramp, 1)
for wrong in ({"zoom": 0}, {"fov": 180}, {"corners": [1, 2]}, {"corners": [(0, 0)] * 3}):
    assert raises(ValueError, "", lambda: ramp.rotation_corr(**wrong))
ramp.copy().rotation_corr(x_rotation=90, corners=[(0, 0)] * 4)
ramp.copy().linpolar().linpolar(reverse=True, x=3, y=-1000000)
ramp.copy().logpolar(x=1e30).logpolar(reverse=True)
assert raises(ValueError, "above 0", lambda: ramp.lens_corr(strength=0))
half = image.Image(2, 1, image.RGB565).set((200, 100, 50))
mixed = half.ccm([[1, 0, 0], [0, 0, 0], [0, 0, 0, 255]]).get_pixel(0, 0)
assert mixed[0] in (198, 206) and mixed[1:] == (0, 255), mixed
assert raises(ValueError, "3 rows", lambda: half.ccm([1, 2]))
assert half.set((200, 100, 100)).awb().get_pixel(0, 0)[0] == 132
assert half.set((200, 100, 100)).awb(max=True).get_pixel(0, 0)[1] in (198, 202, 207)
same = ramp.get_similarity(ramp)
assert same.mean == 1 and same.min == 1 and ramp.get_similarity(dot.copy(x_scale=16 / 7, y_scale=4 / 7)).mean < 0.5
assert raises(ValueError, "size", lambda: ramp.get_similarity(dot))
step = image.Image(12, 8, image.GRAYSCALE).draw_rectangle(6, 0, 6, 8, 200, fill=True)
for kind in (image.EDGE_CANNY, image.EDGE_SIMPLE):
    edge = row(step.copy().find_edges(kind, threshold=(50, 80)), 4)
    assert edge[:4] == [0] * 4 and edge[8:] == [0] * 4 and 255 in edge
assert image.rgb_to_grayscale((120, 200, 120)) == 169 and image.grayscale_to_rgb(182) == (181, 182, 181)
assert image.lab_to_rgb((74, -38, 30)) == (123, 198, 123) or image.lab_to_rgb((74, -38, 30)) == (123, 199, 123)
assert image.rgb_to_binary((200, 200, 200)) == 1 and image.binary_to_lab(1) == (100, 0, 0)
assert image.yuv_to_rgb(image.rgb_to_yuv((255, 0, 0)))[0] > 240

# drawing
page = image.Image(60, 30, image.GRAYSCALE)
page.draw_string(2, 2, "Hi\nyou", color=255)
ink = page.get_statistics().mean
assert ink > 5
assert page.clear().draw_string((2, 2), "Hi\r\nyou", scale=2, mono_space=False).get_statistics().mean > ink
for turn in (0, 90, 180, 270):
    page.clear().draw_string(30, 15, "ab", char_rotation=turn, string_rotation=turn, char_hmirror=True, string_vflip=True)
    assert page.get_statistics().max == 255
page.draw_string(-100000, 1 << 40, "far" * 100, scale=1e9)
page.draw_string(0, 0, 12345, x_spacing=-3, y_spacing=1 << 40)
assert raises(ValueError, "scale", lambda: page.draw_string(0, 0, "x", scale=0))
page.clear().draw_keypoints([(10, 10, 90), (30, 15, -400)], size=5)
assert page.get_pixel(10, 15) == 255
assert raises(ValueError, "tuples", lambda: page.draw_keypoints([(1, 2)]))
assert raises(ValueError, "detection", lambda: page.draw_detection((1, 2)))
page.clear().draw_detection((5, 5, 10, 10, 10, 10), label="x", label_offset=(1, 1))
assert page.get_pixel(5, 5) == 255 and page.get_pixel(10, 10) == 255
fill = image.Image(20, 10, image.GRAYSCALE).draw_rectangle(3, 3, 8, 5, 100, fill=True)
fill.flood_fill(5, 5, color=200)
assert fill.get_pixel(3, 3) == 200 and fill.get_pixel(2, 3) == 0 and fill.get_pixel(10, 7) == 200
assert fill.flood_fill((5, 5), invert=True, clear_background=True, color=9).get_pixel(0, 0) == 9 and fill.get_pixel(5, 5) == 0
fill.flood_fill(-1, 500)
fill.clear().invert().mask_rectangle(1, 1, 3, 3).mask_circle(10, 5, 2).mask_ellipse(15, 5, 2, 3, 0)
assert [fill.get_pixel(x, 2) for x in (0, 1, 10)] == [255, 0, 255] and fill.get_pixel(10, 5) == fill.get_pixel(15, 6) == 0
fill[0] = 7
fill[-1] = 8
assert fill[0] == 7 and fill[199] == 8 and len(fill) == 200
assert raises(IndexError, "pixel", lambda: fill[200])

# a full fast pool, and frames
hog = image.Image(150, 150, image.GRAYSCALE, pool="sram")
cam = csi.CSI()
cam.reset()
cam.pixformat(csi.RGB565)
cam.framesize((64, 32))
before = umalloc.stats()[0]
frame = cam.snapshot()
frame.mean(1).erode(1).gaussian(2).histeq().find_blobs([(0, 100)])
frame.draw_string(0, 0, "frame").flood_fill(1, 1)
assert umalloc.stats()[0] == before
# in place, a frame moves to a pool and keeps its identity
view = frame.bytearray()
assert frame.to_grayscale() is frame and frame.size() == 2048 and frame.valid()
assert len(bytes(view)) <= 4096
held = cam.snapshot()
assert held.valid() and frame.valid()
held.to_jpeg()
cam.snapshot()
assert held.valid() and held.format() == image.JPEG
