# lsm9ds1.py
from machine import I2C
from lsm9ds1 import LSM9DS1

sensor = LSM9DS1(I2C(0))
x, y, z = sensor.magnet()
assert (x, y, z) == (0.5, 1.0, -0.5), (x, y, z)
g = sensor.gyro()
assert abs(g[1] / g[0] - 2) < 0.01, g
print(x, y, z)
