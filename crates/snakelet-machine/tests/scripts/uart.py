# a line whose bytes come back
import asyncio
import select
from machine import UART

u = UART(1, baudrate=115200, bits=8, parity=None, stop=1, timeout=5, timeout_char=1)
assert repr(u) == "UART(1)"
assert u.any() == 0 and u.read() is None and u.read(4) is None and u.readline() is None
buf = bytearray(8)
assert u.readinto(buf) is None
assert u.write(b"hello\nworld") == 11
assert 0 < u.any() <= 16
assert u.readline() == b"hello\n"
assert u.read(2) == b"wo"
assert u.readinto(buf, 2) == 2 and buf[:2] == b"rl"
assert u.readinto(buf) == 1 and buf[:1] == b"d"
assert u.write("text") == 4 and u.read() == b"text"
assert u.write(b"0123456789", 3) == 3 and u.write(b"0123456789", 4, 3) == 3
assert u.read() == b"012456"
long = bytes(range(256)) * 2
assert u.write(long) == 512 and u.read() == long
assert u.txdone() is True
u.flush()
assert u.read(0) == b""

p = select.poll()
p.register(u, select.POLLIN)
assert p.poll(0) == []
u.write(b"x")
assert p.poll(0)[0][1] == select.POLLIN
u.read()


async def main():
    s = asyncio.StreamReader(u)
    w = asyncio.StreamWriter(u, {})

    async def later():
        await asyncio.sleep_ms(5)
        w.write(b"line 1\nline 2\n")
        await w.drain()

    t = asyncio.create_task(later())
    assert await s.readline() == b"line 1\n"
    assert await s.readline() == b"line 2\n"
    await t


asyncio.run(main())

try:
    u.sendbreak()
except OSError as e:
    assert e.errno == 95
else:
    assert 0
for bad in (lambda: UART(7), lambda: UART("none")):
    try:
        bad()
    except ValueError:
        pass
    else:
        assert 0
