# everything that is no pin and no bus
import machine
import time
from machine import ADC, PWM, Pin, RTC, WDT, mem8, mem16, mem32

assert machine.unique_id() == b"\1\2\3\4"
assert machine.freq() == 48_000_000
machine.freq(24_000_000)
try:
    machine.freq(100_000_000)
except OSError as e:
    assert e.errno == 22
else:
    assert 0
assert machine.reset_cause() == machine.WDT_RESET
state = machine.disable_irq()
assert state == 7
machine.enable_irq(state)
machine.idle()
before = time.ticks_ms()
machine.lightsleep(50)
assert time.ticks_diff(time.ticks_ms(), before) >= 50

adc = ADC(5)
assert adc.read_u16() == 32768
assert adc.read_uv() == 1_650_025
assert ADC(Pin(5)).read_u16() == 32768

pwm = PWM(Pin(4), freq=1000, duty_u16=32768)
assert pwm.freq() == 1000 and pwm.duty_u16() == 32768
pwm.duty_ns(250_000)
assert abs(pwm.duty_ns() - 250_000) < 20, pwm.duty_ns()
pwm.freq(50)
pwm.init(duty_ns=1_500_000)
assert abs(pwm.duty_u16() - 4915) < 2
pwm.deinit()
assert PWM("SERVO").freq() == 50

rtc = RTC()
assert rtc.datetime()[:7] == (2023, 11, 14, 1, 22, 13, 20), rtc.datetime()
rtc.datetime((2024, 2, 29, 0, 12, 30, 15, 500))
assert rtc.datetime() == (2024, 2, 29, 3, 12, 30, 15, 500)
for bad in ((2023, 2, 29, 0, 0, 0, 0, 0), (2023, 13, 1, 0, 0, 0, 0, 0), (2023, 1, 1)):
    try:
        rtc.datetime(bad)
    except ValueError:
        pass
    else:
        assert 0

dog = WDT(timeout=2000)
dog.feed()

base = 0x40001000
mem32[base] = 0x12345678
assert mem32[base] == 0x12345678 and mem16[base] == 0x5678 and mem16[base + 2] == 0x1234
assert mem8[base + 3] == 0x12
mem8[base + 1] = 0xFFEE
assert mem32[base] == 0x1234EE78
mem16[base + 2] = 0
assert mem32[base] == 0xEE78
mem32[base + 12] = -1
assert mem32[base + 12] == 0xFFFFFFFF
for address in (0, base - 4, base + 16, -4):
    for bad in (lambda: mem32[address], lambda: mem8.__setitem__(address, 1)):
        try:
            bad()
        except OSError as e:
            assert e.errno == 14
        else:
            assert 0
try:
    mem32[base + 1]
except ValueError:
    pass
else:
    assert 0

# pin 14 is high for 252 ms of each 1004
pin = Pin(14, Pin.IN)
while pin():
    time.sleep_ms(1)
assert abs(machine.time_pulse_us(pin, 1, 2_000_000) - 252_000) < 100
assert machine.time_pulse_us(Pin(5, Pin.IN, Pin.PULL_UP), 0, 1000) == -2
assert machine.time_pulse_us(Pin(5), 1, 1000) == -1
machine.bitstream(Pin(7), 0, (400, 850, 800, 450), b"rgb")
try:
    machine.bitstream(Pin(7), 1, (1, 2, 3, 4), b"rgb")
except ValueError:
    pass
else:
    assert 0
for end in (machine.reset, machine.soft_reset, lambda: machine.deepsleep(1)):
    try:
        end()
    except SystemExit:
        pass
    else:
        assert 0
# methods with receivers of other types
for bad in (lambda: Pin.value(5), lambda: machine.I2C.scan(Pin(1)), lambda: machine.SPI.write(rtc, b""),
            lambda: machine.UART.any(None), lambda: WDT.feed(1), lambda: ADC.read_u16(pwm)):
    try:
        bad()
    except TypeError:
        pass
    else:
        assert 0
