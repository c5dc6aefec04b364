import os
import sys

def write(path, text):
    with open(path, "w") as f:
        f.write(text)

for folder in ("one", "one/parts", "two", "two/parts", "two/whole", "one/whole"):
    try:
        os.mkdir(folder)
    except FileExistsError:
        pass
write("one/parts/wheel.py", "n = 4\n")
write("two/parts/axle.py", "n = 2\n")
write("two/whole/__init__.py", "where = 'two'\n")
sys.path.insert(0, "two")
sys.path.insert(0, "one")
import parts.wheel
import parts.axle
import whole

print(parts.wheel.n, parts.axle.n, len(parts.__path__), whole.where)
try:
    import parts.roof
except ImportError as e:
    print(type(e).__name__)
