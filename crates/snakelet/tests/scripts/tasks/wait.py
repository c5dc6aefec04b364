# Events, locks and flags: who waits, who is woken, in which order; and a lock that is released twice.
import asyncio


async def wait(event, name):
    await event.wait()
    print(name, "woken")


async def use(lock, name):
    async with lock:
        print(name, "in")
        await asyncio.sleep(0)
        print(name, "out")


async def main():
    event = asyncio.Event()
    print(event.is_set())
    tasks = [asyncio.create_task(wait(event, name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    event.set()
    print(event.is_set())
    print(await asyncio.gather(tasks[0], tasks[2]))
    await event.wait()
    event.clear()
    print(event.is_set())

    lock = asyncio.Lock()
    print(await asyncio.gather(*[use(lock, name) for name in "xyz"]))
    print(lock.locked())
    for _ in range(2):
        try:
            await lock.acquire()
            print(lock.locked())
            lock.release()
            lock.release()
        except RuntimeError:
            print("released twice", lock.locked())

    # one that is cancelled while it waits does not get it
    await lock.acquire()
    first = asyncio.create_task(use(lock, "first"))
    second = asyncio.create_task(use(lock, "second"))
    await asyncio.sleep(0)
    first.cancel()
    lock.release()
    await second
    print(lock.locked())


asyncio.run(main())
