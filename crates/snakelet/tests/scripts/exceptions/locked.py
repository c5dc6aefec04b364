# differs: CPython's heap has no lock
# Exceptions have their messages while the heap is locked, once a script has asked for it.
import micropython

micropython.alloc_emergency_exception_buf(100)


items = [1]


def messages():
    micropython.heap_lock()
    try:
        nothing
    except NameError as e:
        print(type(e).__name__, e)
    try:
        raise 0
    except TypeError as e:
        print(e.args[0])
    try:
        items.pop(5)
    except IndexError as e:
        print(e)
    try:
        bytearray(100)
        print("made")
    except MemoryError:
        print("still locked")
    micropython.heap_unlock()


messages()
