# Calculations with pixels, thresholds, formats, histograms.
import image


def raises(kind, text, call):
    try:
        call()
    except kind as error:
        assert text in str(error), repr(error)
        return True
    return False


def make(form, *pixels):
    img = image.Image(len(pixels), 2, form)
    for x, pixel in enumerate(pixels):
        img.set_pixel(x, 0, pixel)
        img.set_pixel(x, 1, pixel)
    return img


def row(img):
    return [img.get_pixel(x, 1) for x in range(img.width())]


a, b = (10, 200, 255, 0, 0xF0), (20, 100, 1, 0, 0x3C)
for method, expected in (
    ("add", [30, 255, 255, 0, 255]),
    ("sub", [0, 100, 254, 0, 180]),
    ("rsub", [10, 0, 0, 0, 0]),
    ("min", [10, 100, 1, 0, 60]),
    ("max", [20, 200, 255, 0, 240]),
    ("difference", [10, 100, 254, 0, 180]),
    ("set", [20, 100, 1, 0, 60]),
    ("b_and", [0, 64, 1, 0, 0x30]),
    ("b_or", [30, 236, 255, 0, 0xFC]),
    ("b_xor", [30, 172, 254, 0, 0xCC]),
    ("b_nand", [255, 191, 254, 255, 0xCF]),
    ("b_nor", [225, 19, 0, 255, 3]),
    ("b_xnor", [225, 83, 1, 255, 0x33]),
):
    img = make(image.GRAYSCALE, *a)
    assert getattr(img, method)(make(image.GRAYSCALE, *b)) is img
    assert row(img) == expected, (method, row(img))
    # the same with each colour alone, and where a mask is white
    img = make(image.GRAYSCALE, *a)
    getattr(img, method)(b[1], mask=make(image.BINARY, 0, 1, 0, 0, 0))
    assert row(img) == [10, expected[1], 255, 0, 0xF0]
img = make(image.RGB565, (248, 0, 8), (0, 0, 0))
assert row(img.add((16, 4, 8))) == [(255, 4, 16), (16, 4, 8)], row(img)
assert row(img.sub((255, 255, 0))) == [(0, 0, 16), (0, 0, 8)]
bits = make(image.BINARY, 0, 0, 1, 1)
assert row(bits.b_xor(make(image.BINARY, 0, 1, 0, 1))) == [0, 1, 1, 0]
assert row(bits.invert()) == [1, 0, 0, 1]
assert row(make(image.GRAYSCALE, 0, 100).negate()) == [255, 155]
assert raises(ValueError, "size and format", lambda: bits.add(make(image.GRAYSCALE, 1, 2, 3, 4)))
assert row(make(image.GRAYSCALE, 0, 200).blend(make(image.GRAYSCALE, 100, 100), alpha=64)) == [25, 175]

grey = (0, 50, 100, 150, 255)
assert row(make(image.GRAYSCALE, *grey).binary([(50, 100)])) == [0, 255, 255, 0, 0]
assert row(make(image.GRAYSCALE, *grey).binary([(100, 50), (200, 255)], invert=True)) == [255, 0, 0, 255, 0]
assert row(make(image.GRAYSCALE, *grey).binary([(50, 100)], zero=True)) == [0, 0, 0, 150, 255]
img = make(image.GRAYSCALE, *grey)
bitmap = img.binary([(100, 255)], to_bitmap=True)
assert bitmap is img and img.format() == image.BINARY and row(img) == [0, 0, 1, 1, 1]
img = make(image.GRAYSCALE, *grey)
bitmap = img.binary([(100, 255)], to_bitmap=True, copy=True)
assert bitmap.format() == image.BINARY and row(bitmap) == [0, 0, 1, 1, 1] and row(img) == list(grey)
color = make(image.RGB565, (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))
red = color.binary([(40, 70, 60, 127, 40, 127)], copy=True)
assert row(red) == [(255, 255, 255), (0, 0, 0), (0, 0, 0), (0, 0, 0)]
assert row(color)[0] == (255, 0, 0)
assert row(color.to_grayscale(copy=True)) == [75, 149, 29, 255]
assert color.to_rgb565() is color and row(color)[2] == (0, 0, 255)
turned = color.copy()
assert turned.to_grayscale() is turned and row(turned) == [75, 149, 29, 255]
assert row(make(image.GRAYSCALE, 0, 127, 128).to_bitmap()) == [0, 0, 1]
assert row(make(image.BINARY, 0, 1).to_rgb565()) == [(0, 0, 0), (255, 255, 255)]
assert color.to_rgb565() is color
assert raises(ValueError, "at most 32", lambda: img.binary([(0, 1)] * 33))
assert raises(TypeError, "threshold", lambda: img.binary([5]))

img = make(image.GRAYSCALE, 10, 10, 20, 60)
stats = img.get_statistics()
assert stats[:8] == (25, 10, 10, 20, 10, 60, 10, 20), stats[:8]
assert (stats.mean, stats.l_mean, stats.a_mean, stats.max) == (25, 25, 0, 60)
assert img.get_statistics(roi=(3, 0, 1, 2)).mean == 60
assert img.get_statistics(thresholds=[(0, 15)]).max == 10
assert img.statistics(thresholds=[(0, 15)], invert=True).min == 20
assert raises(ValueError, "overlap", lambda: img.get_statistics(roi=(9, 9, 1, 1)))
histogram = img.get_histogram()
assert len(histogram) == 1 and len(histogram[0]) == 256
assert (histogram[0][10], histogram[0][60]) == (0.5, 0.25)
assert histogram.get_percentile(0.9).value == 60 and histogram.get_threshold()[0] == 20
assert histogram.get_statistics()[0:] == stats[0:]
assert raises(IndexError, "", lambda: histogram[1])
lab = color.get_histogram()
assert len(lab) == 3 and len(lab.l_bins()) == 101 and len(lab.b_bins()) == 256
assert color.get_statistics().l_max == 100 and color.get_statistics().b_min == -108
