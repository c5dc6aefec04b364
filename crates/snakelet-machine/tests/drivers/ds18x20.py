# onewire.py ds18x20.py
import time
from machine import Pin
import ds18x20
import onewire

sensor = ds18x20.DS18X20(onewire.OneWire(Pin(6)))
roms = sensor.scan()
sensor.convert_temp()
time.sleep_ms(750)
t = sensor.read_temp(roms[0])
assert t == 85.0625, t
print(t, "degrees")
