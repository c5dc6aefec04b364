# bme280_float.py
from machine import I2C
import bme280_float

sensor = bme280_float.BME280(i2c=I2C(0))
t, p, h = sensor.read_compensated_data()
assert abs(t - 25.08) < 0.1 and abs(p - 100653) < 100, (t, p, h)
print(t, p, h)
