# ssd1306.py
from machine import I2C, Pin, SPI, SoftI2C
import ssd1306

# over I2C, of the board and of pins: the device tells how many pixels are on
for i2c in (I2C(0), SoftI2C(Pin(2), Pin(3))):
    display = ssd1306.SSD1306_I2C(128, 64, i2c)
    display.fill(0)
    display.text("Hi", 0, 0)
    display.rect(10, 20, 30, 10, 1)
    display.show()
    lit = int.from_bytes(i2c.readfrom(0x3C, 2), "little")
    expected = sum(bin(b).count("1") for b in display.buffer)
    assert lit == expected > 76, (lit, expected)
spi = ssd1306.SSD1306_SPI(128, 64, SPI(1), dc=Pin(13), res=Pin(15), cs=Pin(9))
spi.fill(1)
spi.show()
print(lit, "pixels")
