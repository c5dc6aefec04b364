# Files of the host: text and bytes, lines, positions, modes, errors.
import os

FOLDER = "scratch_text_and_bytes"


def clean():
    try:
        names = os.listdir(FOLDER)
    except OSError:
        return
    for name in names:
        try:
            os.remove(FOLDER + "/" + name)
        except OSError:
            os.rmdir(FOLDER + "/" + name)
    os.rmdir(FOLDER)


# what an earlier run may have left
clean()
os.mkdir(FOLDER)
PATH = FOLDER + "/sheep.txt"

with open(PATH, "w") as f:
    print(f.write("eins\nzwei\n"), f.write("drei ä€\n") > 0, f.tell() > 0)
with open(PATH) as f:
    print(f.readline(), end="")
    print(f.read(3), f.read(1) == "i", f.read())
    print(repr(f.read()), repr(f.readline()))
print([line for line in open(PATH)])
print(open(PATH).readlines()[-1] == "drei ä€\n")

with open(PATH, "rb") as f:
    print(f.read(5), f.seek(-2, 2), f.read(), f.seek(2), f.read(1), f.tell())
    room = bytearray(8)
    print(f.readinto(room), room)
with open(PATH, "ab") as f:
    f.write(b"mehr")
with open(PATH, "r+b") as f:
    f.write(b"EINS")
    print(f.read(6))
    f.seek(0)
    print(f.read(8))

print(os.stat(PATH)[6])
os.mkdir(FOLDER + "/pen")
os.rename(PATH, FOLDER + "/moved.txt")
print(sorted(os.listdir(FOLDER)), open(FOLDER + "/moved.txt", "rb").read(4))
for action in (
    lambda: open(PATH),
    lambda: os.remove(PATH),
    lambda: os.rmdir(FOLDER),
    lambda: os.mkdir(FOLDER + "/pen"),
    lambda: os.listdir(FOLDER + "/none"),
):
    try:
        action()
    except OSError as e:
        print(e.errno)

f = open(FOLDER + "/gone", "w")
f.close()
f.close()
try:
    f.write("x")
except ValueError as e:
    print("closed")
try:
    open("x", "q")
except ValueError:
    print("no such mode")
clean()
