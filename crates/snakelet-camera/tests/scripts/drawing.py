# Figures, of any size and anywhere.
import image

FAR = (-(1 << 40), -70000, -1, 0, 3, 19, 20, 70000, 1 << 40)


def count(img):
    pixels = [img.get_pixel(x, y) for y in range(img.height()) for x in range(img.width())]
    return sum(1 for p in pixels if p not in (0, (0, 0, 0)))


for form in (image.BINARY, image.GRAYSCALE, image.RGB565):
    img = image.Image(20, 16, form)
    assert img.draw_line(2, 3, 9, 3) is img and count(img) == 8
    img.clear()
    img.draw_line((0, 0, 15, 15))
    assert count(img) == 16 and img.get_pixel(7, 7) not in (0, (0, 0, 0))
    img.clear().draw_rectangle(2, 2, 6, 5)
    assert count(img) == 18
    img.draw_rectangle((2, 2, 6, 5), fill=True)
    assert count(img) == 30
    img.clear().draw_rectangle(4, 4, 6, 5, color=255, thickness=3)
    assert count(img) == 8 * 7 - 2 * 1
    img.clear().draw_circle(10, 8, 4, fill=True)
    full = count(img)
    assert 45 <= full <= 70
    img.clear().draw_circle(10, 8, 4)
    assert 16 <= count(img) <= 32 and img.get_pixel(10, 8) in (0, (0, 0, 0))
    img.clear().draw_cross(10, 8, size=3)
    assert count(img) == 13
    img.clear().draw_ellipse(10, 8, 6, 3, 0, fill=True)
    assert 50 <= count(img) <= 75
    img.clear().draw_arrow(2, 8, 15, 8, size=4)
    assert count(img) > 14
    img.clear().draw_edges(((2, 2), (10, 2), (10, 10), (2, 10)))
    assert count(img) == 32
    mask = image.Image(20, 16, image.BINARY).draw_rectangle(0, 0, 5, 16, fill=True)
    img.draw_rectangle(0, 0, 20, 16, fill=True)
    img.clear(mask)
    assert count(img) == 15 * 16

img = image.Image(20, 16, image.RGB565)
for i, a in enumerate(FAR):
    b, c = FAR[i - 1], FAR[i - 2]
    img.draw_line(a, b, c, a, thickness=3)
    img.draw_rectangle(a, b, c, a, thickness=c)
    img.draw_rectangle(a, b, c, a, fill=True)
    img.draw_circle(a, b, min(c, 40), thickness=2)
    img.draw_ellipse(a, b, min(c, 40), min(a, 40), b)
    img.draw_cross(a, b, size=min(c, 50))
    img.set_pixel(a, b, (255, 255, 255))
    assert img.get_pixel(a, b) is None or 0 <= a < 20
for wrong in ((), (1,), (1, 2, "x", 4), ((1, 2),), ((1, 2, 3, None),)):
    try:
        img.draw_line(*wrong)
        assert 0
    except (TypeError, ValueError):
        pass
big = img.copy(x_scale=2.0, y_scale=3)
assert (big.width(), big.height()) == (40, 48)
assert big.get_pixel(39, 47) == img.get_pixel(19, 15)
cut = img.copy(roi=(5, 5, 100, 4))
assert (cut.width(), cut.height()) == (15, 4)
for scale in (0, float("nan"), float("inf"), 1e9):
    try:
        img.copy(x_scale=scale)
        assert 0
    except (ValueError, MemoryError):
        pass
