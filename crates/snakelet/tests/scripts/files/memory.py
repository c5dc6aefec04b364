# StringIO and BytesIO.
import io

s = io.StringIO()
print(s.write("one\ntwo\nthr"), s.tell())
s.seek(0)
print([line for line in s])
print(repr(s.read()), s.getvalue())
s.seek(4)
s.write("TWO")
print(s.getvalue().split("\n"))
print("to a stream", 1, file=s, end="!")
print(s.getvalue()[7:])

source = b"never changed"
b = io.BytesIO(source)
b.seek(6)
b.write(b"CHANGED")
print(source, b.getvalue())
b.seek(2, 2)
b.write(b"end")
print(b.getvalue()[-6:])
room = bytearray(4)
b.seek(0)
print(b.readinto(room), room, b.readline())
with io.BytesIO(b"x\ny") as c:
    print(c.readlines())
try:
    c.read()
except ValueError:
    print("closed")
for bad in (lambda: io.StringIO("a").seek(-1), lambda: io.BytesIO(1.5)):
    try:
        bad()
    except (OSError, ValueError, TypeError):
        print("refused")
