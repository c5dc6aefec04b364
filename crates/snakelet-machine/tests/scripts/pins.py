# pins: levels, modes, signals, callbacks of edges and levels
import machine
import time
from machine import Pin, Signal

led = Pin("LED", Pin.OUT, value=1)
assert led.value() == 1 and led() == 1
led.off()
assert led() == 0
led.toggle()
assert led.value() == 1
led(0)
assert led() == 0 and led.mode() == Pin.OUT
led.high()
assert led() == 1
led.low()
assert led() == 0
assert repr(led) == "Pin('LED')" or repr(led) == 'Pin("LED")', repr(led)
assert repr(Pin(3)) == "Pin(3)"
assert Pin(led).value() == 0

p = Pin(5, Pin.IN, Pin.PULL_DOWN)
assert p() == 0 and p.pull() == Pin.PULL_DOWN and p.mode() == Pin.IN
p.init(pull=Pin.PULL_UP)
assert p() == 1 and p.pull() == Pin.PULL_UP
p.init(Pin.IN, None)
assert p.pull() is None

# an inverted pin
s = Signal(led, invert=True)
s.on()
assert led() == 0 and s.value() == 1
s.off()
assert led() == 1 and s() == 0
s(1)
assert led() == 0
s = Signal("LED", Pin.OUT, value=1, invert=True)
assert s.value() == 0


class Virtual:
    def __init__(self):
        self.x = 0

    def value(self, *args):
        if args:
            self.x = args[0]
        return self.x


v = Virtual()
s = Signal(v, True)
s.on()
assert v.x == 0 and s() == 1

# pin 17 is joined to 16 and notes edges; 19 is joined to 18 alike
out, seen = Pin(16, Pin.OUT, value=0), []
inp = Pin(17, Pin.IN)
inp.irq(lambda pin: seen.append(pin()), Pin.IRQ_RISING | Pin.IRQ_FALLING)
out(1)
time.sleep_ms(2)
out(0)
time.sleep_ms(2)
assert seen == [1, 0], seen
inp.irq(handler=lambda pin: seen.append("r"), trigger=Pin.IRQ_RISING)
out(1)
out(0)
time.sleep_ms(2)
assert seen == [1, 0, "r"], seen
inp.irq(None)
out(1)
time.sleep_ms(2)
assert len(seen) == 3

# a pin that notes nothing is looked at
polled = Pin(16)
polled.irq(lambda pin: seen.append("p"), Pin.IRQ_FALLING)
out(0)
time.sleep_ms(2)
assert seen[-1] == "p", seen
polled.irq()

# levels are told of again and again
n = 0


def low(pin):
    global n
    n += 1
    if n == 3:
        pin.irq(None)


inp.irq(low, Pin.IRQ_LOW_LEVEL)
time.sleep_ms(50)
assert n == 3, n

for bad in (lambda: Pin(99), lambda: Pin("NONE"), lambda: Pin(1, 9), lambda: Pin(1, Pin.OUT, 7),
            lambda: Pin("x" * 100), lambda: Pin(-1)):
    try:
        bad()
    except ValueError:
        pass
    else:
        assert 0
try:
    Pin(None)
except TypeError:
    pass
else:
    assert 0
