# differs: what CPython's threads do in these cases depends on the system
# What can go wrong with threads: each case raises where it is, and the others go on.
import _thread
import time

lock = _thread.allocate_lock()
results = []
failed = False


# in memory that is short a thread may fail for which others would wait forever
def guard(f, args):
    global failed
    try:
        f(*args)
    except MemoryError:
        failed = True


def start(f, *args):
    return _thread.start_new_thread(guard, (f, args))


def pause():
    if failed:
        raise MemoryError
    time.sleep_ms(0)


def wait(n):
    while len(results) < n:
        pause()
    print(sorted(results, key=str))
    results.clear()


# what is no lock, and what cannot be called
for wrong in (
    lambda: _thread.start_new_thread(print, 1),
    lambda: _thread.start_new_thread(print, (), ()),
    lambda: _thread.start_new_thread(print, (), {1: 2}),
    lambda: type(lock).acquire(1),
    lambda: type(lock).__enter__(None),
    lambda: lock.acquire(True, "x"),
):
    try:
        wrong()
        print("no error")
    except TypeError as error:
        print("TypeError")


# recursion without end, in a small stack
def deep(n):
    return deep(n + 1)


def recurse():
    try:
        deep(0)
    except RuntimeError as error:
        results.append("recursion")


_thread.stack_size(4096)
for _ in range(3):
    start(recurse)
wait(3)
_thread.stack_size(1)
start(recurse)
wait(1)
print(_thread.stack_size() > 0, _thread.stack_size())


# a generator that another thread runs
def numbers():
    for i in range(3):
        lock.acquire()
        lock.release()
        yield i


shared = numbers()


def take():
    try:
        for i in shared:
            results.append(i)
    except ValueError:
        results.append("busy")


lock.acquire()
start(take)
time.sleep_ms(1)
start(take)
time.sleep_ms(1)
lock.release()
wait(4)


# where native code stands between, nobody can wait for another thread
def key(i):
    lock.acquire()
    return i


lock.acquire()
start(lambda: None)
try:
    sorted([1, 2], key=key)
except RuntimeError as error:
    print(error)


class Waits:
    def __len__(self):
        with lock:
            return 1


try:
    len(Waits())
except RuntimeError as error:
    print(error)
lock.release()
# alone, nobody would release it
time.sleep_ms(1)
lock.acquire()
try:
    lock.acquire()
except RuntimeError as error:
    print(error)
print(lock.acquire(False))
lock.release()


# an exception that is handled while others run
def handle(n):
    try:
        raise KeyError(n)
    except KeyError as error:
        time.sleep_ms(1)
        try:
            time.sleep_ms(1)
            raise
        except KeyError as again:
            results.append((n, again is error))
    finally:
        time.sleep_ms(1)


for i in range(3):
    start(handle, i)
wait(3)


# objects move and die meanwhile
def churn(n):
    kept = []
    for i in range(30):
        kept.append("text %d of %d" % (i, n))
        garbage = [bytearray(i) for i in range(5)]
        if i % 10 == 0:
            time.sleep_ms(0)
    with lock:
        results.append(kept == ["text %d of %d" % (i, n) for i in range(30)])


for i in range(5):
    start(churn, i)
wait(5)


def many(n):
    results.append(n)


for i in range(100):
    start(many, i)
while len(results) < 100:
    pause()
print(sorted(results) == list(range(100)))
