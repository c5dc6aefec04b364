# differs: flags are MicroPython's
# Tasks in one thread wait for what another thread does; it runs while they wait.
import _thread
import asyncio
import time

log = []
failed = False


def worker(flag):
    global failed
    try:
        for i in range(3):
            time.sleep_ms(2)
            log.append(i)
            flag.set()
    except MemoryError:
        # others would wait forever
        failed = True
        flag.set()


async def tick():
    for _ in range(5):
        await asyncio.sleep_ms(1)
    return "ticked"


async def main():
    flag = asyncio.ThreadSafeFlag()
    _thread.start_new_thread(worker, (flag,))
    ticks = asyncio.create_task(tick())
    while len(log) < 3:
        await flag.wait()
        if failed:
            raise MemoryError
    print(log)
    print(await ticks)


asyncio.run(main())
