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
for wrong in ({"color_palette": 9}, {"color_palette": a}, {"alpha_palette": a}, {"rgb_channel": 3}):
    try:
        on(0, 0, **wrong)
        assert 0
    except ValueError:
        pass
# tables for brightness: an image, a number, and degrees of opacity
table = image.Image(256, 1, image.RGB565)
for i in range(256):
    table.set_pixel(i, 0, (255, 0, 0) if i < 20 else (0, 255, 0))
degrees = image.Image(16, 16, image.GRAYSCALE)
degrees.set_pixel(11, 0, 255)
colors = image.Image(4, 2, image.RGB565)
assert rows(colors.draw_image(a, color_palette=table)) == [[(255, 0, 0)] * 4, [(0, 255, 0)] * 4]
colors.draw_image(a, color_palette=image.PALETTE_RAINBOW)
assert colors.get_pixel(0, 0)[2] == 255
assert on(0, 0, alpha_palette=degrees)[0] == [0, 11, 0, 0, 0, 0]
# channels
assert colors.set((80, 160, 240)) is colors
one = image.Image(4, 2, image.GRAYSCALE)
for channel, value in ((0, 82), (1, 162), (2, 247)):
    assert one.draw_image(colors, rgb_channel=channel).get_pixel(1, 1) == value
# quarter turns, and sizes by hints
assert rows(a.copy(hint=image.TRANSPOSE)) == [[10, 20], [11, 21], [12, 22], [13, 23]]
assert rows(a.copy(hint=image.ROTATE_90)) == [[20, 10], [21, 11], [22, 12], [23, 13]]
assert rows(a.copy(hint=image.ROTATE_180)) == [[23, 22, 21, 20], [13, 12, 11, 10]]
assert rows(a.copy(hint=image.ROTATE_270)) == [[13, 23], [12, 22], [11, 21], [10, 20]]
assert on(hint=image.SCALE_ASPECT_KEEP)[2] == [20, 20, 21, 22, 22, 23]
assert on(hint=image.SCALE_ASPECT_IGNORE)[0] == [10, 10, 11, 12, 12, 13]
for hint in (image.AREA, image.BILINEAR, image.BICUBIC):
    assert rows(a.copy(x_scale=2, hint=hint))[0][0] in (9, 10)
    assert rows(a.copy(x_scale=0.5, y_scale=0.5, hint=hint)) in ([[16, 18]], [[15, 18]])
# an image on itself
twice = a.copy().draw_image(a, hint=image.HMIRROR)
assert rows(twice.replace(hint=image.HMIRROR)) == rows(a)
color = image.Image(4, 2, image.RGB565)
color.draw_image(a, 0, 0)
assert color.get_pixel(0, 0) == (8, 8, 8)
bits = image.Image(4, 2, image.BINARY)
bits.draw_image(color.set((255, 255, 255)), 0, 0)
assert rows(bits) == [[1] * 4] * 2
assert rows(a.copy().draw_image(a, 1, 0))[0] == [10, 10, 11, 12]
same = a.draw_image(a, 1, 0)
assert rows(same)[0] == [10, 10, 11, 12]
assert a.scale(x_scale=2, y_scale=2) is a and (a.width(), a.height()) == (8, 4)

cam = csi.CSI()
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize((64, 32))
small = image.Image(8, 4, image.RGB565)
assert cam.snapshot(image=small) is None
assert [small.get_pixel(x, 0) for x in range(8)] == [(0, 0, 0)] * 2 + [(255, 255, 255)] * 2 + [(0, 0, 0)] * 2 + [(255, 255, 255)] * 2
