# Every method of images: of those whose pixels are gone it raises an exception, as receiver and as argument, and of
# all others it does something. None may be left out.
import csi, image

W, H = 32, 20
cam = csi.CSI()
cam.reset()
cam.pixformat(csi.RGB565)
cam.framesize((W, H))

# what each method is called with; "other" stands for another image
OTHER = "other"
CALLS = {
    "__getitem__": (0,),
    "__setitem__": (0, 1),
    "awb": (),
    "bilateral": (1,),
    "binary": ([(0, 50, -20, 20, -20, 20)],),
    "black_hat": (1,),
    "blend": (OTHER,),
    "blur": (1,),
    "bytearray": (),
    "ccm": ([1, 0, 0, 0, 1, 0, 0, 0, 1],),
    "clear": (),
    "close": (1,),
    "compress": (),
    "copy": (),
    "crop": (1, 1, (2, 2, 20, 10)),
    "dilate": (1,),
    "draw_arrow": (1, 1, 9, 9),
    "draw_circle": (9, 9, 4),
    "draw_cross": (9, 9),
    "draw_detection": ((1, 1, 8, 8, 4, 4),),
    "draw_edges": (((1, 1), (9, 1), (9, 9), (1, 9)),),
    "draw_ellipse": (9, 9, 5, 3, 30),
    "draw_image": (OTHER, 2, 2),
    "draw_keypoints": ([(5, 5, 45)],),
    "draw_line": (1, 1, 9, 9),
    "draw_rectangle": (1, 1, 9, 9),
    "draw_string": (1, 1, "a"),
    "erode": (1,),
    "find_blobs": ([(0, 100, -128, 127, -128, 127)],),
    "find_edges": (image.EDGE_CANNY,),
    "flood_fill": (3, 3),
    "flush": (),
    "gamma": (1.5,),
    "gamma_corr": (1.5,),
    "gaussian": (1,),
    "get_hist": (),
    "get_histogram": (),
    "get_pixel": (1, 1),
    "get_similarity": (OTHER,),
    "get_statistics": (),
    "get_stats": (),
    "histeq": (),
    "histogram": (),
    "invert": (),
    "laplacian": (1,),
    "lens_corr": (),
    "linpolar": (),
    "logpolar": (),
    "mask_circle": (),
    "mask_ellipse": (),
    "mask_rectangle": (),
    "mean": (1,),
    "median": (1,),
    "midpoint": (1,),
    "mode": (1,),
    "morph": (1, [1] * 9),
    "negate": (),
    "open": (1,),
    "rotation_corr": (),
    "save": ("/methods.bmp",),
    "scale": (0.5, 0.5),
    "set_pixel": (1, 1, (1, 2, 3)),
    "statistics": (),
    "to_bitmap": (),
    "to_grayscale": (),
    "to_ironbow": (),
    "to_jpeg": (),
    "to_png": (),
    "to_rainbow": (),
    "to_rgb565": (),
    "top_hat": (1,),
}
for name in "add sub rsub min max difference b_and b_nand b_or b_nor b_xor b_xnor set replace assign".split():
    CALLS[name] = (OTHER,)
# these tell what the image was, or end its use
FIGURES = {"width", "height", "format", "size", "valid", "hold", "__len__", "__enter__", "__exit__", "__repr__"}
GREY_ONLY = {"find_edges"}
missing = {name for name in dir(image.Image) if name not in FIGURES and name not in CALLS}
assert not {name for name in missing if not name.startswith("__")}, missing
assert {name for name in CALLS if not hasattr(image.Image, name)} == set()


def call(img, name, other):
    args = [other if arg is OTHER else arg for arg in CALLS[name]]
    return getattr(img, name)(*args)


def recycled():
    img = cam.snapshot()
    cam.snapshot()
    return img


def reshaped():
    img = cam.snapshot()
    cam.framesize((W, H + 4))
    cam.framesize((W, H))
    return img


def closed(img):
    img.close()
    return img


def left():
    with cam.snapshot() as img:
        pass
    return img


STALE = {
    "recycled": recycled,
    "reshaped": reshaped,
    "closed frame": lambda: closed(cam.snapshot()),
    "closed block": lambda: closed(image.Image(W, H, image.RGB565, pool="dram")),
    "closed array": lambda: closed(image.Image(W, H, image.RGB565, pool="heap")),
    "left": left,
}


def raises(work, *about):
    try:
        work()
    except ValueError as error:
        text = str(error)
        assert text.startswith("frame was recycled") or text == "image is closed", (text, about)
        return
    assert 0, about


good = image.Image(W, H, image.RGB565)
for kind, make in STALE.items():
    stale = make()
    for name, args in CALLS.items():
        raises(lambda: call(stale, name, good), kind, name)
        if OTHER in args:
            raises(lambda: call(good, name, stale), kind, name, "argument")
    raises(stale.hold, kind)
    assert (stale.width(), stale.height(), stale.format()) == (W, H, image.RGB565)
    assert not stale.valid()
    stale.close()
    try:
        memoryview(stale)
        assert 0, kind
    except TypeError:
        pass
assert not any(good.bytearray())

for make in (
    cam.snapshot,
    lambda: image.Image(W, H, image.RGB565, pool="dram"),
    lambda: image.Image(W, H, image.RGB565, pool="heap"),
):
    other = image.Image(W, H, image.RGB565)
    other.draw_circle(16, 10, 6, color=(255, 255, 255), fill=True)
    for name in CALLS:
        img = make()
        if name in GREY_ONLY:
            img.to_grayscale()
        call(img, name, other)
        assert img.valid()
        img.close()
