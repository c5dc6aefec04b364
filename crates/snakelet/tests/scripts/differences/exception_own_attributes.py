e = ValueError("wet")
e.level = 3
print(e.level, e.args, e.__dict__)
del e.level
print(hasattr(e, "level"))
try:
    del e.level
except AttributeError:
    print("AttributeError")
class Leak(OSError):
    pass
e = Leak(2, "dry", "tank")
e.level = 4
print(e.level, e.errno, e.strerror, e.filename)
