# mhz19.py
from machine import Pin
from mhz19 import MHZ19

ppm = MHZ19(Pin(14, Pin.IN)).pwm_read()
assert abs(ppm - 1250) < 5, ppm
print(ppm)
