from .sync import Event, ThreadSafeFlag
