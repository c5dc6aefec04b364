# Threads take turns, wait for locks, and end by a return, an exception or exit.
import _thread
import time

lock = _thread.allocate_lock()
finished = []
total = 0
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
    time.sleep(0.001)


def work(name, n, step=1):
    global total
    for _ in range(n):
        with lock:
            total += step
    with lock:
        finished.append(name)


def leave(name):
    try:
        finished.append(name)
        _thread.exit()
    finally:
        finished.append(name + " left")


def wait(n):
    while len(finished) < n:
        pause()


for i in range(4):
    start(lambda i: work("w%d" % i, 1000, step=i), i)
wait(4)
print(sorted(finished), total)

finished.clear()
start(leave, "x")
wait(2)
print(finished)

# who has the lock, and who waits for it
lock.acquire()
order = []


def enter(name):
    with lock:
        order.append(name)


start(enter, "a")
time.sleep(0.01)
try:
    print(order, lock.locked(), lock.acquire(False), lock.acquire(True, 0.01))
except RuntimeError:
    # there is no other thread: memory ran out in it
    raise MemoryError
lock.release()
while not order:
    pause()
print(order)
print(lock.acquire(), lock.locked())
lock.release()

# a lock that is released by another thread than took it
lock.acquire()
_thread.start_new_thread(lock.release, ())
lock.acquire()
print("handed over")
lock.release()
for _ in range(2):
    try:
        lock.acquire()
        lock.release()
        lock.release()
    except RuntimeError:
        print("released twice", lock.locked())

named = {}
_thread.start_new_thread(named.update, (), {"by": "name"})
time.sleep(0.01)
print(named)

ident = []
other = start(lambda: ident.append(_thread.get_ident()))
while not ident:
    pause()
print(ident == [other], other != _thread.get_ident())


# threads that make threads, generators, and sort
def produce(depth):
    if depth:
        start(produce, depth - 1)
    items = sorted((i * 7 % 10 for i in range(10)), key=lambda i: -i)
    with lock:
        made.append((depth, items))


made = []
produce(5)
while len(made) < 6:
    pause()
print([depth for depth, _ in sorted(made, key=lambda m: m[0])])
print(all(items == list(range(9, -1, -1)) for _, items in made))
