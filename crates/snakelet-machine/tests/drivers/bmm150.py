# bmm150.py
from machine import I2C
from bmm150 import BMM150

sensor = BMM150(I2C(0))
m = sensor.magnet_raw()
assert len(m) == 4 and m[0] < m[1] < m[2], m
print(*sensor.magnet())
