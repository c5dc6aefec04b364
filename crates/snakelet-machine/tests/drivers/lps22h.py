# lps22h.py
from machine import I2C
from lps22h import LPS22H

sensor = LPS22H(I2C(0))
p, t = sensor.pressure(), sensor.temperature()
assert abs(p - 1013) < 2 and abs(t - 22.5) < 0.1, (p, t)
print(p, t)
