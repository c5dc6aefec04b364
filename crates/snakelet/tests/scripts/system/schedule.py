# differs: CPython has no micropython module
# Callbacks run between instructions, one at a time and in order.
import micropython
import time

seen = []
locked = too_much = None


def later(n):
    seen.append(n)
    if n == 1:
        micropython.schedule(later, 10)


def wait_for(n):
    # not for ever: a callback may fail for want of memory
    for _ in range(100000):
        if len(seen) >= n:
            break


for n in range(3):
    micropython.schedule(later, n)
wait_for(4)
print(seen)


def full(_):
    try:
        for i in range(100):
            micropython.schedule(later, i)
    except RuntimeError as e:
        print("full at", i)


micropython.schedule(full, None)
time.sleep_ms(2)
seen.clear()
wait_for(8)
print(seen)

micropython.heap_lock()
locked = micropython.heap_locked()
try:
    too_much = [1] * 100
except MemoryError:
    micropython.heap_unlock()
    print("locked", locked)
try:
    micropython.heap_lock()
    try:
        undefined_name
    finally:
        micropython.heap_unlock()
except NameError:
    print("an exception without memory")
