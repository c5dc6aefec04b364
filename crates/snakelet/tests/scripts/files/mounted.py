# differs: CPython cannot mount file systems
# A file system written in Python: modules and files come from it.
import io
import os
import sys
import vfs


class File(io.IOBase):
    def __init__(self, data, log):
        self.data = data
        self.at = 0
        self.log = log

    def readinto(self, buf):
        n = min(len(buf), len(self.data) - self.at)
        buf[:n] = self.data[self.at : self.at + n]
        self.at += n
        return n

    def ioctl(self, what, arg):
        if what == 4:
            self.log.append("close")
            return 0
        return -1


class Files:
    def __init__(self, files):
        self.files = files
        self.log = []

    def mount(self, readonly, make):
        self.log.append("mount")

    def umount(self):
        self.log.append("umount")

    def stat(self, path):
        if path in self.files:
            return (0x8000, 0, 0, 0, 0, 0, len(self.files[path]), 0, 0, 0)
        raise OSError(2)

    def open(self, path, mode):
        self.log.append(path + " " + mode)
        return File(self.files[path], self.log)

    def ilistdir(self, path):
        for name in self.files:
            yield (name[1:], 0x8000, 0)

    def chdir(self, path):
        self.log.append("cd " + path)

    def getcwd(self):
        return "/"


fs = Files(
    {
        "/hello.py": b"import world\nprint('hello', world.name)\n",
        "/world.py": b"name = __name__ + ' of ' + __file__\n",
        "/broken.py": b"def\n",
        "/bad.mpy": b"M\x06 not at all",
    }
)
vfs.mount(fs, "/ram")
sys.path.append("/ram")
import hello

for name in ("broken", "bad", "absent"):
    try:
        __import__(name)
    except (SyntaxError, ValueError, ImportError) as e:
        print(type(e).__name__)
print(sorted(os.listdir("/ram")))
print(os.stat("/ram/world.py")[6])
os.chdir("/ram")
print(os.getcwd())
try:
    os.mkdir("/elsewhere/x/y")
except OSError:
    print("OSError")
try:
    vfs.mount(fs, "/ram")
except OSError as e:
    print(e.errno)
vfs.umount("/ram")
print(fs.log)


class Loud(io.IOBase):
    def write(self, data):
        parts.append(bytes(data))
        return len(data)


parts = []
print("a", 1, file=Loud(), sep="-")
print(b"".join(parts))
