# Images in files: what is saved comes back; what is no picture is refused, and files are closed again.
import image


def raises(kind, text, call):
    try:
        call()
    except kind as error:
        assert text in str(error), repr(error)
        return True
    return False


def rows(img):
    return [[img.get_pixel(x, y) for x in range(img.width())] for y in range(img.height())]


color = image.Image(9, 5, image.RGB565)
grey = image.Image(9, 5, image.GRAYSCALE)
for y in range(5):
    for x in range(9):
        color.set_pixel(x, y, (x * 8, y * 4 + 100, 255 - x * 8))
        grey.set_pixel(x, y, 20 * x + y)
for name in ("a.bmp", "a.ppm", "a.png", "A.BMP"):
    assert color.save(name) is color
    back = image.Image(name)
    assert back.width() == 9 and (back.format() == image.PNG) == name.endswith("png")
    assert rows(back.to_rgb565()) == rows(color), name
for name in ("b.bmp", "b.pgm", "b.png"):
    grey.save(name)
    back = image.Image(name)
    assert rows(back.to_grayscale()) == rows(grey), name
    grey.save(name, roi=(2, 1, 3, 3))
    cut = image.Image(name).to_grayscale()
    assert (cut.width(), cut.height(), cut.get_pixel(0, 0)) == (3, 3, 41), name
image.Image(8, 2, image.BINARY).set_pixel(3, 1, 1).save("bits.pgm")
assert rows(image.Image("bits.pgm"))[1] == [0, 0, 0, 255, 0, 0, 0, 0]

# files instead of images
grey.save("b.pgm")
assert grey.copy().difference("b.pgm").get_statistics().max == 0
assert rows(grey.copy().clear().draw_image("b.pgm")) == rows(grey)

# JPEG: smaller, and much the same
big = image.Image(64, 48, image.RGB565)
for y in range(48):
    big.draw_line(0, y, 63, y, (y * 4, 100, 200 - y * 4))
whole = big.copy()
packed = big.to_jpeg(quality=80, copy=True)
assert packed.format() == image.JPEG and packed.size() < 3000 and len(packed) == packed.size()
assert whole.difference(packed.copy().to_rgb565()).get_statistics().l_max < 12
for kind in (image.JPEG_SUBSAMPLING_444, image.JPEG_SUBSAMPLING_422, image.JPEG_SUBSAMPLING_420):
    assert whole.to_jpeg(quality=30, subsampling=kind, copy=True).size() < packed.size()
big.save("c.jpg", quality=80)
again = image.Image("c.jpg")
assert (again.width(), again.height(), again.format()) == (64, 48, image.JPEG)
again.save("d.jpg")
assert image.Image("d.jpg").bytearray() == again.bytearray()
assert raises(ValueError, "cannot be saved", lambda: again.save("d.bmp"))
assert raises(ValueError, "not supported", lambda: again.get_pixel(0, 0))
assert raises(ValueError, "not supported", lambda: again.crop(roi=(0, 0, 2, 2)))
assert big.compress() is big and big.format() == image.JPEG and big.valid()
assert big.to_grayscale() is big and big.size() == 64 * 48

# texts of numbers and other maps
for name, text, expected in (
    ("t.pgm", b"P2 # by hand\n2 1 # size\n15\n0 15", [[0, 255]]),
    ("t.ppm", b"P3 1 1 255 255 0 255\n", [[(255, 0, 255)]]),
    ("t.pbm", b"P4 3 1\n\xa0", [[0, 1, 0]]),
):
    with open(name, "wb") as file:
        file.write(text)
    assert rows(image.Image(name)) == expected, name

# what is no picture
for text in (b"", b"P", b"P5 2 2 255 abc", b"P5 0 2 255\n", b"P7 1 1 1\n", b"BM" + bytes(60), b"\xff\xd8\xff", b"\x89PNG\r\n",
             b"P5 99999 99999 255\n", b"P6 9999999999 1 255\n"):
    with open("wrong", "wb") as file:
        file.write(text)
    try:
        image.Image("wrong")
        assert 0, text
    except (OSError, ValueError):
        pass
assert raises(OSError, "", lambda: image.Image("nowhere.bmp"))
assert raises(TypeError, "str", lambda: grey.save(5))

# damaged ones give something or an error
for name in ("a.bmp", "a.png", "c.jpg"):
    with open(name, "rb") as file:
        data = file.read()
    for i in range(0, len(data), 1 + len(data) // 12):
        with open("wrong", "wb") as file:
            file.write(data[:i] + bytes([data[i] ^ 0xFF]) + data[i + 1 :])
        try:
            image.Image("wrong").to_grayscale()
        except (OSError, ValueError, MemoryError):
            pass
