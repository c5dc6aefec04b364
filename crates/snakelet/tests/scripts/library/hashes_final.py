# differs: in CPython a hash object goes on after digest().
# hashlib: a hash is given once.
import hashlib
import platform

for make in (hashlib.md5, hashlib.sha1, hashlib.sha256):
    hash = make(b"abc")
    hash.hexdigest()
    for use in (hash.digest, hash.hexdigest, lambda: hash.update(b"")):
        try:
            use()
        except ValueError as error:
            print(error)
print(platform.platform().split("-")[0], type(platform.python_compiler()), platform.libc_ver())
