# hashlib
import hashlib

for make in (hashlib.md5, hashlib.sha1, hashlib.sha256):
    for n in (0, 1, 55, 56, 63, 64, 65, 119, 128, 1000):
        data = bytes(i % 251 for i in range(n))
        whole = make(data).digest()
        parts = make()
        for at in range(0, n, 7):
            parts.update(data[at : at + 7])
        print(len(whole), parts.digest() == whole, whole[:6])
    print(make(bytearray(b"abc")).hexdigest(), make(memoryview(b"abc")).hexdigest() == make(b"abc").hexdigest())
    for bad in (1, None, [1]):
        try:
            make(bad)
        except TypeError:
            print("TypeError")
        hash = make(b"12")
        try:
            hash.update(bad)
        except TypeError:
            print("TypeError")
        hash.update(b"3")
        print(hash.digest() == make(b"123").digest())
