# differs: CPython has no cryptolib.
# cryptolib: the vectors of FIPS 197 and SP 800-38A, whole, in pieces and in place.
import cryptolib
from binascii import hexlify, unhexlify

KEYS = (
    unhexlify("2b7e151628aed2a6abf7158809cf4f3c"),
    unhexlify("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
)
TEXT = unhexlify(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
START = bytes(range(16))
COUNTER = bytes(range(0xF0, 0x100))
MODES = ((1, None), (2, START), (6, COUNTER))

for key in KEYS:
    for mode, start in MODES:
        packed = cryptolib.aes(key, mode, start).encrypt(TEXT)
        print(mode, hexlify(packed[:16]), hexlify(packed[-16:]))
        print(cryptolib.aes(key, mode, start).decrypt(packed) == TEXT)
        # block by block, which goes on where the one before has ended
        cipher = cryptolib.aes(key, mode, start)
        pieces = [cipher.encrypt(TEXT[i : i + 16]) for i in range(0, 64, 16)]
        print(b"".join(pieces) == packed)
        # to a buffer, and to itself
        buffer = bytearray(TEXT + b"more")
        print(cryptolib.aes(key, mode, start).encrypt(TEXT, buffer) is buffer, buffer[:64] == packed)
        view = memoryview(buffer)[:64]
        cryptolib.aes(key, mode, start).decrypt(view, view)
        print(bytes(buffer) == TEXT + b"more")

# a counter that overflows, and pieces of any length
cipher = cryptolib.aes(KEYS[0], 6, b"\xff" * 16)
whole = cipher.encrypt(bytes(100))
cipher = cryptolib.aes(KEYS[0], 6, b"\xff" * 16)
print(b"".join(cipher.encrypt(bytes(n)) for n in (0, 1, 15, 16, 17, 51)) == whole)
print(cryptolib.aes(KEYS[0], 1).encrypt(b"\xff" * 16 + bytes(16)) == whole[:32])


def attempt(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)


aes = cryptolib.aes
for args in (
    (b"short", 1),
    (KEYS[0],),
    (KEYS[0], 3),
    (KEYS[0], 2),
    (KEYS[0], 6, b"1"),
    (KEYS[0], -1),
    (KEYS[0], 1 << 70),
    (5, 1),
    (KEYS[0], 2, 5),
):
    attempt(lambda: aes(*args))
cipher = aes(KEYS[0], 1)
attempt(lambda: cipher.encrypt(b"123"))
attempt(lambda: cipher.encrypt(5))
attempt(lambda: cipher.encrypt(TEXT, bytearray(63)))
attempt(lambda: cipher.encrypt(TEXT, bytes(64)))
print(cipher.encrypt(b""))
attempt(lambda: cipher.decrypt(TEXT))
attempt(lambda: aes.encrypt(None, TEXT))
attempt(lambda: aes.decrypt(bytearray(16), TEXT))
attempt(lambda: type("Derived", (aes,), {}))
