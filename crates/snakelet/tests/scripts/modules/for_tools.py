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

# tools of MicroPython read the value of any exception
try:
    (lambda: 0)(1)
except TypeError as e:
    print(e.value == e.args[0])
print(ValueError().value, KeyError(3, 4).value)
import micropython

print(micropython.heap_lock(), micropython.heap_unlock())
