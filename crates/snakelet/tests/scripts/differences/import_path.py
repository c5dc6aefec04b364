import os
import sys

try:
    os.mkdir("toolbox")
except FileExistsError:
    pass
with open("toolbox/__init__.py", "w") as f:
    f.write("size = 3\n")
with open("toolbox/saw.py", "w") as f:
    f.write("teeth = 40\n")
sys.path.insert(0, "")
import toolbox.saw

print(toolbox.size, toolbox.saw.teeth)
print([p.rsplit("/", 1)[-1] for p in toolbox.__path__])
