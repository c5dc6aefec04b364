# Tasks are cancelled wherever they wait; the exception can be caught, and clean up, and comes out of an await.
import asyncio


async def sleeper(name, catch):
    try:
        print(name, "sleeps")
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print(name, "is cancelled")
        if not catch:
            raise
    finally:
        print(name, "cleans up")
    return name


async def outer(task):
    try:
        await task
    finally:
        print("outer ends")


async def ended(task):
    try:
        print("result", await task)
    except asyncio.CancelledError as error:
        print(repr(error))


async def main():
    for catch in (False, True):
        task = asyncio.create_task(sleeper("s", catch))
        await asyncio.sleep(0)
        print(task.cancel())
        await ended(task)
        print(task.done(), task.cancel())

    # the one that is awaited is told
    inner = asyncio.create_task(sleeper("inner", False))
    task = asyncio.create_task(outer(inner))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await ended(task)
    print(inner.done())

    # before it has begun
    task = asyncio.create_task(sleeper("never", False))
    task.cancel()
    await ended(task)

    # by a timeout
    try:
        await asyncio.wait_for(sleeper("slow", False), 0.01)
    except asyncio.TimeoutError:
        print("timeout")
    print(await asyncio.wait_for(quick(), 10))
    print(await asyncio.wait_for(quick(), None))


async def quick():
    return "quick"


asyncio.run(main())
