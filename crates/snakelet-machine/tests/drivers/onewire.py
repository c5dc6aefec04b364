# onewire.py
from machine import Pin
import onewire

wire = onewire.OneWire(Pin(6))
assert wire.reset()
roms = wire.scan()
assert len(roms) == 1 and roms[0][:7] == b"\x28\x11\x22\x33\x44\x55\x66", roms
assert wire.crc8(roms[0]) == 0
try:
    onewire.OneWire(Pin(5)).reset(True)
except onewire.OneWireError:
    pass
else:
    assert 0
print(roms[0].hex())
