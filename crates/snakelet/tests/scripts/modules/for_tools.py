# differs: CPython never had these names
# What tools of MicroPython rely on.
import ujson, ubinascii, utime, uos

print(ujson.dumps([1]), ubinascii.hexlify(b"a"), utime.time() > 0)
print(ujson.__name__)
for name in ("ubuiltins", "umicropython", "unothing", "usys"):
    try:
        print(__import__(name).__name__)
    except ImportError:
        print("no", name)
import json

print(json is ujson)

# the value of any exception, as tools read it, has a board alone: hosts have CPython's attributes
try:
    (lambda: 0)(1)
except TypeError as e:
    print(hasattr(e, "value"), StopIteration(3).value)
import micropython

print(micropython.heap_lock(), micropython.heap_unlock())
