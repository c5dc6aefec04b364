# hs3003.py
from machine import I2C
from hs3003 import HS3003

sensor = HS3003(I2C(0))
h, t = sensor.humidity(), sensor.temperature()
assert abs(h - 50.2) < 0.1 and abs(t + 19.3) < 0.1, (h, t)
print(h, t)
