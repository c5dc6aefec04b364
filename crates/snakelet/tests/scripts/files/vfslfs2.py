# A file system on a block device that is written in Python.
import errno
import os
import vfs


class Device:
    def __init__(self, blocks):
        self.data = bytearray(blocks * 512)
        self.before = None

    def readblocks(self, block, buf, off=0):
        if self.before:
            self.before()
        at = block * 512 + off
        buf[:] = self.data[at : at + len(buf)]

    def writeblocks(self, block, buf, off=0):
        at = block * 512 + off
        self.data[at : at + len(buf)] = buf

    def ioctl(self, op, arg):
        return {4: len(self.data) // 512, 5: 512, 6: 0}.get(op)


def fails(what, *args):
    try:
        what(*args)
    except OSError as error:
        print(what.__name__, errno.errorcode.get(error.errno, error.errno))


device = Device(60)
fails(vfs.mount, device, "/disk")
vfs.VfsLfs2.mkfs(device)
vfs.mount(device, "/disk")
os.mkdir("/disk/dir")
with open("/disk/dir/A long name.txt", "w") as f:
    print(f.write("line 1\nline 2\n"))
with open("/disk/dir/A long name.txt", "a") as f:
    f.write("line 3\n")
with open("/disk/dir/A long name.txt") as f:
    print(list(f), f.tell())
with open("/disk/big", "wb") as f:
    for i in range(40):
        f.write(bytes([i]) * 100)
with open("/disk/big", "r+b") as f:
    f.seek(1000)
    f.write(b"here")
    f.seek(998)
    print(f.read(8))
print(os.stat("/disk/big")[6], sorted(os.listdir("/disk")), sorted(os.listdir(b"/disk")))
os.rename("/disk/dir/A long name.txt", "/disk/moved")
os.rmdir("/disk/dir")
with open("/disk/module_on_vfslfs2.py", "w") as f:
    f.write("value = 42\n")
import sys

sys.path.append("/disk")
import module_on_vfslfs2

print(module_on_vfslfs2.value)
fails(os.rmdir, "/disk/none")
fails(os.mkdir, "/disk/big")
fails(open, "/disk/none/x")

# a device that raises, that comes back, and that lies
again = vfs.VfsLfs2(device)


def boom():
    raise ValueError("boom")


device.before = boom
try:
    again.stat("moved")
except ValueError as error:
    print("ValueError", error)


def come_back():
    device.before = None
    fails(again.stat, "moved")


device.before = come_back
print(again.stat("moved")[6])
device.before = None
f = again.open("moved", "r")


def read_again():
    device.before = None
    fails(f.read)


device.before = read_again
print(f.read())
for i in range(0, len(device.data), 7):
    device.data[i] ^= i % 251
for what in ("moved", "big", "x/y"):
    try:
        with again.open(what, "r+b") as f:
            f.read()
            f.write(b"data")
    except OSError:
        pass
try:
    list(again.ilistdir("/"))
    vfs.VfsLfs2(device)
except OSError:
    pass
print("done")
