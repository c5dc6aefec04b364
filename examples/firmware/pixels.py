# Instructions that methods of images take for a pixel, in both formats, at the width of QVGA: what 320x240 pixels take
# more than 320x120, so that what a call takes anyway does not count. QEMU runs an instruction a nanosecond. Fails where
# one takes more than its bound; docs/camera.md says which bounds are aims. To be run by
# `run.sh pixels.py --heap 400000 --features camera`.
import image
import time

WIDTH, HEIGHT = 320, 240

# Name, most instructions for a pixel (grayscale, RGB565; None: there is no bound), and what is done: with `img`,
# which is a copy of the picture, `other`, which is another picture of its size and format, and `box`, which is one
# of the other format to draw.
LINES = """
binary|6|21|img.binary([threshold])
difference|6|13|img.difference(other)
get_statistics|12|16|img.get_statistics()
draw_image|10|10|img.draw_image(other, 0, 0)
draw_image of the other format|10|10|img.draw_image(box, 0, 0)
find_blobs|25|38|img.find_blobs([threshold])
erode|40|40|img.erode(1)
dilate|40|40|img.dilate(1)
to_jpeg|200|200|img.to_jpeg(quality=50)
copy|None|None|img.copy().close()
invert|None|None|img.invert()
b_and|None|None|img.b_and(other)
add|None|None|img.add(other)
max|None|None|img.max(other)
to_grayscale|None|None|img.to_grayscale()
to_rgb565|None|None|img.to_rgb565()
histeq|None|None|img.histeq()
gamma_corr|None|None|img.gamma_corr(gamma=0.5)
get_histogram|None|None|img.get_histogram()
mean|None|None|img.mean(1)
gaussian|None|None|img.gaussian(1)
median|None|None|img.median(1)
"""


def picture(form, height, seed):
    """Ramps of brightness and colour with noise, and a square in each of the cells of 36 pixels: one pixel in twenty."""
    img = image.Image(WIDTH, height, form)
    is_grey = form == image.GRAYSCALE
    i = 0
    for y in range(height):
        for x in range(WIDTH):
            seed = (seed * 75 + 74) % 65537
            if x % 36 < 8 and y % 36 < 8:
                img[i] = 240 + seed % 16 if is_grey else 0xF800 | seed & 0x41
            else:
                # the ramp goes on across rows
                noise, ramp = seed >> 4, x + 2 * (y % 120)
                if is_grey:
                    img[i] = (ramp >> 2) + (noise & 15)
                else:
                    img[i] = (
                        ((ramp >> 6) + (noise & 1)) << 11
                        | ((ramp >> 4) + (noise >> 1 & 3)) << 5
                        | (30 - (ramp >> 5) + (noise >> 3 & 1))
                    )
            i += 1
    return img


def microseconds(code, names, of):
    """What it takes with a fresh copy of a picture."""
    names["img"] = of.copy()
    began = time.ticks_us()
    exec(code, names)
    took = time.ticks_diff(time.ticks_us(), began)
    names["img"].close()
    return took


FORMATS = (image.GRAYSCALE, image.RGB565)
THRESHOLDS = ((230, 255), (30, 100, 50, 127, 20, 127))
HEIGHTS = (HEIGHT, HEIGHT // 2)
pictures = [[picture(form, height, 1) for height in HEIGHTS] for form in FORMATS]
others = [[picture(form, height, 9) for height in HEIGHTS] for form in FORMATS]
for all, threshold in zip(pictures, THRESHOLDS):
    found = sum(blob.pixels for blob in all[0].find_blobs([threshold]))
    assert 45 <= found * 1000 // (WIDTH * HEIGHT) <= 55, found

print("%-32s%10s%10s" % ("instructions a pixel", "grayscale", "RGB565"))
exceeded = []
for line in LINES.strip().split("\n"):
    name, *bounds, text = line.split("|")
    code = compile(text, name, "exec")
    figures = []
    for i, bound in enumerate(bounds):
        took = []
        for j in range(2):
            names = {"threshold": THRESHOLDS[i], "other": others[i][j], "box": others[1 - i][j]}
            took.append(microseconds(code, names, pictures[i][j]))
        figure = (took[0] - took[1]) * 1000 / (WIDTH * (HEIGHTS[0] - HEIGHTS[1]))
        figures.append(figure)
        if bound != "None" and figure > float(bound):
            exceeded.append((name, i, figure, bound))
    print("%-32s%10.1f%10.1f" % (name, *figures))
assert not exceeded, exceeded
