# tm1637.py
from machine import Pin
import tm1637

display = tm1637.TM1637(clk=Pin(20), dio=Pin(21))
display.show("12AB")
display.number(-42)
display.numbers(12, 59)
display.brightness(3)
assert display.encode_string("8") == b"\x7f"
print("shown")
