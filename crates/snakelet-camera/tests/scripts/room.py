# Images lie in the heap, in pools, or where the script says; a pool that is full says so with figures.
import csi, image, umalloc


def raises(kind, text, call):
    try:
        call()
    except kind as error:
        assert text in str(error), repr(error)
        return True
    return False


umalloc.init()
assert umalloc.stats()[3] == 0
small = image.Image(32, 32, image.GRAYSCALE)
assert umalloc.stats()[3] == 0
large = image.Image(200, 100, image.RGB565)
assert umalloc.stats()[0] == 1 and umalloc.stats()[3] == 40000
assert large.get_pixel(199, 99) == (0, 0, 0)
fast = image.Image(100, 100, image.GRAYSCALE, pool="fast")
assert umalloc.stats(1)[3] >= 10000
named = image.Image(100, 100, image.GRAYSCALE, pool="sram")
assert umalloc.stats(1)[3] >= 20000
assert raises(MemoryError, "pool 'sram': asked ", lambda: image.Image(200, 200, image.GRAYSCALE, pool="sram"))
heap = image.Image(80, 80, image.GRAYSCALE, pool="heap")
assert raises(ValueError, "no pool is called", lambda: image.Image(9, 9, image.BINARY, pool="attic"))
assert raises(MemoryError, "pool 'dram': asked 2000000, free ", lambda: image.Image(1000, 1000, image.RGB565))
assert raises(ValueError, "0x5", lambda: image.Image(0, 5, image.GRAYSCALE))
assert raises(ValueError, "99999x", lambda: image.Image(99999, 99999, image.GRAYSCALE))
assert raises(ValueError, "format", lambda: image.Image(5, 5, 12))
for i in (large, fast, named):
    i.close()
assert umalloc.stats()[3] == 0
# dead images make room: each takes more than half of the pool
for i in range(5):
    big = image.Image(600, 500, image.RGB565)
    big.set_pixel(599, 499, (255, 0, 0))
    assert big.get_pixel(599, 499) == (255, 0, 0)
    big = None

# pixels of the script's own
store = bytearray(100)
mine = image.Image(10, 10, image.GRAYSCALE, buffer=store)
mine.set_pixel((3, 2), 200)
assert store[23] == 200 and mine.bytearray()[23] == 200
assert raises(ValueError, "buffer has 100 bytes of 121", lambda: image.Image(11, 11, image.GRAYSCALE, buffer=store))
assert raises(TypeError, "buffer must be", lambda: image.Image(2, 2, image.GRAYSCALE, buffer="text"))
bits = image.Image(40, 4, image.BINARY)
bits.set_pixel(39, 3, 1)
assert bits.size() == 32 and bits.get_pixel(39, 3) == 1 and bits.get_pixel(38, 3) == 0

# frames, and what does not fit
cam = csi.CSI(fflush=False)
cam.reset()
cam.pixformat(csi.RGB565)
assert raises(MemoryError, "pool 'dram': asked ", lambda: cam.framesize(csi.UXGA))
assert raises(RuntimeError, "Frame size", cam.snapshot)
cam.framesize(csi.VGA)
assert cam.framebuffers() == 1
assert raises(MemoryError, "asked ", lambda: cam.framebuffers(2))
cam.framebuffers(-1)
assert cam.snapshot().size() == 614400
cam.pixformat(csi.GRAYSCALE)
assert cam.framebuffers() == 3
cam.framesize(csi.QVGA)
again = csi.CSI()
assert again.snapshot().valid()
