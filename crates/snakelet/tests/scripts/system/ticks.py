# differs: CPython has no ticks
# Ticks wrap around; mktime is the inverse of gmtime.
import time

top = time.ticks_add(0, -1)
print(time.ticks_diff(time.ticks_add(top, 10), top), time.ticks_diff(3, 8))
print(time.ticks_diff(top, time.ticks_add(top, 5)))
for far in (top, -top):
    try:
        time.ticks_add(0, far)
    except OverflowError:
        print("too far")
for seconds in (0, 951782399, 1709251199, 4102444800):
    print(time.mktime(time.gmtime(seconds)) - seconds)
print(time.mktime((2024, 14, -3, 25, 61, 61, 0, 0)) == time.mktime((2025, 1, 29, 2, 2, 1, 0, 0)))
start = time.ticks_ms()
time.sleep_ms(3)
print(time.ticks_diff(time.ticks_ms(), start) >= 2)
try:
    time.sleep(-1)
except (OSError, ValueError):
    print("no time machine")
