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
        if not e.args:
            return False
        print(type(e).__name__, e)
    try:
        raise 0
    except TypeError as e:
        if not e.args:
            return False
        print(e.args[0])
    try:
        items.pop(5)
    except IndexError as e:
        if not e.args:
            return False
        print(e)
    try:
        bytearray(100)
        print("made")
    except MemoryError:
        print("still locked")
    micropython.heap_unlock()
    return True


if not messages():
    # a message found no memory, neither in the heap nor in reserve
    micropython.heap_unlock()
    raise MemoryError
