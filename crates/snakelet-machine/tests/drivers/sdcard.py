# sdcard.py
from machine import Pin, SPI
import sdcard

card = sdcard.SDCard(SPI(1), Pin(10))
assert card.ioctl(4, 0) == 2048
block = bytes(range(256)) * 2
card.writeblocks(7, block)
many = bytearray(b"abcd" * 384)
card.writeblocks(8, many)
read = bytearray(512)
card.readblocks(7, read)
assert read == block
read = bytearray(1536)
card.readblocks(8, read)
assert read == many
print(card.sectors, "blocks")
