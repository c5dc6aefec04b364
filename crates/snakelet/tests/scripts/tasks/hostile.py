# differs: tasks of MicroPython can't cancel themselves, and other messages
# What scripts may do wrong with tasks: it raises, and the loop goes on.
import asyncio


def report(loop, context):
    error = context["exception"]
    if isinstance(error, MemoryError):
        raise error
    print("reported", repr(error))


asyncio.get_event_loop().set_exception_handler(report)


async def cancel_itself():
    try:
        asyncio.current_task().cancel()
    except RuntimeError as error:
        print(error)
    await asyncio.sleep(0)
    return 1


async def await_itself(box):
    try:
        await box[0]
    except RuntimeError as error:
        print(error)


async def ring(box, i):
    await box[i]


async def nothing():
    pass


async def error():
    raise ValueError("nobody asks")


async def main():
    await asyncio.create_task(cancel_itself())
    box = []
    box.append(asyncio.create_task(await_itself(box)))
    await box[0]

    # three tasks that wait for each other
    box = []
    for i in range(3):
        box.append(asyncio.create_task(ring(box, (i + 1) % 3)))
    await asyncio.sleep(0)
    print([task.done() for task in box])
    for task in box:
        task.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    print([task.done() for task in box])

    # gathering one that is cancelled, has ended, or is given twice
    task = asyncio.create_task(nothing())
    task.cancel()
    print(await asyncio.gather(task, return_exceptions=True))
    try:
        await asyncio.gather(task)
    except asyncio.CancelledError as error_:
        print(repr(error_))
    task = asyncio.create_task(nothing())
    try:
        await asyncio.gather(task, task)
    except RuntimeError as error_:
        print(error_)
    await task

    asyncio.create_task(error())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    for wrong in (1, None, nothing, [1]):
        try:
            asyncio.create_task(wrong)
        except TypeError as error_:
            print(error_)
    for wrong in ("1", None, 1 << 62):
        try:
            await asyncio.sleep_ms(wrong)
        except (TypeError, OverflowError) as error_:
            print(type(error_).__name__)
    await asyncio.sleep_ms(-5)

    # a sleep that is not awaited disturbs no other one
    unused = asyncio.sleep_ms(100000)
    await asyncio.sleep_ms(1)
    await asyncio.create_task(asyncio.sleep_ms(1))
    print("end")


asyncio.run(main())

# queues by hand
from asyncio import Task, TaskQueue

queue, other = TaskQueue(), TaskQueue()
try:
    queue.pop()
except IndexError as error_:
    print(error_)
tasks = [Task(i) for i in range(8)]
for i in (3, 1, 7, 5, 0, 2, 6, 4):
    queue.push(tasks[i], i)
for wrong in (lambda: queue.push(tasks[0]), lambda: other.push(tasks[0]), lambda: other.remove(tasks[0])):
    try:
        wrong()
    except ValueError as error_:
        print(error_)
for wrong in (lambda: queue.push(1), lambda: queue.remove(None)):
    try:
        wrong()
    except TypeError as error_:
        print(error_)
queue.remove(tasks[0])
queue.remove(tasks[5])
print(queue.peek() is tasks[1])
print([tasks.index(queue.pop()) for _ in range(6)], queue.peek())
