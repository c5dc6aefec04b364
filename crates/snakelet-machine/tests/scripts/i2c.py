# an EEPROM and others, on a bus of the board and on one of pins
import time
from machine import I2C, Pin, SoftI2C

hard = I2C(0, freq=400_000, timeout=1000)
assert repr(hard) == "I2C(0)"
soft = SoftI2C(scl=Pin(2), sda=Pin(3), freq=100_000)

for i2c in (hard, soft):
    found = i2c.scan()
    assert found == sorted(found) and 0x50 in found and 0x3C in found and 0x77 not in found, found
    assert i2c.writeto(0x50, b"\x00\x40hello") == 7
    i2c.writeto_mem(0x50, 0x100, b"page", addrsize=16)
    assert i2c.readfrom_mem(0x50, 0x40, 5, addrsize=16) == b"hello"
    assert i2c.readfrom_mem(addr=0x50, memaddr=0x100, nbytes=4, addrsize=16) == b"page"
    # what is written without a stop goes before the next transfer
    assert i2c.writeto(0x50, b"\x00", False) == 1
    assert i2c.writeto(0x50, b"\x41", False) == 1
    assert i2c.readfrom(0x50, 4) == b"ello"
    buf = bytearray(3)
    i2c.writeto(0x50, b"\x00\x40")
    i2c.readfrom_into(0x50, buf)
    assert buf == b"hel"
    i2c.readfrom_mem_into(0x50, 0x42, memoryview(buf)[1:], addrsize=16)
    assert buf == b"hll"
    # more than lies on the machine's stack
    assert i2c.readfrom_mem(0x50, 0x200, 100, addrsize=16) == b"\xff" * 100
    assert i2c.writevto(0x50, (b"\x00", b"", bytearray(b"\x60"), memoryview(b"abc"))) == 5
    assert i2c.writevto(0x50, [b"\x00", b"\x70"] + [b"x"] * 14) == 16
    assert i2c.readfrom_mem(0x50, 0x60, 4, addrsize=16) == b"abc\xff"
    assert i2c.readfrom_mem(0x50, 0x70, 14, addrsize=16) == b"x" * 14
    assert i2c.readfrom(0x50, 0) == b"" or i2c is soft
    for address in (0x51, 0x77):
        try:
            i2c.readfrom(address, 1)
        except OSError as e:
            assert e.errno == 19, e
        else:
            assert 0
    for bad in (lambda: i2c.readfrom(0x50, -1), lambda: i2c.writeto(-1, b""),
                lambda: i2c.readfrom_mem(0x50, 0, 1, addrsize=7), lambda: i2c.readfrom(5000, 1)):
        try:
            bad()
        except ValueError:
            pass
        else:
            assert 0
    for bad in (lambda: i2c.readfrom_into(0x50, b"x"), lambda: i2c.writeto(0x50, 1),
                lambda: i2c.readfrom_mem(0x50), lambda: i2c.writevto(0x50, [1])):
        try:
            bad()
        except TypeError:
            pass
        else:
            assert 0

# bytes that are not acknowledged: a controller cannot tell how many, pins can
try:
    hard.writeto(0x33, b"abc")
except OSError as e:
    assert e.errno == 5
else:
    assert 0
assert soft.writeto(0x33, b"abc") == 1

# too many bytes without a stop
try:
    hard.writeto(0x50, bytes(17), False)
except OSError as e:
    assert e.errno == 95
else:
    assert 0

# step by step
soft.start()
assert soft.write(b"\xa0\x00\x40") == 3
soft.start()
assert soft.write(b"\xa1") == 1
buf = bytearray(5)
soft.readinto(buf)
soft.stop()
assert buf == b"hello", buf
soft.start()
assert soft.write(b"\x22\x00") == 0
soft.stop()
