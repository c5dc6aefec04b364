# asyncio: tasks that take turns. The modules of the package are imported when something of theirs is asked for.

from .core import *

_PLACES = {
    "gather": "funcs",
    "wait_for": "funcs",
    "wait_for_ms": "funcs",
    "Event": "sync",
    "Future": "sync",
    "Lock": "sync",
    "ThreadSafeFlag": "sync",
    "Server": "stream",
    "Stream": "stream",
    "StreamReader": "stream",
    "StreamWriter": "stream",
    "open_connection": "stream",
    "start_server": "stream",
}


def __getattr__(name):
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(name)
    value = getattr(__import__(place, globals(), None, True, 1), name)
    globals()[name] = value
    return value
