# dht.py
from machine import Pin
import dht

sensor = dht.DHT22(Pin(8))
sensor.measure()
h, t = sensor.humidity(), sensor.temperature()
assert abs(h - 65.2) < 0.01 and abs(t + 10.1) < 0.01, (h, t)
try:
    dht.DHT11(Pin(5, Pin.IN, Pin.PULL_UP)).measure()
except OSError as e:
    assert e.errno == 110
else:
    assert 0
print(h, t)
