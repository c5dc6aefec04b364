# What tasks wait for that others do.

from .core import TaskQueue, _current


class Event:
    def __init__(self):
        self._set = False
        self._waiting = TaskQueue()

    def is_set(self):
        return self._set

    def set(self):
        self._set = True
        while self._waiting._wake() is not None:
            pass

    def clear(self):
        self._set = False

    async def wait(self):
        if not self._set:
            await self._waiting
        return True


# It may be set by what runs between two instructions: the task is woken when the loop looks for it.
class ThreadSafeFlag(Event):
    def set(self):
        self._set = True
        self._waiting._wake(True)

    async def wait(self):
        while not self._set:
            await self._waiting
        self._set = False


class Lock:
    def __init__(self):
        # `None`, `True`, or the task to which it was handed over and that has not run yet
        self._holder = None
        self._waiting = TaskQueue()

    def locked(self):
        # not while it is handed over
        return self._holder is True

    def release(self):
        if self._holder is None:
            raise RuntimeError("Lock not acquired")
        # it stays locked for the next one
        self._holder = self._waiting._wake()

    async def acquire(self):
        if self._holder is not None:
            task = _current()
            try:
                await self._waiting
            except BaseException:
                if self._holder is task:
                    # it was handed over to one that was cancelled meanwhile
                    self.release()
                raise
        self._holder = True
        return True

    async def __aenter__(self):
        return await self.acquire()

    async def __aexit__(self, *exception):
        self.release()


# The answer to a call of the host.
class Future:
    def __init__(self):
        self._done = False
        self._result = None
        self._error = None
        self._waiting = TaskQueue()

    def done(self):
        return self._done

    def _set(self, result, error):
        if not self._done:
            self._done = True
            self._result = result
            self._error = error
            while self._waiting._wake() is not None:
                pass

    def set_result(self, result):
        self._set(result, None)

    def set_exception(self, error):
        self._set(None, error)

    def __iter__(self):
        while not self._done:
            yield from self._waiting
        if self._error is not None:
            raise self._error
        return self._result

    __await__ = __iter__
