# lsm6dsox.py
from machine import I2C
from lsm6dsox import LSM6DSOX

sensor = LSM6DSOX(I2C(0))
x, y, z = sensor.accel()
assert abs(x - 2) < 0.01 and y == 0 and abs(z + 2) < 0.01, (x, y, z)
g = sensor.gyro()
assert abs(g[1] / g[0] - 2) < 0.01 and abs(g[2] / g[0] - 3) < 0.01, g
print(x, y, z)
