# neopixel.py
from machine import Pin
import neopixel

lights = neopixel.NeoPixel(Pin(7), 4)
lights.fill((1, 2, 3))
lights[1] = (255, 0, 128)
lights.write()
assert lights[1] == (255, 0, 128)
print(len(lights), "lights")
