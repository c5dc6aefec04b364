# transfers allocate nothing
import micropython
from machine import I2C, SPI, UART, Pin, SoftI2C, SoftSPI, Timer, mem32

i2c, soft = I2C(0), SoftI2C(Pin(2), Pin(3))
spi, soft_spi = SPI(1), SoftSPI(sck=Pin(22), mosi=Pin(16), miso=Pin(17))
u = UART(1)
small, buf, other = bytearray(4), bytearray(40), bytearray(40)
pin, base = Pin("LED", Pin.OUT), 0x40001000
ticks = 0


def tick(t):
    global ticks
    ticks += 1


Timer(-1, period=1, tick_hz=100_000, callback=tick)


def work():
    for i in range(1000):
        i2c.readfrom_into(0x50, buf)
        i2c.readfrom_mem_into(0x50, 0, buf, addrsize=16)
        i2c.writeto(0x50, small)
        spi.readinto(buf)
        spi.write(buf)
        spi.write_readinto(other, buf)
        u.write(small)
        n = u.readinto(small)
        if n != 4:
            return (i, n)
        pin(i & 1)
        mem32[base] = i
        if i < 20:
            soft.readfrom_into(0x50, small)
            soft_spi.write_readinto(small, small)
    return 1000


micropython.heap_lock()
n = work()
micropython.heap_unlock()
assert n == 1000, n
# at least once while the heap was locked
assert ticks > 0, ticks
