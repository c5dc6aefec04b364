# The event loop: it resumes the tasks that are due, and sees to those that end.

import sys
from _asyncio import Task, TaskQueue, sleep_ms
from _asyncio import _cancelled, _current, _next, _queue, _reset, _resume, _unretrieved


class CancelledError(BaseException):
    pass


class TimeoutError(Exception):
    pass


_reset()

# what polls the streams that tasks wait for, as long as there are some
_streams = None


def sleep(t):
    return sleep_ms(int(t * 1000))


def create_task(coro):
    if not hasattr(coro, "send"):
        raise TypeError("coroutine expected")
    task = Task(coro)
    _queue().push(task)
    return task


def current_task():
    task = _current()
    if task is None:
        raise RuntimeError("no running event loop")
    return task


def _task_of(awaitable):
    return awaitable if isinstance(awaitable, Task) else create_task(awaitable)


def run_until_complete(main=None):
    outer = _current()
    try:
        while True:
            if _streams is None:
                coro = _next()
            else:
                _streams.look()
                coro = _next(True)
            if coro is None:
                task = _unretrieved()
                if task is not None:
                    _report(task)
                continue
            try:
                if _cancelled():
                    coro.throw(CancelledError())
                else:
                    coro.send(None)
            except (Exception, CancelledError) as error:
                task = _current()
                watcher = task._finish(error)
                if task is main:
                    # as if it had been awaited, so that its error is not reported
                    task._result()
                    if isinstance(error, StopIteration):
                        return error.value
                    raise error
                if watcher is not None:
                    watcher(task, error)
    finally:
        _resume(outer)


def run(coro):
    return run_until_complete(create_task(coro))


def _report(task):
    error = task._result()
    if not isinstance(error, (StopIteration, CancelledError)):
        Loop.call_exception_handler(
            {"message": "Task exception wasn't retrieved", "exception": error, "future": task}
        )


async def _nothing():
    pass


class Loop:
    _handler = None
    # ends the loop that runs forever, when it runs
    _end = None

    def create_task(coro):
        return create_task(coro)

    def run_forever():
        Loop._end = Task(_nothing())
        run_until_complete(Loop._end)

    def run_until_complete(awaitable):
        return run_until_complete(_task_of(awaitable))

    def stop():
        if Loop._end is not None:
            _queue().push(Loop._end)
            # to stop once more is nothing
            Loop._end = None

    def close():
        pass

    def set_exception_handler(handler):
        Loop._handler = handler

    def get_exception_handler():
        return Loop._handler

    def default_exception_handler(context):
        print(context["message"], file=sys.stderr)
        print("future:", context["future"], file=sys.stderr)
        sys.print_exception(context["exception"], sys.stderr)

    def call_exception_handler(context):
        handler = Loop._handler
        if handler is None:
            Loop.default_exception_handler(context)
        else:
            handler(Loop, context)


def get_event_loop(runq_len=0, waitq_len=0):
    return Loop


def new_event_loop():
    global _streams
    _streams = None
    Loop._handler = Loop._end = None
    _reset()
    return Loop
