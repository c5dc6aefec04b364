# Waiting for several tasks, and for a time at most.

from . import core
from .core import CancelledError, TaskQueue, TimeoutError


async def gather(*awaitables, return_exceptions=False):
    tasks = [core._task_of(awaitable) for awaitable in awaitables]
    waiting = TaskQueue()
    left = 0
    failure = None

    def ended(task, result):
        nonlocal left, failure
        left -= 1
        if failure is None:
            if not return_exceptions and not isinstance(result, StopIteration):
                failure = result
            if left == 0 or failure is not None:
                waiting._wake()

    try:
        for task in tasks:
            if task.done():
                result = task._result()
                if not return_exceptions and not isinstance(result, StopIteration):
                    failure = result
                    break
            else:
                task._watch(ended)
                left += 1
        while left and failure is None:
            await waiting
    except CancelledError:
        for task in tasks:
            task.cancel()
        raise
    finally:
        if left:
            # those that go on may be awaited again
            for task in tasks:
                task._watch(None)
    if failure is not None:
        raise failure
    results = []
    for task in tasks:
        result = task._result()
        results.append(result.value if isinstance(result, StopIteration) else result)
    return results


async def wait_for(awaitable, timeout, sleep=core.sleep):
    task = core._task_of(awaitable)
    if timeout is None:
        return await task
    waiting = core._current()
    result = error = None

    # a task of its own waits for the other one, so that a timeout can be told from the end of that
    async def wait():
        nonlocal result, error
        try:
            result = (await task,)
        except BaseException as e:
            error = e
        waiting._hurry()

    inner = core.create_task(wait())
    try:
        await sleep(timeout)
    except CancelledError:
        inner.cancel()
        raise
    if result is None and error is None:
        inner.cancel()
        await inner
        raise TimeoutError
    if error is not None:
        raise error
    return result[0]


def wait_for_ms(awaitable, timeout):
    return wait_for(awaitable, timeout, core.sleep_ms)
