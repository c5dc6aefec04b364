# timers, one of which raises, and a callback that uses the bus of the code that it interrupts
import time
from machine import I2C, Pin, Timer

seen = []
t = Timer(-1)
t.init(mode=Timer.ONE_SHOT, period=10, callback=lambda t: seen.append(t))
time.sleep_ms(5)
assert seen == []
time.sleep_ms(10)
assert seen == [t], seen
time.sleep_ms(30)
assert len(seen) == 1
n = 0


def tick(timer):
    global n
    n += 1
    if n == 5:
        timer.deinit()


t.init(period=2, callback=tick)
time.sleep_ms(40)
assert n == 5, n
n = 0
t.init(freq=100, mode=Timer.PERIODIC, callback=tick)
time.sleep_ms(35)
assert 2 <= n <= 4, n
t.deinit()
t.deinit()

i2c = I2C(0)
out = Pin(16, Pin.OUT, value=0)
inp = Pin(17)


def use(pin):
    i2c.writeto_mem(0x50, 0x300, b"irq", addrsize=16)


inp.irq(use, Pin.IRQ_RISING)
t = Timer(3, period=1, callback=lambda t: i2c.readfrom_mem(0x50, 0, 8, addrsize=16))
for i in range(20):
    out(i & 1)
    i2c.writeto_mem(0x50, 32 * i, bytes([i]) * 8, addrsize=16)
    time.sleep_ms(1)
    assert i2c.readfrom_mem(0x50, 32 * i, 8, addrsize=16) == bytes([i]) * 8
assert i2c.readfrom_mem(0x50, 0x300, 3, addrsize=16) == b"irq"
inp.irq(None)
t.deinit()

# a handler that raises does not keep others from their turn
n = 0


def bad(timer):
    raise ValueError("told")


a = Timer(-1, period=1, callback=bad)
b = Timer(-1, period=1, callback=lambda t: seen.append("b"))
time.sleep_ms(10)
a.deinit()
b.deinit()
assert seen.count("b") >= 2, seen

# there are not so many, and numbers stand for the same one
timers = []
try:
    while len(timers) < 50:
        timers.append(Timer(-1))
except RuntimeError:
    pass
# a numbered one that was made keeps its place
assert 5 < len(timers) < 50, len(timers)
for t in timers:
    t.deinit()
x, y = Timer(0, period=1000), Timer(0)
y.deinit()
x.init(period=1000)
x.deinit()
for wrong in (lambda: Timer(0).init(), lambda: Timer(0, mode=7), lambda: Timer(1000)):
    try:
        wrong()
    except ValueError:
        pass
    else:
        assert 0
