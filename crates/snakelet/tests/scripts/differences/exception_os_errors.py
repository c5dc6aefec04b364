import errno

for name in ("EPERM ENOENT EIO EAGAIN EACCES EEXIST EISDIR EINVAL ECONNABORTED ECONNRESET "
             "ETIMEDOUT ECONNREFUSED EALREADY EINPROGRESS ENOTDIR").split():
    e = OSError(getattr(errno, name), "")
    print(name, type(e).__name__, isinstance(e, OSError), e.errno == getattr(errno, name))
print(type(OSError("text", "text")).__name__, type(OSError(2)).__name__)
class Own(OSError):
    pass
print(type(Own(2, "")).__name__)
for call in (lambda: open("no/such/file"), lambda: __import__("no_such_module")):
    try:
        call()
    except (OSError, ImportError) as e:
        print(type(e).__name__)
print(issubclass(ConnectionResetError, ConnectionError), IOError is OSError, EnvironmentError is OSError)
print(issubclass(DeprecationWarning, Warning), issubclass(UnicodeDecodeError, ValueError))
def deep():
    deep()
def local():
    print(x)
    x = 1
for call in (deep, local, lambda: b"\xff".decode(), lambda: "\u20ac".encode("ascii")):
    try:
        call()
    except Exception as e:
        print(type(e).__name__)
