# Works with the file system in an image, and checks it against what it should be:
#
#     work.py CLASS IMAGE SEED BLOCK_SIZE BLOCKS
#
# An image that is not there is made. What is in it at the end is printed. `tests/interchange.rs` runs this with Snakelet and with
# MicroPython in turn, on the same image.
import sys
import vfs

kind, image, seed, size, blocks = sys.argv[1:6]
seed, size, blocks = int(seed), int(size), int(blocks)


class Device:
    def __init__(self, data):
        self.data = data

    def readblocks(self, block, buf, off=0):
        at = block * size + off
        buf[:] = self.data[at : at + len(buf)]

    def writeblocks(self, block, buf, off=0):
        at = block * size + off
        self.data[at : at + len(buf)] = buf

    def ioctl(self, op, arg):
        if op == 4:
            return blocks
        if op == 5:
            return size
        if op == 6:
            # flash that is erased is all ones
            self.data[arg * size : (arg + 1) * size] = b"\xff" * size
            return 0


def random(n):
    global seed
    seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
    return (seed >> 12) % n


cls = getattr(vfs, kind)
try:
    with open(image, "rb") as f:
        device = Device(bytearray(f.read()))
    fs = cls(device)
except OSError:
    device = Device(bytearray(size * blocks))
    cls.mkfs(device)
    fs = cls(device)


def tree(path, found):
    for entry in fs.ilistdir(path):
        name = path + "/" + entry[0]
        if entry[1] == 0x4000:
            found[name] = None
            tree(name, found)
        else:
            with fs.open(name, "rb") as f:
                data = f.read()
            assert len(data) == entry[3] == fs.stat(name)[6], name
            found[name] = data
    return found


model = tree("", {})
NAMES = ("a", "b.txt", "readme.md", "A long name of many words.text", "x" * 70, "NOTES.TXT", "b", "c1")


def choose(want_dir):
    names = sorted(n for n in model if (model[n] is None) == want_dir)
    if want_dir:
        names.append("")
    return names[random(len(names))] if names else None


def fresh():
    name = NAMES[random(len(NAMES))]
    if random(2):
        name = "f%d" % random(60)
    return choose(True) + "/" + name


def data():
    n = random(40) if random(2) else random(3 * size + 900)
    start = random(256)
    return bytes((start + i * 7 + i // 256) & 255 for i in range(n))


def step():
    what = random(12)
    if what < 4:
        path = fresh()
        if path in model and model[path] is None:
            return
        d = data()
        with fs.open(path, "wb") as f:
            model[path] = b""
            k = random(len(d) + 1)
            f.write(d[:k])
            f.write(d[k:])
        model[path] = d
    elif what == 4:
        path = choose(False)
        if path:
            d = data()
            with fs.open(path, "ab") as f:
                f.write(d)
            model[path] += d
    elif what == 5:
        path = choose(False)
        if path:
            old = model[path]
            at = random(len(old) + 1)
            d = data()
            with fs.open(path, "r+b") as f:
                f.seek(at)
                f.write(d)
                f.seek(0)
                new = f.read()
            model[path] = old[:at] + d + old[at + len(d) :]
            assert new == model[path], path
    elif what == 6:
        path = choose(False)
        if path:
            fs.remove(path)
            del model[path]
    elif what < 9:
        path = fresh()
        if path not in model and path.count("/") < 5:
            fs.mkdir(path)
            model[path] = None
    elif what == 9:
        path = choose(True)
        if path and not any(n.startswith(path + "/") for n in model):
            fs.rmdir(path)
            del model[path]
    else:
        old, new = choose(random(3) == 0), fresh()
        if old and old != new and not (new + "/").startswith(old + "/") and new not in model:
            fs.rename(old, new)
            for n in sorted(model):
                if n == old or n.startswith(old + "/"):
                    model[new + n[len(old) :]] = model.pop(n)


full = 0
for i in range(200):
    try:
        step()
    except OSError as error:
        # MicroPython says "permission denied" of directories that cannot grow
        if error.errno not in (13, 28):
            raise
        # what was written in part is what it is
        full += 1
        model = tree("", {})
        path = choose(False)
        if path:
            fs.remove(path)
            del model[path]

fs.umount()
fs = cls(device)
found = tree("", {})
assert sorted(found) == sorted(model)
for name in found:
    assert found[name] == model[name], name
with open(image, "wb") as f:
    f.write(device.data)
for name in sorted(found):
    d = found[name]
    print(name, d if d is None else (len(d), sum((i % 251 + 1) * b for i, b in enumerate(d)) % 65521))
sys.stderr.write("%s: %d entries, full %d times\n" % (kind, len(found), full))
