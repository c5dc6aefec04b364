# a bus of the board, whose bytes come back, and one of pins that are joined
from machine import Pin, SPI, SoftSPI

hard = SPI(1, baudrate=1_000_000, polarity=0, phase=0, bits=8, firstbit=SPI.MSB)
assert repr(hard) == "SPI(1)"
# MOSI is joined to MISO
soft = SoftSPI(sck=Pin(22), mosi=Pin(16), miso=Pin(17))
for spi in (hard, soft, SPI("flash")):
    assert spi.read(3, 0x42) == b"\x42" * 3
    assert spi.read(2) == b"\0\0"
    assert spi.read(100, 7) == b"\x07" * 100
    buf = bytearray(4)
    spi.readinto(buf, 0xA5)
    assert buf == b"\xa5" * 4
    spi.write_readinto(b"abcd", buf)
    assert buf == b"abcd"
    spi.write_readinto(buf, buf)
    assert buf == b"abcd"
    spi.write(b"gone")
    spi.write(bytearray())
    view = memoryview(buf)
    try:
        spi.write_readinto(view[:3], view[1:])
    except ValueError:
        pass
    else:
        assert 0
    try:
        spi.write_readinto(b"abc", buf)
    except ValueError:
        pass
    else:
        assert 0
    for bad in (lambda: spi.readinto(b"ab"), lambda: spi.write(None), lambda: spi.write(5)):
        try:
            bad()
        except TypeError:
            pass
        else:
            assert 0
    spi.init(baudrate=500_000)
    spi.deinit()
for polarity in (0, 1):
    for phase in (0, 1):
        for first in (SPI.MSB, SPI.LSB):
            soft.init(polarity=polarity, phase=phase, firstbit=first)
            buf = bytearray(b"\x12\x34")
            soft.write_readinto(b"\x80\x35", buf)
            assert buf == b"\x80\x35", (polarity, phase, first, buf)
try:
    SPI(9)
except ValueError:
    pass
else:
    assert 0
