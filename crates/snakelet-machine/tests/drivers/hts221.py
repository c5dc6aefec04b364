# hts221.py
from machine import I2C
from hts221 import HTS221

sensor = HTS221(I2C(0))
h, t = sensor.humidity(), sensor.temperature()
assert h == 45.0, h
assert 0 < t < 60, t
print(h, t)
