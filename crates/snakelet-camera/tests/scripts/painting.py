# Images drawn on images: places, scales, mirrors, masks, and frames drawn into images.
import csi, image

a = image.Image(4, 2, image.GRAYSCALE)
for x in range(4):
    a.set_pixel(x, 0, 10 + x)
    a.set_pixel(x, 1, 20 + x)


def rows(img):
    return [[img.get_pixel(x, y) for x in range(img.width())] for y in range(img.height())]


def on(*args, **kwargs):
    img = image.Image(6, 3, image.GRAYSCALE)
    assert img.draw_image(a, *args, **kwargs) is img
    return rows(img)


assert on(1, 1) == [[0] * 6, [0, 10, 11, 12, 13, 0], [0, 20, 21, 22, 23, 0]]
assert on(-2, -1) == [[22, 23, 0, 0, 0, 0], [0] * 6, [0] * 6]
assert on(4, 2) == [[0] * 6, [0] * 6, [0, 0, 0, 0, 10, 11]]
assert on(0, 0, x_scale=-1) == [[13, 12, 11, 10, 0, 0], [23, 22, 21, 20, 0, 0], [0] * 6]
assert on(0, 0, hint=image.VFLIP)[0][:4] == [20, 21, 22, 23]
assert on(0, 0, hint=image.CENTER) == [[0, 10, 11, 12, 13, 0], [0, 20, 21, 22, 23, 0], [0] * 6]
assert on(0, 0, x_scale=0.5, y_scale=1.5) == [[10, 12, 0, 0, 0, 0], [10, 12, 0, 0, 0, 0], [20, 22, 0, 0, 0, 0]]
assert on(0, 0, roi=(1, 1, 2, 1))[0] == [21, 22, 0, 0, 0, 0]
assert on(0, 0, alpha=128)[0][:4] == [5, 5, 6, 6]
assert on(0, 0, alpha=0)[0] == [0] * 6
mask = image.Image(6, 3, image.BINARY)
mask.set_pixel(2, 1, 1)
assert on(0, 0, mask=mask) == [[0] * 6, [0, 0, 22, 0, 0, 0], [0] * 6]
for far in (-(1 << 40), 1 << 40):
    assert on(far, far) == [[0] * 6] * 3
on(-5000, -5000, x_scale=5000, y_scale=1e9)
for wrong in (float("nan"), float("inf")):
    try:
        on(0, 0, x_scale=wrong)
        assert 0
    except ValueError:
        pass
try:
    on(0, 0, color_palette=1)
    assert 0
except NotImplementedError:
    pass
color = image.Image(4, 2, image.RGB565)
color.draw_image(a, 0, 0)
assert color.get_pixel(0, 0) == (8, 8, 8)
bits = image.Image(4, 2, image.BINARY)
bits.draw_image(color.set((255, 255, 255)), 0, 0)
assert rows(bits) == [[1] * 4] * 2
a.draw_image(a, 1, 0)
assert a.scale(x_scale=2, y_scale=2).height() == 4

cam = csi.CSI()
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize((64, 32))
small = image.Image(8, 4, image.RGB565)
assert cam.snapshot(image=small) is None
assert [small.get_pixel(x, 0) for x in range(8)] == [(0, 0, 0)] * 2 + [(255, 255, 255)] * 2 + [(0, 0, 0)] * 2 + [(255, 255, 255)] * 2
