# differs: flags, milliseconds and callbacks are MicroPython's
# A flag that callbacks set wakes the task; it is reset when that goes on.
import asyncio
import micropython


async def wait(flag, name):
    await flag.wait()
    print(name)


async def main():
    flag = asyncio.ThreadSafeFlag()
    task = asyncio.create_task(wait(flag, "by a task"))
    await asyncio.sleep_ms(0)
    flag.set()
    await task
    task = asyncio.create_task(wait(flag, "by a callback"))
    await asyncio.sleep_ms(0)
    micropython.schedule(lambda flag: flag.set(), flag)
    await task
    flag.set()
    flag.set()
    await wait(flag, "before")
    flag.set()
    flag.clear()
    try:
        await asyncio.wait_for_ms(flag.wait(), 2)
    except asyncio.TimeoutError:
        print("not set")
    future = asyncio.Future()
    tasks = [asyncio.create_task(answer(future)) for _ in range(2)]
    await asyncio.sleep_ms(0)
    print(future.done())
    future.set_result(42)
    future.set_result(43)
    print(await asyncio.gather(*tasks), await future)
    future = asyncio.Future()
    task = asyncio.create_task(answer(future))
    await asyncio.sleep_ms(0)
    future.set_exception(OSError(5))
    try:
        await task
    except OSError as error:
        print(error.errno)


async def answer(future):
    return await future


asyncio.run(main())
