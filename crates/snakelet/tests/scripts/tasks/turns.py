# Tasks take turns in the order in which they are due, give results, and raise where they are awaited.
import asyncio


async def count(name, n, pause=0):
    for i in range(n):
        print(name, i)
        await asyncio.sleep(pause)
    return name * n


async def fail(error):
    await asyncio.sleep(0)
    raise error


async def main():
    a = asyncio.create_task(count("a", 3))
    b = asyncio.create_task(count("b", 2))
    print(a.done(), b.done())
    print(await b, await a, await a)
    print(a.done(), b.done())
    c = asyncio.create_task(fail(ValueError("c")))
    for _ in range(2):
        try:
            await c
        except ValueError as error:
            print(error.args)
    print(await asyncio.gather(count("d", 1), count("e", 2)))
    print(await asyncio.gather())
    late = asyncio.create_task(count("late", 1, 0.02))
    soon = asyncio.create_task(count("soon", 1, 0.001))
    await soon
    print(late.done())
    await late
    return "end"


print(asyncio.run(main()))
try:
    asyncio.run(fail(KeyError("main")))
except KeyError as error:
    print(error.args)
try:
    asyncio.current_task()
except RuntimeError:
    print("no task runs")
