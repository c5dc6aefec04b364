# A file system in memory, read where it lies. The image is written out by hand.
import errno
import os
import sys
import vfs


def uint(n):
    out = bytes([n & 0x7F])
    while n > 0x7F:
        n >>= 7
        out = bytes([n & 0x7F | 0x80]) + out
    return out


def record(kind, contents):
    return uint(kind) + uint(len(contents)) + contents


def file(name, data):
    return record(5, uint(len(name)) + name + record(2, data))


def image(contents):
    return b"\xd2\xcd\x31" + uint(len(contents)) + contents


directory = record(4, uint(3) + b"lib" + file(b"in_rom.py", b"value = 7\n"))
rom = image(file(b"a.txt", b"line 1\nline 2\n") + record(1, b"padding") + directory)
fs = vfs.VfsRom(rom)
vfs.mount(fs, "/rom")
print(os.listdir("/rom"), os.listdir("/rom/lib"), os.stat("/rom/a.txt")[6])
with open("/rom/a.txt") as f:
    print(list(f), f.seek(-3, 2), f.read())
with open("/rom/a.txt", "rb") as f:
    view = memoryview(f)
print(bytes(view[5:9]), len(view))
for path, mode in (("/rom/b", "r"), ("/rom/lib", "r"), ("/rom/a.txt", "w")):
    try:
        open(path, mode)
    except OSError as error:
        print(path, errno.errorcode[error.errno])
sys.path.append("/rom/lib")
import in_rom

print(in_rom.value)

# images that are cut off, or of which a bit is another one
for bad in (b"", b"xxx", rom[:20]):
    try:
        vfs.VfsRom(bad)
    except OSError as error:
        print(errno.errorcode[error.errno])
for i in range(len(rom) * 8):
    bad = bytearray(rom)
    bad[i // 8] ^= 1 << (i % 8)
    try:
        broken = vfs.VfsRom(bad)
        for name in broken.ilistdir("/"):
            if name[1] == 0x8000:
                broken.open(name[0], "rb").read()
    except OSError:
        pass
memory = bytearray(rom)
fs = vfs.VfsRom(memory)
f = fs.open("a.txt", "rb")
memory[:] = b""
print(f.read(), list(fs.ilistdir("")))
