# Packages, relative and circular imports, and what a failing import leaves behind.
import sys

sys.path.insert(0, sys.path[0] + "/lib")

import farm
import farm.barn.cow as cow

print(farm.__name__, farm.barn.__name__, cow.__name__)
print(farm.late(), cow.sound(), farm.tools.calls)
print(farm.barn.order)
print("farm.barn.cow" in sys.modules, farm.barn.cow is cow)

from farm import *

print(count(), late() == "moo 4")
try:
    hidden
except NameError as e:
    print("NameError")

import ring_a

print(ring_a.second)

for _ in range(2):
    try:
        import failing
    except ValueError as e:
        print(e, "failing" in sys.modules)
print(len(sys.modules["tries"]))

import replaced

print(replaced.text)

try:
    import nowhere.to_be_found
except ImportError as e:
    print(type(e).__name__ in ("ImportError", "ModuleNotFoundError"))
try:
    from farm import nothing
except ImportError:
    print("no such name")
try:
    exec("from . import x", {"__name__": "alone"})
except ImportError:
    print("no package")

again = __import__("farm.barn")
print(again is farm, __import__("farm.barn", None, None, ("cow",)).__name__)
print(farm.__path__ is not None, cow.__file__[-7:])


def inside():
    import farm.tools as t
    from farm.tools import count as c

    return t.count is c


print(inside())

# a directory without __init__ gives way to a file, and is a package where there is none
import data
import field.north

print(data.what, field.north.crop)
try:
    import data.three
except ImportError:
    print("no package")
